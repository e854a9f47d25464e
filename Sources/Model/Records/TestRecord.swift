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

  /// Whether the test did not do what it should: a failure or an error.
  package var isFailure: Bool { self == .failed || self == .error }
}

/// One result record (a `testcase` element or its like), before attempts are joined into tests.
@usableFromInline package struct TestRecord: Sendable {
  /// Suite names from the outermost in, joined by `" > "` when printed.
  package var suites: [String] = []
  package var className = ""
  package var name = ""
  package var outcome: TestOutcome = .passed
  /// Microseconds, -1 where unknown.
  package var duration: Int64 = -1
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var time: Int64 = .min
  /// Whether the time stamp named its zone.
  package var hasZone = false
  package var file = ""
  package var line = 0
  /// The matrix cell that the format itself names for this record: a browser, a project, a device. Never a shard or module.
  package var configuration = ""
  /// The `hostname` of the innermost suite, or what else the format calls the machine: a machine, or a project or device in
  /// its place.
  package var host = ""
  /// Properties of the innermost suite, where the report has several suites; shared by its records.
  package var suiteProperties: [Property] = []
  /// The record says that its final outcome differs from the element: rerun, flaky, expected failure.
  package var marks: Marks = []
  package var source = SourceRef(bits: 0)
  /// What few records have, none or one: most tests pass and say no more, and a short record is moved and freed sooner.
  @usableFromInline var rare: [Rare] = []

  package init() {}

  @usableFromInline struct Rare: Sendable {
    @usableFromInline var parameters = ""
    @usableFromInline var message = ""
    @usableFromInline var failureType = ""
    @usableFromInline var stack = ""
    @usableFromInline var output = ""
    @usableFromInline var attempt = 0
    @usableFromInline var attempts: [Attempt] = []
    @usableFromInline var properties: [Property] = []
    @usableFromInline init() {}
  }

  /// Whether the record may say more than that a test ran.
  @inlinable package var hasDetails: Bool { !rare.isEmpty }

  @inlinable package var parameters: String {
    get { rare.isEmpty ? "" : rare[0].parameters }
    set { set(newValue, \.parameters) }
  }
  /// Masked of nothing, bounded to the kept text limit.
  @inlinable package var message: String {
    get { rare.isEmpty ? "" : rare[0].message }
    set { set(newValue, \.message) }
  }
  @inlinable package var failureType: String {
    get { rare.isEmpty ? "" : rare[0].failureType }
    set { set(newValue, \.failureType) }
  }
  @inlinable package var stack: String {
    get { rare.isEmpty ? "" : rare[0].stack }
    set { set(newValue, \.stack) }
  }
  @inlinable package var output: String {
    get { rare.isEmpty ? "" : rare[0].output }
    set { set(newValue, \.output) }
  }
  /// The producer's own 1-based number of this attempt, 0 where it says nothing.
  @inlinable package var attempt: Int {
    get { rare.isEmpty ? 0 : rare[0].attempt }
    set {
      if rare.isEmpty {
        if newValue == 0 { return }
        rare.append(Rare())
      }
      rare[0].attempt = newValue
    }
  }
  /// Earlier or later attempts that the record itself tells of (Surefire's flaky and rerun elements).
  @inlinable package var attempts: [Attempt] {
    get { rare.isEmpty ? [] : rare[0].attempts }
    set {
      if rare.isEmpty, newValue.isEmpty { return }
      if rare.isEmpty { rare.append(Rare()) }
      rare[0].attempts = newValue
    }
    _modify {
      if rare.isEmpty { rare.append(Rare()) }
      yield &rare[0].attempts
    }
  }
  @inlinable package var properties: [Property] {
    get { rare.isEmpty ? [] : rare[0].properties }
    set {
      if rare.isEmpty, newValue.isEmpty { return }
      if rare.isEmpty { rare.append(Rare()) }
      rare[0].properties = newValue
    }
    _modify {
      if rare.isEmpty { rare.append(Rare()) }
      yield &rare[0].properties
    }
  }

  @inlinable mutating func set(_ text: String, _ field: WritableKeyPath<Rare, String>) {
    if rare.isEmpty {
      if text.isEmpty { return }
      rare.append(Rare())
    }
    rare[0][keyPath: field] = text
  }

  /// One attempt told of inside a result record.
  @usableFromInline package struct Attempt: Hashable, Sendable {
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

  @usableFromInline package struct Property: Hashable, Sendable {
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
    // The standard library's own of these are generic, and each costs hundreds of instructions per record from another module.
    package init() { rawValue = 0 }
    package init(arrayLiteral marks: Marks...) {
      rawValue = 0
      for mark in marks { rawValue |= mark.rawValue }
    }
    package var isEmpty: Bool { rawValue == 0 }
    package func contains(_ mark: Marks) -> Bool { rawValue & mark.rawValue == mark.rawValue }
    package func isDisjoint(with other: Marks) -> Bool { rawValue & other.rawValue == 0 }
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
    /// A tear-down failed: of a test that stands beside it or that this record tells of too.
    package static let teardown = Marks(rawValue: 1024)
    /// Only sums up other records, and fails where one of them does.
    package static let parent = Marks(rawValue: 2048)
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
  /// Which of the two XML readers read it: `libxml2`, or from some byte on `scanner`; empty for other formats.
  package var parser = ""
  /// The byte at which libxml2 stopped and the scanner went on, -1 where it read all.
  package var parserStoppedAt = -1
  /// A large report comes in several values with one `source`: this one's number, from 0. Declared totals, properties
  /// and the two flags above are whole in the last piece only.
  package var piece = 0
  /// Whether no further piece of the report follows.
  package var isLast = true

  package init() {}
}
