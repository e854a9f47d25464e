internal import Archives
internal import Decoders
internal import Model
internal import Segments
internal import Support
internal import Traces

/// Extracts one input, or a stretch of it: members are decoded as they come, records become rows, rows go to a store piece
/// by piece.
struct InputExtraction {
  /// Takes the rows of a stretch of the input; called on the scanning thread.
  typealias Deliver = (_ symbols: SymbolTable, _ sources: SourceTable, _ rows: [Rows]) -> Void

  private let settings: ExtractSettings
  /// How the input's name begins where it was found in a folder: test reports are listed without it.
  private let root: String
  /// The input's name as it is read; what is told of it has no secrets.
  private let input: String
  private let deliver: Deliver
  private var batch = RecordBatch()
  /// The member behind the last one that has been handed on.
  private var handedOn = 0
  private var builder: EventBuilder
  private var condenser: any TestReportCondensing
  private var outcome: InputOutcome
  private var decoder: MemberDecoder?
  private var member = ""
  private var memberBytes = 0
  private var reportPath = ""
  /// When the archive says that the member was written.
  private var written = Int64.max
  /// Whether the member's beginning was read before.
  private var isContinued = false
  private var beginsInMember = false

  init(input: String, root: String, settings: ExtractSettings, deliver: @escaping Deliver) {
    var settings = settings
    settings.decoders.root = root
    self.settings = settings
    self.root = root
    self.deliver = deliver
    condenser = settings.condenser()
    builder = EventBuilder(
      partitions: settings.partitions, naming: ComponentNaming(rules: settings.rename),
      failures: FailureClassifier(overrides: settings.failures), secrets: settings.secrets)
    self.input = input
    outcome = InputOutcome(name: settings.secrets.mask(input), sha256: "")
  }

  mutating func begin(_ header: MemberHeader) {
    enter(header)
    isContinued = false
    decoder = MemberDecoder(input: outcome.name, member: member, settings: settings.decoders, batch: &batch)
  }

  /// Goes on with a member behind a cut.
  mutating func resume(_ header: MemberHeader, offset: Int, line: Int) {
    enter(header)
    isContinued = true
    decoder = MemberDecoder(
      input: outcome.name, member: member, continuingAt: offset, line: line, settings: settings.decoders, batch: &batch)
  }

  private mutating func enter(_ header: MemberHeader) {
    member = settings.secrets.mask(header.path)
    memberBytes = 0
    written = header.modified ?? .max
    let relative =
      !root.isEmpty && input.hasPrefix(root + "/")
      ? settings.secrets.mask(String(input.dropFirst(root.utf8.count + 1))) : outcome.name
    reportPath = member.isEmpty ? relative : relative + "!" + member
  }

  mutating func chunk(_ bytes: Span<UInt8>) {
    memberBytes += bytes.count
    decoder?.feed(bytes, into: &batch)
    absorb()
  }

  mutating func end(complete: Bool) {
    leave(complete: complete)
    outcome.members += 1
  }

  /// Ends a piece of a member; the next one follows here or in another stretch.
  mutating func cut() {
    decoder?.cut()
    leave(complete: true)
  }

  private mutating func leave(complete: Bool) {
    guard var finished = decoder else { return }
    decoder = nil
    finished.finish(complete: complete, into: &batch)
    absorb()
    let recordCounts = NightReport.MemberCounts(
      member: ForeignName(member), format: OwnName(finished.format), bytes: memberBytes,
      recordCounts: batch.recordCounts)
    if isContinued, outcome.memberCounts.isEmpty { beginsInMember = true }
    if isContinued, let last = outcome.memberCounts.indices.last {
      outcome.memberCounts[last].join(recordCounts)
    } else {
      outcome.memberCounts.append(recordCounts)
    }
    if let suspicion = builder.takeProfile().suspicion {
      let place = SourceLocation(input: outcome.name, member: member)
      batch.diagnostics.add(Diagnostic("suspectReading", .warning, at: place, suspicion))
    }
    batch.recordCounts = RecordCounts()
    // A table of rarely repeated texts is not carried from member to member.
    if batch.symbols.memory > settings.symbolMemory {
      flush()
      batch.symbols = SymbolTable()
      builder.symbolsChanged()
    }
  }

  /// Ends the stretch and says what it came to.
  mutating func finish() -> WorkUnitOutcome {
    flush()
    outcome.events = builder.events
    outcome.first = builder.first
    outcome.last = builder.last
    outcome.times = builder.times
    outcome.times.settle()
    outcome.containers = batch.containers
    return WorkUnitOutcome(
      outcome: outcome, diagnostics: batch.diagnostics, beginsInMember: beginsInMember,
      patternsThatGaveUp: builder.patternsThatGaveUp)
  }

  private mutating func absorb() {
    guard !batch.isEmpty else { return }
    for i in batch.reports.indices { settings.secrets.mask(&batch.reports[i]) }
    for report in batch.reports {
      var row = condenser.condense(report, path: reportPath)
      row.written = written
      builder.absorb(row)
    }
    builder.absorb(&batch)
    if builder.size > pieceFrom { flush() }
  }

  /// Bytes of rows from which a piece is delivered: small, for they are held twice while they are handed out, but not small beside the
  /// table of symbols that each piece keeps.
  private var pieceFrom: Int { min(settings.pieceMemory, max(Self.usualPiece, 4 * batch.symbols.memory)) }

  private static let usualPiece = 4 << 20

  private mutating func flush() {
    let rows = builder.takePartitions()
    guard rows.contains(where: { !$0.isEmpty }) else { return }
    let members = rows.map(\.members).filter { !$0.isEmpty }
    let low = members.map(\.lowerBound).min() ?? 0
    let high = members.map(\.upperBound).max() ?? 0
    // From where the piece before ended: a gap of members without rows would keep the two apart.
    deliver(builder.handedOn(batch.symbols), batch.sources.part(min(low, handedOn)..<high), rows)
    handedOn = max(handedOn, high)
  }
}

/// What one stretch of an input came to.
struct WorkUnitOutcome: Sendable {
  /// Members, record counts, events and times; no diagnostics yet.
  var outcome: InputOutcome
  var diagnostics: DiagnosticLog
  /// Whether its first record counts go on with the last ones of the stretch before.
  var beginsInMember = false
  var patternsThatGaveUp: Set<String> = []
}

extension NightReport.MemberCounts {
  /// Adds the record counts of the member's next piece.
  mutating func join(_ next: NightReport.MemberCounts) {
    bytes += next.bytes
    // What the member holds the first piece with records says.
    if recordCounts.used == 0, next.recordCounts.used > 0 { format = next.format }
    recordCounts.merge(next.recordCounts)
  }
}

extension InputOutcome {
  /// Joins the stretches of an input, in their order, with what the walk over it found.
  init(of input: ExtractInput, _ stretches: [WorkUnitOutcome], _ summary: WalkSummary, secrets: SecretMask) {
    self.init(name: secrets.mask(input.source.name), sha256: summary.sha256)
    root = input.root.isEmpty ? name : secrets.mask(input.root)
    bytes = summary.bytes
    var diagnostics = summary.diagnostics
    for stretch in stretches {
      members += stretch.outcome.members
      events += stretch.outcome.events
      first = min(first, stretch.outcome.first)
      last = max(last, stretch.outcome.last)
      times.merge(stretch.outcome.times)
      containers.merge(stretch.outcome.containers)
      var recordCounts = stretch.outcome.memberCounts[...]
      if stretch.beginsInMember, let last = memberCounts.indices.last, let next = recordCounts.popFirst() {
        memberCounts[last].join(next)
      }
      memberCounts += recordCounts
      diagnostics.merge(stretch.diagnostics)
    }
    for pattern in Set(stretches.flatMap(\.patternsThatGaveUp)) {
      diagnostics.add(
        Diagnostic(
          "renamingGaveUp", .warning, at: SourceLocation(input: name),
          "a pattern of components.rename takes too many steps on some names, which stay as they are: \(pattern)"))
    }
    self.diagnostics = diagnostics.sorted.map(secrets.mask)
  }
}

/// What extract depends on.
struct ExtractSettings: Sendable {
  var partitions = 64
  /// What test reports are brought into rows with.
  var condenser: @Sendable () -> any TestReportCondensing
  var decoders = DecoderSettings()
  var rename: [ComponentNaming.Rule] = []
  /// What blanks secrets, before anything is written.
  var secrets = SecretMask()
  var failures: [(fragment: String, kind: FailureKind)] = []
  /// Bytes after which a member is cut where it can be, and the next member or piece of one goes to the next thread.
  var stretchSize = 8 << 20
  /// Most bytes of rows that one input may gather before they are delivered.
  var pieceMemory = 96 << 20
  /// Bytes a symbol table may reach before it is replaced between members.
  var symbolMemory = 24 << 20
}
