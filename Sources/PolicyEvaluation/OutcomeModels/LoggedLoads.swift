// What had come, or was under way, at each first attempt of an overloaded component, as the log shows it.
internal import Support

/// The load at first attempts as it was logged: where a play's own load is answered alike, a call meets in it what it met.
struct LoggedLoads: Sendable {
  private let begin: Int
  /// By episode from the component's first: the load that its response asks for, at the first attempt.
  private let seen: [Int32]
  /// Of it first attempts alone, in the second before and this one; empty where the response asks for what is under way.
  private let firsts: [Int32]

  /// Attempts in the second before each first attempt, itself counted; `attempts` are the component's, in the order of time.
  init(inASecond log: borrowing CallLog, _ range: Range<Int>, _ attempts: [Int32]) {
    begin = range.lowerBound
    var seen = [Int32](repeating: 0, count: range.count)
    var firsts = seen
    var (head, next) = (0, 0)
    for episode in range {
      let time = log.arrival[episode]
      while next < attempts.count, log.start[Int(attempts[next])] <= time { next += 1 }
      while head < next, log.start[Int(attempts[head])] <= time - 1_000_000 { head += 1 }
      seen[episode - begin] = Int32(next - head)
    }
    head = range.lowerBound
    for episode in range {
      while log.arrival[head] <= log.arrival[episode] - 1_000_000 { head += 1 }
      firsts[episode - begin] = Int32(episode - head + 1)
    }
    (self.seen, self.firsts) = (seen, firsts)
  }

  /// Attempts under way when each first attempt begins; `attempts` are the component's, in the order of time.
  init(underWay log: borrowing CallLog, _ range: Range<Int>, _ attempts: [Int32]) {
    begin = range.lowerBound
    var seen = [Int32](repeating: 0, count: range.count)
    var ends = BinaryHeap<Int64>()
    var next = range.lowerBound
    for raw in attempts {
      let start = log.start[Int(raw)]
      while let end = ends.first, end <= start { _ = ends.pop() }
      if next < range.upperBound, raw == log.first[next] {
        seen[next - begin] = Int32(ends.count)
        next += 1
      }
      ends.push(start.addingSaturated(log.duration[Int(raw)]))
    }
    self.seen = seen
    firsts = []
  }

  /// The load at an episode's first attempt.
  func seen(_ episode: Int) -> Int { Int(seen[episode - begin]) }

  /// The same without any retry; nil where it is not known.
  func firsts(_ episode: Int) -> Int? { firsts.isEmpty ? nil : Int(firsts[episode - begin]) }
}
