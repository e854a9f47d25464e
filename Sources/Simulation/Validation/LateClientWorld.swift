// Few calls of clients that are late with all that they do.
internal import Glibc
internal import Model
package import Policies
internal import Support

/// A client on a machine that has too much to do: a call that meets it so is late at each step, to send, to read the answer and to
/// try again, by as much and a half, or half as much.
package struct LateClientWorld: Sendable {
  package var calls = 16
  package var attempts = 3
  package var law = Backoff(.exponential(base: 50_000, factor: 2), jitter: .full)
  /// The share of calls that meet it so, and what each step takes of them in the median, microseconds, with its deviation (of the
  /// logarithm). Any other step takes a millisecond.
  package var share = 0.5
  package var step = 50_000.0
  package var deviation = 0.8
  /// Whether the callee's spans show the steps that lie within the client's.
  package var isTold = true

  package init() {}

  /// Calls of which none is answered well, one every five seconds.
  package func play(seed: UInt64, edge: CallEdge) -> CallPartial {
    var random = SplitMix64(seed: StableHash.mix(seed))
    let failure = FailureKind.unavailable.rawValue
    var partial = CallPartial(limit: .max)
    for call in 0..<calls {
      let slow = random.unit() < share ? step * exp(deviation * random.normal()) : 0
      func own() -> Int64 { 300 + Int64(700 * random.unit() + slow * (0.5 + random.unit())) }
      var time = 1_700_000_000_000_000 + Int64(call) * 5_000_000
      var memory = Backoff.Memory()
      var rows: [LoggedAttempt] = []
      for number in 1...max(attempts, 1) {
        let (lead, lag) = (own(), own())
        var attempt = LoggedAttempt(start: time, duration: lead + 4_000 + lag, failure: failure, isFirst: number == 1)
        if isTold { attempt.note(callee: time + lead, duration: 4_000, failure: failure) }
        rows.append(attempt)
        time = attempt.end + law.delay(number, u: random.unit(), memory: &memory) + own()
      }
      partial.add(rows, to: edge)
    }
    return partial
  }
}
