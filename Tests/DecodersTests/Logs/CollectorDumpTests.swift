import Decoders
import Model
import Support
import Testing

/// What the collector's debug exporter prints with verbosity "detailed".
private let spans = """
  2026-11-25T02:00:01.000Z\tinfo\tResourceSpans #0
  Resource SchemaURL: https://opentelemetry.io/schemas/1.25.0
  Resource attributes:
       -> service.name: Str(orders)
  ScopeSpans #0
  ScopeSpans SchemaURL:
  InstrumentationScope tracer 1.0
  Span #0
      Trace ID       : 7bba9f33312b3dbb8b2c2c62bb7abe2d
      Parent ID      :
      ID             : 86e481aec7bd4c1d
      Name           : GET "/orders"
      Kind           : Server
      Start time     : 2026-11-25 02:00:00.1234567 +0000 UTC
      End time       : 2026-11-25 02:00:00.3234567 +0000 UTC
      Status code    : Error
      Status message : no stock
  Attributes:
       -> http.response.status_code: Int(503)
  Events:
  SpanEvent #0
       -> Name: exception
       -> Timestamp: 2026-11-25 02:00:00.2 +0000 UTC
       -> Attributes::
            -> exception.type: Str(StockError)
  Span #1
      Trace ID       : 7bba9f33312b3dbb8b2c2c62bb7abe2d
      Parent ID      : 86e481aec7bd4c1d
      ID             : 96e481aec7bd4c1d
      Name           : SELECT
      Kind           : Client
      Start time     : 2026-11-25 02:00:00.15 +0000 UTC
      End time       : 2026-11-25 02:00:00.22 +0000 UTC
      Status code    : Unset
      Status message :
  \t{"otelcol.component.id": "debug"}
  2026-11-25T02:00:02.000Z\tinfo\tother\t{"n": 1}

  """

private let logs = """
  2026-11-25T02:00:01.000Z\tinfo\tResourceLog #0
  Resource SchemaURL:
  Resource attributes:
       -> service.name: Str(orders)
  ScopeLogs #0
  InstrumentationScope logger
  LogRecord #0
  ObservedTimestamp: 2026-11-25 02:00:00.6 +0000 UTC
  Timestamp: 2026-11-25 02:00:00.5 +0000 UTC
  SeverityText: ERROR
  SeverityNumber: Error(17)
  Body: Str(no stock
  at all)
  Trace ID: 7bba9f33312b3dbb8b2c2c62bb7abe2d
  Span ID: 86e481aec7bd4c1d
  Flags: 1

  """

struct CollectorDumpTests {
  @Test("printed spans are spans", arguments: [11, 1 << 20])
  func reads(piece: Int) {
    let batch = decode(Array(spans.utf8), piece: piece)
    #expect(batch.spans.map(\.duration) == [200_000, 70_000])
    #expect(batch.spans.map { batch.text($0.service) } == ["orders", "orders"])
    #expect(batch.spans.map { batch.text($0.operation) } == ["GET \"/orders\"", "SELECT"])
    #expect(batch.spans.map(\.kind) == [.server, .client])
    #expect(batch.spans.map(\.status) == [.error, .unset])
    #expect(batch.spans.map(\.httpStatus) == [503, 0])
    #expect(batch.spans[1].parent == batch.spans[0].span)
    #expect(batch.logs.count == 1)
  }

  @Test("printed log records are log lines")
  func readsLogs() {
    let batch = decode(logs)
    #expect(batch.readLogs == [ReadLog("02:00:00.5", "orders", "error", "no stock\nat all")])
  }

  @Test("of verbosity normal, which has no times, and of metrics a warning says that they are not read")
  func refuses() {
    let normal = decode(
      "2026-11-25T02:00:01.000Z\tinfo\tResourceTraces #0 service.name=orders\nScopeTraces #0 x\nGET /x 7bba 86e4\n")
    #expect(normal.diagnostics.sorted.contains { $0.code == "unknownRecord" })
    let metrics = decode(
      "2026-11-25T02:00:01.000Z\tinfo\tResourceMetrics #0\nScopeMetrics #0\nMetric #0\nDescriptor:\n     -> Name: x\n")
    #expect(metrics.diagnostics.sorted.contains { $0.code == "unknownRecord" })
  }

  @Test(
    "spans in the words of Java's logging exporter have no times: they are passed over with a warning",
    arguments: [
      "Nov 25, 2026 2:00:00 AM io.opentelemetry.exporter.logging.LoggingSpanExporter export\nINFO: @\n",
      "2026-11-25T02:00:00.000Z  INFO 1 --- [main] i.o.exporter.logging.LoggingSpanExporter : @\n",
      "[otel.javaagent 2026-11-25 02:00:00:000 +0000] [http-nio-1] INFO io.opentelemetry.exporter.logging.LoggingSpanExporter - @\n",
      #"{"@timestamp":"2026-11-25T02:00:00Z","level":"INFO","message":"@"}"# + "\n",
    ])
  func printedSpans(line: String) {
    let span =
      "'GET /o/{id}' : 4bf92f3577b34da6a3ce929d0e0e0000 00f067aa0ba90000 SERVER [tracer: io.opentelemetry.tomcat-7.0:1.29] AttributesMap{data={http.method=GET}, capacity=128}"
    let batch = decode(String(repeating: line.replacing("@", with: span), count: 3))
    #expect(batch.logs.isEmpty && batch.recordCounts.skipped["noTime"] == 3)
    #expect(batch.diagnostics.sorted.contains { $0.code == "unknownRecord" })
    let other = decode(
      String(
        repeating: line.replacing("@", with: "'GET /o' : no such trace as 4bf92f3577b34da6a3ce929d0e0e0000"), count: 3))
    #expect(other.logs.count == 3)
  }

  @Test("a record without an end is bounded, and what is left out of it is counted")
  func bounds() {
    let kind = "    Kind           : Server\n"
    let endless = spans.replacing(kind, with: String(repeating: kind, count: 150_000))
    let batch = decode(endless)
    #expect(batch.spans.count == 2)
    #expect(batch.spans[0].duration == -1)
    #expect(batch.recordCounts.repaired["textCut", default: 0] > 20_000)
    #expect(decode(spans).recordCounts.repaired["textCut"] == nil)
  }

  @Test("a message that only speaks of a resource opens nothing")
  func staysLog() {
    let batch = decode("2026-11-25T02:00:01.000Z\tinfo\tResource not found\n2026-11-25T02:00:01.000Z\tinfo\tSpan #0\n")
    #expect(batch.logs.count == 2)
  }
}
