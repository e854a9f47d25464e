package import Model
package import Support

/// One test report, or a piece of a large one, as rows hold it: what is known of the file, and its result records in the
/// short form that the test analysis makes and reads.
package struct ReportRow: Hashable, Sendable {
  /// The name it is listed under: relative to the input folder; `archive!member` inside an archive.
  package var path: String
  /// Where the report begins.
  package var source: SourceRef
  /// The piece's number within the report, from 0.
  package var piece = 0
  /// Whether no further piece of the report follows; what is said of the file as a whole is known in the last one only.
  package var isLast = true
  package var dialect = ""
  /// Whether the report was read to its proper end.
  package var isComplete = true
  /// Whether some of it was salvaged from damage.
  package var isRecovered = false
  /// The byte at which libxml2 stopped and the scanner read on; -1 where it read all, -2 where the report is no XML.
  package var parserStop = -2
  /// What the report says of itself that tells builds, revisions, branches and configurations; known in the last piece.
  package var properties: [TestRecord.Property] = []
  /// When the archive says that the report was written, microseconds since the epoch; `Int64.max` where it does not.
  package var written = Int64.max
  /// The suites that the piece's cases refer to, each once.
  package var suites: [SuiteNote] = []
  /// First and last time in the records, microseconds since the epoch; `first > last` where there is none.
  package var first = Int64.max
  package var last = Int64.min
  /// How many result records there are.
  package var count = 0
  /// The records in short.
  package var cases: [UInt8] = []

  package init(path: String, source: SourceRef) {
    self.path = path
    self.source = source
  }

  /// A fair guess of the bytes held.
  var memory: Int { 320 + path.utf8.count + cases.count + 200 * (suites.count + properties.count) }

  /// The partition of the row among `count`: the pieces of one large report go different ways, and meet again.
  package func partition(among count: Int) -> Int {
    Int(StableHash.combine(StableHash.hash(path), UInt64(truncatingIfNeeded: piece)) % UInt64(count))
  }
}

extension ReportRow: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [path, dialect] { writer.text(text) }
    writer.array(properties) { writer, property in
      writer.text(property.name)
      writer.text(property.value)
    }
    writer.signed(written)
    writer.array(suites)
    for flag in [isLast, isComplete, isRecovered] { writer.bool(flag) }
    writer.fixed64(source.bits)
    writer.int(piece)
    writer.signed(Int64(parserStop))
    writer.signed(first)
    writer.signed(last)
    writer.int(count)
    writer.blob(cases)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    path = try reader.text()
    dialect = try reader.text()
    properties = try reader.array { reader throws(DecodeFailure) in
      TestRecord.Property(name: try reader.text(), value: try reader.text())
    }
    written = try reader.signed()
    suites = try reader.array()
    isLast = try reader.bool()
    isComplete = try reader.bool()
    isRecovered = try reader.bool()
    source = SourceRef(bits: try reader.fixed64())
    piece = try reader.int()
    parserStop = Int(truncatingIfNeeded: try reader.signed())
    first = try reader.signed()
    last = try reader.signed()
    count = try reader.int()
    cases = try reader.blob()
  }
}

/// A suite of a report, as far as it tells tests and configurations apart.
package struct SuiteNote: Hashable, Sendable {
  /// What the cases refer to it by: a hash of everything below.
  package var key: UInt32 = 0
  /// Names from the outermost in.
  package var suite = ""
  package var host = ""
  /// The cell of a matrix that the producer itself names.
  package var configuration = ""
  /// The source file that its tests stand in.
  package var file = ""
  package var properties: [TestRecord.Property] = []

  package init() {}
}

extension SuiteNote: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed32(key)
    for text in [suite, host, configuration, file] { writer.text(text) }
    writer.array(properties) { writer, property in
      writer.text(property.name)
      writer.text(property.value)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    key = try reader.fixed32()
    suite = try reader.text()
    host = try reader.text()
    configuration = try reader.text()
    file = try reader.text()
    properties = try reader.array { reader throws(DecodeFailure) in
      TestRecord.Property(name: try reader.text(), value: try reader.text())
    }
  }
}
