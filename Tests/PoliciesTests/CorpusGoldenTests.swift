// The research's golden numbers, read from its own files.
import Foundation
import Model
import Policies
import Simulation
import Support
import TestSupport
import Testing

private let unavailable = FailureKind.unavailable.rawValue

/// The golden files beside the corpus.
private enum Goldens {
  static let folder = Corpus.path("../research/policies")

  static var isAvailable: Bool {
    guard Corpus.isAvailable else { return false }
    let exists = FileManager.default.fileExists(atPath: folder + "/goldens.json")
    if !exists { print("SKIPPED golden numbers of policies: there is no \(folder)/goldens.json") }
    return exists
  }

  /// Python writes NaN, which is no JSON: it is read as null.
  static func read(_ name: String) throws -> JSONValue {
    let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    return try JSONParser.parse(text.replacingOccurrences(of: "NaN", with: "null"))
  }
}

private func numbers(_ value: JSONValue?) -> [Double] { (value?.elements ?? []).compactMap(\.number) }

private func agrees(_ value: Double, _ golden: Double, digits: Double = 5e-7) -> Bool { abs(value - golden) <= digits }

@Suite("Golden numbers of the research", .enabled(if: Goldens.isAvailable))
struct CorpusGoldenTests {
  @Test("goldens.json: delay laws of Polly, resilience4j, gRPC, the AWS SDK, Envoy and Temporal")
  func delayLaws() throws {
    let golden = try Goldens.read("goldens.json")
    let polly = try #require(golden["polly_v2_base1s"]?.pairs)
    #expect(polly.count == 5)
    for (u, expected) in polly {
      let mine = delays(
        Backoff(.fixed(1_000_000), jitter: .decorrelatedV2), numbers(expected).count, u: Double(u) ?? .nan)
      for (a, b) in zip(mine, numbers(expected)) { #expect(agrees(Double(a) / 1e6, b)) }
    }
    func expect(_ backoff: Backoff, _ key: String, unit: Double, u: Double = 1) throws {
      let expected = numbers(golden[key])
      try #require(!expected.isEmpty, "\(key) is missing")
      for (mine, wanted) in zip(delays(backoff, expected.count, u: u), expected) {
        #expect(agrees(Double(mine) / unit, wanted), "\(key)")
      }
    }
    try expect(Preset.resilience4jBackoff, "r4j_exponential_default_ms", unit: 1000)
    try expect(
      Backoff(.truncatedExponential(base: 100_000, factor: 2, unit: 1000), maximum: 100_000_000),
      "r4j_exp_100_x2_cap100000", unit: 1000)
    try expect(Preset.awsThrottledBackoff, "botocore_legacy_standard_cap(rand=1)", unit: 1e6)
    try expect(Preset.awsBackoff, "botocore_v2_cap(rand=1)", unit: 1e6)
    try expect(Preset.temporalBackoff, "temporal_default_s", unit: 1e6)
    try expect(Preset.envoyBackoff, "envoy_full_jitter_upper_ms base25 (seen code (2^n-1)*base, cap 250)", unit: 1000)
    let bounds = try #require(golden["grpc_backoff_bounds_0.1s_x2_max1s"]?.elements)
    for (k, pair) in bounds.enumerated() {
      var memory = Backoff.Memory()
      for (u, wanted) in zip([0.0, 1], numbers(pair)) {
        #expect(agrees(Double(Preset.grpcBackoff.delay(k + 1, u: u, memory: &memory)) / 1e6, wanted))
      }
    }
  }

  @Test("goldens.json: budgets and throttles of gRPC, Finagle, Envoy, the SRE book and the AWS SDK")
  func budgets() throws {
    let golden = try Goldens.read("goldens.json")
    let failing = try #require(golden["grpc_throttle_10_0.1_all_fail"]?.elements)
    var tokens = RetryBudgetState(.throttle(maximum: 10, ratio: 0.1))
    for row in failing {
      tokens.failed(at: 0)
      #expect(tokens.tokens == row.elements?.first?.number)
      let isGiven = tokens.takeRetry(at: 0, failure: unavailable) != nil
      #expect(isGiven == row.elements?.last?.truth)
    }
    let finagle = try #require(golden["finagle retries allowed frozen clock"]?.pairs)
    #expect(finagle.count == 4)
    for (key, wanted) in finagle {
      let parts = Dictionary(
        uniqueKeysWithValues: key.split(separator: ",").map { part in
          let sides = part.split(separator: "=")
          return (String(sides[0]), Double(sides[1]) ?? .nan)
        })
      var state = RetryBudgetState(
        .ratio(
          ratio: parts["pct"] ?? .nan, perSecond: parts["min"] ?? .nan, ttl: Int64((parts["ttl"] ?? 0) * 1_000_000)))
      for _ in 0..<Int(parts["n"] ?? 0) { state.request(at: 5) }
      var retries = 0
      while state.takeRetry(at: 5, failure: unavailable) != nil { retries += 1 }
      #expect(Double(retries) == wanted.number)
    }
    for (active, wanted) in try #require(golden["envoy_retry_budget max(20% of active,3)"]?.pairs) {
      let limit = RetryBudgetState.concurrencyLimit(share: 0.2, minimum: 3, active: Int(active) ?? -1)
      #expect(Double(limit) == wanted.number)
    }
    for (key, wanted) in try #require(golden["sre_K2"]?.pairs) {
      let counts = key.split(separator: ",").compactMap { Double($0) }
      let p = ClientThrottle.siteReliability(factor: 2).rejection(requests: counts[0], accepted: counts[1])
      #expect(agrees(p, wanted.number ?? .nan))
    }
    let envoy = try #require(golden["envoy_admission(thr .95,aggr 1) n=100,s=80"]?.number)
    #expect(agrees(ClientThrottle.envoy(threshold: 0.95, aggression: 1).rejection(requests: 100, accepted: 80), envoy))
    let quota = try #require(golden["botocore_quota"]?.pairs)
    let laws: [(String, Int, FailureKind)] = [
      ("legacy: consecutive 5-token retries before empty (500)", 5, .unavailable), ("timeout 10", 5, .timeout),
      ("v2.1 14", 14, .unavailable), ("throttling 5", 5, .insufficientResources),
    ]
    for (key, cost, kind) in laws {
      var state = RetryBudgetState(.quota(capacity: 500, cost: cost, timeoutCost: 10, throttlingCost: cost, refund: 1))
      var retries = 0
      while state.takeRetry(at: 0, failure: kind.rawValue) != nil { retries += 1 }
      #expect(Double(retries) == quota[key]?.number, "\(key)")
    }
    for (maximum, key) in [(10.0, "cubic k(w_max=10)"), (8, "cubic k(8)")] {
      let wanted = try #require(golden[key]?.number)
      // goldens.json and anchors.md print the last two digits of k(8) differently.
      #expect(agrees(AdaptiveRate.window(maximum: maximum), wanted, digits: 1e-14))
    }
  }

  @Test("goldens.json: restart windows of Erlang/OTP and systemd")
  func restarts() throws {
    let golden = try Goldens.read("goldens.json")
    for (key, intensity, period) in [("otp intensity1 period5", 1, 5), ("otp 3/10", 3, 10)] {
      for (times, verdicts) in try #require(golden[key]?.pairs) {
        var supervisor = Supervisor(
          SupervisionSettings(
            maxRestarts: intensity, period: Int64(period) * 1_000_000, window: .slidingInclusive, backoff: .immediate,
            children: [SupervisionSettings.Child(id: "a")]))
        let seconds = numbers(try JSONParser.parse(times))
        #expect(!seconds.isEmpty)
        let mine = seconds.map { time in
          let actions = supervisor.exited("a", .error, at: Int64(time) * 1_000_000)
          return actions.contains { if case .escalate = $0 { true } else { false } } ? "terminate" : "ok"
        }
        #expect(mine == verdicts.elements?.compactMap(\.text))
      }
    }
    var window = FixedStartWindow(interval: 10_000_000, burst: 5)
    var mine: [Bool] = []
    for time in 1...7 { mine.append(window.admits(at: Int64(time) * 1_000_000)) }
    #expect(mine == golden["systemd 10s/5 starts at 1..7s"]?.elements?.compactMap(\.truth))
    var edge: [Bool] = []
    for time in [11_000_000, 11_001_000] as [Int64] { edge.append(window.admits(at: time)) }
    #expect(edge == golden["systemd boundary 11 vs 11.001"]?.elements?.compactMap(\.truth))
  }

  @Test("km_golden.json: Kaplan and Meier's survival with Greenwood's errors")
  func kaplanMeier() throws {
    let golden = try Goldens.read("km_golden.json")
    let example = try #require(golden["recovery_s_example"])
    let data = (example["data"]?.elements ?? []).map { (time: numbers($0)[0], ended: numbers($0)[1] == 1) }
    let remission: [(Double, Bool)] =
      [(6, true), (6, true), (6, true), (6, false), (7, true), (9, false), (10, true), (10, false), (11, false)]
      + [(13, true), (16, true), (17, false), (19, false), (20, false), (22, true), (23, true), (25, false)]
      + [(32, false), (32, false), (34, false), (35, false)]
    for (sample, rows) in [
      (data, example["km"]?.elements), (remission.map { (time: $0.0, ended: $0.1) }, golden["6MP"]?.elements),
    ] {
      let wanted = try #require(rows)
      let steps = Survival(sample).steps
      #expect(steps.count == wanted.count)
      for (step, row) in zip(steps, wanted) {
        let row = row.elements ?? []
        #expect(step.time == row[0].number && Double(step.atRisk) == row[1].number)
        #expect(Double(step.events) == row[2].number && agrees(step.survival, row[3].number ?? .nan))
        // Where nobody survives there is no error.
        #expect(row[4].number.map { agrees(step.standardError, $0) } ?? step.standardError.isNaN)
      }
    }
  }

  @Test("aws_backoff.json: times and calls of contending clients within four standard errors, up to forty clients")
  func contention() throws {
    let rows = try #require(try Goldens.read("aws_backoff.json")["rows"]?.elements)
    var judged = 0
    for row in rows {
      guard let clients = row["clients"]?.integer, clients <= 40, let name = row["algorithm"]?.text,
        let time = row["time_mean"]?.number, let timeError = row["time_se"]?.number,
        let calls = row["calls_mean"]?.number, let callsError = row["calls_se"]?.number
      else { continue }
      let law = try #require(BackoffContention.laws.first { $0.name == name })
      let mine = BackoffContention.trials(100, clients: Int(clients), backoff: law.backoff, seed: 1)
      let timeSpread = (timeError * timeError + mine.time.error * mine.time.error).squareRoot()
      let callSpread = (callsError * callsError + mine.calls.error * mine.calls.error).squareRoot()
      #expect(abs(mine.time.mean - time) < 4 * timeSpread, "\(name), \(clients) clients: time")
      #expect(abs(mine.calls.mean - calls) < 4 * callSpread, "\(name), \(clients) clients: calls")
      judged += 1
    }
    #expect(judged == 20)
  }
}
