internal import Dispatch
internal import Synchronization

/// Independent pieces of work on several threads.
package enum WorkerPool {
  /// Does the same work on so many threads of their own, or on the caller's where it is one: any of them may wait for the
  /// disk while the others compute.
  package static func onThreads(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    guard count > 1 else { return work() }
    let threads = DispatchGroup()
    for number in 0..<count { DispatchQueue(label: "hindcast-\(number)").async(group: threads, execute: work) }
    threads.wait()
  }

  /// Does pieces of work by their numbers, each on a thread of its own, one of them on the caller's.
  package static func forEach(_ count: Int, _ work: @Sendable (Int) -> Void) {
    guard count > 1 else {
      if count == 1 { work(0) }
      return
    }
    DispatchQueue.concurrentPerform(iterations: count, execute: work)
  }

  /// Does two pieces of work, side by side where more than one thread is allowed.
  package static func both<First: Sendable, Second: Sendable>(
    jobs: Int, _ first: @Sendable () -> First, _ second: @Sendable () -> Second
  ) -> (First, Second) {
    guard jobs > 1 else { return (first(), second()) }
    let results = Mutex<(First?, Second?)>((nil, nil))
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      if number == 0 {
        let result = first()
        results.withLock { $0.0 = result }
      } else {
        let result = second()
        results.withLock { $0.1 = result }
      }
    }
    guard case (let first?, let second?) = results.withLock({ $0 }) else { preconditionFailure("both were done") }
    return (first, second)
  }
}
