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
  /// What the report tests, empty where neither its properties nor its folders tell.
  package var revision = ""
  package var branch = ""
  package var configuration = ""
  /// The folder of the report: reports of one build lie in one folder.
  package var build = ""
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
  var memory: Int { 320 + path.utf8.count + build.utf8.count + cases.count }

  /// The partition of the row among `count`: the pieces of one large report go different ways, and meet again.
  package func partition(among count: Int) -> Int {
    Int(StableHash.combine(StableHash.hash(path), UInt64(truncatingIfNeeded: piece)) % UInt64(count))
  }
}

extension ReportRow: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    for text in [path, dialect, revision, branch, configuration, build] { writer.text(text) }
    for flag in [isLast, isComplete, isRecovered] { writer.bool(flag) }
    writer.fixed64(source.bits)
    writer.int(piece)
    writer.signed(first)
    writer.signed(last)
    writer.int(count)
    writer.blob(cases)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    path = try reader.text()
    dialect = try reader.text()
    revision = try reader.text()
    branch = try reader.text()
    configuration = try reader.text()
    build = try reader.text()
    isLast = try reader.bool()
    isComplete = try reader.bool()
    isRecovered = try reader.bool()
    source = SourceRef(bits: try reader.fixed64())
    piece = try reader.int()
    first = try reader.signed()
    last = try reader.signed()
    count = try reader.int()
    cases = try reader.blob()
  }
}
