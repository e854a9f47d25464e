// The client rate limiter of the AWS SDK's adaptive mode: a cubic rate, and the bucket of tokens that it fills.
internal import Model
internal import Support
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
///
/// botocore's waiting threads are woken by every change of the rate and race for the token. Here they are served in the
/// order of asking: only the first in line has a time, and each answer sets it anew, so the work grows with the calls and
/// not with the square of those that wait.
package struct AdaptiveLimiter: Sendable {
  /// The failures that count as throttling: HTTP 429, RESOURCE_EXHAUSTED and their like.
  package static let throttling = KindSet([.insufficientResources])

  package private(set) var rate: AdaptiveRate
  private var tokens = 0.0
  /// Microseconds.
  private var filledAt: Int64
  /// Tickets in the order of asking; those given back are skipped.
  private var line: [Int] = []
  private var first = 0
  private var returned: Set<Int> = []
  private var lastTicket = 0

  /// A limiter that begins at `time`, microseconds.
  package init(at time: Int64) {
    rate = AdaptiveRate(at: Double(time) / 1e6)
    filledAt = time
  }

  /// Attempts that wait.
  package var waiting: Int { line.count - first - returned.count }

  /// Takes a token for an attempt at `time`, microseconds.
  ///
  /// - Returns: nil where the attempt may start, else its ticket: its turn comes by `next`.
  package mutating func ask(at time: Int64) -> Int? {
    guard rate.isEnabled else { return nil }
    refill(time)
    if waiting == 0, take() { return nil }
    lastTicket += 1
    line.append(lastTicket)
    return lastTicket
  }

  /// The ticket of the first in line; nil where nobody waits.
  package var head: Int? {
    mutating get {
      skip()
      return first < line.count ? line[first] : nil
    }
  }

  /// When the first in line may have its token, as far as the rate of now tells; nil where nobody waits. Microseconds.
  package mutating func due(at time: Int64) -> Int64? {
    skip()
    guard first < line.count else { return nil }
    refill(time)
    let missing = max(1 - tokens, 0) / rate.rate * 1e6
    return filledAt.addingSaturated(max(Backoff.saturated(missing.rounded(.up)), 0))
  }

  /// The ticket of the first in line, where its token is there at `time`, microseconds.
  package mutating func next(at time: Int64) -> Int? {
    skip()
    refill(time)
    guard first < line.count, take() else { return nil }
    first += 1
    defer { compact() }
    return line[first - 1]
  }

  /// An attempt that waits gives up: those behind it move on.
  package mutating func giveBack(_ ticket: Int) {
    returned.insert(ticket)
    skip()
  }

  /// An answer came at `time`, microseconds; 0 is a success.
  package mutating func answered(failure code: UInt8, at time: Int64) {
    refill(time)
    rate.answered(throttled: Self.throttling.contains(code: code), at: Double(time) / 1e6)
    tokens = min(tokens, max(rate.rate, 1))
  }

  /// A token, less what the rounding of times to microseconds took from it.
  private mutating func take() -> Bool {
    guard tokens >= 1 - 1e-9 else { return false }
    tokens = max(tokens - 1, 0)
    return true
  }

  private mutating func skip() {
    while first < line.count, returned.remove(line[first]) != nil { first += 1 }
    compact()
  }

  private mutating func compact() {
    guard first > 1024, first * 2 > line.count else { return }
    line.removeFirst(first)
    first = 0
  }

  private mutating func refill(_ now: Int64) {
    tokens = min(tokens + Double(max(now.subtractingSaturated(filledAt), 0)) / 1e6 * rate.rate, max(rate.rate, 1))
    filledAt = max(now, filledAt)
  }
}
