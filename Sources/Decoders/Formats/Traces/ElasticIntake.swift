// Elastic APM's intake protocol, version 2: lines of one event each, behind a line of metadata.

internal import Model
internal import Support

/// Reads `{"transaction": {…}}`, `{"span": {…}}`, `{"error": {…}}`, `{"log": {…}}` after `{"metadata": {…}}`.
///
/// Timestamps are microseconds, durations milliseconds (the intake's JSON schema); a span may tell its beginning from its transaction's. A transaction is a served request; a span
/// whose type leaves the process is a call. An error is a log record at level error, unless it was logged at another (`error.log.level`). Log events
/// are records in ECS (log.json), and of the service.
struct ElasticIntake {
  /// The service of the last metadata line.
  private(set) var service = Symbol.none
  private(set) var sawMetadata = false
  /// Spans that wait for the beginning of their transaction.
  private var offsets = OffsetSpans()

  enum Event {
    case metadata
    case transaction
    case span
    case error
    /// What a logger of the service wrote.
    case log
    /// Readings of the agent: nothing here.
    case other
  }

  /// The event of an object that has one key.
  static func event(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Event? {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    if isKey("metadata") { return .metadata }
    if isKey("transaction") { return .transaction }
    if isKey("span") { return .span }
    if isKey("error") { return .error }
    if isKey("log") { return .log }
    return isKey("metricset") ? .other : nil
  }

  /// The only key of an object whose value is an object, if it is an event's; the object was checked before.
  static func event(_ b: Span<UInt8>, at start: Int) -> (event: Event, value: Int)? {
    var reader = JSONScanner(at: start + 1)
    var isFirst = true
    guard let key = reader.nextKey(b, &isFirst), let event = event(b, key), reader.peek(b) == 0x7B else { return nil }
    let value = reader.position
    guard reader.skipValue(b), reader.nextKey(b, &isFirst) == nil, reader.failure == .none else { return nil }
    return (event, value)
  }

  /// Takes the metadata's service.
  mutating func takeMetadata(
    _ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts
  ) -> Bool {
    var found = Symbol.none
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "service") else { return reader.skipValue(b) }
      found = Self.name(b, &reader, &texts)
      return reader.failure == .none
    }
    if found.isNone { return false }
    service = found
    sawMetadata = true
    return true
  }

  private static func name(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Symbol {
    var found = Symbol.none
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "name") else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      found = texts.symbol(b, text)
      return true
    }
    return found
  }

  /// A transaction or a span, and how long after which transaction it began where it tells no time by itself.
  struct Reading {
    var span: TraceSpan
    var transaction: UInt64
    var offset: Int64?
  }

  /// The spans that are complete with one that was read: itself, unless it waits for its transaction, and those that waited for it.
  mutating func complete(_ read: Reading, isTransaction: Bool, _ issues: inout SpanIssues) -> [TraceSpan] {
    var span = read.span
    if isTransaction {
      return [span] + (issues.contains(.noTime) ? [] : offsets.begin(span.span, at: span.start))
    }
    guard let offset = read.offset else { return [span] }
    if let time = offsets.time(of: read.transaction, plus: offset) {
      span.start = time
      span.settleTimes(&issues)
      return [span]
    }
    span.start = offset
    if offsets.hold(span, of: read.transaction) { return [] }
    span.start = 0
    issues.insert(.noTime)
    return [span]
  }

  /// The spans whose transaction never came.
  mutating func giveUp() -> [TraceSpan] { offsets.giveUp() }

  /// Reads a transaction or a span; nil where it is none.
  func span(
    _ b: Span<UInt8>, at start: Int, isTransaction: Bool, _ texts: inout JSONTexts,
    _ issues: inout SpanIssues
  ) -> Reading? {
    var builder = SpanBuilder()
    builder.span.service = service
    builder.span.kind = isTransaction ? .server : .internal
    var transaction: UInt64 = 0
    var (duration, time, offset): (Int64?, Int64?, Int64?)
    var result: JSONStringSlice?
    var (hasOutcome, isMessaging) = (false, false)
    var reader = JSONScanner(at: start)
    let isRead = reader.eachMember(b) { reader, key in
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("context") {
        return builder.takeAPMContext(b, &reader, &texts)
      } else if isKey("links"), reader.peek(b) == 0x5B {
        return builder.takeLinks(b, &reader, &texts)
      } else if isKey("timestamp") {
        return reader.integer(b, &time)
      } else if isKey("duration") || isKey("start") {
        guard case .number(let text)? = reader.scalar(b) else { return reader.failure == .none }
        let length = SpanWords.duration(b.extracting(text.start..<text.end), unit: .milliseconds)
        if key.count == 5 { offset = length } else { duration = length }
        return true
      } else if isKey("sample_rate") {
        return builder.takeSampleRate(b, &reader)
      }
      guard
        isKey("id") || isKey("trace_id") || isKey("parent_id") || isKey("transaction_id") || isKey("name")
          || isKey("type") || isKey("outcome") || isKey("result")
      else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      if isKey("id") {
        builder.span.span = texts.span(b, text)
      } else if isKey("trace_id") {
        (builder.span.trace, builder.span.traceText) = texts.request(b, text)
      } else if isKey("parent_id") {
        builder.span.parent = texts.span(b, text)
      } else if isKey("transaction_id") {
        transaction = texts.span(b, text)
      } else if isKey("name") {
        builder.span.operation = texts.symbol(b, text)
      } else if isKey("result") {
        result = text
      } else if isKey("outcome") {
        hasOutcome = true
        if JSONScanner.equals(b, text, "failure") { builder.span.status = .error }
      } else if isTransaction {
        isMessaging = JSONScanner.equals(b, text, "messaging")
      } else if NamedSpans.isCall(b, text) {
        builder.span.kind = .client
      }
      return true
    }
    issues.formUnion(builder.issues.intersection(.sampled))
    guard isRead, builder.span.span != 0 else { return nil }
    if builder.span.parent == 0, !isTransaction { builder.span.parent = transaction }
    if builder.isLinked { builder.settleAPMLink(isMessaging: isMessaging) }
    // Agents told no outcome before APM 7.9.
    if !hasOutcome, let result, JSONScanner.equals(b, result, "HTTP 5xx") { builder.span.status = .error }
    // The schema requires a time or an offset of a span; without either the server takes that of its receipt.
    if time == 0 || time == nil { time = nil } else { offset = nil }
    if let time { builder.span.start = time } else if offset == nil || isTransaction { issues.insert(.noTime) }
    builder.span.take(length: duration, &issues)
    if time != nil { builder.span.settleTimes(&issues) }
    if builder.span.trace.isNone { issues.insert(.noID) }
    return Reading(span: builder.span, transaction: transaction, offset: isTransaction ? nil : offset)
  }

  /// Reads an error as a log record. Nil where it says nothing.
  func error(
    _ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts
  ) -> LogLine? {
    var log = LogLine()
    log.component = service
    log.severity = .error
    var time: Int64?
    var message: JSONStringSlice?
    var reader = JSONScanner(at: start)
    let isRead = reader.eachMember(b) { reader, key in
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("timestamp") { return reader.integer(b, &time) }
      if isKey("exception") || isKey("log") {
        let isLogged = isKey("log")
        return reader.eachMember(b) { reader, key in
          let isLevel = isLogged && JSONScanner.equals(b, key, "level")
          guard isLevel || JSONScanner.equals(b, key, "message") else { return reader.skipValue(b) }
          guard let text = reader.keyText(b) else { return false }
          if isLevel {
            let severity = FieldText.severity(b.extracting(text.start..<text.end))
            if !severity.isUnknown { log.severity = severity }
          } else {
            message = message ?? text
          }
          return true
        }
      }
      guard isKey("trace_id") || isKey("parent_id") else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      if isKey("trace_id") {
        (log.request, log.requestText) = texts.request(b, text)
      } else {
        log.span = texts.span(b, text)
      }
      return true
    }
    guard isRead, let message else { return nil }
    if let time { log.time = time }
    texts.appendMessage(b, message, stripsHeader: false, &log)
    return log
  }
}

extension SpanBuilder {
  /// Of the context: the answer's status, the service's own name, the destination.
  fileprivate mutating func takeAPMContext(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    reader.eachMember(b) { reader, key in
      let isService = JSONScanner.equals(b, key, "service")
      let isDestination = JSONScanner.equals(b, key, "destination")
      guard isService || isDestination || JSONScanner.equals(b, key, "response") || JSONScanner.equals(b, key, "http")
      else { return reader.skipValue(b) }
      return reader.eachMember(b) { reader, key in
        if JSONScanner.equals(b, key, "status_code") {
          guard let value = reader.scalar(b) else { return false }
          take(.httpStatus, value, b, &texts)
          return true
        }
        if isService, JSONScanner.equals(b, key, "name") {
          guard let text = reader.keyText(b) else { return false }
          if !text.isEmpty { span.service = texts.symbol(b, text) }
          return true
        }
        guard isDestination, JSONScanner.equals(b, key, "service") else { return reader.skipValue(b) }
        return reader.eachMember(b) { reader, key in
          guard JSONScanner.equals(b, key, "resource") else { return reader.skipValue(b) }
          guard let text = reader.keyText(b) else { return false }
          take(.peerService, .text(text), b, &texts)
          return true
        }
      }
    }
  }
}

extension SpanBuilder {
  /// Takes the rate that a member holds.
  fileprivate mutating func takeSampleRate(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    guard case .number(let text)? = reader.scalar(b) else { return reader.failure == .none }
    takeSampleRate(b.extracting(text.start..<text.end))
    return true
  }
}
