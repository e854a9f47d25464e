// A policy in the configuration syntax of the system it is for.
internal import Model
internal import Support

/// Writes settings.
enum ConfigurationSyntax {
  static func text(_ policy: Policy) -> String? {
    switch policy.preset.flatMap(Preset.init(rawValue:)) {
    case .resilience4j, .resilience4jExponential: resilience4j(policy)
    case .polly: polly(policy)
    case .grpc: grpc(policy)
    case .finagle: finagle(policy)
    case .envoy: envoy(policy)
    case .awsStandard, .awsAdaptive: aws(policy)
    case .temporal: temporal(policy)
    case .otp: otp(policy)
    case .systemd: systemd(policy)
    case .tenacity: tenacity(policy) ?? plain(policy)
    case .urllib3: urllib3(policy) ?? plain(policy)
    case .googleCore: googleCore(policy) ?? plain(policy)
    case .sre, nil: plain(policy)
    }
  }

  private static func base(_ backoff: Backoff) -> (base: Int64, factor: Double) {
    switch backoff.law {
    case .immediate: (0, 1)
    case .fixed(let delay): (delay, 1)
    case .linear(let base, _): (base, 1)
    case .exponential(let base, let factor), .truncatedExponential(let base, let factor, _): (base, factor)
    case .doublingLessOne(let base): (base, 2)
    case .immediateThenExponential(let base, let factor): (base, factor)
    }
  }

  private static func seconds(_ value: Int64) -> String { PolicyText.number(Double(value) / 1e6) }

  private static func resilience4j(_ policy: Policy) -> String {
    var lines: [String] = []
    if let retry = policy.retry {
      let (base, factor) = base(retry.backoff)
      lines += [
        "resilience4j.retry.configs.default:", "  maxAttempts: \(retry.attempts)", "  waitDuration: \(base / 1000)ms",
      ]
      if factor != 1 {
        lines += ["  enableExponentialBackoff: true", "  exponentialBackoffMultiplier: \(PolicyText.number(factor))"]
        if let maximum = retry.backoff.maximum { lines.append("  exponentialMaxWaitDuration: \(maximum / 1000)ms") }
      }
      if retry.backoff.isRandom {
        lines += ["  enableRandomizedWait: true", "  randomizedWaitFactor: 0.5"]
      }
    }
    if let breaker = policy.breaker {
      lines += [
        "resilience4j.circuitbreaker.configs.default:",
        "  failureRateThreshold: \(PolicyText.number(breaker.failureRate * 100))",
        "  minimumNumberOfCalls: \(breaker.minimumCalls)", "  waitDurationInOpenState: \(breaker.open / 1000)ms",
        "  permittedNumberOfCallsInHalfOpenState: \(breaker.probes)",
      ]
      switch breaker.window {
      case .count(let size), .consecutive(let size):
        lines += ["  slidingWindowType: COUNT_BASED", "  slidingWindowSize: \(size)"]
      case .time(let width, let buckets):
        lines += [
          "  slidingWindowType: TIME_BASED", "  slidingWindowSize: \(max(width * Int64(buckets) / 1_000_000, 1))",
        ]
      case .failures(_, let period):
        lines += ["  slidingWindowType: TIME_BASED", "  slidingWindowSize: \(max(period / 1_000_000, 1))"]
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func polly(_ policy: Policy) -> String {
    var parts: [String] = []
    if let retry = policy.retry {
      let (base, factor) = base(retry.backoff)
      let type =
        switch retry.backoff.law {
        case .linear: "Linear"
        case .exponential where factor != 1: "Exponential"
        default: "Constant"
        }
      parts.append(
        ".AddRetry(new() { MaxRetryAttempts = \(max(retry.attempts - 1, 1)), Delay = TimeSpan.FromMilliseconds(\(base / 1000)), "
          + "BackoffType = DelayBackoffType.\(type), UseJitter = \(retry.backoff.isRandom)"
          + (retry.backoff.maximum.map { ", MaxDelay = TimeSpan.FromMilliseconds(\($0 / 1000))" } ?? "") + " })")
    }
    if let breaker = policy.breaker {
      var sampling: Int64 = 30_000_000
      if case .time(let width, let buckets) = breaker.window { sampling = width * Int64(buckets) }
      if case .failures(_, let period) = breaker.window { sampling = period }
      parts.append(
        ".AddCircuitBreaker(new() { FailureRatio = \(PolicyText.number(breaker.failureRate)), MinimumThroughput = "
          + "\(max(breaker.minimumCalls, 2)), SamplingDuration = TimeSpan.FromSeconds(\(seconds(sampling))), BreakDuration = "
          + "TimeSpan.FromSeconds(\(seconds(breaker.open))) })")
    }
    if let hedge = policy.hedge {
      parts.append(
        ".AddHedging(new() { MaxHedgedAttempts = \(hedge.max), Delay = TimeSpan.FromMilliseconds(\((hedge.after ?? -1000) / 1000)) })"
      )
    }
    return (["new ResiliencePipelineBuilder()"] + parts.map { "  " + $0 } + ["  .Build();"]).joined(separator: "\n")
  }

  private static func grpc(_ policy: Policy) -> String {
    var fields: [String: JSONValue] = [:]
    if let retry = policy.retry {
      let (base, factor) = base(retry.backoff)
      var codes: [String] = []
      if retry.retryOn.contains(KindSet([.unavailable])) { codes.append("UNAVAILABLE") }
      if retry.retryOn.contains(KindSet([.timeout])) { codes.append("DEADLINE_EXCEEDED") }
      if retry.retryOn.contains(KindSet([.insufficientResources])) { codes.append("RESOURCE_EXHAUSTED") }
      if codes.isEmpty { codes = ["UNAVAILABLE"] }
      fields["methodConfig"] = .array([
        .object([
          "name": .array([.object([:])]),
          "retryPolicy": .object([
            "maxAttempts": .int(grpcAttempts(retry.attempts)), "initialBackoff": .string(seconds(max(base, 1)) + "s"),
            "maxBackoff": .string(seconds(retry.backoff.maximum ?? max(base, 1)) + "s"),
            "backoffMultiplier": .double(factor), "retryableStatusCodes": .array(codes.map { .string($0) }),
          ]),
        ])
      ])
    }
    if case .throttle(let maximum, let ratio)? = policy.budget {
      fields["retryThrottling"] = .object(["maxTokens": .double(maximum), "tokenRatio": .double(ratio)])
    }
    return JSONValue.object(fields).canonical
  }

  private static func finagle(_ policy: Policy) -> String {
    var lines = ["client"]
    if case .ratio(let ratio, let perSecond, let ttl)? = policy.budget {
      lines.append(
        "  .withRetryBudget(RetryBudget(ttl = \(ttl / 1_000_000).seconds, minRetriesPerSec = \(PolicyText.number(perSecond)), "
          + "percentCanRetry = \(PolicyText.number(ratio))))")
    }
    if let retry = policy.retry {
      let (base, factor) = base(retry.backoff)
      let backoff =
        switch retry.backoff.jitter {
        case .decorrelated:
          "Backoff.decorrelatedJittered(\(base / 1000).millis, \((retry.backoff.maximum ?? base) / 1000).millis)"
        case .equal: "Backoff.equalJittered(\(base / 1000).millis, \((retry.backoff.maximum ?? base) / 1000).millis)"
        default:
          factor == 1
            ? "Backoff.const(\(base / 1000).millis)"
            : "Backoff.exponential(\(base / 1000).millis, \(Int(checked: factor.rounded()) ?? 2))"
        }
      lines.append("  .withRetryBackoff(\(backoff).take(\(max(retry.attempts - 1, 1))))")
    }
    return lines.joined(separator: "\n")
  }

  private static func envoy(_ policy: Policy) -> String {
    var lines: [String] = []
    if let retry = policy.retry {
      let (base, _) = base(retry.backoff)
      lines += [
        "retry_policy:", "  retry_on: \"5xx,reset,connect-failure\"", "  num_retries: \(max(retry.attempts - 1, 1))",
        "  retry_back_off: { base_interval: \(seconds(base))s, max_interval: \(seconds(retry.backoff.maximum ?? base * 10))s }",
      ]
      if let timeout = retry.attemptTimeout { lines.append("  per_try_timeout: \(seconds(timeout))s") }
    }
    if case .concurrency(let share, let minimum)? = policy.budget {
      lines += [
        "circuit_breakers:", "  thresholds:",
        "    - retry_budget: { budget_percent: { value: \(PolicyText.number(share * 100)) }, min_retry_concurrency: \(minimum) }",
      ]
    }
    if let breaker = policy.breaker, case .consecutive(let count) = breaker.window {
      lines += ["outlier_detection: { consecutive_5xx: \(count), base_ejection_time: \(seconds(breaker.open))s }"]
    }
    return lines.joined(separator: "\n")
  }

  private static func aws(_ policy: Policy) -> String {
    "[default]\nretry_mode = \(policy.preset == Preset.awsAdaptive.rawValue ? "adaptive" : "standard")\n"
      + "max_attempts = \(policy.retry?.attempts ?? 3)"
  }

  private static func temporal(_ policy: Policy) -> String {
    guard let retry = policy.retry else { return "" }
    let (base, factor) = base(retry.backoff)
    return """
      RetryPolicy{InitialInterval: \(seconds(base))*time.Second, BackoffCoefficient: \(PolicyText.number(factor)), \
      MaximumInterval: \(seconds(retry.backoff.maximum ?? base * 100))*time.Second, \
      MaximumAttempts: \(retry.attempts == .max ? 0 : retry.attempts)}
      """
  }

  private static func otp(_ policy: Policy) -> String {
    guard let supervision = policy.supervision else { return "" }
    let strategy =
      switch supervision.strategy {
      case .oneForOne: "one_for_one"
      case .oneForAll: "one_for_all"
      case .restForOne: "rest_for_one"
      }
    return
      "#{strategy => \(strategy), intensity => \(supervision.maxRestarts), period => \(supervision.period / 1_000_000)}"
  }

  private static func systemd(_ policy: Policy) -> String {
    guard let supervision = policy.supervision else { return "" }
    return "[Unit]\nStartLimitIntervalSec=\(seconds(supervision.period))\nStartLimitBurst=\(supervision.maxRestarts)\n"
      + "[Service]\nRestart=on-failure\nRestartSec=\(seconds(supervision.backoff.envelope(1)))"
  }

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
