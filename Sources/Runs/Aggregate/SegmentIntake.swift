internal import Foundation
package import Segments
internal import Support

/// Takes the segments of one call of aggregate, in any order and of any partitions, until all are there.
///
/// What lies behind it is the same store as in a run of one process: rows in the order of (input, partition, member), on disk
/// beyond a budget, parted once more so that a large partition is aggregated piece by piece.
package struct SegmentIntake {
  private let expected: Coverage
  private let store: PartitionStore
  private var coverage: Coverage?
  private var outcomes: [InputOutcome] = []
  private var numbers: [String: Int] = [:]
  /// The operations of all calls of extract, each counted once: every partition carries them.
  private var census = OperationCensus()
  private var counted: Set<InputBatch> = []

  /// - Parameters:
  ///   - expected: what the pipeline, night and zone of this call are.
  ///   - memory: bytes of rows to hold before they go to disk.
  ///   - parts: pieces that the rows are aggregated in.
  package init(expecting expected: Coverage, memory: Int, parts: Int) {
    self.expected = expected
    store = PartitionStore(
      partitions: max(1, parts), budget: memory, folder: FileManager.default.temporaryDirectory.path)
  }

  /// Takes the bytes of one segment.
  ///
  /// - Throws: `DecodeFailure` where they are damaged, `CoverageFailure` where they do not fit to the others, `FileFailure`
  ///   where the rows could not be kept.
  package mutating func take(_ bytes: [UInt8]) throws {
    let frame = try Frame.open(bytes, expecting: .segments)
    try frame.coverage.expect(expected)
    let ordinal = frame.coverage.batches.values.first?.ranges.first?.lowerBound ?? 0
    if coverage == nil { coverage = frame.coverage } else { try coverage?.join(frame.coverage) }
    guard frame.sections.count >= 1 else { throw DecodeFailure("no section", at: 0) }
    var reader = frame.sections[0]
    outcomes = try InputOutcome.joined(outcomes, try reader.array())
    if counted.isDisjoint(with: frame.coverage.batches.keys) {
      counted.formUnion(frame.coverage.batches.keys)
      census.merge(try OperationCensus(from: &reader))
    }
    for section in frame.sections.dropFirst() {
      let segment = try Segment(from: section)
      for (input, part) in segment.byInput() {
        let number = numbers[input] ?? numbers.count
        numbers[input] = number
        let rows = part.rows[0].parted(among: store.partitions)
        store.add(input: number, ordinal: ordinal, symbols: part.symbols, sources: part.sources, partitions: rows)
      }
    }
    if let failure = store.failure { throw failure }
  }

  /// What was taken, the rows in the order of their inputs; nil where there was no segment.
  package func finish() -> (store: PartitionStore, coverage: Coverage, outcomes: [InputOutcome])? {
    guard let coverage else { return nil }
    var order = [Int](repeating: 0, count: numbers.count)
    for (place, input) in numbers.sorted(by: { $0.key < $1.key }).enumerated() { order[input.value] = place }
    store.renumber(order)
    store.fold(census)
    return (store, coverage, outcomes)
  }
}
