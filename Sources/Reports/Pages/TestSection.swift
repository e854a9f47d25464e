internal import Model
internal import Support

/// What the test reports say: what failed first, then what it means.
struct TestSection {
  let report: NightReport

  private var tests: TestFindings { report.tests }

  func add(to page: inout Page) {
    guard tests.tests > 0 || !tests.files.isEmpty else { return }
    page.heading(2, "Tests")
    if let advice = TestWording.advice(tests) { page.paragraph(advice) }
    failing(&page)
    page.table(
      ["tests", "attempts", "passed", "failed", "errors", "skipped", "not run", "flaky"],
      [
        [
          tests.tests, tests.attempts, tests.passed, tests.failed, tests.errors, tests.skipped, tests.notRun,
          Set(tests.flaky.map(\.line.test)).count,
        ]
        .map { .own(NumberFormat.count($0)) }
      ])
    builds(&page)
    flaky(&page)
    clusters(&page)
    changes(&page)
    reruns(&page)
    quarantine(&page)
    slowest(&page)
    incomplete(&page)
  }

  private func more(_ count: Int, _ page: inout Page) {
    if count > NightPage.listed { page.paragraph("\(count - NightPage.listed) more in `report.json`.") }
  }

  /// The failed tests, what is news first.
  static func ranked(_ tests: TestFindings) -> [TestFindings.FailingTest] {
    tests.failing.sorted { ($0.status.rank, $0.line) < ($1.status.rank, $1.line) }
  }

  private func failing(_ page: inout Page) {
    guard !tests.failing.isEmpty else { return }
    page.heading(3, "Failed at the end of the night")
    page.table(
      ["test", "status", "since", "message", "where", "builds", "last builds"],
      Self.ranked(tests).prefix(NightPage.listed).map { test in
        let status = test.isQuarantined ? test.standing + ", in quarantine" : test.standing
        let place = TestWording.place(test.place)
        return [
          TestWording.line(test.line), status, TestWording.since(test, report.revision), "\(quote: test.message.text)",
          place.isEmpty ? EvidenceText(.test).several(test.evidence, limit: 1) : place,
          "\(test.failedBuilds) of \(test.builds)", TestWording.strip(test.history.suffix(20)),
        ]
      })
    page.paragraph(TestWording.stripKey)
    more(tests.failing.count, &page)
    if let doubts = TestWording.doubts(tests) { page.paragraph(doubts) }
    if !tests.isOrderKnown {
      page.paragraph("Nothing tells in which order the builds ran: order unknown, so no failure is dated.")
    }
  }

  private func builds(_ page: inout Page) {
    guard tests.builds.count > 1 || tests.builds.contains(where: { $0.outcome != .passed }) else { return }
    page.heading(3, "Builds")
    let listed = tests.builds.suffix(NightPage.listed)
    page.table(
      ["build", "revision", "branch", "outcome", "configurations", "tests", "failed", "flaky"],
      listed.map { build in
        [
          "\(build.id)", report.revision(build.revision), "\(build.branch)", build.outcome.wording,
          InlineText.joined(build.configurations.prefix(6).map { "\($0)" }, by: ", "), "\(build.tests)",
          "\(build.failed)",
          "\(build.flaky)",
        ]
      })
    if tests.builds.count > listed.count {
      page.paragraph("\(tests.builds.count - listed.count) earlier ones in `report.json`.")
    }
  }

  private func flaky(_ page: inout Page) {
    guard !tests.flaky.isEmpty else { return }
    page.heading(3, "Flaky")
    page.table(
      [
        "test", "basis", "failed attempts", "attempts", "first attempts failed", "failure rate (lower bound)",
        "last seen", "last builds", "evidence",
      ],
      tests.flaky.sorted { ($1.lowerBound, $0.line) < ($0.lowerBound, $1.line) }.prefix(NightPage.listed).map {
        [
          TestWording.line($0.line), $0.basis.wording, "\($0.failures)", "\($0.attempts)", "\(percent: $0.rate)",
          "\(percent: $0.lowerBound)", $0.lastSeen.map(report.revision) ?? "–", TestWording.strip($0.history),
          EvidenceText(.test).several($0.evidence, limit: 1),
        ]
      })
    if tests.failing.isEmpty { page.paragraph(TestWording.stripKey) }
    more(tests.flaky.count, &page)
  }

  private func clusters(_ page: inout Page) {
    guard !tests.clusters.isEmpty else { return }
    page.heading(3, "Failed together")
    page.table(
      ["message", "tests", "basis", "some of them", "evidence"],
      tests.clusters.sorted { (-$0.tests.count, $0.id) < (-$1.tests.count, $1.id) }.prefix(NightPage.listed).map {
        [
          "\(quote: $0.example.isEmpty ? $0.signature.text : $0.example.text)", "\($0.tests.count)", $0.basis.wording,
          InlineText.joined($0.tests.sorted().prefix(3).map { "\($0)" }, by: ", "),
          EvidenceText(.test).several($0.evidence, limit: 1),
        ]
      })
    more(tests.clusters.count, &page)
  }

  private func changes(_ page: inout Page) {
    var items: [InlineText] = tests.fixed.prefix(NightPage.listed).map {
      "fixed: \(TestWording.line($0.line)), passes since \($0.since)"
    }
    items += tests.renamed.prefix(NightPage.listed).map { "renamed: \($0.from) is now \($0.to)" }
    items += tests.vanished.prefix(NightPage.listed).map { "gone: \($0.test), last seen in \($0.build)" }
    items += tests.appeared.prefix(NightPage.listed).map { "new test: \($0.test), since \($0.build)" }
    items += tests.slower.prefix(NightPage.listed).map {
      "slower: \(TestWording.line($0.line)) takes \(duration: $0.now), before \(duration: $0.before), since \($0.since)"
    }
    guard !items.isEmpty else { return }
    page.heading(3, "What changed among the tests")
    page.bullets(items)
  }

  private func reruns(_ page: inout Page) {
    guard !tests.rerunPolicies.isEmpty else { return }
    page.heading(3, "What reruns are worth")
    if let kept = tests.rerunPolicies.first?.keptRed, kept > 0 {
      let builds: InlineText = kept == tests.builds.count ? "all \(kept)" : "\(kept)"
      page.paragraph(
        "Faults, failed set-ups or outages keep \(builds) of tonight's builds red, whatever is rerun; the figures leave them out and are about the flaky tests alone."
      )
    }
    page.table(
      [
        "reruns", "P(green)", "in clusters", "seen tonight", "cost per build", "builds turned green",
        "faults masked",
      ],
      tests.rerunPolicies.sorted { $0.reruns < $1.reruns }.map { policy in
        [
          .own(String(policy.reruns)), .own(NumberFormat.estimate(policy.green) { NumberFormat.percent($0) }),
          .own(NumberFormat.estimate(policy.greenClustered) { NumberFormat.percent($0) }),
          .own(policy.observedGreen.map { NumberFormat.estimate($0) { NumberFormat.percent($0) } } ?? "–"),
          .own(
            NumberFormat.estimate(policy.cost) {
              Int64(checked: $0.rounded()).map { NumberFormat.duration($0) } ?? "unknown"
            }),
          .own(NumberFormat.estimate(policy.buildsTurnedGreen) { NumberFormat.number($0) }),
          .own(NumberFormat.estimate(policy.faultsMasked) { NumberFormat.number($0) }),
        ]
      })
  }

  private func quarantine(_ page: inout Page) {
    if !tests.quarantine.isEmpty {
      page.heading(3, "Worth a quarantine")
      page.bullets(
        tests.quarantine.prefix(NightPage.listed).map { entry in
          let until: InlineText = entry.expires.isEmpty ? "" : ", until \(entry.expires)"
          return "\(TestWording.line(entry.line)): \(TestWording.reason(entry))\(until)"
        })
      page.paragraph("`quarantine.json` beside this page holds the same for the runner and for the next night.")
    }
    if !tests.released.isEmpty {
      page.heading(3, "May leave the quarantine")
      page.bullets(tests.released.prefix(NightPage.listed).map { "\(TestWording.line($0.line)): \($0.wording)" })
    }
  }

  private func slowest(_ page: inout Page) {
    guard !tests.slowest.isEmpty else { return }
    page.heading(3, "Most expensive")
    page.table(
      ["test", "time in all", "attempts"],
      tests.slowest.prefix(10).map { ["\($0.test)", "\(duration: $0.total)", "\($0.attempts)"] })
  }

  private func incomplete(_ page: inout Page) {
    let broken = tests.files.filter { !$0.complete }.sorted { $0.path < $1.path }
    guard !broken.isEmpty else { return }
    page.heading(3, "Reports that are not whole")
    page.table(
      ["file", "dialect", "result records read"],
      broken.prefix(NightPage.listed).map { [.foreign($0.path), .own($0.dialect.text), "\($0.cases)"] })
  }
}
