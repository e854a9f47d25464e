// Delay laws against the printed numbers of the systems they are taken from.
import Model
import Policies
import Support
import Testing

/// The first delays of a law at one u, microseconds.
func delays(_ backoff: Backoff, _ count: Int, u: Double) -> [Int64] {
  var memory = Backoff.Memory()
  return (1...count).map { backoff.delay($0, u: u, memory: &memory) }
}

@Test("Polly: constant ±25 %, linear, and decorrelated V2 give its tests' numbers")
func pollyDelays() {
  let constant = Backoff(.fixed(1_000_000), jitter: Preset.pollyJitter)
  #expect([0, 0.4, 0.6, 1].map { delays(constant, 1, u: $0)[0] } == [750_000, 950_000, 1_050_000, 1_250_000])
  let linear = Backoff(.linear(base: 1_000_000, step: 1_000_000), jitter: Preset.pollyJitter)
  #expect([0, 0.4, 0.6, 1].map { delays(linear, 3, u: $0)[2] } == [2_250_000, 2_850_000, 3_150_000, 3_750_000])
  let v2 = Backoff(.fixed(1_000_000), jitter: .decorrelatedV2)
  let golden: [(Double, [Int64])] = [
    (0, [0, 1_377_182, 1_460_067, 2_865_850, 5_717_807, 11_430_272]),
    (0.25, [646_924, 1_013_570, 1_720_438, 3_404_510, 6_798_370, 13_592_378]),
    (0.5, [897_405, 1_093_004, 2_035_748, 4_045_979, 8_083_632, 16_163_663]),
    (0.75, [1_128_360, 1_250_132, 2_414_001, 4_809_443, 9_612_264, 19_221_529]),
    (1, [1_377_182, 1_460_067, 2_865_850, 5_717_807, 11_430_272, 22_858_027]),
  ]
  for (u, expected) in golden { #expect(delays(v2, 6, u: u) == expected) }
  let capped = Backoff(.fixed(1_000_000), jitter: .decorrelatedV2, maximum: 3_000_000)
  // The curve goes on below the cap.
  #expect(delays(capped, 6, u: 0.5) == [897_405, 1_093_004, 2_035_748, 3_000_000, 3_000_000, 3_000_000])
}

@Test("resilience4j: each step truncates to whole milliseconds, and the cap comes after the jitter")
func resilience4jDelays() {
  #expect(
    delays(Preset.resilience4jBackoff, 8, u: 0).map { $0 / 1000 } == [500, 750, 1125, 1687, 2530, 3795, 5692, 8538])
  let hundred = Backoff(.truncatedExponential(base: 100_000, factor: 2, unit: 1000), maximum: 100_000_000)
  #expect(
    delays(hundred, 13, u: 0).map { $0 / 1000 } == [
      100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 100_000, 100_000, 100_000,
    ])
  let randomized = Backoff(.fixed(500_000), jitter: .randomizedMilliseconds(share: 0.5))
  #expect(delays(randomized, 1, u: 0)[0] == 250_000)
  #expect(delays(randomized, 1, u: 0.999_999)[0] == 750_000)
  let small = Backoff(.fixed(100_000), jitter: .randomizedMilliseconds(share: 0.5))
  #expect(delays(small, 1, u: 0)[0] == 50_000)
  #expect(delays(small, 1, u: 0.999_999)[0] == 150_000)
}

@Test("gRPC, AWS, Envoy and Temporal: bounds of the first delays")
func otherDelays() throws {
  let grpc: [(Int64, Int64)] = [
    (80_000, 120_000), (160_000, 240_000), (320_000, 480_000), (640_000, 960_000), (800_000, 1_200_000),
  ]
  for (k, bounds) in grpc.enumerated() {
    // The cap of gRPC is on the envelope: with its jitter a delay may exceed it.
    var uncapped = Preset.grpcBackoff
    uncapped.maximum = nil
    let envelope = min(uncapped.envelope(k + 1), 1_000_000)
    #expect(Int64(Double(envelope) * 0.8) == bounds.0)
    #expect(Int64(Double(envelope) * 1.2) == bounds.1)
    var memory = Backoff.Memory()
    #expect(Preset.grpcBackoff.delay(k + 1, u: 0, memory: &memory) == bounds.0)
    #expect(Preset.grpcBackoff.delay(k + 1, u: 1, memory: &memory) == bounds.1)
  }
  #expect(delays(Preset.awsThrottledBackoff, 7, u: 1).map { $0 / 1_000_000 } == [1, 2, 4, 8, 16, 20, 20])
  #expect(
    delays(Preset.awsBackoff, 11, u: 1).map { $0 / 1000 } == [
      50, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 20000, 20000,
    ])
  let aws = try #require(Preset.awsStandard.policy.retry)
  var (plain, throttled) = (RetryPolicy.Run(), RetryPolicy.Run())
  #expect(
    aws.decide(&plain, failure: FailureKind.unavailable.rawValue, elapsed: 0, u: 0.5) == .retry(after: 25_000))
  #expect(
    aws.decide(&throttled, failure: FailureKind.insufficientResources.rawValue, elapsed: 0, u: 0.5)
      == .retry(after: 500_000))
  #expect(RetryPolicy.wait(own: 50_000, asked: 1_500_000, Preset.awsServerWait) == 1_500_000)
  #expect(RetryPolicy.wait(own: 50_000, asked: 10_000_000, Preset.awsServerWait) == 5_050_000)
  #expect((1...5).map { Preset.envoyBackoff.envelope($0) / 1000 } == [25, 75, 175, 250, 250])
  #expect(
    delays(Preset.temporalBackoff, 10, u: 0).map { $0 / 1_000_000 } == [1, 2, 4, 8, 16, 32, 64, 100, 100, 100])
  #expect(grpcAttempts(9) == 5)
}

@Test("shifts that lose bits gave no delay at all; the product saturates at the cap")
func shiftedDelays() {
  let f049 = Backoff(.exponential(base: 1_000_000, factor: 2), maximum: 60_000_000)
  #expect(delays(f049, 8, u: 0).map { $0 / 1_000_000 } == [1, 2, 4, 8, 16, 32, 60, 60])
  #expect(delays(Backoff(.fixed(5_000_000)), 3, u: 0) == [5_000_000, 5_000_000, 5_000_000])
  // As written: seconds << attempt, losing high bits.
  let asWritten = { (base: UInt64, attempt: UInt64) in min(base << attempt, 100) }
  #expect(asWritten(2, 63) == 0)
  #expect(asWritten(60, 62) == 0)
  let two = Backoff(.exponential(base: 2_000_000, factor: 2), maximum: 100_000_000)
  let sixty = Backoff(.exponential(base: 60_000_000, factor: 2), maximum: 100_000_000)
  #expect(two.envelope(64) == 100_000_000)
  #expect(sixty.envelope(63) == 100_000_000)
  #expect(Backoff(.exponential(base: 1_000_000, factor: 2)).envelope(4000) == .max)
}

@Test("every jitter stays inside its envelope and is drawn in steps below a second")
func jitters() {
  let base = Backoff(.exponential(base: 200_000, factor: 2), maximum: 5_000_000)
  for jitter in [Backoff.Jitter.full, .equal, .decorrelated, .proportional(below: 0.1, above: 0.1)] {
    var law = base
    law.jitter = jitter
    var random = SplitMix64(seed: 7)
    var memory = Backoff.Memory()
    var seen: Set<Int64> = []
    for k in 1...50 {
      let delay = law.delay(k, u: random.unit(), memory: &memory)
      #expect(delay >= 0 && delay <= 5_500_000)
      seen.insert(delay)
    }
    #expect(seen.count > 20)
  }
  let equal = Backoff(.fixed(1_000_000), jitter: .equal)
  #expect(delays(equal, 1, u: 0)[0] == 500_000)
  #expect(equal.fraction(of: 750_000, retry: 1, previous: nil) == 0.5)
  let decorrelated = Backoff(.exponential(base: 100_000, factor: 2), jitter: .decorrelated, maximum: 1_000_000)
  #expect(delays(decorrelated, 4, u: 1) == [300_000, 900_000, 1_000_000, 1_000_000])
}
