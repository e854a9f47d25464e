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
    page.paragraph(report.verdictWording)
    page.bullets([lookFirst, others, news, failedTests, unread].compactMap { $0 })
  }

  private var worst: Incident? { Ranking.bySeverity(report.incidents).first }

  /// The one thing to do now.
  private var lookFirst: InlineText? {
    let head: InlineText = "\(strong: "Look first:") "
    if let worst {
      let command = "hindcast explain " + worst.id.text.prefix(8) + " -o " + folder
      let page = "incidents/\(IncidentPage.fileName(worst.id.text)).md"
      let what = firstStep(worst).map { $0 + "; all about it: " } ?? "the worst incident: "
      return head + what + InlineText([.link("its page", path: page)])
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

  /// What else there is, in a few words each.
  private var others: InlineText? {
    let rest = Ranking.bySeverity(report.incidents).dropFirst()
    guard !rest.isEmpty else { return nil }
    let shown = rest.prefix(4).map { incident -> InlineText in
      "\(Labels.about(incident)) (\(own: Labels.title(incident.kind).lowercased()), \(own: report.times.range(incident.start, incident.end)))"
    }
    let more: InlineText = rest.count > 4 ? " and \(rest.count - 4) more" : ""
    return "\(strong: "Other incidents:") " + InlineText.joined(shown, by: ", ") + more
  }

  /// What to look at, by what the incident is.
  private func firstStep(_ incident: Incident) -> InlineText? {
    if let change = incident.changesBefore.last {
      return "the change just before, " + ChangeWording.wording(change)
    }
    switch incident.headline {
    case .failed(let cause, _, _), .crashed(let cause, _, _), .recorded(let cause, _):
      return "\(cause): its logs and its health from \(own: report.times.time(incident.start)) UTC"
    case .slowed(let cause, _, _): return "\(cause): what held it up from \(own: report.times.time(incident.start)) UTC"
    case .silent(let cause, _, _): return "\(cause): is it running? Its last record before the silence"
    case .retried(let cause, _, _): return "the retry limits of the callers of \(cause)"
    case .departed(let cause, _, _), .brokeRules(let cause, _, _): return "what \(cause) does differently now"
    case .tests(.broke(let test, _, let since)):
      return (test.map { "\($0)" as InlineText } ?? "the tests it broke") + " and what changed in \(since)"
    case .tests(.failedTogether): return "what those tests have in common"
    case .tests, .earlier: return nil
    }
  }

  /// What earlier nights did not know.
  private var news: InlineText? {
    guard !report.incidents.isEmpty else { return nil }
    let head: InlineText = "\(strong: "News:") "
    guard report.earlierNights > 0 || report.incidents.contains(where: { $0.status != .new }) else {
      return head + "no earlier night is known, so nothing here can be called old"
    }
    func count(_ status: Incident.Status) -> Int { report.incidents.count { $0.status == status } }
    var parts: [InlineText] = []
    if count(.new) > 0 { parts.append(IncidentWording.counted(count(.new), "new incident")) }
    if count(.recurring) > 0 { parts.append("\(count(.recurring)) seen before") }
    if count(.ongoing) > 0 { parts.append("\(count(.ongoing)) going on since before") }
    let expected = report.incidents.count { $0.isExpected }
    if expected > 0 { parts.append("\(expected) muted or in a maintenance") }
    if count(.new) == 0 { parts.insert("nothing new", at: 0) }
    let nights: InlineText =
      report.earlierNights > 0 ? ", against \(IncidentWording.counted(report.earlierNights, "earlier night"))" : ""
    return head + InlineText.joined(parts, by: ", ") + nights
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
    let names = order.prefix(Self.listed).compactMap { name -> InlineText? in
      guard let tests = lines[name], let first = tests.first else { return nil }
      let what =
        tests.count == 1 ? TestWording.line(first.line) : "\(name) on \(tests.count) configurations or branches"
      return what + " (" + first.standing + ")"
    }
    let rest: InlineText = order.count > Self.listed ? " and \(order.count - Self.listed) more" : ""
    return "\(strong: "Failed tests:") " + InlineText.joined(names, by: ", ") + rest
  }

  private var unread: InlineText? {
    let unread = Ranking.diagnostics(report.diagnostics).filter { $0.severity == .error || $0.limit != nil }
    guard !unread.isEmpty else { return nil }
    let names = unread.prefix(Self.listed).map { problem -> InlineText in
      IncidentPage.place(problem.location) + " (" + .message(problem.message) + ")"
    }
    let rest: InlineText = unread.count > Self.listed ? " and \(unread.count - Self.listed) more" : ""
    return "\(strong: "Could not be read:") " + InlineText.joined(names, by: ", ") + rest
  }
}
