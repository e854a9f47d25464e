// A policy as proxies, transports, clouds and supervisors take it; nil where the system cannot do what was judged.
internal import Model
internal import Support

extension ConfigurationSyntax {
  /// gRPC's service config (proposal A6): two to five attempts, an exponential law with a fifth of jitter, and a cap that must
  /// be there.
  static func grpc(_ policy: Policy) -> String? {
    var fields: [String: JSONValue] = [:]
    if let retry = policy.retry, retry.attempts > 1 {
      let (base, factor) = base(retry.backoff)
      switch retry.backoff.law {
      case .fixed, .exponential: break
      default: return nil
      }
      guard retry.attempts <= 5, base > 0, retry.backoff.jitter == Preset.grpcBackoff.jitter else { return nil }
      let codes = grpcCodes(retry.retryOn)
      guard !codes.isEmpty else { return nil }
      let longest = retry.backoff.maximum ?? retry.backoff.envelope(retry.attempts - 1)
      fields["methodConfig"] = .array([
        .object([
          "name": .array([.object([:])]),
          "retryPolicy": .object([
            "maxAttempts": .int(retry.attempts), "initialBackoff": .string(seconds(base) + "s"),
            "maxBackoff": .string(seconds(longest) + "s"), "backoffMultiplier": .double(factor),
            "retryableStatusCodes": .array(codes.map { .string($0) }),
          ]),
        ])
      ])
    }
    if case .throttle(let maximum, let ratio)? = policy.budget {
      guard let tokens = Int(exactly: maximum) else { return nil }
      fields["retryThrottling"] = .object(["maxTokens": .int(tokens), "tokenRatio": .double(ratio)])
    }
    return fields.isEmpty ? nil : JSONValue.object(fields).canonical
  }

  private static func grpcCodes(_ kinds: KindSet) -> [String] {
    var codes: [String] = []
    if !kinds.isDisjoint(with: KindSet([.unavailable, .targetUnreachable, .networkTransient])) {
      codes.append("UNAVAILABLE")
    }
    if kinds.contains(KindSet([.timeout])) { codes.append("DEADLINE_EXCEEDED") }
    if kinds.contains(KindSet([.insufficientResources])) { codes.append("RESOURCE_EXHAUSTED") }
    if kinds.contains(KindSet([.runtime])) { codes.append("INTERNAL") }
    return codes
  }

  /// Envoy 1.31: its waits are uniform below (2^n - 1) times the base.
  static func envoy(_ policy: Policy) -> String? {
    var lines: [String] = []
    if let retry = policy.retry, retry.attempts > 1 {
      guard case .doublingLessOne(let base) = retry.backoff.law, base > 0, retry.backoff.jitter == .full,
        retry.attempts != .max
      else { return nil }
      let conditions = envoyConditions(retry.retryOn)
      guard !conditions.isEmpty else { return nil }
      lines += [
        "# in the route", "retry_policy:", "  retry_on: \"\(conditions.joined(separator: ","))\"",
        "  num_retries: \(retry.attempts - 1)",
        "  retry_back_off: { base_interval: \(seconds(base))s, max_interval: \(seconds(retry.backoff.maximum ?? base * 10))s }",
      ]
      if conditions.contains("retriable-status-codes") { lines.append("  retriable_status_codes: [429]") }
      if retry.serverWait == .instead {
        lines.append(
          "  rate_limited_retry_back_off: { reset_headers: [{ name: Retry-After, format: SECONDS }], max_interval: 300s }"
        )
      }
      if let timeout = retry.attemptTimeout { lines.append("  per_try_timeout: \(seconds(timeout))s") }
      if let deadline = retry.deadline { lines.append("timeout: \(seconds(deadline))s") }
    }
    var cluster: [String] = []
    if case .concurrency(let share, let minimum)? = policy.budget {
      let limit =
        share == 0
        ? "max_retries: \(minimum)"
        : "retry_budget: { budget_percent: { value: \(PolicyText.number(share * 100)) }, min_retry_concurrency: \(minimum) }"
      cluster += ["circuit_breakers:", "  thresholds:", "    - \(limit)"]
    }
    if let breaker = policy.breaker {
      guard case .consecutive(let count) = breaker.window else { return nil }
      cluster.append("outlier_detection: { consecutive_5xx: \(count), base_ejection_time: \(seconds(breaker.open))s }")
    }
    if !cluster.isEmpty { lines += ["# in the cluster"] + cluster }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  private static func envoyConditions(_ kinds: KindSet) -> [String] {
    var conditions: [String] = []
    if kinds.contains(KindSet([.runtime])) {
      conditions.append("5xx")
    } else if !kinds.isDisjoint(with: KindSet([.unavailable, .timeout])) {
      conditions.append("gateway-error")
    }
    if kinds.contains(KindSet([.networkTransient])) { conditions.append("reset") }
    if kinds.contains(KindSet([.targetUnreachable])) { conditions.append("connect-failure") }
    if kinds.contains(KindSet([.insufficientResources])) { conditions.append("retriable-status-codes") }
    return conditions
  }

  /// AWS's shared configuration file knows a mode and a number; waits and quota are the mode's own.
  static func aws(_ policy: Policy) -> String? {
    guard let preset = policy.preset.flatMap(Preset.init(rawValue:)), let retry = policy.retry, retry.attempts != .max,
      retry.backoff == Preset.awsBackoff, policy.budget == preset.policy.budget
    else { return nil }
    let mode = preset == .awsAdaptive ? "adaptive" : "standard"
    return "[default]\nretry_mode = \(mode)\nmax_attempts = \(retry.attempts)"
  }

  /// Temporal's Go SDK: no jitter, and 0 attempts for no limit.
  static func temporal(_ policy: Policy) -> String? {
    guard let retry = policy.retry, retry.backoff.jitter == .none else { return nil }
    switch retry.backoff.law {
    case .fixed, .exponential: break
    default: return nil
    }
    let (base, factor) = base(retry.backoff)
    // A constant of Go that is no whole number is no duration.
    func time(_ value: Int64) -> String {
      if value % 1_000_000 == 0 { return "\(value / 1_000_000) * time.Second" }
      return value % 1000 == 0 ? "\(value / 1000) * time.Millisecond" : "\(value) * time.Microsecond"
    }
    let longest = retry.backoff.maximum ?? base.multipliedReportingOverflow(by: 100).partialValue
    return """
      &temporal.RetryPolicy{InitialInterval: \(time(base)), BackoffCoefficient: \(PolicyText.number(factor)), \
      MaximumInterval: \(time(longest)), MaximumAttempts: \(retry.attempts == .max ? 0 : retry.attempts)}
      """
  }

  /// Erlang/OTP's supervisor flags: it starts again at once.
  static func otp(_ policy: Policy) -> String? {
    guard let supervision = policy.supervision, supervision.backoff == .immediate, supervision.period % 1_000_000 == 0
    else { return nil }
    let strategy =
      switch supervision.strategy {
      case .oneForOne: "one_for_one"
      case .oneForAll: "one_for_all"
      case .restForOne: "rest_for_one"
      }
    return
      "#{strategy => \(strategy), intensity => \(supervision.maxRestarts), period => \(supervision.period / 1_000_000)}"
  }

  /// systemd: one unit, one wait.
  static func systemd(_ policy: Policy) -> String? {
    guard let supervision = policy.supervision, supervision.strategy == .oneForOne,
      supervision.backoff.jitter == .none
    else { return nil }
    switch supervision.backoff.law {
    case .fixed, .immediate: break
    default: return nil
    }
    return "[Unit]\nStartLimitIntervalSec=\(seconds(supervision.period))\nStartLimitBurst=\(supervision.maxRestarts)\n"
      + "[Service]\nRestart=on-failure\nRestartSec=\(seconds(supervision.backoff.envelope(1)))"
  }
}
