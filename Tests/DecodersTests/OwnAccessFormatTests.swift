import Decoders
import Model
import Support
import Testing

/// Requests in the formats that operators and frameworks write, where a field stands at another place or means something else.
struct OwnAccessFormatTests {
  private let two: Int64 = 1_795_572_000_000_000

  private func spans(_ lines: [String]) -> [TraceSpan] {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: "m")
    #expect(batch.isBalanced)
    return batch.spans.filter { $0.kind == .server }
  }

  @Test("no request takes less than its upstream does, whichever of the two comes first")
  func upstreamTime() {
    let head = #"10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /x HTTP/1.1" 502 341 "-" "c" "-" "#
    let tail = " 10.1.0.5:8080 502"
    #expect(spans([head + "3.004 2.500" + tail]).map(\.duration) == [3_004_000])
    #expect(spans([head + "2.500 3.004" + tail]).map(\.duration) == [3_004_000])
    // The first line tells nothing of the order.
    #expect(
      spans([head + "0.500 0.500" + tail, head + "3.004 2.500" + tail, head + "0.700 0.300" + tail]).map(\.duration)
        == [
          500_000, 3_004_000, 700_000,
        ])
  }

  @Test("Nginx Proxy Manager's two formats are requests, of which the answer's status counts")
  func proxyManager() {
    let tail = #""/a?x=1" [Client 2001:db8::9] [Length 51] [Gzip 2.15] "#
    let lines = [
      "[25/Nov/2026:03:00:00 +0100] MISS 200 200 - GET https kiosk.example " + tail + #"[Sent-to till] "c (x)" "-""#,
      "[25/Nov/2026:03:00:00 +0100] - 502, 503 504 - PATCH http kiosk.example " + tail + #"[Sent-to 10.0.0.7] "c" "-""#,
      "[25/Nov/2026:03:00:00 +0100] 404 - HEAD http kiosk.example " + tail + #""c" "https://kiosk.example/""#,
    ]
    let batch = decode(lines.joined(separator: "\n") + "\n")
    let requests = batch.spans.filter { $0.kind == .server }
    #expect(requests.map(\.httpStatus) == [200, 504, 404])
    #expect(requests.map { batch.text($0.operation) } == ["GET /a", "PATCH /a", "HEAD /a"])
    #expect(requests.allSatisfy { $0.start + max($0.duration, 0) == two })
    #expect(batch.logs.isEmpty)
    #expect(batch.isBalanced)
    #expect(spans(["[25/Nov/2026:03:00:00 +0100] 404 - GET http a.example \"/x\" [Claim 9]"]).isEmpty)
  }

  @Test("a line that begins with the time and the client is a request")
  func timeFirst() {
    let request = #"10.0.0.9 shop.example "GET /x HTTP/1.1" 502 341 rt=3.004"#
    for line in ["2026-11-25T03:00:00+01:00 " + request, "[2026-11-25T03:00:00+01:00] " + request] {
      let span = spans([line]).first
      #expect(span?.httpStatus == 502)
      #expect(span.map { $0.start + $0.duration } == two)
      #expect(span?.duration == 3_004_000)
    }
    #expect(spans([#"2026-11-25T03:00:00+01:00 INFO sent "GET /x HTTP/1.1" 502"#]).isEmpty)
  }

  @Test(
    "a date, a client, a request without quotes and nothing but numbers are a request",
    arguments: [
      "2026-11-25T02:00:00Z 10.0.0.9 GET /stock/7 503 3.004", "2026-11-25 02:00:00 GET /stock/7 503 3.004 10.0.0.9",
      "[25/Nov/2026:02:00:00 +0000] 10.0.0.9 GET /stock/7 503 3.004",
      "2026-11-25 02:00:00 10.0.0.9 - ann GET /stock/7 HTTP/1.1 503 512 3.004",
    ])
  func unquoted(line: String) {
    let span = spans([line, line]).first
    #expect(span?.httpStatus == 503)
    #expect(span?.duration == 3_004_000)
    #expect(span.map { $0.start + $0.duration } == two)
  }

  @Test(
    "what says more than numbers, or has no client, is a log line",
    arguments: [
      "2026-11-25T02:00:00Z GET /stock/7 503 17", "2026-11-25T02:00:00Z 10.0.0.9 GET /stock/7 503 retry=3",
      "2026-11-25T02:00:00Z 10.0.0.9 GET https://pay/stock 503 3.004",
      "2026-11-25T02:00:00Z 10.0.0.9 GET /stock/7 soon",
    ])
  func saysMore(line: String) {
    #expect(spans([line, line]).isEmpty)
  }

  @Test("PHP-FPM's own access lines are requests")
  func fpm() {
    let span = spans([#"10.0.0.9 -  25/Nov/2026:02:00:00 +0000 "GET /index.php" 500"#]).first
    #expect(span?.start == two)
    #expect(span?.httpStatus == 500)
    #expect(spans([#"10.0.0.9 -  25/Nov/2026:02:00:00 +0000 "none left" 500"#]).isEmpty)
  }

  @Test("uvicorn's requests are read behind a plain formatter's header")
  func uvicorn() {
    let lines = (0..<20).map {
      $0 % 2 == 0
        ? #"2026-11-25 02:00:00,500 - uvicorn.access - INFO - 10.0.0.9:41 - "GET /x HTTP/1.1" 500"#
        : "2026-11-25 02:00:00,500 - pay - INFO - ok"
    }
    #expect(spans(lines).count == 10)
    #expect(spans(lines).allSatisfy { $0.httpStatus == 500 })
  }

  @Test("Odoo's request took its queries and the rest")
  func odoo() {
    let line =
      #"2026-11-25 02:00:02,123 12 INFO shop werkzeug: 10.0.0.9 - - [25/Nov/2026 02:00:02] "GET /x HTTP/1.1" 500 - 12 0.005 3.004"#
    #expect(spans([line, line]).map(\.duration) == [3_009_000, 3_009_000])
  }

  @Test("parameters of a path's segment are no part of the operation")
  func parameters() {
    let batch = decode(
      #"10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /shop/cart.do;jsessionid=0AF1/items;v=2/17;x?y=1 HTTP/1.1" 200 5"#
        + "\n", member: "m")
    #expect(batch.spans.map { batch.text($0.operation) } == ["GET /shop/cart.do/items/{id}"])
  }

  @Test("a call of gRPC that Envoy answered itself failed, though its answer is 200")
  func grpc() {
    func statuses(_ path: String, _ flags: String, _ details: String = "no_healthy_upstream") -> [Int16] {
      let line =
        #"[2026-11-25T02:00:00.137Z] "POST \#(path) HTTP/2" 200 \#(flags) \#(details) - "-" 5 0 3000 - "-" "c" "id-17a" "pay:8080" "10.1.2.3:8080" outbound|8080||pay.shop.svc.cluster.local - 10.2.2.3:8080 10.1.1.1:2 - -"#
      return decode(line + "\n", member: "m").spans.map(\.grpcStatus)
    }
    #expect(statuses("/shop.Pay/Charge", "UH") == [14, 14])
    #expect(statuses("/shop.Pay/Charge", "UT") == [4, 4])
    #expect(statuses("/shop.Pay/Charge", "UF,URX") == [14, 14])
    #expect(statuses("/shop.Pay/Charge", "-", "via_upstream") == [-1, -1])
    #expect(statuses("/shop.Pay/Charge", "UC", "via_upstream") == [-1, -1])
    #expect(statuses("/shop/pay/charge", "UH") == [-1, -1])
    #expect(statuses("/shop.Pay/Charge", "DC") == [-1, -1])
  }

  @Test("Envoy's time is the beginning, whatever it is called")
  func contour() {
    let line =
      #"{"@timestamp":"2026-11-25T02:00:00Z","method":"GET","path":"/x","response_code":502,"response_flags":"UF","duration":3000}"#
    #expect(spans([line]).map(\.start) == [two])
  }

  @Test("a middleware's line on a served request is a log line and a request of the same program")
  func middleware() {
    func read(_ target: String, _ duration: String) -> (requests: [String], logs: [String]) {
      let batch = decode(
        #"{"time":"2026-11-25T02:00:01Z","level":"info","service":"orders","msg":"served","method":"GET",\#(target),"status":500\#(duration)}"#
          + "\n", member: "m")
      #expect(batch.isBalanced)
      return (
        batch.spans.map { "\(batch.text($0.service)) \(batch.text($0.operation)) \($0.duration)" },
        batch.readLogs.map { "\($0.component) \($0.message)" }
      )
    }
    let served = read(#""path":"/orders/17""#, #","duration":"1.5s""#)
    #expect(served.requests == ["orders GET /orders/{id} 1500000"])
    #expect(served.logs == ["orders served"])
    // What says nothing of a time is a sentence, and a whole URL is what a client asked for.
    #expect(read(#""path":"/orders/17""#, "").requests.isEmpty)
    #expect(read(#""url":"http://stock/orders/17""#, #","duration":"1.5s""#).requests.isEmpty)
  }
}
