internal import Support
// Where a large member may be cut, so that several threads can read it.

/// Finds the line ends behind which a member of JSON lines is cut: the first one after every so many bytes.
///
/// Such lines stand for themselves; the rows of a table need its header, log lines the form that the first ones taught, and a
/// document all that stands around. Whether a member is of lines its first line tells: one whole object. Where it is cut
/// depends on its bytes alone, not on how they arrive.
package struct MemberCutter {
  /// Bytes after which the next line end is a cut.
  private let size: Int
  private let settings: DecoderSettings
  /// The keys of log records that the settings name.
  private let logKeys: LogKeyTable
  private var input = ""
  private var member = ""
  /// The first line so far, until it is whole.
  private var firstLine: [UInt8] = []
  private var isOfLines: Bool?
  /// The first lines, of which any may tell that lines depend on one another, until they are asked.
  private var head: [UInt8] = []
  private var isHeadAsked = false
  private var sinceCut = 0
  /// Whether the next byte, if there is one, begins a new piece.
  private var isDue = false
  /// Offset in the member of the next byte.
  package private(set) var offset = 0
  /// 1-based line of the next byte.
  package private(set) var line = 1

  /// A longer first line is not waited for.
  private static let firstLineLimit = 1 << 20

  package init(size: Int, settings: DecoderSettings) {
    self.size = size
    self.settings = settings
    logKeys = LogKeyTable(settings.logKeys)
  }

  /// Starts on a member.
  package mutating func begin(input: String, member: String) {
    self.input = input
    self.member = member
    firstLine.removeAll(keepingCapacity: true)
    isOfLines = nil
    head.removeAll(keepingCapacity: true)
    isHeadAsked = false
    sinceCut = 0
    isDue = false
    offset = 0
    line = 1
  }

  /// Passes over the member's next bytes.
  ///
  /// - Returns: how many of them belong to the piece before the next cut; nil where all of them do.
  package mutating func advance(_ bytes: Span<UInt8>) -> Int? {
    if isDue, !bytes.isEmpty {
      isDue = false
      sinceCut = 0
      return 0
    }
    if isOfLines == nil { decide(bytes) }
    if isOfLines == true { askHead(bytes) }
    if isOfLines == false { return nil }
    var i = 0
    while i < bytes.count {
      let end = ByteScan.lineEnd(bytes, i)
      guard end < bytes.count else { break }
      line += 1
      sinceCut += end + 1 - i
      offset += end + 1 - i
      i = end + 1
      guard sinceCut >= size, isOfLines == true else { continue }
      if i == bytes.count {
        isDue = true
        return nil
      }
      sinceCut = 0
      return i
    }
    sinceCut += bytes.count - i
    offset += bytes.count - i
    return nil
  }

  /// Asks the first lines once they are whole.
  private mutating func askHead(_ bytes: Span<UInt8>) {
    if isHeadAsked { return }
    // What was passed over before a cut comes again.
    let known = head.count - offset
    let end = min(bytes.count, known + Sniffer.headSize - head.count)
    if known >= 0, known < end { head.append(copying: bytes.extracting(known..<end)) }
    guard head.count >= Sniffer.headSize || JSONLine.hasSample(head.span) else { return }
    if settings.rule(input: input, member: member) == nil, JSONLine.needsContext(anyOf: head.span, logKeys, settings) {
      isOfLines = false
    }
    isHeadAsked = true
    head.removeAll(keepingCapacity: true)
  }

  private mutating func decide(_ bytes: Span<UInt8>) {
    let end = ByteScan.lineEnd(bytes, 0)
    firstLine.append(copying: bytes.extracting(0..<end))
    if firstLine.count > Self.firstLineLimit {
      isOfLines = false
      firstLine = []
    } else if end < bytes.count {
      let rule = settings.rule(input: input, member: member)
      isOfLines =
        JSONLine.isWholeObject(firstLine.span, rule: rule, settings)
        && (rule != nil || !JSONLine.needsContext(firstLine.span, logKeys, settings))
      firstLine = []
    }
  }
}

/// One line of JSON.
enum JSONLine {
  /// How many of a member's first lines are asked whether lines depend on one another: a program's greeting may have another form.
  private static let sampledLines = 8

  /// Whether so many lines are whole.
  static func hasSample(_ head: Span<UInt8>) -> Bool {
    var i = 0
    for _ in 0..<sampledLines {
      i = ByteScan.lineEnd(head, i)
      if i == head.count { return false }
      i += 1
    }
    return true
  }

  /// Whether any of a member's first lines needs the others; the last one may be cut off.
  static func needsContext(anyOf head: Span<UInt8>, _ table: LogKeyTable, _ settings: DecoderSettings) -> Bool {
    var start = 0
    for _ in 0..<sampledLines where start < head.count {
      let end = ByteScan.lineEnd(head, start)
      if needsContext(head.extracting(start..<end), table, settings) { return true }
      start = end + 1
    }
    return false
  }

  /// Whether the lines before it matter for reading such a line: it carries another program's line, which may go on in the
  /// next one, or a level whose scale the file tells.
  static func needsContext(_ line: Span<UInt8>, _ table: LogKeyTable, _ settings: DecoderSettings) -> Bool {
    if isOTLP(line, at: 0) { return carriesLines(line) }
    guard let at = object(in: line, settings) else { return false }
    var reader = JSONScanner(at: at, depthLimit: settings.limits.jsonDepth)
    switch JSONClassifier(logKeys: table, mapped: nil).classify(line, &reader) {
    case .descend, .unit(.lokiStream, _): return carriesLines(line)
    // Events of Elastic's agents have their service and their time from other lines, segments that are in progress end in others.
    case .unit(.intake, _), .unit(.xraySegment, _), .unit(.xrayDocument, _): return true
    case .unit, .failed: break
    }
    var logs = JSONLogs(table: table, clock: LogClock())
    var texts = JSONTexts(limit: settings.limits.text)
    let fields = logs.read(line, at: at, &texts)
    guard fields.isWrapped, fields.isWhole, let message = fields.message else {
      return fields.isWrapped || fields.level != nil || fields.hasCreation && fields.time == .min
    }
    // A line with a header whose level only the other lines can tell.
    return hasOwnHeader(line.extracting(message.start..<message.end))
  }

  /// Whether a line begins as lines with a time do, and its level is not at once to be seen.
  private static func hasOwnHeader(_ line: Span<UInt8>) -> Bool {
    guard line.count > 16, line[0] &- 0x30 <= 9 || line[0] == 0x5B else { return false }
    return LogText.content(line).severity.isUnknown && !AccessLines.looksLike(line)
  }

  /// Whether the beginning of a document has keys of records that carry the lines of other programs.
  ///
  /// Texts that OTLP's exporters of programs send have a level beside them; those that a collector read out of files have none.
  static func carriesLines(_ head: Span<UInt8>) -> Bool {
    let start = head.extracting(first: 4096)
    var i = 0
    var (hasBody, hasLevel) = (false, false)
    while i < start.count {
      i = ByteScan.find(0x22, in: start, from: i) + 1
      guard i < start.count else { break }
      for mark in lineKeys where JSONScanner.matches(start, i, mark) {
        var next = i + mark.utf8CodeUnitCount
        while next < start.count, Sniffer.isSpace(start[next]) { next += 1 }
        if next < start.count, start[next] == 0x3A { return true }
      }
      hasBody = hasBody || JSONScanner.matches(start, i, "body\"")
      hasLevel =
        hasLevel || JSONScanner.matches(start, i, "severityNumber\"") || JSONScanner.matches(start, i, "severityText\"")
        || JSONScanner.matches(start, i, "severity_number\"") || JSONScanner.matches(start, i, "severity_text\"")
    }
    return hasBody && !hasLevel
  }

  /// Keys of texts that collectors and stores carry, as they stand in front of their colon.
  private static let lineKeys: [StaticString] = [
    "message\"", "stream\"", "textPayload\"", "log\"", "MESSAGE\"", "@message\"", "_raw\"", "Message\"", "LogMessage\"",
    "LogEntry\"", "Log_s\"", "line\"", "rows\"", "Rows\"", "msg\"", "_msg\"",
  ]

  /// Where the object of a line that holds one and nothing else begins.
  static func object(in line: Span<UInt8>, _ settings: DecoderSettings) -> Int? {
    guard isWholeObject(line, rule: nil, settings) else { return nil }
    return ByteScan.find(0x7B, in: line, from: 0)
  }

  /// Whether an export of OTLP begins at a place: no other line depends on it, however long it is.
  static func isOTLP(_ line: Span<UInt8>, at start: Int) -> Bool {
    JSONScanner.matches(line, start, "{\"resource")
      && (JSONScanner.matches(line, start &+ 10, "Spans\":[") || JSONScanner.matches(line, start &+ 10, "Logs\":[")
        || JSONScanner.matches(line, start &+ 10, "Metrics\":["))
  }

  /// Whether a member that begins with this line is read as JSON, and the line is one object.
  static func isWholeObject(_ line: Span<UInt8>, rule: FormatRule?, _ settings: DecoderSettings) -> Bool {
    if let rule, !rule.table.isEmpty || !rule.values.isEmpty { return false }
    var i = line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF ? 3 : 0
    while i < line.count, Sniffer.isBetweenValues(line[i]) { i += 1 }
    guard i < line.count, line[i] == 0x7B else { return false }
    // The lines of a test report tell of each other.
    if rule?.keys.isEmpty != false, JSONReportDialect.recognize(line) != nil { return false }
    var reader = JSONScanner(at: i, depthLimit: settings.limits.jsonDepth)
    guard reader.skipValue(line) else { return false }
    var rest = reader.position
    while rest < line.count, Sniffer.isSpace(line[rest]) { rest += 1 }
    return rest == line.count
  }
}
