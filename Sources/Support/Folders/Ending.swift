// What a process leaves when a signal ends it: nothing.

internal import Glibc
internal import Synchronization

/// Cleans up and ends the process on SIGINT, SIGTERM and SIGHUP, with 130, 143 and 129.
package enum Ending {
  private struct State {
    var leftovers: [String: @Sendable () -> Void] = [:]
  }

  private static let state = Mutex(State())
  /// Held while names change, so that the process ends before that or after it. The thread that ends the process never lets go
  /// of it: who wants to change a name then waits for good, and nothing new appears beside what is being removed.
  private static let changes = ChangeLock()

  /// Does what makes, moves or removes names, and what must not end half done; one change may stand inside another.
  package static func change<Result: ~Copyable, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    changes.lock()
    defer { changes.unlock() }
    return try work()
  }

  /// Waits for good where a signal is ending the process: what fails then fails because its files are being removed, and its exit
  /// code is not the process's.
  package static func yieldToSignal() { change {} }

  /// Registers what has to go when the process ends now; `done` takes it off again.
  static func register(_ path: String, _ remove: @escaping @Sendable () -> Void) {
    state.withLock { $0.leftovers[path] = remove }
  }

  static func done(_ path: String) { state.withLock { $0.leftovers[path] = nil } }

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
    // Without that thread the signals end the process as the system does it.
    if WorkerThread.start({ Ending.wait() }) == nil { _ = unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  private static func wait() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    var number: Int32 = 0
    while unsafe sigwait(&signals, &number) != 0 {}
    changes.lock()
    let leftovers = state.withLock { $0.leftovers.sorted { $0.key < $1.key }.map(\.value) }
    for remove in leftovers { remove() }
    _exit(128 + number)
  }
}

/// A lock that its holder may take again; POSIX has it, the standard library does not.
@safe private final class ChangeLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var kind = pthread_mutexattr_t()
    unsafe pthread_mutexattr_init(&kind)
    unsafe pthread_mutexattr_settype(&kind, Int32(PTHREAD_MUTEX_RECURSIVE))
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(mutex, &kind)
    unsafe pthread_mutexattr_destroy(&kind)
  }

  func lock() { unsafe pthread_mutex_lock(mutex) }
  func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
