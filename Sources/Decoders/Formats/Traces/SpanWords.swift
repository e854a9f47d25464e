// The words and numbers by which formats tell a span's kind, status and duration.

internal import Model
internal import Support

enum SpanWords {
  /// `SERVER`, `server`, `SPAN_KIND_SERVER`, `2`.
  static func kind(_ field: Span<UInt8>) -> SpanKind {
    var b = field.extracting(FieldText.trimmed(field))
    if JSONScanner.matches(b, 0, "SPAN_KIND_") { b = b.extracting(10..<b.count) }
    // PHP's console exporter.
    if JSONScanner.matches(b, 0, "KIND_") { b = b.extracting(5..<b.count) }
    guard b.count > 0 else { return .unspecified }
    switch b[0] | 0x20 {
    case 0x73: return .server
    case 0x70: return .producer
    case 0x69: return .internal
    case 0x63: return b.count > 1 && b[1] | 0x20 == 0x6F ? .consumer : .client
    default: break
    }
    guard b.count == 1 else { return .unspecified }
    return SpanKind(rawValue: b[0] &- 0x30) ?? .unspecified
  }

  static func httpStatus(_ field: Span<UInt8>) -> Int16 {
    guard let code = FieldText.int(field.extracting(FieldText.trimmed(field))), (100...999).contains(code) else {
      return 0
    }
    return Int16(truncatingIfNeeded: code)
  }

  /// A gRPC status by number or by name; -1 for anything else.
  static func grpcStatus(_ field: Span<UInt8>) -> Int16 {
    let b = field.extracting(FieldText.trimmed(field))
    if let code = FieldText.int(b) { return (0...16).contains(code) ? Int16(truncatingIfNeeded: code) : -1 }
    guard b.count > 0, b.count <= 24 else { return -1 }
    return grpcCodes[TableMapping.normal(FieldText.text(b))] ?? -1
  }

  private static let grpcCodes: [String: Int16] = {
    let names = [
      "ok", "cancelled", "unknown", "invalidargument", "deadlineexceeded", "notfound", "alreadyexists",
      "permissiondenied", "resourceexhausted", "failedprecondition", "aborted", "outofrange", "unimplemented",
      "internal", "unavailable", "dataloss", "unauthenticated",
    ]
    var codes = Dictionary(uniqueKeysWithValues: zip(names, Int16(0)...16))
    codes["canceled"] = 1
    return codes
  }()

  /// A status column: `OK`, `ERROR`, `STATUS_CODE_ERROR`, `2`, `true`, an HTTP status.
  static func status(_ field: Span<UInt8>, into span: inout TraceSpan) {
    let b = field.extracting(FieldText.trimmed(field))
    if b.count == 0 { return }
    if let code = FieldText.int(b) {
      if code >= 100, code <= 999 {
        span.httpStatus = Int16(truncatingIfNeeded: code)
      } else if code == 2 {
        span.status = .error
      } else if code == 1 {
        span.status = .ok
      }
      return
    }
    switch statusWords[TableMapping.normal(FieldText.text(b))] {
    case .some(let status): span.status = status
    case nil: break
    }
  }

  private static let statusWords: [String: TraceSpan.Status] = [
    "ok": .ok, "statuscodeok": .ok, "success": .ok, "succeeded": .ok, "true": .ok,
    "error": .error, "statuscodeerror": .error, "err": .error, "fail": .error, "failed": .error, "failure": .error,
    "exception": .error, "timeout": .error, "false": .error,
  ]

  /// The unit that a word names: `milliseconds`, `sec`.
  private static func unit(named word: Span<UInt8>) -> FieldText.Unit? {
    guard word.count >= 3, word.count <= 12 else { return nil }
    let names: [(FieldText.Unit, [StaticString])] = [
      (.seconds, ["sec", "secs", "second", "seconds"]),
      (.milliseconds, ["msec", "msecs", "millis", "millisecond", "milliseconds"]),
      (.microseconds, ["usec", "usecs", "micros", "microsecond", "microseconds"]),
      (.nanoseconds, ["nsec", "nanos", "nanosecond", "nanoseconds"]),
    ]
    for (unit, words) in names where words.contains(where: { FieldText.isWord(word, $0) }) { return unit }
    return nil
  }

  /// `\u00b5s`, `\u03bcs`: JSON may write the sign as an escape (RFC 8259 §7).
  private static func isEscapedMicro(_ b: Span<UInt8>, _ at: Int) -> Bool {
    guard b[at + 1] == 0x75, b[at + 2] == 0x30, b[at + 6] == 0x73 else { return false }
    return b[at + 3] == 0x30 && b[at + 4] | 0x20 == 0x62 && b[at + 5] == 0x35
      || b[at + 3] == 0x33 && b[at + 4] | 0x20 == 0x62 && b[at + 5] | 0x20 == 0x63
  }

  /// A duration in microseconds: a number in its unit, or a text with one (`12.5ms`, `22938000ns`, `0.01s`), or one in parts
  /// (`DurationParts`).
  ///
  /// Groups of three behind commas are thousands where nothing else can be meant: where there are several, or a point behind them, and
  /// of whole numbers whose writer is known to group them.
  static func duration(_ field: Span<UInt8>, unit: FieldText.Unit, isGrouped: Bool = false) -> Int64? {
    var b = field.extracting(FieldText.trimmed(field))
    guard b.count > 0 else { return nil }
    if let micros = DurationParts.microseconds(b) { return micros }
    var unit = unit == .inferred ? FieldText.Unit.microseconds : unit
    var end = b.count
    while end > 0, b[end - 1] > 0x39 { end -= 1 }
    if b.count > 7, b[b.count - 7] == 0x5C, isEscapedMicro(b, b.count - 7) {
      unit = .microseconds
      b = b.extracting(0..<b.count - 7)
    } else if end < b.count {
      let suffix = b.extracting(end..<b.count)
      switch (suffix.count, suffix[0]) {
      case (1, 0x73): unit = .seconds
      case (2, 0x6D): unit = .milliseconds
      case (2, 0x75), (3, 0xC2), (3, 0xCE): unit = .microseconds
      case (2, 0x6E): unit = .nanoseconds
      default:
        guard let named = Self.unit(named: suffix) else { return nil }
        unit = named
      }
      b = b.extracting(0..<end)
      b = b.extracting(FieldText.trimmed(b))
    }
    if let whole = FieldText.int(b) { return FieldText.microseconds(whole, unit: unit) }
    guard let number = FieldText.double(b) ?? grouped(b, isWhole: isGrouped) else { return nil }
    return FieldText.microseconds(number, unit: unit)
  }

  /// The number in `1,234,567` and `1,234.5`, and where it is a whole one in `153,000`.
  private static func grouped(_ b: Span<UInt8>, isWhole: Bool) -> Double? {
    var digits: [UInt8] = []
    var groups = 0
    var sinceComma = 0
    var i = 0
    while i < b.count, b[i] != 0x2E {
      if b[i] == 0x2C {
        guard groups == 0 ? (1...3).contains(sinceComma) : sinceComma == 3 else { return nil }
        groups += 1
        sinceComma = 0
      } else {
        guard b[i] &- 0x30 <= 9, digits.count < 20 else { return nil }
        digits.append(b[i])
        sinceComma += 1
      }
      i += 1
    }
    guard groups > 0, sinceComma == 3, digits[0] != 0x30, isWhole || groups > 1 || i < b.count, b.count - i < 20 else {
      return nil
    }
    digits.append(copying: b.extracting(i..<b.count))
    return FieldText.double(digits.span)
  }
}
