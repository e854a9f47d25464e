// Times that libraries write as JSON objects and arrays.

internal import Model
internal import Support

/// Reads a time of several parts.
///
/// Sources: PHP's `DateTime` as `json_encode` and Monolog 1 write it (`date`, `timezone`), MongoDB's Extended JSON v2 (`$date`,
/// `$numberLong`), protobuf's `Timestamp` as objects (`seconds`, `nanos`; of Firestore's libraries `_seconds`, `_nanoseconds`),
/// log4j 2's and java.time's `Instant` (`epochSecond`, `nano`), Jackson's arrays of java.time (`WRITE_DATES_AS_TIMESTAMPS`: year,
/// month, day, hour, minute, second, nanosecond).
struct JSONTimeValue {
  private var text: Range<Int>?
  private var zone: Range<Int>?
  private var milliseconds: Int64?
  private var seconds: Int64?
  private var nanoseconds: Int64 = 0

  /// The moment that the object or array at a place tells, in microseconds, and whether it names its zone; nil where it is no time.
  static func moment(_ b: Span<UInt8>, at start: Int, times: LogTimeParser) -> (time: Int64, hasZone: Bool)? {
    guard start < b.count else { return nil }
    if b[start] == 0x5B { return parts(b, at: start, times).map { ($0, false) } }
    var value = JSONTimeValue()
    guard b[start] == 0x7B, let inner = value.read(b, at: start) else { return nil }
    // `{"$date": {"$numberLong": "…"}}`: one more level, and no other has one.
    if inner > start { _ = value.read(b, at: inner) }
    return value.moment(b, times)
  }

  /// Reads the object's members; where a date is an object itself, its place is the result, else the object's own.
  private mutating func read(_ b: Span<UInt8>, at start: Int) -> Int? {
    var reader = JSONScanner(at: start)
    var inner = start
    var isFirst = true
    guard reader.take(0x7B, b) else { return nil }
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard let value = reader.scalar(b) else { return nil }
      switch value {
      case .text(let text), .number(let text): take(b, key, text.start..<text.end)
      case .other: if JSONScanner.equals(b, key, "$date"), at < b.count, b[at] == 0x7B { inner = at }
      case .bool: break
      }
    }
    return reader.failure == .none ? inner : nil
  }

  private mutating func take(_ b: Span<UInt8>, _ key: JSONStringSlice, _ value: Range<Int>) {
    func isKey(_ name: StaticString) -> Bool { JSONScanner.equals(b, key, name) }
    let number = FieldText.int(b.extracting(value))
    if isKey("date") || isKey("$date") && number == nil {
      text = value
    } else if isKey("timezone") {
      zone = value
    } else if isKey("$numberLong") || isKey("$date") {
      milliseconds = number
    } else if isKey("seconds") || isKey("epochSecond") || isKey("epochSeconds") || isKey("_seconds") {
      seconds = number
    } else if isKey("nanos") || isKey("nano") || isKey("nanoOfSecond") || isKey("nanoseconds")
      || isKey("_nanoseconds")
    {
      nanoseconds = number.map { min(max($0, 0), 999_999_999) } ?? 0
    }
  }

  private func moment(_ b: Span<UInt8>, _ times: LogTimeParser) -> (time: Int64, hasZone: Bool)? {
    if let milliseconds { return Self.epoch(FieldText.microseconds(milliseconds, unit: .milliseconds)) }
    if let seconds {
      return Self.epoch(FieldText.microseconds(seconds, unit: .seconds)?.addingSaturated(nanoseconds / 1000))
    }
    guard let text else { return nil }
    guard let zone, !zone.isEmpty else { return FieldText.moment(b.extracting(text), times: times) }
    var written = [UInt8](copying: b.extracting(text))
    written.append(0x20)
    // The slash of a place's name may be escaped, as PHP does it.
    for i in zone where b[i] != 0x5C { written.append(b[i]) }
    return FieldText.moment(written.span, times: times)
  }

  private static func epoch(_ micros: Int64?) -> (time: Int64, hasZone: Bool)? {
    micros.flatMap { FieldText.isEpoch($0) ? ($0, true) : nil }
  }

  /// Three numbers of a date to seven with the nanoseconds, which name no zone.
  private static func parts(_ b: Span<UInt8>, at start: Int, _ times: LogTimeParser) -> Int64? {
    var reader = JSONScanner(at: start)
    var parts: [Int64] = []
    var isFirst = true
    guard reader.take(0x5B, b) else { return nil }
    while reader.nextElement(b, &isFirst) {
      guard parts.count < 7, case .number(let text)? = reader.scalar(b),
        let number = FieldText.int(b.extracting(text.start..<text.end))
      else { return nil }
      parts.append(number)
    }
    guard parts.count >= 5 else { return nil }
    parts += Array(repeating: 0, count: 7 - parts.count)
    guard (1900...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2]),
      (0...23).contains(parts[3]), (0...59).contains(parts[4]), (0...60).contains(parts[5]),
      (0...999_999_999).contains(parts[6])
    else { return nil }
    let days = Int64(Timestamp.days(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2])))
    let seconds = days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5] - Int64(times.clock.zoneSeconds)
    return seconds * 1_000_000 + parts[6] / 1000
  }
}
