internal import Model
package import Support

/// How many rows each operation that is a path has, by component: what tells which segments of paths are data.
///
/// It is a set that merges in any order: of more entries than the limit those stay whose rows have a hash with so many leading zeros
/// (adaptive sampling: P. Flajolet, "On adaptive sampling", Computing 43, 1990). The hash is of what a row says, not of where it stood,
/// and each entry is of one number of zeros. So the level, and with it what stays, is decided by all rows together: the lowest level at
/// which the entries are no more than the limit. Whoever drops some before that drops no others, for levels only rise as rows come.
/// An operation of many rows stays at any level; of the rare ones a fair share does. Components count by the names that rows have when they
/// are counted: containers whose names are learned late are told apart until then, which may raise the level of a call of extract.
package struct OperationCensus: Sendable {
  /// Entries at most: a few megabytes.
  static let limit = 1 << 16
  /// Rows that an entry counts at most: so few that no sum of a census overflows.
  private static let mostRows = 1 << 40

  /// The rows of an operation whose hashes begin with the same number of zeros.
  package struct Entry: Hashable, Sendable {
    var component: Symbol
    var operation: Symbol
    var zeros: UInt8

    /// One word: entries are looked up by the hundred thousand.
    package func hash(into hasher: inout Hasher) {
      hasher.combine(UInt64(component.index) << 40 ^ UInt64(operation.index) << 8 ^ UInt64(zeros))
    }
  }

  /// Rows by entry, of the symbols of one table.
  package typealias Counts = [Entry: Int]

  private(set) var texts = SymbolTable()
  private(set) var counts: Counts = [:]
  /// Rows are counted whose hash has so many leading zeros.
  package private(set) var level: UInt8 = 0

  package init() {}

  /// Counts the rows of a piece.
  ///
  /// - Parameters:
  ///   - rows: its rows by partition.
  ///   - symbols: the table that they refer to.
  ///   - level: what a census has reached that the counts will be added to: less is not asked for.
  /// - Returns: the rows of the operations that are paths.
  package static func counts(of rows: [Rows], _ symbols: SymbolTable, from level: UInt8) -> Counts {
    var tally = Tally()
    // By symbol: the hash of a path, 0 where not looked at yet, 1 for what is no path.
    var hashes = [UInt64](repeating: 0, count: symbols.count)
    func note(_ component: Symbol, _ operation: Symbol, _ time: Int64, _ duration: Int64) {
      let index = Int(operation.index)
      if hashes[index] == 0 {
        let isPath = PathName.start(symbols.bytes.span.extracting(symbols.range(operation))) != nil
        hashes[index] = isPath ? max(2, symbols.hash(operation)) : 1
      }
      if hashes[index] == 1 { return }
      let moment = StableHash.combine(UInt64(bitPattern: time), UInt64(bitPattern: duration))
      let zeros = UInt8(StableHash.combine(hashes[index], moment).leadingZeroBitCount)
      if zeros < level { return }
      tally.add(Entry(component: component, operation: operation, zeros: zeros))
    }
    for part in rows {
      for row in part.spans { note(row.component, row.operation, row.start, row.duration) }
      for row in part.events where !row.operation.isNone { note(row.component, row.operation, row.time, row.latency) }
    }
    return tally.finish()
  }

  /// Counts entries, those in hand without looking them up: most rows are of a few operations.
  private struct Tally {
    private static let slots = 4096
    private var counts: Counts = [:]
    private var held = [(entry: Entry, count: Int)](
      repeating: (Entry(component: .none, operation: .none, zeros: 0), 0), count: slots)

    mutating func add(_ entry: Entry) {
      let slot = (Int(entry.operation.index) &* 8 &+ Int(entry.zeros)) & (Self.slots - 1)
      if held[slot].entry == entry {
        held[slot].count += 1
      } else {
        put(slot)
        held[slot] = (entry, 1)
      }
    }

    private mutating func put(_ slot: Int) {
      if held[slot].count > 0 { counts[held[slot].entry, default: 0] += held[slot].count }
    }

    mutating func finish() -> Counts {
      for slot in held.indices { put(slot) }
      return counts
    }
  }

  /// Adds what was counted of a piece.
  package mutating func add(_ counts: Counts, _ symbols: SymbolTable) {
    var move = SymbolMove(from: symbols, into: texts)
    texts = SymbolTable()
    for (entry, count) in counts where entry.zeros >= level {
      Self.add(count, to: &self.counts[entry.moved(by: &move), default: 0])
    }
    texts = move.into
    thin()
  }

  private static func add(_ count: Int, to sum: inout Int) { sum = min(mostRows, sum + count) }

  /// Adds another census.
  package mutating func merge(_ other: OperationCensus) {
    if other.level > level { rise(to: other.level) }
    add(other.counts, other.texts)
  }

  /// The same where components have other names: those of containers are known only when all inputs were read.
  package func renamed(_ names: [String: String]) -> OperationCensus {
    if names.isEmpty { return self }
    var renamed = OperationCensus()
    renamed.level = level
    for (entry, count) in counts {
      let component = texts.text(entry.component)
      let own = Entry(
        component: renamed.texts.intern(names[component] ?? component),
        operation: renamed.texts.intern(texts.bytes.span.extracting(texts.range(entry.operation))), zeros: entry.zeros)
      Self.add(count, to: &renamed.counts[own, default: 0])
    }
    return renamed
  }

  private mutating func thin() {
    guard counts.count > Self.limit else { return }
    var byZeros = [Int](repeating: 0, count: 65)
    for entry in counts.keys { byZeros[Int(entry.zeros)] += 1 }
    var next = level
    var kept = counts.count
    while kept > Self.limit, next < 64 {
      kept -= byZeros[Int(next)]
      next += 1
    }
    rise(to: next)
  }

  /// Lets go of what a level leaves out, and of its texts.
  private mutating func rise(to level: UInt8) {
    self.level = level
    let all = counts
    var move = SymbolMove(from: texts, into: SymbolTable())
    counts = [:]
    for (entry, count) in all where entry.zeros >= level { counts[entry.moved(by: &move)] = count }
    texts = move.into
  }
}

extension OperationCensus.Entry {
  fileprivate func moved(by move: inout SymbolMove) -> Self {
    Self(component: move.move(component), operation: move.move(operation), zeros: zeros)
  }
}

extension OperationCensus: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    var own = ByteWriter()
    own.byte(level)
    // Each text is made and compared once, not once for each of its entries.
    let names = (0..<UInt32(texts.count)).map { texts.text(Symbol($0)) }
    var ranks = [Int](repeating: 0, count: names.count)
    let order = names.indices.sorted { a, b in
      // Texts that look alike may differ in their bytes.
      names[a] == names[b] ? names[a].utf8.lexicographicallyPrecedes(names[b].utf8) : names[a] < names[b]
    }
    for (rank, name) in order.enumerated() { ranks[name] = rank }
    func place(_ entry: Entry) -> (Int, Int, UInt8) {
      (ranks[Int(entry.component.index)], ranks[Int(entry.operation.index)], entry.zeros)
    }
    own.array(counts.sorted { place($0.key) < place($1.key) }) { writer, row in
      writer.text(names[Int(row.key.component.index)])
      writer.text(names[Int(row.key.operation.index)])
      writer.byte(row.key.zeros)
      writer.int(row.value)
    }
    // Paths have much in common, and every partition carries the census of all.
    SectionPacking.encode(own.bytes, to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    var own = try SectionPacking.decode(from: &reader)
    level = try own.byte()
    let count = try own.count(minimumBytes: 4)
    guard level <= 64, count <= Self.limit else { throw own.failure("a census out of range") }
    for _ in 0..<count {
      let component = try own.blob()
      let operation = try own.blob()
      let entry = Entry(
        component: texts.intern(component.span), operation: texts.intern(operation.span), zeros: try own.byte())
      guard (level...64).contains(entry.zeros) else { throw own.failure("a census out of range") }
      guard counts.updateValue(try own.tally(), forKey: entry) == nil else {
        throw own.failure("an operation is counted twice")
      }
    }
  }
}
