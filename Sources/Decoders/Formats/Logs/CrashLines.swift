// What runtimes print first when a program dies.

internal import Model
internal import Support

extension TraceFollower {
  /// The line that a runtime prints when a program dies.
  static func crash(_ line: Span<UInt8>) -> Severity? {
    switch line[0] {
    case 0x70: return begins(line, "panic: ") ? .fatal : nil
    case 0x66: return begins(line, "fatal error: ") || begins(line, "file:///") && isScriptPlace(line) ? .fatal : nil
    case 0x74:
      // Rust; the runtime of C++.
      // Since 1.91 with the number of the thread behind its name.
      let isRust = begins(line, "thread '") && (holds(line, "' panicked at ") || holds(line, ") panicked at "))
      return isRust || begins(line, "terminate called ") ? .fatal : nil
    // What Node.js prints first of an exception that nobody caught; the report of Spring Boot's failure analyzer.
    case 0x6E: return isRuntimePlace(line) ? .fatal : nil
    case 0x41: return line.count == 27 && begins(line, "APPLICATION FAILED TO START") ? .fatal : nil
    case 0x46:
      // Python's (Python/pylifecycle.c, `fatal_error`); OCaml's and Swift's runtimes.
      if begins(line, "Fatal Python error: ") { return .fatal }
      return begins(line, "Fatal error: exception ") ? .fatal : begins(line, "Fatal error: ") ? .error : nil
    case 0x45: return begins(line, "Exception in thread ") ? .error : nil
    case 0x68: return isRecovered(line, from: 0) ? .error : nil
    case 0x55:
      return begins(line, "Unhandled exception") || begins(line, "Unhandled Exception") || begins(line, "Uncaught ")
        ? .error : nil
    case 0x50: return begins(line, "PHP Fatal error: ") ? .fatal : begins(line, "PHP Warning: ") ? .warning : nil
    case 0x53: return begins(line, "SIGSEGV: ") || begins(line, "SIGABRT: ") ? .fatal : nil
    case 0x2A: return isSignal(line) ? .fatal : nil
    case 0x2F: return isScriptPlace(line) ? .fatal : nil
    default: return nil
    }
  }

  /// `http: panic serving 10.0.0.9:51234: no stock`: a handler's panic, which ends its request and not the server (net/http, server.go; the
  /// bundled golang.org/x/net/http2).
  static func isRecovered(_ line: Span<UInt8>, from start: Int) -> Bool {
    JSONScanner.matches(line, start, "http: panic serving ")
      || JSONScanner.matches(line, start, "http2: panic serving ")
  }

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

  /// `node:internal/modules/cjs/loader:1228`, `node:events:497`: the place within Node.js itself that it prints so.
  static func isRuntimePlace(_ line: Span<UInt8>) -> Bool {
    begins(line, "node:internal/") ? line[line.count &- 1] &- 0x30 <= 9 : isModulePlace(line)
  }

  /// `node:events:497`: the place in one of Node.js' public modules, whose names are of small letters. Anything else may be written so,
  /// so that it is one only above a source and its carets.
  static func isModulePlace(_ line: Span<UInt8>) -> Bool {
    guard begins(line, "node:"), !begins(line, "node:internal/") else { return false }
    var i = 5
    while i < line.count, line[i] &- 0x61 < 26 || line[i] == 0x5F || line[i] == 0x2F { i &+= 1 }
    guard i > 5, i &+ 1 < line.count, line[i] == 0x3A else { return false }
    i &+= 1
    while i < line.count, line[i] &- 0x30 <= 9 { i &+= 1 }
    return i == line.count
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
