// What digest keeps of the test reports: every case in short, by test, and what is known of the files.

internal import Model
package import Support

/// What is kept of one report file.
package struct TestFilePart: Hashable, Sendable {
  package var path: String
  package var input: String
  package var member: String
  package var dialect = ""
  package var isComplete = true
  package var isRecovered = false
  package var revision = ""
  package var branch = ""
  package var configuration = ""
  package var build = ""
  /// Whether the last piece was seen.
  package var isClosed = false
  /// The first time in its records, microseconds since the epoch; `Int64.max` where there is none.
  package var start = Int64.max
  /// Result records by how they ended; `disabled` are those of `notRun` that are switched off.
  package var cases = 0
  package var passed = 0
  package var failed = 0
  package var errors = 0
  package var skipped = 0
  package var disabled = 0

  package init(path: String, input: String, member: String) {
    self.path = path
    self.input = input
    self.member = member
  }

  package struct Key: Hashable, Comparable, Sendable {
    package var path: String
    package var input: String
    package var member: String
    package static func < (a: Key, b: Key) -> Bool { (a.path, a.input, a.member) < (b.path, b.input, b.member) }
  }

  package var key: Key { Key(path: path, input: input, member: member) }

  /// Counts a case.
  mutating func count(_ note: borrowing CompactResult) {
    cases += 1
    switch note.outcome {
    case .passed: passed += 1
    case .failed: failed += 1
    case .error: errors += 1
    case .skipped: skipped += 1
    case .notRun: if note.marks.contains(.disabled) { disabled += 1 }
    }
  }
}

extension TestFilePart: Mergeable {
  /// Joins what other pieces of the same file say; of the file as a whole the last piece speaks.
  package mutating func merge(_ other: TestFilePart) {
    if other.isClosed || dialect.isEmpty {
      dialect = other.dialect
      revision = other.revision
      branch = other.branch
      configuration = other.configuration
      build = other.build
    }
    isComplete = isComplete && other.isComplete
    isRecovered = isRecovered || other.isRecovered
    isClosed = isClosed || other.isClosed
    start = min(start, other.start)
    cases += other.cases
    passed += other.passed
    failed += other.failed
    errors += other.errors
    skipped += other.skipped
    disabled += other.disabled
  }
}

/// The test reports of some partitions.
package struct TestPartial: Sendable {
  /// In no order; a large file that several partitions hold pieces of stands here more than once.
  private(set) var parts: [TestFilePart] = []
  private(set) var cases: CaseBuckets

  package init() { cases = CaseBuckets() }

  init(parts: [TestFilePart], cases: CaseBuckets) {
    self.parts = parts
    self.cases = cases
  }

  /// The files in the order of their names, each once, and the rank of each part's file among them.
  package func files() -> (files: [TestFilePart], ranks: [Int]) {
    var files: [TestFilePart] = []
    var ranks = [Int](repeating: 0, count: parts.count)
    let keys = parts.map(\.key)
    for number in parts.indices.sorted(by: { keys[$0] < keys[$1] }) {
      if let last = files.last, last.key == keys[number] {
        files[files.count - 1].merge(parts[number])
      } else {
        files.append(parts[number])
      }
      ranks[number] = files.count - 1
    }
    return (files, ranks)
  }
}

extension TestPartial: Mergeable {
  package mutating func merge(_ other: TestPartial) {
    cases.merge(other.cases, firstFile: parts.count)
    parts += other.parts
  }
}

extension TestPartial: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    let (files, ranks) = files()
    writer.array(files)
    do throws(CaseFailure) {
      try cases.encode(to: &writer, ranks: ranks)
    } catch {
      // Cut short: whoever reads it says that it is damaged.
      return
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    parts = try reader.array()
    cases = try CaseBuckets(from: &reader, files: parts.count)
  }
}

extension TestFilePart: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [path, input, member, dialect, revision, branch, configuration, build] { writer.text(text) }
    for flag in [isComplete, isRecovered, isClosed] { writer.bool(flag) }
    writer.signed(start)
    for count in [cases, passed, failed, errors, skipped, disabled] { writer.int(count) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    path = try reader.text()
    input = try reader.text()
    member = try reader.text()
    dialect = try reader.text()
    revision = try reader.text()
    branch = try reader.text()
    configuration = try reader.text()
    build = try reader.text()
    isComplete = try reader.bool()
    isRecovered = try reader.bool()
    isClosed = try reader.bool()
    start = try reader.signed()
    cases = try reader.tally()
    passed = try reader.tally()
    failed = try reader.tally()
    errors = try reader.tally()
    skipped = try reader.tally()
    disabled = try reader.tally()
  }
}
