internal import Model

/// What the walk over one input keeps: its diagnostics, and how much of each limit is used.
final class WalkContext {
  let input: String
  let limits: ArchiveLimits
  private let budget: RunBudget
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// Bytes of the stored input read so far.
  private(set) var stored = 0
  /// Who is told how many more of them were read.
  var onRead: (@Sendable (Int) -> Void)?
  /// Stored bytes in all, where known before the end.
  var storedSize: Int?
  /// Bytes produced by decoders, all levels together.
  private(set) var expanded = 0
  /// Entries met in all containers.
  private(set) var entries = 0
  /// Memory of the decoders that are open now.
  private(set) var decoderMemory = 0
  /// Memory of the archives held in memory now.
  private(set) var nestedMemory = 0
  /// Set once a limit of the whole input is hit: every stream ends from then on.
  private(set) var isStopped = false

  private var diagnostics = DiagnosticLog()
  private var listed: [String: Int] = [:]

  /// How many problems of one kind are listed before the rest of the input's are only counted.
  static let listedPerCode = 100

  init(input: String, limits: ArchiveLimits, budget: RunBudget) {
    self.input = input
    self.limits = limits
    self.budget = budget
    start = clock.now
  }

  /// Counts bytes of the stored input that were read.
  func read(_ count: Int) {
    stored += count
    onRead?(count)
  }

  /// Logs a problem; from the hundredth of its kind in this input on they are only counted.
  func report(
    _ code: String, _ severity: Diagnostic.Severity, member: String = "", offset: Int? = nil, _ message: MessageText,
    count: Int = 1, limit: String? = nil
  ) {
    let number = listed[code, default: 0]
    listed[code] = number + 1
    var location = SourceLocation(input: input)
    if number < Self.listedPerCode {
      location.member = member
      location.position = offset.map { .offset($0) } ?? .whole
      diagnostics.add(Diagnostic(code, severity, at: location, message, count: count, limit: limit))
    } else {
      diagnostics.add(
        Diagnostic(code, severity, at: location, "more of this kind in other members", count: count, limit: limit))
    }
  }

  /// All problems logged.
  func finish() -> DiagnosticLog { diagnostics }

  /// Ends the walk over the whole input.
  func stop(_ limit: String, member: String, offset: Int? = nil, _ message: MessageText) {
    guard !isStopped else { return }
    isStopped = true
    report("limitReached", .error, member: member, offset: offset, message, limit: limit)
  }

  /// Looks at the clock, which is used for nothing else than to stop.
  func checkTime(member: String) {
    guard !isStopped, clock.now - start > .seconds(limits.inputSeconds) else { return }
    stop(
      ArchiveLimits.Name.time, member: member,
      "reading stopped after \(limits.inputSeconds) s: the rest of the input is not read")
  }

  /// Counts bytes that a decoder produced; false when that ends the walk.
  func addExpanded(_ bytes: Int, member: String) -> Bool {
    guard !isStopped else { return false }
    expanded += bytes
    let run = budget.add(bytes)
    let inputFloor = limits.ratioFloor.multipliedReportingOverflow(by: 8).partialValue
    if expanded > limits.expandedPerInput {
      stop(
        ArchiveLimits.Name.expandedPerInput, member: member,
        "the input expands to more than \(limits.expandedPerInput) bytes: the rest is not read")
    } else if run > limits.expandedPerRun {
      stop(
        ArchiveLimits.Name.expandedPerRun, member: member,
        "the inputs of this run expand to more than \(limits.expandedPerRun) bytes: the rest is not read")
    } else if expanded > inputFloor, expanded / limits.ratio > max(storedSize ?? 0, stored) {
      stop(
        ArchiveLimits.Name.ratio, member: member,
        "the input expands to more than \(limits.ratio) times its size: the rest is not read")
    }
    checkTime(member: member)
    return !isStopped
  }

  /// Counts an entry of a container; false when there are too many.
  func addEntry(container: String) -> Bool {
    entries += 1
    if entries > limits.entries {
      stop(
        ArchiveLimits.Name.entries, member: container,
        "more than \(limits.entries) entries in this input: the rest is not read")
    }
    return !isStopped
  }

  /// Memory that a further decoder may take.
  var decoderMemoryLeft: Int { max(0, limits.decoderMemory - decoderMemory) }

  func takeDecoderMemory(_ bytes: Int) { decoderMemory += bytes }

  func returnDecoderMemory(_ bytes: Int) { decoderMemory -= bytes }

  var nestedMemoryLeft: Int { max(0, limits.nestedMemory - nestedMemory) }

  func takeNestedMemory(_ bytes: Int) { nestedMemory += bytes }

  func returnNestedMemory(_ bytes: Int) { nestedMemory -= bytes }
}

/// The way of the bytes of one member through its filters, and whether they came through whole.
final class MemberPath {
  let context: WalkContext
  /// The member's path in the input.
  let member: String
  /// Whether bytes are missing or wrong: the member, and all that is inside it, is not complete.
  private(set) var isDamaged = false
  /// Whether what is behind damage may follow what is before it: in plain data, not in an archive whose members would
  /// take in one another's bytes.
  var allowsGaps = false
  /// When the container says that the member was written, microseconds since the epoch.
  let modified: Int64?

  init(_ context: WalkContext, member: String, modified: Int64? = nil) {
    self.context = context
    self.member = member
    self.modified = modified
  }

  /// Reports what makes the member incomplete.
  func damage(_ code: String, offset: Int?, _ message: MessageText) {
    isDamaged = true
    context.report(code, .error, member: member, offset: offset, message)
  }

  /// Reports a limit that ends this member but not the input.
  func limit(_ name: String, offset: Int?, _ message: MessageText) {
    isDamaged = true
    context.report("limitReached", .error, member: member, offset: offset, message, limit: name)
  }

  /// Reports something that takes nothing from the member.
  func note(_ code: String, offset: Int? = nil, limit: String? = nil, _ message: MessageText) {
    context.report(code, .note, member: member, offset: offset, message, limit: limit)
  }

  /// Reports something that leaves a doubt about the member.
  func warn(_ code: String, offset: Int? = nil, _ message: MessageText) {
    context.report(code, .warning, member: member, offset: offset, message)
  }

  /// Says that something else, reported already, made the member incomplete.
  func markDamaged() { isDamaged = true }
}

/// What goes into a decoder and comes out of it, held against the limits on expansion.
struct Expansion {
  private(set) var consumed = 0
  private(set) var produced = 0

  mutating func consume(_ bytes: Int) { consumed += bytes }

  /// Counts bytes produced; false when a limit says that this was the last piece.
  mutating func produce(_ bytes: Int, on trail: MemberPath) -> Bool {
    produced += bytes
    let limits = trail.context.limits
    guard trail.context.addExpanded(bytes, member: trail.member) else {
      trail.markDamaged()
      return false
    }
    // What comes before the floor is free: the ratio is that of the rest.
    if produced > limits.ratioFloor, (produced - limits.ratioFloor) / limits.ratio > consumed {
      trail.limit(
        ArchiveLimits.Name.ratio, offset: produced,
        "expands to more than \(limits.ratio) times its stored size: the rest of it is not read")
      return false
    }
    return true
  }
}
