import Synchronization
import Testing

@testable import Support

/// Work that several threads share is done whole, whether the system gives those threads or not.
@Suite struct WorkerPoolTests {
  @Test(arguments: [0, 1, 2, 7, 100]) func eachPieceIsDoneOnce(_ count: Int) {
    let done = Mutex([Int](repeating: 0, count: count))
    WorkerPool.forEach(count) { number in done.withLock { $0[number] += 1 } }
    #expect(done.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  @Test func bothResultsComeBack() {
    for jobs in [1, 2] {
      let (first, second) = WorkerPool.both(jobs: jobs, { 3 }, { "x" })
      #expect(first == 3 && second == "x")
    }
  }

  @Test func aThreadDoesItsWorkBeforeItIsJoined() throws {
    let done = Mutex(false)
    try #require(WorkerThread.start { done.withLock { $0 = true } }).join()
    #expect(done.withLock { $0 })
  }
}
