internal import Archives
internal import Core
internal import Decoders
internal import Events

/// Extracts one input: members are decoded as they come, records become rows, rows go to a store piece by piece.
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
    outcome.root = root.isEmpty ? input : root
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

  /// Ends the input and says what it came to.
  mutating func finish(_ summary: WalkSummary) -> InputOutcome {
    flush()
    outcome.sha256 = summary.sha256
    outcome.bytes = summary.bytes
    outcome.events = builder.events
    outcome.first = builder.first
    outcome.last = builder.last
    var diagnostics = summary.diagnostics
    diagnostics.merge(batch.diagnostics)
    outcome.diagnostics = diagnostics.sorted
    return outcome
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
