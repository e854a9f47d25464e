import Decoders
import Model
import Support
import Testing

/// A document of some exporter or store, and the span in it.
private struct Sample: Sendable {
  var name: String
  var text: String
  var service: String
  var operation: String
  var kind: SpanKind
  var duration: Int64
  var failed = false
  var parent = "0000000000000000"
}

private let ids = #""7b0c1d2e3f405162738495a6b7c8d9e0""#
private let micros: Int64 = 1_795_572_000_123_456

private let samples: [Sample] = [
  Sample(
    name: "Application Insights in Log Analytics",
    text:
      #"{"TimeGenerated":"2026-11-25T02:00:00.123456Z","Id":"1122334455667788","Name":"GET /","Success":false,"ResultCode":"500","DurationMs":250.5,"OperationId":\#(ids),"ParentId":"99aabbccddeeff00","AppRoleName":"front","Type":"AppRequests"}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_500, failed: true, parent: "99aabbccddeeff00"),
  Sample(
    name: "Application Insights, telemetry as sent",
    text:
      #"{"name":"Microsoft.ApplicationInsights.Request","time":"2026-11-25T02:00:00.123456Z","tags":{"ai.operation.id":\#(ids),"ai.cloud.role":"front"},"data":{"baseType":"RequestData","baseData":{"id":"1122334455667788","name":"GET /","duration":"00:00:00.2505000","success":false}}}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_500, failed: true),
  Sample(
    name: "Cloud Trace v2 with a status",
    text:
      #"{"spans":[{"name":"projects/p/traces/7b0c1d2e3f405162738495a6b7c8d9e0/spans/1122334455667788","spanId":"1122334455667788","displayName":{"value":"GET /"},"startTime":"2026-11-25T02:00:00.123456Z","endTime":"2026-11-25T02:00:00.223456Z","spanKind":"SERVER","status":{"code":13},"attributes":{"attributeMap":{"g.co/gae/app/module":{"stringValue":{"value":"front"}}}}}]}"#,
    service: "front", operation: "GET /", kind: .server, duration: 100_000, failed: true),
  Sample(
    name: "OpenObserve",
    text:
      #"{"trace_id":\#(ids),"span_id":"1122334455667788","reference_parent_span_id":"99aabbccddeeff00","operation_name":"GET /","service_name":"front","span_kind":"2","span_status":"ERROR","start_time":1795572000123456000,"end_time":1795572000373456000,"duration":250000}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_000, failed: true, parent: "99aabbccddeeff00"),
  Sample(
    name: "Application Insights",
    text:
      #"{"timestamp":"2026-11-25T02:00:00.123456Z","itemType":"request","name":"GET /","id":"1122334455667788","operation_Id":\#(ids),"operation_ParentId":"99aabbccddeeff00","duration":250.5,"success":false,"resultCode":"500","cloud_RoleName":"front"}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_500, failed: true, parent: "99aabbccddeeff00"),
  Sample(
    name: "Cloud Trace v2",
    text:
      #"{"spans":[{"name":"projects/p/traces/7b0c1d2e3f405162738495a6b7c8d9e0/spans/1122334455667788","spanId":"1122334455667788","displayName":{"value":"GET /"},"startTime":"2026-11-25T02:00:00.123456Z","endTime":"2026-11-25T02:00:00.223456Z","spanKind":"SERVER","attributes":{"attributeMap":{"service.name":{"stringValue":{"value":"front"}}}}}]}"#,
    service: "front", operation: "GET /", kind: .server, duration: 100_000),
  Sample(
    name: "Honeycomb's events",
    text:
      #"{"time":"2026-11-25T02:00:00.123456Z","samplerate":1,"data":{"trace.trace_id":\#(ids),"trace.span_id":"1122334455667788","trace.parent_id":"99aabbccddeeff00","name":"GET /","service.name":"front","duration_ms":250,"span.kind":"server"}}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_000, parent: "99aabbccddeeff00"),
  Sample(
    name: "SigNoz inside of its answer",
    text:
      #"{"status":"success","data":{"result":[{"list":[{"timestamp":"2026-11-25T02:00:00.123456Z","data":{"durationNano":250000000,"spanID":"1122334455667788","traceID":\#(ids),"name":"GET /","serviceName":"front","kind":2,"hasError":true}}]}]}}"#,
    service: "front", operation: "GET /", kind: .server, duration: 250_000, failed: true),
  Sample(
    name: "collector's Elasticsearch exporter",
    text:
      #"{"_source":{"@timestamp":"2026-11-25T02:00:00.123456Z","EndTimestamp":"2026-11-25T02:00:00.129Z","Duration":5544,"Kind":"SPAN_KIND_SERVER","Name":"album","Resource":{"service":{"name":"price"}},"SpanId":"1122334455667788","TraceId":\#(ids),"TraceStatus":2}}"#,
    service: "price", operation: "album", kind: .server, duration: 5544, failed: true),
  Sample(
    name: "OpenTelemetry mapping of Elasticsearch",
    text:
      #"{"@timestamp":"2026-11-25T02:00:00.123456Z","trace_id":\#(ids),"span_id":"1122334455667788","parent_span_id":"99aabbccddeeff00","name":"GET /","kind":"Client","duration":250000000,"status":{"code":"Error"},"resource":{"attributes":{"service.name":"front"}}}"#,
    service: "front", operation: "GET /", kind: .client, duration: 250_000, failed: true, parent: "99aabbccddeeff00"),
  Sample(
    name: "OpenSearch Data Prepper",
    text:
      #"{"traceId":\#(ids),"spanId":"1122334455667788","parentSpanId":"","name":"GET /","kind":"SPAN_KIND_SERVER","startTime":"2026-11-25T02:00:00.123456Z","endTime":"2026-11-25T02:00:00.223456Z","durationInNanos":100000000,"serviceName":"shop","status.code":0,"span.attributes.http@status_code":503}"#,
    service: "shop", operation: "GET /", kind: .server, duration: 100_000),
  Sample(
    name: "Python console exporter",
    text:
      #"{"name":"foo","context":{"trace_id":"0x7b0c1d2e3f405162738495a6b7c8d9e0","span_id":"0x1122334455667788"},"kind":"SpanKind.CLIENT","parent_id":null,"start_time":"2026-11-25T02:00:00.123456Z","end_time":"2026-11-25T02:00:01.123456Z","status":{"status_code":"ERROR","description":"bad"},"attributes":{},"resource":{"attributes":{"service.name":"trainer"}}}"#,
    service: "trainer", operation: "foo", kind: .client, duration: 1_000_000, failed: true),
  Sample(
    name: "Go stdouttrace",
    text:
      #"{"Name":"POST /","SpanContext":{"TraceID":\#(ids),"SpanID":"1122334455667788"},"Parent":{"TraceID":"0","SpanID":"0000000000000000"},"SpanKind":2,"StartTime":"2026-11-25T03:00:00.123456+01:00","EndTime":"2026-11-25T03:00:00.623456+01:00","Attributes":[{"Key":"peer.service","Value":{"Type":"STRING","Value":"x"}}],"Status":{"Code":"Error","Description":"gone"},"Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"kiosk"}}]}"#,
    service: "kiosk", operation: "POST /", kind: .server, duration: 500_000, failed: true),
  Sample(
    name: "ClickHouse",
    text:
      #"{"Timestamp":"2026-11-25 02:00:00.123456000","TraceId":\#(ids),"SpanId":"1122334455667788","ParentSpanId":"","SpanName":"GET /cart","SpanKind":"Server","ServiceName":"front","Duration":"1523500000","StatusCode":"Unset"}"#,
    service: "front", operation: "GET /cart", kind: .server, duration: 1_523_500),
  Sample(
    name: "SigNoz",
    text:
      #"{"timestamp":"2026-11-25T02:00:00.123456Z","data":{"trace_id":\#(ids),"span_id":"1122334455667788","service.name":"front","name":"GET /cart","duration_nano":1523500000,"has_error":true}}"#,
    service: "front", operation: "GET /cart", kind: .unspecified, duration: 1_523_500, failed: true),
  Sample(
    name: "Elastic APM index",
    text:
      #"{"@timestamp":"2026-11-25T02:00:00.123Z","processor":{"event":"transaction"},"trace":{"id":\#(ids)},"timestamp":{"us":1795572000123456},"service":{"name":"bean"},"event":{"outcome":"failure"},"transaction":{"id":"1122334455667788","name":"GET /o","duration":{"us":523400}}}"#,
    service: "bean", operation: "GET /o", kind: .server, duration: 523_400, failed: true),
  Sample(
    name: "Elastic APM intake",
    text:
      #"{"metadata":{"service":{"name":"bean"}}}"# + "\n"
      + #"{"span":{"id":"1122334455667788","trace_id":\#(ids),"parent_id":"99aabbccddeeff00","name":"SELECT","type":"db.mysql","duration":500.1,"timestamp":1795572000123456,"outcome":"failure"}}"#,
    service: "bean", operation: "SELECT", kind: .client, duration: 500_100, failed: true, parent: "99aabbccddeeff00"),
  Sample(
    name: "X-Ray",
    text:
      #"{"Traces":[{"Id":"1-7b0c1d2e-3f405162738495a6b7c8d9e0","Segments":[{"Id":"x","Document":"{\"id\":\"1122334455667788\",\"name\":\"orders\",\"start_time\":1795572000.123456,\"trace_id\":\"1-7b0c1d2e-3f405162738495a6b7c8d9e0\",\"end_time\":1795572000.223456,\"fault\":true}"}]}]}"#,
    service: "orders", operation: "orders", kind: .server, duration: 100_000, failed: true),
  Sample(
    name: "Honeycomb",
    text:
      #"{"Timestamp":"2026-11-25T02:00:00.123456Z","trace.trace_id":\#(ids),"trace.span_id":"1122334455667788","name":"work","service.name":"api","duration_ms":12.5}"#,
    service: "api", operation: "work", kind: .unspecified, duration: 12_500),
]

@Test("Span documents are read by the names of their fields", arguments: samples)
private func readsDocument(_ sample: Sample) throws {
  for piece in [1 << 20, 9] {
    let batch = decode(sample.text, piece: piece)
    let span = try #require(batch.spans.first, "\(sample.name)")
    #expect(batch.spans.count == 1 && batch.logs.isEmpty)
    #expect(span.trace.hex == "7b0c1d2e3f405162738495a6b7c8d9e0")
    #expect(hexText(span.span) == "1122334455667788")
    #expect(hexText(span.parent) == sample.parent)
    #expect(batch.text(span.service) == sample.service)
    #expect(batch.text(span.operation) == sample.operation)
    #expect(span.kind == sample.kind)
    #expect(span.start == micros)
    #expect(span.duration == sample.duration)
    #expect((span.status == .error) == sample.failed)
    #expect(batch.isBalanced)
  }
}

@Test("Datadog's ids are decimal, its times nanoseconds, its resource the operation")
func readsDatadog() throws {
  let batch = decode(
    #"[[{"trace_id":8615128178830110017,"span_id":9,"parent_id":0,"name":"web.request","resource":"GET /cart","service":"front","type":"web","start":1795572000000000000,"duration":1523500000,"error":1,"meta":{"http.status_code":"502"}}]]"#
  )
  let span = try #require(batch.spans.first)
  #expect(span.trace == RequestID(high: 0, low: 8_615_128_178_830_110_017) && span.span == 9)
  #expect(batch.text(span.operation) == "GET /cart" && span.duration == 1_523_500 && span.httpStatus == 502)
}

@Test("Datadog's calls whose service may be what is called are the process's own, or their parents'")
func readsDatadogCalls() {
  func span(_ meta: String) -> RecordBatch {
    decode(
      #"[[{"trace_id":8615128178830110017,"span_id":9,"parent_id":3,"name":"postgres.query","resource":"select","service":"pay-postgres","type":"sql","start":1795572000000000000,"duration":1523500000,"error":0,"meta":{\#(meta)}}]]"#
    )
  }
  let told = span(#""_dd.base_service":"pay","span.kind":"client""#)
  #expect(told.services == ["pay"] && told.text(told.spans[0].peerService) == "pay-postgres")
  #expect(!told.spans[0].flags.contains(.maybeCallee))
  let untold = span(#""span.kind":"client""#)
  #expect(untold.services == ["pay-postgres"] && untold.spans[0].flags.contains(.maybeCallee))
  #expect(!span(#""span.kind":"internal""#).spans[0].flags.contains(.maybeCallee))
}

@Test("Dynatrace's rows name their parents and whether the request failed")
func readsDynatrace() throws {
  let batch = decode(
    #"{"start_time":"2026-11-25T02:00:00.000000000Z","end_time":"2026-11-25T02:00:00.200000000Z","duration":"200000000","trace.id":\#(ids),"span.id":"1122334455667788","span.parent_id":"1122334455667700","span.name":"GET /a","span.kind":"server","service.name":"orders","request.is_failed":true}"#
  )
  let span = try #require(batch.spans.first)
  #expect(span.parent == 0x1122_3344_5566_7700 && span.duration == 200_000 && span.status == .error)
  #expect(batch.services == ["orders"])
}

@Test("a call of an AWS SDK names the service that it calls, whatever comes first", arguments: [false, true])
func readsAWSCalls(_ isReversed: Bool) {
  func text(_ key: String, _ value: String) -> String { #"{"key":"\#(key)","value":{"stringValue":"\#(value)"}}"# }
  func target(_ pairs: [(String, String)]) -> String {
    let list = (isReversed ? pairs.reversed() : pairs).map { text($0.0, $0.1) }.joined(separator: ",")
    let batch = decode(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":\#(ids),"spanId":"1122334455667788","name":"a","kind":3,"startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000300000000","attributes":[\#(list)]}]}]}]}"#
    )
    return batch.spans.map { batch.text($0.peerSystem) }.joined()
  }
  #expect(target([("rpc.system", "aws-api"), ("rpc.service", "DynamoDB")]) == "DynamoDB")
  #expect(target([("rpc.system.name", "aws-api"), ("rpc.service", "S3")]) == "S3")
  #expect(target([("rpc.system", "aws-api"), ("rpc.service", "SQS"), ("messaging.system", "aws_sqs")]) == "aws_sqs")
  #expect(target([("rpc.system", "grpc"), ("rpc.service", "shop.Cart")]) == "")
}

@Test("SkyWalking's spans are numbered in their segment and refer to others; Cloud Trace's stand under their trace")
func readsSegments() throws {
  let skyWalking = decode(
    #"{"traceId":"a.1.2","traceSegmentId":"s2","service":"cart","spans":[{"spanId":0,"parentSpanId":-1,"startTime":1795572000123,"endTime":1795572000223,"operationName":"/get","spanType":"Entry","isError":true,"refs":[{"parentTraceSegmentId":"s1","parentSpanId":3}]},{"spanId":1,"parentSpanId":0,"startTime":1795572000130,"endTime":1795572000150,"operationName":"GET","peer":"redis:6379","spanType":"Exit"}]}"#
  )
  #expect(skyWalking.spans.map(\.kind) == [.server, .client])
  #expect(skyWalking.spans[1].parent == skyWalking.spans[0].span && skyWalking.spans[0].parent != 0)
  #expect(skyWalking.text(skyWalking.spans[1].peerService) == "redis" && skyWalking.spans[0].duration == 100_000)
  let cloud = decode(
    #"{"projectId":"p","traceId":"7b0c1d2e3f405162738495a6b7c8d9e0","spans":[{"spanId":"17","kind":"RPC_SERVER","name":"/a","startTime":"2026-11-25T02:00:00Z","endTime":"2026-11-25T02:00:00.5Z","labels":{"/http/status_code":"503"}},{"spanId":"18","parentSpanId":"17","name":"b","startTime":"2026-11-25T02:00:00Z","endTime":"2026-11-25T02:00:00.1Z"}]}"#
  )
  #expect(cloud.spans.map(\.parent) == [0, 17])
  #expect(cloud.spans[0].httpStatus == 503 && cloud.spans[0].kind == .server && cloud.spans[0].duration == 500_000)
}

@Test("A duration without a unit beside a written time is told and not used; a log line that names a span stays one")
func refusesToGuess() {
  let span = decode(
    #"{"trace_id":\#(ids),"span_id":"1122334455667788","service":"a","operation":"b","start":"2026-11-25T02:00:00Z","duration":17}"#
  )
  #expect(span.spans.map(\.duration) == [-1])
  #expect(span.codes == ["durationUnit"])
  let log = decode(
    #"{"trace_id":\#(ids),"span_id":"1122334455667788","time":"2026-11-25T02:00:00Z","duration":17,"message":"took long"}"#
  )
  #expect(log.spans.isEmpty && log.logs.count == 1)
}

/// Twelve requests of 250 ms with a call of 100 ms that begins so many milliseconds after them, durations in a unit of so many
/// microseconds.
private func requests(unit: Double, offset: Int) -> [(
  trace: String, span: String, parent: String, start: String, length: String
)] {
  (10..<22).flatMap { second in
    let trace = "7b0c1d2e3f4051627384950000000000".dropLast(2) + "\(second)"
    func number(_ micros: Double) -> String { (micros / unit).description.replacing(/\.0$/, with: "") }
    return [
      (String(trace), "11", "", "2026-11-25T02:00:\(second).000000Z", number(250_000)),
      (String(trace), "12", "11", "2026-11-25T02:00:\(second).0\(offset)0000Z", number(100_000)),
    ]
  }
}

@Test(
  "A duration without a unit has the one in which calls lie inside of what made them",
  arguments: [0.001, 1, 1000, 1_000_000])
func unitOfDurations(_ unit: Double) {
  let json = requests(unit: unit, offset: 5).map {
    #"{"trace_id":"\#($0.trace)","span_id":"\#($0.span)","parent_id":"\#($0.parent)","service":"a","name":"b","start_time":"\#($0.start)","duration":\#($0.length)}"#
  }
  let table = requests(unit: unit, offset: 5).map {
    "\($0.trace),\($0.span),\($0.parent),a,b,\($0.start),\($0.length)"
  }
  let header = "trace_id,span_id,parent_id,service,operation,start_time,duration"
  for batch in [
    decode(json.joined(separator: "\n")), decode(([header] + table).joined(separator: "\n"), member: "x.csv"),
  ] {
    #expect(Set(batch.spans.map(\.duration)) == [250_000, 100_000])
    #expect(!batch.codes.contains("durationUnit"))
  }
}

@Test("Calls that begin with what made them tell no unit: it is said, and no duration is used")
func unitUnknown() {
  let json = requests(unit: 1000, offset: 0).map {
    #"{"trace_id":"\#($0.trace)","span_id":"\#($0.span)","parent_id":"\#($0.parent)","service":"a","name":"b","start_time":"\#($0.start)","duration":\#($0.length)}"#
  }
  let batch = decode(json.joined(separator: "\n"))
  #expect(Set(batch.spans.map(\.duration)) == [-1])
  #expect(batch.codes.contains("durationUnit"))
}

@Test("A link makes a consumer follow from its producer's span in another trace")
func followsLink() throws {
  let batch = decode(
    #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"traceId":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","spanId":"b1b1b1b1b1b1b1b1","name":"process","kind":5,"startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572001000000000","links":[{"traceId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","spanId":"a1a1a1a1a1a1a1a1"}]}]}]}]}"#
  )
  let span = try #require(batch.spans.first)
  #expect(hexText(span.parent) == "a1a1a1a1a1a1a1a1")
  #expect(span.flags == [.followsFrom, .foreignParent])
}

@Test("Spans of stores are spans, whatever request, error or operation of others they tell of")
func spansBeforeAllElse() {
  let ids = #""trace":{"id":"4bf92f3577b34da6a3ce929d0e0e4736"}"#
  let elastic = decode(
    #"{"@timestamp":"2026-11-25T02:00:00.010Z",\#(ids),"processor":{"event":"transaction"},"transaction":{"id":"00f067aa0ba902b7","name":"Orders#get","type":"request","duration":{"us":153000}},"service":{"name":"web"},"event":{"outcome":"failure"},"http":{"request":{"method":"GET"},"response":{"status_code":500}},"url":{"path":"/orders/7"}}"#
  )
  #expect(elastic.spans.map(\.duration) == [153_000])
  #expect(elastic.spans.map { elastic.text($0.operation) } == ["Orders#get"])
  #expect(elastic.spans.first?.trace.hex == "4bf92f3577b34da6a3ce929d0e0e4736")
  // Without a duration it is a log record that names its transaction, or a request.
  let log = decode(
    #"{"@timestamp":"2026-11-25T02:00:00.010Z",\#(ids),"transaction":{"id":"00f067aa0ba902b7"},"message":"none left","log.level":"error"}"#
  )
  #expect(log.spans.isEmpty && log.logs.count == 1)

  let failed = decode(
    #"{"timestamp":1795572000010,"trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","id":"00f067aa0ba902b7","name":"db/select","duration.ms":100.5,"service.name":"web","span.kind":"client","error.message":"timeout"}"#
  )
  #expect(failed.spans.map(\.duration) == [100_500])
  #expect(failed.spans.first?.status == .error)

  let dependency = decode(
    #"{"timestamp":"2026-11-25T02:00:00.010Z","id":"00f067aa0ba902b7","name":"POST /charge","target":"pay","type":"HTTP","success":"False","resultCode":"503","duration":100.5,"itemType":"dependency","operation_Name":"GET Orders","operation_Id":"4bf92f3577b34da6a3ce929d0e0e4736","cloud_RoleName":"web"}"#
  )
  #expect(dependency.spans.map { dependency.text($0.operation) } == ["POST /charge"])
}
