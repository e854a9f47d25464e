// What a dialect's reader writes on while a report goes by: records, record counts, notes, and the text it asked for.

internal import Support
internal import Model

/// Collects one report and gives it out in pieces, so that a file of any size takes bounded memory.
struct ReportBuilder {
  /// A note about the report's content, with its line.
  struct Note {
    var code: String
    var severity: Diagnostic.Severity
    var line: Int
    var message: MessageText
    var limit: String?
  }

  /// A piece is given out at this many records or bytes of text.
  private static let pieceRecords = 1024
  private static let pieceBytes = 1 << 20
  private static let keptProperties = 256
  private static let suitePathDepth = 32
  private static let passedOutput = 1024

  let context: MemberContext
  /// The piece that is being filled.
  private(set) var file = TestReportFile()
  private var bytes = 0
  private var number = 0
  /// Whether a repetition was said.
  private var saidRepeated = false
  private var repetitions = 0
  private static let manyRepetitions = 10
  private(set) var recordCount = 0

  private(set) var ready: [TestReportFile] = []
  private(set) var notes: [Note] = []
  var recordCounts = RecordCounts()

  private var isCapturing = false
  private var captured: [UInt8] = []
  private var capturedAll = 0

  /// What a record begins as, which is copied once: what it has of its suites.
  var prototype = TestRecord()
  /// Whether a repair happened since the last record was closed.
  var repaired = false

  /// Whether the report says itself that it ends early.
  private var isCutShort = false
  /// Whether the file belongs to a report format and holds no results by its nature.
  private(set) var isNoResultReport = false
  /// Whether the file tells of what tests ran on, and holds no results by its nature.
  var holdsSettings = false

  init(context: MemberContext) {
    self.context = context
    file.source = context.line(1)
  }

  // MARK: - Text

  /// Starts keeping text: what comes until `takeText`.
  mutating func keepText() {
    isCapturing = true
    captured.removeAll(keepingCapacity: true)
    capturedAll = 0
  }

  mutating func text(_ span: Span<UInt8>) {
    guard isCapturing else { return }
    capturedAll += span.count
    let room = context.settings.limits.text - captured.count
    captured.append(copying: span.extracting(first: min(room, span.count)))
  }

  /// The text since `keepText`, bounded, with `\n` as the only line end and no white space around it.
  mutating func takeText() -> String {
    isCapturing = false
    var start = 0
    while start < captured.count, Sniffer.isSpace(captured[start]) { start += 1 }
    var end = captured.count
    while end > start, Sniffer.isSpace(captured[end - 1]) { end -= 1 }
    if capturedAll > captured.count {
      // Not in the middle of a character.
      var lead = end
      while lead > start, captured[lead - 1] & 0xC0 == 0x80 { lead -= 1 }
      if lead > start, captured[lead - 1] >= 0xC0, UTF8Check.sequenceLength(captured.span, lead - 1) == 0 {
        end = lead - 1
      }
    }
    guard end > start else { return "" }
    if captured[start..<end].contains(0x0D) {
      var lines: [UInt8] = []
      lines.reserveCapacity(end - start)
      for i in start..<end {
        if captured[i] != 0x0D {
          lines.append(captured[i])
        } else if i + 1 >= end || captured[i + 1] != 0x0A {
          lines.append(0x0A)
        }
      }
      return String(decoding: lines, as: UTF8.self)
    }
    return String(decoding: captured[start..<end], as: UTF8.self)
  }

  /// A text cut to what is kept of one.
  @inline(__always) func bounded(_ text: String) -> String {
    text.utf8.count <= context.settings.limits.text ? text : cut(text, context.settings.limits.text)
  }

  /// A text cut to a number of bytes.
  func bounded(_ text: String, to limit: Int) -> String { text.utf8.count <= limit ? text : cut(text, limit) }

  // MARK: - Records

  mutating func name(dialect: String) { file.dialect = dialect }

  mutating func name(parser: String, stoppedAt offset: Int) {
    file.parser = parser
    file.parserStoppedAt = offset
  }

  /// Adds a finished result record.
  mutating func add(_ record: consuming TestRecord, line: Int) {
    file.records.append(record)
    finishLast(line: line)
  }

  /// Adds a result record that is filled where it will stay: most are short, and moving one costs as much as reading it.
  ///
  /// - Parameters:
  ///   - line: where it begins; it begins as `prototype`.
  ///   - fill: fills the new record; false takes it back.
  /// - Returns: the record if it was taken back.
  @inline(__always) mutating func add(
    line: Int, _ fill: (inout TestRecord) -> Bool
  ) -> TestRecord? {
    file.records.append(prototype)
    guard fill(&file.records[file.records.count - 1]) else { return file.records.removeLast() }
    finishLast(line: line)
    return nil
  }

  /// Completes the record that was added last, with the record counts.
  private mutating func finishLast(line: Int) {
    let last = file.records.count - 1
    file.records[last].source = context.line(line)
    bytes += 256
    if file.records[last].hasDetails { boundDetails(last) }
    if repaired {
      file.records[last].marks.insert(.recovered)
      recordCounts.repair("recovered")
      repaired = false
    }
    if file.records[last].marks.contains(.durationUnknown) {
      recordCounts.repair("durationUnknown")
      note("durationUnknown", .note, line: line, "a duration is no number of seconds: taken as unknown")
    }
    noteRepetition(line: line)
    recordCounts.use()
    recordCount += 1
    if file.records.count >= Self.pieceRecords || bytes >= Self.pieceBytes { giveOut(last: false) }
  }

  private mutating func boundDetails(_ last: Int) {
    // What a passed test printed explains nothing: its beginning is enough.
    if file.records[last].outcome == .passed, file.records[last].output.utf8.count > Self.passedOutput {
      file.records[last].output = cut(file.records[last].output, Self.passedOutput)
    }
    bytes += file.records[last].output.utf8.count + file.records[last].stack.utf8.count
    bytes += file.records[last].message.utf8.count
  }

  /// Says once per report that a test stands many times in a row under one name: a few are retries or parameters, many
  /// are something that the report does not tell apart.
  @inline(__always) private mutating func noteRepetition(line: Int) {
    if saidRepeated { return }
    let last = file.records.count - 1
    let before = last - 1
    guard before >= 0, file.records[before].name == file.records[last].name,
      file.records[before].className == file.records[last].className
    else {
      // A new piece knows nothing of the record before it: the row goes on.
      if before >= 0 { repetitions = 0 }
      return
    }
    repetitions += 1
    if repetitions == Self.manyRepetitions, !saidRepeated {
      note("repeatedTest", .note, line: line, "a test stands many times in a row under one name")
      saidRepeated = true
    }
  }

  /// Counts result elements that could not be read as records.
  mutating func skip(_ reason: String) { recordCounts.skip(reason) }

  mutating func declare(_ name: String, _ value: Int) { file.declared[name] = value }

  mutating func addDeclared(_ name: String, _ value: Int) {
    file.declared[name] = (file.declared[name] ?? 0).addingReportingOverflow(value).partialValue
  }

  mutating func property(_ name: String, _ value: String) {
    guard file.properties.count < Self.keptProperties, !name.isEmpty else { return }
    file.properties.append(TestRecord.Property(name: cut(name, 200), value: cut(value, 1000)))
  }

  func cut(_ text: String, _ bytes: Int) -> String { text.cut(toBytes: bytes) }

  /// The suite path of a record, bounded in depth.
  func suites(_ path: [String], adding name: String) -> [String] {
    path.count < Self.suitePathDepth ? path + [cut(name, 1000)] : path
  }

  mutating func markRecovered() { file.recovered = true }

  /// The run that is reported ended before its end: a job that died, a bail-out.
  mutating func cutShort() { isCutShort = true }

  /// Says what the file is instead of a report.
  mutating func noteNoResultReport(_ code: String, _ message: MessageText) {
    isNoResultReport = true
    note(code, .note, line: 1, message)
  }

  /// Counts a repair that marks no record.
  mutating func countRepair(_ kind: String, _ count: Int) { recordCounts.repair(kind, count) }

  mutating func note(
    _ code: String, _ severity: Diagnostic.Severity, line: Int, _ message: MessageText, limit: String? = nil
  ) {
    guard notes.count < 1000 else { return }
    notes.append(Note(code: code, severity: severity, line: line, message: message, limit: limit))
  }

  /// Says that a declared total is not what was counted.
  mutating func compare(_ what: String, declared: String?, counted: Int, of element: String, line: Int) {
    guard let declared, !declared.isEmpty else { return }
    let digits = declared.utf8.prefix { $0 != 0x2E }
    if Int(String(decoding: digits, as: UTF8.self)) == counted { return }
    note("declaredCount", .note, line: line, "\(element) declares \(cut(declared, 40)) \(what), counted \(counted)")
  }

  // MARK: - Giving out

  private mutating func giveOut(last: Bool) {
    file.piece = number
    file.isLast = last
    let dialect = file.dialect
    let recovered = file.recovered
    if last {
      ready.append(file)
    } else {
      var piece = file
      piece.declared = [:]
      piece.properties = []
      ready.append(piece)
    }
    number += 1
    file.records = []
    file.dialect = dialect
    file.recovered = recovered
    bytes = 0
  }

  /// The report has ended.
  mutating func close(complete: Bool) {
    if isNoResultReport { return }
    file.complete = complete && !isCutShort
    giveOut(last: true)
  }

  /// Hands over what is ready, and forgets it for the next chunk.
  mutating func drain(_ context: inout MemberContext, into batch: inout RecordBatch) {
    for note in notes {
      context.report(note.code, note.severity, at: .line(note.line), note.message, limit: note.limit, into: &batch)
    }
    batch.recordCounts.merge(recordCounts)
    batch.reports += ready
    drained()
  }

  /// Forgets what was given out.
  mutating func drained() {
    ready.removeAll()
    notes.removeAll()
    recordCounts = RecordCounts()
  }
}
