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
  /// Blocks are kept whose hash has this many leading zero bits.
  private var level = 0
  private var seen = 0
  private var kept = 0

  package init() {}

  /// Attempts left out because of the limit.
  package var leftOut: Int { seen - kept }

  package mutating func add(_ attempts: [LoggedAttempt], at entry: EntryPoint) {
    seen += attempts.count
    take(attempts, at: entry)
    thin()
  }

  package mutating func merge(_ other: LoneRequests) {
    seen += other.seen
    if other.level > level {
      level = other.level
      filter()
    }
    for (entry, attempts) in other.byEntry { take(attempts, at: entry) }
    thin()
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
    writer.int(seen)
    writer.dictionary(byEntry) { writer, entry, attempts in
      writer.text(entry.component)
      writer.text(entry.operation)
      CallPartial.encode(CallPartial.ordered(attempts), to: &writer)
    }
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    level = try reader.int()
    seen = try reader.int()
    byEntry = try reader.dictionary { reader throws(DecodeFailure) in
      let component = try reader.text()
      let entry = EntryPoint(component: component, operation: try reader.text())
      return (entry, try CallPartial.attempts(from: &reader))
    }
    kept = byEntry.values.reduce(0) { $0 + $1.count }
    guard (0...60).contains(level), seen >= kept else { throw reader.failure("counts of lone requests out of range") }
  }
}
