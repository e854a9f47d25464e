// What a process leaves when a signal ends it: nothing.

internal import Dispatch
internal import Glibc
internal import Synchronization

/// Cleans up and ends the process on SIGINT, SIGTERM and SIGHUP, with 130, 143 and 129.
package enum Ending {
  private struct State {
    var leftovers: [String: @Sendable () -> Void] = [:]
    var isEnding = false
  }

  private static let state = Mutex(State())
  /// Held while names change, so that the process ends before that or after it.
  private static let changes = DispatchSemaphore(value: 1)

  /// Begins a change of names that the process must not end in, unless it is ending.
  static func beginChange() { changes.wait() }
  static func endChange() { changes.signal() }

  /// Registers what has to go when the process ends now; `done` takes it off again.
  static func register(_ path: String, _ remove: @escaping @Sendable () -> Void) {
    hold()
    state.withLock { $0.leftovers[path] = remove }
  }

  static func done(_ path: String) { state.withLock { $0.leftovers[path] = nil } }

  /// Stops the calling thread for good where the process is ending, so that it makes no new file.
  static func hold() {
    while state.withLock({ $0.isEnding }) { sleep(60) }
  }

  /// Takes the three signals over: a thread waits for them. Called before any other thread is made, so that all inherit the mask.
  package static func watch() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Who started us may have asked that a signal be ignored (nohup).
      let former = signal(number, SIG_DFL)
      if unsafe unsafeBitCast(former, to: Int.self) == 1 {
        signal(number, SIG_IGN)
        continue
      }
      unsafe sigaddset(&signals, number)
    }
    guard unsafe pthread_sigmask(SIG_BLOCK, &signals, nil) == 0 else { return }
    var thread = pthread_t()
    _ = unsafe pthread_create(
      &thread, nil,
      { _ in
        Ending.wait()
        return nil
      }, nil)
  }

  private static func wait() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    var number: Int32 = 0
    while unsafe sigwait(&signals, &number) != 0 {}
    changes.wait()
    let leftovers = state.withLock { state in
      state.isEnding = true
      return state.leftovers.sorted { $0.key < $1.key }.map(\.value)
    }
    for remove in leftovers { remove() }
    _exit(128 + number)
  }
}
