/// What became of something that earlier nights knew.
package enum FindingStatus: String, Hashable, Sendable { case known, new, changed, gone }

/// How components normally work together, as learned from the requests.
package struct PatternFinding: Hashable, Sendable {
  package var id: FindingID
  package var name: ForeignName
  /// Unique components, in order of first appearance.
  package var participants: [ForeignName]
  /// Calls as (from, to) in canonical order.
  package var sequence: [[ForeignName]]
  package var occurrences: Int
  package var latency: LatencySummary?
  package var baseline: LatencySummary?
  package var status: FindingStatus
  package init(
    id: FindingID, name: ForeignName, participants: [ForeignName], sequence: [[ForeignName]], occurrences: Int,
    status: FindingStatus = .known
  ) {
    self.id = id
    self.name = name
    self.participants = participants
    self.sequence = sequence
    self.occurrences = occurrences
    latency = nil
    baseline = nil
    self.status = status
  }
}

/// A request, or tonight as a whole, that departs from what was learned.
package struct Violation: Hashable, Sendable {
  /// The rule that was broken.
  package enum Kind: String, CaseIterable, Comparable, Hashable, Sendable {
    case latency, drift, gone, missingCall, extraCall, unseenEdge, order, count, unseenVariant
    package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  /// The pattern's id.
  package var pattern: FindingID
  package var kind: Kind
  /// One exemplar request, empty where the finding is about the whole night.
  package var request: ForeignName
  /// Microseconds.
  package var expected: Int64?
  package var actual: Int64?
  /// (actual - expected) / expected.
  package var deviation: Double?
  package var detail: ViolationDetail
  /// How many requests broke the rule this way.
  package var count: Int
  /// How much it matters: findings are ranked by it.
  package var weight: Double
  package var evidence: [Evidence]
  package init(pattern: FindingID, kind: Kind, detail: ViolationDetail, count: Int = 1, weight: Double = 0) {
    self.pattern = pattern
    self.kind = kind
    request = ""
    expected = nil
    actual = nil
    deviation = nil
    self.detail = detail
    self.count = count
    self.weight = weight
    evidence = []
  }
}

/// One log template of the night.
package struct TemplateFinding: Hashable, Sendable {
  package var id: FindingID
  /// The text with `<*>` for what varies.
  package var template: ForeignText
  package var count: Int
  package var severity: Severity
  package var components: [ForeignName]
  package var status: FindingStatus
  package init(
    id: FindingID, template: ForeignText, count: Int, severity: Severity, components: [ForeignName],
    status: FindingStatus = .known
  ) {
    self.id = id
    self.template = template
    self.count = count
    self.severity = severity
    self.components = components
    self.status = status
  }
}

/// Where the night's time went: one call path's part of the critical paths of all requests.
package struct CriticalShare: Hashable, Sendable {
  /// `component operation` from the root down.
  package var path: [ForeignName]
  /// Calls on the critical path of their request.
  package var calls: Int
  /// Microseconds of critical path that were this path's own.
  package var time: Int64
  /// Of all critical time, in [0, 1].
  package var share: Double
  package init(path: [ForeignName], calls: Int, time: Int64, share: Double) {
    self.path = path
    self.calls = calls
    self.time = time
    self.share = share
  }
}
