// The line that some programs write in front of a table's heading.

/// PowerShell's Export-Csv names the type of its rows (`#TYPE System.…`), Excel reads the delimiter of a file (`sep=;`).
enum TablePreface {
  static func begins(_ b: Span<UInt8>, at start: Int) -> Bool {
    if JSONScanner.matches(b, start, "#TYPE ") { return true }
    let end = start + 5
    return JSONScanner.matches(b, start, "sep=") && end < b.count && (b[end] == 0x0A || b[end] == 0x0D)
  }
}
