internal import Model

/// The first screen of what tests say: how many failed and as what, by name, with what is known of each kind.
struct TestHeadlines {
  let report: NightReport
  /// The failed tests, what is news first.
  private let names: [Name]
  private static let listed = 4

  init(report: NightReport) {
    self.report = report
    names = Self.names(report.tests)
  }

  private var tests: TestFindings { report.tests }

  /// Whether the night has tests and no requests: then they are what it is about.
  var isAllThereIs: Bool { tests.tests > 0 && report.summary.requests == 0 }

  /// One failed test on whatever configurations and branches.
  private struct Name {
    var name: ForeignName
    var kind: Kind
    var lines: [TestFindings.FailingTest]
  }

  /// What a failed test is, as the first screen tells it.
  private enum Kind: Int, CaseIterable {
    case broke, setup, unsure, configuration, ongoing, flaky, collateral

    init(_ test: TestFindings.FailingTest) {
      switch test.status {
      case .new: self = test.doubt == nil ? .broke : .unsure
      case .setup: self = .setup
      case .configuration: self = .configuration
      case .ongoing: self = .ongoing
      case .flaky: self = .flaky
      case .collateral: self = .collateral
      }
    }

    var title: StaticString {
      switch self {
      case .broke: "Broke tonight:"
      case .setup: "Set-up failed:"
      case .unsure: "New, perhaps flaky:"
      case .configuration: "Never passed on one configuration:"
      case .ongoing: "Still failing:"
      case .flaky: "Flaky, failed the last time:"
      case .collateral: "Only because of others:"
      }
    }

    func counted(_ count: Int) -> InlineText {
      switch self {
      case .broke: "\(count) broke tonight"
      case .setup: "\(count) could not start"
      case .unsure: "\(count) new, perhaps flaky"
      case .configuration: "\(count) never passed on one configuration"
      case .ongoing: "\(count) still failing"
      case .flaky: "\(count) flaky"
      case .collateral: "\(count) only because of others"
      }
    }
  }

  private static func names(_ tests: TestFindings) -> [Name] {
    var lines: [ForeignName: [TestFindings.FailingTest]] = [:]
    for test in tests.failing { lines[test.line.test, default: []].append(test) }
    return lines.map { name, own in
      let sorted = own.sorted { a, b in
        let (x, y) = (Kind(a).rawValue, Kind(b).rawValue)
        return x == y ? a.line < b.line : x < y
      }
      return Name(name: name, kind: Kind(sorted[0]), lines: sorted)
    }.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
  }

  /// The tests in a sentence or two.
  var verdict: InlineText {
    let red = tests.builds.count { $0.outcome == .failed }
    let incomplete = tests.builds.count { $0.outcome == .incomplete }
    var builds: InlineText = ""
    if tests.builds.count > 1 {
      builds =
        red == 0 ? " All \(tests.builds.count) builds are green" : " \(red) of \(tests.builds.count) builds are red"
      if incomplete > 0 {
        builds = builds + (red == 0 ? " but \(incomplete) incomplete" : ", \(incomplete) incomplete")
      }
      builds = builds + "." + (red > 0 ? stillRed : "")
    }
    guard !names.isEmpty else {
      let flaky = Set(tests.flaky.map(\.line.test)).count
      let also: InlineText = flaky > 0 ? "; \(flaky) are flaky" : ""
      return "None of \(tests.tests) tests failed in its last build" + also + "." + builds
    }
    let lines = tests.failing.count
    let onLines: InlineText = lines > names.count ? " (\(lines) failures on configurations and branches)" : ""
    let kinds = Kind.allCases.compactMap { kind -> InlineText? in
      let count = names.count { $0.kind == kind }
      return count > 0 ? kind.counted(count) : nil
    }
    return "\(names.count) of \(tests.tests) tests failed in their last build" + onLines + ": "
      + InlineText.joined(kinds, by: ", ")
      + "." + builds
  }

  /// What would keep the builds red without tonight's news.
  private var stillRed: InlineText {
    let kinds = Set(names.map(\.kind))
    guard kinds.contains(.broke) || kinds.contains(.unsure) else { return "" }
    return kinds.contains(.configuration) || kinds.contains(.ongoing)
      ? " Older failures among these keep the builds red, whatever becomes of tonight's." : ""
  }

  /// Tests that came and went, those that passed in the end included.
  private var flaky: InlineText? {
    let all = Set(tests.flaky.map(\.line.test))
    guard !all.isEmpty else { return nil }
    let failed = names.count { all.contains($0.name) && $0.kind == .flaky }
    let last: InlineText = failed > 0 ? ", of which \(failed) failed the last time" : ", all passed in the end"
    return "\(strong: "Flaky:") " + IncidentWording.counted(all.count, "test") + last
  }

  /// A line a kind, what is news first.
  var bullets: [InlineText] {
    Kind.allCases.compactMap { kind -> InlineText? in
      let own = names.filter { $0.kind == kind }
      guard !own.isEmpty else { return nil }
      return "\(strong: kind.title) " + .listed(own, most: Self.listed, by: "; ", text)
    } + [flaky].compactMap { $0 }
  }

  private func text(_ test: Name) -> InlineText {
    guard let first = test.lines.first else { return TestWording.name(test.name) }
    var text = TestWording.name(test.name)
    let places = test.lines.filter { Kind($0) == test.kind }.map { line -> InlineText in
      let branch: InlineText = line.line.branch.isEmpty ? "" : " (\(line.line.branch))"
      return line.line.configuration.isEmpty ? branch : "\(line.line.configuration)" + branch
    }.filter { !$0.isEmpty }
    if !places.isEmpty {
      let isBare = test.lines.allSatisfy { $0.line.configuration.isEmpty }
      text = text + (isBare ? "" : " on ") + .listed(places, most: 3) { $0 }
    }
    if test.kind == .broke || test.kind == .unsure || test.kind == .ongoing, let since = first.since {
      let last = first.lastPassedBuild ?? first.lastPassed
      let passed: InlineText = last.map { ", last passed in " + report.revision($0) } ?? ""
      let both: InlineText = first.sinceBuild == nil ? "" : ", both of " + report.revision(since)
      text = text + " since " + report.revision(first.sinceBuild ?? since) + passed + both
    }
    if !first.message.isEmpty, test.kind != .collateral { text = text + ": \(quote: first.message.text)" }
    let place = TestWording.place(first.place)
    if !place.isEmpty { text = text + " at " + place }
    return first.owner.map { text + ", owned by \($0)" } ?? text
  }

  /// What changed against the earlier builds and nights.
  var news: InlineText {
    var parts: [InlineText] = []
    let broke = names.count { $0.kind == .broke }
    if broke > 0 { parts.append(IncidentWording.counted(broke, "test") + " broke tonight") }
    let fixed = Set(tests.fixed.map(\.line.test)).count
    if fixed > 0 { parts.append("\(fixed) fixed") }
    if report.earlierNights > 0 {
      for (count, what) in [
        (tests.appeared.count, "came into the suite"), (tests.vanished.count, "no longer in it"),
        (tests.renamed.count, "renamed"), (tests.slower.count, "slower"),
      ] as [(Int, StaticString)] where count > 0 {
        parts.append("\(count) \(own: what.description)")
      }
    }
    let head: InlineText = "\(strong: "News:") "
    let told: InlineText = parts.isEmpty ? "nothing broke tonight" : InlineText.joined(parts, by: ", ")
    return head + told
      + (report.comparedWith ?? "; no earlier night is known, so only tonight's builds tell what is new")
  }
}

extension NightReport {
  /// A revision or build, with a link to it where the pipeline has an address for revisions.
  func revision(_ name: ForeignName) -> InlineText {
    guard isRevision(name), let address = links.commit(name.text) else { return "\(name)" }
    return InlineText([.address(name.text, of: address)])
  }

  /// The revision of a build that is called by itself although it has one: the last build that passed has the same.
  func sharedRevision(_ build: ForeignName) -> ForeignName? { tests.failing.first { $0.sinceBuild == build }?.since }

  /// Whether a build is called by its revision.
  func isRevision(_ name: ForeignName) -> Bool { tests.builds.contains { $0.revision == name } }
}
