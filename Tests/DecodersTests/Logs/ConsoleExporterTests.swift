import Decoders
import Model
import Support
import Testing

/// What OpenTelemetry's console exporters for JavaScript print: a span, a log record, a metric.
private let node = """
  Listening at 3000
  {
    resource: {
      attributes: { 'service.name': 'shop', 'process.pid': 12 }
    },
    instrumentationScope: { name: 'http', version: undefined, schemaUrl: undefined },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    parentSpanContext: {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      traceFlags: 1
    },
    traceState: undefined,
    name: 'GET /orders',
    id: '00f067aa0ba902b8',
    kind: 1,
    timestamp: 1795572000215847,
    duration: 40250.125,
    attributes: { 'http.response.status_code': 503, said: "it's {\\"x\\"", big: 12n },
    status: { code: 2, message: 'no `stock`\\nat all' },
    events: [ { name: 'exception', attributes: [Object] } ],
    links: []
  }
  {
    resource: Resource { attributes: { 'service.name': 'shop' } },
    timestamp: 1795572001000000,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b8',
    severityNumber: 17,
    body: 'no stock of the one thing\\n' +
      'that was asked for',
    attributes: {}
  }
  {
    descriptor: { name: 'http.server.duration', type: 'HISTOGRAM' },
    dataPoints: [ { attributes: {}, value: 1 }, ... 3 more items ]
  }

  """

/// What OpenTelemetry's console exporter for .NET prints.
private let dotnet = """
  info: Microsoft.Hosting.Lifetime[14]
        Now listening on: http://localhost:5000
  Activity.TraceId:            4bf92f3577b34da6a3ce929d0e0e4736
  Activity.SpanId:             00f067aa0ba902b8
  Activity.TraceFlags:         Recorded
  Activity.ParentSpanId:       00f067aa0ba902b7
  Activity.DisplayName:        GET /orders
  Activity.Kind:               Server
  Activity.StartTime:          2026-11-25T02:00:00.5178011Z
  Activity.Duration:           00:00:01.2097620
  Activity.Tags:
      http.response.status_code: 503
  StatusCode: Error
  Activity.StatusDescription:  no stock
  Activity.Events:
      exception [11/25/2026 02:00:01 +00:00]
          exception.type: System.InvalidOperationException
          exception.stacktrace: System.InvalidOperationException: no stock
     at Shop.Orders.Take() in /src/Orders.cs:line 12
  Resource associated with Activity:
      service.name: shop

  LogRecord.Timestamp:               2026-11-25T02:00:03.5502083Z
  LogRecord.TraceId:                 4bf92f3577b34da6a3ce929d0e0e4736
  LogRecord.SpanId:                  00f067aa0ba902b8
  LogRecord.CategoryName:            Shop.Orders
  LogRecord.Severity:                Error
  LogRecord.FormattedMessage:        order 7 was lost
  LogRecord.Attributes (Key:Value):
      id: 7
      OriginalFormat (a.k.a Body): order {id} was lost

  Resource associated with LogRecord:
  service.name: shop
  telemetry.sdk.name: opentelemetry

  info: Shop.Orders[1]
        going on

  """

/// The same in the file of a container: every line behind its time.
private func inPod(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
    "2026-11-25T02:00:09.000000000Z stdout F \($0)\n"
  }.joined()
}

struct ConsoleExporterTests {
  @Test("what Node's exporters print is spans and log lines, wherever it stands", arguments: [node, inPod(node)])
  func reads(text: String) {
    let batch = decode(text)
    #expect(batch.isBalanced)
    #expect(batch.spans.count == 1)
    guard let span = batch.spans.first else { return }
    #expect(batch.text(span.service) == "shop" && batch.text(span.operation) == "GET /orders")
    #expect(span.start == 1_795_572_000_215_847 && span.duration == 40_250)
    #expect(span.span == 0x00F0_67AA_0BA9_02B8 && span.parent == 0x00F0_67AA_0BA9_02B7)
    #expect(span.kind == .server && span.status == .error && span.httpStatus == 503)
    let records = batch.readLogs.filter { $0.component == "shop" }
    #expect(records == [ReadLog("02:00:01", "shop", "error", "no stock of the one thing\nthat was asked for")])
    #expect(batch.logs.count == 2)
    #expect(batch.recordCounts.skipped["unknownRecord"] == 1)
    #expect(batch.diagnostics.sorted.contains { $0.code == "unknownRecord" })
  }

  @Test("a file of nothing else is read, too; a value that is cut off is told")
  func alone() {
    let own = node.drop { $0 != "{" }
    #expect(decode(String(own)).spans.count == 1)
    let cut = decode("Listening at 3000\n" + own.prefix(400))
    #expect(cut.spans.isEmpty)
    #expect(cut.diagnostics.sorted.contains { $0.severity >= .warning })
  }

  @Test("an object that Node prints and no exporter is no span")
  func others() {
    let batch = decode(
      "2026-11-25T02:00:00Z INFO got\n{\n  name: 'x',\n  id: 'y',\n  duration: 12\n}\n2026-11-25T02:00:01Z INFO done\n")
    #expect(batch.spans.isEmpty && batch.logs.count == 2)
  }

  @Test("what .NET's exporter prints is spans and log lines, wherever it stands", arguments: [dotnet, inPod(dotnet)])
  func readsBlocks(text: String) {
    let batch = decode(text)
    #expect(batch.isBalanced)
    #expect(batch.spans.count == 1)
    guard let span = batch.spans.first else { return }
    #expect(batch.text(span.service) == "shop" && batch.text(span.operation) == "GET /orders")
    #expect(span.start == 1_795_572_000_517_801 && span.duration == 1_209_762)
    #expect(span.span == 0x00F0_67AA_0BA9_02B8 && span.parent == 0x00F0_67AA_0BA9_02B7)
    #expect(span.kind == .server && span.status == .error && span.httpStatus == 503)
    let records = batch.readLogs.filter { $0.component == "shop" }
    #expect(records == [ReadLog("02:00:03.550208", "shop", "error", "order 7 was lost")])
    // The program's own lines, and nothing of the blocks.
    #expect(batch.logs.count == 3)
  }

  @Test("identities in one text, and a duration of more than a day, as earlier versions print them")
  func earlier() {
    let batch = decode(
      """
      Activity.Id:          00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01
      Activity.ParentId:    00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
      Activity.DisplayName: nightly
      Activity.Kind:        Internal
      Activity.StartTime:   2026-11-25T02:00:00.0000000Z
      Activity.Duration:    1.00:00:01
      Resource associated with Activity:
          service.name: shop

      Metric Name: orders, Meter: Shop
      (2026-11-25T02:00:00.0000000Z, 2026-11-25T02:00:01.0000000Z] LongSum
      Value: 6

      """)
    #expect(batch.spans.map(\.span) == [0x00F0_67AA_0BA9_02B8])
    #expect(batch.spans.map(\.parent) == [0x00F0_67AA_0BA9_02B7])
    #expect(batch.spans.map(\.duration) == [86_401_000_000])
    #expect(batch.logs.isEmpty)
    #expect(batch.diagnostics.sorted.contains { $0.code == "unknownRecord" })
  }

  @Test("lines of a log that speak of activities open nothing")
  func staysLog() {
    let lines = (0..<9).map { "2026-11-25T02:00:0\($0)Z INFO Activity.TraceId: none\n" }.joined()
    let batch = decode(lines + "Activity log\nActivity.Started\n")
    #expect(batch.spans.isEmpty)
    #expect(batch.logs.count + batch.recordCounts.repaired["continuationLine", default: 0] == 11)
  }

  @Test("PHP's exporter prints a list behind what its server says")
  func list() {
    let span = """
      {
              "name": "GET \\/orders",
              "context": { "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b8" },
              "resource": { "service.name": "shop" },
              "parent_span_id": "",
              "kind": "KIND_SERVER",
              "start": 1795572000000000000,
              "end": 1795572000500000000,
              "status": { "code": "Error", "description": "no stock" }
          }
      """
    let batch = decode("PHP 8.3.1 Development Server (http://localhost:8080) started\n[\n    \(span)\n]\n")
    #expect(batch.spans.map(\.duration) == [500_000])
    #expect(batch.spans.map { batch.text($0.service) } == ["shop"])
  }

  @Test("a block without a resource ends at an empty line, and what another thread prints in it stays its own")
  func blocks() {
    let records = (0..<3).map { "2026-11-25 02:00:0\($0) ERROR Shop.Orders no stock\n" }.joined()
    let block = dotnet.split(separator: "\n").dropFirst(2).prefix { !$0.hasPrefix("Resource") }.joined(separator: "\n")
    let batch = decode(records + block + "\n\n" + records + "plain words\n")
    #expect(batch.spans.count == 1)
    #expect(batch.readLogs.count { $0.severity == "error" } == 6)
    let parts = block.split(separator: "\n")
    let mixed = parts.prefix(4) + ["2026-11-25 02:00:05 ERROR Shop.Orders late"] + parts.dropFirst(4)
    let other = decode(records + mixed.joined(separator: "\n") + "\n\n" + records)
    #expect(other.spans.map(\.duration) == [1_209_762])
    #expect(other.readLogs.count { $0.severity == "error" } == 7)
  }

  @Test("attributes of a resource may have names of one word")
  func plainResource() {
    let text = dotnet.replacing(
      "service.name: shop\ntelemetry", with: "deployment: blue\nservice.name: shop\ntelemetry")
    #expect(decode(text).readLogs.count { $0.component == "shop" } == 1)
  }
}
