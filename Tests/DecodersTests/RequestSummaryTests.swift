// Summaries of served requests, as middlewares and frameworks hand them to a logger.

import Decoders
import Model
import Support
import Testing

/// A record, then operation, status and microseconds of its request.
private let summaries: [(String, String)] = [
  // pino-http.
  (
    #"{"level":50,"time":1795572001000,"pid":1,"hostname":"h","req":{"id":5,"method":"GET","url":"/orders/7"},"res":{"statusCode":502},"responseTime":3004,"msg":"request errored"}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // express-winston.
  (
    #"{"level":"info","message":"HTTP GET /orders/7","meta":{"req":{"url":"/orders/7","method":"GET"},"res":{"statusCode":502},"responseTime":3004},"timestamp":"2026-11-25T02:00:01Z"}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // slog-gin and its like: a `time.Duration`.
  (
    #"{"time":"2026-11-25T02:00:01Z","level":"ERROR","msg":"Incoming request","request":{"method":"GET","path":"/orders/7"},"response":{"latency":3004000000,"status":502}}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // The same shape by another logger: of which unit the number is nobody says.
  (
    #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"Incoming request","request":{"method":"GET","path":"/orders/7"},"response":{"latency":3004,"status":502}}"#,
    "GET /orders/{id} 502 -1"
  ),
  // ECS, flat and in objects.
  (
    #"{"@timestamp":"2026-11-25T02:00:01Z","log.level":"info","message":"GET => HTTP 502","http.request.method":"GET","http.response.status_code":502,"url.path":"/orders/7","event.duration":3004000000}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // Pomerium's Envoy.
  (
    #"{"level":"info","method":"GET","path":"/orders/7","duration":3004.0,"response-code":502,"response-code-details":"via_upstream","time":"2026-11-25T02:00:01Z","message":"http-request"}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // tracing-subscriber's JSON with tower-http.
  (
    #"{"timestamp":"2026-11-25T02:00:01Z","level":"DEBUG","fields":{"message":"finished processing request","latency":"3004 ms","status":502},"target":"tower_http::trace::on_response","span":{"method":"GET","uri":"/orders/7","name":"request"}}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // Serilog's JsonFormatter.
  (
    #"{"Timestamp":"2026-11-25T02:00:01Z","Level":"Information","MessageTemplate":"HTTP {RequestMethod} {RequestPath} responded {StatusCode}","Properties":{"RequestMethod":"GET","RequestPath":"/orders/7","StatusCode":502,"Elapsed":3004.0}}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // django-structlog.
  (
    #"{"event":"request_finished","timestamp":"2026-11-25T02:00:01Z","level":"info","request":"GET /orders/7","code":502}"#,
    "GET /orders/{id} 502 -1"
  ),
  // rails_semantic_logger.
  (
    #"{"timestamp":"2026-11-25T02:00:01Z","level":"info","name":"Orders","message":"Completed #show","duration":"3004.0ms","duration_ms":3004,"payload":{"method":"GET","path":"/orders/7","status":502}}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // Dropwizard.
  (
    #"{"timestamp":1795572001000,"method":"GET","uri":"/orders/7","status":502,"contentLength":12,"remoteAddress":"10.0.0.9","requestTime":3004}"#,
    "GET /orders/{id} 502 3004000"
  ),
  // A whole number under nginx's name is of anything, and so is one without its three decimals.
  (
    #"{"time":"2026-11-25T02:00:01Z","method":"GET","path":"/orders/7","status":502,"request_time":3004}"#,
    "GET /orders/{id} 502 -1"
  ),
  (
    #"{"time":"2026-11-25T02:00:01Z","method":"GET","path":"/orders/7","status":502,"request_time":3004.5}"#,
    "GET /orders/{id} 502 -1"
  ),
  (
    #"{"time":"2026-11-25T02:00:01Z","method":"GET","path":"/orders/7","status":502,"request_time":3.004}"#,
    "GET /orders/{id} 502 3004000"
  ),
  (
    #"{"time":"2026-11-25T02:00:01Z","method":"GET","path":"/orders/7","status":502,"body_bytes_sent":12,"request_time":3.5}"#,
    "GET /orders/{id} 502 3500000"
  ),
  // go-grpc-middleware, as JSON and as pairs; Grafana's servers.
  (
    #"{"level":"info","ts":1795572001.0,"msg":"finished call","grpc.service":"shop.Pay","grpc.method":"Charge","grpc.code":"Unavailable","grpc.time_ms":"3004"}"#,
    "shop.Pay/Charge 0 3004000"
  ),
  (
    #"time="2026-11-25T02:00:01Z" level=info msg="finished unary call with code Unavailable" grpc.code=Unavailable grpc.method=Charge grpc.service=shop.Pay grpc.time_ms=3004 span.kind=server"#,
    "shop.Pay/Charge 0 3004000"
  ),
  (
    #"ts=2026-11-25T02:00:01Z level=warn method=/shop.Pay/Charge duration=3.004s msg=gRPC err="rpc error: code = Unavailable desc = none""#,
    "shop.Pay/Charge 0 3004000"
  ),
  (#"level=warn ts=2026-11-25T02:00:01Z msg="GET /orders/7 (502) 3.004s""#, "GET /orders/{id} 502 3004000"),
  // docker's registry.
  (
    #"time="2026-11-25T02:00:01Z" level=info msg="response completed" http.request.method=GET http.request.uri="/orders/7" http.response.duration=3.004s http.response.status=502"#,
    "GET /orders/{id} 502 3004000"
  ),
]

/// Records that have much of a request and are none that was served.
private let others = [
  #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"upstream call finished","method":"GET","path":"/orders/7","status":502,"duration_ms":12}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"charge failed","req":{"method":"GET","url":"/orders/7"},"res":{"statusCode":502}}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"retry of the request completed","context":{"method":"GET","path":"/orders/7","status":502}}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"incoming request","req":{"method":"GET","url":"/orders/7"}}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"saved","context":{"method":"card","path":"/tmp/x","status":"done","duration_ms":3}}"#,
  #"{"level":"info","ts":1795572001.0,"msg":"finished client unary call","grpc.service":"shop.Pay","grpc.method":"Charge","grpc.code":"Unavailable","grpc.time_ms":"3004","span.kind":"client"}"#,
  #"{"level":"info","ts":1795572001.0,"msg":"started call","grpc.service":"shop.Pay","grpc.method":"Charge"}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","short_message":"card declined","req":{"method":"POST","url":"/pay"},"res":{"statusCode":402}}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","@m":"card declined","method":"POST","path":"/pay","status":402}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","event":"card declined","method":"POST","path":"/pay","status":402}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"charge failed","request":{"method":"POST","url":"/v1/charges"},"response":{"status":503},"duration_ms":30000}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"unhandled exception in handler","req":{"method":"POST","url":"/pay"},"res":{"statusCode":500},"responseTime":3}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"job done","details":{"method":"FIFO","path":"/spool/1","status":100,"duration":"3s"}}"#,
  #"{"time":"2026-11-25T02:00:01Z","level":"error","msg":"call","span.kind":"client","http.method":"POST","http.target":"/v1/charge","http.status_code":503,"duration_ms":30}"#,
]

struct RequestSummaryTests {
  @Test(
    "a record with method, path, status and duration is a served request, wherever they stand", arguments: summaries)
  func reads(record: String, expected: String) {
    let batch = decode(Array(repeating: record, count: 12).joined(separator: "\n") + "\n", member: "logs/shop.log")
    #expect(batch.isBalanced)
    #expect(batch.spans.count == 12)
    let said = batch.spans.first.map { "\(batch.text($0.operation)) \($0.httpStatus) \($0.duration)" }
    #expect(said == expected)
    #expect(batch.spans.first?.start ?? 0 > 1_795_571_000_000_000)
    // The program's name, not the logger's.
    #expect(batch.spans.first.map { batch.text($0.service) } == "shop")
    // Beside the request stands its message, or nothing, once.
    #expect(batch.logs.count == 12 || batch.logs.isEmpty)
  }

  @Test("a request that is told in two lines ends with the second one, and its count is its process's own")
  func twoLines() {
    let lines = (1...12).map { number in
      #"{"level":30,"time":17955720010\#(10 + number),"pid":1,"hostname":"h","reqId":"req-\#(number)","req":{"method":"GET","url":"/orders/7","remoteAddress":"10.0.0.9"},"msg":"incoming request"}"#
        + "\n"
        + #"{"level":30,"time":17955720010\#(50 + number),"pid":1,"hostname":"h","reqId":"req-\#(number)","res":{"statusCode":502},"responseTime":40.25,"msg":"request completed"}"#
    }
    let text = lines.joined(separator: "\n") + "\n"
    let (one, other) = (decode(text, member: "a.log"), decode(text, member: "b.log"))
    #expect(one.spans.map(\.duration) == Array(repeating: 40_250, count: 12))
    #expect(one.spans.allSatisfy { $0.httpStatus == 502 && one.text($0.operation) == "GET /orders/{id}" })
    #expect(Set(one.logs.map(\.request)) == Set(one.spans.map(\.trace)))
    #expect(Set(one.spans.map(\.trace)).isDisjoint(with: other.spans.map(\.trace)))
  }

  @Test("a call, a context and a beginning are no served request", arguments: others)
  func staysLog(record: String) { expectLogs(record) }

  @Test("a value that is cut at a blank ends no program, whatever it begins with")
  func cutValue() {
    let pairs = "ts=2026-11-25T02:00:00Z level=error msg=\"call failed\" method=POST path=/pay status=503"
    for value in ["rpc error: code = Unavailable desc = down", "rpc error: code = ", "rpc"] {
      let batch = decode(Array(repeating: pairs + " error=" + value, count: 12).joined(separator: "\n") + "\n")
      #expect(batch.logs.count == 12)
    }
  }

  @Test("routes and sentences with words for calls are served all the same, and a time is no duration")
  func routes() {
    func read(_ message: String, _ path: String, _ more: String) -> String? {
      let record =
        #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"\#(message)","method":"GET","path":"\#(path)","status":200,\#(more)}"#
      let batch = decode(record + "\n")
      return batch.spans.first.map { "\(batch.text($0.operation)) \($0.duration)" }
    }
    #expect(read("GET /webhook/7 200 12ms", "/webhook/7", #""latency_ms":12"#) == "GET /webhook/{id} 12000")
    #expect(read("fetch profile", "/profile", #""latency_ms":12"#) == "GET /profile 12000")
    #expect(read("error while asking the backend", "/a", #""latency_ms":12"#) == "GET /a 12000")
    #expect(read("request completed", "/a", #""timeMillis":1795572000000"#) == "GET /a -1")
    #expect(read("request completed", "/a", #""elapsed":"00:00:03.0040000""#) == "GET /a 3004000")
  }

  @Test(
    "a mail that was sent, a time in front and what a client asked for are no served requests",
    arguments: [
      "Sent 500 emails to subscribers in 3.2s", "02:00:05 checkout GET /cart 200 in 12ms",
      "GET http://inventory:8080/stock 503 in 31ms",
    ])
  func sentences(line: String) {
    #expect(decode(Array(repeating: line, count: 12).joined(separator: "\n") + "\n").spans.isEmpty)
  }

  @Test("statuses of gRPC that are the server's failures fail")
  func failures() {
    func status(_ code: String) -> (Int16, TraceSpan.Status)? {
      let record =
        #"{"level":"info","ts":1795572001.0,"msg":"finished call","grpc.service":"s","grpc.method":"M","grpc.code":"\#(code)","grpc.time_ms":"3"}"#
      return decode(record + "\n").spans.first.map { ($0.grpcStatus, $0.status) }
    }
    #expect(status("Unavailable").map { $0 == (14, .error) } == true)
    #expect(status("NotFound").map { $0.1 != .error } == true)
  }

  @Test("a message that repeats the request is told once, and the request is not the logger's")
  func repeated() {
    let logback =
      #"{"@timestamp":"2026-11-25T02:00:01.123Z","message":"10.0.0.9 - - [25/Nov/2026:02:00:01 +0000] \"GET /orders/7 HTTP/1.1\" 502 12","method":"GET","status_code":502,"requested_uri":"/orders/7","elapsed_time":3004}"#
    let read = decode(logback + "\n" + logback + "\n")
    #expect(read.spans.count == 2 && read.logs.isEmpty && read.isBalanced)
    #expect(read.spans.first?.duration == 3_004_000)
    let gunicorn =
      #"{"asctime":"2026-11-25 02:00:01,123","levelname":"INFO","name":"gunicorn.access","message":"10.0.0.9 - - [25/Nov/2026:02:00:01 +0000] \"GET /orders/7 HTTP/1.1\" 502 512"}"#
    let named = decode(gunicorn + "\n" + gunicorn + "\n", member: "logs/shop.log")
    #expect(named.spans.count == 2)
    #expect(named.spans.allSatisfy { named.text($0.service) == "shop" })
  }
}
