package import Support

/// What is true of a generated series of CI nights. Tests are named `class > name`.
package struct CITruth: Hashable, Sendable {
  package struct Flaky: Hashable, Sendable {
    package var test: String
    package var rate: Double
    /// Failed attempts that the reports show.
    package var failures: Int
    /// Whether some build shows it failing and passing at one revision.
    package var sameRevision: Bool
  }
  package struct Regression: Hashable, Sendable {
    package var test: String
    package var revision: String
    /// 0-based.
    package var night: Int
  }
  package struct Setup: Hashable, Sendable {
    package var suite: String
    package var night: Int
    package var build: Int
  }
  package struct Cluster: Hashable, Sendable {
    package var message: String
    package var tests: [String]
    package var occurrences: Int
  }
  package struct Outage: Hashable, Sendable {
    package var service: String
    package var night: Int
    /// Microseconds since the epoch.
    package var start: Int64
    package var end: Int64
    package var tests: [String]
  }

  package var flaky: [Flaky] = []
  package var regressions: [Regression] = []
  package var setups: [Setup] = []
  package var clusters: [Cluster] = []
  package var outage: Outage?
  package var cases = 0
  package var tests = 0
  package var builds = 0

  /// `truth.json`.
  package var json: JSONValue {
    .object([
      "cases": .int(cases), "tests": .int(tests), "builds": .int(builds),
      "flaky": .array(
        flaky.sorted { $0.test < $1.test }.map {
          .object([
            "test": .string($0.test), "rate": .double($0.rate), "failures": .int($0.failures),
            "sameRevision": .bool($0.sameRevision),
          ])
        }),
      "regressions": .array(
        regressions.sorted { $0.test < $1.test }.map {
          .object(["test": .string($0.test), "revision": .string($0.revision), "night": .int($0.night)])
        }),
      "setupFailures": .array(
        setups.map { .object(["suite": .string($0.suite), "night": .int($0.night), "build": .int($0.build)]) }),
      "clusters": .array(
        clusters.map {
          .object([
            "message": .string($0.message), "tests": .array($0.tests.sorted().map(JSONValue.string)),
            "occurrences": .int($0.occurrences),
          ])
        }),
      "outage": outage.map {
        .object([
          "service": .string($0.service), "night": .int($0.night), "start": .string(Timestamp($0.start).rfc3339),
          "end": .string(Timestamp($0.end).rfc3339), "tests": .array($0.tests.sorted().map(JSONValue.string)),
        ])
      },
    ])
  }
}
