// A small sample of the tests of a report that two reports can be compared by: the tests with the smallest hashes
// (bottom-k sketch: E. Cohen, H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007). Two samples agree on which
// hashes below the smaller of their bounds they hold, so that overlap is estimated without holding all names.

internal import Model
package import Support

/// Some tests of a report with how they ended and how long they took.
package struct TestSample: Hashable, Sendable {
  /// Tests that one report keeps.
  static let kept = 16

  /// Ascending, each once.
  private(set) var hashes: [UInt64] = []
  /// By hash: outcome in the low three bits, above it the duration in tenths of a millisecond.
  private(set) var results: [UInt32] = []
  /// Tests whose hash is above this are not in the sample.
  private(set) var bound = UInt64.max

  package init() {}

  /// Takes a test in.
  mutating func add(_ hash: UInt64, _ outcome: TestOutcome, duration: Int64) {
    if hash > bound { return }
    let tenths = UInt32(clamping: max(0, min(duration / 100, Int64(UInt32.max >> 3))))
    let result = tenths << 3 | UInt32(outcome.rawValue)
    let place = hashes.partitioningIndex { $0 >= hash }
    if place < hashes.count, hashes[place] == hash {
      results[place] = max(results[place], result)
      return
    }
    hashes.insert(hash, at: place)
    results.insert(result, at: place)
    guard hashes.count > Self.kept else { return }
    hashes.removeLast()
    results.removeLast()
    bound = hashes[hashes.count - 1]
  }

  /// Joins another sample of the same report, again of bounded size.
  mutating func merge(_ other: TestSample) {
    join(other)
    guard hashes.count > Self.kept else { return }
    hashes.removeLast(hashes.count - Self.kept)
    results.removeLast(results.count - Self.kept)
    bound = min(bound, hashes[hashes.count - 1])
  }

  /// Joins the sample of another report: as large as what both know needs.
  mutating func join(_ other: TestSample) {
    if hashes.isEmpty, bound == .max {
      self = other
      return
    }
    bound = min(bound, other.bound)
    var joined: [UInt64] = []
    var ends: [UInt32] = []
    var (i, j) = (0, 0)
    while i < hashes.count || j < other.hashes.count {
      let a = i < hashes.count ? hashes[i] : .max
      let b = j < other.hashes.count ? other.hashes[j] : .max
      let hash = min(a, b)
      if hash > bound { break }
      joined.append(hash)
      let takesOwn = i < hashes.count && a == hash
      let takesOther = j < other.hashes.count && b == hash
      ends.append(max(takesOwn ? results[i] : 0, takesOther ? other.results[j] : 0))
      if takesOwn { i += 1 }
      if takesOther { j += 1 }
    }
    hashes = joined
    results = ends
  }

  /// What two samples have in common.
  struct Overlap {
    /// Tests of both, and of the smaller one, as far as both samples reach.
    var common = 0
    var smaller = 0
    /// Common tests that ended alike and took about as long.
    var alike = 0

    mutating func add(_ other: Overlap) {
      common += other.common
      smaller += other.smaller
      alike += other.alike
    }

    /// Whether at least half of the smaller one's tests are in the other.
    var isMost: Bool { common > 0 && common * 2 >= smaller }
    var isAlike: Bool { common > 0 && alike == common }
  }

  func overlap(_ other: TestSample) -> Overlap {
    let limit = min(bound, other.bound)
    var found = Overlap()
    var (i, j) = (0, 0)
    while i < hashes.count, j < other.hashes.count, hashes[i] <= limit, other.hashes[j] <= limit {
      if hashes[i] == other.hashes[j] {
        found.common += 1
        if Self.isAlike(results[i], other.results[j]) { found.alike += 1 }
        i += 1
        j += 1
      } else if hashes[i] < other.hashes[j] {
        i += 1
      } else {
        j += 1
      }
    }
    let own = hashes.partitioningIndex { $0 > limit }
    let others = other.hashes.partitioningIndex { $0 > limit }
    found.smaller = min(own, others)
    return found
  }

  /// The same end, and durations that rounding explains: 2 % or 20 ms apart.
  private static func isAlike(_ a: UInt32, _ b: UInt32) -> Bool {
    guard a & 7 == b & 7 else { return false }
    let (x, y) = (Int(a >> 3), Int(b >> 3))
    return abs(x - y) <= max(200, max(x, y) / 50)
  }
}

extension TestSample: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed64(bound)
    writer.int(hashes.count)
    for hash in hashes { writer.fixed64(hash) }
    for result in results { writer.unsigned(UInt64(result)) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    bound = try reader.fixed64()
    let count = try reader.tally()
    guard count <= Self.kept else { throw reader.failure("a sample of tests is too large") }
    for _ in 0..<count {
      let hash = try reader.fixed64()
      guard hash <= bound, hashes.last.map({ $0 < hash }) ?? true else {
        throw reader.failure("a sample of tests is out of order")
      }
      hashes.append(hash)
    }
    for _ in 0..<count { results.append(UInt32(truncatingIfNeeded: try reader.unsigned())) }
  }
}
