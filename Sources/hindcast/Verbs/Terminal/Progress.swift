internal import Dispatch
internal import Glibc
internal import Reports
package import Runs
internal import Support
internal import Synchronization

/// The progress line: the phase, how much of it is done in per cent, and the time left; on a terminal's standard error only.
///
/// It never touches a result; without a terminal there is none. A clock of its own moves it where a phase tells nothing for a
/// while.
package final class Progress: ProgressObserver {
  /// What the line tells.
  struct State {
    var phase = RunPhase.reading
    var total: Int?
    var done = 0
    /// Microseconds since the phase began.
    var elapsed: Int64 = 0

    /// `reading: 45 %, 12 s, about 15 s left`; without a total there is neither a share nor a time left.
    var line: String {
      let name =
        switch phase {
        case .reading: "reading"
        case .joining: "joining requests"
        case .concluding: "analysing"
        }
      let time = elapsed < 1_000_000 ? "" : ", " + NumberFormat.duration(elapsed / 1_000_000 * 1_000_000)
      guard let total, total > 0 else { return name + time }
      let share = min(Double(done) / Double(total), 1)
      var line = "\(name): \(Int(share * 100)) %" + time
      if share > 0, share < 1, elapsed > 1_000_000 {
        let left = Double(elapsed) * (1 - share) / share
        line += ", about \(NumberFormat.duration(max(1, Int64(left / 1e6)) * 1_000_000)) left"
      }
      return line
    }
  }

  private struct Shown {
    var state = State()
    var began: Int64 = 0
    var at: Int64 = 0
    var isOver = false
  }

  private let shown = Mutex(Shown())

  /// Signalled when the line is over.
  private let over = DispatchSemaphore(value: 0)

  /// A thread moves the line every second until it is over.
  private init() {
    _ = WorkerThread.start { [self] in while over.wait(timeout: .now() + 1) == .timedOut { show(mustMove: true) } }
  }

  /// A progress line where standard error is a terminal.
  package static func onTerminal() -> Progress? { isatty(STDERR_FILENO) == 1 ? Progress() : nil }

  /// Does some work of a request with a progress line where there is a terminal, and clears the line.
  static func shown<Result>(_ request: RunRequest, _ work: (RunRequest) throws -> Result) rethrows -> Result {
    var request = request
    let progress = onTerminal()
    request.progress = progress
    defer { progress?.finish() }
    return try work(request)
  }

  package func begin(_ phase: RunPhase, of total: Int?) {
    let now = Self.now()
    shown.withLock { shown in
      shown.state = State(phase: phase, total: total)
      shown.began = now
    }
    show(mustMove: true)
  }

  package func advance(_ count: Int) {
    shown.withLock { $0.state.done += count }
    show(mustMove: false)
  }

  /// Clears the line; nothing is shown from then on.
  package func finish() {
    let wasOver = shown.withLock { shown in
      defer { shown.isOver = true }
      return shown.isOver
    }
    guard !wasOver else { return }
    over.signal()
    Self.print("")
  }

  /// Shows the line, a few times a second at most.
  private func show(mustMove: Bool) {
    let now = Self.now()
    shown.withLock { shown in
      guard !shown.isOver, mustMove || now - shown.at > 200_000 else { return }
      shown.at = now
      shown.state.elapsed = now - shown.began
      Self.print(shown.state.line)
    }
  }

  private static func print(_ text: String) {
    let bytes = Array(("\r\u{1B}[K" + text).utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Microseconds of a clock that only runs forward.
  private static func now() -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
