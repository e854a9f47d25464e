internal import Model
// The evaluator doubts itself: does its model reproduce the log, and do failures follow the load?

/// The checks that are always on.
struct SelfChecks: Sendable {
  /// The model's success rate for the log's own policy minus the log's, and its z; nil where it cannot be checked.
  private(set) var modelDifference: Double?
  private(set) var modelZ: Double?
  /// Whether the model fails to reproduce the log's own policy.
  var isRejected: Bool {
    guard let z = modelZ, let difference = modelDifference else { return false }
    return abs(z) >= 3 && abs(difference) > 0.0002
  }

  init(_ base: EvaluationBase) {
    checkModel(base)
  }

  /// The log's policy evaluated as if no retry of it had been logged.
  private mutating func checkModel(_ base: EvaluationBase) {
    let logged = base.logged
    var counts: [Backoff: Int] = [:]
    for episode in base.model.failing {
      if case .known(let law) = logged.delays[Int(base.log.edge[Int(episode)])] { counts[law, default: 0] += 1 }
    }
    // The most frequent law; edges with another follow the log.
    guard logged.retries >= base.settings.minimumRetries, base.model.isIdentified, base.log.refusedByBreaker == 0,
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

  /// How the model reproduces the log; nil where that cannot be tried.
  var fact: PolicyFindings.Check? {
    guard let difference = modelDifference, let z = modelZ else { return nil }
    return .ownPolicy(difference: difference, z: z)
  }

  /// Attempts that their clients' timeout cut, and how many of them their callee tells the rest of.
  private func censored(_ base: EvaluationBase) -> PolicyFindings.Warning? {
    guard let limit = base.logged.attemptTimeout else { return nil }
    var cut = 0
    var told = 0
    for i in 0..<base.log.attempts where base.log.isCut(i, base.logged) {
      cut += 1
      if Int64(base.log.answered[i]) > base.log.duration[i] { told += 1 }
    }
    return cut > 0 ? .censoredByTimeout(attempts: cut, limit: limit, told: told) : nil
  }

  func warnings(_ base: EvaluationBase) -> [PolicyFindings.Warning] {
    var warnings: [PolicyFindings.Warning] = []
    if isRejected, let difference = modelDifference, let z = modelZ {
      warnings.append(.modelRejected(difference: difference, z: z))
    }
    for case let overload? in base.overloads { warnings.append(.overload(overload.fact(base.log), t: overload.t)) }
    warnings += base.openOutages.map { .openOutage($0) }
    warnings += base.strained.map { .unendingStrain($0) }
    let log = base.log
    warnings += log.handedOn.map {
      .handedOn(caller: ForeignName($0.edge.caller), by: ForeignName($0.edge.callee), calls: $0.calls)
    }
    if log.countedOnly > 0 { warnings.append(.countedOnly(calls: log.countedOnly)) }
    if log.refusedByBreaker > 0 { warnings.append(.refusedByBreaker(requests: log.refusedByBreaker)) }
    if log.refused > 0 { warnings.append(.refusedAttempts(calls: log.refused)) }
    if log.restored > 0 { warnings.append(.restoredAttempts(calls: log.restored)) }
    if log.overlapping > 0 { warnings.append(.overlappingAttempts(log.overlapping)) }
    if log.callersUnseen > 0 { warnings.append(.callersUnseen(calls: log.callersUnseen)) }
    if log.loneFailures > 0 { warnings.append(.entriesOnly(requests: log.loneFailures)) }
    if log.rootsApart > 0 { warnings.append(.rootsApart(calls: log.rootsApart)) }
    if let cut = censored(base) { warnings.append(cut) }
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
    let byTime = log.joinedByTime + log.clustered
    if byTime > 0 { warnings.append(.joinedByTime(attempts: byTime)) }
    return warnings
  }
}
