internal import Support

/// What a generated series of CI nights is made from. Equal specs give equal bytes.
package struct CISpec: Hashable, Sendable {
  package var seed: UInt64
  /// Microseconds since the epoch: the first night begins here; one night per day.
  package var start: Int64 = 1_767_225_600_000_000
  package var nights = 30
  /// Builds per night, each of a revision of its own except that every third repeats the one before.
  package var builds = 4
  /// Cells of a matrix, a folder each below the build's; none where every build is one job.
  package var configurations: [String] = []
  package var suites = 12
  package var testsPerSuite = 20
  package var flakyTests = 10
  package var regressions = 3
  package var setupFailures = 3
  /// Groups of tests that fail together for one reason, now and then.
  package var clusters = 2
  /// Whether one night has an outage of a service that some suites need.
  package var hasOutage = true
  /// Share of builds that rerun failed tests, as Surefire writes it.
  package var rerunShare = 0.5

  package init(seed: UInt64) { self.seed = seed }
}

/// Generates CI nights: JUnit folders of builds with flaky tests, regressions, setup failures, clusters and an outage.
package struct CIWorld {
  package let spec: CISpec
  private var random: WorldRandom
  private var suites: [Suite] = []
  private var truth = CITruth()
  /// Flaky rate, cluster and breaking revision by test.
  private var rates: [TestKey: Double] = [:]
  private var clusterOf: [TestKey: Int] = [:]
  private var brokenSince: [TestKey: (night: Int, build: Int)] = [:]
  private var flakySeen: [TestKey: (failures: Int, sameRevision: Bool)] = [:]

  private struct Suite {
    var className: String
    var tests: [String]
    /// Median seconds of one test.
    var pace: Double
    var service: String
  }

  private struct TestKey: Hashable {
    var suite: Int
    var test: Int
  }

  private static let areas = [
    "cart", "checkout", "catalog", "payments", "orders", "search", "profile", "shipping", "stock", "pricing", "auth",
    "reports", "feeds", "media", "quota", "ledger",
  ]
  private static let verbs = ["adds", "removes", "keeps", "rejects", "returns", "merges", "expires", "sorts", "counts"]
  private static let objects = [
    "oneItem", "twoItems", "emptyInput", "unknownUser", "largeOrder", "oldSession", "duplicate", "nullField", "page",
    "currency", "timezone",
  ]

  package init(_ spec: CISpec) {
    self.spec = spec
    random = WorldRandom(seed: spec.seed, stream: "ci")
    for i in 0..<max(spec.suites, 1) {
      let area = Self.areas[i % Self.areas.count]
      let turn = i / Self.areas.count
      var names: [String] = []
      for j in 0..<max(spec.testsPerSuite, 1) {
        let verb = Self.verbs[j % Self.verbs.count]
        let object = Self.objects[(j / Self.verbs.count + j * 5) % Self.objects.count]
        let name = "\(verb)_\(object)"
        names.append(names.contains(name) ? "\(name)_\(j)" : name)
      }
      let type = area.prefix(1).uppercased() + area.dropFirst()
      suites.append(
        Suite(
          className: "com.example.\(area).\(type)\(turn == 0 ? "" : "\(turn + 1)")Test", tests: names,
          pace: random.uniform(0.01, 0.4), service: ["payments", "stock", "search"][i % 3]))
    }
    plant()
  }

  /// Decides which tests are flaky, which break and when, and which fail together.
  private mutating func plant() {
    var keys: [TestKey] = []
    for s in suites.indices { for t in suites[s].tests.indices { keys.append(TestKey(suite: s, test: t)) } }
    keys = random.shuffled(keys)
    truth.tests = keys.count
    for _ in 0..<min(spec.flakyTests, keys.count / 4) {
      let key = keys.removeLast()
      rates[key] = random.uniform(0.08, 0.35)
    }
    for _ in 0..<min(spec.regressions, keys.count / 4) {
      let key = keys.removeLast()
      brokenSince[key] = (
        random.int(spec.nights / 3...max(spec.nights - 2, spec.nights / 3)), random.int(0...spec.builds - 1)
      )
    }
    for c in 0..<spec.clusters {
      // A cluster lies in two or three suites that share a fixture.
      var members: [TestKey] = []
      for _ in 0..<min(random.int(4...8), keys.count / 4) { members.append(keys.removeLast()) }
      for key in members { clusterOf[key] = c }
      truth.clusters.append(
        CITruth.Cluster(
          message: c % 2 == 0 ? "could not lease a browser from pool" : "fixture database is locked by worker",
          tests: members.map(name), occurrences: 0))
    }
  }

  private func name(_ key: TestKey) -> String {
    suites[key.suite].className + " > " + suites[key.suite].tests[key.test]
  }

  private func revision(_ night: Int, _ build: Int) -> String {
    // Every third build repeats the revision before it.
    let number = night * spec.builds + (build % 3 == 2 ? build - 1 : build)
    return String(hexText(StableHash.combine(spec.seed, UInt64(number) &+ 77)).prefix(12))
  }

  /// The date of a night, `2026-01-01`.
  package func date(_ night: Int) -> String {
    String(Timestamp(spec.start + Int64(night) * 86_400_000_000).rfc3339.prefix(10))
  }

  /// Writes every night in turn as `DATE/build-N/TEST-….xml`, and returns what is true of all.
  package mutating func write<Writer: MemberWriter & ~Copyable>(to writer: inout Writer) throws(WorldFailure) -> CITruth
  {
    for night in 0..<spec.nights { try write(night: night, to: &writer) }
    return conclude()
  }

  /// Writes one night; nights are written in order.
  mutating func write<Writer: MemberWriter & ~Copyable>(night: Int, to writer: inout Writer) throws(WorldFailure) {
    for build in 0..<spec.builds { try write(night: night, build: build, to: &writer) }
  }

  mutating func conclude() -> CITruth {
    truth.flaky = rates.map { key, rate in
      let seen = flakySeen[key] ?? (0, false)
      return CITruth.Flaky(test: name(key), rate: rate, failures: seen.failures, sameRevision: seen.sameRevision)
    }.sorted { $0.test < $1.test }
    truth.regressions = brokenSince.map { key, since in
      CITruth.Regression(test: name(key), revision: revision(since.night, since.build), night: since.night)
    }.sorted { $0.test < $1.test }
    return truth
  }

  private mutating func write<Writer: MemberWriter & ~Copyable>(
    night: Int, build: Int, to writer: inout Writer
  ) throws(WorldFailure) {
    truth.builds += 1
    let reruns = random.chance(spec.rerunShare)
    let begin = spec.start + Int64(night) * 86_400_000_000 + Int64(build) * 1_800_000_000
    let clusterFails = (0..<spec.clusters).map { _ in random.chance(0.12) }
    for (c, fails) in clusterFails.enumerated() where fails { truth.clusters[c].occurrences += 1 }
    // The outage takes one build of a night two thirds in; setup failures are spread over the nights.
    let outage = spec.hasOutage && night == spec.nights * 2 / 3 && build == min(1, spec.builds - 1)
    let setupSuite: Int? =
      (0..<spec.setupFailures).first {
        spec.nights * (2 * $0 + 1) / (2 * max(spec.setupFailures, 1)) == night && build == 0
      }
      .map { ($0 * 5 + 1) % suites.count }
    for configuration in spec.configurations.isEmpty ? [""] : spec.configurations {
      var now = begin
      let folder = "\(date(night))/build-\(build + 1)/" + (configuration.isEmpty ? "" : configuration + "/")
      for s in suites.indices {
        let isDown = outage && suites[s].service == "payments"
        if setupSuite == s {
          truth.setups.append(CITruth.Setup(suite: suites[s].className, night: night, build: build))
        }
        let report = suite(
          s, night: night, build: build, start: now, reruns: reruns, isDown: isDown, setupFails: setupSuite == s,
          clusterFails: clusterFails)
        try writer.member(folder + "TEST-\(suites[s].className).xml", report.bytes)
        now = report.end
      }
    }
  }

  /// How one test ends in one build.
  private enum Ending {
    case passed
    case failed(type: String, message: String)
    case error(type: String, message: String)
    /// Failed, then passed when run again.
    case flaky(message: String)
    case skipped
  }

  private mutating func suite(
    _ s: Int, night: Int, build: Int, start: Int64, reruns: Bool, isDown: Bool, setupFails: Bool, clusterFails: [Bool]
  ) -> (bytes: [UInt8], end: Int64) {
    let suite = suites[s]
    var now = start
    var cases = TextBuffer()
    var counts = (tests: 0, failures: 0, errors: 0, skipped: 0)
    if setupFails {
      now += 500_000
      counts = (1, 0, 1, 0)
      truth.cases += 1
      cases.text("  <testcase name=\"\" classname=\"\(suite.className)\" time=\"0.500\">\n")
      cases.text(
        "    <error message=\"setup failed: cannot start container for \(suite.service)\" type=\"java.lang.IllegalStateException\">"
      )
      cases.text(
        Self.stack(
          "java.lang.IllegalStateException: setup failed: cannot start container for \(suite.service)",
          "\(suite.className).beforeAll", 31))
      cases.text("</error>\n  </testcase>\n")
    } else {
      for t in suite.tests.indices {
        let key = TestKey(suite: s, test: t)
        let length = max(random.logNormal(median: suite.pace, sigma: 0.5), 0.001)
        let ending = self.ending(
          key, night: night, build: build, at: now, reruns: reruns, isDown: isDown, clusterFails: clusterFails)
        now += Int64(length * 1e6)
        counts.tests += 1
        truth.cases += 1
        write(suite, suite.tests[t], lasting: Int64(length * 1000), ending, into: &cases, &counts)
      }
    }
    var out = TextBuffer()
    out.text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"\(suite.className)\" time=\"")
    out.thousandths((now - start) / 1000)
    out.text(
      "\" tests=\"\(counts.tests)\" errors=\"\(counts.errors)\" skipped=\"\(counts.skipped)\" failures=\"\(counts.failures)\""
    )
    out.text(" timestamp=\"\(Timestamp(start).rfc3339.prefix(19))Z\" hostname=\"ci-agent-\(build + 1)\">\n")
    out.text("  <properties>\n    <property name=\"revision\" value=\"\(revision(night, build))\"/>\n")
    out.text(
      "    <property name=\"branch\" value=\"main\"/>\n    <property name=\"build\" value=\"\(night * spec.builds + build + 1)\"/>\n  </properties>\n"
    )
    out.bytes += cases.bytes
    out.text("</testsuite>\n")
    return (out.bytes, now)
  }

  private mutating func ending(
    _ key: TestKey, night: Int, build: Int, at time: Int64, reruns: Bool, isDown: Bool, clusterFails: [Bool]
  ) -> Ending {
    if isDown, key.test % 2 == 0 {
      var outage =
        truth.outage
        ?? CITruth.Outage(service: suites[key.suite].service, night: night, start: time, end: time, tests: [])
      outage.end = max(outage.end, time)
      outage.tests.append(name(key))
      truth.outage = outage
      return .error(
        type: "java.net.ConnectException",
        message: "Connection refused: \(suites[key.suite].service).test.svc:8443 attempt \(random.int(1...9))")
    }
    if let cluster = clusterOf[key], clusterFails[cluster] {
      return .error(
        type: "java.util.concurrent.TimeoutException",
        message: "\(truth.clusters[cluster].message) \(random.int(1...99)) after \(random.int(1000...9999)) ms")
    }
    if let since = brokenSince[key], (night, build) >= since {
      return .failed(
        type: "org.opentest4j.AssertionFailedError", message: "expected: <\(key.test + 3)> but was: <\(key.test)>")
    }
    if let rate = rates[key], random.chance(rate) {
      flakySeen[key, default: (0, false)].failures += 1
      let message = "condition not met within \(random.int(1900...2100)) ms"
      if reruns, random.chance(1 - rate) {
        flakySeen[key, default: (0, false)].sameRevision = true
        return .flaky(message: message)
      }
      return .failed(type: "org.awaitility.core.ConditionTimeoutException", message: message)
    }
    return key.test == suites[key.suite].tests.count - 1 && key.suite % 4 == 0 ? .skipped : .passed
  }

  private func write(
    _ suite: Suite, _ test: String, lasting milliseconds: Int64, _ ending: Ending, into out: inout TextBuffer,
    _ counts: inout (tests: Int, failures: Int, errors: Int, skipped: Int)
  ) {
    out.text("  <testcase name=\"\(test)\" classname=\"\(suite.className)\" time=\"")
    out.thousandths(milliseconds)
    func problem(_ element: String, _ type: String, _ message: String) {
      out.text("\">\n    <\(element) message=\"\(Self.attribute(message))\" type=\"\(type)\">")
      out.text(Self.stack("\(type): \(message)", "\(suite.className).\(test)", 40 + test.utf8.count))
      out.text("</\(element)>\n  </testcase>\n")
    }
    switch ending {
    case .passed: out.text("\"/>\n")
    case .skipped:
      counts.skipped += 1
      out.text("\">\n    <skipped message=\"needs a licence\"/>\n  </testcase>\n")
    case .failed(let type, let message):
      counts.failures += 1
      problem("failure", type, message)
    case .error(let type, let message):
      counts.errors += 1
      problem("error", type, message)
    case .flaky(let message):
      out.text(
        "\">\n    <flakyFailure message=\"\(Self.attribute(message))\" type=\"org.awaitility.core.ConditionTimeoutException\">\n      <stackTrace>"
      )
      out.text(
        Self.stack(
          "org.awaitility.core.ConditionTimeoutException: \(message)", "\(suite.className).\(test)",
          40 + test.utf8.count))
      out.text("</stackTrace>\n    </flakyFailure>\n  </testcase>\n")
    }
  }

  private static func attribute(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "&": out += "&amp;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
    return out
  }

  private static func stack(_ head: String, _ place: String, _ line: Int) -> String {
    let type = place.split(separator: ".").dropLast().last.map(String.init) ?? "Test"
    return attribute(head)
      + "\n\tat \(place)(\(type).java:\(line))\n\tat java.base/java.lang.reflect.Method.invoke(Method.java:580)\n"
  }
}
