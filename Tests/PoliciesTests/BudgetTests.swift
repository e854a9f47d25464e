// Retry budgets and client throttles against the numbers of the systems they come from.
import Model
import Policies
import Testing

private let unavailable = FailureKind.unavailable.rawValue

private func digits(_ value: Double, _ count: Int) -> Double {
  let scale = (0..<count).reduce(1.0) { product, _ in product * 10 }
  return (value * scale).rounded() / scale
}

@Test("gRPC throttle: all failing from 10 tokens, retries while more than half are left")
func grpcAllFail() {
  var state = RetryBudgetState(.throttle(maximum: 10, ratio: 0.1))
  var rows: [(Double, Bool)] = []
  for time in 0..<6 {
    state.failed(at: Int64(time))
    rows.append((state.tokens, state.takeRetry(at: Int64(time), failure: unavailable) != nil))
  }
  #expect(rows.map(\.0) == [9, 8, 7, 6, 5, 4])
  #expect(rows.map(\.1) == [true, true, true, true, false, false])
}

@Test("gRPC-Go's TestRetryThrottling: tokens after each call, recomputed by the rule")
func grpcGoTokens() {
  var state = RetryBudgetState(.throttle(maximum: 10, ratio: 0.5))
  // Calls of the test: failing ones are retried while tokens allow, then succeed.
  var tokens: [Double] = []
  func call(_ failures: Int) {
    var left = failures
    while true {
      if left == 0 {
        state.ended(succeeded: true, retries: 0, lastCost: nil)
        break
      }
      left -= 1
      state.failed(at: 0)
      guard state.takeRetry(at: 0, failure: unavailable) != nil else { break }
    }
    tokens.append(state.tokens)
  }
  #expect(state.tokens == 10)
  tokens.append(state.tokens)
  call(2)  // two failures, then a success: 10 - 2 + .5
  #expect(tokens == [10, 8.5])
  call(2)
  #expect(tokens.last == 7)
  call(10)  // retried at 6, aborted at 5
  #expect(tokens.last == 5)
  call(1)
  #expect(tokens.last == 4)
  for expected in [4.5, 5, 5.5, 6, 6.5] {
    call(0)
    #expect(tokens.last == expected)
  }
  state.failed(at: 0)
  state.ended(succeeded: true, retries: 0, lastCost: nil)
  #expect(state.tokens == 6)
  state.failed(at: 0)
  #expect(state.tokens == 5)
  // The share of failures at which tokens neither grow nor shrink.
  #expect(0.1 / 1.1 == 0.09090909090909091)
}

@Test("Finagle: retries allowed for 10,000 requests under a frozen clock")
func finagleBudget() {
  let golden: [(RetryBudget, Int)] = [
    (.ratio(ratio: 0.2, perSecond: 10, ttl: 10_000_000), 2100),
    (.ratio(ratio: 0.1, perSecond: 0, ttl: 60_000_000), 1000),
    (.ratio(ratio: 0.75, perSecond: 0, ttl: 60_000_000), 7501),
    (.ratio(ratio: 0.1, perSecond: 10, ttl: 1_000_000), 1010),
  ]
  for (budget, expected) in golden {
    var state = RetryBudgetState(budget)
    for _ in 0..<10_000 { state.request(at: 5) }
    var retries = 0
    while state.takeRetry(at: 5, failure: unavailable) != nil { retries += 1 }
    #expect(retries == expected)
    // When the window has passed, the deposits are gone and the debt with them.
    var later = RetryBudgetState(budget)
    for _ in 0..<10_000 { later.request(at: 5) }
    var rest = 0
    while later.takeRetry(at: 200_000_000, failure: unavailable) != nil { rest += 1 }
    #expect(rest < expected / 5)
  }
}

@Test("Envoy: retries under way against max(20 % of the active, 3), and its admission control")
func envoyBudget() {
  #expect(
    [0, 10, 15, 20, 100].map { RetryBudgetState.concurrencyLimit(share: 0.2, minimum: 3, active: $0) } == [
      3, 3, 3, 4, 20,
    ])
  var state = RetryBudgetState(.concurrency(share: 0.2, minimum: 3))
  for _ in 0..<20 { state.request(at: 0) }
  var admitted: [Bool] = []
  for _ in 0..<5 { admitted.append(state.takeRetry(at: 0, failure: unavailable) != nil) }
  #expect(admitted == [true, true, true, true, false])
  state.ended(succeeded: true, retries: 2, lastCost: 0)
  let again = state.takeRetry(at: 0, failure: unavailable)
  #expect(again != nil)
  #expect(
    digits(ClientThrottle.envoy(threshold: 0.95, aggression: 1).rejection(requests: 100, accepted: 80), 6) == 0.156331)
}

@Test("AWS quota: costs, refunds, and how many retries empty it")
func awsQuota() throws {
  func emptied(_ cost: Int, _ kind: FailureKind) -> Int {
    var state = RetryBudgetState(.quota(capacity: 500, cost: cost, timeoutCost: 10, throttlingCost: cost, refund: 1))
    var retries = 0
    while state.takeRetry(at: 0, failure: kind.rawValue) != nil { retries += 1 }
    return retries
  }
  #expect(emptied(5, .unavailable) == 100)
  #expect(emptied(5, .timeout) == 50)
  #expect(emptied(14, .unavailable) == 35)
  var state = RetryBudgetState(.quota(capacity: 500, cost: 14, timeoutCost: 14, throttlingCost: 14, refund: 1))
  let cost = state.takeRetry(at: 0, failure: unavailable)
  #expect(state.tokens == 486)
  var refunded = state
  refunded.ended(succeeded: true, retries: 1, lastCost: cost)
  #expect(refunded.tokens == 500)
  state.ended(succeeded: true, retries: 0, lastCost: nil)
  #expect(state.tokens == 487)
  // The preset's: 14 for a retry, 5 after a throttling answer.
  var preset = RetryBudgetState(try #require(Preset.awsStandard.policy.budget))
  #expect(preset.takeRetry(at: 0, failure: unavailable) == 14)
  #expect(preset.takeRetry(at: 0, failure: FailureKind.insufficientResources.rawValue) == 5)
}

@Test("AWS adaptive: the cubic's window and what a throttling leaves")
func awsAdaptive() {
  #expect(AdaptiveRate.window(maximum: 10) == 1.9574338205844317)
  // The two files print the last digits of k(8) as 8397 and 8394: both round to the same fifteen.
  #expect(digits(AdaptiveRate.window(maximum: 8), 15) == digits(1.8171205928321397, 15))
  #expect(digits(8 * AdaptiveRate.beta, 12) == 5.6)
  #expect(digits(AdaptiveRate.cubic(maximum: 10, elapsed: AdaptiveRate.window(maximum: 10)), 9) == 10)
  #expect(digits(AdaptiveRate.cubic(maximum: 10, elapsed: 0), 9) == 7)
  var rate = AdaptiveRate(rate: 8)
  for i in 1...20 { rate.answered(throttled: false, at: Double(i) * 0.125) }
  let before = rate.measured
  rate.answered(throttled: true, at: 2.5625)
  #expect(digits(rate.rate, 9) == digits(max(before * 0.7, 0.5), 9))
  #expect(rate.isEnabled)
}

@Test("SRE throttling: rejection probabilities for K = 2, and a window that forgets")
func sreThrottle() {
  let throttle = ClientThrottle.siteReliability(factor: 2)
  let golden: [(Double, Double, Double)] = [
    (100, 100, 0), (100, 50, 0), (100, 49, 0.019802), (100, 20, 0.594059), (100, 0, 0.990099), (1000, 100, 0.799201),
  ]
  for (requests, accepted, p) in golden {
    #expect(digits(throttle.rejection(requests: requests, accepted: accepted), 6) == p)
  }
  var state = ClientThrottleState(throttle)
  var rejected = 0
  for i in 0..<100 { rejected += state.admits(at: Int64(i) * 1000, u: 0.5) ? 0 : 1 }
  #expect(rejected > 90)
  let later = state.admits(at: 200_000_000, u: 0.5)
  #expect(later)
}

@Test("Independent attempts and layers multiply as in the book")
func amplification() {
  for (p, n, success, attempts) in [
    (0.1, 3, 0.999, 1.11), (0.5, 4, 0.9375, 1.875), (0.9, 4, 0.3439, 3.439), (0.01, 2, 0.9999, 1.01),
  ] {
    var reach = 1.0
    var sum = 0.0
    for _ in 0..<n {
      sum += reach
      reach *= p
    }
    #expect(digits(1 - reach, 9) == success)
    #expect(digits(sum, 9) == attempts)
  }
}
