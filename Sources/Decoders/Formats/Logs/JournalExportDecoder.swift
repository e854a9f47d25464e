// The systemd journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS), and the one it prints for people with all fields.

internal import Model
internal import Support

/// Reads `journalctl -o export`: entries of fields, a blank line behind each.
///
/// A field is `NAME=value` on a line, or the name on a line, eight bytes with the length (little endian), the value and a line
/// feed. An entry's message is a line of the program that the entry names. `journalctl -o verbose` prints the same fields indented
/// below a line with the time and the cursor: see `JournalVerbose`.
struct JournalExportDecoder: ChunkedDecoder {
  var format: String { isVerbose ? "journal" : "journal export" }
  var carry = PendingBytes()
  private var json: JSONMemberDecoder
  private var entry = Entry()
  /// Offset in the member of the bytes at hand, and of the entry being read.
  private var base = 0
  private var start = 0
  /// Whether entries are printed for people.
  private let isVerbose: Bool
  /// Whether the line before was of a message, which may go on.
  private var isInMessage = false
  /// Bytes of a value that is too long, still to be passed over.
  private var skipping: UInt64 = 0

  /// The fields of one entry that matter.
  private struct Entry {
    var hasFields = false
    var message: [UInt8] = []
    var time: Int64 = .min
    var severity = Severity.unknown
    var name = Symbol.none
    /// Which field named it; the smaller the better.
    var nameRank = Int.max
    var stream: UInt8 = 0
    var process: UInt32 = 0
    var isPartial = false
  }

  init(context: MemberContext, isVerbose: Bool = false) {
    json = JSONMemberDecoder(context: context, rule: nil)
    self.isVerbose = isVerbose
  }

  /// Whether a member begins with an entry: a line of one of the journal's own address fields.
  static func recognizes(_ head: Span<UInt8>, from start: Int) -> Bool {
    for name: StaticString in ["__CURSOR=", "__REALTIME_TIMESTAMP=", "_BOOT_ID=", "__MONOTONIC_TIMESTAMP="]
    where JSONScanner.matches(head, start, name) {
      return true
    }
    return head.count > start && (head[start] &- 0x41 < 26 || head[start] == 0x5F) && hasAddress(head, from: start)
  }

  /// Whether the first entry has one of the address fields that every entry has: fields may stand in any order ("Journal Export Format").
  private static func hasAddress(_ head: Span<UInt8>, from start: Int) -> Bool {
    var i = start
    while i < head.count {
      let end = ByteScan.lineEnd(head, i)
      if end == i { return false }
      if JSONScanner.matches(head, i, "__CURSOR=") || JSONScanner.matches(head, i, "__REALTIME_TIMESTAMP=") {
        return true
      }
      var name = i
      while name < end, head[name] &- 0x41 < 26 || head[name] &- 0x30 <= 9 || head[name] == 0x5F { name &+= 1 }
      if name < end, head[name] == 0x3D {
        i = end &+ 1
      } else {
        // A name alone: a binary value with its length follows.
        guard name == end, name > i, end &+ 9 < head.count else { return false }
        let length = JSONScanner.load8(head, end &+ 1)
        guard length < UInt64(head.count) else { return false }
        i = end &+ 10 &+ Int(clamping: length)
      }
    }
    return false
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    if entry.hasFields { endEntry(into: &batch) }
    json.finishText(into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    while i < b.count {
      if skipping > 0 {
        let step = Int(clamping: min(skipping, UInt64(b.count - i)))
        skipping -= UInt64(step)
        i += step
        continue
      }
      let end = ByteScan.lineEnd(b, i)
      guard end < b.count || isFinal else {
        guard b.count - i > json.records.context.settings.limits.line else { break }
        tooLong(at: base + i, into: &batch)
        i = b.count
        break
      }
      if isVerbose {
        if !entry.hasFields { start = base + i }
        verbose(b.extracting(i..<end), into: &batch)
        i = min(end + 1, b.count)
        continue
      }
      if end == i {
        if entry.hasFields { endEntry(into: &batch) }
        i = end + 1
        continue
      }
      if !entry.hasFields { start = base + i }
      entry.hasFields = true
      let equals = ByteScan.find(0x3D, in: b.extracting(0..<end), from: i)
      if equals < end {
        take(b.extracting(i..<equals), b.extracting(equals + 1..<end), into: &batch)
        i = min(end + 1, b.count)
        continue
      }
      guard let next = binary(b, name: i..<end, isFinal: isFinal, into: &batch) else { break }
      i = next
    }
    base += i
    return i
  }

  /// Reads a value with its length in front; nil where it is not whole yet.
  private mutating func binary(
    _ b: Span<UInt8>, name: Range<Int>, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int? {
    let first = name.upperBound + 1
    guard first + 8 <= b.count else {
      guard isFinal else { return nil }
      cutOff(at: base + name.lowerBound, into: &batch)
      return b.count
    }
    let length = JSONScanner.load8(b, first)
    if length > UInt64(json.records.context.settings.limits.line) {
      tooLong(at: base + name.lowerBound, into: &batch)
      skipping = length &+ 1
      return first + 8
    }
    let end = first + 8 + Int(clamping: length)
    guard end < b.count || end == b.count && isFinal else {
      guard isFinal else { return nil }
      cutOff(at: base + name.lowerBound, into: &batch)
      return b.count
    }
    take(b.extracting(name), b.extracting(first + 8..<end), into: &batch)
    return min(end + 1, b.count)
  }

  private mutating func tooLong(at offset: Int, into batch: inout RecordBatch) {
    batch.recordCounts.repair("cutField")
    let limit = json.records.context.settings.limits.line
    json.records.context.report(
      "lineTooLong", .warning, at: .offset(offset), "a field of more than \(limit) bytes was left out", limit: "line",
      into: &batch)
  }

  private mutating func cutOff(at offset: Int, into batch: inout RecordBatch) {
    json.records.context.report("cutOff", .error, at: .offset(offset), "the journal ends inside a field", into: &batch)
  }

  /// Names of what wrote the entry, the best one first: systemd.journal-fields(7) and Docker's journald driver.
  private static let names: [StaticString] = [
    "CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "_COMM",
  ]

  private mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>, into batch: inout RecordBatch) {
    func isName(_ literal: StaticString) -> Bool {
      name.count == literal.utf8CodeUnitCount && JSONScanner.matches(name, 0, literal)
    }
    if isName("MESSAGE") {
      let limit = json.records.context.settings.limits.text
      entry.message = Array(copying: value.extracting(0..<min(value.count, limit)))
      if value.count > limit { batch.recordCounts.repair("textCut") }
    } else if isName("__REALTIME_TIMESTAMP") {
      if let time = FieldText.int(value), time > 0 { entry.time = time }
    } else if isName("_SOURCE_REALTIME_TIMESTAMP") {
      if entry.time == .min, let time = FieldText.int(value), time > 0 { entry.time = time }
    } else if isName("PRIORITY") {
      if let level = FieldText.int(value) { entry.severity = LevelScale.syslog.severity(level) }
    } else if isName("_PID") {
      if value.count <= 10 { entry.process = SyslogLine.number(value, 0..<value.count) }
    } else if isName("CONTAINER_PARTIAL_MESSAGE") {
      entry.isPartial = true
    } else if let rank = Self.names.firstIndex(where: isName), rank < entry.nameRank, !value.isEmpty {
      entry.name = batch.symbols.intern(value)
      entry.nameRank = rank
    }
  }

  /// Takes a line of `-o verbose`: a head, a field, or more of the message before it.
  private mutating func verbose(_ line: Span<UInt8>, into batch: inout RecordBatch) {
    if let time = JournalVerbose.head(line, json.records.intake.unwrapper.times) {
      if entry.hasFields { endEntry(into: &batch) }
      entry.hasFields = true
      entry.time = time
      isInMessage = false
      return
    }
    guard entry.hasFields else { return }
    if let equals = JournalVerbose.field(line) {
      let name = line.extracting(4..<equals)
      let value = line.extracting(equals + 1..<line.count)
      isInMessage = name.count == 7 && JSONScanner.matches(name, 0, "MESSAGE")
      // The head's time is in the zone of who printed it; this one is in none.
      if JSONScanner.matches(name, 0, "_SOURCE_REALTIME_TIMESTAMP") { entry.time = .min }
      take(name, value, into: &batch)
      return
    }
    guard isInMessage, entry.message.count < json.records.context.settings.limits.text else { return }
    var first = 0
    while first < line.count, line[first] == 0x20, first < 12 { first += 1 }
    entry.message.append(0x0A)
    entry.message.append(copying: line.extracting(first..<line.count))
  }

  private mutating func endEntry(into batch: inout RecordBatch) {
    let ended = entry
    entry = Entry()
    var around = json.records.origin(into: &batch)
    (around.time, around.hasZone) = (ended.time, ended.time != .min)
    (around.severity, around.process) = (ended.severity, ended.process)
    around.name(ended.name, .container)
    json.takeCarriedText(ended.message.span, isPartial: ended.isPartial, around, at: start, into: &batch)
  }
}
