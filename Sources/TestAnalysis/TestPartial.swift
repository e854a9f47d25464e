// What digest keeps of the test reports: every case in short, by test, and what is known of the files.

package import Model
package import Segments
package import Support

/// What is kept of one report file.
package struct TestFilePart: Hashable, Sendable {
  package var path: String
  package var input: String
  package var member: String
  package var dialect = ""
  package var isComplete = true
  package var isRecovered = false
  /// As in the rows.
  package var parserStop = -2
  /// What its properties say of builds, revisions, branches and configurations.
  package var properties: [TestRecord.Property] = []
  /// When the archive says that it was written, microseconds since the epoch; `Int64.max` where it does not.
  package var written = Int64.max
  /// Sorted by key.
  package var suites: [SuitePart] = []
  /// Some of its tests.
  package var sample = TestSample()
  /// Equal for reports of the same bytes: the sum of hashes of its pieces.
  package var content: UInt64 = 0
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

  /// Whether it tells of what the results beside it ran on, and holds none.
  var isEnvironment: Bool { dialect == "allure-environment" }

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
      parserStop = other.parserStop
      properties = other.properties
    }
    written = min(written, other.written)
    sample.merge(other.sample)
    content = content &+ other.content
    joinSuites(other.suites)
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

extension TestFilePart {
  /// Suites of one report that are told apart.
  private static let mostSuites = 16_384

  /// Joins what other pieces say of the report's suites.
  mutating func joinSuites(_ others: [SuitePart]) {
    if others.isEmpty { return }
    var joined: [SuitePart] = []
    joined.reserveCapacity(suites.count + others.count)
    var (i, j) = (0, 0)
    while i < suites.count || j < others.count {
      if j >= others.count || i < suites.count && suites[i].note.key < others[j].note.key {
        joined.append(suites[i])
        i += 1
      } else if i >= suites.count || others[j].note.key < suites[i].note.key {
        joined.append(others[j])
        j += 1
      } else {
        joined.append(suites[i])
        joined[joined.count - 1].sample.merge(others[j].sample)
        i += 1
        j += 1
      }
    }
    if joined.count > Self.mostSuites { joined.removeLast(joined.count - Self.mostSuites) }
    suites = joined
  }
}

/// A suite of a report and some of its tests.
package struct SuitePart: Hashable, Sendable {
  package var note: SuiteNote
  package var sample: TestSample

  init(_ note: SuiteNote) {
    self.note = note
    sample = TestSample()
  }
}

extension SuitePart: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    note.encode(to: &writer)
    sample.encode(to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    note = try SuiteNote(from: &reader)
    sample = try TestSample(from: &reader)
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
    do throws(FileFailure) {
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
    for text in [path, input, member, dialect] { writer.text(text) }
    writer.array(properties) { writer, property in
      writer.text(property.name)
      writer.text(property.value)
    }
    writer.signed(written)
    writer.array(suites)
    sample.encode(to: &writer)
    writer.fixed64(content)
    for flag in [isComplete, isRecovered, isClosed] { writer.bool(flag) }
    writer.signed(Int64(parserStop))
    writer.signed(start)
    for count in [cases, passed, failed, errors, skipped, disabled] { writer.int(count) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    path = try reader.text()
    input = try reader.text()
    member = try reader.text()
    dialect = try reader.text()
    properties = try reader.array { reader throws(DecodeFailure) in
      TestRecord.Property(name: try reader.text(), value: try reader.text())
    }
    written = try reader.signed()
    suites = try reader.array()
    sample = try TestSample(from: &reader)
    content = try reader.fixed64()
    isComplete = try reader.bool()
    isRecovered = try reader.bool()
    isClosed = try reader.bool()
    parserStop = Int(truncatingIfNeeded: try reader.signed())
    start = try reader.signed()
    cases = try reader.tally()
    passed = try reader.tally()
    failed = try reader.tally()
    errors = try reader.tally()
    skipped = try reader.tally()
    disabled = try reader.tally()
  }
}
