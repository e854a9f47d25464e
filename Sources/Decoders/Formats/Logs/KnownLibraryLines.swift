// Lines that libraries print in forms of their own.

internal import Model
internal import Support

extension KnownLines {
  static func library(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    line[8] == 0x2C ? logbackStatus(line) : delayedJob(line, times)
  }

  /// `02:00:00,250 |-WARN in ch.qos.logback.core.Foo[bar] - MESSAGE`: logback about itself (StatusPrinter, "Internal status data"), with no
  /// date.
  private static func logbackStatus(_ line: Span<UInt8>) -> TextRecord? {
    guard JSONScanner.matches(line, 12, " |-") else { return nil }
    let end = ByteScan.find(0x20, in: line.extracting(first: 24), from: 15)
    guard JSONScanner.matches(line, end, " in ") else { return nil }
    let severity = Model.severity(of: line.extracting(15..<end))
    var i = end + 4
    let name = i
    while i < line.count, line[i] > 0x20, line[i] != 0x5B { i += 1 }
    let named = name..<i
    while i + 2 < line.count, line[i] != 0x20 || line[i + 1] != 0x2D || line[i + 2] != 0x20 { i += 1 }
    guard !severity.isUnknown, !named.isEmpty, i + 3 < line.count else { return nil }
    return TextRecord(severity: severity, name: named, rank: .logger, message: i + 3..<line.count)
  }

  /// `2026-11-25T02:00:00+0000: [Worker(host:h pid:1)] Job Mail#send (id=1) FAILED (1 prior attempts) with …` (delayed_job,
  /// Delayed::Worker#say), whose level stands in no line: failures are told as errors.
  private static func delayedJob(_ line: Span<UInt8>, _ times: LogTimeParser) -> TextRecord? {
    guard JSONScanner.matches(line, 24, ": [Worker("), let time = times.parse(line, 0), time.isPlaced else {
      return nil
    }
    var i = 34
    while i + 2 < line.count, line[i] != 0x29 || line[i + 1] != 0x5D { i += 1 }
    guard i + 3 < line.count, line[i + 2] == 0x20 else { return nil }
    let message = i + 3..<line.count
    let hasFailed =
      JSONScanner.matches(line, message.lowerBound, "Job ")
      && message.contains { JSONScanner.matches(line, $0, " FAILED ") }
    return TextRecord(
      time: time.time, hasZone: time.hasZone, severity: hasFailed ? .error : .info, message: message)
  }
}
