package import Support

/// What earlier nights knew of tests: handed to the test analysis, and handed back with the night that was just read.
package struct TestHistory: Hashable, Sendable {
  /// Earlier nights in ascending order of `night`.
  package var nights: [Night]

  package init(nights: [Night] = []) { self.nights = nights }

  /// The form of a night; one of another form is not read.
  static let form: UInt8 = 3

  /// One build of a night.
  package struct Build: Hashable, Sendable {
    package var id: String
    package var revision: String
    package var branch: String
    /// Microseconds since the epoch, `Int64.min` where unknown.
    package var start: Int64
    package var isIncomplete: Bool
    package init(id: String, revision: String, branch: String, start: Int64, isIncomplete: Bool) {
      self.id = id
      self.revision = revision
      self.branch = branch
      self.start = start
      self.isIncomplete = isIncomplete
    }
  }

  /// One night's tests.
  package struct Night: Hashable, Sendable {
    /// The night's key as the history sorts it, a date as a rule.
    package var night: String
    /// In the order in which they ran.
    package var builds: [Build] = []
    package var isOrderKnown = true
    /// Configurations by the numbers in the rows.
    package var configurations: [String] = []
    /// Names of folders, files and hosts that show a configuration, with what it is called.
    package var labels: [String: String] = [:]
    /// Ids of the failure clusters.
    package var clusters: [String] = []
    /// The rows of the tests, put apart by the hashes of their names; in each part by name.
    package var rows: [[UInt8]] = []

    package init(night: String) { self.night = night }
  }

  /// How a test ended in one build, as a row keeps it.
  package enum Ending: UInt8, CaseIterable, Sendable {
    case absent, passed, failed
    /// Failed, and passed when run again.
    case flaky
    /// Failed for a reason that lay elsewhere.
    case collateral
    /// Its set-up failed.
    case setup
  }

  /// What became of one test on one configuration in one night.
  package struct Row: Hashable, Sendable {
    /// Index into the night's configurations.
    package var configuration = 0
    /// The endings in the night's builds: runs of equal ones.
    package var endings: [(ending: Ending, count: Int)] = []
    /// Attempts that ran and that failed, over all builds.
    package var attempts = 0
    package var failures = 0
    /// Median and upper quartile of the durations of its passed runs, microseconds; -1 where there is none.
    package var median: Int64 = -1
    package var upper: Int64 = -1

    package init() {}

    /// Whether it failed an attempt in any build.
    package var isTrouble: Bool { endings.contains { $0.ending != .absent && $0.ending != .passed } }
    package var runs: Int { endings.reduce(0) { $1.ending == .absent ? $0 : $0 + $1.count } }

    package static func == (a: Row, b: Row) -> Bool {
      a.configuration == b.configuration && a.attempts == b.attempts && a.failures == b.failures && a.median == b.median
        && a.upper == b.upper && a.endings.count == b.endings.count
        && zip(a.endings, b.endings).allSatisfy { $0.ending == $1.ending && $0.count == $1.count }
    }
    package func hash(into hasher: inout Hasher) {
      hasher.combine(configuration)
      hasher.combine(attempts)
      hasher.combine(median)
    }
  }
}

extension TestHistory.Row {
  private static let countsFlag: UInt8 = 1
  private static let durationFlag: UInt8 = 2

  /// Writes a row; the name stands before it.
  package func encode(to writer: inout ByteWriter) {
    let hasCounts = attempts != runs || failures != 0
    writer.byte((hasCounts ? Self.countsFlag : 0) | (median >= 0 ? Self.durationFlag : 0))
    writer.unsigned(UInt64(configuration))
    writer.unsigned(UInt64(endings.count))
    for (ending, count) in endings { writer.unsigned(UInt64(count) << 3 | UInt64(ending.rawValue)) }
    if hasCounts {
      writer.unsigned(UInt64(max(attempts, 0)))
      writer.unsigned(UInt64(max(failures, 0)))
    }
    if median >= 0 {
      writer.unsigned(UInt64(median))
      writer.unsigned(UInt64(max(upper, median) - median))
    }
  }

  /// Reads a row, in the room of the one before.
  package mutating func decode(from reader: inout ByteReader) throws(DecodeFailure) {
    let flags = try reader.byte()
    configuration = Int(clamping: try reader.unsigned())
    let count = try reader.unsigned()
    guard count <= UInt64(reader.remaining) else { throw reader.failure("a test's row is cut") }
    endings.removeAll(keepingCapacity: true)
    for _ in 0..<count {
      let value = try reader.unsigned()
      guard let ending = TestHistory.Ending(rawValue: UInt8(value & 7)), value >> 3 <= 1 << 20 else {
        throw reader.failure("unknown end of a test")
      }
      endings.append((ending, Int(value >> 3)))
    }
    attempts = runs
    failures = 0
    median = -1
    upper = -1
    if flags & Self.countsFlag != 0 {
      attempts = Int(clamping: try reader.unsigned())
      failures = Int(clamping: try reader.unsigned())
    }
    if flags & Self.durationFlag != 0 {
      median = Int64(clamping: try reader.unsigned())
      upper = median.addingSaturated(Int64(clamping: try reader.unsigned()))
    }
  }
}

extension TestHistory.Night: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.byte(TestHistory.form)
    writer.text(night)
    writer.bool(isOrderKnown)
    writer.array(builds)
    writer.array(configurations) { $0.text($1) }
    writer.dictionary(labels) { writer, name, label in
      writer.text(name)
      writer.text(label)
    }
    writer.array(clusters) { $0.text($1) }
    writer.array(rows) { $0.blob($1) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard try reader.byte() == TestHistory.form else { throw reader.failure("a night of another form") }
    night = try reader.text()
    isOrderKnown = try reader.bool()
    builds = try reader.array()
    configurations = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    labels = try reader.dictionary { reader throws(DecodeFailure) in (try reader.text(), try reader.text()) }
    clusters = try reader.array { reader throws(DecodeFailure) in try reader.text() }
    rows = try reader.array { reader throws(DecodeFailure) in try reader.blob() }
  }
}

extension TestHistory.Build: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [id, revision, branch] { writer.text(text) }
    writer.signed(start)
    writer.bool(isIncomplete)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    id = try reader.text()
    revision = try reader.text()
    branch = try reader.text()
    start = try reader.signed()
    isIncomplete = try reader.bool()
  }
}
