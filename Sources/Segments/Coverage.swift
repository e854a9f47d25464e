package import Support

/// Which inputs and partitions a segment or partial covers: what `merge` and `conclude` check before they believe it.
package struct Coverage: Hashable, Sendable {
  /// SHA-256 of everything in the pipeline that extract and digest depend on.
  package var pipeline: String
  /// How many partitions the requests were spread over.
  package var partitions: Int
  /// Covered partitions by input (name and digest).
  package var inputs: [String: Set<Int>]

  package init(pipeline: String, partitions: Int, inputs: [String: Set<Int>] = [:]) {
    self.pipeline = pipeline
    self.partitions = partitions
    self.inputs = inputs
  }

  /// Whether every input is there with all its partitions.
  package var missing: [String] {
    inputs.sorted { $0.key < $1.key }.compactMap { name, covered in
      let absent = (0..<partitions).filter { !covered.contains($0) }
      return absent.isEmpty ? nil : "\(name): \(absent.count) of \(partitions) partitions"
    }
  }

  /// Makes sure that what is covered was made for a pipeline.
  ///
  /// - Throws: `CoverageFailure` where it was made for another one.
  package func expect(_ expected: String) throws(CoverageFailure) {
    guard pipeline == expected else {
      throw CoverageFailure("made with another pipeline file or another version of this program")
    }
  }

  /// Adds another coverage.
  ///
  /// - Throws: `CoverageFailure` where they come of different pipelines or overlap.
  package mutating func join(_ other: Coverage) throws(CoverageFailure) {
    guard pipeline == other.pipeline else { throw CoverageFailure("made by different pipelines") }
    guard partitions == other.partitions else {
      throw CoverageFailure("made with \(partitions) and with \(other.partitions) partitions")
    }
    for (name, covered) in other.inputs {
      let mine = inputs[name] ?? []
      if let twice = mine.intersection(covered).min() {
        throw CoverageFailure("partition \(twice) of \(name) is there twice")
      }
      inputs[name] = mine.union(covered)
    }
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
    writer.int(partitions)
    writer.dictionary(inputs) { writer, name, covered in
      writer.text(name)
      writer.array(covered.sorted()) { $0.int($1) }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    pipeline = try reader.text()
    partitions = try reader.int()
    inputs = try reader.dictionary { reader throws(DecodeFailure) in
      let name = try reader.text()
      let covered = try reader.array { reader throws(DecodeFailure) in try reader.int() }
      return (name, Set(covered))
    }
    guard (1...1 << 20).contains(partitions) else { throw reader.failure("impossible number of partitions") }
  }
}
