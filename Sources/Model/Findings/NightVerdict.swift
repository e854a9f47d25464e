/// The night in one sentence, as facts.
package enum NightVerdict: Hashable, Sendable {
  /// Nothing that could be analysed.
  case nothingRead(isPartlyUnread: Bool)
  /// So many incidents, of which this one is the worst.
  case incidents(Int, worst: IncidentHeadline, isPartlyUnread: Bool)
  /// No incident, but failed tests.
  case failedTests(Int, of: Int, isPartlyUnread: Bool)
  /// No incident in what was read.
  case quiet(requests: Int, tests: Int, isPartlyUnread: Bool)

  /// Whether part of the input could not be read.
  package var isPartlyUnread: Bool {
    switch self {
    case .nothingRead(let unread), .incidents(_, _, let unread), .failedTests(_, _, let unread),
      .quiet(_, _, let unread):
      unread
    }
  }
}
