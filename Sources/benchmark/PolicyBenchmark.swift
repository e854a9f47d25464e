// The evaluator against worlds of known truth, and its speed.
internal import Policies

/// `benchmark policies [worlds]` and `benchmark policies-speed [episodes]`.
enum PolicyBenchmark {
  /// Runs a verb of this benchmark; false where it is none of them.
  static func run(_ arguments: [String]) -> Bool {
    let number = arguments.dropFirst().first.flatMap { Int($0) }
    switch arguments.first {
    case "policies":
      print(PolicyValidation.run(worlds: number ?? 40))
      return true
    case "policies-speed":
      print(speed(episodes: number ?? 1_000_000))
      return true
    default: return false
    }
  }

  private static func speed(episodes: Int) -> String {
    let clock = ContinuousClock()
    let partial = PolicyValidation.episodes(requests: episodes)
    let retries = PolicyValidation.candidates + PolicyValidation.candidates
    var file = PolicyFile()
    for (number, policy) in retries.enumerated() {
      var policy = policy
      policy.name += " \(number)"
      file.policies.append(policy)
    }
    let none = clock.measure { _ = PolicyEvaluator.evaluate(partial, file: PolicyFile()) }
    let all = clock.measure { _ = PolicyEvaluator.evaluate(partial, file: file) }
    return "\(episodes) episodes: log and model \(none), with \(file.policies.count) retry candidates \(all)"
  }
}
