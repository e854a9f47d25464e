// What nobody could do better: the estimate of one who knows a world's outages and laws, but not what it drew.
internal import Model
internal import Policies
internal import Support

extension SyntheticRetryWorld {
  /// The best estimate of a policy's success and attempts per request out of one log: every failure probability is known,
  /// and how often requests are persistently bad, but not which ones, nor what a retry that was not made would have met.
  ///
  /// Its error against the truth is the luck of the log, which no method can take out. A policy of the log's own law keeps
  /// the logged attempts, as the evaluator must.
  ///
  /// - Parameters:
  ///   - world: the state of things.
  ///   - policy: the candidate.
  ///   - runs: draws per request.
  ///   - seed: of the log.
  /// - Returns: success and attempts per request.
  func oracle(_ world: Instance, _ policy: RetryPolicy, runs: Int, seed: UInt64) -> (success: Double, attempts: Double)
  {
    var good = 0
    var made = 0
    var requests = 0
    let isSameLaw = policy.backoff == logged.backoff
    for component in 0..<components {
      for i in world.arrivals[component].indices {
        requests += 1
        guard world.firstFails[component][i] else {
          good += runs
          made += runs
          continue
        }
        var past: [(start: Int64, length: Int64, failed: Bool)] = []
        play(world, component, request: i, logged, seed: StableHash.combine(seed, 0xA11)) { _, start, length, failed in
          past.append((start, length, failed))
        }
        // What the log says about the request itself: a success clears it, failures weigh by what the moment explains.
        var likelihood = 1.0
        for attempt in past {
          likelihood *= attempt.failed ? failure(world.outages[component], at: Self.seconds(attempt.start)) : 0
        }
        let isCleared = past.last?.failed == false
        let bad = isCleared ? 0 : persistent / (persistent + (1 - persistent) * likelihood)
        let keep = isSameLaw ? min(past.count, policy.attempts) : 1
        for number in 0..<runs {
          var random = SplitMix64(
            seed: StableHash.combine(seed ^ 0x04AC1E, UInt64(i) << 16 | UInt64(component) << 8 | UInt64(number)))
          let isBad = random.unit() < bad
          var run = RetryPolicy.Run()
          var failed = true
          var end: Int64 = 0
          for attempt in past.prefix(keep) {
            (failed, end) = (attempt.failed, attempt.start + attempt.length)
            made += 1
          }
          for place in 1..<max(keep, 1) {
            _ = policy.decide(&run, failure: 1, elapsed: past[place - 1].start - past[0].start, u: 0.5)
          }
          while failed,
            case .retry(let delay) = policy.decide(
              &run, failure: FailureKind.unavailable.rawValue, elapsed: end - past[0].start, u: random.unit())
          {
            let start = end + delay
            failed = isBad || random.unit() < failure(world.outages[component], at: Self.seconds(start))
            let (length, isOver) = cut(duration(failed, &random))
            failed = failed || isOver
            end = start + Int64(length * 1e6)
            made += 1
          }
          good += failed ? 0 : 1
        }
      }
    }
    let all = Double(max(requests, 1) * runs)
    return (Double(good) / all, Double(made) / all)
  }

  private static func seconds(_ time: Int64) -> Double { Double(time - 1_700_000_000_000_000) / 1e6 }
}
