// What loggers write at the beginning of a file about the file itself.

internal import Support

/// The head of a log file: no record, whatever else the file holds.
///
/// glog and klog write four lines or five (`LogFileObject::CreateLogfile` and `Write` of glog's logging.cc, `createFile` of klog's
/// klog_file.go), Ruby's Logger one (`add_log_header` of logger/log_device.rb). PowerShell has the names of the columns and a rule above the
/// events that it prints as a table, and of Get-WinEvent the provider above both (Get-WinEvent, Get-EventLog, "Examples").
struct LogFileHead: Sendable {
  /// Whether the line before was a heading of PowerShell's.
  private var isHeading = false
  /// Whether the line before was a line of glog's head.
  private var isOpen = false

  /// Whether a line is of a head; the lines behind glog's first one are only so behind it.
  mutating func takes(_ line: Span<UInt8>) -> Bool {
    if isHeading || line[0] == 0x54 || line[0] == 0x20, takesTable(line) { return true }
    switch line[0] {
    case 0x4C where JSONScanner.matches(line, 0, "Log file created at: "): isOpen = true
    case 0x41, 0x42, 0x4C, 0x50, 0x52: isOpen = isOpen && Self.goesOn(line)
    case 0x23:
      isOpen = false
      return JSONScanner.matches(line, 0, "# Logfile created on ") && line.count > 21 && line[21] &- 0x30 <= 9
    default: isOpen = false
    }
    return isOpen
  }

  private mutating func takesTable(_ line: Span<UInt8>) -> Bool {
    if isHeading {
      isHeading = false
      if line.indices.allSatisfy({ line[$0] == 0x2D || line[$0] == 0x20 }) { return true }
    }
    if JSONScanner.matches(line, 0, "   ProviderName: ") { return true }
    let isTable =
      line.count > 40 && JSONScanner.matches(line, line.count - 8, " Message")
      && (JSONScanner.matches(line, 0, "TimeCreated  ") || JSONScanner.matches(line, 0, "   Index Time  "))
    isHeading = isTable
    return isTable
  }

  private static func goesOn(_ line: Span<UInt8>) -> Bool {
    let names: [StaticString] = [
      "Running on machine: ", "Application fingerprint: ", "Running duration (h:mm:ss): ", "Binary: Built with ",
      "Previous log: ", "Log line format: ",
    ]
    return names.contains { JSONScanner.matches(line, 0, $0) }
  }
}
