// How long to wait before the next attempt: a law for the envelope, a jitter inside it, and a cap, all saturating.
package import Model
internal import Support
internal import Glibc

/// A delay law. Retries are counted from 1: retry 1 is the second attempt. All times are microseconds.
package struct Backoff: Hashable, Sendable {
  /// The envelope before jitter.
  package enum Law: Hashable, Sendable {
    /// No waiting.
    case immediate
    case fixed(Int64)
    /// base + (k-1)·step
    case linear(base: Int64, step: Int64)
    /// base·factor^(k-1)
    case exponential(base: Int64, factor: Double)
    /// (2^k - 1)·base, Envoy's upper end.
    case doublingLessOne(base: Int64)
    /// The first retry at once, retry k > 1 after base·factor^(k-2): urllib3's `Retry`.
    case immediateThenExponential(base: Int64, factor: Double)
    /// base·factor^(k-1) iterated with truncation to whole `unit`s at each step, as resilience4j does.
    case truncatedExponential(base: Int64, factor: Double, unit: Int64)
  }

  /// What chance does to the envelope e; u is uniform in [0, 1).
  package enum Jitter: Hashable, Sendable {
    case none
    /// u·e
    case full
    /// e/2 + u·e/2
    case equal
    /// min(cap, base + u·(3·previous - base)), starting from previous = base (M. Brooker, "Exponential backoff and
    /// jitter").
    case decorrelated
    /// e·(1 - below) + u·e·(below + above)
    case proportional(below: Double, above: Double)
    /// e + u·most: stamina, backoff's `random_jitter`, tenacity's `wait_random` on top of another wait.
    case additive(Int64)
    /// Polly's `DecorrelatedJitterBackoffV2`: differences of 2^t·tanh(√(4t)) at t = k-1+u, over 1.4.
    case decorrelatedV2
    /// max(1, ⌊(e - d) + u·(2d + 1)⌋) in whole milliseconds with d = share·e, resilience4j's `randomize`.
    case randomizedMilliseconds(share: Double)
  }

  package var law: Law
  package var jitter: Jitter
  /// The longest delay; nil is no cap.
  package var maximum: Int64?
  /// Whether the cap is applied to the jittered delay (resilience4j) and not to the envelope.
  package var capsAfterJitter: Bool

  package init(_ law: Law, jitter: Jitter = .none, maximum: Int64? = nil, capsAfterJitter: Bool = false) {
    self.law = law
    self.jitter = jitter
    self.maximum = maximum
    self.capsAfterJitter = capsAfterJitter
  }

  package static let immediate = Backoff(.immediate)

  /// The law as reports show it.
  package var fact: DelayLaw {
    let envelope: DelayLaw.Envelope =
      switch law {
      case .immediate: .immediate
      case .fixed(let delay): .fixed(delay)
      case .linear(let base, let step): .linear(base: base, step: step)
      case .exponential(let base, let factor), .truncatedExponential(let base, let factor, _):
        .exponential(base: base, factor: factor)
      case .doublingLessOne(let base): .doublingLessOne(base: base)
      case .immediateThenExponential(let base, let factor): .immediateThenExponential(base: base, factor: factor)
      }
    let jitter: DelayLaw.Jitter =
      switch jitter {
      case .none: .none
      case .full: .full
      case .equal: .equal
      case .decorrelated, .decorrelatedV2: .decorrelated
      case .proportional(let below, let above): .proportional(below: below, above: above)
      case .randomizedMilliseconds(let share): .proportional(below: share, above: share)
      case .additive(let most): .additive(most)
      }
    return DelayLaw(envelope, jitter: jitter, maximum: maximum)
  }

  /// What a chain of delays carries from one to the next.
  package struct Memory: Hashable, Sendable {
    /// The last delay of `decorrelated`, or the last value of the curve of `decorrelatedV2`, in microseconds.
    package var previous: Double?
    package init() {}
  }

  /// Whether delays differ from one call to the next.
  package var isRandom: Bool { jitter != .none && law != .immediate }

  /// gRPC and Polly vary around the capped envelope; every other law keeps the delay itself below the cap.
  private var capsDelay: Bool {
    if case .proportional = jitter { return capsAfterJitter }
    return true
  }

  /// The envelope before retry `k` (1-based; 0 is taken as 1), capped unless the cap comes after the jitter.
  package func envelope(_ k: Int) -> Int64 {
    let raw = uncapped(max(k, 1))
    guard !capsAfterJitter, let maximum else { return raw }
    return min(raw, maximum)
  }

  private func uncapped(_ k: Int) -> Int64 {
    switch law {
    case .immediate: return 0
    case .fixed(let delay): return delay
    case .linear(let base, let step):
      let (product, overflow) = step.multipliedReportingOverflow(by: Int64(k - 1))
      return base.addingSaturated(overflow ? .max : product)
    case .exponential(let base, let factor):
      return Self.saturated(Double(base) * Self.power(factor, k - 1))
    case .doublingLessOne(let base):
      return Self.saturated(Double(base) * (Self.power(2, k) - 1))
    case .immediateThenExponential(let base, let factor):
      return k == 1 ? 0 : Self.saturated(Double(base) * Self.power(factor, k - 2))
    case .truncatedExponential(let base, let factor, let unit):
      let limit = maximum ?? .max
      var value = base / max(unit, 1)
      for _ in 1..<max(k, 1) {
        if value.multipliedReportingOverflow(by: unit).overflow || value * unit >= limit { break }
        let next = Self.saturated((Double(value) * factor).rounded(.towardZero))
        if next == value { break }
        value = next
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: unit)
      return overflow ? .max : product
    }
  }

  /// The delay before retry `k`, with `u` uniform in [0, 1).
  package func delay(_ k: Int, u: Double, memory: inout Memory) -> Int64 {
    let e = envelope(k)
    var delay: Int64
    switch jitter {
    case .none: delay = e
    case .full: delay = Self.saturated(Double(e) * u)
    case .additive(let most): delay = e.addingSaturated(Self.saturated(Double(most) * u))
    case .equal: delay = Self.saturated(Double(e) / 2 + Double(e) / 2 * u)
    case .proportional(let below, let above):
      delay = Self.saturated(Double(e) * (1 - below) + Double(e) * (below + above) * u)
    case .decorrelated:
      let base = Double(envelope(1))
      let previous = memory.previous ?? base
      let value = min(base + u * max(3 * previous - base, 0), Double(maximum ?? .max))
      memory.previous = value
      delay = Self.saturated(value)
    case .decorrelatedV2:
      let base = Double(uncapped(1))
      let t = Double(max(k, 1) - 1) + u
      let curve = Self.power(2, t) * tanh((4 * t).squareRoot())
      let value = max(curve - (memory.previous ?? 0), 0) / 1.4 * base
      memory.previous = curve
      delay = min(value.isFinite ? Self.saturated(value) : .max, maximum ?? .max)
    case .randomizedMilliseconds(let share):
      let e = Double(e / 1000)
      let d = (e * share).rounded(.towardZero)
      let value = max(1, (e - d + u * (2 * d + 1)).rounded(.towardZero))
      delay = Self.saturated(value * 1000)
    }
    if let maximum, capsDelay { delay = min(delay, maximum) }
    return max(delay, 0)
  }

  /// The `u` that made a delay, nil where the law does not use one number per delay. Beyond [0, 1] where the delay
  /// was measured with an overhead.
  package func fraction(of delay: Int64, retry k: Int, previous: Int64?) -> Double? {
    let e = Double(envelope(k))
    switch jitter {
    case .full: return e > 0 ? Double(delay) / e : nil
    case .additive(let most): return most > 0 ? (Double(delay) - e) / Double(most) : nil
    case .equal: return e > 0 ? (Double(delay) - e / 2) / (e / 2) : nil
    case .proportional(let below, let above):
      return e > 0 && below + above > 0 ? (Double(delay) - e * (1 - below)) / (e * (below + above)) : nil
    case .decorrelated:
      let base = Double(envelope(1))
      let span = 3 * Double(previous ?? envelope(1)) - base
      return span > 0 ? (Double(delay) - base) / span : nil
    case .none, .decorrelatedV2, .randomizedMilliseconds: return nil
    }
  }

  /// The shortest and the longest delay before retry `k`, microseconds; nil where the delays before it decide or where no
  /// delay between the two is as likely as another.
  package func ends(_ k: Int) -> (low: Double, high: Double)? {
    let e = Double(envelope(k))
    switch jitter {
    case .none: return (e, e)
    case .full: return (0, e)
    case .equal: return (e / 2, e)
    case .proportional(let below, let above): return (e * (1 - below), e * (1 + above))
    case .additive(let most): return (e, e + Double(most))
    case .decorrelated, .decorrelatedV2, .randomizedMilliseconds: return nil
    }
  }

  /// A positive number of microseconds, rounded to the nearest, at the end of the range where it does not fit.
  static func saturated(_ value: Double) -> Int64 {
    value.isNaN ? 0 : Int64(checked: value.rounded()) ?? (value < 0 ? 0 : .max)
  }

  /// base^exponent by libm.
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  /// base^exponent for whole exponents: exact for powers of two.
  package static func power(_ base: Double, _ exponent: Int) -> Double {
    exponent == 0 ? 1 : exponent == 1 ? base : pow(base, Double(exponent))
  }
}
