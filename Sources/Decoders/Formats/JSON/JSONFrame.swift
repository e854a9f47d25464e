// What stands around the records in a JSON document: which keys lead to them.

/// One open array or object around the records.
struct JSONFrame {
  var node: JSONNode
  var isObject: Bool
  var isFirst = true
  /// Whether a record was found under `_source`: what a search store answers beside it, `fields`, says the same again.
  var hasSource = false

  init(node: JSONNode, isObject: Bool) {
    self.node = node
    self.isObject = isObject
  }

  /// The node of an array that stands under a key.
  static func array(in node: JSONNode, key: JSONStringSlice, _ b: Span<UInt8>) -> JSONNode? {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    switch node {
    case .wrapper:
      if isKey("resourceSpans") || isKey("resource_spans") || isKey("batches") { return .resources(.traces) }
      if isKey("resourceLogs") || isKey("resource_logs") { return .resources(.logs) }
      if isKey("resourceMetrics") || isKey("resource_metrics") { return .resources(.metrics) }
      if isKey("tables") || isKey("Tables") { return .tables }
      if isKey("results") { return .pairRows }
      return isKey("data") || isKey("hits") || isKey("spans") || isKey("items") || isKey("events") || isKey("streams")
        || isKey("entries") || isKey("records") || isKey("logEvents") || isKey("result") || isKey("Traces")
        || isKey("traces")
        || isKey("Segments")
        ? .values : nil
    case .resource(.traces):
      return isKey("scopeSpans") || isKey("scope_spans") || isOldScopes(key, b, of: .traces) ? .scopes(.traces) : nil
    case .resource(.logs):
      return isKey("scopeLogs") || isKey("scope_logs") || isOldScopes(key, b, of: .logs) ? .scopes(.logs) : nil
    case .resource(.metrics):
      return isKey("scopeMetrics") || isKey("scope_metrics") || isOldScopes(key, b, of: .metrics)
        ? .scopes(.metrics) : nil
    case .scope(.traces): return isKey("spans") ? .items(.traces) : nil
    case .scope(.logs): return isKey("logRecords") || isKey("log_records") || isKey("logs") ? .items(.logs) : nil
    case .scope(.metrics): return isKey("metrics") ? .items(.metrics) : nil
    case .jaegerTrace: return isKey("spans") ? .jaegerSpans : nil
    case .table: return isKey("rows") || isKey("Rows") || isKey("values") || isKey("datarows") ? .rows : nil
    case .values, .resources, .scopes, .items, .jaegerSpans, .tables, .rows, .pairRows: return nil
    }
  }

  /// Whether a key is that of the scopes as OTLP called them before version 0.15, in either case of its JSON.
  static func isOldScopes(_ key: JSONStringSlice, _ b: Span<UInt8>, of signal: JSONNode.Signal) -> Bool {
    let names: (StaticString, StaticString) =
      switch signal {
      case .traces: ("instrumentationLibrarySpans", "instrumentation_library_spans")
      case .logs: ("instrumentationLibraryLogs", "instrumentation_library_logs")
      case .metrics: ("instrumentationLibraryMetrics", "instrumentation_library_metrics")
      }
    return JSONScanner.equals(b, key, names.0) || JSONScanner.equals(b, key, names.1)
  }

  /// Whether the object under a wrapper's key holds records.
  static func opensValue(_ key: JSONStringSlice, _ b: Span<UInt8>) -> Bool {
    for name: StaticString in ["data", "result", "trace", "hits", "_source", "fields"]
    where JSONScanner.equals(b, key, name) {
      return true
    }
    return false
  }
}
