// OTLP/JSON log records (logs.proto), read from one `logRecords` element.

internal import Model
internal import Support

enum OTLPLogs {
  /// Reads one log record; its text goes to the messages.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> LogLine? {
    guard reader.take(0x7B, b) else { return nil }
    var log = LogLine()
    var time: Int64?
    var observed: Int64?
    var number: Int64?
    var body: Range<Int>?
    var event = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      var isRead = true
      if isKey("timeUnixNano") || isKey("time_unix_nano") {
        isRead = reader.integer(b, &time)
      } else if isKey("observedTimeUnixNano") || isKey("observed_time_unix_nano") {
        isRead = reader.integer(b, &observed)
      } else if isKey("severityNumber") || isKey("severity_number") {
        guard let value = reader.scalar(b) else { return nil }
        number = severity(value, b, &log)
      } else if isKey("severityText") || isKey("severity_text") {
        guard let text = reader.keyText(b) else { return nil }
        let severity = FieldText.severity(b.extracting(text.start..<text.end))
        if severity != .unknown { log.severity = severity }
      } else if isKey("traceId") || isKey("trace_id") {
        guard let text = reader.keyText(b) else { return nil }
        (log.request, log.requestText) = texts.request(b, text)
      } else if isKey("spanId") || isKey("span_id") {
        guard let text = reader.keyText(b) else { return nil }
        log.span = texts.span(b, text)
      } else if isKey("eventName") || isKey("event_name") {
        guard let text = reader.keyText(b) else { return nil }
        event = text
      } else if isKey("body") {
        reader.skipSpace(b)
        let start = reader.position
        isRead = reader.skipValue(b)
        body = start..<reader.position
      } else {
        isRead = reader.skipValue(b)
      }
      guard isRead else { return nil }
    }
    guard reader.failure == .none else { return nil }
    if let number, LevelScale.otlp.severity(number) != .unknown { log.severity = LevelScale.otlp.severity(number) }
    if let nanos = time.flatMap({ $0 == 0 ? nil : $0 }) ?? observed { log.time = FieldText.floorDivide(nanos, 1000) }
    var text: JSONStringSlice? = event
    if let body {
      var inner = JSONScanner(at: body.lowerBound, depthLimit: reader.depthLimit)
      switch inner.anyValue(b) {
      case .text(let string)?, .number(let string)?: text = string
      case .bool?, .other?, nil: text = message(b, body, &log, &texts)
      }
    }
    if let text {
      texts.appendMessage(b, text, stripsHeader: false, &log)
    } else {
      texts.appendRaw(b, body ?? 0..<0, &log)
    }
    return log
  }

  /// The message among the pairs of a structured body; its level and its writer, where the record names none, go to the record.
  private static func message(
    _ b: Span<UInt8>, _ body: Range<Int>, _ log: inout LogLine, _ texts: inout JSONTexts
  ) -> JSONStringSlice? {
    var pairs = BodyPairs()
    var reader = JSONScanner(at: body.lowerBound)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "kvlistValue") || JSONScanner.equals(b, key, "kvlist_value") else {
        return reader.skipValue(b)
      }
      return reader.eachMember(b) { reader, key in
        guard JSONScanner.equals(b, key, "values") else { return reader.skipValue(b) }
        return reader.eachElement(b) { reader in
          guard let (name, value) = reader.otlpAttribute(b) else { return false }
          if case .text(let text) = value { pairs.take(b, name, text) }
          return true
        }
      }
    }
    if log.severity.isUnknown { log.severity = pairs.level }
    if let name = pairs.name { log.component = texts.symbol(b, name) }
    return pairs.message
  }

  /// What a structured body says: the pairs of a logger, or the fields of the journal as the collector's receiver keeps them
  /// (systemd.journal-fields(7)).
  private struct BodyPairs {
    var message: JSONStringSlice?
    var level = Severity.unknown
    var name: JSONStringSlice?
    private var isIdentified = false

    mutating func take(_ b: Span<UInt8>, _ key: JSONStringSlice, _ text: JSONStringSlice) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      let bytes = b.extracting(text.start..<text.end)
      if isKey("message") || isKey("msg") || isKey("log") || isKey("MESSAGE") {
        message = text
      } else if isKey("level") || isKey("severity") {
        level = FieldText.severity(bytes)
      } else if isKey("PRIORITY") {
        level = FieldText.int(bytes).map { LevelScale.syslog.severity($0) } ?? .unknown
      } else if isKey("SYSLOG_IDENTIFIER"), !text.isEmpty {
        (name, isIdentified) = (text, true)
      } else if isKey("_SYSTEMD_UNIT"), !isIdentified, !text.isEmpty {
        name = text
        if text.count > 8, JSONScanner.matches(b, text.end - 8, ".service") { name?.end -= 8 }
      }
    }
  }

  /// `9`, or its name `SEVERITY_NUMBER_INFO`.
  private static func severity(_ value: AttributeValue, _ b: Span<UInt8>, _ log: inout LogLine) -> Int64? {
    switch value {
    case .number(let text): return FieldText.int(b.extracting(text.start..<text.end))
    case .text(let text):
      let bytes = b.extracting(text.start..<text.end)
      if JSONScanner.matches(b, text.start, "SEVERITY_NUMBER_"), text.count > 16 {
        log.severity = FieldText.severity(b.extracting(text.start + 16..<text.end))
      }
      return FieldText.int(bytes)
    case .bool, .other: return nil
    }
  }
}
