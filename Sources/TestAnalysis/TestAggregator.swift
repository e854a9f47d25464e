// The digest side of the test analysis: report pieces in, a partial out.

package import Model
package import Segments
package import Support

/// Takes the test reports of one partition, piece by piece, in any order.
package struct TestAggregator: Sendable {
  private var parts: [TestFilePart] = []
  private var numbers: [TestFilePart.Key: Int] = [:]
  private var cases: CaseBuckets

  /// A piece holds fewer cases than this: a case's number in its file tells its piece too.
  private static let pieceCases = 1 << 16
  /// And no report comes in as many pieces as this.
  private static let pieces = 1 << 40

  /// - Parameter spill: where cases go that have no room in memory; none where all are to stay.
  package init(spill: (any CaseSpillStore)? = nil) { cases = CaseBuckets(spill: spill) }

  /// Takes one report or one piece of a large one.
  ///
  /// - Parameters:
  ///   - row: the report's row.
  ///   - sources: the table that the row's place refers to.
  /// - Throws: `DecodeFailure` where the row's cases are damaged.
  package mutating func observe(_ row: ReportRow, sources: SourceTable) throws(DecodeFailure) {
    let place = sources.location(row.source)
    var piece = TestFilePart(path: row.path, input: place.input, member: place.member)
    piece.dialect = row.dialect
    piece.isComplete = row.isComplete
    piece.isRecovered = row.isRecovered
    piece.parserStop = row.parserStop
    piece.isClosed = row.isLast
    piece.properties = row.properties
    piece.written = row.written
    piece.content = StableHash.combine(StableHash.hash(row.cases.span), UInt64(truncatingIfNeeded: row.piece))
    piece.suites = row.suites.sorted { $0.key < $1.key }.map { SuitePart($0) }
    var lastSuite = 0
    piece.start = row.first
    let number = numbers[piece.key] ?? parts.count
    var reader = ByteReader(row.cases)
    guard row.count >= 0, row.count < Self.pieceCases, row.piece >= 0, row.piece < Self.pieces else {
      throw reader.failure("a report's piece is out of range")
    }
    var note = CompactResult()
    var names = SharedNameReader()
    for index in 0..<row.count {
      try names.read(from: &reader, of: row.cases)
      let start = reader.offset
      try note.decode(from: &reader)
      piece.count(note)
      let hash = StableHash.hash(names.name.span)
      piece.sample.add(hash, note.outcome, duration: note.duration)
      if note.suite != 0, !piece.suites.isEmpty {
        if piece.suites[lastSuite].note.key != note.suite {
          lastSuite = piece.suites.partitioningIndex { $0.note.key >= note.suite }
          guard lastSuite < piece.suites.count, piece.suites[lastSuite].note.key == note.suite else {
            throw reader.failure("a case of an unknown suite")
          }
        }
        piece.suites[lastSuite].sample.add(hash, note.outcome, duration: note.duration)
      }
      cases.add(
        names.name, start..<reader.offset, of: row.cases, to: CaseBuckets.bucket(of: hash), file: number,
        position: row.piece &* Self.pieceCases &+ index)
    }
    guard reader.remaining == 0 else { throw reader.failure("trailing bytes in a report") }
    if number == parts.count {
      numbers[piece.key] = number
      parts.append(piece)
    } else {
      parts[number].merge(piece)
    }
  }

  /// The partial of everything observed.
  package consuming func finish() -> TestPartial {
    cases.close()
    return TestPartial(parts: parts, cases: cases)
  }
}
