// How severe a JSON log record is, by word or by number.

internal import Model
internal import Support

extension JSONLogs {
  /// A level by word or by number; a word says more.
  mutating func level(_ rank: Int, _ bytes: Span<UInt8>, _ isNumber: Bool) {
    if !isNumber {
      let severity = Self.word(bytes)
      if !severity.isUnknown {
        guard rank <= fields.ranks.severity else { return }
        fields.severity = severity
        fields.ranks.severity = rank
        return
      }
    }
    guard rank <= fields.ranks.level else { return }
    let number = FieldText.int(bytes) ?? FieldText.double(bytes).flatMap { Int64(exactly: $0) }
    guard let number, (-63...100_000).contains(number) else { return }
    fields.level = number
    fields.ranks.level = rank
  }

  /// The level of a record that names none, where its form implies one.
  mutating func implyLevel() {
    // "v - verbosity (required for info and not for error messages)" (Kubernetes, "System Logs", JSON log format).
    // Other programs that write no level, or one of their own, write neither `v` nor `err`.
    if fields.hasMilliseconds, fields.shape.contains(.caller) {
      if fields.shape.contains(.verbosity) {
        fields.severity = .info
        hasVerbosity = true
      } else if hasVerbosity || fields.shape.contains(.failure) {
        fields.severity = .error
      }
    }
    // An exception by itself, whose class wrote nothing.
    if fields.isException, fields.rank == .logger, fields.ranks.name == Self.objectName {
      fields.severity = .error
      (fields.name, fields.rank) = (.none, .none)
    }
  }

  /// `"name": "TypeError"`: an exception of JavaScript as an object (Cloudflare, "Workers Trace Events", `Exceptions`).
  static func isException(_ b: Span<UInt8>, _ key: JSONStringSlice, _ text: JSONStringSlice) -> Bool {
    guard text.count >= 5, JSONScanner.equals(b, key, "name"), b[text.start] &- 0x41 < 26 else { return false }
    return endsAsException(b.extracting(text.start..<text.end))
  }

  /// Whether a name ends as those of exceptions do.
  static func endsAsException(_ name: Span<UInt8>) -> Bool {
    name.count >= 5 && JSONScanner.matches(name, name.count - 5, "Error")
      || name.count > 9 && JSONScanner.matches(name, name.count - 9, "Exception")
  }

  /// A word that may be a level where no other key has one. One that may say how something ended as well as how grave it is says the first
  /// with single letters, `failed` and `success`; MySQL's labels are all of the second kind.
  mutating func status(_ found: LogKeyTable.Found, _ b: Span<UInt8>, _ key: JSONStringSlice, _ bytes: Span<UInt8>) {
    noteOK(b, key, bytes)
    // Winlogbeat before version 7 names so which API an event was read with ("Exported fields", `type`).
    if key.count == 4, FieldText.isWord(bytes, "wineventlog") || FieldText.isWord(bytes, "eventlogging") {
      fields.shape.insert(.windowsEvent)
    }
    if found.role == .levelWord { return level(found.rank + 502, bytes, false) }
    let rank = found.rank + Self.statusRank
    let isLabel = JSONScanner.equals(b, key, "label")
    if isLabel, FieldText.isWord(bytes, "note") || FieldText.isWord(bytes, "system") {
      guard rank <= fields.ranks.severity else { return }
      (fields.severity, fields.ranks.severity) = (.info, rank)
      return
    }
    guard bytes.count >= 4, !Model.severity(of: bytes).isUnknown, isLabel || !FieldText.isWord(bytes, "failure") else {
      return
    }
    level(rank, bytes, false)
  }

  /// Notes the status `ok`: all of Datadog's other ones are words for levels.
  private mutating func noteOK(_ b: Span<UInt8>, _ key: JSONStringSlice, _ bytes: Span<UInt8>) {
    if bytes.count == 2, JSONScanner.equals(b, key, "status"), FieldText.isWord(bytes, "ok") { fields.isOK = true }
  }

  /// Whether the record at a place is one of Datadog's, whose statuses are levels: as its agent sends it, or with the tags and the object of
  /// attributes that its archives and its API have (docs.datadoghq.com, "Log Archives", "Log Attributes and Tags").
  func isDatadog(_ b: Span<UInt8>, at start: Int) -> Bool {
    if fields.shape.contains(.shipped) { return true }
    var reader = JSONScanner(at: start)
    var (hasAttributes, hasTags) = (false, false)
    _ = reader.eachMember(b) { reader, key in
      let byte = reader.peek(b)
      if byte == 0x7B, JSONScanner.equals(b, key, "attributes") {
        hasAttributes = true
        hasTags = hasTags || member(b, reader.position, ["status"]) != nil
      }
      if byte == 0x5B, JSONScanner.equals(b, key, "tags") { hasTags = true }
      return reader.skipValue(b)
    }
    return hasAttributes && hasTags
  }

  /// The severity of a word, perhaps between escaped colours of a terminal.
  private static func word(_ bytes: Span<UInt8>) -> Severity {
    let severity = FieldText.severity(bytes.extracting(FieldText.trimmed(bytes)))
    guard severity.isUnknown, bytes.count > 8, ByteScan.find(0x5C, in: bytes, from: 0) < bytes.count else {
      return severity
    }
    var plain: [UInt8] = []
    _ = JSONEscapes.append(bytes, JSONStringSlice(start: 0, end: bytes.count, isEscaped: true), to: &plain)
    return TerminalColours.removed(plain.span).map { FieldText.severity($0.span) } ?? .unknown
  }

  /// A number under a key that only one producer's levels have; what a word says outranks it.
  mutating func scaled(_ scale: LevelScale, _ bytes: Span<UInt8>) {
    guard fields.ranks.severity > 500 else { return }
    // syslog-ng writes its priority as a word.
    let severity = FieldText.int(bytes).map { scale.severity($0) } ?? FieldText.severity(bytes)
    guard !severity.isUnknown else { return }
    fields.severity = severity
    fields.ranks.severity = 501
  }

  /// Syslog's priority: the facility times eight and the severity (RFC 5424 §6.2.1). Any level of its own outranks it.
  mutating func priority(_ bytes: Span<UInt8>) {
    guard fields.ranks.severity > 501, let number = FieldText.int(bytes), (0...191).contains(number) else { return }
    fields.severity = LevelScale.syslog.severity(number & 7)
    fields.ranks.severity = 502
  }

  /// Whether the object at a place names a level by itself.
  func hasLevel(_ b: Span<UInt8>, at start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var found = false
    _ = reader.eachMember(b) { reader, key in
      let byte = reader.peek(b) ?? 0
      switch table.role(b, key)?.role {
      // The journal's `PRIORITY`; in small letters it is anybody's.
      case .syslogLevel: found = found || JSONScanner.equals(b, key, "PRIORITY")
      case .severity, .pythonLevel, .logbackLevel, .log4jLevel:
        found = found || byte == 0x22 || byte &- 0x30 <= 9
      default: break
      }
      return reader.skipValue(b)
    }
    return found
  }

  /// Whether the object at a place has a message by itself.
  func hasMessage(_ b: Span<UInt8>, at start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var found = false
    _ = reader.eachMember(b) { reader, key in
      if reader.peek(b) == 0x22, table.role(b, key)?.role == .message { found = true }
      return reader.skipValue(b)
    }
    return found
  }

  /// Whether the message of a record may be the line of a program that Datadog's agent sent. The agent itself says no more of what was
  /// written to the standard output than `info`; any other level is the word of whoever wrote the record.
  func mayBeShipped(_ b: Span<UInt8>) -> Bool {
    guard fields.severity == .info, fields.ranks.severity == Self.statusRank, let message = fields.message,
      message.count > 8
    else { return false }
    switch b[message.start] {
    // An object, a time, or the first keys of pairs.
    case 0x7B, 0x5B, 0x30...0x39, 0x6C, 0x6D, 0x74: return true
    default: return false
    }
  }

  /// Notes the level among the tags of a record: `["error", "plugins"]` (hapi's and Kibana 7's log, beside the process).
  mutating func tags(_ b: Span<UInt8>, at start: Int) {
    var reader = JSONScanner(at: start)
    guard reader.take(0x5B, b) else { return }
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      guard reader.peek(b) == 0x22, let text = reader.string(b) else { return }
      let word = b.extracting(text.start..<text.end)
      for level: StaticString in ["debug", "info", "warning", "error", "fatal"] where FieldText.isWord(word, level) {
        fields.tagged = Model.severity(of: word)
        return
      }
    }
  }

  /// The severity of a level field of a table or mapped object, by word or number.
  static func severity(_ value: AttributeValue, _ b: Span<UInt8>) -> Severity {
    let text: JSONStringSlice
    switch value {
    case .text(let found), .number(let found): text = found
    case .bool, .other: return .unknown
    }
    let bytes = b.extracting(text.start..<text.end)
    let severity = FieldText.severity(bytes.extracting(FieldText.trimmed(bytes)))
    if !severity.isUnknown { return severity }
    guard let number = FieldText.int(bytes) else { return .unknown }
    return LevelEvidence().scale(of: number, []).severity(number)
  }
}
