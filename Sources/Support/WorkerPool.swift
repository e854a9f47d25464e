internal import Synchronization

/// Independent pieces of work on several threads: the caller's and as many others as the system gives. Where it gives none the
/// caller does all of it.
package enum WorkerPool {
  /// Does the same work on so many threads, one of them the caller's: any of them may wait for the disk while the others
  /// compute.
  package static func onThreads(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    let others = (1..<max(1, count)).compactMap { _ in WorkerThread.start(work) }
    work()
    for other in others { other.join() }
  }

  /// Does pieces of work by their numbers, each by whichever thread is free first.
  package static func forEach(_ count: Int, _ work: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(work) { work in
      let next = Atomic(0)
      onThreads(count) {
        while true {
          let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard number < count else { return }
          work(number)
        }
      }
    }
  }

  /// Does two pieces of work, side by side where more than one thread is allowed.
  package static func both<First: Sendable, Second: Sendable>(
    jobs: Int, _ first: @Sendable () -> First, _ second: @Sendable () -> Second
  ) -> (First, Second) {
    guard jobs > 1 else { return (first(), second()) }
    return withoutActuallyEscaping(second) { second in
      let other = Mutex<Second?>(nil)
      let thread = WorkerThread.start {
        let result = second()
        other.withLock { $0 = result }
      }
      let result = first()
      thread?.join()
      return (result, other.withLock { $0 } ?? second())
    }
  }
}
