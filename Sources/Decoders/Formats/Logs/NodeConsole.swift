// Spans and log records as OpenTelemetry's console exporters for JavaScript print them.

internal import Model
internal import Support

/// What `ConsoleSpanExporter` and `ConsoleLogRecordExporter` of OpenTelemetry JS hand to `console.dir`: objects with the names of the
/// exporters' own, times and durations in microseconds, kinds as numbers of the API's `SpanKind`.
enum NodeConsole {
  /// What an exported object is.
  enum Content {
    /// A span or a log record, as JSON.
    case record([UInt8])
    /// Sums, which are not read.
    case metric
  }

  /// Names that tell whose they are: Zipkin's spans have an `id`, a `timestamp` and a `duration`, too.
  private static let rewritings: [InspectedValue.Rewriting] = [
    .init(from: "id", to: "spanId"), .init(from: "parentId", to: "parentSpanId"),
    .init(from: "duration", to: "durationUs"),
    .init(from: "kind", to: "kind", words: ["internal", "server", "client", "producer", "consumer"]),
  ]

  /// Whether a line is the first member of such an object, in any version of them.
  static func begins(_ line: Span<UInt8>) -> Bool {
    guard line.count > 12, line[0] == 0x20, line[1] == 0x20 else { return false }
    for member: StaticString in [
      "resource: {", "resource: Resource {", "traceId: '", "instrumentationScope: {", "instrumentationLibrary: {",
      "descriptor: {",
    ] where JSONScanner.matches(line, 2, member) {
      return true
    }
    return false
  }

  /// Whether a bracket and such a line begin at a place.
  static func begins(_ b: Span<UInt8>, at start: Int) -> Bool {
    guard start < b.count, b[start] == 0x7B else { return false }
    let end = ByteScan.lineEnd(b, start)
    guard end < b.count, end <= start + 2 else { return false }
    return begins(b.extracting(end + 1..<ByteScan.lineEnd(b, end + 1)))
  }

  /// What an object holds; nil where it is damaged.
  static func read(_ b: Span<UInt8>, depthLimit: Int) -> Content? {
    guard let json = InspectedValue.json(b, rewriting: rewritings, depthLimit: depthLimit) else { return nil }
    return JSONScanner.matches(json.span, 0, "{\"descriptor\":") ? .metric : .record(json)
  }
}
