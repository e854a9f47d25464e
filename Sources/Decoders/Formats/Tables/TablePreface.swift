// The line that some programs write in front of a table's heading.

/// PowerShell's Export-Csv names the type of its rows (`#TYPE System.…`), Excel reads the delimiter of a file (`sep=;`), which may stand in
/// quotes; a byte order mark comes before either.
enum TablePreface {
  static func begins(_ b: Span<UInt8>, at start: Int) -> Bool {
    var start = start
    if start + 3 < b.count, b[start] == 0xEF, b[start + 1] == 0xBB, b[start + 2] == 0xBF { start += 3 }
    if JSONScanner.matches(b, start, "#TYPE ") { return true }
    let isQuoted = JSONScanner.matches(b, start, "\"sep=")
    guard isQuoted || JSONScanner.matches(b, start, "sep=") else { return false }
    let end = start + (isQuoted ? 7 : 5)
    guard end < b.count, b[end] == 0x0A || b[end] == 0x0D else { return false }
    return !isQuoted || b[end - 1] == 0x22
  }
}
