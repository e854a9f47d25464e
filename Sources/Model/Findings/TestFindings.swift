/// What the night's test reports say, attempts joined into tests.
package struct TestFindings: Hashable, Sendable {
  package var attempts = 0
  package var tests = 0
  package var passed = 0
  package var failed = 0
  package var errors = 0
  package var skipped = 0
  package var notRun = 0
  package var flaky: [FlakyTest] = []
  package var clusters: [Cluster] = []
  package var files: [File] = []
  package var rerunPolicies: [RerunPolicy] = []
  package var quarantine: [String] = []
  package var slowest: [Cost] = []
  package var newlyFailing: [NewFailure] = []

  package init() {}

  package struct FlakyTest: Hashable, Sendable {
    package var test: String
    /// `sameRevision`, `history`.
    package var basis: String
    package var attempts: Int
    package var failures: Int
    /// Lower credible bound of the failure rate.
    package var lowerBound: Double
    package var evidence: [Evidence]
    package init(
      test: String, basis: String, attempts: Int, failures: Int, lowerBound: Double, evidence: [Evidence] = []
    ) {
      self.test = test
      self.basis = basis
      self.attempts = attempts
      self.failures = failures
      self.lowerBound = lowerBound
      self.evidence = evidence
    }
  }

  /// Tests that failed together, or for one reason.
  package struct Cluster: Hashable, Sendable {
    package var id: String
    /// The masked message they share.
    package var signature: String
    /// `declared`, `coFailure`, `traceSupported`, `message`.
    package var basis: String
    package var tests: [String]
    package var evidence: [Evidence]
    package init(id: String, signature: String, basis: String, tests: [String], evidence: [Evidence] = []) {
      self.id = id
      self.signature = signature
      self.basis = basis
      self.tests = tests
      self.evidence = evidence
    }
  }

  package struct File: Hashable, Sendable {
    /// Relative to the input folder; `archive!member` inside an archive.
    package var path: String
    package var dialect: String
    /// Result records in the file.
    package var cases = 0
    package var passed = 0
    package var failures = 0
    package var errors = 0
    package var skipped = 0
    package var tests = 0
    package var attempts = 0
    package var reruns = 0
    package var flaky = 0
    package var complete = true
    /// Whether some of it was salvaged from damage.
    package var recovered = false
    /// Tests that are switched off; `passed` counts them, as the report does: they neither failed nor were skipped.
    package var disabled = 0
    package init(path: String, dialect: String) {
      self.path = path
      self.dialect = dialect
    }
  }

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
    package init(reruns: Int, green: Estimate, cost: Estimate, buildsTurnedGreen: Estimate, faultsMasked: Estimate) {
      self.reruns = reruns
      self.green = green
      self.cost = cost
      self.buildsTurnedGreen = buildsTurnedGreen
      self.faultsMasked = faultsMasked
    }
  }

  package struct Cost: Hashable, Sendable {
    package var test: String
    /// Microseconds over all attempts.
    package var total: Int64
    package var attempts: Int
    package init(test: String, total: Int64, attempts: Int) {
      self.test = test
      self.total = total
      self.attempts = attempts
    }
  }

  package struct NewFailure: Hashable, Sendable {
    package var test: String
    /// The first revision or night it failed on, empty where unknown.
    package var since: String
    package var evidence: [Evidence]
    package init(test: String, since: String, evidence: [Evidence] = []) {
      self.test = test
      self.since = since
      self.evidence = evidence
    }
  }
}

/// A value with its interval; no value where only bounds hold.
package struct Estimate: Hashable, Sendable {
  package var value: Double?
  package var low: Double
  package var high: Double
  package init(_ value: Double?, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }
  /// A value that is known exactly.
  package init(exact value: Double) { self.init(value, low: value, high: value) }
}
