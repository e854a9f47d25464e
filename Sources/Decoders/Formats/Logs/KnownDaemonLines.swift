// Lines of daemons whose words would pass for headers: fail2ban, Oracle's listener, vsftpd, Puma.

internal import Model
internal import Support

extension KnownLines {
  /// A line of a daemon behind its time.
  static func daemon(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    let start = time.end + 1
    guard start + 8 < line.count, line[time.end] == 0x20 else { return nil }
    switch line[start] {
    case 0x66: return fail2ban(line, time)
    case 0x2A: return listener(line, time)
    // A sentence that Puma prints past its access log (Puma::LogWriter#parse_error).
    case 0x48:
      guard JSONScanner.matches(line, start, "HTTP parse error, ") else { return nil }
      return TextRecord(time: time.time, hasZone: time.hasZone, message: start..<line.count)
    default: return nil
    }
  }

  /// `TIME fail2ban.filter         [PID]: INFO    MESSAGE` (fail2ban, `logtarget`'s default format).
  private static func fail2ban(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    let name = time.end + 1
    guard JSONScanner.matches(line, name, "fail2ban") else { return nil }
    let nameEnd = ByteScan.find(0x20, in: line, from: name)
    var i = nameEnd
    func skip(_ line: Span<UInt8>) { while i < line.count, line[i] == 0x20 { i += 1 } }
    skip(line)
    guard i < line.count, line[i] == 0x5B else { return nil }
    i = ByteScan.find(0x5D, in: line, from: i) + 1
    guard i < line.count, line[i] == 0x3A else { return nil }
    i += 1
    skip(line)
    let word = i
    while i < line.count, line[i] &- 0x41 < 26 { i += 1 }
    let severity = Model.severity(of: line.extracting(word..<i))
    guard !severity.isUnknown else { return nil }
    skip(line)
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: severity, name: name..<nameEnd, rank: .logger,
      message: i..<line.count)
  }

  /// `TIME * (CONNECT_DATA=…) * (ADDRESS=…) * establish * SERVICE * 0`, `TIME * service_update * SERVICE * 0`: columns of which the last one
  /// is the return code (Oracle Net Services, "Listener log files").
  private static func listener(_ line: Span<UInt8>, _ time: LogTime) -> TextRecord? {
    var code = line.count
    while code > time.end, line[code - 1] &- 0x30 <= 9 { code -= 1 }
    guard code < line.count, JSONScanner.matches(line, time.end, " * "), JSONScanner.matches(line, code - 3, " * ")
    else { return nil }
    let verbs: [StaticString] = [
      "(", "service_", "ping *", "status *", "version *", "services *", "stop *", "reload *",
    ]
    guard verbs.contains(where: { JSONScanner.matches(line, time.end + 3, $0) }) else { return nil }
    return TextRecord(time: time.time, hasZone: time.hasZone, message: time.end + 3..<line.count)
  }

  /// `Wed Nov 25 10:00:02 2026 [pid 12] [bob] FAIL LOGIN: Client "ADDRESS"` (vsftpd's own log, `log_ftp_protocol` and vsftpd_log_file).
  static func vsftpd(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard line.count > 34, JSONScanner.matches(line, 24, " [pid "), let time = times.parse(line, 0), time.end == 24
    else { return nil }
    let close = ByteScan.find(0x5D, in: line.extracting(first: 44), from: 30)
    guard close + 2 < line.count, close < 44, line[close + 1] == 0x20 else { return nil }
    return TextRecord(time: time.time, hasZone: time.hasZone, message: close + 2..<line.count)
  }
}
