// Which keys of an object lead to records, and so are to be read one by one.

internal import Model

extension JSONClassifier {
  /// The node that a key opens. Only OTLP's keys are beyond doubt; the others may also be fields of a log record, so
  /// nothing of a record must have come before them, and an object must hold what it promises.
  func wrapper(
    _ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, keys: Keys, _ reader: inout JSONScanner
  ) -> JSONNode? {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    let isArray = byte == 0x5B
    switch key.count {
    case 12 where isArray && isKey("resourceLogs"): return .wrapper
    case 13 where isArray && isKey("resourceSpans"): return .wrapper
    case 15 where isArray && isKey("resourceMetrics"): return .wrapper
    case 14 where isArray && isKey("resource_spans"): return .wrapper
    case 13 where isArray && isKey("resource_logs"): return .wrapper
    case 16 where isArray && isKey("resource_metrics"): return .wrapper
    // One resource by itself, as the Java SDK prints it.
    case 10 where isArray && isKey("scopeSpans"): return .resource(.traces)
    case 11 where isArray && isKey("scope_spans"): return .resource(.traces)
    case 9 where isArray && isKey("scopeLogs"): return .resource(.logs)
    case 10 where isArray && isKey("scope_logs"): return .resource(.logs)
    case 12 where isArray && isKey("scopeMetrics"): return .resource(.metrics)
    case 13 where isArray && isKey("scope_metrics"): return .resource(.metrics)
    default: if key.count >= 26, let node = Self.oldScopes(b, key) { return node }
    }
    // An answer says how it went before what it holds: `{"code": 0, "msg": "success", "data": [TRACE]}`.
    if !keys.isDisjoint(with: [.logMessage, .logTime]),
      keys.isDisjoint(with: [.logSeverity, .mapped, .spanId, .spanID])
    {
      let mayWrap = TelemetryInside.leadsOn(b, key) || JSONScanner.equals(b, key, "spans")
      return mayWrap && TelemetryInside.begins(b, &reader) ? .wrapper : nil
    }
    guard keys.isDisjoint(with: [.logMessage, .logSeverity, .logTime, .mapped, .spanId, .spanID]) else { return nil }
    switch key.count {
    case 5 where isArray && isKey("items"):
      return beginsWith(b, &reader, ["involvedObject", "regarding"]) ? .wrapper : nil
    case 6 where isArray && isKey("result"): return beginsWith(b, &reader, ["stream"]) ? .wrapper : nil
    case 6 where isArray && isKey("events"): return beginsWith(b, &reader, ["message"]) ? .wrapper : nil
    case 6 where isArray && (isKey("tables") || isKey("Tables")):
      return beginsWith(b, &reader, ["columns", "Columns"]) ? .wrapper : nil
    case 7 where isArray && isKey("results"): return beginsWithPairs(b, &reader) ? .wrapper : nil
    case 7 where isArray && isKey("streams"): return beginsWith(b, &reader, ["stream"]) ? .wrapper : nil
    // Azure's resource logs, as its Event Hubs hand them on (Azure Monitor, "Stream to Event Hubs").
    case 7 where isArray && isKey("records"): return beginsWith(b, &reader, ["resourceId"]) ? .wrapper : nil
    case 7 where isArray && isKey("entries"): return beginsWith(b, &reader, ["logName", "insertId"]) ? .wrapper : nil
    case 9 where isArray && isKey("logEvents"): return beginsWith(b, &reader, ["message"]) ? .wrapper : nil
    case 4 where isKey("data"): return isArray || holds(b, &reader) ? .wrapper : nil
    case 4 where isKey("hits"): return isArray || holds(b, &reader) ? .wrapper : nil
    case 5 where isArray && isKey("spans"): return spanList(b, keys, &reader)
    case 6 where isArray && isKey("Traces"): return .wrapper
    case 8 where isArray && isKey("Segments"): return .wrapper
    case 5 where !isArray && isKey("trace"): return holds(b, &reader) ? .wrapper : nil
    case 6 where !isArray && isKey("result"): return holds(b, &reader) ? .wrapper : nil
    case 7 where isArray && isKey("batches"): return .wrapper
    case 7 where !isArray && isKey("_source"): return .wrapper
    // Elasticsearch's ES|QL and SQL, OpenSearch's SQL and PPL: one table is all of the answer.
    case 6 where isArray && isKey("schema"): return beginsWithColumn(b, &reader) ? .table : nil
    case 7 where isArray && isKey("columns"): return beginsWithColumn(b, &reader) ? .table : nil
    case 6 where !isArray && keys.contains(.stored) && isKey("fields"): return .wrapper
    default: return nil
    }
  }

  /// Whether the array at the reader's place begins with an object that has one of some keys; the reader stays where it is.
  private func beginsWith(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ names: [StaticString]) -> Bool {
    var inner = reader
    inner.position += 1
    var isFirst = true
    guard inner.peek(b) == 0x7B else {
      if inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
      return false
    }
    inner.position += 1
    while let key = inner.nextKey(b, &isFirst) {
      for name in names where JSONScanner.equals(b, key, name) { return true }
      guard inner.skipValue(b) else { break }
    }
    if inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
    return false
  }

  /// Whether the array at the reader's place begins with a row of names and values: `[[{"field": …, "value": …}`.
  private func beginsWithPairs(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var inner = reader
    var isFirst = true
    if inner.take(0x5B, b), inner.take(0x5B, b), inner.take(0x7B, b), let key = inner.nextKey(b, &isFirst) {
      return JSONScanner.equals(b, key, "field")
    }
    if inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
    return false
  }

  /// Whether the array at the reader's place begins with a column of a table: its name and the type of its values.
  private func beginsWithColumn(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    beginsWith(b, &reader, ["name"]) && beginsWith(b, &reader, ["type"])
  }

  /// A list of spans: Jaeger's, spans that stand for themselves, or nil where they need what stands around the list.
  private func spanList(_ b: Span<UInt8>, _ keys: Keys, _ reader: inout JSONScanner) -> JSONNode? {
    if keys.contains(.traceSegment) { return nil }
    if keys.contains(.traceID) { return .jaegerTrace }
    var inner = reader
    inner.position += 1
    guard inner.peek(b) == 0x7B else {
      if inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
      return .jaegerTrace
    }
    inner.position += 1
    var found: Keys = []
    var isFirst = true
    while let key = inner.nextKey(b, &isFirst) {
      guard let byte = inner.peek(b) else { break }
      note(b, key, byte, value: inner.position, &found)
      guard inner.skipValue(b) else { break }
    }
    if found.contains(.jaeger) { return .jaegerTrace }
    // Datadog's agent names a resource where Jaeger names an operation.
    if found.contains(.traceID) { return found.contains(.agent) ? .wrapper : .jaegerTrace }
    if inner.failure == .incomplete, !reader.isFinal {
      reader.failure = .incomplete
      return nil
    }
    if found.contains(.named) || found.contains(.traceSegment) { return .wrapper }
    return keys.contains(.traceId) ? nil : .jaegerTrace
  }

  /// Whether the object at the reader's place has a key of a wrapper; the reader stays where it is.
  private func holds(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var inner = reader
    inner.position += 1
    var isFirst = true
    while let key = inner.nextKey(b, &isFirst) {
      for name: StaticString in [
        "resourceSpans", "resourceLogs", "resourceMetrics", "batches", "spans", "hits", "data", "resultType", "streams",
        "_raw",
      ]
      where JSONScanner.equals(b, key, name) {
        return true
      }
      guard inner.skipValue(b) else { break }
    }
    if inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
    return false
  }

  /// The scopes of a resource by themselves, as OTLP called them before version 0.15 (trace.proto, `instrumentation_library_spans`).
  private static func oldScopes(_ b: Span<UInt8>, _ key: JSONStringSlice) -> JSONNode? {
    for signal in [JSONNode.Signal.traces, .logs, .metrics] where JSONFrame.isOldScopes(key, b, of: signal) {
      return .resource(signal)
    }
    return nil
  }
}
