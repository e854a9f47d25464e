// A client that was throttled once, and a crowd of calls that it then holds back: how much work is the replay?
internal import Model
package import Policies

/// Calls at an adaptive client, all at nearly the same time, after answers that throttled it.
package enum HeldBackWorld {
  /// The log: ten throttled calls a second for ten seconds, then the crowd within a millisecond.
  package static func log(calls: Int) -> CallPartial {
    var partial = CallPartial(limit: .max)
    let edge = CallEdge(caller: "client", callee: "service", operation: "call")
    let start: Int64 = 1_700_000_000_000_000
    func add(_ time: Int64, failure: UInt8) {
      partial.add([LoggedAttempt(start: start + time, duration: 50_000, failure: failure, isFirst: true)], to: edge)
    }
    for i in 0..<100 { add(Int64(i) * 100_000, failure: FailureKind.insufficientResources.rawValue) }
    for i in 0..<Int64(calls) { add(11_000_000 + i * 1000 / Int64(max(calls, 1)), failure: 0) }
    return partial
  }

  /// Plays the log once with an adaptive client.
  ///
  /// - Parameters:
  ///   - calls: that come at once.
  ///   - deadline: of each call, microseconds; nil where they wait for ever.
  /// - Returns: events that the replay served, and attempts that were sent.
  package static func play(calls: Int, deadline: Int64? = nil) -> (events: Int, attempts: Int) {
    let retry = RetryPolicy(attempts: 1, backoff: .immediate, deadline: deadline)
    var policy = Policy("adaptive", retry: retry)
    policy.isRateAdaptive = true
    let log = CallLog(log(calls: calls))
    let base = EvaluationBase(log, LoggedPolicy(log, given: nil), settings: EvaluationSettings(resamples: 100))
    let replay = StatefulReplay(
      base, policy, retry: retry, applies: log.edges.map { _ in true }, unknown: .usual)
    let run = replay.run(number: 0)
    return (run.served, run.attemptsSent)
  }
}
