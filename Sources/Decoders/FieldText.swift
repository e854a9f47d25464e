// Numbers, times, identities and severities out of the bytes of one field, without trapping on any of them.

internal import Model
internal import Support

extension Severity {
  /// Whether nothing told a severity. (The comparison of an enumeration of another module is a call; this is none.)
  @inline(__always) var isUnknown: Bool {
    if case .unknown = self { true } else { false }
  }
}

enum FieldText {
  /// Where the field lies without white space around it.
  static func trimmed(_ b: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = b.count
    while start < end, b[start] <= 0x20 { start += 1 }
    while end > start, b[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }

  /// A decimal integer; nil where there is anything else or it does not fit.
  static func int(_ b: Span<UInt8>) -> Int64? {
    var i = 0
    var negative = false
    if i < b.count, b[i] == 0x2D || b[i] == 0x2B {
      negative = b[i] == 0x2D
      i += 1
    }
    guard i < b.count, b.count - i <= 19 else { return nil }
    var value: UInt64 = 0
    while i < b.count {
      let digit = b[i] &- 0x30
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      i += 1
    }
    if negative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
    return Int64(exactly: value)
  }

  /// A decimal integer of 64 bits without a minus; nil where there is anything else or it does not fit.
  static func unsigned(_ b: Span<UInt8>) -> UInt64? {
    let start = !b.isEmpty && b[0] == 0x2B ? 1 : 0
    guard start < b.count else { return nil }
    var value: UInt64 = 0
    for i in start..<b.count {
      let digit = UInt64(b[i] &- 0x30)
      guard digit <= 9 else { return nil }
      let (times, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isAbove) = times.addingReportingOverflow(digit)
      guard !isTooLarge, !isAbove else { return nil }
      value = sum
    }
    return value
  }

  private static let powers: [Double] = (0...22).map { exponent in
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// A number as decimal text, correctly rounded; nil where it is none. `NaN` and infinities are themselves.
  static func double(_ b: Span<UInt8>) -> Double? {
    // Exact shortcut (Clinger 1990): a mantissa below 2^53 and a power of ten that a double holds exactly.
    var i = 0
    let negative = b.count > 0 && b[0] == 0x2D
    if negative { i = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var fraction = 0
    var sawPoint = false
    while i < b.count, digits <= 18 {
      let byte = b[i]
      if byte == 0x2E, !sawPoint {
        sawPoint = true
      } else {
        guard byte &- 0x30 <= 9 else { break }
        mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
        digits += mantissa == 0 ? 0 : 1
        if sawPoint { fraction += 1 }
      }
      i += 1
    }
    if i == b.count, i > (negative ? 1 : 0) + (sawPoint ? 1 : 0), mantissa < 1 << 53, fraction <= 22 {
      let value = Double(mantissa) / powers[fraction]
      return negative ? -value : value
    }
    guard b.count > 0, b.count <= 4096 else { return nil }
    return Double(text(b))
  }

  static func text(_ b: Span<UInt8>) -> String { String(copying: b) }

  /// The field's text without white space around it.
  static func trimmedText(_ b: Span<UInt8>) -> String { text(b.extracting(trimmed(b))) }

  /// Units of a number that stands for a time or a duration.
  enum Unit {
    /// By its form and size.
    case inferred
    case seconds
    case milliseconds
    case microseconds
    case nanoseconds

    /// Whether one of it is more than one of another.
    func isLarger(than other: Unit) -> Bool {
      func size(_ unit: Unit) -> Int {
        switch unit {
        case .inferred: -1
        case .nanoseconds: 0
        case .microseconds: 1
        case .milliseconds: 2
        case .seconds: 3
        }
      }
      return size(self) > size(other)
    }
  }

  /// A moment in microseconds: a number since the epoch, or a date and time.
  ///
  /// A number without a unit is taken by its size: seconds below 10^11, then milliseconds, microseconds, nanoseconds at a
  /// thousand times each, which is right for every moment between 1973 and 5138. A date without its year is of the year that ends
  /// with the last day.
  static func time(
    _ field: Span<UInt8>, unit: Unit, zoneSeconds: Int, order: DateOrder? = nil, lastDay: Int? = nil
  ) -> Int64? {
    let b = field.extracting(placed(field))
    guard b.count > 0 else { return nil }
    if unit == .inferred, mayBeUnmarked(b),
      let time = unmarked(b, LogTimeParser(clock: LogClock(zoneSeconds: zoneSeconds)))
    {
      return time.time
    }
    if let whole = int(b) { return microseconds(whole, unit: unit) }
    if b.count >= 10, b[4] == 0x2D || b[4] == 0x2F, let date = date(b, zoneSeconds: zoneSeconds) { return date }
    if let number = double(b) {
      return isTooRough(b, number, unit) ? nil : DecimalTime.microseconds(b, unit) ?? microseconds(number, unit: unit)
    }
    var clock = LogClock(zoneSeconds: zoneSeconds, lastDay: lastDay)
    clock.order = order
    return written(b, LogTimeParser(clock: clock))?.time
  }

  /// Whether a number was cut to digits that do not name its second: spreadsheets save epochs again as `1.79557E+12`. Writers of the
  /// shortest form that is exact leave out zeros only (Java's `1.79557212E9`, Go's `1.79557201e+09`): it has more digits.
  private static func isTooRough(_ b: Span<UInt8>, _ number: Double, _ unit: Unit) -> Bool {
    guard let mark = b.indices.first(where: { b[$0] | 0x20 == 0x65 }), mark + 1 < b.count,
      let exponent = int(b.extracting(mark + 1..<b.count)), (0...40).contains(exponent)
    else { return false }
    var digits = 0
    var fraction = 0
    var sawPoint = false
    for i in 0..<mark {
      if b[i] == 0x2E { sawPoint = true }
      guard b[i] &- 0x30 <= 9 else { continue }
      digits += 1
      if sawPoint { fraction += 1 }
    }
    guard digits <= 6, Int(exponent) > fraction else { return false }
    var step = 1.0
    for _ in 0..<min(Int(exponent) - fraction, 40) { step *= 10 }
    let seconds: Double =
      switch unit == .inferred ? self.unit(ofEpoch: b) ?? .seconds : unit {
      case .milliseconds: step / 1e3
      case .microseconds: step / 1e6
      case .nanoseconds: step / 1e9
      default: step
      }
    return seconds > 1
  }

  /// Whether a moment is later than every number that is a duration, a counter or a spreadsheet's day: numbers since 1970 are taken by
  /// their size, which is right from March 1973 on.
  static func isEpoch(_ micros: Int64) -> Bool { micros >= 100_000_000_000_000 }

  /// Where a time lies without the name of its zone behind the offset: `[Europe/Berlin]` (java.time, RFC 9557),
  /// ` (Central European Standard Time)` (JavaScript).
  private static func placed(_ b: Span<UInt8>) -> Range<Int> {
    var range = trimmed(b)
    // Apache's `%t` keeps its brackets in JSON (mod_log_config), and so do layouts of loggers.
    if range.count > 2, b[range.lowerBound] == 0x5B, b[range.upperBound - 1] == 0x5D {
      range = range.lowerBound + 1..<range.upperBound - 1
    }
    guard range.count > 20 else { return range }
    let last = b[range.upperBound - 1]
    guard last == 0x5D || last == 0x29 else { return range }
    var open = range.upperBound - 1
    while open > range.lowerBound, b[open] != (last == 0x5D ? 0x5B : 0x28) { open -= 1 }
    guard open > range.lowerBound + 16 else { return range }
    while open > range.lowerBound, b[open - 1] == 0x20 { open -= 1 }
    return range.lowerBound..<open
  }

  /// A date and time in any of the forms of log lines, where it fills the field.
  private static func written(_ b: Span<UInt8>, _ times: LogTimeParser) -> LogTime? {
    guard b.count >= 10, b.count <= 64 else { return nil }
    // `/Date(1795572000000)/` of .NET's older JSON.
    // Its slashes are escaped.
    let first = b[0] == 0x5C ? 1 : 0
    if JSONScanner.matches(b, first, "/Date(") {
      var end = first + 6
      while end < b.count, b[end] &- 0x30 <= 9 { end += 1 }
      return int(b.extracting(first + 6..<end)).flatMap { microseconds($0, unit: .milliseconds) }
        .map { LogTime(time: $0, form: .epoch, end: end, hasZone: true) }
    }
    guard let time = times.parse(b, 0), time.isPlaced else { return nil }
    var end = time.end
    // Go prints the zone's name behind its offset.
    if time.hasZone, end < b.count, b[end] == 0x20 {
      end += 1
      while end < b.count, b[end] &- 0x41 < 26 { end += 1 }
    }
    return end == b.count ? time : nil
  }

  /// A field's moment, and whether it names its zone; times before 1900 are the zeros of some runtime (year 1 of Go and .NET,
  /// 1601 of Windows, 1754 of Go's `UnixNano`), and the epoch itself is one, too: they are no times. Nor are numbers of its first years.
  static func moment(_ field: Span<UInt8>, times: LogTimeParser) -> (time: Int64, hasZone: Bool)? {
    let b = field.extracting(placed(field))
    guard !b.isEmpty else { return nil }
    if let time = unmarked(b, times) { return (time.time, time.hasZone) }
    if let time = time(b, unit: .inferred, zoneSeconds: times.clock.zoneSeconds, lastDay: times.clock.lastDay) {
      guard time != 0, time > -2_208_988_800_000_000 else { return nil }
      // An uptime, a counter, a spreadsheet's day: a number of 1970 is none of the epoch's.
      if !isEpoch(time), double(b) != nil { return nil }
      return (time, namesZone(b))
    }
    return nil
  }

  /// Whether a time that can be read is a number, or ends with a zone.
  private static func namesZone(_ b: Span<UInt8>) -> Bool {
    guard let last = b.isEmpty ? nil : b[b.count - 1] else { return false }
    if last | 0x20 == 0x7A || last == 0x43 || last == 0x54 { return true }
    var i = b.count - 1
    var others = false
    var marks = 0
    while i > 0 {
      let byte = b[i]
      if byte &- 0x30 > 9 {
        if byte == 0x2B || byte == 0x2D && i > 10 && b.count - i <= 6 { return true }
        marks += byte == 0x2E ? 1 : 2
        if byte != 0x3A, byte != 0x2E { others = true }
      }
      i -= 1
    }
    if others { return false }
    // Digits around one point at most are a number, and need not be read again.
    return marks <= 1 && b[0] &- 0x30 <= 9 || double(b) != nil
  }

  /// Whether a field is a word, without regard to case.
  static func isWord(_ b: Span<UInt8>, _ word: StaticString) -> Bool {
    guard b.count == word.utf8CodeUnitCount else { return false }
    for i in b.indices {
      let byte = b[i] &- 0x41 < 26 ? b[i] | 0x20 : b[i]
      if unsafe byte != word.utf8Start[i] { return false }
    }
    return true
  }

  /// The unit that a number since the epoch is in, by its size; nil where the text is none.
  static func unit(ofEpoch b: Span<UInt8>) -> Unit? {
    guard let number = double(b) else { return nil }
    switch abs(number) {
    case ..<1e11: return .seconds
    case ..<1e14: return .milliseconds
    case ..<1e17: return .microseconds
    default: return .nanoseconds
    }
  }

  static func microseconds(_ whole: Int64, unit: Unit) -> Int64? {
    switch unit {
    case .seconds: return scaled(whole, 1_000_000)
    case .milliseconds: return scaled(whole, 1000)
    case .microseconds: return whole
    case .nanoseconds: return floorDivide(whole, 1000)
    case .inferred:
      let size = whole.magnitude
      if size < 100_000_000_000 { return scaled(whole, 1_000_000) }
      if size < 100_000_000_000_000 { return scaled(whole, 1000) }
      return size < 100_000_000_000_000_000 ? whole : floorDivide(whole, 1000)
    }
  }

  static func microseconds(_ number: Double, unit: Unit) -> Int64? {
    switch unit {
    case .seconds: return Int64(checked: (number * 1e6).rounded())
    case .milliseconds: return Int64(checked: (number * 1e3).rounded())
    case .microseconds: return Int64(checked: number.rounded())
    case .nanoseconds: return Int64(checked: (number / 1e3).rounded(.down))
    case .inferred:
      let size = abs(number)
      if size < 1e11 { return microseconds(number, unit: .seconds) }
      if size < 1e14 { return microseconds(number, unit: .milliseconds) }
      return microseconds(number, unit: size < 1e17 ? .microseconds : .nanoseconds)
    }
  }

  private static func scaled(_ value: Int64, _ factor: Int64) -> Int64? {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value < 0 && quotient * divisor != value ? quotient - 1 : quotient
  }

  /// A date and time; what Go prints after it (`+0000 UTC m=+0.1`) is understood.
  static func date(_ b: Span<UInt8>, zoneSeconds: Int) -> Int64? {
    if let time = ISOTime.read(b, 0) {
      let isUTC = time.end &+ 1 == b.count && b[time.end] == 0x5A
      if isUTC || time.end == b.count {
        return (Int64(time.day) &* 86_400 &- (isUTC ? 0 : Int64(zoneSeconds))) &* 1_000_000 &+ Int64(time.micros)
      }
    }
    var end = b.count
    var i = 0
    while i + 2 < b.count {
      if b[i] == 0x20, b[i + 1] == 0x6D, b[i + 2] == 0x3D {
        end = i
        break
      }
      i += 1
    }
    if end >= 4, b[end - 1] == 0x43, b[end - 2] == 0x54, b[end - 3] == 0x55, b[end - 4] == 0x20 {
      end -= 4
      let head = b.extracting(0..<end)
      return Timestamp.parse(head, assumedOffsetSeconds: 0)?.microseconds
    }
    if end == 10 {
      let digits = (int(b.extracting(0..<4)), int(b.extracting(5..<7)), int(b.extracting(8..<10)))
      guard let year = digits.0, let month = digits.1, let day = digits.2, (1...9999).contains(year),
        (1...12).contains(month), (1...31).contains(day)
      else { return nil }
      let days = Timestamp.days(year: Int(year), month: Int(month), day: Int(day))
      return (Int64(days) * 86_400 - Int64(zoneSeconds)) * 1_000_000
    }
    return Timestamp.parse(b.extracting(0..<end), assumedOffsetSeconds: zoneSeconds)?.microseconds
  }

  /// A span's identity: hex of at most 16 digits by value, any other text by its hash; 0 for none.
  static func spanID(_ field: Span<UInt8>) -> UInt64 {
    let b = field.extracting(trimmed(field))
    if b.count == 0 { return 0 }
    var value: UInt64 = 0
    let start = hexStart(b)
    var i = start
    while i < b.count, i < start + 17 {
      let digit = hexDigit(b[i])
      if digit > 15 || i == start + 16 { return max(StableHash.hash(b), 1) }
      value = value << 4 | UInt64(digit)
      i += 1
    }
    return value
  }

  /// A parent's identity: like a span's, but the words that mean "none" are 0.
  static func parentID(_ field: Span<UInt8>) -> UInt64 {
    let b = field.extracting(trimmed(field))
    for word: StaticString in ["root", "null", "none", "nil", "-", "-1", "ROOT", "NULL", "None"]
    where b.count == word.utf8CodeUnitCount && JSONScanner.matches(b, 0, word) {
      return 0
    }
    return spanID(b)
  }

  /// Whether a cell or value is a way to write that there is none: MySQL's and PostgreSQL's `\\N`, psql's and others' words, pandas'
  /// and R's, what Go, C and Python print of nothing.
  static func isNull(_ field: Span<UInt8>) -> Bool {
    guard field.count <= 11 else { return false }
    switch field.count {
    case 1: return field[0] == 0x2D
    case 2:
      return JSONScanner.matches(field, 0, "\\N") || JSONScanner.matches(field, 0, "NA")
        || JSONScanner.matches(field, 0, "--")
    default: break
    }
    for word: StaticString in [
      "null", "none", "nil", "nan", "n/a", "#n/a", "(null)", "<null>", "<nil>", "(none)", "<none>", "<na>", "undefined",
    ] where isWord(field, word) {
      return true
    }
    return false
  }

  /// How the text of a level field names a severity; unknown for any other text.
  static func severity(_ b: Span<UInt8>) -> Severity { Model.severity(ofField: b) }
}
