// What digest keeps of the test reports: every case in short, by file and piece.

package import Core

/// One result record in short.
package struct TestCaseNote: Hashable, Sendable {
  package var test: String
  package var attempt: Int
  package var outcome: TestOutcome
  package var marks: TestRecord.Marks
  /// Microseconds, -1 where unknown.
  package var duration: Int64
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var time: Int64
  package var line: Int
  package var failure: FailureNote?
  /// Whether the record is a bare `passed`: what pytest-rerunfailures leaves of an attempt.
  package var isBare: Bool
  package var inner: [Inner]

  /// An attempt told of inside the record.
  package struct Inner: Hashable, Sendable {
    package var outcome: TestOutcome
    package var duration: Int64
    package var failure: FailureNote
  }

  package var isFailure: Bool { outcome == .failed || outcome == .error }
}

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
  package var pieces: [Int: [TestCaseNote]] = [:]

  package var cases: [TestCaseNote] { pieces.sorted { $0.key < $1.key }.flatMap(\.value) }

  package func evidence(_ note: TestCaseNote, quote: String = "") -> Evidence {
    Evidence(SourceLocation(input: input, member: member, position: .line(note.line)), quote: quote)
  }
}

/// The test reports of some partitions.
package struct TestPartial: Sendable {
  package struct Key: Hashable, Comparable, Sendable {
    package var path: String
    package var input: String
    package var member: String
    package static func < (a: Key, b: Key) -> Bool { (a.path, a.input, a.member) < (b.path, b.input, b.member) }
  }

  package var files: [Key: TestFilePart] = [:]

  package init() {}
}

extension TestPartial: Mergeable {
  package mutating func merge(_ other: TestPartial) {
    files.merge(other.files) { mine, theirs in
      var joined = theirs.isClosed ? theirs : mine
      joined.pieces = mine.pieces.merging(theirs.pieces) { $0.count >= $1.count ? $0 : $1 }
      joined.isComplete = mine.isComplete && theirs.isComplete
      joined.isRecovered = mine.isRecovered || theirs.isRecovered
      joined.isClosed = mine.isClosed || theirs.isClosed
      return joined
    }
  }
}

extension TestPartial: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.array(files.sorted { $0.key < $1.key }) { $0.encodePart($1.value) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    self.init()
    let parts = try reader.array { reader throws(DecodeFailure) in try TestFilePart(from: &reader) }
    for part in parts { files[Key(path: part.path, input: part.input, member: part.member)] = part }
  }
}

extension ByteWriter {
  fileprivate mutating func encodePart(_ part: TestFilePart) { part.encode(to: &self) }
}

extension TestFilePart: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [path, input, member, dialect, revision, branch, configuration, build] { writer.text(text) }
    for flag in [isComplete, isRecovered, isClosed] { writer.bool(flag) }
    writer.dictionary(pieces) { writer, piece, notes in
      writer.int(piece)
      writer.array(notes)
    }
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
    pieces = try reader.dictionary { reader throws(DecodeFailure) in
      (try reader.int(), try reader.array(of: TestCaseNote.self))
    }
  }
}

extension TestCaseNote: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(test)
    writer.int(attempt)
    writer.byte(outcome.rawValue)
    writer.unsigned(UInt64(marks.rawValue))
    writer.signed(duration)
    writer.signed(time)
    writer.int(line)
    writer.bool(isBare)
    writer.bool(failure != nil)
    failure?.encode(to: &writer)
    writer.array(inner) { writer, inner in
      writer.byte(inner.outcome.rawValue)
      writer.signed(inner.duration)
      inner.failure.encode(to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    test = try reader.text()
    attempt = try reader.int()
    outcome = try reader.testOutcome()
    marks = TestRecord.Marks(rawValue: UInt16(truncatingIfNeeded: try reader.unsigned()))
    duration = try reader.signed()
    time = try reader.signed()
    line = try reader.int()
    isBare = try reader.bool()
    failure = try reader.bool() ? FailureNote(from: &reader) : nil
    inner = try reader.array { reader throws(DecodeFailure) in
      Inner(
        outcome: try reader.testOutcome(), duration: try reader.signed(), failure: try FailureNote(from: &reader))
    }
  }
}

extension FailureNote: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [type, message, frame, cause] { writer.text(text) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    type = try reader.text()
    message = try reader.text()
    frame = try reader.text()
    cause = try reader.text()
  }
}

extension ByteReader {
  fileprivate mutating func testOutcome() throws(DecodeFailure) -> TestOutcome {
    guard let outcome = TestOutcome(rawValue: try byte()) else { throw failure("unknown test outcome") }
    return outcome
  }
}
