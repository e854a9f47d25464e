internal import Archives
internal import Core
internal import Decoders
internal import Events

/// Extracts one input, or a stretch of it: members are decoded as they come, records become rows, rows go to a store piece
/// by piece.
struct InputExtraction {
  /// Takes the rows of a stretch of the input; called on the scanning thread.
  typealias Deliver = (_ symbols: SymbolTable, _ sources: SourceTable, _ rows: [Rows]) -> Void

  private let settings: ExtractSettings
  /// How the input's name begins where it was found in a folder: test reports are listed without it.
  private let root: String
  private let deliver: Deliver
  private var batch = RecordBatch()
  private var builder: EventBuilder
  private var outcome: InputOutcome
  private var decoder: MemberDecoder?
  private var member = ""
  private var memberBytes = 0
  private var reportPath = ""

  init(input: String, root: String, settings: ExtractSettings, deliver: @escaping Deliver) {
    self.settings = settings
    self.root = root
    self.deliver = deliver
    builder = EventBuilder(
      partitions: settings.partitions, naming: ComponentNaming(rules: settings.rename),
      failures: FailureClassifier(overrides: settings.failures))
    outcome = InputOutcome(name: input, sha256: "")
  }

  mutating func begin(_ header: MemberHeader) {
    member = header.path
    memberBytes = 0
    let relative =
      !root.isEmpty && outcome.name.hasPrefix(root + "/")
      ? String(outcome.name.dropFirst(root.utf8.count + 1)) : outcome.name
    reportPath = member.isEmpty ? relative : relative + "!" + member
    decoder = MemberDecoder(input: outcome.name, member: member, settings: settings.decoders, batch: &batch)
  }

  mutating func chunk(_ bytes: Span<UInt8>) {
    memberBytes += bytes.count
    settings.progress?.advance(bytes.count)
    decoder?.feed(bytes, into: &batch)
    absorb()
  }

  mutating func end(complete: Bool) {
    guard var finished = decoder else { return }
    decoder = nil
    finished.finish(complete: complete, into: &batch)
    absorb()
    outcome.memberBooks.append(
      NightReport.MemberBooks(member: member, format: finished.format, bytes: memberBytes, books: batch.books))
    outcome.members += 1
    batch.books = Books()
    // A table of rarely repeated texts is not carried from member to member.
    if batch.symbols.memory > settings.symbolMemory {
      flush()
      batch.symbols = SymbolTable()
      builder.symbolsChanged()
    }
  }

  /// Ends the stretch and says what it came to.
  mutating func finish() -> StretchOutcome {
    flush()
    outcome.events = builder.events
    outcome.first = builder.first
    outcome.last = builder.last
    return StretchOutcome(outcome: outcome, diagnostics: batch.diagnostics)
  }

  private mutating func absorb() {
    guard !batch.isEmpty else { return }
    builder.absorb(&batch, reportPath: reportPath)
    if builder.memory > settings.pieceMemory { flush() }
  }

  private mutating func flush() {
    let rows = builder.takePartitions()
    guard rows.contains(where: { !$0.isEmpty }) else { return }
    deliver(batch.symbols, batch.sources, rows)
  }
}

/// What one stretch of an input came to.
struct StretchOutcome: Sendable {
  /// Members, books, events and times; no diagnostics yet.
  var outcome: InputOutcome
  var diagnostics: DiagnosticLog
}

extension InputOutcome {
  /// Joins the stretches of an input, in their order, with what the walk over it found.
  init(of input: ExtractInput, _ stretches: [StretchOutcome], _ summary: WalkSummary) {
    self.init(name: input.source.name, sha256: summary.sha256)
    root = input.root.isEmpty ? name : input.root
    bytes = summary.bytes
    var diagnostics = summary.diagnostics
    for stretch in stretches {
      members += stretch.outcome.members
      events += stretch.outcome.events
      first = min(first, stretch.outcome.first)
      last = max(last, stretch.outcome.last)
      memberBooks += stretch.outcome.memberBooks
      diagnostics.merge(stretch.diagnostics)
    }
    self.diagnostics = diagnostics.sorted
  }
}

/// What extract depends on.
struct ExtractSettings: Sendable {
  var partitions = 64
  var decoders = DecoderSettings()
  var rename: [ComponentNaming.Rule] = []
  var failures: [(fragment: String, kind: FailureKind)] = []
  /// Bytes of rows one input may gather before they are delivered.
  var pieceMemory = 96 << 20
  /// Bytes a symbol table may reach before it is replaced between members.
  var symbolMemory = 24 << 20
  var progress: Progress?
}
