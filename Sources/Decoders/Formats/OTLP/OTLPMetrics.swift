// OTLP/JSON metrics (metrics.proto): gauges, sums, histograms and summaries as readings.

internal import Model
internal import Support

/// Reads one element of `metrics`.
///
/// A data point is the record of the record counts. Gauges and sums give their value under the metric's name; histograms and
/// summaries, which have no one value, give `.count`, `.mean` and, where it is written, `.max`.
enum OTLPMetrics {
  /// Reads one metric and appends its readings; nil on a failure.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts, service: Symbol, source: SourceRef
  ) -> Reading? {
    reader.skipSpace(b)
    let start = reader.position
    guard reader.skipValue(b) else { return nil }
    let end = reader.position
    // The name may follow the points: look for it first. The grammar is known to be right from here on.
    var inner = JSONScanner(at: start, depthLimit: reader.depthLimit)
    var name = JSONStringSlice(start: start, end: start, isEscaped: false)
    _ = inner.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "name"), let text = reader.keyText(b) else { return reader.skipValue(b) }
      name = text
      return true
    }
    var reading = Reading(base: texts.symbol(b, name), service: service, source: source)
    inner = JSONScanner(at: start, depthLimit: reader.depthLimit)
    guard inner.peek(b) == 0x7B else { return reading }
    inner.position += 1
    var isFirst = true
    while let key = inner.nextKey(b, &isFirst) {
      let isData =
        JSONScanner.equals(b, key, "gauge") || JSONScanner.equals(b, key, "sum")
        || JSONScanner.equals(b, key, "histogram")
        || JSONScanner.equals(b, key, "exponentialHistogram") || JSONScanner.equals(b, key, "exponential_histogram")
        || JSONScanner.equals(b, key, "summary")
      guard isData, inner.peek(b) == 0x7B else {
        _ = inner.skipValue(b)
        continue
      }
      inner.position += 1
      var isFirstKey = true
      while let part = inner.nextKey(b, &isFirstKey) {
        guard JSONScanner.equals(b, part, "dataPoints") || JSONScanner.equals(b, part, "data_points"),
          inner.peek(b) == 0x5B
        else {
          _ = inner.skipValue(b)
          continue
        }
        inner.position += 1
        var isFirstPoint = true
        while inner.nextElement(b, &isFirstPoint) {
          reading.takePoint(b, &inner, &texts.symbols)
        }
      }
    }
    reader.position = end
    return reading
  }

  /// The readings of one metric.
  struct Reading {
    fileprivate var base: Symbol
    fileprivate var service: Symbol
    fileprivate var source: SourceRef
    var readings: [MetricPoint] = []
    /// Data points, and how many of them had no finite value.
    var points = 0
    var unusable = 0
  }

  /// Whether a data point says that there is no value now, whatever stands in its place: a series that ended (metrics.proto,
  /// `DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK`).
  static func isEmpty(flags: Int64?) -> Bool { (flags ?? 0) & 1 != 0 }

  fileprivate static func number(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Double? {
    switch reader.scalar(b) {
    case .number(let text)?, .text(let text)?: FieldText.double(b.extracting(text.start..<text.end))
    default: nil
    }
  }
}

extension OTLPMetrics.Reading {
  fileprivate mutating func takePoint(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ symbols: inout SymbolTable
  ) {
    var time: Int64?
    var value: Double?
    var count: Double?
    var sum: Double?
    var max: Double?
    var flags: Int64?
    guard reader.peek(b) == 0x7B else {
      _ = reader.skipValue(b)
      return
    }
    reader.position += 1
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("timeUnixNano") || isKey("time_unix_nano") {
        _ = reader.integer(b, &time)
      } else if isKey("asDouble") || isKey("asInt") || isKey("as_double") || isKey("as_int") {
        value = OTLPMetrics.number(b, &reader)
      } else if isKey("count") {
        count = OTLPMetrics.number(b, &reader)
      } else if isKey("sum") {
        sum = OTLPMetrics.number(b, &reader)
      } else if isKey("max") {
        max = OTLPMetrics.number(b, &reader)
      } else if isKey("flags") {
        _ = reader.integer(b, &flags)
      } else {
        _ = reader.skipValue(b)
      }
    }
    points += 1
    var values: [(Symbol, Double)] = []
    if let value { values.append((base, value)) }
    if let count {
      values.append((Self.suffixed(".count", base, &symbols), count))
      if let sum, count > 0 { values.append((Self.suffixed(".mean", base, &symbols), sum / count)) }
      if let max { values.append((Self.suffixed(".max", base, &symbols), max)) }
    }
    guard let time, !OTLPMetrics.isEmpty(flags: flags), values.contains(where: { $0.1.isFinite }) else {
      unusable += 1
      return
    }
    for (metric, value) in values where value.isFinite {
      var point = MetricPoint()
      point.time = FieldText.floorDivide(time, 1000)
      point.component = service
      point.metric = metric
      point.value = value
      point.source = source
      readings.append(point)
    }
  }

  private static func suffixed(_ suffix: String, _ base: Symbol, _ symbols: inout SymbolTable) -> Symbol {
    symbols.intern(symbols.text(base) + suffix)
  }
}
