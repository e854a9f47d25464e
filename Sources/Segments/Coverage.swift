// What a segment or partial says it covers: the night, the partitions, and which calls of extract it comes of.

package import Support

/// One call of extract, told by the names and by the content of the inputs that it read.
///
/// Two with the same names and another content are one call that was made again after an input had changed.
package struct InputBatch: Hashable, Comparable, Sendable {
  package var names: UInt64
  package var content: UInt64

  /// - Parameter inputs: names and checksums of the inputs, in their order.
  package init(_ inputs: [(name: String, sha256: String)]) {
    names = Self.hash(inputs.map(\.name))
    content = Self.hash(inputs.map { $0.name + " " + $0.sha256 })
  }

  package init(names: UInt64, content: UInt64) {
    self.names = names
    self.content = content
  }

  package static func < (a: Self, b: Self) -> Bool { (a.names, a.content) < (b.names, b.content) }

  /// The name of the batch's files: 16 digits, equal inputs equal names.
  package var text: String { hexText(content) }

  private static func hash(_ texts: [String]) -> UInt64 {
    var hash = SHA256()
    hash.update(Array(texts.joined(separator: "\n").utf8).span)
    return hash.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Partition numbers as sorted ranges that do not touch.
package struct PartitionSet: Hashable, Sendable {
  package private(set) var ranges: [Range<Int>]

  package init(_ range: Range<Int>) { ranges = range.isEmpty ? [] : [range] }
  package init(_ partition: Int) { ranges = [partition..<partition + 1] }
  fileprivate init(sorted ranges: [Range<Int>]) { self.ranges = ranges }

  package var count: Int { ranges.reduce(0) { $0 + $1.count } }
  package func contains(_ partition: Int) -> Bool { ranges.contains { $0.contains(partition) } }

  /// Both together; the first number that is in both where there is one.
  func joined(_ other: PartitionSet) -> (set: PartitionSet, twice: Int?) {
    var joined: [Range<Int>] = []
    for range in (ranges + other.ranges).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let last = joined.last, last.upperBound >= range.lowerBound else {
        joined.append(range)
        continue
      }
      if last.upperBound > range.lowerBound { return (self, range.lowerBound) }
      joined[joined.count - 1] = last.lowerBound..<range.upperBound
    }
    return (PartitionSet(sorted: joined), nil)
  }
}

/// Which night, batches and partitions a segment or partial covers: what `merge` and `conclude` check before they believe it.
///
/// Inputs stand in it by their batch, 16 bytes for all that one call of extract read; their names are with the outcomes, which
/// travel with the first partition only.
package struct Coverage: Hashable, Sendable {
  /// SHA-256 of everything in the pipeline that extract and aggregate depend on.
  package var pipeline: String
  /// The night, days since the epoch, where it was named.
  package var date: Int?
  /// Seconds east of UTC that times without a zone were read with.
  package var zoneOffset: Int
  /// How many partitions the requests were spread over.
  package var partitions: Int
  /// Covered partitions by batch.
  package var batches: [InputBatch: PartitionSet]

  package init(
    pipeline: String, date: Int? = nil, zoneOffset: Int = 0, partitions: Int, batches: [InputBatch: PartitionSet] = [:]
  ) {
    self.pipeline = pipeline
    self.date = date
    self.zoneOffset = zoneOffset
    self.partitions = partitions
    self.batches = batches
  }

  /// The batches that lack partitions, in order.
  package var missing: [(batch: InputBatch, partitions: Int)] {
    batches.sorted { $0.key < $1.key }.compactMap { batch, covered in
      covered.count == partitions ? nil : (batch, partitions - covered.count)
    }
  }

  /// Makes sure that what is covered was made for a pipeline, night and zone.
  ///
  /// - Parameter expected: what this call was asked for; a date that was not named fits every night.
  /// - Throws: `CoverageFailure` where it was made for another one.
  package func expect(_ expected: Coverage) throws(CoverageFailure) {
    guard pipeline == expected.pipeline else {
      throw CoverageFailure("made with another pipeline file or another version of this program")
    }
    if let date, let other = expected.date, date != other {
      throw CoverageFailure("made for the night of \(Self.text(date)), not of \(Self.text(other))")
    }
    guard expected.date == nil && date != nil || zoneOffset == expected.zoneOffset else {
      throw CoverageFailure(
        "made with another offset of the pipeline's zone (\(zoneOffset) s, not \(expected.zoneOffset) s): name the night with --date"
      )
    }
  }

  /// Adds another coverage.
  ///
  /// - Throws: `CoverageFailure` where they come of different pipelines or nights, or overlap.
  package mutating func join(_ other: Coverage) throws(CoverageFailure) {
    guard pipeline == other.pipeline else { throw CoverageFailure("made by different pipelines") }
    guard date == other.date else {
      throw CoverageFailure("of two nights: \(Self.text(date)) and \(Self.text(other.date))")
    }
    guard zoneOffset == other.zoneOffset else {
      throw CoverageFailure("made with two offsets of the zone: \(zoneOffset) s and \(other.zoneOffset) s")
    }
    guard partitions == other.partitions else {
      throw CoverageFailure("made with \(partitions) and with \(other.partitions) partitions")
    }
    // Most batches cover the same partitions: what was joined once is not joined again.
    var last: (mine: PartitionSet, theirs: PartitionSet, joined: PartitionSet)?
    for (batch, covered) in other.batches {
      guard let mine = batches[batch] else {
        batches[batch] = covered
        continue
      }
      if let last, last.mine == mine, last.theirs == covered {
        batches[batch] = last.joined
        continue
      }
      let (joined, twice) = mine.joined(covered)
      if let twice { throw CoverageFailure("partition \(twice) of the inputs \(batch.text) is there twice") }
      last = (mine, covered, joined)
      batches[batch] = joined
    }
  }

  /// The date as text.
  package static func text(_ date: Int?) -> String {
    guard let date else { return "no named night" }
    let (time, overflow) = Int64(date).multipliedReportingOverflow(by: 86_400_000_000)
    return overflow ? "day \(date)" : String(Timestamp(time).rfc3339.prefix(10))
  }
}

/// Why pieces do not fit together.
package struct CoverageFailure: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

extension Coverage: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(pipeline)
    writer.bool(date != nil)
    if let date { writer.signed(Int64(date)) }
    writer.signed(Int64(zoneOffset))
    writer.int(partitions)
    // Batches that cover the same partitions stand together.
    let groups = Dictionary(grouping: batches.keys) { batches[$0] ?? PartitionSet(0..<0) }
    let ordered = groups.map { (set: $0.key, batches: $0.value.sorted()) }.sorted { $0.batches[0] < $1.batches[0] }
    writer.array(ordered) { writer, group in
      writer.array(group.set.ranges) { writer, range in
        writer.int(range.lowerBound)
        writer.int(range.count)
      }
      writer.array(group.batches) { writer, batch in
        writer.fixed64(batch.names)
        writer.fixed64(batch.content)
      }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    pipeline = try reader.text()
    date = try reader.bool() ? Int(try reader.signed()) : nil
    zoneOffset = Int(try reader.signed())
    // The years that a date may be written in, and the offsets that a zone may have.
    guard (-720_000...2_933_000).contains(date ?? 0), (-90_000...90_000).contains(zoneOffset) else {
      throw reader.failure("impossible date or zone")
    }
    partitions = try reader.int()
    guard (1...1 << 20).contains(partitions) else { throw reader.failure("impossible number of partitions") }
    batches = [:]
    let limit = partitions
    for _ in 0..<(try reader.count(minimumBytes: 2)) {
      let ranges = try reader.array { reader throws(DecodeFailure) in
        let start = try reader.int()
        let count = try reader.int()
        guard start >= 0, count >= 1, start < limit, count <= limit - start else {
          throw reader.failure("impossible partitions")
        }
        return start..<start + count
      }
      guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound }) else {
        throw reader.failure("partitions out of order")
      }
      for _ in 0..<(try reader.count(minimumBytes: 16)) {
        let batch = InputBatch(names: try reader.fixed64(), content: try reader.fixed64())
        guard batches.updateValue(PartitionSet(sorted: ranges), forKey: batch) == nil else {
          throw reader.failure("inputs are there twice")
        }
      }
    }
  }
}
