// Requests at servers whose callers wrote no spans: some of them may be attempts of one call.
internal import Support

/// Arriving requests by entry, each opened by its first attempt and followed by those that share its trace.
///
/// Beyond the limit they stay by whole blocks of ten minutes, as requests near in time may belong together; the same blocks
/// whatever the order of merging.
package struct LoneRequests: Sendable {
  /// Attempts kept at most.
  private static let limit = 400_000
  /// A block of time, microseconds.
  private static let block: Int64 = 600_000_000

  package private(set) var byEntry: [EntryPoint: [LoggedAttempt]] = [:]
  /// What came to each entry, what was left out included.
  package private(set) var counts: [EntryPoint: Count] = [:]
  /// Blocks are kept whose hash has this many leading zero bits.
  private var level = 0
  private var kept = 0

  /// Attempts, and those of them that failed.
  package struct Count: Hashable, Sendable {
    package fileprivate(set) var seen = 0
    package fileprivate(set) var failed = 0
  }

  package init() {}

  /// Attempts left out because of the limit.
  package var leftOut: Int { counts.values.reduce(0) { $0 + $1.seen } - kept }

  package mutating func add(_ attempts: [LoggedAttempt], at entry: EntryPoint) {
    count(attempts.count, failed: attempts.count { $0.failure != 0 }, at: entry)
    take(attempts, at: entry)
    thin()
  }

  package mutating func merge(_ other: LoneRequests) {
    for (entry, more) in other.counts { count(more.seen, failed: more.failed, at: entry) }
    if other.level > level {
      level = other.level
      filter()
    }
    for (entry, attempts) in other.byEntry { take(attempts, at: entry) }
    thin()
  }

  private mutating func count(_ attempts: Int, failed: Int, at entry: EntryPoint) {
    counts[entry, default: Count()].seen += attempts
    counts[entry, default: Count()].failed += failed
  }

  private mutating func take(_ attempts: [LoggedAttempt], at entry: EntryPoint) {
    let left = level > 0 ? filtered(attempts) : attempts
    guard !left.isEmpty else { return }
    kept += left.count
    byEntry[entry, default: []] += left
  }

  private mutating func thin() {
    while kept > Self.limit, level < 60 {
      level += 1
      filter()
    }
  }

  private mutating func filter() {
    kept = 0
    for (entry, attempts) in byEntry {
      let left = filtered(attempts)
      kept += left.count
      byEntry[entry] = left.isEmpty ? nil : left
    }
  }

  private func filtered(_ attempts: [LoggedAttempt]) -> [LoggedAttempt] {
    CallPartial.calls(of: attempts) { first in
      StableHash.mix(UInt64(bitPattern: first.start / Self.block)).leadingZeroBitCount >= level
    }
  }

  func encode(to writer: inout ByteWriter) {
    writer.int(level)
    writer.dictionary(counts) { writer, entry, count in
      entry.encode(to: &writer)
      writer.int(count.seen)
      writer.int(count.failed)
    }
    writer.dictionary(byEntry) { writer, entry, attempts in
      entry.encode(to: &writer)
      CallPartial.encode(CallPartial.ordered(attempts), to: &writer)
    }
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    level = try reader.int()
    counts = try reader.dictionary { reader throws(DecodeFailure) in
      let entry = try EntryPoint(from: &reader)
      return (entry, Count(seen: try reader.int(), failed: try reader.int()))
    }
    byEntry = try reader.dictionary { reader throws(DecodeFailure) in
      let entry = try EntryPoint(from: &reader)
      return (entry, try CallPartial.attempts(from: &reader))
    }
    kept = byEntry.values.reduce(0) { $0 + $1.count }
    let areCounted = byEntry.allSatisfy { $0.value.count <= counts[$0.key]?.seen ?? 0 }
    guard (0...60).contains(level), areCounted, counts.values.allSatisfy({ (0...$0.seen).contains($0.failed) }) else {
      throw reader.failure("counts of lone requests out of range")
    }
  }
}
