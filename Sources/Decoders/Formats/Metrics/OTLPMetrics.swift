// OTLP/JSON metrics (metrics.proto): gauges, sums, histograms and summaries as readings.

internal import Model
internal import Support

/// Reads one element of `metrics`.
///
/// A data point is the record of the record counts. Gauges and sums give their value under the metric's name; histograms and
/// summaries, which have no one value, give `.count`, `.mean` and, where it is written, `.max`.
enum OTLPMetrics {
  /// Reads one metric and appends its readings; nil on a failure, else the number of data points and of those that had
  /// no finite value.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, service: Symbol, source: SourceRef, _ texts: inout JSONTexts,
    _ symbols: inout SymbolTable, _ points: inout [MetricPoint]
  ) -> (points: Int, unusable: Int)? {
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
    var context = Context(
      base: texts.symbol(b, name, &symbols), service: service, source: source, points: 0, unusable: 0)
    inner = JSONScanner(at: start, depthLimit: reader.depthLimit)
    guard inner.peek(b) == 0x7B else { return (0, 0) }
    inner.position += 1
    var isFirst = true
    while let key = inner.nextKey(b, &isFirst) {
      let isData =
        JSONScanner.equals(b, key, "gauge") || JSONScanner.equals(b, key, "sum")
        || JSONScanner.equals(b, key, "histogram")
        || JSONScanner.equals(b, key, "exponentialHistogram") || JSONScanner.equals(b, key, "summary")
      guard isData, inner.peek(b) == 0x7B else {
        _ = inner.skipValue(b)
        continue
      }
      inner.position += 1
      var isFirstKey = true
      while let part = inner.nextKey(b, &isFirstKey) {
        guard JSONScanner.equals(b, part, "dataPoints"), inner.peek(b) == 0x5B else {
          _ = inner.skipValue(b)
          continue
        }
        inner.position += 1
        var isFirstPoint = true
        while inner.nextElement(b, &isFirstPoint) {
          point(b, &inner, &context, &symbols, &points)
        }
      }
    }
    reader.position = end
    return (context.points, context.unusable)
  }

  private struct Context {
    var base: Symbol
    var service: Symbol
    var source: SourceRef
    var points: Int
    var unusable: Int
  }

  private static func point(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ context: inout Context, _ symbols: inout SymbolTable,
    _ points: inout [MetricPoint]
  ) {
    var time: Int64?
    var value: Double?
    var count: Double?
    var sum: Double?
    var max: Double?
    guard reader.peek(b) == 0x7B else {
      _ = reader.skipValue(b)
      return
    }
    reader.position += 1
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("timeUnixNano") {
        _ = reader.integer(b, &time)
      } else if isKey("asDouble") || isKey("asInt") {
        value = number(b, &reader)
      } else if isKey("count") {
        count = number(b, &reader)
      } else if isKey("sum") {
        sum = number(b, &reader)
      } else if isKey("max") {
        max = number(b, &reader)
      } else {
        _ = reader.skipValue(b)
      }
    }
    context.points += 1
    var readings: [(Symbol, Double)] = []
    if let value { readings.append((context.base, value)) }
    if let count {
      readings.append((suffixed(".count", context.base, &symbols), count))
      if let sum, count > 0 { readings.append((suffixed(".mean", context.base, &symbols), sum / count)) }
      if let max { readings.append((suffixed(".max", context.base, &symbols), max)) }
    }
    guard let time, readings.contains(where: { $0.1.isFinite }) else {
      context.unusable += 1
      return
    }
    for (metric, value) in readings where value.isFinite {
      var point = MetricPoint()
      point.time = FieldText.floorDivide(time, 1000)
      point.component = context.service
      point.metric = metric
      point.value = value
      point.source = context.source
      points.append(point)
    }
  }

  private static func suffixed(_ suffix: String, _ base: Symbol, _ symbols: inout SymbolTable) -> Symbol {
    symbols.intern(symbols.text(base) + suffix)
  }

  private static func number(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Double? {
    switch reader.scalar(b) {
    case .number(let text)?, .text(let text)?: FieldText.double(b.extracting(text.start..<text.end))
    default: nil
    }
  }
}
