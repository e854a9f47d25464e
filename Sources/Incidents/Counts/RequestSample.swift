internal import Support

/// One request as a whole, kept so that those which went wrong can be held against the others.
struct RequestSample: Hashable, Sendable {
  /// A hash of the request's id: the smallest of a cell stand for all of it.
  var rank: UInt64
  /// Of its first root, microseconds; `ExemplarRequest.unknownDuration` where nothing tells it.
  var duration: Int64
  /// Names: the component and the operation that it entered by.
  var component: Int32
  var operation: Int32
  /// Names of the components that it reached, each once.
  var passed: [Int32]
  /// Names of attributes and of their values, in turn; each pair once.
  var attributes: [Int32]

  static func < (a: RequestSample, b: RequestSample) -> Bool {
    (a.rank, a.duration, a.passed.count) < (b.rank, b.duration, b.passed.count)
  }
}

/// The requests that stand for a cell: those of the smallest ranks, whatever was merged first (bottom-k sampling, Cohen
/// and Kaplan, 2007).
struct RequestSamples: CellValue {
  /// How many are kept of one minute and outcome.
  static let bound = 48
  private(set) var kept: [RequestSample]

  init(_ one: RequestSample) { kept = [one] }

  /// Whether a request of a rank would not be kept.
  func refuses(_ rank: UInt64) -> Bool { kept.count >= Self.bound && kept[Self.bound - 1].rank <= rank }

  mutating func merge(_ other: RequestSamples) {
    for sample in other.kept where !refuses(sample.rank) {
      kept.insert(sample, at: kept.partitioningIndex { !($0 < sample) })
      if kept.count > Self.bound { kept.removeLast() }
    }
  }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) {
    for index in kept.indices {
      kept[index].component = map.name(kept[index].component)
      kept[index].operation = map.name(kept[index].operation)
      kept[index].passed = kept[index].passed.map { map.name($0) }.sorted()
      let values = kept[index].attributes.map { map.name($0) }
      let pairs = stride(from: 0, to: values.count - 1, by: 2).map { (values[$0], values[$0 + 1]) }.sorted { $0 < $1 }
      kept[index].attributes = pairs.flatMap { [$0.0, $0.1] }
    }
  }

  /// Samples of the cell, rank, duration, component, operation, components passed, attributes.
  static var columns: Int { 7 }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].unsigned(UInt64(kept.count))
    for sample in kept {
      columns[1].fixed64(sample.rank)
      columns[2].signed(sample.duration)
      columns[3].signed(Int64(sample.component))
      columns[4].signed(Int64(sample.operation))
      columns[5].array(sample.passed) { $0.signed(Int64($1)) }
      columns[6].array(sample.attributes) { $0.signed(Int64($1)) }
    }
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    func name(_ reader: inout ByteReader) throws(DecodeFailure) -> Int32 {
      Int32(truncatingIfNeeded: try reader.signed())
    }
    kept = []
    let count = try columns[0].unsigned()
    guard count <= UInt64(Self.bound) else { throw columns[0].failure("more requests than a cell keeps") }
    for _ in 0..<count {
      kept.append(
        RequestSample(
          rank: try columns[1].fixed64(), duration: try columns[2].signed(), component: try name(&columns[3]),
          operation: try name(&columns[4]),
          passed: try columns[5].array { reader throws(DecodeFailure) in try name(&reader) },
          attributes: try columns[6].array { reader throws(DecodeFailure) in try name(&reader) }))
    }
  }
}
