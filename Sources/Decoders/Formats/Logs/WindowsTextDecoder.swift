// Windows events as wevtutil prints them for people (`wevtutil qe LOG /f:text`, which is its default).

internal import Model
internal import Support

/// Reads blocks of fields, `Event[0]:` and below it `  Log Name: System`, `  Source: NAME`, …, of which the last one, `Description`, has the
/// message on the lines below it, up to the next block (learn.microsoft.com, "wevtutil").
///
/// The time is the host's own, without a zone, or in UTC with `Z` behind it, by the version of Windows.
struct WindowsTextDecoder: ChunkedDecoder {
  let format = "Windows events"
  var carry = PendingBytes()
  private var json: JSONMemberDecoder
  private var base = 0

  init(context: MemberContext) { json = JSONMemberDecoder(context: context, rule: nil) }

  /// Whether a member begins with an event.
  static func recognizes(_ head: Span<UInt8>, from start: Int) -> Bool { fields(head, at: start) != nil }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    json.finishText(into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    while i < b.count {
      guard let end = blockEnd(b, from: i, isFinal: isFinal) else { break }
      take(b.extracting(i..<end), at: base + i, into: &batch)
      i = end
    }
    base += i
    return i
  }

  /// One past the block that begins at a place; nil where it may go on behind the bytes at hand.
  private func blockEnd(_ b: Span<UInt8>, from start: Int, isFinal: Bool) -> Int? {
    let limit = json.records.context.settings.limits.line
    var i = start
    while true {
      let end = ByteScan.lineEnd(b, i)
      // One too long ends with its last whole line within the limit, wherever the bytes at hand end.
      if min(end, b.count) - start >= limit { return i > start ? i : start + limit }
      guard end < b.count else { break }
      i = end + 1
      if i < b.count, b[i] == 0x45 {
        if Self.fields(b, at: i) != nil { return i }
        // Its second line is still to come.
        if !isFinal, b.count - i < Self.longestHead { break }
      }
    }
    return isFinal ? b.count : nil
  }

  private static let longestHead = 64

  /// Where the fields of an event begin whose head, `Event[12]:` or `Event[12]`, stands at a place, with the log's name below it.
  private static func fields(_ b: Span<UInt8>, at start: Int) -> Int? {
    guard JSONScanner.matches(b, start, "Event[") else { return nil }
    var i = start + 6
    while i < b.count, b[i] &- 0x30 <= 9 { i += 1 }
    guard i > start + 6, i < b.count, b[i] == 0x5D else { return nil }
    i += 1
    if i < b.count, b[i] == 0x3A { i += 1 }
    while i < b.count, b[i] == 0x20 || b[i] == 0x0D { i += 1 }
    guard i < b.count, b[i] == 0x0A else { return nil }
    let line = i + 1
    i = line
    while i < b.count, b[i] == 0x20 || b[i] == 0x09 { i += 1 }
    return i > line && i - start < longestHead - 10 && JSONScanner.matches(b, i, "Log Name:") ? line : nil
  }

  private mutating func take(_ block: Span<UInt8>, at offset: Int, into batch: inout RecordBatch) {
    guard var i = Self.fields(block, at: 0) else {
      passOver(block, at: offset, into: &batch)
      return
    }
    var around = json.records.origin(into: &batch)
    around.isWhole = true
    var message: [UInt8] = []
    var id: [UInt8] = []
    while i < block.count {
      let end = ByteScan.lineEnd(block, i)
      let range = FieldText.trimmed(block.extracting(i..<end))
      let line = block.extracting(i + range.lowerBound..<i + range.upperBound)
      i = min(end + 1, block.count)
      let colon = ByteScan.find(0x3A, in: line, from: 0)
      guard colon < line.count else { continue }
      let name = line.extracting(0..<colon)
      let said = line.extracting(colon + 1..<line.count)
      let value = said.extracting(FieldText.trimmed(said))
      if FieldText.isWord(name, "source") {
        if !value.isEmpty { around.name(batch.symbols.intern(value), .container) }
      } else if FieldText.isWord(name, "date") {
        if let moment = FieldText.moment(value, times: json.records.intake.unwrapper.times) {
          (around.time, around.hasZone) = moment
        }
      } else if FieldText.isWord(name, "level") {
        around.severity = Self.severity(value)
      } else if FieldText.isWord(name, "event id") {
        id = Array(copying: value)
      } else if FieldText.isWord(name, "description") {
        message = Self.text(value, block.extracting(i..<block.count))
        break
      }
    }
    if message.isEmpty { message = Array("event ".utf8) + id }
    json.takeCarriedText(message.span, isPartial: false, around, at: offset, into: &batch)
  }

  /// The words are those of Windows' levels, of which the fifth is no more than debugging; a level without a name is its number.
  private static func severity(_ value: Span<UInt8>) -> Severity {
    if FieldText.isWord(value, "verbose") { return .debug }
    if let level = FieldText.int(value) { return LevelScale.windows.severity(level) }
    return FieldText.severity(value)
  }

  /// What stands behind the last field's name and on the lines below, without carriage returns and the blank lines at its end.
  private static func text(_ first: Span<UInt8>, _ rest: Span<UInt8>) -> [UInt8] {
    var text = [UInt8](copying: first)
    if !text.isEmpty { text.append(0x0A) }
    for i in rest.indices where rest[i] != 0x0D { text.append(rest[i]) }
    let range = FieldText.trimmed(text.span)
    return Array(text[range])
  }

  /// Tells of text in front of the first event, or behind one that is too long.
  private mutating func passOver(_ block: Span<UInt8>, at offset: Int, into batch: inout RecordBatch) {
    if FieldText.trimmed(block).isEmpty { return }
    json.records.recognized += 1
    batch.recordCounts.skip("unknownRecord")
    json.records.context.report(
      "unknownRecord", .warning, at: .offset(offset), "text that is no event's", into: &batch)
  }
}
