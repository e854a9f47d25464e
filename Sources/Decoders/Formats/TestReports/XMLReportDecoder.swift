// XML test reports: encoding, scanner, and the reader of the dialect that the root element names.

internal import Support
internal import Model

struct XMLReportDecoder: FormatDecoder {
  private(set) var format = "xml"
  private var context: MemberContext
  private var reader: XMLReader
  private var events: ReportEvents
  private var transcoder: XMLTranscoder?
  private var isUTF8 = false
  private var markLength = 0
  /// The first bytes, until there are enough to see the encoding.
  private var head: [UInt8] = []

  /// Bytes that surely hold an XML declaration.
  private static let headSize = 512

  init(context: MemberContext) {
    self.context = context
    reader = XMLReader(
      maximumDepth: context.settings.limits.xmlDepth, maximumTag: context.settings.limits.xmlStartTag)
    events = ReportEvents(context: context)
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if isUTF8 {
      reader.feed(bytes, &events)
    } else if transcoder != nil {
      transcode(bytes)
    } else {
      if head.isEmpty, bytes.count >= Self.headSize {
        chooseEncoding(bytes)
      } else {
        head.append(copying: bytes)
        if head.count >= Self.headSize { chooseEncoding() }
      }
    }
    drain(into: &batch)
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    if !isUTF8, transcoder == nil { chooseEncoding() }
    if transcoder != nil {
      var rest: [UInt8] = []
      transcoder?.finish(into: &rest)
      reader.feed(rest.span, &events)
    }
    reader.finish(&events)
    events.sayReader(stoppedAt: reader.stoppedAt.map { $0 + markLength }, line: reader.stoppedLine)
    events.finish(complete: complete)
    drain(into: &batch)
    context.close(into: &batch)
  }

  private mutating func chooseEncoding() {
    let bytes = head
    head = []
    chooseEncoding(bytes.span)
  }

  private mutating func chooseEncoding(_ bytes: Span<UInt8>) {
    let found = XMLEncoding.detect(bytes)
    if let problem = found.problem { events.problem(problem, line: 1) }
    let rest = bytes.extracting(min(found.markLength, bytes.count)..<bytes.count)
    if found.encoding == .utf8 {
      isUTF8 = true
      markLength = bytes.count - rest.count
      reader.feed(rest, &events)
    } else {
      transcoder = XMLTranscoder(found.encoding)
      transcode(rest)
    }
  }

  private mutating func transcode(_ bytes: Span<UInt8>) {
    var out: [UInt8] = []
    transcoder?.decode(bytes, into: &out)
    reader.feed(out.span, &events)
  }

  private mutating func drain(into batch: inout RecordBatch) {
    events.sheet.drain(&context, into: &batch)
    if !events.dialect.isEmpty { format = events.dialect }
    for diagnostic in events.takeProblems() { batch.diagnostics.add(diagnostic) }
  }
}

/// Stands between the scanner and the dialect's reader: chooses the reader, keeps the path, counts what was repaired.
struct ReportEvents: XMLHandler {
  var sheet: ReportBuilder
  private(set) var dialect = ""
  private let context: MemberContext
  private var reader: (any ReportReader)?
  private var path: [String] = []
  private var isRefused = false
  private var hasRoot = false
  private var isComplete = true
  /// By kind of problem: the first line, and how often.
  private var problems: [XMLProblem: (line: Int, count: Int)] = [:]
  private var finished: [Diagnostic] = []

  init(context: MemberContext) {
    self.context = context
    sheet = ReportBuilder(context: context)
  }

  mutating func start(_ tag: borrowing XMLTag) {
    if path.isEmpty { choose(tag) }
    reader?.start(tag, in: path, on: &sheet)
    path.append(tag.name)
  }

  mutating func element(_ tag: borrowing XMLTag) { reader?.element(tag, in: path, on: &sheet) }

  mutating func text(_ bytes: Span<UInt8>) { sheet.text(bytes) }

  mutating func end(_ name: String) {
    if !path.isEmpty { path.removeLast() }
    reader?.end(name, in: path, on: &sheet)
  }

  mutating func endDocument(complete: Bool) {
    if !complete { isComplete = false }
    reader?.finish(complete: complete, on: &sheet)
    path.removeAll()
  }

  mutating func tooDeep(_ name: String) {
    if reader != nil, Self.resultElements.contains(name) { sheet.skip("xmlDepth") }
  }

  mutating func problem(_ problem: XMLProblem, line: Int) {
    let known = problems[problem]
    problems[problem] = (known?.line ?? line, (known?.count ?? 0) + 1)
    if problem.recovers {
      sheet.markRecovered()
      if !path.isEmpty { sheet.repaired = true }
    }
  }

  /// Elements that hold one result each, in any dialect.
  private static let resultElements: Set<String> = [
    "testcase", "test-case", "test", "UnitTestResult", "test-method", "Test", "TestCase", "TestFunction",
  ]

  private mutating func choose(_ tag: borrowing XMLTag) {
    hasRoot = true
    switch ReportDialects.choose(root: tag, earlier: sheet.recordCount > 0 ? dialect : "") {
    case .reader(let chosen, let name):
      reader = chosen
      if dialect.isEmpty {
        dialect = name
        sheet.name(dialect: name)
      }
    case .unsupported(let name):
      reader = nil
      isRefused = true
      dialect = name
      sheet.note(
        "unsupportedDialect", .warning, line: tag.line, "a test report of the kind \(name), which is not read")
    case .otherTool(let name):
      reader = nil
      isRefused = true
      sheet.note("unsupportedDialect", .note, line: tag.line, "a file of \(name), which holds no test results")
    case .repetition:
      reader = nil
      sheet.note("repeatedResults", .note, line: tag.line, "the same results again in another form were not read twice")
    case .unknown:
      reader = nil
      isRefused = true
      sheet.note(
        "unrecognizedFormat", .note, line: tag.line, "XML with the root <\(sheet.cut(tag.name, 100))> is no test report"
      )
    }
  }

  /// The member has ended.
  mutating func finish(complete: Bool) {
    if reader != nil || (!sheet.file.dialect.isEmpty) {
      if sheet.recordCount == 0, !sheet.holdsSettings {
        sheet.note("noResults", .note, line: 1, "the report holds no result")
      }
      sheet.close(complete: isComplete && complete)
    } else if !hasRoot, !isRefused {
      sheet.note("unrecognizedFormat", .note, line: 1, "no XML element in it")
    }
    for kind in XMLProblem.allCases {
      guard let seen = problems[kind] else { continue }
      // Damage to a file that is no test report is not the reader's trouble.
      let severity = reader == nil && dialect.isEmpty && kind != .entityDeclarations ? .note : kind.severity
      finished.append(
        Diagnostic(
          kind.code, severity,
          at: SourceLocation(input: context.input, member: context.member, position: .line(seen.line)), kind.message,
          count: seen.count, limit: kind.limit))
    }
    problems = [:]
  }

  /// Says which of the two readers of XML read the file, and where the second went on.
  mutating func sayReader(stoppedAt offset: Int?, line: Int) {
    guard reader != nil || !sheet.file.dialect.isEmpty else { return }
    sheet.name(parser: offset == nil ? "libxml2" : "scanner", stoppedAt: offset ?? -1)
    guard let offset else { return }
    sheet.note("parserStopped", .note, line: line, "libxml2 stopped at byte \(offset): read on by the scanner")
  }

  mutating func takeProblems() -> [Diagnostic] {
    defer { finished = [] }
    return finished
  }
}
