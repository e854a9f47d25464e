// Traces under a key of an object that also has a message.

internal import Model

/// Tells an answer with its traces from a log record that has an object among its fields.
///
/// Both may begin with a message (Grafana Tempo's `TraceByIDResponse`, the answers of many services). Only what no log record holds
/// counts: resources of OTLP, traces with their spans, hits of a search store, streams of Loki.
enum TelemetryInside {
  /// So deep the answers of services lie in each other: `data`, `result`, `trace`.
  private static let deepest = 4

  /// Whether the value at the reader's place begins with telemetry; the reader stays, and fails where more bytes could tell.
  static func begins(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var inner = reader
    let isFound = search(b, &inner)
    if !isFound, inner.failure == .incomplete, !reader.isFinal { reader.failure = .incomplete }
    return isFound
  }

  private static func search(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var isTrace = false
    for _ in 0..<deepest {
      // The first element speaks for a list.
      for _ in 0..<2 where reader.peek(b) == 0x5B { reader.position += 1 }
      guard reader.take(0x7B, b) else { return false }
      var isFirst = true
      var next: Int?
      while let key = reader.nextKey(b, &isFirst) {
        guard let byte = reader.peek(b) else { return false }
        if holds(b, key, byte, &reader, isTrace: &isTrace) { return true }
        guard reader.failure == .none else { return false }
        if byte == 0x7B || byte == 0x5B, leadsOn(b, key) {
          next = reader.position
          break
        }
        guard reader.skipValue(b) else { return false }
      }
      guard let next else { return false }
      reader.position = next
    }
    return false
  }

  /// Whether a member says that its object is telemetry; an id of a trace says so together with what only a span has.
  private static func holds(
    _ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, _ reader: inout JSONScanner, isTrace: inout Bool
  ) -> Bool {
    func isOne(of names: [StaticString]) -> Bool { names.contains { JSONScanner.equals(b, key, $0) } }
    if byte == 0x5B {
      if isOne(of: [
        "resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "resourceMetrics", "resource_metrics",
        "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans",
      ]) {
        return true
      }
      return isOne(of: ["spans", "hits", "streams"]) && beginsWithRecord(b, &reader)
    }
    if byte == 0x22, isOne(of: ["traceID", "traceId", "trace_id"]) { isTrace = true }
    // `operationName` beside a trace is what servers of GraphQL log.
    return isTrace && isOne(of: ["spanID", "localEndpoint"])
  }

  /// Whether the list at the reader's place begins with a span, a hit or a stream; the reader stays.
  private static func beginsWithRecord(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var inner = reader
    var isFirst = true
    if inner.take(0x5B, b), inner.take(0x7B, b) {
      var (isTrace, isSpan) = (false, false)
      while let key = inner.nextKey(b, &isFirst) {
        func isOne(of names: [StaticString]) -> Bool { names.contains { JSONScanner.equals(b, key, $0) } }
        if isOne(of: ["segmentId", "_index", "_source", "stream"]) { return true }
        if isOne(of: ["traceID", "traceId", "trace_id"]) { isTrace = true }
        if isOne(of: ["spanID", "spanId", "span_id"]) { isSpan = true }
        if isTrace, isSpan { return true }
        guard inner.skipValue(b) else { break }
      }
    }
    if inner.failure == .incomplete { reader.failure = .incomplete }
    return false
  }

  /// Whether a key is one under which answers hold traces, or what holds them.
  static func leadsOn(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    for name: StaticString in ["data", "trace", "traces", "result", "hits", "batches"]
    where JSONScanner.equals(b, key, name) {
      return true
    }
    return false
  }
}
