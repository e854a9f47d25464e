// Lines in which a supervisor tells of its children: systemd, supervisord, Docker, the kernel's memory killer, Kubernetes.

internal import Model
internal import Support

/// What a supervisor says of one child.
struct ChildReport {
  enum Change {
    /// It was started.
    case started
    /// It ended, for a reason of the event's own words: `normal`, `shutdown`, `error`, `killed`, `timeout`.
    case ended(StaticString)
  }

  /// Where the child's name lies in the message.
  var child: Range<Int>
  var change: Change
}

/// Reads the messages of supervisors.
///
/// Sources: systemd's unit log (src/core/service.c, `Main process exited, code=…, status=…`, `Failed with result '…'`), supervisord
/// ("Subprocess Events" and its activity log), `docker events` ("container die" with `exitCode`), the kernel's `oom_kill.c`, the kubelet's
/// event `BackOff`. A message of any other form gives nothing.
enum SupervisorLines {
  /// Who writes lines that tell of children, by the name of the program.
  enum Writer: UInt8 {
    case other
    case systemd
    case supervisord
    case kernel

    init(_ name: Span<UInt8>) {
      self = .other
      func isName(_ word: StaticString) -> Bool {
        name.count == word.utf8CodeUnitCount && JSONScanner.matches(name, 0, word)
      }
      if isName("systemd") { self = .systemd }
      if isName("supervisord") { self = .supervisord }
      if isName("kernel") { self = .kernel }
    }
  }

  /// What a message says; nil for nearly all.
  static func read(_ message: Span<UInt8>, _ writer: Writer) -> ChildReport? {
    guard message.count >= 16 else { return nil }
    switch writer {
    case .systemd: return systemd(message)
    case .supervisord: return supervisord(message)
    case .kernel: return memory(message)
    case .other:
      // Few messages begin so, whoever writes them.
      if message[0] == 0x42 { return kubelet(message) }
      if message[0] == 0x41 { return pm2(message) }
      // `dmesg` prints them without the kernel's name.
      if message[0] == 0x4F || message[0] == 0x4D, message.count > 40,
        JSONScanner.matches(message, 1, "ut of memory: Killed process ")
          || JSONScanner.matches(message, 1, "emory cgroup out of memory: Killed process ")
      {
        return memory(message)
      }
      return message[0] == 0x63 && message[9] == 0x20 ? docker(message) : nil
    }
  }

  /// Whether a message has one of supervisord's forms, which tell themselves in any file.
  static func isSupervisord(_ message: Span<UInt8>) -> Bool { supervisord(message) != nil }

  // MARK: systemd

  private static func systemd(_ b: Span<UInt8>) -> ChildReport? {
    if JSONScanner.matches(b, 0, "Started ") {
      guard let unit = unit(b, 8) else { return nil }
      return ChildReport(child: unit.name, change: .started)
    }
    guard let unit = unit(b, 0), unit.end &+ 2 < b.count, b[unit.end] == 0x3A, b[unit.end &+ 1] == 0x20 else {
      return nil
    }
    let start = unit.end &+ 2
    if JSONScanner.matches(b, start &+ 1, "ain process exited, code=") {
      return exit(b, start &+ 26).map { ChildReport(child: unit.name, change: .ended($0)) }
    }
    if JSONScanner.matches(b, start, "Deactivated successfully") || JSONScanner.matches(b, start, "Succeeded.") {
      return ChildReport(child: unit.name, change: .ended("normal"))
    }
    guard JSONScanner.matches(b, start, "Failed with result '") else { return nil }
    let result = start &+ 20
    let reason: StaticString =
      if JSONScanner.matches(b, result, "timeout") || JSONScanner.matches(b, result, "watchdog") {
        "timeout"
      } else if JSONScanner.matches(b, result, "signal") || JSONScanner.matches(b, result, "oom-kill")
        || JSONScanner.matches(b, result, "core-dump")
      {
        "killed"
      } else {
        "error"
      }
    return ChildReport(child: unit.name, change: .ended(reason))
  }

  /// `exited, status=1/FAILURE`, `killed, status=9/KILL`, `dumped, status=6/ABRT`. The signal by which a stop is asked for is none
  /// of failure (systemd.service(5), SuccessExitStatus).
  private static func exit(_ b: Span<UInt8>, _ at: Int) -> StaticString? {
    if JSONScanner.matches(b, at, "exited, status=") {
      return JSONScanner.matches(b, at &+ 15, "0/") ? "normal" : "error"
    }
    if JSONScanner.matches(b, at, "killed, status=") {
      return JSONScanner.matches(b, at &+ 15, "15/") ? "shutdown" : "killed"
    }
    return JSONScanner.matches(b, at, "dumped, status=") ? "killed" : nil
  }

  /// `cart.service` at a place: its name without the suffix, and where it ends.
  private static func unit(_ b: Span<UInt8>, _ start: Int) -> (name: Range<Int>, end: Int)? {
    var i = start
    while i < b.count, i &- start < 256, b[i] > 0x20, b[i] != 0x3A { i &+= 1 }
    var end = i
    while end > start, b[end &- 1] == 0x2E { end &-= 1 }
    guard end &- start > 8, JSONScanner.matches(b, end &- 8, ".service") else { return nil }
    return (start..<end &- 8, i)
  }

  // MARK: supervisord

  private static func supervisord(_ b: Span<UInt8>) -> ChildReport? {
    if JSONScanner.matches(b, 0, "spawned: '") {
      let end = ByteScan.find(0x27, in: b, from: 10)
      guard end > 10, JSONScanner.matches(b, end, "' with pid ") else { return nil }
      return ChildReport(child: 10..<end, change: .started)
    }
    let isStop = JSONScanner.matches(b, 0, "stopped: ")
    let start = isStop ? 9 : 8
    guard isStop || JSONScanner.matches(b, 0, "exited: ") else { return nil }
    let end = ByteScan.find(0x20, in: b, from: start)
    guard end > start, end &+ 2 < b.count, b[end &+ 1] == 0x28 else { return nil }
    if isStop { return ChildReport(child: start..<end, change: .ended("shutdown")) }
    if JSONScanner.matches(b, end &+ 2, "terminated by ") {
      return ChildReport(child: start..<end, change: .ended("killed"))
    }
    guard JSONScanner.matches(b, end &+ 2, "exit status ") else { return nil }
    let semicolon = ByteScan.find(0x3B, in: b, from: end)
    let isExpected = JSONScanner.matches(b, semicolon, "; expected")
    return ChildReport(child: start..<end, change: .ended(isExpected ? "normal" : "error"))
  }

  // MARK: Docker

  /// `container die ID (exitCode=137, image=shop/cart:1, name=cart)`, `container start ID (image=…, name=cart)`.
  private static func docker(_ b: Span<UInt8>) -> ChildReport? {
    let isEnd = JSONScanner.matches(b, 0, "container die ")
    guard isEnd || JSONScanner.matches(b, 0, "container start "),
      let name = attribute(b, "name=")
    else { return nil }
    guard isEnd else { return ChildReport(child: name, change: .started) }
    guard let code = attribute(b, "exitCode="), let number = FieldText.int(b.extracting(code)) else { return nil }
    return ChildReport(child: name, change: .ended(reason(exitCode: number)))
  }

  /// A shell's codes for signals are 128 more than the signal's number (Docker, "Exit status").
  static func reason(exitCode: Int64) -> StaticString {
    switch exitCode {
    case 0: "normal"
    case 143: "shutdown"
    case 129...: "killed"
    default: "error"
    }
  }

  private static func attribute(_ b: Span<UInt8>, _ key: StaticString) -> Range<Int>? {
    let length = key.utf8CodeUnitCount
    var i = ByteScan.find(0x28, in: b, from: 0)
    while i < b.count, i < 4096 {
      i &+= 1
      while i < b.count, b[i] == 0x20 { i &+= 1 }
      let end = min(ByteScan.find(0x2C, in: b, from: i), ByteScan.find(0x29, in: b, from: i))
      if JSONScanner.matches(b, i, key), i &+ length < end { return i &+ length..<end }
      i = end
    }
    return nil
  }

  // MARK: PM2

  /// `App [cart:0] online`, `App [cart:0] exited with code [1] via signal [SIGINT]`; a stop is asked for by SIGINT, whose exits with
  /// code 0 are proper ("Graceful Shutdown" of PM2's documentation).
  private static func pm2(_ b: Span<UInt8>) -> ChildReport? {
    guard JSONScanner.matches(b, 0, "App [") else { return nil }
    let end = ByteScan.find(0x5D, in: b, from: 5)
    var colon = end
    while colon > 5, colon < b.count, b[colon] != 0x3A { colon &-= 1 }
    guard end < b.count, colon > 5 else { return nil }
    if JSONScanner.matches(b, end, "] online") { return ChildReport(child: 5..<colon, change: .started) }
    guard JSONScanner.matches(b, end, "] exited with code [") else { return nil }
    let close = ByteScan.find(0x5D, in: b, from: end &+ 20)
    guard let code = FieldText.int(b.extracting(end &+ 20..<close)) else { return nil }
    return ChildReport(child: 5..<colon, change: .ended(reason(exitCode: code)))
  }

  // MARK: the kernel, the kubelet

  /// `Out of memory: Killed process 1000 (java) …`, `Memory cgroup out of memory: Killed process 1000 (java) …`.
  private static func memory(_ b: Span<UInt8>) -> ChildReport? {
    guard let first = b.isEmpty ? nil : b[0], first == 0x4F || first == 0x4D || first == 0x5B || first == 0x6F else {
      return nil
    }
    var i = 0
    while i < min(b.count, 64), !JSONScanner.matches(b, i, "Killed process ") { i &+= 1 }
    guard i < min(b.count, 64) else { return nil }
    let open = ByteScan.find(0x28, in: b, from: i)
    let close = ByteScan.find(0x29, in: b, from: open)
    guard close < b.count, close > open &+ 1, open &- i < 32 else { return nil }
    return ChildReport(child: open &+ 1..<close, change: .ended("killed"))
  }

  /// `Back-off restarting failed container cart in pod cart-…_shop(…)`: there was an end, one for each event however often it is
  /// repeated. Without the container's name the end has none to belong to.
  private static func kubelet(_ b: Span<UInt8>) -> ChildReport? {
    guard JSONScanner.matches(b, 0, "Back-off restarting failed container ") else { return nil }
    let start = 37
    let end = ByteScan.find(0x20, in: b, from: start)
    guard end > start, JSONScanner.matches(b, end, " in pod ") else { return nil }
    return ChildReport(child: start..<end, change: .ended("error"))
  }
}

extension JSONRecords {
  /// Gives the events of a supervisor's message beside its log line: a sign of life, or an end with its reason and, where that is no
  /// proper one, the crash.
  mutating func reportChild(
    _ message: Span<UInt8>, _ log: LogLine, isSupervisord: Bool, into batch: inout RecordBatch
  ) {
    let writer = isSupervisord ? .supervisord : intake.writer(log.component, batch.symbols)
    guard let report = SupervisorLines.read(message, writer) else { return }
    if writer == .systemd, intake.toldEnds.isSecond(report, message) { return }
    tell(report, of: message, log, into: &batch)
  }

  /// Gives the events of a report whose child's name lies in some bytes.
  mutating func tell(_ report: ChildReport, of b: Span<UInt8>, _ log: LogLine, into batch: inout RecordBatch) {
    tell(report.change, of: batch.symbols.intern(b.extracting(report.child)), log, into: &batch)
  }

  /// Gives the events of a child.
  mutating func tell(
    _ change: ChildReport.Change, of child: Symbol, _ log: LogLine, into batch: inout RecordBatch
  ) {
    guard log.time != .min else { return }
    func event(_ kind: EventKind) -> StructuralEvent {
      StructuralEvent(time: log.time, component: child, kind: kind, source: log.source)
    }
    switch change {
    case .started: batch.events.append(event(.heartbeat))
    case .ended(let reason):
      let name = reason.description
      let isProper = name == "normal" || name == "shutdown"
      if !isProper {
        var crash = event(.childCrashed)
        crash.succeeded = false
        batch.events.append(crash)
      }
      var exit = event(.childExited)
      exit.subject = batch.symbols.intern(name)
      exit.succeeded = isProper
      batch.events.append(exit)
    }
  }
}
