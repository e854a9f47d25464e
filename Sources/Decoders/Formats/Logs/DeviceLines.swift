// Lines of devices and monitors on the network that tell their own form.

internal import Model
internal import Support

extension KnownLines {
  /// Whether a message is an event of a device: in ArcSight's or QRadar's format, or a row of PAN-OS.
  static func isDeviceEvent(_ message: Span<UInt8>) -> Bool {
    guard message.count > 8 else { return false }
    switch message[0] {
    case 0x43, 0x4C: return isEventFormat(message)
    case 0x31: return isPanos(message)
    default: return false
    }
  }

  /// `CEF:0|`, `LEEF:1.0|`.
  private static func isEventFormat(_ line: Span<UInt8>) -> Bool {
    let start = JSONScanner.matches(line, 0, "CEF:") ? 4 : JSONScanner.matches(line, 0, "LEEF:") ? 5 : 0
    guard start > 0, start + 2 < line.count, line[start] &- 0x30 <= 9 else { return false }
    return ByteScan.find(0x7C, in: line.extracting(first: 12), from: start) < min(12, line.count)
  }

  /// `CEF:0|VENDOR|PRODUCT|VERSION|EVENT|NAME|SEVERITY|PAIRS` (ArcSight, "Common Event Format", 0 to 10 or Low to Very-High) and
  /// `LEEF:2.0|VENDOR|…` of QRadar: all of it is the message.
  static func eventFormat(_ line: Span<UInt8>) -> TextRecord? {
    guard isEventFormat(line) else { return nil }
    var record = TextRecord(message: 0..<line.count)
    guard line[0] == 0x43 else { return record }
    var bars = 0
    var i = 4
    while i < line.count, bars < 6 {
      if line[i] == 0x5C { i += 1 } else if line[i] == 0x7C { bars += 1 }
      i += 1
    }
    guard bars == 6, i < line.count else { return record }
    let end = ByteScan.find(0x7C, in: line, from: i)
    record.severity = eventSeverity(line.extracting(i..<end))
    return record
  }

  private static func eventSeverity(_ word: Span<UInt8>) -> Severity {
    if let number = FieldText.int(word) {
      switch number {
      case 0...3: return .info
      case 4...6: return .warning
      case 7...8: return .error
      case 9...10: return .fatal
      default: return .unknown
      }
    }
    return FieldText.isWord(word, "very-high") ? .fatal : grade(word)
  }

  /// The three words that both CEF and PAN-OS grade events by.
  private static func grade(_ word: Span<UInt8>) -> Severity {
    if FieldText.isWord(word, "low") { return .info }
    if FieldText.isWord(word, "medium") { return .warning }
    return FieldText.isWord(word, "high") ? .error : .unknown
  }

  /// `%FTD-1-430003: …`, `%%01IFNET/4/LINK_STATE(l)[12]:…`, which are messages from their codes on, and
  /// `%Nov 25 02:00:00:123 2026 HOST IFNET/3/PHY_UPDOWN: …` of Comware's log buffer.
  static func deviceCode(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    if let code = MessageCode.network(line), code.start == 0 {
      return TextRecord(severity: code.severity, message: 0..<line.count)
    }
    guard let time = times.parse(line, 1), time.isPlaced, time.end + 4 < line.count, line[time.end] == 0x20 else {
      return nil
    }
    let host = time.end + 1
    let end = ByteScan.find(0x20, in: line, from: host)
    guard end > host, end < line.count, let severity = MessageCode.slashLevel(line, end + 1) else { return nil }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, yearAssumed: time.form == .withoutYear, severity: severity,
      name: host..<end, rank: .host, message: end + 1..<line.count)
  }

  /// `1,2026/11/25 02:00:00,`: what each row of PAN-OS begins with.
  private static func isPanos(_ line: Span<UInt8>) -> Bool {
    line.count > 32 && line[1] == 0x2C && line[6] == 0x2F && line[9] == 0x2F && line[12] == 0x20 && line[15] == 0x3A
      && line[21] == 0x2C
  }

  /// A row of PAN-OS' syslog ("Syslog Field Descriptions"): all of it is the message. Only of the system log the severity stands at one
  /// place in all versions, behind its module.
  static func panos(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard isPanos(line), let time = times.parse(line, 2), time.isPlaced, time.end == 21 else { return nil }
    var record = TextRecord(time: time.time, hasZone: time.hasZone, message: 0..<line.count)
    var fields: [Range<Int>] = []
    var start = 0
    while fields.count < 14, start < line.count {
      let end = ByteScan.find(0x2C, in: line, from: start)
      fields.append(start..<end)
      start = end + 1
    }
    guard fields.count == 14, FieldText.isWord(line.extracting(fields[3]), "system") else { return record }
    let word = line.extracting(fields[13])
    record.severity = grade(word)
    if record.severity.isUnknown { record.severity = Model.severity(of: word) }
    return record
  }
}
