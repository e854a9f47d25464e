package import Model
package import Support
internal import Synchronization

/// The rows of all inputs between extract and aggregate: in memory up to a budget, beyond it in one unlinked file per
/// partition.
///
/// What is kept, and in which order, is decided by the input's number, so aggregation sees the same rows whatever was
/// spilled and whichever thread extracted what.
package final class PartitionStore: Sendable {
  /// One piece of one input: all its partitions share the tables.
  private struct Piece: Sendable {
    var input: Int
    var ordinal: Int
    var symbols: SymbolTable
    var sources: SourceTable
    var partitions: [Rows]
    var memory: Int
  }

  private struct State {
    var pieces: [Piece] = []
    var memory = 0
    var spilled: [[Spilled]]
    var files: [SpillFile?]
    var failure: FileFailure?
    /// Texts that stand for others in all rows.
    var names: [String: String] = [:]
    /// What the operations of the rows are called.
    var fold = OperationFold()
  }

  private struct Spilled {
    var input: Int
    var ordinal: Int
    var offset: Int
    var count: Int
    var rows: Int
  }

  package let partitions: Int
  private let budget: Int
  private let folder: String
  private let state: Mutex<State>

  /// - Parameters:
  ///   - partitions: how many partitions there are.
  ///   - budget: bytes of rows to hold before they go to disk.
  ///   - folder: where the spill files live; they are unlinked as soon as they are open.
  package init(partitions: Int, budget: Int, folder: String) {
    self.partitions = partitions
    self.budget = budget
    self.folder = folder
    state = Mutex(
      State(
        spilled: Array(repeating: [], count: partitions), files: Array(repeating: nil, count: partitions)))
  }

  /// Takes the rows of one input, or of a stretch of it; `ordinal` numbers an input's stretches.
  package func add(input: Int, ordinal: Int, symbols: SymbolTable, sources: SourceTable, partitions rows: [Rows]) {
    let memory = rows.reduce(0) { $0 + $1.memory } + symbols.memory
    state.withLock { state in
      // A run that could not keep its rows fails at the end of extract: no more of them are gathered.
      guard state.failure == nil else { return }
      state.pieces.append(
        Piece(
          input: input, ordinal: ordinal, symbols: symbols, sources: sources, partitions: rows, memory: memory))
      state.memory += memory
      if state.memory > budget { spill(&state) }
    }
  }

  /// The first failure to write, if any: the run cannot be complete then.
  package var failure: FileFailure? { state.withLock { $0.failure } }

  /// Gives texts of the rows other ones, where those are known only when all inputs were read: a container's name for its id.
  package func name(_ names: [String: String]) {
    guard !names.isEmpty else { return }
    state.withLock { state in
      state.names = names
      for i in state.pieces.indices {
        if let named = state.pieces[i].symbols.renamed(names) { state.pieces[i].symbols = named }
      }
    }
  }

  /// Brings operations whose paths hold data under one name where segments are put together: all rows were counted by then.
  package func fold(_ census: OperationCensus) {
    let fold = OperationFold(census)
    state.withLock { $0.fold = fold }
  }

  /// All rows of some partitions, inputs in order, put together under one set of tables.
  package func segment(_ wanted: [Int]) throws(FileFailure) -> Segment {
    let parts = try parts(wanted)
    let rows = parts.flatMap(\.rows)
    var merger = SegmentMerger(folding: state.withLock { $0.fold })
    merger.reserve(
      spans: rows.reduce(0) { $0 + $1.spans.count }, logs: rows.reduce(0) { $0 + $1.logs.count },
      metrics: rows.reduce(0) { $0 + $1.metrics.count }, events: rows.reduce(0) { $0 + $1.events.count })
    for part in parts { merger.append(part) }
    return merger.segment
  }

  /// All rows of some partitions, inputs in order, with the tables that they were made with.
  package func parts(_ wanted: [Int]) throws(FileFailure) -> [SegmentPart] {
    typealias Placed = (input: Int, ordinal: Int, part: SegmentPart)
    // The lock covers only the look-up: rows are values, and spill files are read at fixed offsets. The list of pieces itself
    // is not taken out, for `drop` changes it in place.
    let (held, spilled, names): ([Placed], [([Spilled], SpillFile?)], [String: String]) = state.withLock { state in
      var parts: [Placed] = []
      for piece in state.pieces {
        let rows = wanted.map { piece.partitions[$0] }.filter { !$0.isEmpty }
        if rows.isEmpty { continue }
        let part = SegmentPart(symbols: piece.symbols, sources: piece.sources, rows: rows)
        parts.append((piece.input, piece.ordinal, part))
      }
      return (parts, wanted.map { (state.spilled[$0], state.files[$0]) }, state.names)
    }
    var parts = held
    for (stretches, file) in spilled {
      guard let file else { continue }
      for stretch in stretches {
        let bytes = try file.read(at: stretch.offset, count: stretch.count)
        do throws(DecodeFailure) {
          let segment = try Segment(encoded: bytes)
          let symbols = segment.symbols.renamed(names) ?? segment.symbols
          let part = SegmentPart(symbols: symbols, sources: segment.sources, rows: [segment.rows])
          parts.append((stretch.input, stretch.ordinal, part))
        } catch {
          throw FileFailure(scratch: "spilled rows are damaged: \(error.message)")
        }
      }
    }
    parts.sort { ($0.input, $0.ordinal) < ($1.input, $1.ordinal) }
    return SegmentPart.joined(parts.map(\.part))
  }

  /// Gives the inputs other numbers, where their order is known only when all are there.
  package func renumber(_ order: [Int]) {
    state.withLock { state in
      for i in state.pieces.indices { state.pieces[i].input = order[state.pieces[i].input] }
      for partition in state.spilled.indices {
        for i in state.spilled[partition].indices {
          state.spilled[partition][i].input = order[state.spilled[partition][i].input]
        }
      }
    }
  }

  /// How many rows a partition holds, spilled or not.
  package func weight(_ partition: Int) -> Int {
    state.withLock { state in
      state.pieces.reduce(0) { $0 + $1.partitions[partition].count }
        + state.spilled[partition].reduce(0) { $0 + $1.rows }
    }
  }

  /// Forgets a partition's rows after it was aggregated.
  package func drop(_ partition: Int) {
    state.withLock { state in
      for i in state.pieces.indices { state.pieces[i].partitions[partition] = Rows() }
      // The tables of symbols may be larger than what is left of the rows.
      state.pieces.removeAll { $0.partitions.allSatisfy(\.isEmpty) }
      state.spilled[partition] = []
      state.files[partition] = nil
    }
  }

  private func spill(_ state: inout State) {
    guard state.failure == nil else { return }
    do throws(FileFailure) {
      var encoder = SegmentEncoder()
      for piece in state.pieces {
        for (partition, rows) in piece.partitions.enumerated() where !rows.isEmpty {
          let sources = piece.sources.part(rows.members)
          encoder.encode([SegmentPart(symbols: piece.symbols, sources: sources, rows: [rows])])
          let file: SpillFile
          if let open = state.files[partition] {
            file = open
          } else {
            file = try SpillFile(folder: folder)
            state.files[partition] = file
          }
          let offset = try file.append(encoder.pieces())
          state.spilled[partition].append(
            Spilled(
              input: piece.input, ordinal: piece.ordinal, offset: offset, count: encoder.count, rows: rows.count))
        }
      }
      state.pieces = []
      state.memory = 0
    } catch {
      state.failure = error
      state.pieces = []
      state.memory = 0
    }
  }
}

extension SymbolTable {
  /// The table with other texts for some, under the same numbers; nil where it has none of them.
  fileprivate func renamed(_ names: [String: String]) -> SymbolTable? {
    var texts: [UInt32: [UInt8]] = [:]
    for (text, name) in names {
      if let symbol = find(text), !symbol.isNone { texts[symbol.index] = Array(name.utf8) }
    }
    return texts.isEmpty ? nil : replacing(texts)
  }
}
