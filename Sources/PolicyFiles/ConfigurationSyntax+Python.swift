// A policy as Python's retrying libraries take it.
internal import Model
internal import Support

extension ConfigurationSyntax {
  /// tenacity 9: a decorator's arguments; nil where the library has no such wait.
  static func tenacity(_ policy: Policy) -> String? {
    guard let retry = policy.retry, let wait = tenacityWait(retry.backoff) else { return nil }
    var stops: [String] = []
    if retry.attempts != .max { stops.append("stop_after_attempt(\(retry.attempts))") }
    if let deadline = retry.deadline { stops.append("stop_after_delay(\(seconds(deadline)))") }
    let stop = stops.isEmpty ? "stop_never" : stops.joined(separator: " | ")
    return "@retry(stop=\(stop), wait=\(wait))"
  }

  private static func tenacityWait(_ backoff: Backoff) -> String? {
    let cap = backoff.maximum.map { ", max=\(seconds($0))" } ?? ""
    let wait: String
    switch backoff.law {
    case .immediate: return "wait_none()"
    case .fixed(let delay):
      if backoff.jitter == .full { return "wait_random(0, \(seconds(delay)))" }
      wait = "wait_fixed(\(seconds(delay)))"
    case .linear(let base, let step):
      wait = "wait_incrementing(start=\(seconds(base)), increment=\(seconds(step))\(cap))"
    case .exponential(let base, let factor):
      let name = backoff.jitter == .full ? "wait_random_exponential" : "wait_exponential"
      let growth = factor == 2 ? "" : ", exp_base=\(PolicyText.number(factor))"
      wait = "\(name)(multiplier=\(seconds(base))\(growth)\(cap))"
      if backoff.jitter == .full { return wait }
    default: return nil
    }
    switch backoff.jitter {
    case .none: return wait
    case .equal:
      guard case .exponential(let base, let factor) = backoff.law else { return nil }
      let growth = factor == 2 ? "" : ", exp_base=\(PolicyText.number(factor))"
      let half = backoff.maximum.map { ", max=\(seconds($0 / 2))" } ?? ""
      let inner = "(multiplier=\(seconds(base / 2))\(growth)\(half))"
      return "wait_exponential\(inner) + wait_random_exponential\(inner)"
    case .additive(let most): return "\(wait) + wait_random(0, \(seconds(most)))"
    default: return nil
    }
  }

  /// urllib3 2: the first retry at once, the next after `backoff_factor`·2; nil for every other law.
  static func urllib3(_ policy: Policy) -> String? {
    guard let retry = policy.retry, retry.attempts != .max else { return nil }
    var parts = ["total=\(retry.attempts - 1)"]
    switch retry.backoff.law {
    case .immediate: break
    case .immediateThenExponential(let base, 2): parts.append("backoff_factor=\(seconds(base / 2))")
    default: return nil
    }
    switch retry.backoff.jitter {
    case .none: break
    case .additive(let most): parts.append("backoff_jitter=\(seconds(most))")
    default: return nil
    }
    if let maximum = retry.backoff.maximum, maximum != 120_000_000 { parts.append("backoff_max=\(seconds(maximum))") }
    var codes: [String] = []
    if retry.retryOn.contains(KindSet([.insufficientResources])) { codes.append("429") }
    if retry.retryOn.contains(KindSet([.runtime])) { codes.append("500") }
    if retry.retryOn.contains(KindSet([.unavailable])) { codes += ["502", "503"] }
    if retry.retryOn.contains(KindSet([.timeout])) { codes.append("504") }
    if retry.serverWait == .ignored { parts.append("respect_retry_after_header=False") }
    if !codes.isEmpty { parts.append("status_forcelist=[\(codes.joined(separator: ", "))]") }
    return "Retry(\(parts.joined(separator: ", ")))"
  }

  /// google-api-core 2: bounded by time only, fully jittered; nil for every other law.
  static func googleCore(_ policy: Policy) -> String? {
    guard let retry = policy.retry, retry.attempts == .max,
      case .exponential(let base, let factor) = retry.backoff.law, base > 0, retry.backoff.jitter == .full
    else { return nil }
    // Unless it is told otherwise, the library caps waits at a minute.
    let cap =
      retry.backoff.maximum.map { ", maximum=\(seconds($0))" }
      ?? (retry.deadline ?? .max > 60_000_000 ? ", maximum=float(\"inf\")" : "")
    let timeout = retry.deadline.map(seconds) ?? "None"
    return
      "retry.Retry(initial=\(seconds(base)), multiplier=\(PolicyText.number(factor))\(cap), timeout=\(timeout))"
  }
}
