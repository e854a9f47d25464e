import Decoders
import Model
import Support
import Testing

/// One line of an access log, and what it says.
private struct Sample: Sendable {
  var name: String
  var text: String
  var component: String
  var operation: String
  var status: Int16 = 200
  /// Start and microseconds.
  var start: String
  var latency: Int64
  /// Peer, attempt from 1, and whether it failed, of each try.
  var tries: [String] = []
  var member = "shop/access.log"
}

private let samples: [Sample] = [
  Sample(
    name: "Common Log Format",
    text: #"192.0.2.1 - eve [10/Oct/2026:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 2326"#,
    component: "shop", operation: "GET /a.gif", start: "2026-10-10T20:55:36.000000Z", latency: -1),
  Sample(
    name: "Apache with seconds and microseconds",
    text:
      #"web.example:443 192.0.2.7 - - [10/Oct/2026:20:55:37 +0000] "POST /o/123 HTTP/1.1" 503 12 "-" "x" **0/734512**"#,
    component: "web.example", operation: "POST /o/{id}", status: 503, start: "2026-10-10T20:55:37.000000Z",
    latency: 734_512),
  Sample(
    name: "ingress-nginx",
    text:
      #"192.0.2.7 - - [25/Nov/2026:03:00:07 +0100] "GET /p HTTP/2.0" 200 28 "-" "c" 60 0.683 [ns-web-80] [] 10.0.0.1:443, 10.0.0.2:443 0, 39 0.187, 0.496 502, 200 aa11bb22cc33dd44ee55ff6600778807"#,
    component: "shop", operation: "GET /p", start: "2026-11-25T02:00:06.317000Z", latency: 683_000,
    tries: ["ns-web-80 1 failed", "ns-web-80 2 good"]),
  Sample(
    name: "nginx with named fields",
    text:
      #"192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] "GET /h HTTP/1.1" 200 12 "-" "ok" rt=0.068 ua="10.1.1.10:80" us="200" ut="0.067" id=c3cbac57f6457f69dced2ddb7251299d"#,
    component: "shop", operation: "GET /h", start: "2026-11-25T01:59:59.932000Z", latency: 68_000,
    tries: ["10.1.1.10:80 1 good"]),
  Sample(
    name: "nginx by position",
    text:
      #"192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "c" "203.0.113.9" "10.0.0.1:80" "0.010" 0.020"#,
    component: "shop", operation: "GET /a", start: "2026-11-25T01:59:59.980000Z", latency: 20_000,
    tries: ["10.0.0.1:80 1 good"]),
  Sample(
    name: "Traefik",
    text:
      #"192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] "GET /v1 HTTP/2.0" 502 11 "-" "c" 17 "api@docker" "http://10.1.0.5:80" 12ms"#,
    component: "shop", operation: "GET /v1", status: 502, start: "2026-11-25T02:00:00.000000Z", latency: 12_000,
    tries: ["api 1 failed"]),
  Sample(
    name: "Traefik JSON",
    text:
      #"{"DownstreamStatus":200,"Duration":12500000,"OriginStatus":200,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/c/77","RetryAttempts":2,"RouterName":"cart@docker","ServiceName":"cart@docker","StartUTC":"2026-11-25T02:00:00.1Z","level":"info","msg":"","time":"2026-11-25T02:00:01Z"}"#,
    component: "shop.example", operation: "GET /c/{id}", start: "2026-11-25T02:00:00.100000Z", latency: 12_500,
    tries: ["cart 3 good"]),
  Sample(
    name: "Envoy",
    text:
      #"[2026-11-25T02:00:00.310Z] "POST /v1/x HTTP/2" 503 UF,URX 154 0 226 - "192.0.2.8" "c" "-" "locations" "tcp://10.0.2.1:80""#,
    component: "locations", operation: "POST /v1/x", status: 503, start: "2026-11-25T02:00:00.310000Z",
    latency: 226_000, tries: ["10.0.2.1:80 1 failed"]),
  Sample(
    name: "Istio",
    text:
      #"[2026-11-25T02:00:00.137Z] "POST /pay HTTP/1.1" 200 - via_upstream - "-" 70 45 25 24 "-" "g" "0a0b0c0d-1111-4222-8333-44445555aa00" "pay.shop:80" "10.1.2.0:80" outbound|80||pay.shop.svc.cluster.local 10.1.0.5:44 10.2.0.9:80 10.1.0.5:50 - default"#,
    component: "orders", operation: "POST /pay", start: "2026-11-25T02:00:00.137000Z", latency: 25_000,
    tries: ["pay 1 good"], member: "orders.log"),
  Sample(
    name: "Istio JSON",
    text:
      #"{"start_time":"2026-11-25T02:00:00.137Z","method":"POST","path":"/pay","response_code":503,"response_flags":"URX","duration":3000,"upstream_cluster":"outbound|80||pay.shop.svc.cluster.local","upstream_host":"10.1.2.0:80","upstream_request_attempt_count":3,"authority":"pay.shop:80"}"#,
    component: "orders", operation: "POST /pay", status: 503, start: "2026-11-25T02:00:00.137000Z",
    latency: 3_000_000, tries: ["pay 3 failed"], member: "orders.json"),
  Sample(
    name: "Caddy",
    text:
      #"{"level":"error","ts":1795572001.5,"logger":"http.log.access.log0","msg":"handled request","request":{"method":"POST","host":"fair.example","uri":"/sell?x=1"},"duration":0.3,"status":503}"#,
    component: "fair.example", operation: "POST /sell", status: 503, start: "2026-11-25T02:00:01.200000Z",
    latency: 300_000),
  Sample(
    name: "Cloud Logging",
    text:
      #"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://shop.example/p/1?x","status":502,"latency":"0.250s"},"timestamp":"2026-11-25T02:00:00Z"}"#,
    component: "shop", operation: "GET /p/{id}", status: 502, start: "2026-11-25T01:59:59.750000Z", latency: 250_000),
  Sample(
    name: "Application Load Balancer",
    text:
      #"h2 2026-11-25T02:00:00.186641Z app/edge/0a1b 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://shop.example:443/a HTTP/2.0" "c" X TLSv1.2 arn:aws:elasticloadbalancing:r:1:targetgroup/web/11 "Root=1-6920a1b2-00112233445566778899aabb" "shop.example" "-" 1 2026-11-25T02:00:00.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-""#,
    component: "edge", operation: "GET /a", start: "2026-11-25T02:00:00.015641Z", latency: 171_000,
    tries: ["web 1 good"]),
  Sample(
    name: "Classic Load Balancer",
    text:
      #"2026-11-25T02:00:00.5Z elb 192.0.2.1:34 10.0.0.1:80 0.0001 0.0009 0.001 504 504 0 31 "GET http://x:80/a HTTP/1.1" "c" - -"#,
    component: "elb", operation: "GET /a", status: 504, start: "2026-11-25T02:00:00.500000Z", latency: 2000,
    tries: ["10.0.0.1:80 1 failed"]),
  Sample(
    name: "Network Load Balancer",
    text:
      "tls 2.0 2026-11-25T02:00:10 net/front/1a2b 5f4e 192.0.2.9:513 10.0.0.5:443 5 2 98 246 - arn:x - Y tlsv12 - front.example - - - 2026-11-25T02:00:09",
    component: "front", operation: "connection", status: 0, start: "2026-11-25T02:00:09.995000Z", latency: 5000,
    tries: ["10.0.0.5:443 1 good"]),
  Sample(
    name: "HAProxy behind syslog",
    text:
      #"Nov 25 02:00:00 lb haproxy[1]: 192.0.2.2:33 [25/Nov/2026:02:00:00.655] public~ orders/<NOSRV> 0/-1/-1/-1/3003 503 212 - - sC-- 1/1/1/1/+3 0/0 {h} "GET /o/1 HTTP/1.1""#,
    component: "public", operation: "GET /o/{id}", status: 503, start: "2026-11-25T02:00:00.655000Z",
    latency: 3_003_000, tries: ["orders 4 failed"]),
  Sample(
    name: "HAProxy that answers itself",
    text:
      #"Nov 25 02:00:00 lb haproxy[1]: 192.0.2.2:33 [25/Nov/2026:02:00:00.655] public~ public/<NOSRV> 0/-1/-1/-1/3 403 212 - - PR-- 1/1/1/1/0 0/0 "GET /o/1 HTTP/1.1""#,
    component: "public", operation: "GET /o/{id}", status: 403, start: "2026-11-25T02:00:00.655000Z", latency: 3000),
  Sample(
    name: "HAProxy's cache",
    text:
      #"Nov 25 02:00:00 lb haproxy[1]: 192.0.2.2:33 [25/Nov/2026:02:00:00.655] public orders/<CACHE> 0/0/0/0/3 200 212 - - LR-- 1/1/1/1/0 0/0 "GET /o/1 HTTP/1.1""#,
    component: "public", operation: "GET /o/{id}", status: 200, start: "2026-11-25T02:00:00.655000Z", latency: 3000),
  Sample(
    name: "IIS",
    text: """
      #Software: Microsoft Internet Information Services 10.0
      #Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status sc-win32-status time-taken
      2026-11-25 02:00:04 10.0.0.4 GET /api/cart 443 192.0.2.4 503 0 34
      """,
    component: "shop", operation: "GET /api/cart", status: 503, start: "2026-11-25T02:00:03.966000Z", latency: 34_000),
  Sample(
    name: "CloudFront",
    text:
      "#Version: 1.0\n#Fields: date time x-edge-location c-ip cs-method cs-uri-stem sc-status x-host-header time-taken\n"
      + "2026-11-25\t02:00:01\tFRA2\t192.0.2.3\tGET\t/img/9.png\t200\tcdn.example\t0.250",
    component: "cdn.example", operation: "GET /img/9.png", start: "2026-11-25T02:00:00.750000Z", latency: 250_000),
  Sample(
    name: "uvicorn in a pod",
    text:
      #"2026-11-25T02:00:00.500000000Z stdout F INFO:     192.0.2.9:50321 - "GET /items/7 HTTP/1.1" 503 Unavailable"#,
    component: "api", operation: "GET /items/{id}", status: 503, start: "2026-11-25T02:00:00.500000Z", latency: -1,
    member: "pods/shop_api-6d58f9c7b-x2x9k_0b1c/api/0.log"),
  Sample(
    name: "Django's development server", text: #"[25/Nov/2026 02:00:00] "POST /o/1 HTTP/1.1" 500 155"#,
    component: "shop", operation: "POST /o/{id}", status: 500, start: "2026-11-25T02:00:00.000000Z", latency: -1),
  Sample(
    name: "werkzeug's line behind a logger's header",
    text: #"2026-11-25 02:00:00,123 INFO werkzeug: 192.0.2.9 - - [25/Nov/2026 02:00:00] "GET /o HTTP/1.1" 500 -"#,
    component: "shop", operation: "GET /o", status: 500, start: "2026-11-25T02:00:00.000000Z", latency: -1),
  Sample(
    name: "morgan in Docker's file",
    text: #"{"log":"GET /o/5?x=1 404 12.345 ms - 55\n","stream":"stdout","time":"2026-11-25T02:00:01Z"}"#,
    component: "c0ffee", operation: "GET /o/{id}", status: 404, start: "2026-11-25T02:00:00.987655Z", latency: 12_345,
    member: "c0ffee-json.log"),
  Sample(
    name: "Gin", text: #"[GIN] 2026/11/25 - 02:00:01 | 500 |  250.5ms |  192.0.2.9 | GET      "/o/5?x=1""#,
    component: "shop", operation: "GET /o/{id}", status: 500, start: "2026-11-25T02:00:00.749500Z", latency: 250_500),
  Sample(
    name: "lograge behind Rails' tags",
    text:
      "I, [2026-11-25T02:00:01.000000 #12]  INFO -- : [3f2b8c1e-1111-4222-8333-444455556601] method=GET path=/o/5 format=html controller=O action=show status=500 duration=58.33 view=4.1",
    component: "shop", operation: "GET /o/{id}", status: 500, start: "2026-11-25T02:00:00.941670Z", latency: 58_330),
  Sample(
    name: "Heroku's router",
    text:
      #"2026-11-25T02:00:01.000000+00:00 heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/o/5?q=1" host=shop.example request_id=3f2b8c1e-1111-4222-8333-444455556601 fwd="192.0.2.9" dyno=web.1 connect=1ms service=499ms status=503 bytes=0"#,
    component: "heroku", operation: "GET /o/{id}", status: 503, start: "2026-11-25T02:00:00.500000Z",
    latency: 500_000),
  Sample(
    name: "S3",
    text:
      #"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [25/Nov/2026:02:00:00 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a "GET /bucket/a HTTP/1.1" 503 SlowDown 113 - 70 10 "-" "c" -"#,
    component: "bucket", operation: "GET /bucket/a", status: 503, start: "2026-11-25T02:00:00.000000Z",
    latency: 70_000),
  Sample(
    name: "Squid",
    text:
      "1795572000.123    245 192.0.2.9 TCP_MISS/503 1234 GET http://api.example/o/7 - HIER_DIRECT/192.0.2.8 text/html",
    component: "shop", operation: "GET /o/{id}", status: 503, start: "2026-11-25T01:59:59.878000Z", latency: 245_000),
  Sample(
    name: "Envoy Gateway",
    text:
      #"{"start_time":"2026-11-25T02:00:00.010Z","method":"GET","x-envoy-origin-path":"/get/7?a=b","response_code":"503","response_flags":"UC","duration":"12","upstream_host":"10.244.0.12:3000","upstream_cluster":"-","route_name":"r"}"#,
    component: "shop", operation: "GET /get/{id}", status: 503, start: "2026-11-25T02:00:00.010000Z", latency: 12_000,
    tries: ["10.244.0.12:3000 1 failed"]),
  Sample(
    name: "Cloudflare",
    text:
      #"{"ClientRequestHost":"shop.example","ClientRequestMethod":"GET","ClientRequestURI":"/o/7?x=1","EdgeEndTimestamp":"2026-11-25T02:00:01Z","EdgeResponseStatus":522,"EdgeStartTimestamp":"2026-11-25T02:00:00Z","OriginResponseStatus":0}"#,
    component: "shop.example", operation: "GET /o/{id}", status: 522, start: "2026-11-25T02:00:00.000000Z",
    latency: 1_000_000),
  Sample(
    name: "API Gateway",
    text:
      #"{"requestId":"c6af9ac6-7b61-11e6-9a41-93e8deadbe01","requestTime":"25/Nov/2026:02:00:01 +0000","httpMethod":"GET","path":"/o/7","status":"502","responseLatency":"52"}"#,
    component: "shop", operation: "GET /o/{id}", status: 502, start: "2026-11-25T02:00:00.948000Z", latency: 52_000),
  Sample(
    name: "a duration in parts",
    text:
      #"{"level":"info","ts":1795572000.25,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"shop.example","uri":"/"},"duration":"1m2.5s","status":200}"#,
    component: "shop.example", operation: "GET /", start: "2026-11-25T01:58:57.750000Z", latency: 62_500_000),
  Sample(
    name: "nginx with an ISO time",
    text:
      #"192.0.2.1 - - [2026-11-25T02:00:00+00:00] "GET /c/1 HTTP/1.1" 502 6 "-" "c" 0.120"#,
    component: "shop", operation: "GET /c/{id}", status: 502, start: "2026-11-25T01:59:59.880000Z", latency: 120000),
  Sample(
    name: "nginx as pairs",
    text:
      #"time="2026-11-25T02:00:00+00:00" method=GET uri="/c/1?a=1" status=200 request_time=0.120 upstream_addr="10.1.0.1:80, 10.1.0.2:80" upstream_status="502, 200" upstream_response_time="0.010, 0.110" host=cart.example"#,
    component: "cart.example", operation: "GET /c/{id}", start: "2026-11-25T01:59:59.880000Z", latency: 120000,
    tries: ["10.1.0.1:80 1 failed", "10.1.0.2:80 2 good"]),
  Sample(
    name: "Emissary",
    text:
      #"ACCESS [2026-11-25T02:00:00.123Z] "GET /c/1 HTTP/1.1" 503 UF 0 12 120 - "10.0.0.1" "c" "84961386-6d84-929d-98bd-c5aee93b5c88" "cart" "10.1.0.1:80""#,
    component: "cart", operation: "GET /c/{id}", status: 503, start: "2026-11-25T02:00:00.123000Z", latency: 120000,
    tries: ["10.1.0.1:80 1 failed"]),
  Sample(
    name: "actix-web",
    text:
      #"[2026-11-25T02:00:00Z INFO  actix_web::middleware::logger] 10.0.0.1 "GET /c/1?a=1 HTTP/1.1" 200 12 "-" "c" 0.120500"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T01:59:59.879500Z", latency: 120500),
  Sample(
    name: "chi",
    text:
      #"2026/11/25 02:00:00 [h/abc-1] "GET http://cart.example/c/1 HTTP/1.1" from 10.0.0.1:5000 - 200 12B in 120.5ms"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T01:59:59.879500Z", latency: 120500),
  Sample(
    name: "Tornado",
    text:
      #"[E 261125 02:00:00 web:2271] 500 GET /c/1 (10.0.0.1) 120.50ms"#,
    component: "shop", operation: "GET /c/{id}", status: 500, start: "2026-11-25T01:59:59.879500Z", latency: 120500),
  Sample(
    name: "uWSGI",
    text:
      #"[pid: 12|app: 0|req: 1/1] 10.0.0.1 () {40 vars in 500 bytes} [Wed Nov 25 02:00:00 2026] GET /c/1 => generated 12 bytes in 120 msecs (HTTP/1.1 200) 2 headers in 80 bytes (1 switches on core 0)"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T02:00:00.000000Z", latency: 120000),
  Sample(
    name: "ASP.NET Core",
    text:
      #"2026-11-25 02:00:00.500 +00:00 [INF] Request finished HTTP/1.1 GET http://cart.example/c/1 - 200 12 text/plain 120.5000ms"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T02:00:00.379500Z", latency: 120500),
  Sample(
    name: "Serilog",
    text:
      #"2026-11-25 02:00:00.500 +00:00 [INF] HTTP GET /c/1 responded 200 in 120.5000 ms"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T02:00:00.379500Z", latency: 120500),
  Sample(
    name: "Application Gateway",
    text:
      #"{"timeStamp":"2026-11-25T02:00:00+00:00","resourceId":"/SUBSCRIPTIONS/1/APPLICATIONGATEWAYS/FRONT","properties":{"httpMethod":"GET","requestUri":"/c/1","httpStatus":502,"timeTaken":0.12,"serverRouted":"10.1.0.1:80","serverStatus":"502"}}"#,
    component: "FRONT", operation: "GET /c/{id}", status: 502, start: "2026-11-25T01:59:59.880000Z", latency: 120000,
    tries: ["10.1.0.1:80 1 failed"]),
  Sample(
    name: "CloudFront in JSON",
    text:
      #"{"date":"2026-11-25","time":"02:00:00","cs-method":"GET","cs-uri-stem":"/c/1","sc-status":"200","x-edge-result-type":"Miss","time-taken":"0.120"}"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T01:59:59.880000Z", latency: 120000),
  Sample(
    name: "echo",
    text:
      #"{"time":"2026-11-25T02:00:00.5Z","method":"GET","uri":"/c/1","status":200,"latency":120500000,"latency_human":"120.5ms"}"#,
    component: "shop", operation: "GET /c/{id}", start: "2026-11-25T02:00:00.379500Z", latency: 120500),
]

@Test("Every access log format is told by its own lines", arguments: samples)
private func readsSample(_ sample: Sample) throws {
  for piece in [1 << 20, 7] {
    let batch = decode(sample.text, piece: piece, member: sample.member)
    let request = try #require(batch.spans.first, "\(sample.name)")
    #expect(batch.text(request.service) == sample.component)
    #expect(batch.text(request.operation) == sample.operation)
    #expect(request.httpStatus == sample.status)
    #expect(Timestamp(request.start).rfc3339 == sample.start)
    #expect(request.duration == sample.latency)
    let tries = batch.spans.dropFirst().map { call in
      "\(batch.text(call.peerService)) \(call.resendCount + 1) \(call.status == .error ? "failed" : "good")"
    }
    #expect(tries == sample.tries)
    #expect(batch.logs.isEmpty)
    #expect(batch.isBalanced)
  }
}

@Test("A line is read the same by the layout of the lines before it as by itself")
func layoutChangesNothing() {
  let tail = #"600 0.683 [ns-web-80] [] 10.0.0.1:443 28 0.601 200 aa11bb22cc33dd44ee55ff6600778807"#
  let lines = [
    #"192.0.2.7 - - [25/Nov/2026:02:00:07 +0000] "GET /p/1 HTTP/2.0" 200 28 "-" "c" \#(tail)"#,
    #"192.0.2.7 - eve [25/Nov/2026:02:00:07 +0000] "POST /p/2?x=1 HTTP/2.0" 404 28 "https://a/" "c d" \#(tail)"#,
    #"192.0.2.7 - - [25/Nov/2026:03:00:08 +0100] "GET /p/3 HTTP/2.0" 502 28 "-" "c" 600 0.683 [ns-web-80] [] 10.0.0.1:443, 10.0.0.2:443 0, 28 0.187, 0.496 502, 502 aa11bb22cc33dd44ee55ff6600778808"#,
    #"192.0.2.7 - - [25/Nov/2026:02:00:09 +0000] "GET /p/4 HTTP/2.0" 499 0 "-" "c" 600 0.683 [ns-web-80] [] - - - - aa11bb22cc33dd44ee55ff6600778809"#,
    #"192.0.2.7 - - [25/Nov/2026:02:00:09 +0000] "\\x16\\x03" 400 150 "-" "-" 0 0.050 [] [] - - - - aa11bb22cc33dd44ee55ff660077880a"#,
    #"192.0.2.7 - - [25/Nov/2026:02:00:10 +0000] "GET /p/5 HTTP/2.0" 200 28 "-" "say \"hi\"" \#(tail)"#,
    #"192.0.2.7 - - [25/Nov/2026:02:00:11 +0000] "GET /p/6 HTTP/2.0" 200 28 "-" "c" \#(tail)"#,
    #"192.0.2.7 shop.example - [25/Nov/2026:02:00:11 +0000] "GET /p/7 HTTP/2.0" 200 28 "-" "c" \#(tail)"#,
    #"192.0.2.7 - - [25/Nov/2026:02:00:12 +0000] "GET /p/8 HTTP/2.0" 200 28 "-" "c" \#(tail) "more""#,
  ]
  func said(_ batch: RecordBatch) -> [String] {
    batch.spans.map { span in
      "\(batch.text(span.service)) \(batch.text(span.operation)) \(span.httpStatus) \(span.start) \(span.duration) "
        + "\(batch.text(span.peerService)) \(span.resendCount) \(span.status) \(span.kind)"
    }
  }
  let together = decode(lines.joined(separator: "\n") + "\n", member: "shop/access.log")
  let apart = lines.flatMap { said(decode($0, member: "shop/access.log")) }
  #expect(together.spans.count >= lines.count)
  #expect(said(together) == apart)
}

@Test("Lines that only look like requests stay log lines")
func staysLog() {
  for text in [
    #"2026-11-25T02:00:00Z INFO web [25/Nov/2026] "GET /a HTTP/1.1" is slow"#,
    #"{"time":"2026-11-25T02:00:00Z","level":"info","msg":"request done","method":"GET","path":"/a","status":200}"#,
    "2026-11-25T02:00:00Z shop 10.0.0.1:80 refused 3 times",
    "2026-11-25T02:00:00Z INFO GET /a took 404 or more in the cache",
    "2026-11-25T02:00:00Z INFO Request finished with nothing to say about GET /a - 200",
    "level=info msg=\"served\" method=GET path=/a status=500 ts=2026-11-25T02:00:00Z",
    #"2026-11-25T02:00:00Z INFO {"properties":{"httpMethod":"GET"}} lacks a status"#,
    "2026-11-25T02:00:00Z INFO method=GET path=/a status=500 was seen in a test",
  ] {
    let batch = decode(text)
    #expect(batch.spans.isEmpty)
    #expect(batch.logs.count == 1)
  }
}

@Test("A whole number behind a line is no duration: it is told and not used")
func refusesUnitlessDuration() {
  let batch = decode(#"192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] "GET /d HTTP/1.1" 200 5 "-" "c" 4711"#)
  #expect(batch.spans.first?.duration == -1)
  #expect(batch.codes == ["durationUnit"])
}

@Test("A 4xx is not the service's failure, on neither side of the proxy")
func clientErrorsAreNone() {
  let batch = decode(
    #"192.0.2.1 - - [25/Nov/2026:02:00:00 +0000] "GET /d HTTP/1.1" 404 5 "-" "c" rt=0.1 ua="10.0.0.1:80" us="404" ut="0.1""#
  )
  #expect(batch.spans.map(\.status) == [.unset, .ok])
}
