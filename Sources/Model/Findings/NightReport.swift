/// Everything a night's report says: the value that `report.json`, `report.md` and the incident pages are written from.
package struct NightReport: Sendable {
  package var toolVersion: OwnName = ""
  /// First and last record, microseconds since the epoch; nil where nothing has a time.
  package var window: (start: Int64, end: Int64)?
  /// The night in one sentence.
  package var verdict = NightVerdict.nothingRead(isPartlyUnread: false)
  package var inputs: [Input] = []
  package var summary = Summary()
  package var components: [Component] = []
  /// How the components did over the night, by component.
  package var curves: [ComponentCurve] = []
  package var patterns: [PatternFinding] = []
  package var violations: [Violation] = []
  package var templates: [TemplateFinding] = []
  /// Where the time of the requests went, the largest share first.
  package var criticalPath: [CriticalShare] = []
  package var incidents: [Incident] = []
  /// Requests at the entry points, of the whole night.
  package var impact = Impact()
  /// What the night spent of error budgets, in the order of the pipeline's objectives.
  package var budgets: [ErrorBudget] = []
  /// Deployments and other changes of the night, in their order.
  package var changes: [NightChange] = []
  package var tests = TestFindings()
  package var windows: [WindowRanking] = []
  package var policies: PolicyFindings?
  package var diagnostics: [Diagnostic] = []
  /// Limits that were hit: name and what was left out because of it.
  package var limits: [OwnName: MessageText] = [:]
  /// The command that makes this report again.
  package var reproduce: ForeignText = ""
  /// How many earlier nights it was held against; 0 where there is no history.
  package var earlierNights = 0
  /// Incidents of the night before that did not come back.
  package var fixed: [FixedIncident] = []
  /// Where other systems show a request, a revision, a log.
  package var links = ReportLinks.none
  /// The zone assumed for times without one.
  package var zone: ForeignName = "UTC"

  package init() {}

  /// An incident of the night before that tonight does not have.
  package struct FixedIncident: Hashable, Sendable {
    package var fingerprint: FindingID
    /// In the words of its report.
    package var headline: ForeignText
    /// On how many nights it was seen, the first of them, and the last.
    package var seen: Int
    package var firstSeen: ForeignName
    package var lastSeen: ForeignName
    package init(
      fingerprint: FindingID, headline: ForeignText, seen: Int, firstSeen: ForeignName, lastSeen: ForeignName
    ) {
      self.fingerprint = fingerprint
      self.headline = headline
      self.seen = seen
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
    }
  }

  /// One input and its record counts.
  package struct Input: Hashable, Sendable {
    package var name: ForeignName
    package var sha256: FindingID
    /// As stored.
    package var bytes: Int
    package var members: Int
    package var events: Int
    package var recordCounts: RecordCounts
    package var diagnostics: Int
    package var memberCounts: [MemberCounts]
    package init(
      name: ForeignName, sha256: FindingID, bytes: Int, members: Int, events: Int, recordCounts: RecordCounts,
      diagnostics: Int
    ) {
      self.name = name
      self.sha256 = sha256
      self.bytes = bytes
      self.members = members
      self.events = events
      self.recordCounts = recordCounts
      self.diagnostics = diagnostics
      memberCounts = []
    }
  }

  /// The record counts of one member.
  package struct MemberCounts: Hashable, Sendable {
    package var member: ForeignName
    /// The format it was read as, empty where none was recognised.
    package var format: OwnName
    /// Expanded.
    package var bytes: Int
    package var recordCounts: RecordCounts
    package init(member: ForeignName, format: OwnName, bytes: Int, recordCounts: RecordCounts) {
      self.member = member
      self.format = format
      self.bytes = bytes
      self.recordCounts = recordCounts
    }
  }

  package struct Summary: Hashable, Sendable {
    package var events = 0
    package var requests = 0
    package var components = 0
    package var failures = 0
    package var patternsLearned = 0
    /// Of those, how many were seen often enough tonight for the first time: from now on they are expected.
    package var patternsAnnounced = 0
    package var incidents = 0
    package var openCircuitBreakers: [ForeignName] = []
    package init() {}
  }

  package struct Component: Hashable, Sendable {
    package var id: ForeignName
    package var requests: Int
    package var failures: Int
    package var latency: LatencySummary?
    package var calls: [Call]
    package var errorRate: Double { requests == 0 ? 0 : Double(failures) / Double(requests) }
    package init(id: ForeignName, requests: Int, failures: Int, latency: LatencySummary?, calls: [Call]) {
      self.id = id
      self.requests = requests
      self.failures = failures
      self.latency = latency
      self.calls = calls
    }
  }

  package struct Call: Hashable, Sendable {
    package var to: ForeignName
    package var count: Int
    package var failures: Int
    package init(to: ForeignName, count: Int, failures: Int) {
      self.to = to
      self.count = count
      self.failures = failures
    }
  }
}
