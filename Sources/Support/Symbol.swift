/// An interned text: an index into the `SymbolTable` that made it. Symbol 0 is the empty text in every table.
@usableFromInline package struct Symbol: Hashable, Sendable {
  @usableFromInline package var index: UInt32

  @inlinable package init(_ index: UInt32) { self.index = index }

  /// The empty text, also used for "not known".
  @inlinable @inline(__always) package static var none: Symbol { Symbol(0) }

  @inlinable package var isNone: Bool { index == 0 }
}

/// Texts by number: one arena of bytes and an open-addressing index over it.
///
/// Interning costs one hash and, for a known text, one comparison; no `String` is made until a text is asked for. The
/// numbering depends on the order of interning, so no result may depend on a symbol's index, only on its text.
@usableFromInline package struct SymbolTable: Sendable {
  @usableFromInline var arena: [UInt8] = []
  @usableFromInline var starts: [Int] = [0, 0]
  @usableFromInline var hashes: [UInt32] = [0]
  @usableFromInline var slots: [UInt32]
  @usableFromInline var mask: Int

  package init() {
    slots = Array(repeating: 0, count: 1024)
    mask = 1023
  }

  /// How many texts the table holds, the empty one included.
  @inlinable package var count: Int { hashes.count }

  /// Bytes held, for the memory budget.
  package var memory: Int { arena.count + starts.count * 8 + hashes.count * 4 + slots.count * 4 }

  /// The symbol of a byte string, added where it is new.
  @inlinable package mutating func intern(_ bytes: Span<UInt8>) -> Symbol {
    if bytes.isEmpty { return .none }
    let hash = UInt32(truncatingIfNeeded: StableHash.hash(bytes))
    var slot = Int(hash) & mask
    while true {
      let candidate = slots[slot]
      if candidate == 0 { break }
      if hashes[Int(candidate)] == hash, matches(candidate, bytes) { return Symbol(candidate) }
      slot = (slot &+ 1) & mask
    }
    return insert(bytes, hash: hash, slot: slot)
  }

  /// The symbol of a text, added where it is new.
  package mutating func intern(_ text: String) -> Symbol { intern(text.utf8Span.span) }

  /// The symbol of a text that the table already holds.
  package func find(_ text: String) -> Symbol? { find(text.utf8Span.span) }

  /// The symbol of a byte string that the table already holds.
  package func find(_ bytes: Span<UInt8>) -> Symbol? {
    if bytes.isEmpty { return Symbol.none }
    let hash = UInt32(truncatingIfNeeded: StableHash.hash(bytes))
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      if hashes[Int(slots[slot])] == hash, matches(slots[slot], bytes) { return Symbol(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The text of a symbol; bytes that are no UTF-8 appear as U+FFFD.
  package func text(_ symbol: Symbol) -> String {
    String(decoding: arena[range(symbol)], as: UTF8.self)
  }

  /// Where a symbol's bytes lie in `bytes`.
  @inlinable package func range(_ symbol: Symbol) -> Range<Int> {
    starts[Int(symbol.index)]..<starts[Int(symbol.index) + 1]
  }

  /// The arena; `range(_:)` says where each text lies.
  @inlinable package var bytes: [UInt8] { arena }

  /// A table with the same numbers, and other texts under some of them. Two numbers may then have one text.
  package func replacing(_ texts: [UInt32: [UInt8]]) -> SymbolTable {
    var table = SymbolTable()
    table.slots = Array(repeating: 0, count: slots.count)
    table.mask = mask
    table.arena.reserveCapacity(arena.count)
    for index in 1..<UInt32(count) {
      let bytes = texts[index].map { $0[...] } ?? arena[range(Symbol(index))]
      let hash = UInt32(truncatingIfNeeded: StableHash.hash(bytes.span))
      table.arena += bytes
      table.starts.append(table.arena.count)
      table.hashes.append(hash)
      // Of equal texts the first stands in the index: a run of equal ones would be walked through for each.
      var slot = Int(hash) & mask
      while table.slots[slot] != 0 {
        let other = table.slots[slot]
        if table.hashes[Int(other)] == hash, table.matches(other, bytes.span) { break }
        slot = (slot + 1) & mask
      }
      if table.slots[slot] == 0 { table.slots[slot] = index }
    }
    return table
  }

  /// The stable hash of a symbol's text.
  package func hash(_ symbol: Symbol) -> UInt64 {
    StableHash.hash(arena.span.extracting(range(symbol)))
  }

  @inlinable func matches(_ candidate: UInt32, _ bytes: Span<UInt8>) -> Bool {
    let start = starts[Int(candidate)]
    guard starts[Int(candidate) + 1] &- start == bytes.count else { return false }
    let held = arena.span.extracting(start..<start &+ bytes.count)
    var i = 0
    let a = unsafe held.bytes
    let b = unsafe bytes.bytes
    while i &+ 8 <= bytes.count {
      if unsafe a.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self)
        != b.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self)
      {
        return false
      }
      i &+= 8
    }
    while i < bytes.count {
      if held[i] != bytes[i] { return false }
      i &+= 1
    }
    return true
  }

  @usableFromInline mutating func insert(_ bytes: Span<UInt8>, hash: UInt32, slot: Int) -> Symbol {
    let symbol = UInt32(hashes.count)
    arena.reserveCapacity(arena.count + bytes.count > arena.capacity ? 2 * (arena.count + bytes.count) : arena.capacity)
    for i in bytes.indices { arena.append(bytes[i]) }
    starts.append(arena.count)
    hashes.append(hash)
    slots[slot] = symbol
    if hashes.count * 2 > slots.count { grow() }
    return Symbol(symbol)
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = Array(repeating: 0, count: mask + 1)
    for index in 1..<hashes.count {
      var slot = Int(hashes[index]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index)
    }
  }
}
