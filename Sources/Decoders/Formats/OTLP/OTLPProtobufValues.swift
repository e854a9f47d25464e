// Values, pairs and identities of binary OTLP (opentelemetry-proto, common.proto).

internal import Model
internal import Support

extension OTLPProtobufRecords {
  /// An AnyValue: its kind, and its number or bytes.
  struct Value {
    enum Kind {
      case none
      case text
      case bool
      case int
      case double
      case array
      case list
      case bytes
    }

    var kind = Kind.none
    var number: UInt64 = 0
    var bytes = 0..<0
  }

  func slice(_ range: Range<Int>) -> JSONStringSlice {
    JSONStringSlice(start: range.lowerBound, end: range.upperBound, isEscaped: false)
  }

  @inline(__always) func pair(_ b: Span<UInt8>, _ range: Range<Int>) -> (key: Range<Int>, value: Value) {
    var key = 0..<0
    var found = Value()
    var scanner = ProtobufScanner(range)
    while let field = scanner.next(b) {
      guard field.wire == .bytes else { continue }
      if field.number == 1 { key = field.bytes }
      if field.number == 2 { found = value(b, field.bytes) }
    }
    return (key, found)
  }

  @inline(__always) func value(_ b: Span<UInt8>, _ range: Range<Int>) -> Value {
    var scanner = ProtobufScanner(range)
    var found = Value()
    while let field = scanner.next(b) {
      let kind: Value.Kind? =
        switch (field.number, field.wire) {
        case (1, .bytes): .text
        case (2, .varint): .bool
        case (3, .varint): .int
        case (4, .fixed64): .double
        case (5, .bytes): .array
        case (6, .bytes): .list
        case (7, .bytes): .bytes
        default: nil
        }
      if let kind { found = Value(kind: kind, number: field.value, bytes: field.bytes) }
    }
    return found
  }

  /// Sixteen bytes of a trace's identity; none where there are not as many.
  static func trace(_ b: Span<UInt8>, _ range: Range<Int>) -> RequestID {
    guard range.count == 16 else { return .none }
    return RequestID(
      high: JSONScanner.load8(b, range.lowerBound).byteSwapped,
      low: JSONScanner.load8(b, range.lowerBound &+ 8).byteSwapped)
  }

  static func id(_ b: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    range.count == 8 ? JSONScanner.load8(b, range.lowerBound).byteSwapped : 0
  }
}
