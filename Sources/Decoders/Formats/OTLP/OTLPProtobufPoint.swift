// One data point of binary OTLP.

internal import Model
internal import Support

/// What the readings of a data point are made of; see `OTLPMetrics`.
struct OTLPProtobufPoint {
  private var time: UInt64 = 0
  private var value: Double?
  private var count: Double?
  private var sum: Double?
  private var max: Double?
  private var flags: UInt64 = 0

  /// Reads a point of a metric's data: field 5 of the metric is a gauge, 7 a sum, 9 a histogram, 10 an exponential one, 11 a
  /// summary.
  init(_ b: Span<UInt8>, _ range: Range<Int>, kind: Int) {
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      switch (kind, field.number, field.wire) {
      case (_, 3, .fixed64): time = field.value
      case (5, 4, .fixed64), (7, 4, .fixed64): value = Double(bitPattern: field.value)
      case (5, 6, .fixed64), (7, 6, .fixed64): value = Double(Int64(bitPattern: field.value))
      case (9...11, 4, .fixed64): count = Double(field.value)
      case (9...11, 5, .fixed64): sum = Double(bitPattern: field.value)
      case (9, 12, .fixed64), (10, 13, .fixed64): max = Double(bitPattern: field.value)
      case (5, 8, .varint), (7, 8, .varint), (11, 8, .varint), (9...10, 10, .varint): flags = field.value
      default: break
      }
    }
    if scanner.failure != .none { time = 0 }
  }

  /// Appends the point's readings; false where it has no time or none that is a finite number.
  func append(
    _ base: Symbol, _ service: Symbol, _ source: SourceRef, _ symbols: inout SymbolTable,
    to points: inout [MetricPoint]
  ) -> Bool {
    guard let nanos = Int64(exactly: time), nanos != 0, !OTLPMetrics.isEmpty(flags: Int64(truncatingIfNeeded: flags))
    else { return false }
    var readings: [(suffix: String, value: Double)] = []
    if let value { readings.append(("", value)) }
    if let count {
      readings.append((".count", count))
      if let sum, count > 0 { readings.append((".mean", sum / count)) }
      if let max { readings.append((".max", max)) }
    }
    var found = false
    for (suffix, value) in readings where value.isFinite {
      var point = MetricPoint()
      point.time = FieldText.floorDivide(nanos, 1000)
      point.component = service
      point.metric = suffix.isEmpty ? base : symbols.intern(symbols.text(base) + suffix)
      point.value = value
      point.source = source
      points.append(point)
      found = true
    }
    return found
  }
}
