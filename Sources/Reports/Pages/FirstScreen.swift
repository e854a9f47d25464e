internal import Model
internal import Support

/// What a reader gets within a minute: the verdict, what to look at first, what is news, which tests failed, what could
/// not be read. The same in every form of the report.
struct FirstScreen {
  let report: NightReport
  /// The night's folder as the commands name it.
  var folder = "."
  /// Names that a line lists before it counts the rest.
  private static let listed = 5

  func add(to page: inout Page) {
    let tests = TestHeadlines(report: report)
    guard tests.isAllThereIs else {
      page.paragraph(report.verdictWording)
      if let weighed = NightVerdict.weighed(report.impact) { page.paragraph(weighed) }
      page.bullets([lookFirst, cause, users, owner, others, news, budget, failedTests, unread].compactMap { $0 })
      return
    }
    page.paragraph(tests.verdict + together + NightVerdict.unread(report.verdict.isPartlyUnread))
    page.bullets(
      [lookFirst, otherClusters].compactMap { $0 } + tests.bullets + [tests.news] + [unread].compactMap { $0 })
  }

  /// Tests that failed for one reason, which the count by kinds does not tell.
  private var together: InlineText {
    guard let worst, worst.kind == .testFailureCluster else { return "" }
    return " " + failedTogether(worst) + "."
  }

  /// The same of those that are not the worst: their tests may have passed since, and no other line names them.
  private var otherClusters: InlineText? {
    let rest = Ranking.bySeverity(report.incidents).dropFirst().filter { incident in
      guard incident.kind == .testFailureCluster else { return false }
      if case .tests(.failedTogether(let tests, _)) = incident.headline { return tests > 1 }
      return true
    }
    guard !rest.isEmpty else { return nil }
    return "\(strong: "Failed together:") " + .listed(rest, most: Self.listed, by: "; ", failedTogether)
  }

  private func failedTogether(_ incident: Incident) -> InlineText {
    let when: InlineText = incident.start > 0 ? ", \(own: report.times.range(incident.start, incident.end))" : ""
    return IncidentWording.headline(incident.headline) + when
  }

  /// What the night spent of the objective that it hurt most.
  private var budget: InlineText? {
    let spent = report.budgets.filter { $0.bad > 0 }.sorted { a, b in
      a.spent != b.spent ? a.spent > b.spent : a.objective.component < b.objective.component
    }
    guard let worst = spent.first else { return nil }
    let rest: InlineText = spent.count > 1 ? "; \(spent.count - 1) other budgets hurt less" : ""
    return "\(strong: "Error budget:") " + BudgetWording.short(worst) + rest
  }

  private var worst: Incident? { Ranking.bySeverity(report.incidents).first }

  /// The one thing to do now.
  private var lookFirst: InlineText? {
    let head: InlineText = "\(strong: "Look first:") "
    if let worst {
      let command = "hindcast explain " + worst.id.text.prefix(8) + " -o " + folder
      let what = firstStep(worst).map { $0 + "; all about it: " } ?? "the worst incident: "
      return head + what + InlineText([.link("its page", path: IncidentPage.path(worst))])
        + (folder == "." ? ", or in this folder " : ", or ") + "\(code: command)"
    }
    if let test = TestSection.ranked(report.tests).first {
      let place = TestWording.place(test.place)
      return head + TestWording.line(test.line) + (place.isEmpty ? "" : " at " + place)
        + ": \(quote: test.message.text)"
    }
    guard report.inputs.isEmpty || report.summary.events == 0 else { return nil }
    return head
      + "\(code: "hindcast events --stats INPUT") tells what is read, and why not"
  }

  /// Why the worst incident is thought to have begun where it did.
  private var cause: InlineText? {
    worst.flatMap { incident in
      let card = IncidentCard(incident: incident, report: report)
      guard !incident.rootCauses.isEmpty else { return nil }
      let cause = card.cause(reasons: 1)
      // By runs too: a mark that joins the letter before it hides the same text from the library's search.
      guard let saying = card.saying, !saying.runs.allSatisfy(cause.runs.contains), !cause.plain.contains(saying.plain)
      else { return cause }
      return cause + "; a record of it says " + saying
    }
  }

  /// Whom to ask.
  private var owner: InlineText? {
    guard let owner = worst?.owner else { return nil }
    return "\(strong: "Owner:") \(owner)"
  }

  /// Which of the users' requests met it.
  private var users: InlineText? { worst.flatMap { IncidentCard(incident: $0, report: report).users } }

  /// What else there is, in a few words each.
  private var others: InlineText? {
    let rest = Ranking.bySeverity(report.incidents).dropFirst()
    guard !rest.isEmpty else { return nil }
    // All that are as grave as the worst, or major, as far as a reader takes them in.
    let grave = rest.count { $0.severity >= .major }
    let times = report.times
    return "\(strong: "Other incidents:") "
      + .listed(Array(rest), most: min(max(grave, 4), 10)) { incident in
        let hit = incident.impact.hit
        let users: InlineText = hit > 0 ? ", " + IncidentWording.counted(hit, "user request") + " hit" : ""
        return
          "\(Labels.about(incident)) (\(own: incident.severity.rawValue) \(own: Labels.title(incident).lowercased())"
          + users + ", \(own: times.range(incident.start, incident.end)))"
      }
  }

  /// What to look at, by what the incident is.
  private func firstStep(_ incident: Incident) -> InlineText? {
    if let change = incident.changesBefore.last {
      return "the change just before, " + ChangeWording.wording(change)
    }
    switch incident.headline {
    case .failed(let cause, _, _), .crashed(let cause, _, _, _), .recorded(let cause, _):
      return "\(cause): its logs and its health from \(own: report.times.time(incident.start)) UTC"
    case .slowed(let cause, _, _, _):
      return "\(cause): what held it up from \(own: report.times.time(incident.start)) UTC"
    case .silent(let cause, _, _): return "\(cause): is it running? Its last record before the silence"
    case .retried(let cause, _, _): return "the retry limits of the callers of \(cause)"
    case .departed(let cause, _, _), .brokeRules(let cause, _, _):
      return "what \(cause) did differently, \(own: report.times.range(incident.start, incident.end))"
    case .tests(.broke(let test, let tests, let since, let builds)):
      let what = test.map { "\($0) fails" as InlineText } ?? "\(tests) tests fail"
      if let revision = report.sharedRevision(since) {
        return "what changed besides the code before \(since): " + what + " since, and passed at the same revision, "
          + report.revision(revision)
      }
      let show: InlineText = report.isRevision(since) ? " (\(code: "git show " + Self.word(since.text)))" : ""
      return "what " + report.revision(since) + " changed" + show + ": " + what
        + (builds == 1 ? " since, in the one build there is" : " in every build since")
    case .tests(.failedTogether(let tests, let signature)):
      return "what those \(tests) tests need, by their message \(quote: signature.text): was it there?"
    case .tests, .earlier: return nil
    }
  }

  /// A revision as a shell takes it: what has none of its letters is shown, never run.
  private static func word(_ revision: String) -> String {
    revision.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
      ? revision : "REVISION"
  }

  /// What earlier nights did not know.
  private var news: InlineText? {
    let head: InlineText = "\(strong: "News:") "
    guard !report.incidents.isEmpty else { return fixed.map { head + $0 } }
    guard report.earlierNights > 0 || report.incidents.contains(where: { $0.status != .new }) else {
      return head + "no earlier night to compare with"
    }
    func count(_ status: Incident.Status) -> Int { report.incidents.count { $0.status == status } }
    var parts: [InlineText] = []
    if count(.new) > 0 { parts.append(IncidentWording.counted(count(.new), "new incident")) }
    if count(.recurring) > 0 { parts.append("\(count(.recurring)) seen before") }
    if count(.ongoing) > 0 { parts.append("\(count(.ongoing)) going on since before") }
    let expected = report.incidents.count { $0.isExpected }
    if expected > 0 { parts.append("\(expected) muted or in a maintenance") }
    if count(.new) == 0 { parts.insert("nothing new", at: 0) }
    let gone: InlineText = fixed.map { "; " + $0 } ?? ""
    return head + InlineText.joined(parts, by: ", ") + (report.comparedWith ?? "") + gone
  }

  /// What the night before had and this one has not.
  private var fixed: InlineText? {
    guard let first = report.fixed.first else { return nil }
    let rest: InlineText = report.fixed.count > 1 ? " and \(report.fixed.count - 1) more" : ""
    return "not seen again since \(first.lastSeen): \(quote: first.headline.text)" + rest
  }

  private var failedTests: InlineText? {
    let tests = report.tests
    guard !tests.failing.isEmpty else { return nil }
    // A test that failed on several configurations or branches is one name.
    var order: [ForeignName] = []
    var lines: [ForeignName: [TestFindings.FailingTest]] = [:]
    for test in TestSection.ranked(tests) {
      if lines[test.line.test] == nil { order.append(test.line.test) }
      lines[test.line.test, default: []].append(test)
    }
    return "\(strong: "Failed tests:") "
      + .listed(order, most: Self.listed) { name in
        guard let tests = lines[name], let first = tests.first else { return "\(name)" }
        let what =
          tests.count == 1 ? TestWording.line(first.line) : "\(name) on \(tests.count) configurations or branches"
        return what + " (" + first.standing + ")"
      }
  }

  private var unread: InlineText? {
    let unread = Ranking.diagnostics(report.diagnostics).filter { $0.severity == .error || $0.limit != nil }
    guard !unread.isEmpty else { return nil }
    return "\(strong: "Could not be read:") "
      + .listed(unread, most: Self.listed) { EvidenceText.place($0.location) + " (" + .message($0.message) + ")" }
  }
}
