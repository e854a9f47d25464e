// A policy as libraries of the JVM and of .NET take it; nil where the library cannot do what was judged.
internal import Model
internal import Support

extension ConfigurationSyntax {
  /// resilience4j 2 with Spring Boot: `CommonRetryConfigurationProperties` and `CommonCircuitBreakerConfigurationProperties`.
  static func resilience4j(_ policy: Policy) -> String? {
    var lines: [String] = []
    if let retry = policy.retry {
      guard let own = resilience4j(retry) else { return nil }
      lines += own
    }
    if let breaker = policy.breaker {
      guard let own = resilience4j(breaker) else { return nil }
      lines += own
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  private static func resilience4j(_ retry: RetryPolicy) -> [String]? {
    guard retry.attempts != .max else { return nil }
    switch retry.backoff.law {
    case .linear, .doublingLessOne, .immediateThenExponential: return nil
    case .immediate, .fixed, .exponential, .truncatedExponential: break
    }
    let (base, factor) = base(retry.backoff)
    guard base % 1000 == 0, (retry.backoff.maximum ?? 0) % 1000 == 0 else { return nil }
    var lines = [
      "resilience4j.retry.configs.default:", "  maxAttempts: \(retry.attempts)", "  waitDuration: \(base / 1000)ms",
    ]
    if factor != 1, base > 0 {
      lines += ["  enableExponentialBackoff: true", "  exponentialBackoffMultiplier: \(PolicyText.number(factor))"]
      if let maximum = retry.backoff.maximum { lines.append("  exponentialMaxWaitDuration: \(maximum / 1000)ms") }
    }
    // Its jitter goes as far to either side of the wait, and never to its end.
    switch retry.backoff.jitter {
    case .none: break
    case .randomizedMilliseconds(let share) where share < 1:
      lines += ["  enableRandomizedWait: true", "  randomizedWaitFactor: \(PolicyText.number(share))"]
    case .proportional(let below, let above) where below == above && below < 1:
      lines += ["  enableRandomizedWait: true", "  randomizedWaitFactor: \(PolicyText.number(below))"]
    default: return nil
    }
    return lines
  }

  private static func resilience4j(_ breaker: BreakerSettings) -> [String]? {
    var rate = PolicyText.number(breaker.failureRate * 100)
    var least = breaker.minimumCalls
    let window: [String]
    switch breaker.window {
    case .count(let size): window = ["  slidingWindowType: COUNT_BASED", "  slidingWindowSize: \(size)"]
    case .consecutive(let count):
      // So many in a row are a window of so many of which all failed.
      (rate, least) = ("100", count)
      window = ["  slidingWindowType: COUNT_BASED", "  slidingWindowSize: \(count)"]
    case .time(let width, let buckets):
      let length = width * Int64(buckets) / 1_000_000
      // It takes whole seconds.
      guard length > 0, width * Int64(buckets) % 1_000_000 == 0 else { return nil }
      window = ["  slidingWindowType: TIME_BASED", "  slidingWindowSize: \(length)"]
    case .failures: return nil
    }
    var lines = [
      "resilience4j.circuitbreaker.configs.default:", "  failureRateThreshold: \(rate)",
      "  minimumNumberOfCalls: \(least)", "  waitDurationInOpenState: \(breaker.open / 1000)ms",
      "  permittedNumberOfCallsInHalfOpenState: \(breaker.probes)",
    ]
    lines += window
    if let slow = breaker.slowCallRate, slow < 1 {
      lines += [
        "  slowCallRateThreshold: \(PolicyText.number(slow * 100))",
        "  slowCallDurationThreshold: \(breaker.slowCall / 1000)ms",
      ]
    }
    return lines
  }

  /// Polly 8: hedging exists for builders of a result only.
  static func polly(_ policy: Policy) -> String? {
    let result = policy.hedge == nil ? "" : "<HttpResponseMessage>"
    var parts: [String] = []
    if let retry = policy.retry, retry.attempts > 1 {
      guard let own = polly(retry, result) else { return nil }
      parts.append(own)
    }
    if let breaker = policy.breaker {
      guard case .time(let width, let buckets) = breaker.window, breaker.slowCallRate ?? 1 >= 1,
        breaker.minimumCalls >= 2
      else { return nil }
      parts.append(
        ".AddCircuitBreaker(new CircuitBreakerStrategyOptions\(result) { FailureRatio = "
          + "\(PolicyText.number(breaker.failureRate)), MinimumThroughput = \(breaker.minimumCalls), "
          + "SamplingDuration = TimeSpan.FromSeconds(\(seconds(width * Int64(buckets)))), BreakDuration = "
          + "TimeSpan.FromSeconds(\(seconds(breaker.open))) })")
    }
    if let hedge = policy.hedge {
      guard (hedge.after ?? 0) % 1000 == 0 else { return nil }
      let delay =
        hedge.after.map { "TimeSpan.FromMilliseconds(\($0 / 1000))" } ?? "System.Threading.Timeout.InfiniteTimeSpan"
      parts.append(
        ".AddHedging(new HedgingStrategyOptions\(result) { MaxHedgedAttempts = \(hedge.max), Delay = \(delay) })")
    }
    return
      (["new ResiliencePipelineBuilder\(result)()"] + parts.map { "  " + $0 } + ["  .Build();"])
      .joined(separator: "\n")
  }

  private static func polly(_ retry: RetryPolicy, _ result: String) -> String? {
    let (base, factor) = base(retry.backoff)
    let type: String
    let jitter: Backoff.Jitter
    switch retry.backoff.law {
    case .linear(let base, let step) where base == step: (type, jitter) = ("Linear", Preset.pollyJitter)
    // Its exponential law doubles.
    case .exponential where factor == 2: (type, jitter) = ("Exponential", .decorrelatedV2)
    case .exponential where factor == 1: (type, jitter) = ("Constant", Preset.pollyJitter)
    case .fixed, .immediate: (type, jitter) = ("Constant", Preset.pollyJitter)
    default: return nil
    }
    guard retry.backoff.jitter == .none || retry.backoff.jitter == jitter, base % 1000 == 0,
      (retry.backoff.maximum ?? 0) % 1000 == 0
    else { return nil }
    let attempts = retry.attempts == .max ? "int.MaxValue" : String(retry.attempts - 1)
    let cap = retry.backoff.maximum.map { ", MaxDelay = TimeSpan.FromMilliseconds(\($0 / 1000))" } ?? ""
    return
      ".AddRetry(new RetryStrategyOptions\(result) { MaxRetryAttempts = \(attempts), Delay = "
      + "TimeSpan.FromMilliseconds(\(base / 1000)), BackoffType = DelayBackoffType.\(type), UseJitter = "
      + "\(retry.backoff.jitter == jitter)\(cap) })"
  }

  /// Finagle: its exponential law takes whole factors, its jittered ones a start and an end.
  static func finagle(_ policy: Policy) -> String? {
    guard policy.retry != nil || policy.budget != nil else { return nil }
    var lines = ["client"]
    if case .ratio(let ratio, let perSecond, let ttl)? = policy.budget {
      guard let least = Int(exactly: perSecond), ttl >= 1_000_000, ttl <= 60_000_000, ttl % 1_000_000 == 0
      else { return nil }
      lines.append(
        "  .withRetryBudget(RetryBudget(ttl = \(ttl / 1_000_000).seconds, minRetriesPerSec = \(least), "
          + "percentCanRetry = \(PolicyText.number(ratio))))")
    }
    if let retry = policy.retry {
      guard let backoff = finagle(retry.backoff), retry.attempts != .max else { return nil }
      lines.append("  .withRetryBackoff(\(backoff).take(\(max(retry.attempts - 1, 0))))")
    }
    return lines.joined(separator: "\n")
  }

  private static func finagle(_ backoff: Backoff) -> String? {
    func time(_ value: Int64) -> String {
      value % 1000 == 0 ? "\(value / 1000).millis" : "\(value).micros"
    }
    let (base, factor) = base(backoff)
    switch (backoff.law, backoff.jitter) {
    case (.fixed, .none), (.immediate, _): return "Backoff.const(\(time(base)))"
    case (.exponential, .none):
      guard let whole = Int(exactly: factor), whole > 1 else {
        return factor == 1 ? "Backoff.const(\(time(base)))" : nil
      }
      let cap = backoff.maximum.map { ", \(time($0))" } ?? ""
      return "Backoff.exponential(\(time(base)), \(whole)\(cap))"
    case (.linear(let base, let step), .none) where backoff.maximum == nil:
      return "Backoff.linear(\(time(base)), \(time(step)))"
    case (.exponential, .decorrelated):
      return backoff.maximum.map { "Backoff.decorrelatedJittered(\(time(base)), \(time($0)))" }
    default: return nil
    }
  }
}
