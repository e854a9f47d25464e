// OTLP/JSON log records (logs.proto), read from one `logRecords` element.

internal import Model
internal import Support

enum OTLPLogs {
  /// Reads one log record; its text goes to the messages. Its attributes are the object of a request where they may tell of one.
  static func read(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> (log: LogLine, request: [UInt8])? {
    guard reader.take(0x7B, b) else { return nil }
    var log = LogLine()
    var request: [UInt8] = []
    var time: Int64?
    var observed: Int64?
    var number: Int64?
    var named = Severity.unknown
    var body: Range<Int>?
    var event = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var attributes: Range<Int>?
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
        (number, named) = severity(value, b)
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
      } else if isKey("resource") {
        // A record by itself names its resource (CloudWatch).
        guard let name = OTLPSpans.service(b, &reader, &texts) else { return nil }
        log.component = name
      } else if isKey("body") {
        reader.skipSpace(b)
        let start = reader.position
        isRead = reader.skipValue(b)
        body = start..<reader.position
      } else if isKey("attributes") {
        reader.skipSpace(b)
        let start = reader.position
        isRead = reader.skipValue(b)
        attributes = start..<reader.position
        if isRead, OTLPRequests.mayBe(b, start..<reader.position) {
          request = OTLPRequests.object(b, json: start..<reader.position)
        }
      } else {
        isRead = reader.skipValue(b)
      }
      guard isRead else { return nil }
    }
    guard reader.failure == .none else { return nil }
    // `SEVERITY_NUMBER_UNSPECIFIED` is 0, beside which the text counts.
    if !named.isUnknown { log.severity = named }
    if let number, LevelScale.otlp.severity(number) != .unknown { log.severity = LevelScale.otlp.severity(number) }
    if let nanos = time.flatMap({ $0 == 0 ? nil : $0 }) ?? observed, nanos != 0 {
      log.time = FieldText.floorDivide(nanos, 1000)
    }
    takeText(body, event: event, attributes: attributes, of: b, depthLimit: reader.depthLimit, &log, &texts)
    return (log, request)
  }

  /// Gives a record its text: its body's, else its event's name, else what its exception says.
  private static func takeText(
    _ body: Range<Int>?, event: JSONStringSlice, attributes: Range<Int>?, of b: Span<UInt8>, depthLimit: Int,
    _ log: inout LogLine, _ texts: inout JSONTexts
  ) {
    // What JSON in the body tells may be worse than the record, and never better.
    let level = log.severity
    defer { log.severity = max(level, log.severity) }
    var inner = JSONScanner(at: body?.lowerBound ?? 0, depthLimit: depthLimit)
    if body != nil, case .text(let text)? = inner.anyValue(b) {
      texts.appendMessage(b, text, stripsHeader: false, keepsIndent: true, &log)
    } else if let rendered = body.map({ OTLPBody(b, json: $0) }), !rendered.isNull {
      take(rendered, &log, &texts)
    } else {
      texts.appendMessage(b, event, stripsHeader: false, &log)
    }
    if log.textCount == 0, let attributes {
      OTLPExceptions.take(OTLPAttributes.object(b, json: attributes), &log, &texts)
    }
  }

  /// `9`, or its name `SEVERITY_NUMBER_INFO`.
  private static func severity(_ value: AttributeValue, _ b: Span<UInt8>) -> (number: Int64?, named: Severity) {
    switch value {
    case .number(let text): return (FieldText.int(b.extracting(text.start..<text.end)), .unknown)
    case .text(let text):
      if JSONScanner.matches(b, text.start, "SEVERITY_NUMBER_"), text.count > 16 {
        return (nil, FieldText.severity(b.extracting(text.start + 16..<text.end)))
      }
      return (FieldText.int(b.extracting(text.start..<text.end)), .unknown)
    case .bool, .other: return (nil, .unknown)
    }
  }
}
