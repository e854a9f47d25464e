internal import Model
// One client's retries predict another's: the only test of the model on requests that had no part in fitting it.

/// The split-half backtest of a log that holds two policies or two clients.
struct Backtest: Sendable {
  /// Who was predicted, and from whom.
  private(set) var predicted = PolicyFindings.ClientGroup.policy(attempts: 1, law: nil)
  private(set) var from = PolicyFindings.ClientGroup.policy(attempts: 1, law: nil)
  /// Failing requests that were predicted.
  private(set) var requests = 0
  /// The predicted success rate of those minus the logged one, over all requests of the client, and its z.
  private(set) var difference = 0.0
  private(set) var z = 0.0

  /// Nil where there are no two groups with retries enough.
  init?(_ base: EvaluationBase) {
    let log = base.log
    var retries: [Group: Int] = [:]
    var mostAttempts = [Int](repeating: 1, count: log.edges.count)
    for episode in 0..<log.count {
      let edge = Int(log.edge[episode])
      mostAttempts[edge] = max(mostAttempts[edge], log.attempts(of: episode).count)
    }
    var groups = log.edges.indices.map { edge in
      Group(attempts: mostAttempts[edge], delays: base.logged.delays[edge], caller: "")
    }
    // Two policies, else two clients with the same one.
    if Set(groups.filter { $0.attempts > 1 }).count < 2 {
      for edge in groups.indices { groups[edge].caller = log.edges[edge].caller }
    }
    for episode in 0..<log.count where log.firstFailure[episode] != 0 {
      retries[groups[Int(log.edge[episode])], default: 0] += log.attempts(of: episode).count - 1
    }
    let ranked = retries.filter { $0.value >= base.settings.minimumRetries && $0.key.isKnown }
      .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    guard ranked.count >= 2, case .known(let backoff) = ranked[1].key.delays else { return nil }
    let target = ranked[1].key
    // To the model the target's retries never happened.
    let hidden = groups.map { $0 == target }
    let blind = EvaluationBase(log.withoutRetries(on: hidden), base.logged, settings: base.settings)
    guard blind.model.hasRetries else { return nil }
    let policy = RetryPolicy(attempts: target.attempts, backoff: backoff, retryOn: base.logged.retried)
    let sums = RetryPaths(blind, policy, applies: hidden, usesExact: false).sums()
    var counts = [Double](repeating: 0, count: base.blocks)
    var differences = counts
    for b in 0..<min(base.blocks, sums.failures.count) { differences[b] = base.sums.failures[b] - sums.failures[b] }
    // Other clients' requests are as logged in both.
    for episode in 0..<log.count where hidden[Int(log.edge[episode])] {
      counts[base.block(episode)] += 1
      if log.firstFailure[episode] != 0 { requests += 1 }
    }
    let ratio = BlockRatio(differences, per: counts)
    difference = ratio.value
    z = ratio.standardError > 0 ? ratio.value / ratio.standardError : 0
    predicted = target.fact
    from = ranked[0].key.fact
  }

  private struct Group: Hashable, Comparable {
    var attempts: Int
    var delays: LoggedPolicy.Delays
    var caller: String

    var isKnown: Bool { if case .known = delays { attempts > 1 } else { false } }
    var fact: PolicyFindings.ClientGroup {
      guard caller.isEmpty else { return .caller(ForeignName(caller)) }
      if case .known(let law) = delays { return .policy(attempts: attempts, law: law.fact) }
      return .policy(attempts: attempts, law: nil)
    }

    static func < (a: Group, b: Group) -> Bool {
      (a.caller, a.attempts, a.firstDelay) < (b.caller, b.attempts, b.firstDelay)
    }

    private var firstDelay: Int64 { if case .known(let law) = delays { law.envelope(1) } else { -1 } }
  }

  /// Whether the model does not carry over.
  var isRejected: Bool { abs(z) >= 3 && abs(difference) > 0.0005 }

  var fact: PolicyFindings.Check {
    .backtest(predicted: predicted, from: from, difference: difference, z: z, requests: requests)
  }
}
