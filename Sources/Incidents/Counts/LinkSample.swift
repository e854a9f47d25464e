// Which components take whose messages, where producer and consumer are two traces that a link joins.

internal import Support

/// Spans of messages sent, or of messages that requests follow from, in one minute: those with the smallest hashes.
///
/// Both ends keep the same ones of what they have in common (a coordinated sample, Cohen and Kaplan 2007), so that a few of each minute
/// find one another, whatever order, partition or trace they came in.
struct LinkSample: CellValue {
  /// How many a cell keeps. A choice: 16 of a minute are hundreds of a night.
  static let bound = 16
  /// Ascending.
  private(set) var kept: [UInt64]

  /// - Parameter span: nil for ids that are no random words of 64 bits: two traces may have the same.
  init?(_ span: UInt64) {
    guard span >> 32 != 0 else { return nil }
    kept = [StableHash.mix(span)]
  }

  mutating func merge(_ other: LinkSample) {
    for hash in other.kept {
      let place = kept.partitioningIndex { $0 >= hash }
      guard place < Self.bound, place == kept.count || kept[place] != hash else { continue }
      kept.insert(hash, at: place)
      if kept.count > Self.bound { kept.removeLast() }
    }
  }

  static var columns: Int { 2 }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].unsigned(UInt64(kept.count))
    for hash in kept { columns[1].unsigned(hash) }
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    let count = try columns[0].unsigned()
    guard count <= UInt64(Self.bound) else { throw columns[0].failure("more links than a cell keeps") }
    kept = []
    for _ in 0..<count {
      let hash = try columns[1].unsigned()
      guard kept.last ?? 0 <= hash else { throw columns[1].failure("links are not in order") }
      kept.append(hash)
    }
  }
}

/// The pairs that the samples of a night join.
struct LinkedComponents {
  private var pairs: Set<[Int]> = []

  /// - Complexity: O(samples)
  init(_ links: CellTable<LinkSample>, _ indexByName: [Int32]) {
    // Who sent it, -1 where two did.
    var senders: [UInt64: Int32] = [:]
    for (cell, sample) in links.cells where cell.d == 0 {
      for hash in sample.kept where senders[hash].map({ $0 != cell.a }) != false {
        senders[hash] = senders[hash] == nil ? cell.a : -1
      }
    }
    for (cell, sample) in links.cells where cell.d != 0 {
      for hash in sample.kept {
        guard let sender = senders[hash], sender >= 0, sender != cell.a else { continue }
        let (from, to) = (Int(indexByName[Int(sender)]), Int(indexByName[Int(cell.a)]))
        if from >= 0, to >= 0 { pairs.insert([from, to]) }
      }
    }
  }

  /// By component: whose messages it takes, and who takes its own, ascending.
  func ways(components: Int) -> (feeders: [[Int]], consumers: [[Int]]) {
    var feeders = [[Int]](repeating: [], count: components)
    var consumers = feeders
    for pair in pairs {
      feeders[pair[1]].append(pair[0])
      consumers[pair[0]].append(pair[1])
    }
    return (feeders.map { $0.sorted() }, consumers.map { $0.sorted() })
  }
}
