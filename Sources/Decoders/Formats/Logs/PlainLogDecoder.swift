// Text lines: one record a line, or the lines that stack traces and cut records take; the header inferred from the file itself.

internal import Model
internal import Support

/// Reads lines of text.
///
/// The first lines of the member are held back until its wrappers (`LineUnwrapper`) and the layouts of its headers
/// (`LogLayouts`) are learned, then every line is read by them. A line without a time is kept with its time unknown; lines that
/// go on with the record before them are counted and belong to it. A file in which nothing tells of a log is none as far as
/// anybody can tell: it gives the note `unrecognizedFormat` and no records.
struct PlainLogDecoder: FormatDecoder {
  var format: String {
    if isContainerLog { return "container log lines" }
    let access = json.records.intake.access
    if access.hasHits, json.records.textRecords == 0 { return access.format.description }
    return json.records.intake.wrapperName.map { $0 + " log lines" } ?? "log lines"
  }
  private var json: JSONMemberDecoder
  /// Bytes without their line end yet, and before the layout is learned all bytes.
  private var held: [UInt8] = []
  private var isLearned = false
  private var line = 0
  /// The rest of a line that is longer than the limit is passed over.
  private var isSkipping = false
  private var isUnknown = false
  private var isContainerLog = false

  /// How many bytes the layout is learned from.
  private static let sample = 128 << 10
  private static let sampledLines = 1000

  init(context: MemberContext) { json = JSONMemberDecoder(context: context, rule: nil) }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if isUnknown { return }
    if !isLearned {
      held.append(copying: bytes)
      if held.count < Self.sample { return }
      learn(into: &batch)
      return
    }
    var start = 0
    if !held.isEmpty || isSkipping {
      let end = ByteScan.lineEnd(bytes, 0)
      guard end < bytes.count else {
        hold(bytes, into: &batch)
        return
      }
      hold(bytes.extracting(0..<end), into: &batch)
      endHeldLine(into: &batch)
      start = end + 1
    }
    start = lines(of: bytes, from: start, into: &batch)
    if start < bytes.count { hold(bytes.extracting(start..<bytes.count), into: &batch) }
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    if !isLearned { learn(into: &batch) }
    if !held.isEmpty || isSkipping { endHeldLine(into: &batch) }
    json.finishText(into: &batch)
    // Directives and banners are taken, and are no records; of lines with nothing in them `finishText` has told.
    if !isUnknown, batch.recordCounts.records == 0, json.records.recognized != json.records.blankLines,
      json.records.textRecords == 0, !json.records.intake.access.hasHits, !json.records.isContinued
    {
      json.records.context.report(
        "emptyMember", .note, at: .whole, "lines about a log, and no record of it", into: &batch)
    }
  }

  // MARK: lines

  private mutating func learn(into batch: inout RecordBatch) {
    isLearned = true
    let bytes = held
    held = []
    var ranges: [Range<Int>] = []
    var start = 0
    let indent = Self.indentation(bytes.span)
    let margin = indent == 0 ? HeaderMargin.ofDated(bytes.span, json.records.intake.unwrapper.times) : 0
    var padding = PaddedLevels()
    if margin == nil { padding = PaddedLevels(sample: bytes.span) }
    padding.isOfAll = indent > 0
    while start < bytes.count, ranges.count < Self.sampledLines {
      start = ByteOrderMark.end(bytes.span, from: start)
      let end = ByteScan.lineEnd(bytes.span, start)
      let stop = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      if stop > start + indent, bytes[start + indent] != 0x20, bytes[start + indent] != 0x09 {
        // Messages behind their lengths have no line ends between them.
        let line = bytes.span.extracting(0..<stop)
        start += indent
        while ranges.count < Self.sampledLines, let frame = SyslogLine.frameEnd(line, from: start), frame < stop {
          ranges.append(start..<frame)
          start = frame
        }
        ranges.append(start..<stop)
        // A message that goes on below its first line is one; the next one stands behind it.
        if let behind = SyslogLine.behindLines(bytes.span, from: start, line: end) {
          start = behind
          continue
        }
      } else if indent == 0, stop > start, isIndentedHeader(bytes.span.extracting(start..<stop), margin, padding) {
        ranges.append(start..<stop)
      }
      start = end + 1
    }
    if let foreign = TableHeading.describe(bytes.span) {
      isUnknown = true
      json.records.context.report("unrecognizedFormat", .note, at: .whole, foreign, into: &batch)
      return
    }
    let evidence = json.records.learn(bytes.span, ranges, into: &batch)
    json.records.intake.layouts.padding.add(padding)
    isContainerLog = evidence.isContainerLog
    if !evidence.isLog {
      isUnknown = true
      let message: MessageText = bytes.isEmpty ? "nothing in it" : ForeignContent.describe(text: bytes.span)
      json.records.context.report(
        bytes.isEmpty ? "emptyMember" : "unrecognizedFormat", .note, at: .whole, message, into: &batch)
      return
    }
    let rest = lines(of: bytes.span, from: 0, into: &batch)
    if rest < bytes.count { hold(bytes.span.extracting(rest..<bytes.count), into: &batch) }
  }

  /// Whether a line behind blanks begins a record: as most lines with a time do, or with a level that is padded on the left.
  private func isIndentedHeader(_ line: Span<UInt8>, _ margin: Int?, _ padding: PaddedLevels) -> Bool {
    // Below headers with a time a level behind blanks is a word of what they say.
    guard let margin else { return padding.accepts(line) }
    return margin > 0 && HeaderMargin.blanks(line) == margin
      && HeaderMargin.isDated(line, at: margin, json.records.intake.unwrapper.times)
  }

  /// How many blanks stand in front of every line: programs that print for people indent their records (tracing's pretty format).
  private static func indentation(_ bytes: Span<UInt8>) -> Int {
    var least = Int.max
    var start = 0
    while start < bytes.count, least > 0 {
      let end = ByteScan.lineEnd(bytes, start)
      let begin = min(ByteOrderMark.end(bytes, from: start), end)
      var first = begin
      while first < end, bytes[first] == 0x20 { first += 1 }
      if first < end, bytes[first] != 0x0D { least = min(least, first - begin) }
      start = end + 1
    }
    return least == .max || least > 8 ? 0 : least
  }

  /// Reads the complete lines from `start` on; returns where the incomplete last one begins.
  private mutating func lines(of bytes: Span<UInt8>, from start: Int, into batch: inout RecordBatch) -> Int {
    var cursor = start
    json.records.mayHaveColours = ByteScan.find(0x1B, in: bytes, from: start) < bytes.count
    while cursor < bytes.count {
      let end = ByteScan.lineEnd(bytes, cursor)
      guard end < bytes.count else { break }
      line += 1
      json.takeTextLine(bytes.extracting(cursor..<end), line: line, into: &batch)
      cursor = end + 1
    }
    return cursor
  }

  private mutating func hold(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if isSkipping { return }
    held.append(copying: bytes)
    let limit = json.records.context.settings.limits.line
    if held.count > limit {
      held.removeLast(held.count - limit)
      isSkipping = true
      json.records.context.report(
        "lineTooLong", .warning, at: .line(line + 1), "line cut at \(limit) bytes", limit: "line", into: &batch)
      batch.recordCounts.repair("cutLine")
    }
  }

  private mutating func endHeldLine(into batch: inout RecordBatch) {
    line += 1
    isSkipping = false
    let bytes = held
    held.removeAll(keepingCapacity: true)
    json.records.mayHaveColours = true
    json.takeTextLine(bytes.span, line: line, into: &batch)
  }
}
