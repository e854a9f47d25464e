package import Support

/// One frame of the interchange between phases: a kind, a version, a cover, sections, a checksum.
///
/// Segments' frames and partials share this form, so every phase refuses damaged, foreign or future bytes the same way.
package struct Frame: Sendable {
  package enum Kind: UInt8, Sendable {
    case segments = 1
    case partial = 2

    /// Segments are read once, at the speed of a disk; partials are kept, sent and merged.
    var isPacked: Bool { self == .partial }
  }

  /// The version of the interchange; another one is refused.
  package static let version: UInt8 = 6
  private static let magic: UInt32 = 0x4652_4348  // "HCRF"

  package var kind: Kind
  package var coverage: Coverage
  /// Opaque bodies, in an order that their kind defines.
  package var sections: [[UInt8]]

  package init(kind: Kind, coverage: Coverage, sections: [[UInt8]] = []) {
    self.kind = kind
    self.coverage = coverage
    self.sections = sections
  }

  /// The bytes of the frame.
  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    beginning(sections: sections.count, to: &writer)
    writer.reserve(sections.reduce(64) { $0 + $1.count + 10 })
    for section in sections {
      if kind.isPacked { SectionPacking.encode(section, to: &writer) } else { writer.blob(section) }
    }
    writer.fixed64(StableHash.hash(writer.bytes.span))
    return writer.bytes
  }

  /// The bytes of the frame with a segment as its last section, piece after piece: the segment's own are not copied.
  package func pieces(with segment: SegmentEncoder) -> [[UInt8]] {
    var start = ByteWriter()
    beginning(sections: sections.count + 1, to: &start)
    for section in sections { start.blob(section) }
    start.unsigned(UInt64(segment.count))
    var hash = StableHash.Running(count: start.bytes.count + segment.count)
    hash.add(start.bytes.span)
    var pieces = [start.bytes] + segment.pieces(hashedBy: &hash)
    var end = ByteWriter()
    end.fixed64(hash.finish())
    pieces.append(end.bytes)
    return pieces
  }

  private func beginning(sections count: Int, to writer: inout ByteWriter) {
    writer.fixed32(Self.magic)
    writer.byte(Self.version)
    writer.byte(kind.rawValue)
    coverage.encode(to: &writer)
    writer.unsigned(UInt64(count))
  }

  /// Reads a frame.
  ///
  /// - Throws: `DecodeFailure` where the bytes are cut, changed, of another kind or version.
  package init(encoded bytes: [UInt8], expecting kind: Kind) throws(DecodeFailure) {
    self.kind = kind
    sections = []
    let opened = try Self.open(bytes, expecting: kind)
    coverage = opened.coverage
    for section in opened.sections { sections.append(section.rest) }
  }

  /// Reads a frame whose sections stay where they are.
  ///
  /// - Throws: `DecodeFailure` where the bytes are cut, changed, of another kind or version.
  package static func open(
    _ bytes: [UInt8], expecting kind: Kind
  ) throws(DecodeFailure) -> (coverage: Coverage, sections: [ByteReader]) {
    guard bytes.count > 14 else { throw DecodeFailure("too short", at: 0) }
    var trailer = ByteReader(bytes, at: bytes.count - 8)
    var reader = ByteReader(bytes)
    guard try trailer.fixed64() == reader.hash(bytes.count - 8) else {
      throw DecodeFailure("the checksum does not match", at: bytes.count - 8)
    }
    guard try reader.fixed32() == Self.magic else { throw DecodeFailure("not made by this program", at: 0) }
    let version = try reader.byte()
    guard version == Self.version else { throw DecodeFailure("version \(version) is not known", at: 4) }
    guard try reader.byte() == kind.rawValue else { throw DecodeFailure("another kind of file", at: 5) }
    let coverage = try Coverage(from: &reader)
    var sections: [ByteReader] = []
    for _ in 0..<(try reader.count()) {
      sections.append(kind.isPacked ? try SectionPacking.decode(from: &reader) : reader.part(try reader.count()))
    }
    guard reader.remaining == 8 else { throw reader.failure("trailing bytes") }
    return (coverage, sections)
  }
}
