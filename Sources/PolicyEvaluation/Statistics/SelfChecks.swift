internal import Model
// The evaluator doubts itself: does its model reproduce the log, and do failures follow the load?

/// The checks that are always on.
struct SelfChecks: Sendable {
  /// The model's success rate for the log's own policy minus the log's, and its z; nil where it cannot be checked.
  private(set) var modelDifference: Double?
  private(set) var modelZ: Double?
  /// Change of the failed share of first attempts per additional attempt and second, outside outages, and its t.
  private(set) var slope = 0.0
  private(set) var slopeT = 0.0

  /// Whether the model fails to reproduce the log's own policy.
  var isRejected: Bool {
    guard let z = modelZ, let difference = modelDifference else { return false }
    return abs(z) >= 3 && abs(difference) > 0.0002
  }

  init(_ base: EvaluationBase) {
    checkModel(base)
    checkInterference(base)
  }

  /// The log's policy evaluated as if no retry of it had been logged.
  private mutating func checkModel(_ base: EvaluationBase) {
    let logged = base.logged
    var counts: [Backoff: Int] = [:]
    for episode in base.model.failing {
      if case .known(let law) = logged.delays[Int(base.log.edge[Int(episode)])] { counts[law, default: 0] += 1 }
    }
    // The most frequent law; edges with another follow the log.
    guard logged.retries >= base.settings.minimumRetries, base.model.isIdentified,
      let law = counts.max(by: {
        $0.value != $1.value ? $0.value < $1.value : $0.key.envelope(1) < $1.key.envelope(1)
      })?.key
    else { return }
    let applies = logged.delays.map { $0 == .known(law) }
    // Clients with one law may stop sooner than those with another.
    var attempts = 1
    for episode in base.model.failing where applies[Int(base.log.edge[Int(episode)])] {
      attempts = max(attempts, base.log.attempts(of: Int(episode)).count)
    }
    let policy = RetryPolicy(attempts: attempts, backoff: law, retryOn: logged.retried)
    let sums = RetryPaths(base, policy, applies: applies, usesExact: false).sums()
    let ratio = BlockRatio(
      sums.failures.indices.map { base.sums.failures[$0] - sums.failures[$0] }, per: base.requests)
    modelDifference = ratio.value
    modelZ = ratio.standardError > 0 ? ratio.value / ratio.standardError : 0
  }

  /// Least squares of the failed share on the attempts, in ten-second windows outside outages.
  private mutating func checkInterference(_ base: EvaluationBase) {
    let log = base.log
    let width: Int64 = 10_000_000
    var n = 0.0
    var (sx, sy, sxx, sxy, syy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for component in log.ranges.indices {
      let range = log.ranges[component]
      var episode = range.lowerBound
      while episode < range.upperBound {
        let window = (log.arrival[episode] - base.origin) / width
        var requests = 0.0
        var failed = 0.0
        var attempts = 0.0
        while episode < range.upperBound, (log.arrival[episode] - base.origin) / width == window {
          requests += 1
          failed += log.firstFailure[episode] == 0 ? 0 : 1
          attempts += Double(log.first[episode + 1] - log.first[episode])
          episode += 1
        }
        if base.outages.contains(component, base.origin + window * width + width / 2) || failed * 2 >= requests {
          continue
        }
        // The attempts of other requests only: a request's own retries follow its failure and prove nothing.
        let x = requests / 10
        let y = failed / requests
        n += 1
        sx += x
        sy += y
        sxx += x * x
        sxy += x * y
        syy += y * y
      }
    }
    let spread = sxx - sx * sx / max(n, 1)
    guard n > 30, spread > 0 else { return }
    slope = (sxy - sx * sy / n) / spread
    let residual = max(syy - sy * sy / n - slope * slope * spread, 0)
    let error = (residual / (n - 2) / spread).squareRoot()
    slopeT = error > 0 ? slope / error : 0
  }

  /// How the model reproduces the log; nil where that cannot be tried.
  var fact: PolicyFindings.Check? {
    guard let difference = modelDifference, let z = modelZ else { return nil }
    return .ownPolicy(difference: difference, z: z)
  }

  func warnings(_ base: EvaluationBase) -> [PolicyFindings.Warning] {
    var warnings: [PolicyFindings.Warning] = []
    if isRejected, let difference = modelDifference, let z = modelZ {
      warnings.append(.modelRejected(difference: difference, z: z))
    }
    if slopeT > 4 { warnings.append(.loadSensitive(t: slopeT)) }
    if base.logged.retries == 0 {
      warnings.append(.noRetries)
    } else if !base.model.isIdentified {
      warnings.append(.fewHealthyRetries(needed: base.settings.minimumRetries))
    }
    if let chain = base.log.nestedCalls {
      warnings.append(.nestedCalls(ForeignName(chain.0), ForeignName(chain.1), ForeignName(chain.2)))
    }
    let width = base.sums.load.width
    if width > 1 {
      warnings.append(.coarseLoad(span: base.blockLength &* Int64(base.blocks), seconds: Int(clamping: width)))
    }
    if base.log.leftOut > 0 { warnings.append(.leftOut(attempts: base.log.leftOut)) }
    if base.log.unfinished > 0 { warnings.append(.unfinished(calls: base.log.unfinished)) }
    if base.log.joinedByTime > 0 { warnings.append(.joinedByTime(attempts: base.log.joinedByTime)) }
    return warnings
  }
}
