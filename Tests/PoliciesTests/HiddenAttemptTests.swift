// Attempts that left no span: put back where the client's own waits explain the time, and never where they do not.
import Model
import Policies
import Support
import Testing

private let origin: Int64 = 1_700_000_000_000_000
private let edge = CallEdge(caller: "client", callee: "service", operation: "get")

/// One client span over attempts that servers answered: each (start, length, whether it was served), from the span's start.
private func call(at: Int64, _ served: [(start: Int64, length: Int64, good: Bool)], end: Int64) -> [LoggedAttempt] {
  served.enumerated().map { number, one in
    let isLast = number + 1 == served.count
    let start = number == 0 ? 0 : one.start
    let stop = isLast ? end : one.start + one.length
    var attempt = LoggedAttempt(
      start: origin + at + start, duration: stop - start, failure: one.good ? 0 : FailureKind.unavailable.rawValue,
      isFirst: number == 0)
    if served.count > 1 { attempt.marks = .inner }
    attempt.note(
      callee: origin + at + one.start, duration: one.length, failure: one.good ? 0 : FailureKind.unavailable.rawValue)
    return attempt
  }
}

/// Calls whose client tries three times, at once and after 100 ms, and all of whose attempts were answered.
private func answered() -> [[LoggedAttempt]] {
  (0..<40).map { i in
    call(
      at: Int64(i) * 1_000_000,
      [(1_000, 3_000, false), (5_000 + Int64(i % 5) * 100, 3_000, false), (108_500, 8_000, i % 2 == 0)], end: 117_500)
  }
}

private func log(_ calls: [[LoggedAttempt]]) -> CallLog {
  var partial = CallPartial(limit: .max)
  for call in calls { partial.add(call, to: edge) }
  return CallLog(partial)
}

@Test("Refused attempts below one client span come back where its waits fill the time before the answer")
func refusedAttemptsComeBack() {
  // Refused twice, served at the third attempt.
  let late = call(at: 100_000_000, [(104_500, 8_000, true)], end: 113_500)
  let found = log(answered() + [late])
  #expect(found.restored == 1 && found.refused == 0)
  #expect((0..<found.count).map { found.attempts(of: $0).count }.max() == 3)
  let last = found.attempts(of: found.count - 1)
  #expect(last.count == 3 && found.failure[last.lowerBound] == FailureKind.targetUnreachable.rawValue)
  #expect(found.succeeded(found.count - 1))
  // Its first attempt lasts a moment, and nothing about the log is proven.
  #expect(found.duration[last.lowerBound] < 5_000 && found.doubts == [.hiddenAttempts])
}

@Test("A time that no number of the client's waits fills is unexplained; a usual one hides nothing")
func unexplainedTimes() {
  let odd = call(at: 100_000_000, [(41_000, 8_000, true)], end: 50_000)
  let usual = call(at: 101_000_000, [(1_100, 8_000, true)], end: 10_000)
  let found = log(answered() + [odd, usual])
  #expect(found.restored == 0 && found.refused == 1)
  #expect(log(answered() + [usual]).doubts.isEmpty)
}

@Test("Failed calls that may be retries of one another have bounds only, whatever the candidate")
func rootsApartHaveBounds() throws {
  var partial = CallPartial(limit: .max)
  for i in 0..<2_000 {
    let isDown = i % 50 < 10
    var attempt = LoggedAttempt(
      start: origin + Int64(i) * 50_000, duration: 5_000, failure: isDown ? FailureKind.unavailable.rawValue : 0,
      isRoot: true)
    attempt.target = 0
    partial.add([attempt], to: edge)
  }
  let findings = try #require(
    PolicyEvaluator.evaluate(
      partial, file: PolicyFile(policies: [Policy("one", retry: RetryPolicy(attempts: 1))])))
  let one = try #require(findings.candidates.first)
  #expect(one.outcome.successRate.value == nil && one.outcome.successRate.high == 1)
  #expect(one.difference.successRate.low < 0 && one.difference.successRate.high > 0)
  #expect(one.exact == 0 && one.unsupported > 0.1)
}
