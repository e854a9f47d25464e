// What belongs to the report of a program's death, by the runtime that prints it.

internal import Support

/// Follows the lines behind the one that tells of a program's death.
///
/// A runtime writes its report at once: the message, which may be anything, and below it the trace, whose lines have forms of their own.
/// What comes later, or has none of them where only they can stand, is another record: a program is restarted by its supervisor, or goes on
/// where a task died alone, and writes on to the same stream.
struct CrashReport: Sendable {
  enum Runtime: Sendable {
    /// `panic: `, `fatal error: `, `SIGSEGV: ` (runtime/panic.go, signal_unix.go).
    case go
    /// `thread 'main' panicked at PLACE:` (library/std/src/panicking.rs).
    case rust
    /// `PHP Fatal error:  ` (main/main.c, zend_exceptions.c).
    case php
    /// `terminate called ` (libsupc++, vterminate.cc).
    case cpp
    /// Those whose reports are prose, up to the end: Node.js, Spring Boot's analyzer, handlers of signals.
    case other
  }

  /// What a line is to the report.
  enum Step {
    case goesOn
    /// It belongs to the report, and ends it.
    case last
    case foreign
  }

  private var runtime = Runtime.other
  /// Whether the message is over, or none follows, so that only lines of the trace's forms belong.
  private var isFramed = false
  /// Lines of the message so far.
  private var lines = 0

  /// Lines that a message has at most, where a trace tells its end.
  private static let longestMessage = 8

  init() {}

  /// Opens the report at its first line, which is not empty.
  init(_ line: Span<UInt8>) {
    let isDigit = line[line.count - 1] &- 0x30 <= 9
    switch line[0] {
    case 0x53, 0x70: runtime = .go
    case 0x66: if JSONScanner.matches(line, 0, "fatal error: ") { runtime = .go }
    case 0x50:
      runtime = .php
      // ` in FILE on line N`: what is no exception has no trace.
      isFramed = isDigit && TraceFollower.endsWithLine(line)
    case 0x74:
      runtime = line[1] == 0x68 ? .rust : .cpp
      // Before 1.73 the message stood in front of the place.
      isFramed = runtime == .rust && isDigit
    default: break
    }
  }

  /// Judges a line behind it.
  ///
  /// - Parameters:
  ///   - line: not empty.
  ///   - isOther: whether it was written at another time, by another process or at another level than the line before it. A trace that a
  ///     clock's tick divides is told by its forms.
  /// - Returns: what it is to the report.
  mutating func take(_ line: Span<UInt8>, isOther: Bool) -> Step {
    if isLast(line) { return .last }
    if opensTrace(line) {
      isFramed = true
      return .goesOn
    }
    if line[0] == 0x20 || line[0] == 0x09 || TraceFollower.isTraceLine(line) || isForm(line) { return .goesOn }
    // What Rust's line ends with a colon for.
    let isTold = runtime == .rust && lines == 0
    if isFramed || isOther && !isTold || runtime != .other && lines >= Self.longestMessage { return .foreign }
    lines += 1
    return .goesOn
  }

  private func isLast(_ line: Span<UInt8>) -> Bool {
    func begins(_ prefix: StaticString) -> Bool { JSONScanner.matches(line, 0, prefix) }
    switch runtime {
    case .go: return begins("exit status ")
    case .rust: return begins("note: run with ") || begins("note: Some details are omitted")
    case .php: return line[0] == 0x20 && begins("  thrown in ")
    case .cpp: return begins("Aborted")
    case .other: return begins("Node.js v")
    }
  }

  private func opensTrace(_ line: Span<UInt8>) -> Bool {
    func begins(_ prefix: StaticString) -> Bool { JSONScanner.matches(line, 0, prefix) }
    switch runtime {
    case .go: return begins("goroutine ") || begins("runtime stack:")
    case .rust: return begins("stack backtrace:")
    case .php: return begins("Stack trace:") || begins("#0 ")
    case .cpp, .other: return false
    }
  }

  /// Whether a line is of the report by a form that only this runtime's have.
  private func isForm(_ line: Span<UInt8>) -> Bool {
    func begins(_ prefix: StaticString) -> Bool { JSONScanner.matches(line, 0, prefix) }
    switch runtime {
    case .go:
      return begins("...") || begins("runtime: ") || begins("PC=0x") || begins("[originating from ")
        || begins("signal arrived during ") || Self.isCall(line) || Self.isRegister(line)
    case .rust: return begins("note: ") || begins("thread panicked while ") || begins("fatal runtime error: ")
    case .php: return begins("Next ") || begins("PHP Stack trace:") || begins("PHP   ")
    case .cpp: return false
    // What it was that nobody caught.
    case .other: return TraceFollower.isException(line)
    }
  }

  /// `main.run({0x4d5c3a, 0x2}, 0x1)`, `http.(*conn).serve(0xc0000b4000, {0x6c, 0x1})`: a function's full name, which may have a type in
  /// brackets, with its arguments to the end of the line.
  private static func isCall(_ line: Span<UInt8>) -> Bool {
    guard line[line.count - 1] == 0x29 else { return false }
    let end = ByteScan.find(0x20, in: line, from: 0)
    let open = (1..<end).first {
      line[$0] == 0x28
        && (JSONScanner.matches(line, $0, "(0x") || JSONScanner.matches(line, $0, "({")
          || JSONScanner.matches(line, $0, "(..."))
    }
    guard let open else { return false }
    return ByteScan.find(0x2E, in: line, from: 0) < open
  }

  /// `rax    0x0`: a register and what it holds.
  private static func isRegister(_ line: Span<UInt8>) -> Bool {
    var i = 0
    while i < line.count, i < 7, line[i] &- 0x61 < 26 || line[i] &- 0x30 <= 9 { i += 1 }
    let end = i
    while i < line.count, line[i] == 0x20 { i += 1 }
    return end > 1 && i > end && JSONScanner.matches(line, i, "0x")
      && ByteScan.find(0x20, in: line, from: i) == line.count
  }
}

extension TraceFollower {
  /// Whether what comes next belongs to the record whatever it looks like.
  var awaitsMore: Bool { phase == .crashed || phase == .pythonFrames || phase == .named }

  /// Whether a record has several lines, as an entry of the journal may: its trace stands in it to the end.
  func holdsAll(_ line: Span<UInt8>) -> Bool {
    if Self.isSingle(line) { return false }
    guard phase == .pythonFrames else { return true }
    // The exception stands below the frames, unless they were parted from it.
    var last = line.count
    while last > 0, line[last - 1] != 0x0A { last -= 1 }
    return last < line.count && line[last] != 0x20
  }

  /// ` on line 12`: the end of PHP's errors.
  static func endsWithLine(_ line: Span<UInt8>) -> Bool {
    var i = line.count
    while i > 0, line[i - 1] &- 0x30 <= 9 { i -= 1 }
    return i < line.count && JSONScanner.matches(line, i - 9, " on line ")
  }
}
