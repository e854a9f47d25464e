/// Where a record stands: the evidence that every claim in a report can be followed to.
package struct SourceLocation: Hashable, Comparable, Sendable {
  /// The input as the user named it.
  package var input: String
  /// The member inside the input, `outer.tar!inner.json` where archives nest; empty for a plain file.
  package var member: String
  package var position: Position

  /// A record's place inside its member.
  package enum Position: Hashable, Comparable, Sendable {
    /// 1-based line.
    case line(Int)
    /// 0-based byte offset in the expanded member.
    case offset(Int)
    /// The member as a whole.
    case whole
  }

  package init(input: String, member: String = "", position: Position = .whole) {
    self.input = input
    self.member = member
    self.position = position
  }

  package static func < (a: SourceLocation, b: SourceLocation) -> Bool {
    (a.input, a.member, a.position) < (b.input, b.member, b.position)
  }

  /// `input!member:line 12` in one text.
  package var description: String {
    let place = member.isEmpty ? input : input + "!" + member
    switch position {
    case .line(let line): return place + ":" + String(line)
    case .offset(let offset): return place + " at byte " + String(offset)
    case .whole: return place
    }
  }
}

/// A source location in eight bytes, as rows carry it: the member's number and a line or byte offset.
@usableFromInline package struct SourceRef: Hashable, Sendable {
  @usableFromInline package var bits: UInt64

  @inlinable package init(bits: UInt64) { self.bits = bits }

  /// - Parameters:
  ///   - member: the member's number in the segment's `SourceTable`, below 2^23.
  ///   - value: the line or byte offset, below 2^40 (a larger one is held as 2^40 - 1).
  ///   - isLine: whether `value` is a line.
  @inlinable package init(member: Int, value: Int, isLine: Bool) {
    let place = UInt64(min(max(value, 0), 0xFF_FFFF_FFFF))
    bits = UInt64(member & 0x7F_FFFF) << 41 | (isLine ? 1 << 40 : 0) | place
  }

  @inlinable package var member: Int { Int(bits >> 41) }
  @inlinable package var value: Int { Int(bits & 0xFF_FFFF_FFFF) }
  /// The position without the member.
  @inlinable package var positionBits: UInt64 { bits & 0x1FF_FFFF_FFFF }
  @inlinable package var isLine: Bool { bits & (1 << 40) != 0 }
  /// The line or byte offset within the member.
  package var position: SourceLocation.Position { isLine ? .line(value) : .offset(value) }
}

/// The members that the rows of a segment come from, or that those of a piece of an input do.
package struct SourceTable: Sendable {
  /// One member of one input.
  package struct Entry: Hashable, Sendable {
    package var input: String
    package var member: String
    package init(input: String, member: String) {
      self.input = input
      self.member = member
    }
  }

  package var entries: [Entry] = []
  /// The number of the first entry; the members before it have no row here.
  package private(set) var first = 0

  package init() {}

  /// The numbers of the members.
  package var members: Range<Int> { first..<first + entries.count }

  /// Adds a member and returns its number.
  package mutating func add(input: String, member: String) -> Int {
    entries.append(Entry(input: input, member: member))
    return members.upperBound - 1
  }

  /// The table of some members alone, under the numbers that they have: a piece of an input keeps no more of its table than
  /// it needs, or the pieces of one with very many members would hold each of them very often.
  package func part(_ wanted: Range<Int>) -> SourceTable {
    let kept = wanted.clamped(to: members)
    var part = SourceTable()
    part.first = kept.lowerBound
    part.entries = Array(entries[kept.lowerBound - first..<kept.upperBound - first])
    return part
  }

  /// Takes in the members of another part of the same table.
  ///
  /// - Returns: false, and nothing changed, where there is a gap between the two, or a number that they use for two members.
  package mutating func join(_ next: SourceTable) -> Bool {
    let (own, others) = (members, next.members)
    guard others.lowerBound >= own.lowerBound, others.lowerBound <= own.upperBound else { return false }
    let common = entries[(others.lowerBound - own.lowerBound)...].prefix(others.count)
    guard next.entries.starts(with: common) else { return false }
    entries += next.entries.dropFirst(common.count)
    return true
  }

  /// The full location of a row.
  package func location(_ ref: SourceRef) -> SourceLocation {
    guard members.contains(ref.member) else { return SourceLocation(input: "") }
    let entry = entries[ref.member - first]
    return SourceLocation(
      input: entry.input, member: entry.member, position: ref.position)
  }
}
