// How many retries a client may spend: four laws from four systems behind one state machine.
internal import Support
internal import Model

/// The settings of a retry budget.
package enum RetryBudget: Hashable, Sendable {
  /// gRPC A6: tokens start at `maximum`, a retryable failure takes one, a success gives `ratio`, and a retry needs more
  /// than half the maximum.
  case throttle(maximum: Double, ratio: Double)
  /// Finagle: each request deposits, each retry withdraws 1/ratio deposits, out of a window of `ttl` microseconds in ten
  /// slices; `perSecond` retries are free.
  case ratio(ratio: Double, perSecond: Double, ttl: Int64)
  /// Envoy: retries under way below max(share of the active requests, minimum).
  case concurrency(share: Double, minimum: Int)
  /// AWS SDK: a retry takes `cost` (`timeoutCost` after a timeout, `throttlingCost` after an answer that asked to slow
  /// down) out of `capacity`; a success gives the last cost back, or `refund` where it needed no retry.
  case quota(capacity: Int, cost: Int, timeoutCost: Int, throttlingCost: Int, refund: Int)

  /// The deposit of one request under `ratio`.
  static let deposit: Int64 = 1000
  static let slices = 10

  /// What one retry costs under `ratio`, in deposits of 1000 (Finagle's `withdrawalAmount`, truncated).
  static func withdrawal(ratio: Double) -> Int64 {
    ratio <= 0 ? 1 : max(1, Int64(checked: (Double(deposit) / ratio).rounded(.towardZero)) ?? .max)
  }
}

/// A retry budget's state for one client.
package struct RetryBudgetState: Hashable, Sendable {
  package let budget: RetryBudget
  /// Tokens of `throttle`, capacity of `quota`.
  package private(set) var tokens: Double
  /// Requests under way, for `concurrency`.
  package var active = 0
  /// Retries under way, for `concurrency`.
  package private(set) var activeRetries = 0
  private var slices: [Int64]
  private var slice: Int64 = .min
  private var sum: Int64 = 0

  package init(_ budget: RetryBudget) {
    self.budget = budget
    slices = Array(repeating: 0, count: RetryBudget.slices)
    switch budget {
    case .throttle(let maximum, _): tokens = maximum
    case .quota(let capacity, _, _, _, _): tokens = Double(capacity)
    case .ratio, .concurrency: tokens = 0
    }
  }

  /// A request begins: its deposit, where the law takes one.
  package mutating func request(at time: Int64) {
    active += 1
    guard case .ratio(let ratio, _, let ttl) = budget else { return }
    advance(to: time, ttl: ttl)
    guard ratio > 0 else { return }
    let index = Int(slice % Int64(RetryBudget.slices))
    slices[index < 0 ? index + RetryBudget.slices : index] += RetryBudget.deposit
    sum += RetryBudget.deposit
  }

  /// An attempt failed with a kind the policy retries.
  package mutating func failed(at time: Int64) {
    if case .throttle = budget { tokens = max(tokens - 1, 0) }
  }

  /// A request ends. `lastCost` is what its last retry took, nil where it needed none.
  package mutating func ended(succeeded: Bool, retries: Int, lastCost: Int?) {
    active = max(active - 1, 0)
    activeRetries = max(activeRetries - retries, 0)
    guard succeeded else { return }
    switch budget {
    case .throttle(let maximum, let ratio): tokens = min(tokens + ratio, maximum)
    case .quota(let capacity, _, _, _, let refund):
      tokens = min(tokens + Double(lastCost ?? refund), Double(capacity))
    case .ratio, .concurrency: break
    }
  }

  /// Whether a retry may be made now; takes its cost where it may.
  ///
  /// - Returns: what it cost, nil where it was refused.
  package mutating func takeRetry(at time: Int64, failure code: UInt8) -> Int? {
    switch budget {
    case .throttle(let maximum, _): return tokens > maximum / 2 ? 0 : nil
    case .ratio(let ratio, let perSecond, let ttl):
      advance(to: time, ttl: ttl)
      let cost = RetryBudget.withdrawal(ratio: ratio)
      let reserve = Int64(checked: perSecond * Double(ttl) / 1e6 * Double(cost)) ?? .max
      guard sum.addingSaturated(reserve) >= cost else { return nil }
      let index = Int(slice % Int64(RetryBudget.slices))
      slices[index < 0 ? index + RetryBudget.slices : index] -= cost
      sum -= cost
      return Int(cost)
    case .concurrency(let share, let minimum):
      guard Double(activeRetries) < max(share * Double(active), Double(minimum)) else { return nil }
      activeRetries += 1
      return 0
    case .quota(_, let cost, let timeoutCost, let throttlingCost, _):
      let asked =
        switch code {
        case FailureKind.timeout.rawValue: timeoutCost
        case FailureKind.insufficientResources.rawValue: throttlingCost
        default: cost
        }
      guard tokens >= Double(asked) else { return nil }
      tokens -= Double(asked)
      return asked
    }
  }

  /// How many retries may be under way at once under `concurrency` with this many active requests (Envoy truncates).
  package static func concurrencyLimit(share: Double, minimum: Int, active: Int) -> Int {
    max(Int(checked: (share * Double(active)).rounded(.towardZero)) ?? .max, minimum)
  }

  private mutating func advance(to time: Int64, ttl: Int64) {
    let length = max(ttl / Int64(RetryBudget.slices), 1)
    let now = time >= 0 ? time / length : (time - length + 1) / length
    if slice == .min { slice = now }
    guard now > slice else { return }
    let steps = min(now - slice, Int64(RetryBudget.slices))
    for step in 1...steps {
      let raw = Int((slice + step) % Int64(RetryBudget.slices))
      let index = raw < 0 ? raw + RetryBudget.slices : raw
      sum -= slices[index]
      slices[index] = 0
    }
    slice = now
  }
}

extension Int {
  /// A number as an integer: nil for NaN, infinities and what does not fit.
  init?(checked value: Double) {
    guard let wide = Int64(checked: value) else { return nil }
    self.init(exactly: wide)
  }
}
