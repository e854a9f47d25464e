internal import Model
package import Support

/// How many rows each operation that is a path has, by component: what tells which segments of paths are data.
///
/// It is a sample of the rows that merges in any order: those stay whose hash has so many leading zeros (adaptive sampling: P. Flajolet,
/// "On adaptive sampling", Computing 43, 1990). The hash is of what a row says and of its place in its own member, and each entry is of
/// one number of zeros. So the level, and with it what stays, is decided by all rows together: the lowest level at which there are no more
/// entries and rows than the limits. Whoever drops some before that drops no others, for levels only rise as rows come.
/// An operation of many rows stays at any level; of the rare ones a fair share does. Components count by the names that rows have when they
/// are counted: containers whose names are learned late are told apart until then, which may raise the level of a call of extract.
package struct OperationCensus: Sendable {
  /// Entries at most: less than a megabyte.
  static let entryLimit = 1 << 14
  /// Rows at most that are counted: a thousandth of them is told from a five-hundredth, and all others cost a hash each.
  static let rowLimit = 1 << 15
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
  typealias Counts = [Entry: Int]

  /// What was counted of a piece: the rows of the operations that are paths, from a level on.
  package struct Sample: Sendable {
    var counts: Counts
    var level: UInt8
  }

  var texts = SymbolTable()
  var counts: Counts = [:]
  /// Rows that are counted.
  var rows = 0
  /// Rows are counted whose hash has so many leading zeros.
  package internal(set) var level: UInt8 = 0

  package init() {}

  /// Counts the rows of a piece.
  ///
  /// - Parameters:
  ///   - rows: its rows by partition.
  ///   - symbols: the table that they refer to.
  ///   - level: what a census has reached that the counts will be added to: less is not asked for.
  /// - Returns: the rows of the operations that are paths, at that level or the one that the piece forces by itself.
  package static func sample(of rows: [Rows], _ symbols: SymbolTable, from level: UInt8) -> Sample {
    var tally = Tally(from: level)
    // By symbol, where looked at: its text's hash, and whether that is a path.
    var hashes = [UInt64](repeating: 0, count: symbols.count)
    var isPath = [Bool?](repeating: nil, count: symbols.count)
    func note(_ component: Symbol, _ operation: Symbol, _ time: Int64, _ source: SourceRef) {
      let index = Int(operation.index)
      if hashes[index] == 0 { hashes[index] = symbols.hash(operation) }
      // Requests of one second and path are told apart by where they stand: together they would be all there or none.
      let moment = UInt64(bitPattern: time) ^ source.positionBits << 23
      let zeros = UInt8(StableHash.combine(hashes[index], moment).leadingZeroBitCount)
      if zeros < tally.level { return }
      let counts = isPath[index] ?? (PathName.start(symbols.bytes.span.extracting(symbols.range(operation))) != nil)
      isPath[index] = counts
      if counts { tally.add(Entry(component: component, operation: operation, zeros: zeros)) }
    }
    for part in rows {
      for row in part.spans { note(row.component, row.operation, row.start, row.source) }
      for row in part.events where !row.operation.isNone { note(row.component, row.operation, row.time, row.source) }
    }
    return tally.finish()
  }

  /// The rows of a piece that count: no more than a census may have, at the level that so many force.
  private struct Tally {
    private(set) var level: UInt8
    private var noted: [Entry] = []

    init(from level: UInt8) { self.level = level }

    @inline(__always) mutating func add(_ entry: Entry) {
      noted.append(entry)
      if noted.count > OperationCensus.rowLimit { rise() }
    }

    private mutating func rise() {
      while noted.count > OperationCensus.rowLimit, level < 64 {
        level += 1
        noted.removeAll { $0.zeros < level }
      }
    }

    func finish() -> Sample {
      var counts: Counts = [:]
      for entry in noted { counts[entry, default: 0] += 1 }
      return Sample(counts: counts, level: level)
    }
  }

  /// Adds what was counted of a piece.
  package mutating func add(_ sample: Sample, _ symbols: SymbolTable) {
    if sample.level > level { rise(to: sample.level) }
    var move = SymbolMove(from: symbols, into: texts)
    texts = SymbolTable()
    for (entry, count) in sample.counts where entry.zeros >= level {
      Self.add(count, to: &counts[entry.moved(by: &move), default: 0])
      Self.add(count, to: &rows)
    }
    texts = move.into
    thin()
  }

  static func add(_ count: Int, to sum: inout Int) { sum = min(mostRows, sum + count) }

  /// Adds another census.
  package mutating func merge(_ other: OperationCensus) {
    add(Sample(counts: other.counts, level: other.level), other.texts)
  }

  /// The same where components have other names: those of containers are known only when all inputs were read.
  package func renamed(_ names: [String: String]) -> OperationCensus {
    if names.isEmpty { return self }
    var renamed = OperationCensus()
    renamed.level = level
    renamed.rows = rows
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
    guard counts.count > Self.entryLimit || rows > Self.rowLimit else { return }
    var entriesByZeros = [Int](repeating: 0, count: 65)
    var rowsByZeros = entriesByZeros
    for (entry, count) in counts {
      entriesByZeros[Int(entry.zeros)] += 1
      rowsByZeros[Int(entry.zeros)] += count
    }
    var next = level
    var entries = counts.count
    var rows = rowsByZeros.reduce(0, +)
    while entries > Self.entryLimit || rows > Self.rowLimit, next < 64 {
      entries -= entriesByZeros[Int(next)]
      rows -= rowsByZeros[Int(next)]
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
    rows = 0
    for (entry, count) in all where entry.zeros >= level {
      counts[entry.moved(by: &move)] = count
      Self.add(count, to: &rows)
    }
    texts = move.into
  }
}

extension OperationCensus.Entry {
  fileprivate func moved(by move: inout SymbolMove) -> Self {
    Self(component: move.move(component), operation: move.move(operation), zeros: zeros)
  }
}
