// The night in one sentence.

package import Model
internal import Support

extension NightReport {
  /// The verdict in words, with what users felt of the worst incident.
  package var verdictWording: InlineText {
    guard case .incidents(let count, _, let isPartlyUnread) = verdict, let worst = Ranking.bySeverity(incidents).first,
      let sentence = IncidentSentence(worst, of: self).wording
    else { return verdict.wording }
    let grave = incidents.count { $0.severity >= .major }
    let gravity: InlineText = grave > 0 && grave < count ? " (\(grave) of them major or worse)" : ""
    let head: InlineText =
      count == 1 ? "One incident: " : "\(count) incidents" + gravity + "; the worst" + why(worst) + ": "
    return head + sentence + "." + NightVerdict.unread(isPartlyUnread)
  }

  /// Why an incident is the worst, as incidents are ranked: by severity, then by how many users' requests they hit.
  private func why(_ worst: Incident) -> InlineText {
    let peers = incidents.count { $0.severity == worst.severity && $0.isExpected == worst.isExpected }
    if peers == 1 { return ", the only \(own: worst.severity.rawValue) one" }
    guard worst.impact.hit > 0 else { return "" }
    return ", which of the \(peers) \(own: worst.severity.rawValue) ones hit most user requests"
  }

  /// What the night is held against, where there is something.
  var comparedWith: InlineText? {
    earlierNights > 0 ? ", compared with \(IncidentWording.counted(earlierNights, "earlier night"))" : nil
  }

  /// How this night's times are shown.
  var times: TimeFormat { TimeFormat(shownWindow) }

  /// First and last record, else the first and the last build's beginning.
  var shownWindow: (start: Int64, end: Int64)? {
    if let window { return window }
    let starts = tests.builds.map(\.start).filter { $0 > 0 }
    let times = starts + incidents.flatMap { [$0.start, $0.end] }.filter { $0 > 0 }
    return times.min().flatMap { first in times.max().map { (first, $0) } }
  }
}

extension NightVerdict {
  /// What the night's requests stand for, where sampling kept some in place of others; nil where each stands for itself.
  static func weighed(_ impact: Impact) -> InlineText? {
    guard let weighed = impact.weighed, weighed.requests > 0 else { return nil }
    let share = Double(weighed.failed) / Double(weighed.requests)
    return
      "These counts are of the requests that were kept. By the weights that sampling gave them they stand for about \(weighed.requests) requests, of which about \(weighed.failed) failed (\(percent: share))."
  }

  /// The verdict in words, without what only the whole report knows.
  package var wording: InlineText {
    let rest = Self.unread(isPartlyUnread)
    switch self {
    case .nothingRead: return "Nothing that could be analysed was read." + rest
    case .incidents(let count, let worst, _):
      let head: InlineText = count == 1 ? "One incident: " : "\(count) incidents; the worst: "
      return head + IncidentWording.headline(worst) + rest
    case .failedTests(let failed, let tests, _):
      return "No incident was found, but \(failed) of \(tests) tests failed." + rest
    case .quiet(let requests, let tests, _):
      var read: [InlineText] = []
      if requests > 0 { read.append(IncidentWording.counted(requests, "request")) }
      if tests > 0 { read.append(IncidentWording.counted(tests, "test")) }
      if read.isEmpty { return "No incident was found." + rest }
      return "No incident was found in " + InlineText.joined(read, by: " and ") + "." + rest
    }
  }

  static func unread(_ isPartlyUnread: Bool) -> InlineText {
    isPartlyUnread ? " Part of the input could not be read." : ""
  }
}

/// An incident in one sentence: how many users' requests, when, and because of what.
struct IncidentSentence {
  let incident: Incident
  let report: NightReport

  init(_ incident: Incident, of report: NightReport) {
    self.incident = incident
    self.report = report
  }

  /// The sentence, or else what an earlier report said of it.
  var shown: InlineText { wording ?? incident.headline.wording }

  /// nil where the incident is known only in the words of an earlier report.
  var wording: InlineText? {
    let when: InlineText = .own(report.times.range(incident.start, incident.end))
    guard let facts = incident.headline.facts else {
      if case .earlier = incident.headline { return nil }
      return IncidentWording.headline(incident.headline) + ", " + when + met
    }
    guard facts.impact.failed + facts.impact.slow > 0 else {
      return IncidentWording.headline(incident.headline) + ", " + when
    }
    let affected =
      facts.affected.isEmpty ? "" : "; also affected: " + IncidentWording.names(facts.affected)
    return impact(facts.impact) + ", " + when + ", " + because(facts.cause) + affected
  }

  /// What users met of an incident that is known by something else.
  private var met: InlineText {
    let impact = incident.impact
    guard impact.hit > 0 else { return "" }
    let failed: [InlineText] = impact.failed > 0 ? ["\(impact.failed) failed"] : []
    let parts = failed + (impact.slow > 0 ? ["\(impact.slow) slow"] : [])
    return "; of \(impact.requests) user requests in that time " + InlineText.joined(parts, by: ", ")
  }

  private func because(_ cause: ForeignName) -> InlineText {
    switch incident.headline {
    case .slowed(_, _, _, let short): "because \(cause) became slow" + IncidentWording.beside(short)
    case .silent: "because \(cause) fell silent"
    case .retried: "because retries multiplied the load on \(cause)"
    case .crashed(_, let deaths, _, _): "because \(cause) crashed" + IncidentWording.again(deaths)
    default: "because of \(cause)"
    }
  }

  /// `72 of 1,175 user requests failed (6.13 %)`: of the night's requests, as a user counts them.
  private func impact(_ impact: RequestImpact) -> InlineText {
    if impact.isTold { return "\(impact.failed) requests failed, by their log lines" }
    let all = max(report.summary.requests, impact.requests)
    func share(_ count: Int) -> InlineText {
      guard all > 0 else { return "" }
      let night: InlineText = "\(percent: Double(count) / Double(all))"
      guard impact.requests > 0, impact.requests < all else { return " (" + night + ")" }
      return " (" + night + "; \(percent: Double(count) / Double(impact.requests)) of those while it lasted)"
    }
    if impact.failed == 0 {
      return "\(impact.slow) of the night's \(all) user requests were slow" + share(impact.slow)
    }
    let slow: InlineText = impact.slow > 0 ? " and \(impact.slow) were slow" : ""
    return "\(impact.failed) of the night's \(all) user requests failed" + share(impact.failed) + slow
  }
}

extension IncidentHeadline {
  /// Cause, affected components and impact, where it is an incident of requests.
  var facts: (cause: ForeignName, affected: [ForeignName], impact: RequestImpact)? {
    switch self {
    case .failed(let cause, let affected, let impact), .slowed(let cause, let affected, let impact, _),
      .silent(let cause, let affected, let impact), .retried(let cause, let affected, let impact),
      .crashed(let cause, _, let affected, let impact):
      (cause, affected, impact)
    case .departed, .recorded, .brokeRules, .tests, .earlier: nil
    }
  }
}
