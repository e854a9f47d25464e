// What the night's tests advise: how often to rerun, which tests to put aside, and which to take back.

import Support

extension TestFindings {
  /// What r reruns of failed tests would have been worth.
  package struct RerunPolicy: Hashable, Sendable {
    package var reruns: Int
    package var green: Estimate
    /// Microseconds per build.
    package var cost: Estimate
    package var buildsTurnedGreen: Estimate
    package var faultsMasked: Estimate
    /// P(green) where tests of one failure cluster fail together instead of each by itself.
    package var greenClustered = Estimate(exact: 1)
    /// Builds that the rates were fitted on, and later ones that they were tested on.
    package var fittedBuilds = 0
    package var testedBuilds = 0
    /// The share of the tested builds that would have been green: bounds where attempts were never made.
    package var observedGreen: Estimate?
    /// Builds of tonight that a fault, a set-up or an outage keeps red whatever is rerun.
    package var keptRed = 0
    /// The same per configuration and branch, where there are several.
    package var lines: [RerunLine] = []
    package init(reruns: Int, green: Estimate, cost: Estimate, buildsTurnedGreen: Estimate, faultsMasked: Estimate) {
      self.reruns = reruns
      self.green = green
      self.cost = cost
      self.buildsTurnedGreen = buildsTurnedGreen
      self.faultsMasked = faultsMasked
    }
  }

  /// What r reruns are worth on one configuration and branch.
  package struct RerunLine: Hashable, Sendable {
    package var configuration: ForeignName
    package var branch: ForeignName
    package var green: Estimate
    /// Microseconds per build.
    package var cost: Estimate
    package init(configuration: ForeignName, branch: ForeignName, green: Estimate, cost: Estimate) {
      self.configuration = configuration
      self.branch = branch
      self.green = green
      self.cost = cost
    }
  }

  /// A flaky line that costs enough to be set aside, and whose failures are no fault's.
  package struct Quarantined: Hashable, Sendable {
    package var line: Line
    package var basis: FlakyTest.Basis
    /// Since which night it is in the quarantine: `2026-11-02`.
    package var since: ForeignName
    /// The night from which the entry no longer counts.
    package var expires: ForeignName
    package var failures: Int
    package var attempts: Int
    package var lowerBound: Double
    package var evidence: [Evidence]
    package init(
      line: Line, basis: FlakyTest.Basis, since: ForeignName, expires: ForeignName, evidence: [Evidence] = []
    ) {
      self.line = line
      self.basis = basis
      self.since = since
      self.expires = expires
      failures = 0
      attempts = 0
      lowerBound = 0
      self.evidence = evidence
    }
  }

  /// An entry of the quarantine that was read and no longer stands.
  package struct Release: Hashable, Sendable {
    package enum Reason: String, CaseIterable, Hashable, Sendable {
      /// It passed every run of many nights.
      case green
      /// Its time is over.
      case expired
      /// It fails in every build: that is no flake, and must be seen.
      case broken
    }
    package var line: Line
    package var reason: Reason
    package var since: ForeignName
    /// Nights and runs without a failure.
    package var nights: Int
    package var runs: Int
    package init(line: Line, reason: Reason, since: ForeignName, nights: Int, runs: Int) {
      self.line = line
      self.reason = reason
      self.since = since
      self.nights = nights
      self.runs = runs
    }
  }
}
