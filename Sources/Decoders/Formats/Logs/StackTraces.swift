// Which lines go on with the record before them: stack traces by language.

internal import Model
internal import Support

/// Follows the lines of one stream that have no header of their own.
///
/// The grammar is that of the traces which Java, Python, Go, .NET, Node.js, Rust, PHP and Ruby print. A trace belongs to the
/// record before it in its stream; a crash (`panic:`, `Exception in thread`) is a record of its own, and what follows it is
/// its trace.
struct TraceFollower: Sendable {
  /// What a line without a header is.
  enum Verdict: Equatable {
    case continues
    /// A record; a crash or a lone exception has the severity it implies.
    case record(Severity)
  }

  enum Phase: Equatable, Sendable {
    /// No record yet, or nothing but plain lines.
    case none
    /// The record before has no trace yet.
    case fresh
    /// Its trace is being read.
    case inTrace
    /// Python's frames: the exception comes next.
    case pythonFrames
    /// Python's frames in a box that Rich drew.
    case pythonBox
    /// Behind a frame's source, where each line is a record.
    case pythonSource
    /// A line that announces another trace of the same record.
    case announced
    /// A program died, and its runtime's report is being read.
    case crashed
    /// Behind the place that Node.js prints of an uncaught exception: its source, carets below it, the exception and its frames come next.
    case scripted(Int)
    /// Behind the place of a panic of Rust, whose message comes next.
    case panicked
    /// Behind an exception whose frames have not begun: its message may go over lines.
    case named
  }

  var phase = Phase.none
  /// Whether the record before says that all is well: nobody logs an exception so, and a traceback behind it is the crash's own.
  private(set) var isCalm = false
  /// Whether it says that something went wrong.
  private var isGrave = false
  /// Whether it warns, so that a class in full (`java.io.IOException: …`) may be what it warns of.
  private var isWarning = false
  /// Whether the record before has a header, or is a structured one.
  private var isHeaded = false
  /// Whether it is an object, which holds the exception that its logger was given.
  private var isObject = false
  /// Lines of an exception's message so far.
  private var unframed = 0
  /// What the program that died printed of it.
  private var report = CrashReport()
  /// Whether `Error: ` is how the stream's records begin.
  private var isLevelled = false
  /// How many blanks stand in front of every line of the stream, as Seastar's logger puts one in front of what it sends to syslog
  /// (util/log.cc): that many indent nothing. Nil before the first line.
  private var margin: Int?

  /// Whether a record stands before in the stream that a line may belong to.
  var hasRecord: Bool { phase != .none && isHeaded }

  /// A record with a header, or a structured one, whose own traces stand inside of it.
  mutating func sawRecord(_ severity: Severity, isObject: Bool = false) {
    phase = .fresh
    if margin == nil { margin = 0 }
    self.isObject = isObject
    isHeaded = true
    isCalm = !severity.isUnknown && severity < .warning
    isGrave = severity >= .error
    isWarning = severity == .warning
  }

  /// A record that a collector made of one line of a file: a crash has its trace in the records behind it.
  mutating func sawWhole(_ line: Span<UInt8>, _ severity: Severity) {
    sawRecord(severity)
    guard Self.crash(line) != nil, Self.isSingle(line) else { return }
    // Rust's own message stands below the place since 1.73 (`panicked at src/main.rs:12:5:`).
    phase = line[0] == 0x74 && line[line.count - 1] == 0x3A ? .panicked : .inTrace
  }

  /// Whether lines without a header may belong to the record before them: it told of something wrong.
  var isOpen: Bool { phase != .none && isHeaded && (isGrave || phase != .fresh) }

  /// Whether no trace is being read.
  var isResting: Bool { phase == .fresh || phase == .none }

  /// Whether a program died and all that follows is about it.
  var isCrashed: Bool {
    if case .scripted = phase { return true }
    return phase == .crashed
  }

  /// Whether a record holds one line: what holds several has its whole trace in it.
  static func isSingle(_ line: Span<UInt8>) -> Bool { ByteScan.find(0x0A, in: line, from: 0) == line.count }

  /// Judges a record that a collector made of one line of a file: it goes on with the one before it only where it can be nothing else.
  mutating func joins(_ line: Span<UInt8>) -> Bool {
    guard phase != .none, isHeaded, !isCalm, !line.isEmpty, Self.isSingle(line) else { return false }
    if phase == .pythonFrames || phase == .pythonSource {
      if Self.isException(line) {
        phase = .inTrace
        return true
      }
      let isFrame = Self.isFrame(line, from: 0)
      // Behind a frame its source, and below that marks; collectors may have taken the blanks in front of them.
      let joins =
        isFrame || phase == .pythonFrames || line[0] == 0x20
        || line.indices.allSatisfy { line[$0] == 0x5E || line[$0] == 0x7E || line[$0] == 0x20 }
      phase = joins ? isFrame ? .pythonFrames : .pythonSource : .fresh
      return joins
    }
    if Self.begins(line, "Traceback (most recent call last)") {
      phase = .pythonFrames
      return true
    }
    if phase == .panicked {
      phase = .inTrace
      return true
    }
    // The next traceback of the same error is announced.
    if phase == .inTrace,
      Self.begins(line, "During handling of the above exception")
        || Self.begins(line, "The above exception was the direct cause")
    {
      return true
    }
    let isPart =
      Self.isFrame(line, from: 0) || Self.begins(line, "goroutine ")
      || (phase == .inTrace
        ? line[0] == 0x09 || line[0] == 0x20 || Self.isTraceLine(line)
        : isGrave && (Self.isException(line) || Self.opensTrace(line))
          || isWarning && (Self.isQualified(line) || Self.opensTrace(line)))
    if isPart { phase = .inTrace }
    return isPart
  }

  /// Whether a line is the first one of the stack that Node.js prints for the error that the record before it tells: `Error: no card`,
  /// `error.stack` of the plainest class. Elsewhere that word is a level.
  mutating func takesStack(_ line: Span<UInt8>, isOther: Bool = false) -> Bool {
    guard Self.begins(line, "Error: ") else { return false }
    if isCrashed, !isOther { return true }
    guard !isLevelled else { return false }
    // A stream in which such a line belongs to nothing writes its level so.
    guard phase == .fresh, isHeaded, isGrave else {
      isLevelled = true
      return false
    }
    phase = .inTrace
    return true
  }

  /// Judges a line that has no header.
  ///
  /// - Parameters:
  ///   - line: without the layers around it.
  ///   - adopts: whether nearly all records of the stream have headers, so that any other line belongs to the last one.
  ///   - isApart: whether it was written apart from the line before it.
  ///   - isOther: whether it was, or is another process', or of another level.
  /// - Returns: whether it goes on with the record before it.
  mutating func judge(_ line: Span<UInt8>, adopts: Bool, isApart: Bool = false, isOther: Bool = false) -> Verdict {
    let margin = margin(of: line)
    let own = line.extracting(margin..<line.count)
    let verdict = verdict(own, adopts: adopts, isApart: isApart, isOther: isOther)
    if awaitsMore, holdsAll(own) { phase = .inTrace }
    if verdict != .continues { (isCalm, isHeaded, isGrave) = (false, false, false) }
    return verdict
  }

  /// The blanks in front of a line that all lines of its stream have.
  private mutating func margin(of line: Span<UInt8>) -> Int {
    if margin == 0 { return 0 }
    let limit = min(margin ?? 3, line.count)
    var blanks = 0
    while blanks < limit, line[blanks] == 0x20 { blanks += 1 }
    // What a stream begins with may be the rest of a trace, whose frames have deeper margins or marks of their own.
    if margin == nil, blanks > 0, blanks == line.count || !Self.beginsText(line[blanks]) || Self.isFrame(line, from: 0)
    {
      blanks = 0
    }
    margin = blanks
    return blanks
  }

  /// Whether a message may begin with a byte: a letter, a digit, an opening bracket.
  private static func beginsText(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5B || byte == 0x28 || byte == 0x3C || byte >= 0x80
  }

  /// Whether a line is what Node.js prints behind the place of an exception (lib/internal/process/execution.js): else it is the stream's own.
  private mutating func followsPlace(_ line: Span<UInt8>, _ lines: Int) -> Bool {
    let isMarked = line.indices.allSatisfy {
      line[$0] == 0x20 || line[$0] == 0x09 || line[$0] == 0x5E || line[$0] == 0x7E
    }
    guard lines != 1 || isMarked, lines < Self.mostBehindPlace else {
      phase = .none
      return false
    }
    phase = Self.isFrame(line, from: 0) ? .inTrace : .scripted(lines + 1)
    return true
  }

  /// The source, the carets, and an exception's message over some lines.
  private static let mostBehindPlace = 12

  private mutating func verdict(_ line: Span<UInt8>, adopts: Bool, isApart: Bool, isOther: Bool) -> Verdict {
    guard !line.isEmpty else { return .continues }
    if case .scripted(let lines) = phase, followsPlace(line, lines) { return .continues }
    if let severity = Self.crash(line) {
      // What dies of a failed check has told so.
      if line[0] == 0x2A, phase == .crashed || phase == .inTrace && isGrave { return .continues }
      let ends = severity == .fatal
      phase = !ends ? .inTrace : line[0] == 0x2F || Self.begins(line, "file:") ? .scripted(0) : .crashed
      if phase == .crashed { report = CrashReport(line) }
      return .record(severity)
    }
    if phase == .crashed, goesOnReporting(line, isOther: isOther) { return .continues }
    if phase == .none { return start(line) }
    if phase == .inTrace, line.count == 1, line[0] == 0x7D { return .continues }
    if line[0] == 0x20 || line[0] == 0x09 {
      if phase == .named, Self.isFrame(line, from: 0) { phase = .inTrace }
      return .continues
    }
    if line[0] == 0xE2, let verdict = boxed(line) { return verdict }
    if Self.begins(line, "Traceback (most recent call last)") {
      // An entry that holds all of a trace, written apart, is one.
      let joins = (phase == .fresh && !isCalm || phase == .announced) && !(isOther && !Self.isSingle(line))
      phase = .pythonFrames
      return joins ? .continues : .record(.error)
    }
    if Self.begins(line, "During handling of the above exception")
      || Self.begins(line, "The above exception was the direct cause")
    {
      phase = .announced
      return .continues
    }
    if phase == .pythonFrames {
      // loguru marks the frame that caught the exception, and goes on.
      if Self.begins(line, "> File ") { return .continues }
      // The exception itself, which a clock's tick may part from its frames, was cut off.
      if isOther, !Self.isRaised(line) { return start(line) }
      phase = .inTrace
      return .continues
    }
    if Self.isTraceLine(line) {
      phase = .inTrace
      return .continues
    }
    if phase == .inTrace, Self.isProcessState(line) || Self.isBehindTrace(line) { return .continues }
    // Elixir's exceptions; in front of nothing they are mix's own errors.
    if Self.begins(line, "** (") {
      let joins = phase == .inTrace || phase == .fresh && isHeaded
      phase = .inTrace
      return joins ? .continues : .record(.error)
    }
    if phase == .fresh, isHeaded, isGrave || isWarning, !isApart, Self.isInspected(line) {
      phase = .inTrace
      return .continues
    }
    let isClass = phase == .fresh && isGrave && isHeaded && !isApart && Self.isClass(line)
    if isClass || Self.isException(line) {
      // Behind an object that says that all is well it is what a program died of.
      let joins = phase == .fresh && !(isObject && isCalm) || phase == .announced || phase == .named
      named(joins && (isClass || Self.isQualified(line)))
      return joins ? .continues : .record(.error)
    }
    if adopts || !isApart && goesOnNaming() { return .continues }
    phase = .fresh
    return .record(.unknown)
  }

  /// Whether a line belongs to the report of a death; what does not ends it.
  private mutating func goesOnReporting(_ line: Span<UInt8>, isOther: Bool) -> Bool {
    let step = report.take(line, isOther: isOther)
    if step == .foreign { phase = isOther ? .none : .inTrace }
    if step == .last { phase = .inTrace }
    return step != .foreign
  }

  /// Expects more of an exception's message, or its frames.
  private mutating func named(_ joins: Bool) {
    if joins, isGrave, isHeaded, !isObject {
      if phase != .named { unframed = 0 }
      phase = .named
    } else {
      phase = .inTrace
    }
  }

  /// Whether a plain line is more of the message of the exception before it: an error in several lines, as of SQL that failed, whose frames
  /// stand below it (java.lang.Throwable, `toString()`).
  private mutating func goesOnNaming() -> Bool {
    guard phase == .named, unframed < Self.longestMessage else { return false }
    unframed += 1
    return true
  }

  /// Lines that an exception's message has at most.
  private static let longestMessage = 8

  /// The first line of a stream, or one after plain lines.
  private mutating func start(_ line: Span<UInt8>) -> Verdict {
    if Self.begins(line, "Traceback (most recent call last)") {
      phase = .pythonFrames
      return .record(.error)
    }
    let isException = Self.isException(line)
    phase = isException ? .inTrace : .fresh
    return .record(isException ? .error : .unknown)
  }

  /// Whether a line can only be part of a trace, so that it says nothing about the headers of a file.
  static func isPart(_ line: Span<UInt8>) -> Bool {
    guard !line.isEmpty else { return true }
    return line[0] == 0x20 || line[0] == 0x09 || isTraceLine(line) || isException(line)
      || begins(line, "Traceback (most recent call last)")
  }

  /// Whether what begins at a place is an indented frame of a stack trace, as Java, .NET, Node.js, Python and Go print them.
  static func isFrame(_ line: Span<UInt8>, from start: Int) -> Bool {
    var i = start
    while i < line.count, line[i] == 0x20 || line[i] == 0x09 { i += 1 }
    guard i + 4 < line.count else { return false }
    let isIndented = i > start
    if JSONScanner.matches(line, i, "at ") { return isIndented || isCall(line, from: i + 3) }
    if JSONScanner.matches(line, i, "File \"") { return isIndented || line[line.count - 1] != 0x22 }
    if JSONScanner.matches(line, i, "... ") { return JSONScanner.matches(line, line.count - 5, " more") }
    guard isIndented, line[i - 1] == 0x09 else { return false }
    return (i..<line.count).contains { JSONScanner.matches(line, $0, ".go:") }
  }

  /// `c.a.Pay.charge(Pay.java:31)`, `charge (/app/pay.js:31:7)`: to the end of the line.
  private static func isCall(_ line: Span<UInt8>, from start: Int) -> Bool {
    line[line.count - 1] == 0x29 && ByteScan.find(0x28, in: line, from: start) < line.count
      && ByteScan.find(0x3A, in: line, from: start) < line.count
  }

  /// Whether a line alone looks like a piece of a trace.
  static func isPiece(_ line: Span<UInt8>) -> Bool {
    isFrame(line, from: 0) || begins(line, "Traceback (most recent call last)") || begins(line, "Caused by: ")
      || begins(line, "goroutine ") || isException(line)
  }

  private static let parts: [StaticString] = [
    "at ", "... ", "Caused by: ", "Suppressed: ", "--- End of ", "---> ", "goroutine ", "created by ", "exit status ",
    "[signal ", "stack backtrace:", "note: run with", "Stack trace:", "[stacktrace]", "[previous exception]", "{main}",
    "#0 ", "thrown in ", "Caused by", "rethrown", "from /", "panic({", "panic(0x", "Node.js v", "Dumping heap to ",
    "Heap dump file created ", "Stack Trace:", "stack traceback:", "*** Check failure stack trace",
    "Wrapped by: ", "Current thread ", "Thread 0x", "Extension modules: ",
  ]

  /// What Dropwizard writes behind its mark on each line of a trace.
  private static func isMarked(_ rest: Span<UInt8>) -> Bool {
    begins(rest, "at ") || begins(rest, "... ") || begins(rest, "Caused by") || begins(rest, "Suppressed")
      || isException(rest)
  }

  static func isTraceLine(_ line: Span<UInt8>) -> Bool {
    if line[0] == 0x23, line.count > 2, line[1] &- 0x30 <= 9 { return true }
    if line[0] == 0x21, line.count > 4, line[1] == 0x20 { return isMarked(line.extracting(2..<line.count)) }
    if line[0] &- 0x30 <= 9, isAddressed(line) { return true }
    if line[0] == 0x54, isStep(line) { return true }
    for part in parts where begins(line, part) { return true }
    if line[line.count - 1] == 0x27, isRuby(line) { return true }
    return isFunction(line)
  }

  /// `main.(*Server).handle(0xc000010000)`: a function of Go, a dotted name without blanks; also lines of nothing but marks,
  /// which end what was printed over several lines.
  private static func isFunction(_ line: Span<UInt8>) -> Bool {
    var dots = 0
    var letters = 0
    for i in line.indices {
      switch line[i] {
      case 0x2E, 0x2F: dots += 1
      case 0x61...0x7A, 0x41...0x5A: letters += 1
      case 0x30...0x39, 0x28, 0x29, 0x2A, 0x5F, 0x24, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x22, 0x3B, 0x2D: continue
      default: return false
      }
    }
    return letters == 0 || dots > 0 && line[line.count - 1] != 0x2E
  }

  static func begins(_ line: Span<UInt8>, _ prefix: StaticString) -> Bool { JSONScanner.matches(line, 0, prefix) }

  static func holds(_ line: Span<UInt8>, _ part: StaticString) -> Bool {
    var i = 0
    while i + part.utf8CodeUnitCount <= line.count, i < 256 {
      if JSONScanner.matches(line, i, part) { return true }
      i += 1
    }
    return false
  }
}
