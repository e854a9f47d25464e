/// What the night's test reports say, attempts joined into tests.
package struct TestFindings: Hashable, Sendable {
  package var attempts = 0
  package var tests = 0
  package var passed = 0
  package var failed = 0
  package var errors = 0
  package var skipped = 0
  package var notRun = 0
  /// Lines whose last build of tonight ended failed.
  package var failing: [FailingTest] = []
  /// In the order in which they ran.
  package var builds: [Build] = []
  /// Whether something tells in which order the builds ran; if not, no regression is dated.
  package var isOrderKnown = true
  /// Cells of the matrix, sorted.
  package var configurations: [ForeignName] = []
  package var flaky: [FlakyTest] = []
  package var newlyFailing: [NewFailure] = []
  package var clusters: [Cluster] = []
  package var fixed: [Fix] = []
  package var appeared: [Appearance] = []
  package var vanished: [Appearance] = []
  package var renamed: [Renaming] = []
  package var slower: [Slowdown] = []
  package var files: [File] = []
  package var rerunPolicies: [RerunPolicy] = []
  package var quarantine: [Quarantined] = []
  /// Tests of the quarantine that was read which may leave it.
  package var released: [Release] = []
  package var slowest: [Cost] = []
  /// Tests whose names vary from run to run and are masked.
  package var maskedNames = 0
  /// Failures that are neither known flaky nor in the quarantine that was read.
  package var unexcused = 0

  package init() {}

  /// The line that a finding is about: one test on one configuration and branch.
  package struct Line: Hashable, Comparable, Sendable {
    package var test: ForeignName
    /// Empty where there is none.
    package var configuration: ForeignName
    package var branch: ForeignName
    package init(_ test: ForeignName, configuration: ForeignName = "", branch: ForeignName = "") {
      self.test = test
      self.configuration = configuration
      self.branch = branch
    }
    package static func < (a: Line, b: Line) -> Bool {
      (a.test, a.configuration, a.branch) < (b.test, b.configuration, b.branch)
    }
  }

  package struct FailingTest: Hashable, Sendable {
    package enum Status: String, CaseIterable, Hashable, Sendable {
      /// It passed before, and fails since a build of tonight.
      case new
      /// It fails since an earlier night, or has never passed.
      case ongoing
      /// It comes and goes.
      case flaky
      /// A fixture, a hook, a collection, a compilation or a container failed before the test could.
      case setup
      /// It failed only because another one did.
      case collateral
      /// It fails on this configuration and has never passed there, and passes on another.
      case configuration
    }

    package var line: Line
    package var status: Status
    /// The first build of the failures at the end, by its revision or its name; nil where it is not known.
    package var since: ForeignName?
    package var lastPassed: ForeignName?
    /// Those two builds by themselves, where they are of one revision, which then tells nothing.
    package var sinceBuild: ForeignName?
    package var lastPassedBuild: ForeignName?
    /// Builds of the failures at the end, and builds in which the line ran.
    package var failedBuilds: Int
    package var builds: Int
    /// The first line of the message, not masked.
    package var message: ForeignText
    /// Where in the code it failed, as far as the report tells.
    package var place: CodePlace?
    package var isQuarantined = false
    /// Whose file it is, where the pipeline names owners.
    package var owner: ForeignName?
    /// The cluster that it belongs to.
    package var cluster: FindingID?
    /// Set where so few failures do not tell whether it is broken: what became of others that failed for the first time.
    package var doubt: Doubt?
    /// The last builds of its branch, the oldest first.
    package var history: [Mark] = []
    package var evidence: [Evidence]

    package init(
      line: Line, status: Status, failedBuilds: Int, builds: Int, message: ForeignText, evidence: [Evidence] = []
    ) {
      self.line = line
      self.status = status
      self.failedBuilds = failedBuilds
      self.builds = builds
      self.message = message
      self.evidence = evidence
    }
  }

  /// Tests of this project that came and went, and those that broke and stayed so until somebody mended them.
  package struct Doubt: Hashable, Sendable {
    package var flaky: Int
    package var broken: Int
    package init(flaky: Int, broken: Int) {
      self.flaky = flaky
      self.broken = broken
    }
  }

  /// A line of a source file; 0 where only the file is known.
  package struct CodePlace: Hashable, Sendable {
    package var file: ForeignName
    package var line: Int
    package init(file: ForeignName, line: Int) {
      self.file = file
      self.line = line
    }
  }

  /// One run of the pipeline on one revision.
  package struct Build: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Hashable, Sendable { case passed, failed, incomplete }
    package var id: ForeignName
    /// Empty where unknown.
    package var revision: ForeignName = ""
    package var branch: ForeignName = ""
    package var configurations: [ForeignName] = []
    package var outcome: Outcome
    package var tests = 0
    package var failed = 0
    package var flaky = 0
    /// Microseconds since the epoch, `Int64.min` where unknown.
    package var start = Int64.min
    package init(id: ForeignName, outcome: Outcome) {
      self.id = id
      self.outcome = outcome
    }
  }

  /// What a line did in one build.
  package enum Mark: String, CaseIterable, Hashable, Sendable {
    case passed = "P"
    case failed = "F"
    /// Failed first and passed in the end.
    case flaky = "R"
    /// Failed because of something else: a set-up, an outage, another test.
    case elsewhere = "E"
    case absent = "-"
  }

  package struct FlakyTest: Hashable, Sendable {
    /// How it shows.
    package enum Basis: String, CaseIterable, Hashable, Sendable {
      /// Failed and passed at one revision: by a rerun, or in two builds of it.
      case sameRevision
      /// Failures that come and go from build to build.
      case history
    }
    package var line: Line
    package var basis: Basis
    package var attempts: Int
    package var failures: Int
    /// Lower credible bound of the failure rate.
    package var lowerBound: Double
    /// The share of its first attempts that failed.
    package var rate: Double
    /// The last build in which it failed an attempt.
    package var lastSeen: ForeignName?
    /// The last builds of its branch, the oldest first.
    package var history: [Mark] = []
    package var evidence: [Evidence]
    package init(
      line: Line, basis: Basis, attempts: Int, failures: Int, lowerBound: Double, rate: Double = 0,
      evidence: [Evidence] = []
    ) {
      self.line = line
      self.basis = basis
      self.attempts = attempts
      self.failures = failures
      self.lowerBound = lowerBound
      self.rate = rate
      self.evidence = evidence
    }
  }

  /// Tests that failed together, or for one reason.
  package struct Cluster: Hashable, Sendable {
    package enum Basis: String, CaseIterable, Hashable, Sendable {
      /// The reports name what they needed.
      case declared
      /// They began to fail in the same builds, more than once.
      case coFailure
      /// They failed while the traces show an outage.
      case traceSupported
      /// They gave the same message in the same builds.
      case message
    }
    package var id: FindingID
    /// The masked message they share, or what they share instead.
    package var signature: ForeignText
    /// A message of one of them as it stands in its report.
    package var example: ForeignText = ""
    package var basis: Basis
    /// Sorted.
    package var tests: [ForeignName]
    package var builds: [ForeignName] = []
    package var evidence: [Evidence]
    package init(
      id: FindingID, signature: ForeignText, basis: Basis, tests: [ForeignName], evidence: [Evidence] = []
    ) {
      self.id = id
      self.signature = signature
      self.basis = basis
      self.tests = tests
      self.evidence = evidence
    }
  }

  package struct File: Hashable, Sendable {
    /// Relative to the input folder; `archive!member` inside an archive.
    package var path: ForeignName
    package var dialect: OwnName
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
    /// The byte at which libxml2 stopped and the scanner read on; -1 where it read all, -2 where the report is no XML.
    package var parserStop = -2
    /// Tests that are switched off; `passed` counts them, as the report does: they neither failed nor were skipped.
    package var disabled = 0
    package init(path: ForeignName, dialect: OwnName) {
      self.path = path
      self.dialect = dialect
    }
  }

  package struct Cost: Hashable, Sendable {
    package var test: ForeignName
    /// Microseconds over all attempts.
    package var total: Int64
    package var attempts: Int
    package init(test: ForeignName, total: Int64, attempts: Int) {
      self.test = test
      self.total = total
      self.attempts = attempts
    }
  }

  package struct NewFailure: Hashable, Sendable {
    package var line: Line
    /// The first build it failed in, by revision or name.
    package var since: ForeignName
    package var lastPassed: ForeignName?
    package var evidence: [Evidence]
    package init(line: Line, since: ForeignName, evidence: [Evidence] = []) {
      self.line = line
      self.since = since
      self.evidence = evidence
    }
  }
}

// MARK: - What changed

extension TestFindings {
  /// A test that was broken and passes again.
  package struct Fix: Hashable, Sendable {
    package var line: Line
    /// The first build in which it passed again.
    package var since: ForeignName
    package init(line: Line, since: ForeignName) {
      self.line = line
      self.since = since
    }
  }

  /// A test that is there for the first time, or no longer.
  package struct Appearance: Hashable, Sendable {
    package var test: ForeignName
    /// The first build with it; of one that vanished, the last.
    package var build: ForeignName
    package init(test: ForeignName, build: ForeignName) {
      self.test = test
      self.build = build
    }
  }

  package struct Renaming: Hashable, Sendable {
    package var from: ForeignName
    package var to: ForeignName
    package init(from: ForeignName, to: ForeignName) {
      self.from = from
      self.to = to
    }
  }

  package struct Slowdown: Hashable, Sendable {
    package var line: Line
    /// Medians, microseconds.
    package var before: Int64
    package var now: Int64
    package var since: ForeignName
    package init(line: Line, before: Int64, now: Int64, since: ForeignName) {
      self.line = line
      self.before = before
      self.now = now
      self.since = since
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
