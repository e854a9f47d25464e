// Where a program died, as runtimes print it first.

internal import Support

extension TraceFollower {
  /// `/app/pay.js:31`, `file:///app/pay.mjs:31`: the place that Node.js prints in front of the source and the error that nobody caught
  /// (node_errors.cc, `GetErrorSource`).
  static func isScriptPlace(_ line: Span<UInt8>) -> Bool {
    var end = line.count
    while end > 0, line[end &- 1] &- 0x30 <= 9 { end &-= 1 }
    guard end < line.count, end > 5, line[end &- 1] == 0x3A else { return false }
    end &-= 1
    let isScript =
      JSONScanner.matches(line, end &- 3, ".js") || JSONScanner.matches(line, end &- 3, ".ts")
      || JSONScanner.matches(line, end &- 4, ".mjs") || JSONScanner.matches(line, end &- 4, ".cjs")
      || JSONScanner.matches(line, end &- 4, ".tsx") || JSONScanner.matches(line, end &- 4, ".jsx")
    return isScript && !line.extracting(0..<end).indices.contains { line[$0] == 0x20 }
  }

  /// `*** Aborted at 1795572000 (unix time) try …` and `*** SIGSEGV received at time=…`: the failure signal handlers of glog
  /// (signalhandler.cc, `DumpTimeInfo`) and Abseil (failure_signal_handler.cc).
  static func isSignal(_ line: Span<UInt8>) -> Bool {
    if begins(line, "*** Aborted at ") { return line.count > 15 && line[15] &- 0x30 <= 9 }
    return begins(line, "*** SIG")
  }

  /// Whether a byte begins lines that runtimes print around a place or a frame, and no JSON: `^` and `~` below a source, the bars of
  /// Python's groups of exceptions, paths, signals.
  static func beginsMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2A, 0x2B, 0x2F, 0x40, 0x5E, 0x7C, 0x7E: true
    default: false
    }
  }
}
