// The client rate limiter of the AWS SDK's adaptive mode: a cubic rate, and the bucket of tokens that it fills.
internal import Core
internal import Glibc

/// The cubic client rate limiter of the AWS SDK's adaptive mode (botocore, `adaptive` retries). Rates are per second.
package struct AdaptiveRate: Hashable, Sendable {
  package static let scale = 0.4
  package static let beta = 0.7
  package static let smoothing = 0.8
  package static let minimum = 0.5
  /// Seconds of a measuring bucket.
  package static let bucket = 0.5

  package private(set) var rate: Double
  package private(set) var lastMaximum: Double
  package private(set) var lastThrottle: Double
  package private(set) var measured = 0.0
  private var requests = 0
  private var lastBucket: Double
  package private(set) var isEnabled = false

  /// A limiter that begins at `time`, in seconds.
  package init(rate: Double = AdaptiveRate.minimum, at time: Double = 0) {
    self.rate = rate
    lastMaximum = 0
    lastThrottle = time
    lastBucket = (time / Self.bucket).rounded(.down) * Self.bucket
  }

  /// The time, in seconds, after a throttling at which the cubic reaches the old maximum again.
  package static func window(maximum: Double) -> Double { cbrt(maximum * (1 - beta) / scale) }

  /// The cubic's rate `elapsed` seconds after a throttling at `maximum`.
  package static func cubic(maximum: Double, elapsed: Double) -> Double {
    let x = elapsed - window(maximum: maximum)
    return scale * (x * x * x) + maximum
  }

  /// A response came at `time` seconds.
  package mutating func answered(throttled: Bool, at time: Double) {
    measure(time)
    let new: Double
    if throttled {
      let before = isEnabled ? min(measured, rate) : measured
      lastMaximum = before
      lastThrottle = time
      new = before * Self.beta
      isEnabled = true
    } else {
      new = Self.cubic(maximum: lastMaximum, elapsed: time - lastThrottle)
    }
    rate = max(min(new, 2 * measured), Self.minimum)
  }

  private mutating func measure(_ time: Double) {
    requests += 1
    let now = (time / Self.bucket).rounded(.down) * Self.bucket
    guard now > lastBucket else { return }
    measured = Double(requests) / (now - lastBucket) * Self.smoothing + measured * (1 - Self.smoothing)
    requests = 0
    lastBucket = now
  }
}

/// The limiter of one client: once a throttling was answered, every attempt takes a token and waits until there is one
/// (botocore's `ClientRateLimiter` and `TokenBucket`).
package struct AdaptiveLimiter: Hashable, Sendable {
  /// The failures that count as throttling: HTTP 429, RESOURCE_EXHAUSTED and their like.
  package static let throttling = KindSet([.insufficientResources])

  package private(set) var rate: AdaptiveRate
  private var tokens = 0.0
  private var filledAt: Double

  /// A limiter that begins at `time`, microseconds.
  package init(at time: Int64) {
    rate = AdaptiveRate(at: Double(time) / 1e6)
    filledAt = Double(time) / 1e6
  }

  /// Takes a token for an attempt at `time`, microseconds.
  ///
  /// - Returns: nil where the attempt may start, else how long to wait before it asks again, microseconds.
  package mutating func wait(at time: Int64) -> Int64? {
    guard rate.isEnabled else { return nil }
    refill(Double(time) / 1e6)
    if tokens >= 1 {
      tokens -= 1
      return nil
    }
    return max(Backoff.saturated(((1 - tokens) / rate.rate * 1e6).rounded(.up)), 1)
  }

  /// An answer came at `time`, microseconds; 0 is a success.
  package mutating func answered(failure code: UInt8, at time: Int64) {
    refill(Double(time) / 1e6)
    rate.answered(throttled: Self.throttling.contains(code: code), at: Double(time) / 1e6)
    tokens = min(tokens, max(rate.rate, 1))
  }

  private mutating func refill(_ now: Double) {
    tokens = min(tokens + max(now - filledAt, 0) * rate.rate, max(rate.rate, 1))
    filledAt = max(now, filledAt)
  }
}
