// JSON in the body of a log record that has a level of its own: what a collector read out of a file, or anybody's data.

internal import Model
internal import Support

/// What the body of a record with a level is, beside the record.
enum CarriedBody {
  /// Words or data of the record itself.
  case none
  /// A line or a log record of another program.
  case line
  /// A request as an access log has it in JSON.
  case request
}

extension JSONClassifier {
  /// What the object that fills a body is: a log record only with what a logger writes, a message beside a level or a time. Programs log
  /// the answers and the messages that they get, too: lists of records, spans and events in a body are what the record tells of.
  func carried(_ body: Span<UInt8>, depthLimit: Int) -> CarriedBody {
    var end = body.count
    while end > 0, body[end &- 1] <= 0x20 { end &-= 1 }
    var reader = JSONScanner(at: 0, depthLimit: depthLimit)
    guard case .unit(let shape, end) = classify(body, &reader) else { return .none }
    let isRequest: Bool
    switch shape {
    case .log: isRequest = false
    case .access, .served, .gateway: isRequest = true
    default: return .none
    }
    var (hasMessage, hasLevel, hasTime) = (false, false, false)
    reader = JSONScanner(at: 0, depthLimit: depthLimit)
    _ = reader.eachMember(body) { reader, key in
      let isText = reader.peek(body) == 0x22
      switch logKeys.role(body, key)?.role {
      // An event's name is a message of structlog, and anybody's key.
      case .message, .wrapped: hasMessage = hasMessage || isText && !JSONScanner.equals(body, key, "event")
      case .time: hasTime = true
      case let role?: hasLevel = hasLevel || role.isLevel
      case nil: break
      }
      return reader.skipValue(body)
    }
    if isRequest {
      // An access log's record has its time: a request that a program only speaks of has none.
      hasTime = hasTime || AccessObject.read(body, at: 0, zoneSeconds: 0).map { $0.time != .min } ?? false
      return hasTime || hasMessage && hasLevel ? .request : .none
    }
    return hasLevel && hasTime || hasMessage && (hasLevel || hasTime) ? .line : .none
  }
}

extension JSONRecords {
  /// Keeps the level of a record whose body was read in its place: it is the record's (OpenTelemetry's logs data model,
  /// `SeverityNumber`), so that what the body tells may be worse, and never better. An error that is a request in JSON is a log line, too.
  func keepLevel(
    of log: LogLine, _ body: [UInt8], isRequest: Bool, since count: Int, into batch: inout RecordBatch
  ) {
    var isKept = false
    for at in count..<max(count, batch.logs.count) where batch.logs[at].source == log.source {
      isKept = true
      if batch.logs[at].severity < log.severity { batch.logs[at].severity = log.severity }
    }
    guard isRequest, !isKept, log.severity >= .error else { return }
    var line = log
    line.textStart = batch.text.count
    line.textCount = body.count
    batch.text.append(contentsOf: body)
    batch.logs.append(line)
  }
}
