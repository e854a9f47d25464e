internal import Glibc
internal import Runs
internal import Synchronization

/// The progress line: bytes read, rate and time left, on a terminal's standard error only.
///
/// It never touches a result; without a terminal it does nothing.
package final class Progress: ProgressObserver {
  private struct State {
    var bytes = 0
    var stored = 0
    var shown: Int64 = 0
    var started: Int64 = 0
  }

  private let state = Mutex(State())
  /// Stored bytes of all inputs, 0 where unknown.
  private let total: Int

  /// - Parameter total: stored bytes of all inputs, 0 where unknown.
  package init(total: Int) {
    self.total = total
    state.withLock { $0.started = Self.now() }
  }

  /// Whether standard error is a terminal.
  package static var isWanted: Bool { isatty(STDERR_FILENO) == 1 }

  /// Counts expanded bytes.
  package func advance(_ bytes: Int) {
    let line = state.withLock { state -> String? in
      state.bytes += bytes
      return due(&state)
    }
    if let line { Self.print(line) }
  }

  /// Counts stored bytes that were taken up.
  func consumed(_ bytes: Int) { state.withLock { $0.stored += bytes } }

  /// Clears the line.
  package func finish() { Self.print("") }

  private func due(_ state: inout State) -> String? {
    let now = Self.now()
    guard now - state.shown > 200_000 else { return nil }
    state.shown = now
    let seconds = Double(max(1, now - state.started)) / 1e6
    let rate = Double(state.bytes) / seconds / 1e6
    var line = "read \(state.bytes >> 20) MiB, \(Int(rate)) MB/s"
    if total > 0, state.stored > 0, state.stored < total {
      let left = seconds * Double(total - state.stored) / Double(state.stored)
      line += ", about \(Int(left)) s left"
    }
    return line
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
