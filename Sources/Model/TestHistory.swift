package import Support

/// What earlier nights knew of tests: handed to the test analysis, and handed back with the night that was just read.
package struct TestHistory: Hashable, Sendable {
  /// Earlier nights in ascending order of `night`.
  package var nights: [Night]

  package init(nights: [Night] = []) { self.nights = nights }

  /// One night's tests.
  package struct Night: Hashable, Sendable {
    /// The night's key as the history sorts it, a date as a rule.
    package var night: String
    /// The revision that was tested, empty where the reports do not tell or several were.
    package var revision: String
    /// The night's builds in order, each by its revision or, where that is not known, its folder.
    package var builds: [String]
    /// Sorted by `test`, each once.
    package var tests: [Outcome]

    package init(night: String, revision: String = "", builds: [String] = [], tests: [Outcome] = []) {
      self.night = night
      self.revision = revision
      self.builds = builds
      self.tests = tests
    }
  }

  /// What became of one test in one night, over all builds of that night.
  package struct Outcome: Hashable, Sendable {
    package var test: String
    /// The revision that this test ran on, empty where it is the night's or not known.
    package var revision: String
    /// How it ended after its last attempt; the worst of several builds.
    package var outcome: TestOutcome
    /// Attempts that ran, reruns included.
    package var attempts: Int
    /// Attempts that failed.
    package var failures: Int
    /// Builds in which the test ran, and in how many of them its first attempt failed.
    package var builds: Int
    package var firstFailures: Int
    /// Microseconds over all attempts.
    package var duration: Int64
    /// The id of the failure cluster it belonged to, empty where it did not fail or stood alone.
    package var cluster: String
    /// Whether all its failures came from elsewhere: a declared setup failure, an outage, a trouble that many shared.
    package var isCollateral: Bool
    /// One letter per build of the night: `P` passed, `F` failed, `R` failed and passed when run again, `C` failed for a
    /// reason that lay elsewhere, `-` did not run. Empty where only the sums are known.
    package var sequence = ""

    package init(
      test: String, revision: String = "", outcome: TestOutcome, attempts: Int = 1, failures: Int = 0, builds: Int = 1,
      firstFailures: Int = 0, duration: Int64 = 0, cluster: String = "", isCollateral: Bool = false
    ) {
      self.test = test
      self.revision = revision
      self.outcome = outcome
      self.attempts = attempts
      self.failures = failures
      self.builds = builds
      self.firstFailures = firstFailures
      self.duration = duration
      self.cluster = cluster
      self.isCollateral = isCollateral
    }

    /// Whether its first attempt failed and a later one of the same night passed.
    package var isMixed: Bool { failures > 0 && failures < attempts }
  }
}

extension TestHistory.Night: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(night)
    writer.text(revision)
    writer.array(builds) { $0.text($1) }
    writer.array(tests)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    night = try reader.text()
    revision = try reader.text()
    builds = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    tests = try reader.array()
  }
}

extension TestHistory.Outcome: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(test)
    writer.text(revision)
    writer.byte(outcome.rawValue)
    for value in [attempts, failures, builds, firstFailures] { writer.int(value) }
    writer.signed(duration)
    writer.text(cluster)
    writer.bool(isCollateral)
    writer.text(sequence)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    test = try reader.text()
    revision = try reader.text()
    guard let known = TestOutcome(rawValue: try reader.byte()) else { throw reader.failure("unknown test outcome") }
    outcome = known
    attempts = try reader.tally()
    failures = try reader.tally()
    builds = try reader.tally()
    firstFailures = try reader.tally()
    duration = try reader.signed()
    cluster = try reader.text()
    isCollateral = try reader.bool()
    sequence = try reader.text()
  }
}
