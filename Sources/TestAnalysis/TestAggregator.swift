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
    piece.isClosed = row.isLast
    piece.revision = row.revision
    piece.branch = row.branch
    piece.configuration = row.configuration
    piece.build = row.build
    piece.start = row.first
    let number = numbers[piece.key] ?? parts.count
    var reader = ByteReader(row.cases)
    guard row.count >= 0, row.count < Self.pieceCases, row.piece >= 0, row.piece < Self.pieces else {
      throw reader.failure("a report's piece is out of range")
    }
    var note = CompactResult()
    for index in 0..<row.count {
      let start = reader.offset
      let test = try note.decode(from: &reader).test
      piece.count(note)
      cases.add(
        start..<reader.offset, of: row.cases,
        to: CaseBuckets.bucket(of: row.cases.span.extracting(test)), file: number,
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
