internal import Model

/// Where evidence stands, in words: the record, and whose it is.
struct EvidenceText {
  /// Whose records are shown.
  enum Subject: String { case request, test }

  let subject: Subject

  init(_ subject: Subject) { self.subject = subject }

  /// Evidence of an incident.
  init(of incident: Incident) {
    subject = incident.kind.isOfTests ? .test : .request
  }

  /// Some pieces in one line; what stands in one record of one request is shown once.
  func several(_ evidence: [Evidence], limit: Int) -> InlineText {
    var seen: Set<[String]> = []
    let shown = evidence.filter { seen.insert([$0.location.description, $0.request.text]).inserted }
    let text = InlineText.joined(shown.prefix(limit).map { one($0) }, by: ", ")
    return shown.count > limit ? text + " and \(shown.count - limit) more" : text
  }

  /// One piece: its record, and the request or test where it has one.
  func one(_ evidence: Evidence) -> InlineText {
    let place = Self.place(evidence.location)
    return Self.name(evidence).map { place + " (\(own: subject.rawValue) " + $0 + ")" } ?? place
  }

  /// The request or the test of a record; nil where it has none.
  static func name(_ evidence: Evidence) -> InlineText? {
    evidence.request.isEmpty ? nil : TestWording.name(evidence.request)
  }

  static func place(_ location: SourceLocation) -> InlineText { .foreign(location.description) }
}
