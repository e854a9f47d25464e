internal import Archives
internal import Core
internal import Dispatch
internal import Events
internal import Synchronization

/// One input with what extract needs to know of it beside its bytes.
struct ExtractInput: Sendable {
  var source: InputSource
  /// The folder or file on the command line under which it was found: test reports are listed relative to it.
  var root: String
  /// Stored bytes, nil where unknown.
  var size: Int?
}

/// Extract: inputs become rows by partition, several inputs at a time, each with its expansion and its scanning on two
/// threads where it is large.
struct ExtractPhase {
  let settings: ExtractSettings
  let walker: ArchiveWalker
  let jobs: Int

  /// Stored size from which expansion and scanning of one input go on two threads.
  private static let overlapFrom = 4 << 20

  /// Extracts all inputs.
  ///
  /// - Parameters:
  ///   - inputs: in the order of their names.
  ///   - deliver: takes rows: the input's number, the piece's number within it, tables and rows by partition. Called from
  ///     several threads.
  /// - Returns: the outcomes, in the inputs' order.
  func run(
    _ inputs: [ExtractInput],
    deliver: @escaping @Sendable (Int, Int, SymbolTable, SourceTable, [Rows]) -> Void
  ) -> [InputOutcome] {
    let outcomes = Mutex([InputOutcome?](repeating: nil, count: inputs.count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, inputs.count))) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < inputs.count else { return }
        var ordinal = 0
        let outcome = extract(inputs[number]) { symbols, sources, rows in
          deliver(number, ordinal, symbols, sources, rows)
          ordinal += 1
        }
        outcomes.withLock { $0[number] = outcome }
      }
    }
    return outcomes.withLock { $0.compactMap { $0 } }
  }

  /// Extracts one input on this thread, with a second one that expands it where it is large.
  func extract(_ input: ExtractInput, deliver: @escaping InputExtraction.Deliver) -> InputOutcome {
    var extraction = InputExtraction(
      input: input.source.name, root: input.root, settings: settings, deliver: deliver)
    guard jobs > 1, (input.size ?? .max) >= Self.overlapFrom else {
      let sink = DirectSink(extraction)
      let summary = walker.walk(input.source, into: sink)
      return sink.extraction.finish(summary)
    }
    let ring = ChunkRing()
    let summary = Mutex(WalkSummary())
    let walking = DispatchGroup()
    let walker = walker
    let source = input.source
    DispatchQueue.global().async(group: walking) {
      let walked = walker.walk(source, into: RingSink(ring))
      summary.withLock { $0 = walked }
      ring.put(.finished)
    }
    scanning: while true {
      switch ring.take() {
      case .begin(let header): extraction.begin(header)
      case .chunk(let bytes):
        extraction.chunk(bytes.span)
        ring.giveBack(bytes)
      case .end(let complete): extraction.end(complete: complete)
      case .finished: break scanning
      }
    }
    walking.wait()
    return extraction.finish(summary.withLock { $0 })
  }
}

/// The sink that decodes on the expanding thread itself.
private final class DirectSink: MemberSink {
  var extraction: InputExtraction

  init(_ extraction: InputExtraction) { self.extraction = extraction }

  func beginMember(_ member: MemberHeader) { extraction.begin(member) }
  func memberBytes(_ bytes: Span<UInt8>) { extraction.chunk(bytes) }
  func endMember(complete: Bool) { extraction.end(complete: complete) }
}
