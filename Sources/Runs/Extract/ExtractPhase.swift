internal import Archives
internal import Model
internal import Segments
internal import Support
internal import Synchronization

/// One input with what extract needs to know of it beside its bytes.
struct ExtractInput: Sendable {
  var source: InputSource
  /// The folder or file on the command line under which it was found: test reports are listed relative to it.
  var root: String
  /// Stored bytes, nil where unknown.
  var size: Int?
}

/// Extract: inputs become rows by partition, several inputs at a time. An input that is more than one thread's share is
/// expanded by one thread and scanned by others, a stretch of members and pieces of members each.
struct ExtractPhase {
  /// Takes rows: the input's number, the piece's number within it, tables and rows by partition.
  typealias Deliver = @Sendable (_ input: Int, _ piece: Int, SymbolTable, SourceTable, [Rows]) -> Void

  let settings: ExtractSettings
  let walker: ArchiveWalker
  let jobs: Int

  /// Stored size from which an input is expanded and scanned on threads of their own.
  private static let overlapFrom = 4 << 20

  /// Pieces that one stretch may deliver, so that pieces are numbered in the input's order.
  private static let piecesPerStretch = 1 << 24

  /// Extracts all inputs.
  ///
  /// - Parameters:
  ///   - inputs: in the order of their names.
  ///   - deliver: called from several threads.
  /// - Returns: the outcomes, in the inputs' order.
  func run(_ inputs: [ExtractInput], deliver: @escaping Deliver) -> [InputOutcome] {
    let outcomes = Mutex([InputOutcome?](repeating: nil, count: inputs.count))
    let next = Atomic(0)
    let together = max(1, min(jobs, inputs.count))
    // What one thread may take on without being the last one to finish, were all inputs dealt out evenly.
    let share = together < jobs ? 0 : inputs.reduce(0) { $0 + ($1.size ?? 0) } / together
    WorkerPool.forEach(together) { _ in
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < inputs.count else { return }
        let input = inputs[number]
        let isLarge = (input.size ?? .max) >= max(Self.overlapFrom, share + 1)
        let outcome = extract(
          input, number: number, scanners: max(1, jobs / together), overlapped: jobs > 1 && isLarge, deliver: deliver)
        outcomes.withLock { $0[number] = outcome }
      }
    }
    return outcomes.withLock { $0.compactMap { $0 } }
  }

  /// Extracts one input, expanded and scanned by one thread, or by several at once.
  private func extract(
    _ input: ExtractInput, number: Int, scanners: Int, overlapped: Bool, deliver: @escaping Deliver
  ) -> InputOutcome {
    guard overlapped else { return extractAlone(input, number: number, deliver: deliver) }
    // Enough for one stretch to fill while another one is scanned. (Twenty more would be 5 % faster, and take too much memory.)
    let ring = BoundedQueue(parcels: 2 + (scanners - 1) * settings.stretchSize / ByteBuffer.size)
    let summary = Mutex(WalkSummary())
    let stretches = Mutex<[Int: WorkUnitOutcome]>([:])
    let (walker, source, settings) = (walker, input.source, settings)
    let expanding = WorkerThread.start {
      let sink = WorkUnitSink(ring, stretchSize: scanners > 1 ? settings.stretchSize : .max)
      let walked = walker.walk(source, into: CuttingSink(sink, settings: settings))
      summary.withLock { $0 = walked }
      sink.finish(scanners: scanners)
    }
    guard let expanding else { return extractAlone(input, number: number, deliver: deliver) }
    WorkerPool.forEach(scanners) { _ in
      while let stretch = ring.next() {
        let outcome = scan(stretch, of: input, number: number, ring, deliver: deliver)
        stretches.withLock { $0[stretch.ordinal] = outcome }
      }
    }
    expanding.join()
    let ordered = stretches.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    return InputOutcome(of: input, ordered, summary.withLock { $0 }, secrets: settings.secrets)
  }

  /// Expands and scans an input on the caller's thread.
  private func extractAlone(_ input: ExtractInput, number: Int, deliver: @escaping Deliver) -> InputOutcome {
    let sink = DirectSink(extraction(of: input, number: number, stretch: 0, deliver: deliver))
    let summary = walker.walk(input.source, into: CuttingSink(sink, settings: settings))
    return InputOutcome(of: input, [sink.extraction.finish()], summary, secrets: settings.secrets)
  }

  private func scan(
    _ stretch: WorkUnit, of input: ExtractInput, number: Int, _ ring: BoundedQueue, deliver: @escaping Deliver
  ) -> WorkUnitOutcome {
    var extraction = extraction(of: input, number: number, stretch: stretch.ordinal, deliver: deliver)
    while let parcel = stretch.take() {
      for mark in parcel.marks {
        switch mark {
        case .begin(let header): extraction.begin(header)
        case .bytes(let range): extraction.chunk(parcel.bytes.span.extracting(range))
        case .kept(let bytes): bytes.withSpan { extraction.chunk($0) }
        case .cut: extraction.cut()
        case .resume(let header, let offset, let line): extraction.resume(header, offset: offset, line: line)
        case .end(let complete): extraction.end(complete: complete)
        }
      }
      ring.giveBack(consume parcel)
    }
    return extraction.finish()
  }

  private func extraction(
    of input: ExtractInput, number: Int, stretch: Int, deliver: @escaping Deliver
  ) -> InputExtraction {
    var piece = stretch * Self.piecesPerStretch
    return InputExtraction(input: input.source.name, root: input.root, settings: settings) { symbols, sources, rows in
      deliver(number, piece, symbols, sources, rows)
      piece += 1
    }
  }
}
