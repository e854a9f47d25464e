// The cases of many reports, put apart by test: a test's cases of all files and builds meet in one bucket, so that no
// more than one bucket's tests are ever looked at together, however many a night has. Cases of one name lie in one bucket,
// whatever their number.

package import Support

/// Takes full chunks of cases from memory where there is no room for them.
package protocol CaseSpillStore: AnyObject, Sendable {
  /// Takes a chunk.
  ///
  /// - Returns: where it lies, nil where it is to stay in memory.
  func put(_ bytes: [UInt8]) -> Int?

  /// Gives a chunk's bytes.
  ///
  /// - Throws: `FileFailure` where they cannot be read back.
  func get(at offset: Int, count: Int) throws(FileFailure) -> [UInt8]
}

package struct CaseBuckets: Sendable {
  /// How many there are: a bucket of a night of ten million cases holds forty thousand.
  static let count = 256
  private static let chunkBytes = 8 << 10

  private struct Chunk: Sendable {
    /// What is added to the file numbers in it.
    var firstFile: Int
    var count: Int
    /// Empty where the spill has it.
    var bytes: [UInt8]
    var place: Int?
  }

  private var chunks = [[Chunk]](repeating: [], count: count)
  private var open = [ByteWriter](repeating: ByteWriter(), count: count)
  private var spill: (any CaseSpillStore)?

  package init(spill: (any CaseSpillStore)? = nil) { self.spill = spill }

  /// The bucket of a test.
  static func bucket(of test: Span<UInt8>) -> Int { bucket(of: StableHash.hash(test)) }
  static func bucket(of hash: UInt64) -> Int { Int(hash >> 56) }

  /// Adds a case.
  ///
  /// - Parameters:
  ///   - test: its name.
  ///   - note: the case's bytes within `bytes`.
  ///   - bytes: the row it comes from.
  ///   - bucket: the bucket of its test.
  ///   - file: the number of its file.
  ///   - position: its number within the file.
  mutating func add(
    _ test: [UInt8], _ note: Range<Int>, of bytes: [UInt8], to bucket: Int, file: Int, position: Int
  ) {
    open[bucket].unsigned(UInt64(file))
    open[bucket].unsigned(UInt64(position))
    open[bucket].blob(test)
    open[bucket].raw(bytes.span.extracting(note))
    if open[bucket].bytes.count >= Self.chunkBytes { seal(bucket) }
  }

  private mutating func seal(_ bucket: Int) {
    let bytes = open[bucket].bytes
    if bytes.isEmpty { return }
    let place = spill?.put(bytes)
    chunks[bucket].append(
      Chunk(firstFile: 0, count: bytes.count, bytes: place == nil ? bytes.withoutSpareRoom : [], place: place))
    open[bucket].removeAll()
  }

  /// Seals what is open, for good.
  mutating func close() {
    for bucket in 0..<Self.count {
      seal(bucket)
      open[bucket] = ByteWriter()
    }
  }

  /// Takes over another's cases, whose files are numbered behind `firstFile` files.
  mutating func merge(_ other: CaseBuckets, firstFile: Int) {
    spill = spill ?? other.spill
    for bucket in 0..<Self.count {
      for var chunk in other.chunks[bucket] {
        chunk.firstFile += firstFile
        chunks[bucket].append(chunk)
      }
    }
  }

  // MARK: - Reading

  /// A case of a bucket.
  struct Entry: Comparable {
    /// The symbol of the test's name.
    var test: UInt32
    /// The rank of its file.
    var file: UInt32
    var position: Int
    /// Where the name in front of its note begins.
    var offset: Int

    private var key: UInt64 { UInt64(test) << 32 | UInt64(file) }

    static func < (a: Entry, b: Entry) -> Bool { a.key == b.key ? a.position < b.position : a.key < b.key }
  }

  /// The cases of one bucket.
  struct Content {
    var bytes: [UInt8] = []
    /// By test, then by file and position.
    var entries: [Entry] = []
    var names = SymbolTable()
  }

  /// Reads a bucket.
  ///
  /// - Parameters:
  ///   - bucket: its number.
  ///   - ranks: the rank of each file by its number.
  /// - Returns: the bucket's cases.
  /// - Throws: `FileFailure` where the spill cannot give them back, or they are damaged.
  func read(_ bucket: Int, ranks: [Int]) throws(FileFailure) -> Content {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(chunks[bucket].reduce(0) { $0 + $1.count })
    for chunk in chunks[bucket] {
      if let place = chunk.place, let spill {
        bytes += try spill.get(at: place, count: chunk.count)
      } else {
        bytes += chunk.bytes
      }
    }
    var content = Content(bytes: bytes)
    do throws(DecodeFailure) {
      var reader = ByteReader(bytes)
      var note = CompactResult()
      var end = 0
      for chunk in chunks[bucket] {
        end += chunk.count
        while reader.offset < end {
          let file = Int(clamping: try reader.unsigned()).addingReportingOverflow(chunk.firstFile).partialValue
          guard file >= 0, file < ranks.count else { throw reader.failure("file out of range") }
          let position = Int(clamping: try reader.unsigned())
          let offset = reader.offset
          let name = try note.decodeNamed(from: &reader).test
          let test = content.names.intern(bytes.span.extracting(name)).index
          content.entries.append(
            Entry(test: test, file: UInt32(truncatingIfNeeded: ranks[file]), position: position, offset: offset))
        }
      }
    } catch {
      throw FileFailure(scratch: "test cases are damaged: \(error.message)")
    }
    content.entries.sort()
    return content
  }

  /// All buckets in one order, whatever the order in which the cases came. For what is written as a partial: nothing of it
  /// may lie on a spill.
  func encode(to writer: inout ByteWriter, ranks: [Int]) throws(FileFailure) {
    for bucket in 0..<Self.count {
      let content = try read(bucket, ranks: ranks)
      // By file and position: symbols depend on the order of interning.
      let entries = content.entries.sorted { ($0.file, $0.position) < ($1.file, $1.position) }
      var bytes = ByteWriter()
      bytes.reserve(content.bytes.count)
      for entry in entries {
        var reader = ByteReader(content.bytes, at: entry.offset)
        var note = CompactResult()
        do throws(DecodeFailure) { try note.decodeNamed(from: &reader) } catch {
          throw FileFailure(scratch: "test cases are damaged: \(error.message)")
        }
        bytes.unsigned(UInt64(entry.file))
        bytes.unsigned(UInt64(clamping: entry.position))
        bytes.raw(content.bytes.span.extracting(entry.offset..<reader.offset))
      }
      writer.blob(bytes.bytes)
    }
  }

  /// Reads what `encode` wrote, and each case of it once: what is damaged is found here, not where it is asked for.
  init(from reader: inout ByteReader, files: Int) throws(DecodeFailure) {
    for bucket in 0..<Self.count {
      let bytes = try reader.blob()
      try Self.check(bytes, bucket: bucket, files: files)
      if !bytes.isEmpty { chunks[bucket] = [Chunk(firstFile: 0, count: bytes.count, bytes: bytes, place: nil)] }
    }
  }

  private static func check(_ bytes: [UInt8], bucket: Int, files: Int) throws(DecodeFailure) {
    var reader = ByteReader(bytes)
    var note = CompactResult()
    while reader.remaining > 0 {
      guard try reader.unsigned() < UInt64(files) else { throw reader.failure("file out of range") }
      guard try reader.unsigned() <= UInt64(Int.max) else { throw reader.failure("position out of range") }
      let (test, detail) = try note.decodeNamed(from: &reader)
      guard Self.bucket(of: bytes.span.extracting(test)) == bucket else {
        throw reader.failure("a case in another test's bucket")
      }
      if let detail {
        var inner = ByteReader(bytes, at: detail.lowerBound)
        try note.decodeDetail(from: &inner)
        guard inner.offset == detail.upperBound else { throw inner.failure("a case's detail is cut") }
      }
    }
  }
}
