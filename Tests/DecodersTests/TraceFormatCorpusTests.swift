import Model
import Decoders
import Support
import TestSupport
import Testing

/// What each trace file holds, written down by reading the files.
private struct Expected: Sendable {
  var file: String
  var spans: Int
  var traces: Int
  var services: Set<String>
  var errors = 0
  /// Spans that name a parent.
  var parents: Int
  var records: Int?
  var skipped = 0
}

private let expectations: [Expected] = [
  Expected(
    file: "jaeger_json/deathstarbench_social_traces-1695947455229.json", spans: 660, traces: 20,
    services: [
      "compose-post-service", "user-mention-service", "social-graph-service", "home-timeline-service",
      "user-timeline-service", "nginx-web-server", "text-service", "post-storage-service", "url-shorten-service",
      "unique-id-service", "media-service", "user-service",
    ], parents: 640),
  Expected(
    file: "jaeger_json/jaeger_anonymizer_captured_array.json", spans: 2, traces: 1,
    services: ["16af988c443cff37", "3c220036602f839e"], errors: 1, parents: 2),
  Expected(
    file: "jaeger_json/jaeger_anonymizer_truncated_BAD.json", spans: 1, traces: 1, services: [""], parents: 0,
    skipped: 1),
  Expected(
    file: "jaeger_json/jaeger_domain_proto_base64ids.json", spans: 1, traces: 1, services: ["api"], parents: 1),
  Expected(
    file: "jaeger_json/jaeger_es_document.json", spans: 1, traces: 1, services: ["service-x"], errors: 1, parents: 1),
  Expected(
    file: "jaeger_json/jaeger_otlp2jaeger-out.json", spans: 2, traces: 1, services: ["telemetrygen"], parents: 2),
  Expected(
    file: "jaeger_json/jaegerui_flamegraph_testTrace.json", spans: 4, traces: 1,
    services: ["load-generator", "ride-sharing-app"], parents: 3),
  Expected(file: "otlp_json/jaeger_apiv3_FindTraces.json", spans: 1, traces: 1, services: [""], errors: 1, parents: 0),
  Expected(
    file: "otlp_json/jaeger_example_trace.json", spans: 5, traces: 1,
    services: ["example-service-1", "example-service-2", "example-service-3"], parents: 0),
  Expected(
    file: "otlp_json/jaeger_link_attributes_trace.json", spans: 1, traces: 1, services: ["query25-service"], parents: 0),
  Expected(
    file: "otlp_json/jaeger_multi_index_trace.json", spans: 2, traces: 1, services: ["query05-service"], parents: 0),
  Expected(
    file: "otlp_json/jaeger_otlp2jaeger-in.json", spans: 2, traces: 1, services: ["telemetrygen"], parents: 2),
  Expected(
    file: "otlp_json/jaeger_scope_attributes_trace.json", spans: 1, traces: 1, services: ["query24-service"],
    parents: 0),
  Expected(file: "otlp_json/proto_example_trace.json", spans: 1, traces: 1, services: ["my.service"], parents: 1),
  Expected(
    file: "otlp_json/proto_example_logs.json", spans: 0, traces: 0, services: [], parents: 0, records: 1),
  Expected(
    file: "otlp_json/proto_example_events.json", spans: 0, traces: 0, services: [], parents: 0, records: 1),
  Expected(
    file: "otlp_json/proto_example_metrics.json", spans: 0, traces: 0, services: [], parents: 0, records: 4),
  Expected(
    file: "zipkin_v1/ts_case1_success.json", spans: 157, traces: 1,
    services: [
      "ts-basic-service", "ts-config-service", "ts-contacts-service", "ts-notification-service",
      "ts-order-other-service", "ts-order-service", "ts-preserve-service", "ts-price-service", "ts-route-service",
      "ts-seat-service", "ts-security-service", "ts-sso-service", "ts-station-service", "ts-ticketinfo-service",
      "ts-train-service", "ts-travel-service",
    ], parents: 156, records: 79),
  Expected(
    file: "zipkin_v1/ts_error_normal_cancel-2.json", spans: 23, traces: 1,
    services: [
      "ts-cancel-service", "ts-inside-payment-service", "ts-order-other-service", "ts-order-service", "ts-sso-service",
    ], parents: 22, records: 13),
  Expected(
    file: "zipkin_v2/ascend.json", spans: 8, traces: 1,
    services: ["auth-service", "content-service", "mobile-gateway"],
    parents: 7),
  Expected(file: "zipkin_v2/envoy.json", spans: 1, traces: 1, services: [""], parents: 0),
  Expected(
    file: "zipkin_v2/messaging-kafka.json", spans: 28, traces: 1, services: ["servicea", "serviceb"], errors: 3,
    parents: 27),
  Expected(file: "zipkin_v2/messaging.json", spans: 4, traces: 1, services: ["backend", "frontend"], parents: 3),
  Expected(file: "zipkin_v2/simple-db-p6.json", spans: 5, traces: 1, services: ["bootifulmeters"], parents: 4),
  Expected(file: "zipkin_v2/skew.json", spans: 4, traces: 1, services: ["servicea", "serviceb"], parents: 3),
  Expected(
    file: "zipkin_v2/smartthings-mobile-web-install.json", spans: 1041, traces: 1,
    services: [
      "account", "alice", "auth", "bookie", "bouncer", "coreSrv", "dove", "execution", "gizmo", "guardian", "oreck",
      "paperboy", "platformapi", "pusher", "stLogin", "strongman",
    ], errors: 2, parents: 1040),
  Expected(
    file: "zipkin_v2/zipkin2-chinese.json", spans: 1, traces: 1, services: ["订单维护服务"], errors: 1, parents: 1),
]

@Suite(.enabled(if: Corpus.isAvailable))
struct TraceFormatCorpusTests {
  @Test("each trace file gives the spans, traces, services, errors and parents that it holds", arguments: expectations)
  private func file(_ expected: Expected) throws {
    let bytes = try Corpus.bytes("trace-formats/" + expected.file)
    let whole = decode(bytes)
    #expect(whole.spans.count == expected.spans)
    #expect(Set(whole.spans.map(\.trace)).count == expected.traces)
    #expect(whole.services == expected.services)
    #expect(whole.spans.count { $0.status == .error } == expected.errors)
    #expect(whole.spans.count { $0.parent != 0 } == expected.parents)
    #expect(whole.recordCounts.used == expected.records ?? expected.spans)
    #expect(whole.recordCounts.skippedTotal == expected.skipped)
    #expect(whole.isBalanced)
    #expect(!whole.codes.contains("unrecognizedFormat"))
    // Where the chunks end makes no difference.
    for piece in [1, 4099] where bytes.count < 200_000 || piece > 1 {
      let pieces = decode(bytes, piece: piece)
      #expect(pieces.plainSpans == whole.plainSpans)
      #expect(pieces.spans.map(\.source) == whole.spans.map(\.source))
      #expect(pieces.recordCounts == whole.recordCounts)
    }
  }

  @Test("base64 ids, RFC 3339 times, durations in ns and vStr values of Jaeger's protobuf form")
  func jaegerProto() throws {
    let batch = decode(try Corpus.bytes("trace-formats/jaeger_json/jaeger_domain_proto_base64ids.json"))
    let span = try #require(batch.spans.first)
    #expect(span.trace.hex == "000000000000000052969a8955571a3f")
    #expect(hexText(span.span) == "0000000000647d98")
    #expect(hexText(span.parent) == "000000000068c4e3")
    #expect(Timestamp(span.start).rfc3339 == "2017-01-26T21:46:31.639875Z")
    #expect(span.duration == 22_938)
    #expect(span.kind == .server)
    #expect(batch.text(span.peerService) == "rtapi")
    #expect(batch.recordCounts.repaired["base64ID"] == 4)
  }

  @Test("of several references the CHILD_OF in the span's own trace is the parent")
  func jaegerReferences() throws {
    let batch = decode(try Corpus.bytes("trace-formats/jaeger_json/jaeger_es_document.json"))
    let span = try #require(batch.spans.first)
    #expect((span.span, span.parent) == (2, 3))
    #expect(span.start == 1_485_467_191_639_875)
    #expect(span.duration == 5)
    #expect(span.flags.isEmpty)
    #expect(batch.text(span.peerService) == "service-y")
  }

  @Test("a Zipkin 1 span with both halves becomes a client and a server span sharing the id")
  func zipkinHalves() throws {
    let batch = decode(try Corpus.bytes("trace-formats/zipkin_v1/ts_error_normal_cancel-2.json"))
    let halves = batch.spans.filter { hexText($0.span) == "d1f63ae8034b94a4" }
    #expect(halves.map(\.kind) == [.client, .server])
    #expect(halves.map { batch.text($0.service) } == ["ts-cancel-service", "ts-sso-service"])
    #expect(halves.map(\.start) == [1_516_255_246_536_000, 1_516_255_246_539_000])
    #expect(halves.map(\.duration) == [12_000, 6_000])
    #expect(halves.map { $0.flags.contains(.shared) } == [false, true])
    #expect(batch.text(halves[0].peerService) == "ts-sso-service")
  }

  @Test("Zipkin 2: shared halves, peers, errors by the tag's presence, UTF-8 names, missing times")
  func zipkin() throws {
    let skew = decode(try Corpus.bytes("trace-formats/zipkin_v2/skew.json"))
    #expect(skew.spans.count { $0.flags.contains(.shared) } == 1)
    #expect(skew.spans.reduce(0) { $0 + $1.duration } == 352_527)
    let chinese = decode(try Corpus.bytes("trace-formats/zipkin_v2/zipkin2-chinese.json"))
    let span = try #require(chinese.spans.first)
    #expect(chinese.text(span.operation) == "个人信息查询")
    #expect(chinese.text(span.message) == "此用户没有操作权限")
    #expect(chinese.text(span.peerService) == "个人信息服务")
    #expect(span.httpStatus == 403)
    #expect(span.kind == .client)
    let large = decode(try Corpus.bytes("trace-formats/zipkin_v2/smartthings-mobile-web-install.json"))
    #expect(large.spans.count { $0.flags.contains(.shared) } == 294)
    #expect(large.spans.count { $0.duration == -1 } == 175)
    #expect(large.recordCounts.repaired["noTime"] == 84)
    #expect(large.spans.filter { $0.duration > 0 }.reduce(0) { $0 + $1.duration } == 61_405_619)
  }

  @Test("OTLP: upper-case ids, wrapped result without times, readings and log records")
  func otlp() throws {
    let trace = decode(try Corpus.bytes("trace-formats/otlp_json/proto_example_trace.json"))
    let span = try #require(trace.spans.first)
    #expect(span.trace.hex == "5b8efff798038103d269b633813fc60c")
    #expect(hexText(span.parent) == "eee19b7ec3c1b173")
    #expect(span.duration == 1_000_000)
    let wrapped = decode(try Corpus.bytes("trace-formats/otlp_json/jaeger_apiv3_FindTraces.json"))
    #expect(wrapped.spans.first?.kind == .server)
    #expect(wrapped.recordCounts.repaired["noTime"] == 1)
    let logs = decode(try Corpus.bytes("trace-formats/otlp_json/proto_example_logs.json"))
    #expect(
      logs.plainLogs == [
        "1544712660300000 my.service 5b8efff798038103d269b633813fc60c  eee19b7ec3c1b174 info Example log record"
      ])
    let metrics = decode(try Corpus.bytes("trace-formats/otlp_json/proto_example_metrics.json"))
    let readings = metrics.metrics.map { "\(metrics.text($0.metric)) \($0.value)" }
    #expect(readings.prefix(3) == ["my.counter 5.0", "my.gauge 10.0", "my.histogram.count 2.0"])
    #expect(Set(metrics.metrics.map { metrics.text($0.component) }) == ["my.service"])
  }
}

@Suite(.enabled(if: Corpus.isAvailable))
struct IncidentCorpusTests {
  @Test("the incidents' spans, logs and readings are all used; alerts and truths are no records")
  func incident() throws {
    var settings = DecoderSettings()
    var rule = FormatRule(match: "*/traces.json", records: .spans)
    rule.keys = [
      .trace: "trace_id", .span: "span_id", .parent: "parent_id", .component: "service", .start: "start",
      .durationMs: "duration_ms",
    ]
    settings.rules = [rule]
    let folder = "incidents/tls-cert-expiry/"
    let spans = decode(try Corpus.bytes(folder + "traces.json"), settings: settings, member: "x/traces.json")
    #expect(spans.recordCounts.used == 61)
    #expect(spans.recordCounts.skipped.isEmpty)
    let ninth = try #require(spans.spans.dropFirst(8).first)
    #expect(spans.text(ninth.service) == "orderservice")
    #expect(spans.text(ninth.message) == "tls: x509: certificate has expired or is not yet valid")
    #expect((ninth.status, ninth.duration) == (.error, 14_300))
    #expect(Timestamp(ninth.start).rfc3339 == "2026-06-18T15:04:00.000000Z")
    let logs = decode(try Corpus.bytes(folder + "logs.ndjson"))
    #expect(logs.logs.count == 182)
    #expect(
      logs.plainLogs.first
        == "1781791200000000 frontend 5a64743bcfadea11642205abb3154838  0000000000000000 info handled request")
    let metrics = decode(try Corpus.bytes(folder + "metrics.csv"))
    #expect(metrics.metrics.count == 594)
    #expect(metrics.codes == ["inferredTable"])
    for other in ["alert.json", "ground_truth.json"] {
      let batch = decode(try Corpus.bytes(folder + other))
      #expect(batch.codes == ["unrecognizedFormat"])
      #expect(batch.recordCounts.records == 0)
    }
  }
}
