// Which web server wrote a line of an error log, by the form that it alone writes.

internal import Support

enum ServerErrorLine {
  /// `2026/11/25 02:00:00 [error] 12#12: *1 …` is nginx (src/core/ngx_log.c), `[Wed Nov 25 02:00:00.123456 2026] [core:error] [pid 12:tid 34] …`
  /// Apache (`ErrorLogFormat` of mod_core); nil for any other line.
  static func server(of line: Span<UInt8>) -> String? {
    guard line.count > 30 else { return nil }
    if line[0] &- 0x30 <= 9 { return isNginx(line) ? "nginx" : nil }
    return line[0] == 0x5B && isApache(line) ? "httpd" : nil
  }

  private static func isNginx(_ line: Span<UInt8>) -> Bool {
    guard line[4] == 0x2F, line[7] == 0x2F, JSONScanner.matches(line, 19, " [") else { return false }
    var i = 21
    while i < line.count, (line[i] | 0x20) &- 0x61 < 26 { i += 1 }
    guard JSONScanner.matches(line, i, "] ") else { return false }
    i += 2
    let process = i
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    guard i > process, i + 1 < line.count, line[i] == 0x23, line[i + 1] &- 0x30 <= 9 else { return false }
    i += 1
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    return i < line.count && line[i] == 0x3A
  }

  private static func isApache(_ line: Span<UInt8>) -> Bool {
    let end = ByteScan.find(0x5D, in: line, from: 0)
    guard end > 20, end < 40, JSONScanner.matches(line, end, "] [") else { return false }
    let level = ByteScan.find(0x5D, in: line, from: end + 3)
    guard level < line.count, JSONScanner.matches(line, level, "] [pid ") else { return false }
    return (end + 3..<level).contains { line[$0] == 0x3A }
  }
}
