// Plain log lines: one record a line, the header inferred from the file itself.

internal import Model
internal import Support

/// Reads plain log lines.
///
/// The first lines of the member are held back until the layout of their headers is learned (`HeaderLayout`), then every
/// line is read by it: time, severity, component, and the ids of request and span that its text carries. A line without
/// a time is kept with its time unknown. Lines that continue the record before them (stack traces: an indented line, or
/// one that begins with `Caused by`, in a file whose lines have times) are counted and belong to that record. A file
/// without any header is no log as far as anybody can tell: it gives the note `unrecognizedFormat` and no records.
struct PlainLogDecoder: FormatDecoder {
  var format: String { access.hasHits && !hasLogs ? access.format.description : "log lines" }
  private var hasLogs = false
  private var context: MemberContext
  private var layout: HeaderLayout
  private var access: AccessLines
  private let finder = RequestFinder()
  private var found = RequestFinder.Found()
  /// Bytes without their line end yet, and before the layout is learned all bytes.
  private var held: [UInt8] = []
  private var isLearned = false
  private var line = 0
  /// The rest of a line that is longer than the limit is passed over.
  private var isSkipping = false
  private var isUnknown = false
  private var hasRecord = false
  private var fallbackName: Symbol = .none

  /// How many bytes the layout is learned from.
  private static let sample = 128 << 10
  private static let sampledLines = 1000

  init(context: MemberContext) {
    self.context = context
    access = AccessLines(context: context)
    layout = HeaderLayout(
      clock: LogClock(
        zoneSeconds: context.settings.assumedZoneSeconds, lastDay: context.settings.lastDay))
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if isUnknown { return }
    if !isLearned {
      append(bytes)
      if held.count < Self.sample { return }
      learn(into: &batch)
      return
    }
    var start = 0
    if !held.isEmpty || isSkipping {
      guard let end = newline(bytes, from: 0) else {
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
    context.close(into: &batch)
  }

  // MARK: lines

  private mutating func learn(into batch: inout RecordBatch) {
    isLearned = true
    let bytes = held
    held = []
    var ranges: [Range<Int>] = []
    var sawAccess = false
    var start = 0
    while start < bytes.count, ranges.count < Self.sampledLines {
      let end = newline(bytes.span, from: start) ?? bytes.count
      let stop = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      if stop > start, bytes[start] != 0x20, bytes[start] != 0x09 {
        // Lines of an access log teach nothing about headers.
        if AccessLines.looksLike(bytes.span.extracting(start..<stop)) {
          sawAccess = true
        } else {
          ranges.append(start..<stop)
        }
      }
      start = end + 1
    }
    layout.learn(bytes.span, ranges)
    if layout.isEmpty, !sawAccess {
      isUnknown = true
      let message = bytes.isEmpty ? "nothing in it" : "text without any log header"
      context.report(bytes.isEmpty ? "emptyMember" : "unrecognizedFormat", .note, at: .whole, message, into: &batch)
      return
    }
    fallbackName = batch.symbols.intern(Self.baseName(context.member.isEmpty ? context.input : context.member))
    let rest = lines(of: bytes.span, from: 0, into: &batch)
    if rest < bytes.count { hold(bytes.span.extracting(rest..<bytes.count), into: &batch) }
  }

  /// Reads the complete lines from `start` on; returns where the incomplete last one begins.
  private mutating func lines(of bytes: Span<UInt8>, from start: Int, into batch: inout RecordBatch) -> Int {
    var cursor = start
    while let end = newline(bytes, from: cursor) {
      line += 1
      record(bytes.extracting(cursor..<end), into: &batch)
      cursor = end + 1
    }
    return cursor
  }

  private mutating func hold(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if isSkipping { return }
    append(bytes)
    let limit = context.settings.limits.line
    if held.count > limit {
      held.removeLast(held.count - limit)
      isSkipping = true
      context.report(
        "lineTooLong", .warning, at: .line(line + 1), "line cut at \(limit) bytes", limit: "line", into: &batch)
      batch.recordCounts.repair("cutLine")
    }
  }

  private mutating func endHeldLine(into batch: inout RecordBatch) {
    line += 1
    isSkipping = false
    let bytes = held
    held.removeAll(keepingCapacity: true)
    record(bytes.span, into: &batch)
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    held.append(copying: bytes)
  }

  /// The next line feed, eight bytes at a time.
  private func newline(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var i = start
    let raw = unsafe bytes.bytes
    while i &+ 8 <= bytes.count {
      let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
      let x = word ^ 0x0A0A_0A0A_0A0A_0A0A
      let hit = (x &- 0x0101_0101_0101_0101) & ~x & 0x8080_8080_8080_8080
      if hit != 0 { return i &+ hit.trailingZeroBitCount / 8 }
      i &+= 8
    }
    while i < bytes.count {
      if bytes[i] == 0x0A { return i }
      i &+= 1
    }
    return nil
  }

  // MARK: records

  private mutating func record(_ whole: Span<UInt8>, into batch: inout RecordBatch) {
    var end = whole.count
    while end > 0, whole[end - 1] == 0x0D || whole[end - 1] == 0x20 || whole[end - 1] == 0x09 { end &-= 1 }
    if end == 0 { return }
    let text = whole.extracting(0..<end)
    if access.take(text, LineEnvelope(source: context.line(line)), &context, into: &batch) {
      hasRecord = true
      return
    }
    let header = layout.header(of: text)
    if header.time == .min, hasRecord, layout.timedPercent >= 50, continues(text) {
      batch.recordCounts.repair("continuationLine")
      return
    }
    hasRecord = true
    hasLogs = true
    var record = LogLine()
    record.time = header.time
    record.severity = header.severity
    record.source = context.line(line)
    if header.time == .min {
      batch.recordCounts.repair("timeUnknown")
      context.report("timeUnknown", .note, at: .line(line), "a log line without a readable time", into: &batch)
    }
    if header.yearAssumed { batch.recordCounts.repair("yearAssumed") }
    record.component =
      header.component.isEmpty ? fallbackName : batch.symbols.intern(text.extracting(header.component))
    var message = text.extracting(header.messageStart..<end)
    if message.count > context.settings.limits.text {
      message = message.extracting(0..<context.settings.limits.text)
      batch.recordCounts.repair("cutMessage")
    }
    if record.severity == .unknown { record.severity = leadingLevel(message) }
    finder.find(text, into: &found)
    if !found.request.isEmpty {
      let (id, isHex) = RequestID.parse(found.request.span)
      record.request = id
      record.span = found.span
      if !isHex { record.requestText = batch.symbols.intern(found.request.span) }
    }
    record.textStart = batch.text.count
    record.textCount = message.count
    batch.text.append(copying: message)
    batch.logs.append(record)
    batch.recordCounts.use()
  }

  /// Whether a line without a time goes on with the record before it.
  private func continues(_ line: Span<UInt8>) -> Bool {
    if line[0] == 0x20 || line[0] == 0x09 { return true }
    return starts(line, "Caused by") || starts(line, "at ") || starts(line, "Traceback") || starts(line, "...")
  }

  private func starts(_ line: Span<UInt8>, _ prefix: StaticString) -> Bool {
    guard line.count >= prefix.utf8CodeUnitCount else { return false }
    for i in 0..<prefix.utf8CodeUnitCount where unsafe line[i] != prefix.utf8Start[i] { return false }
    return true
  }

  /// `error: …` at the beginning of a message whose header names no level.
  private func leadingLevel(_ message: Span<UInt8>) -> Severity {
    var end = 0
    while end < message.count, end < 12, message[end] != 0x3A {
      if message[end] == 0x20 { return .unknown }
      end &+= 1
    }
    guard end < message.count, end >= 3, message[end] == 0x3A else { return .unknown }
    return severity(of: message.extracting(0..<end))
  }

  /// `payment` of `logs/payment.log.1`.
  private static func baseName(_ path: String) -> String {
    let bytes = Array(path.utf8)
    let start = bytes.lastIndex { $0 == 0x2F || $0 == 0x21 }.map { $0 + 1 } ?? 0
    let end = bytes[start...].firstIndex(of: 0x2E) ?? bytes.count
    return String(decoding: bytes[start..<max(end, start)], as: UTF8.self)
  }
}
