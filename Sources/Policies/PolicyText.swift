// Policies in plain words, for reports.

/// Policies and durations as a reader wants them.
package enum PolicyText {
  /// A duration in the largest unit that keeps it short: `200 ms`, `1.5 s`, `10 min`.
  package static func duration(_ microseconds: Int64) -> String {
    let value = Double(microseconds)
    if value < 1000 { return "\(microseconds) µs" }
    if value < 1e6 { return number(value / 1e3) + " ms" }
    if value < 600e6 { return number(value / 1e6) + " s" }
    return number(value / 60e6) + " min"
  }

  /// A duration as policy files write it: `200ms`.
  package static func setting(_ microseconds: Int64) -> String {
    if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
    if microseconds % 1000 == 0 { return "\(microseconds / 1000)ms" }
    return "\(microseconds)us"
  }

  /// A number with at most four significant digits and no trailing zeros.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return "unknown" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e9 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : rounded.description
  }

  /// A share as a percentage.
  package static func percent(_ share: Double) -> String { number(share * 100) + " %" }

  static func backoff(_ backoff: Backoff) -> String {
    let law: String
    switch backoff.law {
    case .immediate: return "at once"
    case .fixed(let delay): law = "after \(duration(delay))"
    case .linear(let base, let step): law = "after \(duration(base)) and \(duration(step)) more each time"
    case .exponential(let base, let factor): law = "after \(duration(base)) times \(number(factor)) each time"
    case .truncatedExponential(let base, let factor, _):
      law = "after \(duration(base)) times \(number(factor)) each time"
    case .doublingLessOne(let base): law = "after (2^n - 1) times \(duration(base))"
    }
    let jitter: String
    switch backoff.jitter {
    case .none: jitter = ""
    case .full: jitter = " with full jitter"
    case .equal: jitter = " with equal jitter"
    case .decorrelated, .decorrelatedV2: jitter = " with decorrelated jitter"
    case .proportional(let below, let above): jitter = " with jitter of -\(percent(below)) to +\(percent(above))"
    case .randomizedMilliseconds(let share): jitter = " with jitter of ±\(percent(share))"
    }
    return law + jitter + (backoff.maximum.map { ", at most \(duration($0))" } ?? "")
  }

  static func retry(_ retry: RetryPolicy) -> String {
    let attempts = retry.attempts == .max ? "unlimited attempts" : "\(retry.attempts) attempts"
    return retry.attempts == 1 ? "one attempt" : attempts + " " + backoff(retry.backoff)
  }
}
