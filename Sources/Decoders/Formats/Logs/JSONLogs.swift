// Application logs as JSON objects, with keys as the settings and the known producers name them.

internal import Model
internal import Support

/// Reads JSON log records, one after another. Of a key that appears twice the last counts; of several keys for one field the one that
/// stands first in the table's list.
struct JSONLogs {
  let table: LogKeyTable
  let times: LogTimeParser
  /// The numeric levels of the member's sample.
  var evidence = LevelEvidence()
  /// Which times the records of the member's sample have.
  var timeEvidence = TimeEvidence()
  /// Whether the record at hand is a request, whose writer and time only are asked for.
  var isOfRequest = false
  /// What was read of the record at hand.
  var fields = JSONLogFields()
  private var shapes = JSONLogShapes()
  /// Where the record lies whose values were found by its shape.
  private var found: Range<Int>?
  /// The last path of a collected file, and what it tells.
  var origin: (path: [UInt8], name: LogOrigin) = ([], LogOrigin(path: "-"))

  /// Whether a record before had Kubernetes' verbosity.
  var hasVerbosity = false

  init(table: LogKeyTable, clock: LogClock) {
    self.table = table
    times = LogTimeParser(clock: clock)
  }

  /// Steps over the object at the reader's place where it is a log record of a shape that was read before, as far as an end where
  /// one is asked for: `read` makes use of it next. Elsewhere the reader stays.
  @inline(__always) mutating func find(_ b: Span<UInt8>, _ reader: inout JSONScanner, upTo end: Int? = nil) -> Bool {
    var probe = reader
    guard shapes.find(b, &probe), end == nil || end == probe.position else { return false }
    found = reader.position..<probe.position
    reader = probe
    return true
  }

  /// Learns the shape of a log record.
  mutating func learn(_ b: Span<UInt8>, _ range: Range<Int>) { shapes.learn(b, range, table) }

  /// Reads the object at a place that was checked before.
  mutating func read(_ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts) -> JSONLogFields {
    fields = JSONLogFields()
    if let found, found.lowerBound == start {
      readFound(b, from: start, &texts)
      fields.end = found.upperBound
    } else {
      var reader = JSONScanner(at: start)
      readObject(b, &reader, under: LogKeyTable.seed, depth: 0, &texts)
      fields.end = reader.position
    }
    found = nil
    if fields.time == .min, let seconds = fields.seconds, let micros = FieldText.microseconds(seconds, unit: .seconds),
      FieldText.isEpoch(micros)
    {
      fields.time = micros.addingSaturated(fields.nanoseconds / 1000)
      fields.hasZone = true
    }
    if let text = fields.priority, fields.hasIdent || fields.shape.contains(.host) {
      priority(b.extracting(text.start..<text.end))
    }
    if let level = fields.level, fields.severity.isUnknown {
      fields.severity = evidence.scale(of: level, fields.shape).severity(level)
    }
    if fields.severity.isUnknown { implyLevel() }
    if fields.severity.isUnknown, fields.isOK, isDatadog(b, at: start) { fields.severity = .info }
    nameProcess(b, &texts)
    if !fields.tagged.isUnknown, fields.shape.contains(.pid), fields.ranks.severity > 500 {
      fields.severity = fields.tagged
    }
    // A controller's record names the object that it works on.
    if fields.shape.contains(.reconciler), fields.rank == .logger, fields.ranks.name == Self.objectName {
      (fields.name, fields.rank) = (.none, .none)
    }
    if fields.severity.isUnknown, fields.shape.contains(.compact) { fields.severity = .info }
    // A collector's record without a level of its own carries a line as it was printed.
    if fields.severity.isUnknown, fields.message != nil, !fields.isWrapped {
      fields.isWrapped = true
      fields.isWhole = !fields.isCollector
    }
    if fields.shape.contains(.relayed), fields.message != nil, !fields.isWrapped {
      (fields.isWrapped, fields.isWhole) = (true, true)
    }
    if fields.shape.contains(.shipped), !fields.isWrapped, mayBeShipped(b) {
      (fields.isWrapped, fields.isWhole, fields.isShipped) = (true, true, true)
    }
    fields.isDocker = fields.hasLogKey && fields.stream != 0 && !fields.isCollector && fields.others == 0
    return fields
  }

  /// What is added to the rank of a time that counts last.
  static let late = 1000

  /// The rank of a level that only a status tells.
  static let statusRank = 503

  static let objectName = LogKeyNames.logger.firstIndex(of: "name") ?? -1

  /// Takes the values that were found by the record's shape.
  private mutating func readFound(_ b: Span<UInt8>, from start: Int, _ texts: inout JSONTexts) {
    var done = start
    let shape = shapes.members
    for i in shape.indices {
      let text = shapes.values[i]
      if let found = shape[i].found {
        let key = JSONStringSlice(
          start: done &+ shape[i].key.lowerBound, end: done &+ shape[i].key.upperBound, isEscaped: false)
        switch shape[i].value {
        case .text: take(found, key: key, .text(text), b, &texts)
        case .number: take(found, key: key, .number(text), b, &texts)
        case .literal: if b[text.start] != 0x6E { take(found, key: key, .bool(b[text.start] == 0x74), b, &texts) }
        }
      } else if shape[i].isOther {
        fields.others &+= 1
      }
      done = text.end
    }
  }

  /// The depth is that of the table's paths, not of the input.
  mutating func readObject(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, under path: UInt64, depth: Int,
    _ texts: inout JSONTexts
  ) {
    guard reader.take(0x7B, b) else { return }
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard let (found, inner) = table.look(b, key, under: path) else {
        fields.others &+= depth == 0 && !JSONScanner.equals(b, key, "attrs") ? 1 : 0
        _ = reader.skipValue(b)
        continue
      }
      if let inner, at < b.count, b[at] == 0x7B, depth < 6 {
        readObject(b, &reader, under: LogKeyTable.deeper(inner), depth: depth + 1, &texts)
        if depth == 0, key.count == 11, JSONScanner.equals(b, key, "jsonPayload") {
          fields.payload = at..<reader.position
        }
        if let found {
          // ECS nests `log: {"level": …}`: that object is no message.
          if found.role == .message, !JSONScanner.equals(b, key, "log"), fields.raw == nil, !isClassified(b, key, at) {
            // What lies in it is a better message than all of it.
            takeRaw(at..<reader.position, found.rank + 1000)
          } else if found.role == .collector {
            fields.isCollector = true
          } else if found.role == .time || found.role == .lateTime || found.role == .creation, fields.seconds == nil {
            takeOther(found, key: key, b, at..<reader.position, &texts)
          }
        }
        continue
      }
      guard let found else {
        _ = reader.skipValue(b)
        continue
      }
      guard let value = reader.scalar(b) else { break }
      if case .other = value {
        takeOther(found, key: key, b, at..<reader.position, &texts)
      } else {
        take(found, key: key, value, b, &texts)
      }
    }
  }

  /// Whether an object is ECS' word on what kind of event a document is (`event.dataset`, `event.kind`): no message.
  private func isClassified(_ b: Span<UInt8>, _ key: JSONStringSlice, _ at: Int) -> Bool {
    JSONScanner.equals(b, key, "event") && member(b, at, ["dataset", "module", "kind", "category", "provider"]) != nil
  }

  private mutating func takeRaw(_ range: Range<Int>, _ rank: Int) {
    // A text is a better message than an object.
    guard rank + 1000 <= fields.ranks.message else { return }
    fields.raw = range
    fields.message = nil
    fields.isWrapped = false
    fields.ranks.message = rank + 1000
  }

  /// An object or array under a key with a role, or null.
  private mutating func takeOther(
    _ found: LogKeyTable.Found, key: JSONStringSlice, _ b: Span<UInt8>, _ range: Range<Int>, _ texts: inout JSONTexts
  ) {
    guard range.lowerBound < b.count, b[range.lowerBound] != 0x6E else { return }
    // The `fields` of a search store's answer are lists of values, mostly of one.
    if found.role != .tags, let only = Self.onlyText(b, at: range.lowerBound) {
      take(found, key: key, .text(only), b, &texts)
      return
    }
    switch found.role {
    case .time, .lateTime, .creation:
      let rank = timeRank(found)
      guard rank <= fields.ranks.time, let time = JSONTimeValue.moment(b, at: range.lowerBound, times: times),
        counts(found)
      else { return }
      (fields.time, fields.hasZone) = time
      fields.ranks.time = rank
    case .message, .wrapped: takeRaw(range, found.rank)
    case .service, .container, .logger, .host, .pod, .resourcePath, .label, .weakLabel:
      // Fields that an entry of the journal has several times are lists (systemd, "Journal JSON Format").
      if let text = member(b, range.lowerBound, ["name", "id"]) ?? Self.firstText(b, at: range.lowerBound) {
        named(found, b, text, &texts)
      }
    case .trace:
      if let text = member(b, range.lowerBound, ["id"]) { identity(found, text, b, &texts) }
    case .span:
      if let text = member(b, range.lowerBound, ["id"]), found.rank <= fields.ranks.span {
        fields.span = texts.span(b, text)
        fields.ranks.span = found.rank
      }
    case .collector: fields.isCollector = true
    case .scopes: takeScopes(b, range, &texts)
    case .tags: tags(b, at: range.lowerBound)
    case .resource: if let name = SDKResource.service(b, at: range.lowerBound) { named(found, b, name, &texts) }
    default: break
    }
  }

  private mutating func take(
    _ found: LogKeyTable.Found, key: JSONStringSlice, _ value: AttributeValue, _ b: Span<UInt8>,
    _ texts: inout JSONTexts
  ) {
    let text: JSONStringSlice
    var isNumber = false
    switch value {
    case .text(let found): text = found
    case .number(let found): (text, isNumber) = (found, true)
    case .bool(let flag):
      if found.role == .partial, flag { fields.isPartial = true }
      return
    case .other: return
    }
    let bytes = b.extracting(text.start..<text.end)
    switch found.role {
    case .time, .lateTime, .creation: takeTime(bytes, isNumber, key: key, b, found)
    case .seconds: fields.seconds = FieldText.int(bytes)
    case .nanoseconds: fields.nanoseconds = FieldText.int(bytes).map { min(max($0, 0), 999_999_999) } ?? 0
    case .severity:
      level(found.rank, bytes, isNumber)
      if key.count == 8 || key.count == 10 { noteLevel(b, key, isNumber) }
    case .syslogLevel, .otlpLevel, .pythonLevel, .logbackLevel, .log4jLevel, .windowsLevel, .insightsLevel,
      .bunyanLevel:
      if let scale = found.role.scale { scaled(scale, bytes) }
    case .syslogPriority: if key.count == 3 { fields.priority = text } else { priority(bytes) }
    case .message, .wrapped:
      takeMessage(found, key: key, text, b)
    case .service, .container, .logger, .host, .pod, .resourcePath, .label, .weakLabel:
      if found.role == .host { fields.shape.insert(.host) }
      noteProducer(found.role, b, key, text)
      // The number of a logging channel is no name.
      if !text.isEmpty, !isNumber || found.role != .logger { named(found, b, text, &texts) }
    case .levelWord, .statusWord: if !isNumber { status(found, b, key, bytes) }
    case .trace, .span, .decimalTrace, .decimalSpan:
      takeID(found, text, b, &texts)
      if found.role == .trace, RequestID.isKey(b, key) {
        let isOwn = JSONScanner.equals(b, key, "reqId")
        if isOwn { fields.shape.insert(.request) }
        if fields.ranks.trace == found.rank, RequestID.isCounted(bytes, isOwn: isOwn) {
          fields.request = fields.request.counted(in: texts.member)
          (fields.counted, fields.requestText) = (fields.request, .none)
        }
      }
    case .resource: if let name = SDKResource.service(b, printed: text) { named(found, b, name, &texts) }
    case .stream:
      if JSONScanner.equals(b, text, "stdout") { fields.stream = 1 }
      if JSONScanner.equals(b, text, "stderr") { fields.stream = 2 }
    case .partial:
      if JSONScanner.equals(b, text, "P") || JSONScanner.equals(b, text, "true") { fields.isPartial = true }
      if JSONScanner.equals(b, text, "F") { fields.isPartial = false }
      fields.isCollector = true
    case .collector: fields.isCollector = true
    case .collectedPath:
      fields.isCollector = true
      collected(bytes, &texts)
    case .logStream:
      fields.isCollector = true
      if let container = Self.container(ofStream: bytes) {
        let part = JSONStringSlice(
          start: text.start + container.lowerBound, end: text.start + container.upperBound, isEscaped: false)
        named(LogKeyTable.Found(role: .container, rank: found.rank), b, part, &texts)
      }
    case .mark: fields.shape.insert(LogKeyNames.marks[found.rank].shape)
    case .syslogTag: takeTag(found, key: key, text, b, &texts)
    case .scopes, .tags: break
    }
  }

  private mutating func takeTime(
    _ bytes: Span<UInt8>, _ isNumber: Bool, key: JSONStringSlice, _ b: Span<UInt8>, _ found: LogKeyTable.Found
  ) {
    let rank = timeRank(found)
    guard rank <= fields.ranks.time, let time = FieldText.moment(bytes, times: times), counts(found) else { return }
    (fields.time, fields.hasZone) = time
    fields.ranks.time = rank
    if key.count == 7, JSONScanner.equals(b, key, "asctime") { fields.shape.insert(.python) }
    if isNumber {
      fields.shape.insert(.numericTime)
      fields.hasMilliseconds = JSONScanner.equals(b, key, "ts") && bytes.count > 12 && bytes[10] &- 0x30 <= 9
    }
    if JSONScanner.equals(b, key, "@t") { fields.shape.insert(.compact) }
  }

  private mutating func takeMessage(
    _ found: LogKeyTable.Found, key: JSONStringSlice, _ text: JSONStringSlice, _ b: Span<UInt8>
  ) {
    guard found.rank + (found.role == .wrapped ? 50 : 0) <= fields.ranks.message else { return }
    fields.message = text
    fields.raw = nil
    fields.ranks.message = found.rank + (found.role == .wrapped ? 50 : 0)
    let isLog = JSONScanner.equals(b, key, "log")
    // Azure's table of syslog.
    if key.count == 13, JSONScanner.equals(b, key, "SyslogMessage") { fields.isSyslog = true }
    if key.count == 7, JSONScanner.equals(b, key, "message") { fields.shape.insert(.longMessage) }
    if key.count == 3, JSONScanner.equals(b, key, "msg") { fields.shape.insert(.shortMessage) }
    // Azure's table of Windows' events.
    if key.count == 19, JSONScanner.equals(b, key, "RenderedDescription") { fields.shape.insert(.windowsEvent) }
    if JSONScanner.equals(b, key, "short_message") { fields.shape.insert(.gelf) }
    fields.hasLogKey = isLog
    fields.isWrapped =
      found.role == .wrapped || isLog || JSONScanner.equals(b, key, "MESSAGE")
      || JSONScanner.equals(b, key, "@message")
    // Docker ends a whole line with its line feed.
    fields.isUnended = isLog && !endsLine(b, text)
  }

  private func endsLine(_ b: Span<UInt8>, _ text: JSONStringSlice) -> Bool {
    text.count >= 2 && b[text.end - 1] == 0x6E && b[text.end - 2] == 0x5C
  }

  /// The bytes of an array of numbers, which is how the journal writes a message that is no clean text; nil for any other array.
  static func bytes(_ b: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    var reader = JSONScanner(at: range.lowerBound)
    guard reader.take(0x5B, b) else { return nil }
    var bytes: [UInt8] = []
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      guard let byte = reader.peek(b), byte &- 0x30 <= 9, let text = reader.number(b),
        let value = FieldText.int(b.extracting(text.start..<text.end)), let value = UInt8(exactly: value)
      else { return nil }
      bytes.append(value)
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// The text that is the only element of the array at a place.
  private static func onlyText(_ b: Span<UInt8>, at start: Int) -> JSONStringSlice? {
    guard b[start] == 0x5B else { return nil }
    var reader = JSONScanner(at: start + 1)
    guard reader.peek(b) == 0x22, let text = reader.string(b), reader.peek(b) == 0x5D else { return nil }
    return text
  }

  /// The text that the array at a place begins with.
  private static func firstText(_ b: Span<UInt8>, at start: Int) -> JSONStringSlice? {
    guard b[start] == 0x5B else { return nil }
    var reader = JSONScanner(at: start + 1)
    return reader.peek(b) == 0x22 ? reader.string(b) : nil
  }

  /// The first text under one of some names in the object at a place.
  func member(_ b: Span<UInt8>, _ at: Int, _ names: [StaticString]) -> JSONStringSlice? {
    guard b[at] == 0x7B else { return nil }
    var reader = JSONScanner(at: at)
    var found: JSONStringSlice?
    _ = reader.eachMember(b) { reader, key in
      guard reader.peek(b) == 0x22, found == nil, names.contains(where: { JSONScanner.equals(b, key, $0) }) else {
        return reader.skipValue(b)
      }
      found = reader.string(b)
      return found != nil
    }
    return found
  }
}
