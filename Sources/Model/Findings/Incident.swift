/// Something that broke, with what it began with and what broke because of it.
package struct Incident: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case cascade, errorBurst, latencyRegression, patternViolation, retryStorm, restartStorm, testFailureCluster,
      testRegression

    /// Whether it is about tests and not about requests.
    package var isOfTests: Bool { self == .testRegression || self == .testFailureCluster }
  }

  package enum Status: String, Hashable, Sendable { case new, recurring, ongoing }

  /// The state of the circuit breaker in front of a component.
  package enum Circuit: String, Hashable, Sendable { case closed, open, halfOpen, unknown }

  package enum Severity: String, CaseIterable, Comparable, Hashable, Sendable {
    case info, minor, major, critical
    var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
  }

  /// Stable from night to night: a hash of kind and what it is about.
  package var id: FindingID
  /// Equal for the same trouble on different nights.
  package var fingerprint: FindingID
  package var kind: Kind
  package var status: Status
  package var severity: Severity
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  /// What opened it.
  package var trigger: IncidentTrigger
  /// What it is, in one line.
  package var headline: IncidentHeadline
  /// Ranked, best first; empty where there is not enough evidence.
  package var rootCauses: [RootCause]
  /// Why the causes were ranked so; what was rejected, and what cannot be known.
  package var reasoning: [IncidentReasoning]
  /// The first cause and every component whose own requests failed because of it.
  package var components: [ComponentState]
  package var causalChain: [Link]
  /// What the reflex gate would have decided.
  package var decision: CascadeDecision
  package var timeline: [Moment]
  package var evidence: [Evidence]
  /// Deployments and other changes from ten minutes before its beginning to its end.
  package var changes: [NightChange] = []
  /// Requests at the entry points while it lasted, by operation.
  package var impact = Impact()
  /// What its failed or slow requests have in common, the most telling first.
  package var common: [CommonTrait] = []
  /// A good request and a bad one, or only the bad one; empty where no request shows it.
  package var exemplars: [ExemplarRequest] = []
  /// How many earlier nights had it, and the first of them.
  package var seen = 0
  package var firstSeen: ForeignName?
  /// Whose component it is about, as the pipeline names the owners.
  package var owner: ForeignName?
  /// What was decided about it; nil where nothing holds tonight.
  package var triage: Triage?
  /// The maintenance in which it began.
  package var maintenance: Maintenance?
  /// Whether nobody needs to be told: it is muted, or trouble was expected then.
  package var isExpected: Bool { triage?.action == .mute || maintenance != nil }

  package init(kind: Kind, start: Int64, end: Int64) {
    id = ""
    fingerprint = ""
    self.kind = kind
    status = .new
    severity = .info
    self.start = start
    self.end = end
    trigger = .anomaly(kind, cause: nil)
    headline = .departed(cause: "", affected: [], nil)
    rootCauses = []
    reasoning = []
    components = []
    causalChain = []
    decision = .none
    timeline = []
    evidence = []
  }

  package struct RootCause: Hashable, Sendable {
    package var component: ForeignName
    package var score: Double
    /// The score's share of all scores, in [0, 1].
    package var share: Double
    /// What speaks for it, the strongest first.
    package var reasons: [CauseReason]
    package var evidence: [Evidence]
    package init(
      component: ForeignName, score: Double, share: Double = 0, reasons: [CauseReason] = [], evidence: [Evidence] = []
    ) {
      self.component = component
      self.score = score
      self.share = share
      self.reasons = reasons
      self.evidence = evidence
    }
  }

  package struct ComponentState: Hashable, Sendable {
    package var id: ForeignName
    /// Microseconds since the epoch: the best estimate.
    package var onset: Int64
    /// Where no record tells when it began: between which times it did.
    package var onsetBetween: ClosedRange<Int64>?
    package var requests: Int
    package var failures: Int
    package var latencyP99: Int64?
    package var queueDepth: Int64?
    package var circuitState: Circuit
    package var errorRate: Double { requests == 0 ? 0 : Double(failures) / Double(requests) }
    package init(
      id: ForeignName, onset: Int64, requests: Int, failures: Int, latencyP99: Int64? = nil, queueDepth: Int64? = nil,
      circuitState: Circuit = .unknown
    ) {
      self.id = id
      self.onset = onset
      self.requests = requests
      self.failures = failures
      self.latencyP99 = latencyP99
      self.queueDepth = queueDepth
      self.circuitState = circuitState
    }
  }

  /// Trouble in `from` reached `to`, which calls it, departed from its own usual state, and did so no earlier.
  package struct Link: Hashable, Sendable {
    package var from: ForeignName
    package var to: ForeignName
    /// Microseconds since the epoch: the best estimate, and where only that is known between which times.
    package var at: Int64
    package var between: ClosedRange<Int64>?
    /// The requests of `to` in that time, the share of them that failed or were slow, and how many usually are.
    package var requests: Int
    package var share: Double
    package var usualShare: Double
    package var evidence: [Evidence]
    package init(
      from: ForeignName, to: ForeignName, at: Int64, requests: Int = 0, share: Double = 0, usualShare: Double = 0,
      evidence: [Evidence] = []
    ) {
      self.from = from
      self.to = to
      self.at = at
      self.requests = requests
      self.share = share
      self.usualShare = usualShare
      self.evidence = evidence
    }
  }

  /// One line of the timeline.
  package struct Moment: Hashable, Sendable {
    /// Microseconds since the epoch: the best estimate, and where only that is known between which times.
    package var at: Int64
    package var between: ClosedRange<Int64>?
    package var component: ForeignName
    package var event: IncidentEvent
    package var evidence: Evidence?
    package init(
      at: Int64, between: ClosedRange<Int64>? = nil, component: ForeignName, _ event: IncidentEvent,
      evidence: Evidence? = nil
    ) {
      self.at = at
      self.between = between
      self.component = component
      self.event = event
      self.evidence = evidence
    }
  }
}

/// Suspects ranked for a time window that the user gave.
package struct WindowRanking: Hashable, Sendable {
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  /// Ranked, best first.
  package var suspects: [Incident.RootCause]
  package init(start: Int64, end: Int64, suspects: [Incident.RootCause]) {
    self.start = start
    self.end = end
    self.suspects = suspects
  }
}
