// IIS's own log format: fields at fixed places, each followed by a comma and a blank.

internal import Model
internal import Support

/// Reads `CLIENT, USER, DATE, TIME, SERVICE, HOST, ADDRESS, MILLISECONDS, IN, OUT, STATUS, WIN32, METHOD, TARGET, QUERY,` ("IIS Log File
/// Format", Microsoft). The month comes first, as the document has it, until a line's first number is above twelve: from there on the day does, and a note says so.
enum AccessIIS {
  private static let columns = 15

  /// Whether a line begins like one: an address, a user, and a date and a time of day with blanks behind their commas.
  static func looksLike(_ b: Span<UInt8>) -> Bool {
    guard b.count > 60 else { return false }
    let head = b.extracting(first: 160)
    var start = 0
    for column in 0..<4 {
      let comma = ByteScan.find(0x2C, in: head, from: start)
      guard comma &+ 1 < head.count, b[comma &+ 1] == 0x20 else { return false }
      let field = start..<comma
      switch column {
      case 0: guard AccessShapes.isNumericHost(b, field) else { return false }
      case 2: guard date(b, field, isDayFirst: false) ?? date(b, field, isDayFirst: true) != nil else { return false }
      case 3: guard clock(b, field) != nil else { return false }
      default: break
      }
      start = comma &+ 2
    }
    return true
  }

  /// Reads a line that looks like one; nil where it is none after all.
  ///
  /// - Parameters:
  ///   - b: the line.
  ///   - zoneSeconds: of the times.
  ///   - isDayFirst: what the lines before told, and what this one tells.
  /// - Returns: the request.
  static func read(_ b: Span<UInt8>, zoneSeconds: Int, isDayFirst: inout Bool) -> AccessRecord? {
    var record = AccessRecord()
    record.format = "IIS native log"
    var day: Int?
    var column = 0
    var start = 0
    while column < Self.columns {
      var comma = ByteScan.find(0x2C, in: b, from: start)
      // A target may hold commas without a blank behind them.
      while comma &+ 1 < b.count, b[comma &+ 1] != 0x20 { comma = ByteScan.find(0x2C, in: b, from: comma &+ 1) }
      let field = start..<comma
      switch column {
      case 2:
        if let parts = numbers(b, field, between: 0x2F), parts.0 > 12 { isDayFirst = true }
        day = date(b, field, isDayFirst: isDayFirst)
      case 3:
        guard let day, let seconds = clock(b, field) else { return nil }
        record.time = Int64(day &* 86_400 &+ seconds &- zoneSeconds) &* 1_000_000
      case 7:
        guard let taken = FieldText.int(b.extracting(field)) else { return nil }
        record.latency = FieldText.microseconds(taken, unit: .milliseconds) ?? -1
      case 10:
        guard AccessShapes.isStatus(b, field) else { return nil }
        record.status = AccessShapes.status(b, field)
      case 12: record.method = field
      case 13: record.target = field
      default: break
      }
      column += 1
      guard comma < b.count else { break }
      start = comma &+ 2
      guard start <= b.count else { break }
    }
    guard column >= 14, record.status > 0, !record.method.isEmpty, !record.target.isEmpty else { return nil }
    return record
  }

  /// Days since the epoch.
  private static func date(_ b: Span<UInt8>, _ field: Range<Int>, isDayFirst: Bool) -> Int? {
    guard field.count >= 6, field.count <= 10, let parts = numbers(b, field, between: 0x2F), parts.2 >= 0 else {
      return nil
    }
    let year = parts.2 < 100 ? 2000 + parts.2 : parts.2
    let (month, day) = isDayFirst ? (parts.1, parts.0) : (parts.0, parts.1)
    guard month >= 1, month <= 12, day >= 1, year >= 1970, year < 10_000 else { return nil }
    let first = Timestamp.days(year: year, month: month, day: 1)
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    return day <= Timestamp.days(year: next.0, month: next.1, day: 1) - first ? first + day - 1 : nil
  }

  /// Seconds since midnight.
  private static func clock(_ b: Span<UInt8>, _ field: Range<Int>) -> Int? {
    guard field.count >= 7, field.count <= 8, let parts = numbers(b, field, between: 0x3A), parts.0 < 24, parts.1 < 60,
      parts.2 < 61
    else { return nil }
    return parts.0 * 3600 + parts.1 * 60 + parts.2
  }

  private static func numbers(_ b: Span<UInt8>, _ field: Range<Int>, between mark: UInt8) -> (Int, Int, Int)? {
    var values = (0, 0, 0)
    var part = 0
    var digits = 0
    for i in field {
      if b[i] == mark {
        guard digits > 0, part < 2 else { return nil }
        part += 1
        digits = 0
        continue
      }
      guard b[i] &- 0x30 <= 9, digits < 4 else { return nil }
      let digit = Int(b[i] &- 0x30)
      switch part {
      case 0: values.0 = values.0 * 10 + digit
      case 1: values.1 = values.1 * 10 + digit
      default: values.2 = values.2 * 10 + digit
      }
      digits += 1
    }
    return part == 2 && digits > 0 ? values : nil
  }
}
