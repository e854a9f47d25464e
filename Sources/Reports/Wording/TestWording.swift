// The words for what is found about tests.

internal import Model

enum TestWording {
  /// Why a line is worth a quarantine.
  static func reason(_ entry: TestFindings.Quarantined) -> InlineText {
    "\(entry.basis.wording): \(entry.failures) of \(entry.attempts) attempts failed; it fails by chance in at least \(percent: entry.lowerBound) of builds"
  }

  /// A line: the test, and where there are several its configuration and branch.
  static func line(_ line: TestFindings.Line) -> InlineText {
    var text = name(line.test)
    if !line.configuration.isEmpty { text = text + " on \(line.configuration)" }
    if !line.branch.isEmpty { text = text + " (\(line.branch))" }
    return text
  }

  /// A test; what has no name of its own is called by its class.
  static func name(_ test: ForeignName) -> InlineText {
    let text = test.text
    return text.hasSuffix(" > ") ? .foreign(String(text.dropLast(3))) : "\(test)"
  }

  /// Since when, and what passed last.
  static func since(
    _ test: TestFindings.FailingTest, _ name: (ForeignName) -> InlineText = { "\($0)" }
  ) -> InlineText {
    switch (test.sinceBuild ?? test.since, test.lastPassedBuild ?? test.lastPassed) {
    case (let since?, let passed?): "since \(name(since)), last passed \(name(passed))"
    case (let since?, nil): "since \(name(since))"
    case (nil, let passed?): "last passed \(name(passed))"
    case (nil, nil):
      switch test.status {
      case .flaky: "comes and goes"
      case .setup: "could not start"
      case .collateral: "because of others"
      case .new, .ongoing, .configuration: "no pass is known"
      }
    }
  }

  /// The last builds as a strip, a sign a build, and what the signs mean.
  static func strip(_ marks: [TestFindings.Mark]) -> InlineText {
    marks.isEmpty ? "–" : .own(marks.map(\.sign).joined())
  }

  static let stripKey: InlineText =
    "Builds of its branch, the oldest first: ✓ passed, ↻ passed after a failed attempt, ✗ failed, ○ failed because of something else, · not there."

  static func place(_ place: TestFindings.CodePlace?) -> InlineText {
    guard let place, !place.file.isEmpty else { return "" }
    return place.line > 0 ? "\(place.file):\(own: String(place.line))" : "\(place.file)"
  }

  /// What to do about the night's failures, in a line: nothing where there are none.
  static func advice(_ tests: TestFindings) -> InlineText? {
    func count(_ status: TestFindings.FailingTest.Status) -> Int { tests.failing.count { $0.status == status } }
    var parts: [InlineText] = []
    let (new, setup, flaky) = (count(.new), count(.setup), count(.flaky))
    let old = count(.ongoing) + count(.configuration)
    if new > 0 { parts.append("\(new) new: look at the revision it began with") }
    if setup > 0 { parts.append("\(setup) could not start: mend the set-up first") }
    if old > 0 { parts.append("\(old) known from before") }
    if flaky > 0 { parts.append("\(flaky) flaky: a rerun tells") }
    if count(.collateral) > 0 { parts.append("\(count(.collateral)) only because of others") }
    return parts.isEmpty ? nil : InlineText.joined(parts, by: "; ")
  }

  /// Why some of the new failures may be none: nothing where every one is sure.
  static func doubts(_ tests: TestFindings) -> InlineText? {
    let unsure = tests.failing.filter { $0.doubt != nil }
    guard let doubt = unsure.first?.doubt else { return nil }
    return
      "\(strong: "Perhaps flaky:") \(unsure.count) of the new failures are too few to tell; of this project's tests \(doubt.flaky) have come and gone, and \(doubt.broken) broke for good or until they were mended."
  }
}

extension TestFindings.Mark {
  var sign: String {
    switch self {
    case .passed: "✓"
    case .failed: "✗"
    case .flaky: "↻"
    case .elsewhere: "○"
    case .absent: "·"
    }
  }
}

extension TestFindings.FlakyTest.Basis {
  var wording: InlineText {
    switch self {
    case .sameRevision: "failed and passed at one revision"
    case .history: "comes and goes"
    }
  }
}

extension TestFindings.Cluster.Basis {
  var wording: InlineText {
    switch self {
    case .declared: "the reports name what they needed"
    case .coFailure: "they began to fail in the same builds"
    case .traceSupported: "the traces show the outage"
    case .message: "the same message in the same builds"
    }
  }
}

extension TestFindings.FailingTest {
  /// What it is, and how sure that is.
  var standing: InlineText {
    guard status == .new, doubt != nil else { return status.wording }
    return "new, perhaps flaky"
  }
}

extension TestFindings.FailingTest.Status {
  var wording: InlineText {
    switch self {
    case .new: "new"
    case .ongoing: "known"
    case .flaky: "flaky"
    case .setup: "set-up failed"
    case .collateral: "because of another"
    case .configuration: "fails only here"
    }
  }

  /// What matters first stands first.
  var rank: Int {
    switch self {
    case .new: 0
    case .setup: 1
    case .configuration: 2
    case .ongoing: 3
    case .flaky: 4
    case .collateral: 5
    }
  }
}

extension TestFindings.Build.Outcome {
  var wording: InlineText {
    switch self {
    case .passed: "green"
    case .failed: "red"
    case .incomplete: "incomplete"
    }
  }
}

extension TestFindings.Release {
  var wording: InlineText {
    switch reason {
    case .green: "green in \(nights) nights and \(runs) runs: take it back"
    case .expired: "its time is over: decide anew"
    case .broken: "fails in every build: this is no flake, take it back and mend it"
    }
  }
}
