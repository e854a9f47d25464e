// A policy in the configuration syntax of the system it is for.
internal import Model
internal import Support

/// Writes settings.
enum ConfigurationSyntax {
  static func text(_ policy: Policy) -> String? {
    guard let preset = policy.preset.flatMap(Preset.init(rawValue:)), preset != .sre else { return plain(policy) }
    // What a policy file has no key for, the preset's name carries.
    let name = preset.rawValue
    return own(policy, preset)
      ?? "# \(name) has no such setting; as a policy file has it:\npreset: \(name)\n" + plain(policy)
  }

  /// In the system's own syntax; nil where it cannot say what was judged.
  private static func own(_ policy: Policy, _ preset: Preset) -> String? {
    guard carries(policy, preset) else { return nil }
    return switch preset {
    case .resilience4j, .resilience4jExponential: resilience4j(policy)
    case .polly: polly(policy)
    case .grpc: grpc(policy)
    case .finagle: finagle(policy)
    case .envoy: envoy(policy)
    case .awsStandard, .awsAdaptive: aws(policy)
    case .temporal: temporal(policy)
    case .otp: otp(policy)
    case .systemd: systemd(policy)
    case .tenacity: tenacity(policy)
    case .urllib3: urllib3(policy)
    case .googleCore: googleCore(policy)
    case .sre: nil
    }
  }

  /// Whether a system's settings, as they are written here, have a place for all that was judged. What its preset has is its
  /// own default and needs none.
  private static func carries(_ policy: Policy, _ preset: Preset) -> Bool {
    let usual = preset.policy
    var has: (deadline: Bool, timeout: Bool, budget: Bool, breaker: Bool, hedge: Bool, kinds: Bool) =
      (false, false, false, false, false, false)
    var keeps = policy.retry?.serverWait == usual.retry?.serverWait
    switch preset {
    case .resilience4j, .resilience4jExponential: has.breaker = true
    case .polly: (has.breaker, has.hedge) = (true, true)
    case .grpc:
      if case .throttle? = policy.budget { has.budget = true }
      if policy.budget == nil { has.budget = true }
      has.kinds = true
    case .finagle:
      if case .ratio? = policy.budget { has.budget = true }
    case .envoy:
      if case .concurrency? = policy.budget { has.budget = true }
      if policy.budget == nil { has.budget = true }
      (has.deadline, has.timeout, has.breaker, has.kinds) = (true, true, true, true)
      if policy.retry?.serverWait == .instead { keeps = true }
    case .urllib3:
      has.kinds = true
      if policy.retry?.serverWait == .ignored { keeps = true }
    case .tenacity, .googleCore: has.deadline = true
    case .awsStandard, .awsAdaptive, .temporal, .otp, .systemd, .sre: break
    }
    let retry = policy.retry
    return (has.deadline || retry?.deadline == usual.retry?.deadline)
      && (has.timeout || retry?.attemptTimeout == usual.retry?.attemptTimeout)
      && (has.kinds || retry == nil || retry?.retriesLoggedKinds == true || retry?.retryOn == usual.retry?.retryOn)
      && (retry == nil || keeps || retry?.serverWait == nil)
      && (retry == nil || usual.supervision == nil)
      && (has.budget || policy.budget == usual.budget) && (has.breaker || policy.breaker == usual.breaker)
      && (has.hedge || policy.hedge == nil)
      && policy.isRateAdaptive == usual.isRateAdaptive && policy.throttle == nil && policy.admission == nil
      && policy.recovery == nil
      && (policy.supervision == nil || usual.supervision != nil)
  }

  static func base(_ backoff: Backoff) -> (base: Int64, factor: Double) {
    switch backoff.law {
    case .immediate: (0, 1)
    case .fixed(let delay): (delay, 1)
    case .linear(let base, _): (base, 1)
    case .exponential(let base, let factor), .truncatedExponential(let base, let factor, _): (base, factor)
    case .doublingLessOne(let base): (base, 2)
    case .immediateThenExponential(let base, let factor): (base, factor)
    }
  }

  static func seconds(_ value: Int64) -> String { PolicyText.number(Double(value) / 1e6) }

  /// The policy as a policy file has it.
  private static func plain(_ policy: Policy) -> String {
    var lines: [String] = []
    if let retry = policy.retry {
      var backoff = "none"
      let jitter =
        switch retry.backoff.jitter {
        case .none: ""
        case .full: ", jitter: full"
        case .equal: ", jitter: equal"
        case .decorrelated: ", jitter: decorrelated"
        case .decorrelatedV2: ", jitter: decorrelatedV2"
        case .additive(let most): ", jitter: { add: \(PolicyText.setting(most)) }"
        case .proportional(let share, _), .randomizedMilliseconds(let share): ", jitter: \(PolicyText.number(share))"
        }
      let cap = retry.backoff.maximum.map { ", max: \(PolicyText.setting($0))" } ?? ""
      switch retry.backoff.law {
      case .immediate: break
      case .fixed(let delay): backoff = "{ fixed: { delay: \(PolicyText.setting(delay))\(jitter) } }"
      case .linear(let base, let step):
        backoff = "{ linear: { base: \(PolicyText.setting(base)), step: \(PolicyText.setting(step))\(cap)\(jitter) } }"
      case .exponential(let base, let factor), .truncatedExponential(let base, let factor, _):
        backoff =
          "{ exponential: { base: \(PolicyText.setting(base)), factor: \(PolicyText.number(factor))\(cap)\(jitter) } }"
      case .doublingLessOne(let base):
        backoff = "{ exponential: { base: \(PolicyText.setting(base)), factor: 2\(cap)\(jitter) } }"
      case .immediateThenExponential(let base, let factor):
        backoff =
          "{ exponential: { base: \(PolicyText.setting(base)), factor: \(PolicyText.number(factor)), first: none\(cap)\(jitter) } }"
      }
      let attempts = retry.attempts == .max ? "unlimited" : String(retry.attempts)
      let timeout = retry.attemptTimeout.map { ", attemptTimeout: \(PolicyText.setting($0))" } ?? ""
      lines.append("retry: { attempts: \(attempts), backoff: \(backoff)\(timeout)\(serverWait(retry.serverWait)) }")
      if !retry.retriesLoggedKinds {
        lines.append("retryOn: [\(retry.retryOn.kinds.map(\.name).joined(separator: ", "))]")
      }
      if let deadline = retry.deadline { lines.append("deadline: \(PolicyText.setting(deadline))") }
    }
    switch policy.budget {
    case .ratio(let ratio, let perSecond, let ttl)?:
      lines.append(
        "budget: { ratio: \(PolicyText.number(ratio)), perSecond: \(PolicyText.number(perSecond)), "
          + "window: \(PolicyText.setting(ttl)) }")
    case .throttle(let maximum, let ratio)?:
      lines.append("budget: { tokens: \(PolicyText.number(maximum)), ratio: \(PolicyText.number(ratio)) }")
    case .concurrency?, .quota?, nil: break
    }
    if let breaker = policy.breaker {
      let window =
        switch breaker.window {
        case .count(let size): "window: \(size), "
        case .time(let width, let buckets): "window: \(PolicyText.setting(width * Int64(buckets))), "
        case .consecutive(let count): "failures: \(count), "
        case .failures(let count, let period): "failures: \(count), period: \(PolicyText.setting(period)), "
        }
      lines.append(
        "breaker: { failureRate: \(PolicyText.number(breaker.failureRate)), \(window)minimumCalls: \(breaker.minimumCalls), "
          + "open: \(PolicyText.setting(breaker.open)), probes: \(breaker.probes) }")
    }
    if let hedge = policy.hedge {
      lines.append("hedge: { after: \(hedge.after.map(PolicyText.setting) ?? "failure"), max: \(hedge.max) }")
    }
    if let supervision = policy.supervision { lines.append(plain(supervision)) }
    if let recovery = policy.recovery {
      lines.append(
        "recovery: { maxRetries: \(recovery.maxRetries), initialDelay: \(PolicyText.setting(recovery.initialDelay)), "
          + "maxDelay: \(PolicyText.setting(recovery.maxDelay)), timeout: \(PolicyText.setting(recovery.timeout)), "
          + "autoRollback: \(recovery.autoRollback), exponential: \(recovery.isExponential) }")
    }
    return lines.joined(separator: "\n")
  }

  private static func serverWait(_ rule: ServerWait?) -> String {
    switch rule {
    case nil: ""
    case .ignored: ", retryAfter: ignore"
    case .instead: ", retryAfter: instead"
    case .atLeast(nil): ", retryAfter: atLeast"
    case .atLeast(let most?): ", retryAfter: { atLeast: { over: \(PolicyText.setting(most)) } }"
    }
  }

  private static func plain(_ supervision: SupervisionSettings) -> String {
    let cap = supervision.backoff.maximum.map { ", max: \(PolicyText.setting($0))" } ?? ""
    let backoff =
      switch supervision.backoff.law {
      case .immediate: "none"
      case .fixed(let delay): "{ fixed: \(PolicyText.setting(delay)) }"
      case .linear(let base, let step):
        "{ linear: { base: \(PolicyText.setting(base)), step: \(PolicyText.setting(step))\(cap) } }"
      case .exponential(let base, let factor), .truncatedExponential(let base, let factor, _),
        .immediateThenExponential(let base, let factor):
        "{ exponential: { base: \(PolicyText.setting(base)), factor: \(PolicyText.number(factor))\(cap) } }"
      case .doublingLessOne(let base): "{ exponential: { base: \(PolicyText.setting(base)), factor: 2\(cap) } }"
      }
    let watch = supervision.heartbeatTimeout.map { ", heartbeatTimeout: \(PolicyText.setting($0))" } ?? ""
    return
      "supervision: { strategy: \(supervision.strategy.rawValue), maxRestarts: \(supervision.maxRestarts), "
      + "period: \(PolicyText.setting(supervision.period)), backoff: \(backoff)\(watch) }"
  }
}
