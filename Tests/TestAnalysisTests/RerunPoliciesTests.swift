// The rerun formulae against published runs, and against a generated world.

import Foundation
import Model
import Simulation
import TestAnalysis
import TestSupport
import Testing

struct RerunPoliciesTests {
  @Test("P(green) of three projects to three decimals", .enabled(if: Corpus.isAvailable))
  func anchors() throws {
    let path = Corpus.path("test-reports/_history/flakeflagger_test_results.csv")
    var rates: [String: [Double]] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count >= 8, let failing = Double(cells[cells.count - 5]), let passing = Double(cells[cells.count - 4])
      else { continue }
      // A test that never passed is broken: no rerun policy is about it.
      if passing > 0 { rates[String(cells[0]), default: []].append(failing / (failing + passing)) }
    }
    let anchors = [
      "wro4j-wro4j": [0.308, 0.854, 0.976, 0.996], "qos-ch-logback": [0.591, 0.853, 0.944, 0.979],
      "apache-incubator-dubbo": [0.111, 0.217, 0.307, 0.387],
    ]
    for (project, expected) in anchors {
      let known = try #require(rates[project])
      for (reruns, value) in expected.enumerated() {
        let green = RerunPolicies.green(rates: known, reruns: reruns)
        #expect(abs(green - value) < 0.0005, "\(project) r=\(reruns): \(green)")
      }
    }
  }

  @Test("cost is the sum of the reruns that failures call for")
  func cost() {
    let cost = RerunPolicies.cost([(0.5, 100), (0.1, 10)], reruns: 2)
    #expect(abs(cost - 76.1) < 1e-9)
    #expect(RerunPolicies.cost([(0.5, 100)], reruns: 0) == 0)
  }

  @Test("attempts that were never made leave bounds, not a number")
  func censored() throws {
    var texts: [String: String] = [:]
    for build in 1...4 {
      texts["b\(build)/r.xml"] = NightReading.junit(
        [("t", build == 2 ? "F" : "P")], revision: "rev\(build)", time: "2026-01-0\(build)T00:00:00Z")
    }
    let policies = NightReading.conclude(NightReading.partial(texts)).findings.rerunPolicies
    #expect(policies.map(\.reruns) == [0, 1, 2, 3])
    // Three of four builds were green: the belief lies near, and says how unsure it is.
    let green = policies[0].green
    #expect(abs((green.value ?? 0) - 0.75) < 0.15)
    #expect(green.low < 0.6 && green.high > 0.9)
    let none = Estimate(exact: 0)
    let bounds = Estimate(nil, low: 0, high: 1)
    #expect(policies[0].buildsTurnedGreen == none)
    #expect(policies[1].buildsTurnedGreen == bounds)
  }
}

struct RerunIntervalTests {
  /// Nights of builds with three flaky tests among twelve, on two configurations, without reruns.
  private func policies(seed: UInt64, builds: Int) -> (findings: TestFindings, green: Double) {
    var random = WorldRandom(seed: seed, stream: "rerun intervals")
    let rates = (0..<3).map { _ in random.uniform(0.03, 0.2) }
    var texts: [String: String] = [:]
    for build in 1...builds {
      for system in ["linux", "windows"] {
        let cases = (0..<12).map { test -> (test: String, outcome: Character) in
          // The third is flaky on one system only.
          let isFlaky = test < 2 || test == 2 && system == "linux"
          return ("t\(test)", isFlaky && random.chance(rates[test]) ? "F" : "P")
        }
        let minute = build < 10 ? "0\(build)" : "\(build)"
        texts["b\(build)/\(system)/r.xml"] = NightReading.junit(
          cases, revision: "rev\(build)", time: "2026-01-01T00:\(minute):00Z")
      }
    }
    let alone = (1 - rates[0]) * (1 - rates[1])
    return (NightReading.conclude(NightReading.partial(texts)).findings, alone * alone * (1 - rates[2]))
  }

  @Test(
    "the interval of P(green) holds the truth eight times in ten even of few builds, and is no wider with more builds")
  func coverage() {
    var (held, tried) = (0, 0)
    var error = 0.0
    var widths = [0.0, 0.0]
    for seed in 0..<12 as Range<UInt64> {
      for (i, builds) in [12, 36].enumerated() {
        let (findings, truth) = policies(seed: seed, builds: builds)
        // Where nothing failed at all there is nothing to rerun.
        guard let green = findings.rerunPolicies.first?.green else { continue }
        tried += 1
        if green.low <= truth, truth <= green.high { held += 1 }
        error += abs((green.value ?? 0) - truth)
        widths[i] += green.high - green.low
      }
    }
    // Builds are few, and what fails for the first time in the last of them is taken for a regression.
    #expect(tried >= 18 && held * 10 >= tried * 8, "\(held) of \(tried)")
    #expect(error / Double(tried) < 0.08)
    #expect(widths[1] < 0.8 * widths[0])
  }
}

struct CIWorldTests {
  private func share(_ found: Set<String>, of truth: Set<String>) -> Double {
    truth.isEmpty ? 1 : Double(found.intersection(truth).count) / Double(truth.count)
  }

  private func check(_ findings: TestFindings, new: Set<String>, _ truth: CITruth, _ label: String) {
    let flaky = Set(findings.flaky.map(\.line.test.text))
    let planted = Set(truth.flaky.filter { $0.failures >= 2 }.map(\.test))
    let all = Set(truth.flaky.map(\.test))
    let broken = Set(truth.regressions.map(\.test))
    let recall = share(flaky, of: planted)
    let precision = flaky.isEmpty ? 1 : Double(flaky.intersection(all).count) / Double(flaky.count)
    print("CI \(label): flaky recall \(recall), precision \(precision), newly failing \(findings.newlyFailing.count)")
    #expect(recall >= 0.9)
    #expect(precision >= 0.95)
    #expect(flaky.isDisjoint(with: broken))
    #expect(share(new, of: broken) == 1)
  }

  /// The share of clustered tests that belong to their cluster's most frequent planted group.
  private func purity(_ findings: TestFindings, _ truth: CITruth) -> Double {
    var groupOf: [String: String] = [:]
    for cluster in truth.clusters { for test in cluster.tests { groupOf[test] = cluster.message } }
    for test in truth.outage?.tests ?? [] where groupOf[test] == nil { groupOf[test] = "outage" }
    var good = 0
    var total = 0
    for cluster in findings.clusters where cluster.basis != .declared {
      var counts: [String: Int] = [:]
      for test in cluster.tests.map(\.text) { counts[groupOf[test] ?? test, default: 0] += 1 }
      // A test of another group may have been struck by the outage too.
      if cluster.signature.text.contains("refused") {
        counts["outage"] = cluster.tests.count { truth.outage?.tests.contains($0.text) ?? false }
      }
      good += counts.values.max() ?? 0
      total += cluster.tests.count
    }
    return total == 0 ? 0 : Double(good) / Double(total)
  }

  @Test(
    "thirty nights read at once: flaky, broken, clustered and the worth of reruns",
    arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func whole(seed: UInt64) throws {
    var world = CIWorld(CISpec(seed: seed))
    var writer = MemoryWriter()
    let truth = try world.write(to: &writer)
    let conclusion = NightReading.conclude(NightReading.partial(writer.members))
    let findings = conclusion.findings
    #expect(findings.files.reduce(0) { $0 + $1.cases } == truth.cases)
    check(findings, new: Set(findings.newlyFailing.map(\.line.test.text)), truth, "seed \(seed)")
    let pure = purity(findings, truth)
    print("CI seed \(seed): purity \(pure) over \(findings.clusters.count) clusters")
    #expect(pure >= 0.95)
    for cluster in truth.clusters where cluster.occurrences > 0 {
      #expect(findings.clusters.contains { Set($0.tests.map(\.text)) == Set(cluster.tests) })
    }
    for policy in findings.rerunPolicies {
      let observed = try #require(policy.observedGreen)
      print(
        "CI seed \(seed) r=\(policy.reruns): green \(policy.green) clustered \(policy.greenClustered) observed \(observed)"
      )
      // The interval meets what was seen, as far as chance goes with so many builds (three deviations); where nobody reran,
      // what was seen is itself an interval.
      let spread = 3 * (0.25 / Double(max(policy.testedBuilds, 1))).squareRoot()
      #expect(
        observed.low <= policy.greenClustered.high + spread && policy.greenClustered.low - spread <= observed.high)
    }
    #expect(conclusion.incidents.contains { $0.kind == .testFailureCluster })
    #expect(conclusion.incidents.contains { $0.kind == .testRegression })
  }

  @Test("night by night through the history")
  func nightly() throws {
    var world = CIWorld(CISpec(seed: 5))
    var writer = MemoryWriter()
    let truth = try world.write(to: &writer)
    var history = TestHistory()
    var last = TestFindings()
    var new: Set<String> = []
    for night in 0..<30 {
      let date = world.date(night)
      let members = writer.members.filter { $0.path.hasPrefix(date) }
      let conclusion = NightReading.conclude(NightReading.partial(members), history: history, date: date)
      history.nights.append(conclusion.night)
      last = conclusion.findings
      new.formUnion(last.newlyFailing.map(\.line.test.text))
    }
    check(last, new: new, truth, "night by night")
  }
}
