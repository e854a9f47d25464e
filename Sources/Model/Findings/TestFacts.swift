// What an incident of tests says, as facts.

/// What an incident of tests says.
package enum TestIncidentFact: Hashable, Sendable {
  case failedTogether(tests: Int, signature: ForeignText)
  /// `test` is set where it is one; `builds` failed from `since` on.
  case broke(test: ForeignName?, tests: Int, since: ForeignName, builds: Int)
  case signature(ForeignText)
  case revision(ForeignName)
  /// A build that has no revision, or the same one as the build before it.
  case build(ForeignName)
  case breaks(ForeignName)
  case grouped(tests: Int, TestGrouping)
  case putTogether(TestGrouping)
  case notByChance
  case firstFailure
}

/// Why tests count as failed for one reason.
package enum TestGrouping: String, Hashable, Sendable {
  case declared, traceSupported, coFailure, message
}
