package import Support
internal import Model
// Named defaults of known systems, with their own counting and boundary rules.

/// The presets by name.
///
/// Where each was read; what has two commits was read again, in the latter, on 26 and 27 November 2026:
/// - resilience4j 2 at af9e7c97 and 0124df71 (`RetryConfig`, `CircuitBreakerConfig`, `IntervalFunction`), its breaker once more
///   at 027f1a92 (100 calls, 50 %, slow above 60 s, open for 60 s, ten probes);
/// - Polly 8 at 173d6d1d and 243b0443 (`RetryConstants`: three retries, 2 s, constant), 07124acf (`RetryHelper`: jitter and the
///   decorrelated curve; `CircuitBreakerConstants`: a tenth of 100 calls in 30 s, open for 5 s), and its reference of November
///   2026 (`RetryStrategyOptions`, `CircuitBreakerStrategyOptions`: the same);
/// - gRPC's proposal A6 at 1fd061ad; at 94bed817 and 0070717f, which are older, waits have full jitter instead of a fifth to and
///   fro, and numbers, throttle, pushback and the limit of five are the same;
/// - Finagle at 4feb34cb and a1cb3571 (`RetryPolicy.tries`: decorrelated from 5 ms to 200 ms; `RetryBudget`: 20 %, 10 a
///   second, 10 s);
/// - Envoy 1.31's documentation of the router filter and of `config.core.v3.BackoffStrategy`, 1.39's of
///   `config.cluster.v3.CircuitBreakers` (three retries under way; a share of the active requests only where `retry_budget` is
///   set) and 1.23's of `config.cluster.v3.OutlierDetection` (base time multiplied by the number of ejections in a row), which
///   is off until it is configured;
/// - botocore 1.44.8 as released (`retries/standard.py`, `retries/quota.py`; `standard` is its default mode; DynamoDB's clients
///   have four attempts from 25 ms instead); the AWS SDKs for other languages differ: Go's at 1489ddb2 still asks 5 tokens
///   for a retry and 10 for one after a timeout. AWS's guide to its SDKs and tools (November 2026) has the same numbers, for
///   which an SDK needs `AWS_NEW_RETRIES_2026=true` until they are its default; C++'s had 11 attempts from 25 ms and no quota
///   before (aws-sdk-cpp, issue 3832);
/// - "Site Reliability Engineering" (2016), chapter 21;
/// - tenacity 9.2.1 as released (`BaseRetrying`: `stop_never`, `wait_none`);
/// - urllib3 2.8.0 as released (`util/retry.py`: `total=10`, `backoff_factor=0`, `DEFAULT_BACKOFF_MAX=120`);
/// - google-api-core 2.44.0 as released (`retry/retry_base.py`: 1 s, twice, at most 60 s, 120 s in all);
/// - Erlang/OTP at 002130b6 and OTP 27's documentation (`supervisor`: intensity 1, period 5 s);
/// - Temporal's documentation at 022c5763 and of November 2026 (retry policies: 1 s, twice, at most 100 times the first, no end),
///   its Go SDK at 83fc2bc6;
/// - systemd at 09ee7caa (5 starts in 10 s, 100 ms before each).
package enum Preset: String, CaseIterable, Hashable, Sendable {
  case resilience4j
  /// resilience4j's retry with its exponential interval function.
  case resilience4jExponential = "resilience4j-exponential"
  case polly
  case grpc
  case finagle
  case envoy
  case awsStandard = "aws-standard"
  case awsAdaptive = "aws-adaptive"
  case sre
  case tenacity
  case urllib3
  case googleCore = "google-api-core"
  case otp
  case temporal
  case systemd

  /// The policy of the system's own defaults.
  package var policy: Policy {
    var policy = defaults
    policy.retry?.serverWait = serverWait
    return policy
  }

  private var defaults: Policy {
    var policy = Policy(rawValue)
    policy.preset = rawValue
    switch self {
    case .resilience4j:
      policy.retry = RetryPolicy(attempts: 3, backoff: Backoff(.fixed(500_000)), retryOn: .all)
      policy.breaker = Self.resilience4jBreaker
    case .resilience4jExponential:
      policy.retry = RetryPolicy(attempts: 3, backoff: Self.resilience4jBackoff, retryOn: .all)
      policy.breaker = Self.resilience4jBreaker
    case .polly:
      // Polly counts retries: three beside the first.
      policy.retry = RetryPolicy(attempts: 4, backoff: Backoff(.fixed(2_000_000)), retryOn: .all)
      policy.breaker = Self.pollyBreaker
    case .grpc:
      policy.retry = RetryPolicy(
        attempts: 4, backoff: Self.grpcBackoff, retryOn: KindSet([.unavailable, .targetUnreachable]))
      policy.budget = .throttle(maximum: 10, ratio: 0.1)
    case .finagle:
      policy.retry = RetryPolicy(
        attempts: 3,
        backoff: Backoff(.exponential(base: 5_000, factor: 2), jitter: .decorrelated, maximum: 200_000))
      policy.budget = .ratio(ratio: 0.2, perSecond: 10, ttl: 10_000_000)
      policy.breaker = BreakerSettings(
        window: .consecutive(5), minimumCalls: 1, open: 5_000_000, openFactor: 2, maximumOpen: 300_000_000, probes: 1,
        probing: .oneAtATime, boundary: .atOrAfter)
    case .envoy:
      // One retry unless the route says more; UNAVAILABLE-like failures; fully jittered.
      policy.retry = RetryPolicy(
        attempts: 2, backoff: Self.envoyBackoff,
        retryOn: KindSet([.unavailable, .targetUnreachable, .networkTransient, .timeout, .runtime]))
      policy.budget = .concurrency(share: 0, minimum: 3)
      policy.breaker = BreakerSettings(
        window: .consecutive(5), minimumCalls: 1, open: 30_000_000, openStep: 30_000_000, maximumOpen: 300_000_000,
        probes: 1, boundary: .atOrAfter)
    case .awsStandard, .awsAdaptive:
      policy.retry = RetryPolicy(
        attempts: 3, backoff: Self.awsBackoff, retryOn: KindSet.retryable.union(KindSet([.runtime])))
      policy.retry?.throttledBackoff = Self.awsThrottledBackoff
      policy.budget = .quota(capacity: 500, cost: 14, timeoutCost: 14, throttlingCost: 5, refund: 1)
      policy.isRateAdaptive = self == .awsAdaptive
    case .sre:
      policy.retry = RetryPolicy(
        attempts: 3,
        backoff: Backoff(.exponential(base: 100_000, factor: 2), jitter: .full, maximum: 10_000_000))
      policy.budget = .ratio(ratio: 0.1, perSecond: 0, ttl: 60_000_000)
      policy.throttle = .siteReliability(factor: 2)
    case .tenacity:
      // A bare `@retry`: for ever, at once.
      policy.retry = RetryPolicy(attempts: .max, backoff: .immediate, retryOn: .all)
    case .urllib3:
      // A bare `Retry()`: ten beside the first, at once; answers only where `status_forcelist` names them.
      policy.retry = RetryPolicy(
        attempts: 11, backoff: .immediate, retryOn: KindSet([.networkTransient, .targetUnreachable, .timeout]))
    case .googleCore:
      // `if_transient_error`; a second doubling to a minute, below a full jitter, for two minutes.
      policy.retry = RetryPolicy(
        attempts: .max,
        backoff: Backoff(.exponential(base: 1_000_000, factor: 2), jitter: .full, maximum: 60_000_000),
        retryOn: KindSet([.runtime, .insufficientResources, .unavailable, .networkTransient, .targetUnreachable]),
        deadline: 120_000_000)
    case .otp:
      policy.supervision = SupervisionSettings(
        maxRestarts: 1, period: 5_000_000, window: .slidingInclusive, backoff: .immediate)
    case .temporal:
      policy.retry = RetryPolicy(attempts: .max, backoff: Self.temporalBackoff, retryOn: .all)
    case .systemd:
      policy.supervision = SupervisionSettings(
        maxRestarts: 5, period: 10_000_000, window: .fixed, backoff: Backoff(.fixed(100_000)))
    }
    return policy
  }

  /// What its clients make of a wait that the server asks for: urllib3 and gRPC keep to it, botocore within bounds, and the
  /// others do not look at it unless they are told to.
  private var serverWait: ServerWait {
    switch self {
    case .urllib3, .grpc: .instead
    case .awsStandard, .awsAdaptive: Self.awsServerWait
    case .resilience4j, .resilience4jExponential, .polly, .finagle, .envoy, .sre: .ignored
    case .tenacity, .googleCore, .otp, .temporal, .systemd: .ignored
    }
  }

  /// 500 ms growing by 1.5, whole milliseconds at each step.
  package static let resilience4jBackoff = Backoff(
    .truncatedExponential(base: 500_000, factor: 1.5, unit: 1000), capsAfterJitter: true)

  package static let resilience4jBreaker = BreakerSettings(
    window: .count(100), failureRate: 0.5, slowCallRate: 1, slowCall: 60_000_000, minimumCalls: 100, open: 60_000_000,
    probes: 10, probing: .together, boundary: .strictlyAfter)

  package static let pollyBreaker = BreakerSettings(
    window: BreakerSettings.rolling(30_000_000), failureRate: 0.1, minimumCalls: 100, open: 5_000_000, probes: 1,
    probing: .oneAtATime, boundary: .atOrAfter, opensOnFailureOnly: true)

  /// 0.1 s doubling to 1 s, ±20 %.
  package static let grpcBackoff = Backoff(
    .exponential(base: 100_000, factor: 2), jitter: .proportional(below: 0.2, above: 0.2), maximum: 1_000_000,
    capsAfterJitter: false)

  /// Fully jittered below (2^n - 1)·25 ms, at most 250 ms.
  package static let envoyBackoff = Backoff(.doublingLessOne(base: 25_000), jitter: .full, maximum: 250_000)

  /// botocore 1.44.8 (`retries/standard.py`, standard and adaptive mode): fully jittered below 50 ms·2^(i-1), at most 20 s;
  /// quota 500, 14 for a retry and 5 for one after a throttling answer.
  package static let awsBackoff = Backoff(
    .exponential(base: 50_000, factor: 2), jitter: .full, maximum: 20_000_000)

  /// botocore before 1.44, and every version after a throttling answer: a second instead of 50 ms.
  package static let awsThrottledBackoff = Backoff(
    .exponential(base: 1_000_000, factor: 2), jitter: .full, maximum: 20_000_000)

  /// The new mode's answer to a server's retry-after, clamped to [t, t + 5 s] around the computed delay t.
  package static let awsServerWait = ServerWait.atLeast(most: 5_000_000)

  /// 1 s doubling to 100 s, no jitter on the server's side.
  package static let temporalBackoff = Backoff(.exponential(base: 1_000_000, factor: 2), maximum: 100_000_000)

  /// Polly's ±25 % around constant and linear delays.
  package static let pollyJitter = Backoff.Jitter.proportional(below: 0.25, above: 0.25)
}

/// gRPC's `maxAttempts`: at most five, whatever is asked for.
package func grpcAttempts(_ asked: Int) -> Int { min(max(asked, 2), 5) }
