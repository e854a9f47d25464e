// Throttles on the client's side that watch what is accepted: the SRE book's, Envoy's admission control and outlier
// ejection.
internal import Glibc

/// Rejects with a probability that grows with the share of requests the backend does not accept.
package enum ClientThrottle: Hashable, Sendable {
  /// max(0, (requests - K·accepts) / (requests + 1)) (Google SRE book, "Handling overload"; K = 2).
  case siteReliability(factor: Double)
  /// ((n - s/threshold) / (n + 1))^(1/aggression) (Envoy admission control).
  case envoy(threshold: Double, aggression: Double)

  /// The probability to reject after `requests`, locally rejected ones included, of which `accepted` were accepted.
  package func rejection(requests: Double, accepted: Double) -> Double {
    switch self {
    case .siteReliability(let factor): return max(0, (requests - factor * accepted) / (requests + 1))
    case .envoy(let threshold, let aggression):
      let base = max(0, (requests - accepted / threshold) / (requests + 1))
      return min(1, pow(base, 1 / aggression))
    }
  }
}

/// A throttle's window of two minutes in buckets of a second.
package struct ClientThrottleState: Hashable, Sendable {
  package let throttle: ClientThrottle
  private let seconds: Int
  private var requests: [Int]
  private var accepts: [Int]
  private var totalRequests = 0
  private var totalAccepts = 0
  private var current: Int64 = .min

  package init(_ throttle: ClientThrottle, seconds: Int = 120) {
    self.throttle = throttle
    self.seconds = max(seconds, 1)
    requests = Array(repeating: 0, count: max(seconds, 1))
    accepts = requests
  }

  /// Whether a request is let through; counts it either way. `u` is uniform in [0, 1).
  package mutating func admits(at time: Int64, u: Double) -> Bool {
    advance(time)
    let p = throttle.rejection(requests: Double(totalRequests), accepted: Double(totalAccepts))
    requests[index] += 1
    totalRequests += 1
    return u >= p
  }

  /// The backend accepted a request.
  package mutating func accepted(at time: Int64) {
    advance(time)
    accepts[index] += 1
    totalAccepts += 1
  }

  private var index: Int {
    let raw = Int(current % Int64(seconds))
    return raw < 0 ? raw + seconds : raw
  }

  private mutating func advance(_ time: Int64) {
    let now = time >= 0 ? time / 1_000_000 : (time - 999_999) / 1_000_000
    if current == .min { current = now }
    guard now > current else { return }
    if now - current >= Int64(seconds) {
      requests = Array(repeating: 0, count: seconds)
      accepts = requests
      totalRequests = 0
      totalAccepts = 0
      current = now
      return
    }
    while current < now {
      current += 1
      totalRequests -= requests[index]
      totalAccepts -= accepts[index]
      requests[index] = 0
      accepts[index] = 0
    }
  }
}
