/// How one result record of a test report ended.
package enum TestOutcome: UInt8, Hashable, Sendable {
  case passed = 1
  case failed
  case error
  case skipped
  /// Listed but not run, or still open when the report was cut.
  case notRun

  /// The name in reports.
  package var name: String { String(describing: self) }
}

/// One result record (a `testcase` element or its like), before attempts are joined into tests.
package struct TestRecord: Sendable {
  /// Suite names from the outermost in, joined by `" > "` when printed.
  package var suites: [String] = []
  package var className = ""
  package var name = ""
  package var parameters = ""
  package var outcome: TestOutcome = .passed
  /// Masked of nothing, bounded to the kept text limit.
  package var message = ""
  package var failureType = ""
  package var stack = ""
  package var output = ""
  /// Microseconds, -1 where unknown.
  package var duration: Int64 = -1
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var time: Int64 = .min
  /// Whether the time stamp named its zone.
  package var hasZone = false
  package var file = ""
  package var line = 0
  /// Earlier or later attempts that the record itself tells of (Surefire's flaky and rerun elements).
  package var attempts: [Attempt] = []
  /// The record says that its final outcome differs from the element: rerun, flaky, expected failure.
  package var marks: Marks = []
  package var properties: [Property] = []
  package var source = SourceRef(bits: 0)

  package init() {}

  /// One attempt told of inside a result record.
  package struct Attempt: Hashable, Sendable {
    package var outcome: TestOutcome
    package var message: String
    package var failureType: String
    package var stack: String
    /// Microseconds, -1 where unknown.
    package var duration: Int64
    package init(
      outcome: TestOutcome, message: String = "", failureType: String = "", stack: String = "", duration: Int64 = -1
    ) {
      self.outcome = outcome
      self.message = message
      self.failureType = failureType
      self.stack = stack
      self.duration = duration
    }
  }

  package struct Property: Hashable, Sendable {
    package var name: String
    package var value: String
    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  package struct Marks: OptionSet, Hashable, Sendable {
    package var rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Earlier attempts failed, the last passed (`flakyFailure`, `flakyError`).
    package static let flaky = Marks(rawValue: 1)
    /// Repeated and failed again (`rerunFailure`, `rerunError`).
    package static let rerun = Marks(rawValue: 2)
    /// Read out of a damaged report.
    package static let recovered = Marks(rawValue: 4)
    /// The report ended inside this record.
    package static let incomplete = Marks(rawValue: 8)
    /// An empty record that only says "another attempt follows" (pytest-rerunfailures).
    package static let rerunPlaceholder = Marks(rawValue: 16)
    /// A setup, fixture or suite failure shown as a test.
    package static let setup = Marks(rawValue: 32)
    package static let expectedFailure = Marks(rawValue: 64)
    /// Switched off in the code or the build, neither run nor skipped by a decision at run time.
    package static let disabled = Marks(rawValue: 128)
    /// An earlier attempt of a test that the report tells of again (`attempt 1 of 3`).
    package static let earlierAttempt = Marks(rawValue: 256)
    /// The record writes a duration that is none: not a number, negative, or out of every range.
    package static let durationUnknown = Marks(rawValue: 512)
  }
}

/// One report file as read: its dialect and what it declares of itself.
package struct TestReportFile: Sendable {
  package var dialect = ""
  /// Whether the report was read to its proper end.
  package var complete = true
  /// Whether some of it was salvaged from damage.
  package var recovered = false
  /// Declared totals by name (`tests`, `failures`, `errors`, `skipped`), only ever compared.
  package var declared: [String: Int] = [:]
  /// Properties of the report as a whole: environment, revision, branch.
  package var properties: [TestRecord.Property] = []
  package var records: [TestRecord] = []
  package var source = SourceRef(bits: 0)
  /// A large report comes in several values with one `source`: this one's number, from 0. Declared totals, properties
  /// and the two flags above are whole in the last piece only.
  package var piece = 0
  /// Whether no further piece of the report follows.
  package var isLast = true

  package init() {}
}
