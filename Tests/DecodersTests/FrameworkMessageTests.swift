import Decoders
import Model
import Support
import Testing

/// Request lines of frameworks: the text, then operation, status and microseconds.
private let requests: [(String, String)] = [
  (
    "2026-11-25 02:00:00.500 [x-1] INFO  ktor.application - 503 Service Unavailable: GET - /orders/7 in 12ms",
    "GET /orders/{id} 503 12000"
  ),
  ("2026-11-25 02:00:00.500 [x-1] INFO  ktor.application - 200 OK: POST - /orders", "POST /orders 200 -1"),
  (
    "2026-11-25T02:00:00.500000000Z stdout F 02:00:00 | 503 |  1.5ms | 10.0.0.9 | GET | /orders/7 | -",
    "GET /orders/{id} 503 1500"
  ),
  ("2026-11-25T02:00:00.500000000Z stdout F [02:00:00] 200 -   1.5ms GET     /orders/7", "GET /orders/{id} 200 1500"),
  ("[Wed Nov 25 02:00:00 2026] 127.0.0.1:50000 [500]: GET /orders/7 - Uncaught Error", "GET /orders/{id} 500 -1"),
  ("[Wed Nov 25 02:00:00 2026] [::1]:50000 [200]: GET /orders/7", "GET /orders/{id} 200 -1"),
  (
    "2026/11/25 02:00:00.500\tINFO\thttp.log.access.log0\thandled request\t{\"request\": {\"method\": \"GET\", \"host\": \"h\", \"uri\": \"/orders/7\"}, \"duration\": 0.012, \"status\": 200}",
    "GET /orders/{id} 200 12000"
  ),
  ("10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /orders/7 HTTP/1.1\" 200 12 250 ms", "GET /orders/{id} 200 250000"),
  (
    "[notice] 2026-11-25T02:00:00.500000Z couchdb@127.0.0.1 <0.10.0> 1f0a9c3e5d db:5984 10.0.0.9 admin GET /orders/7 503 error 12",
    "GET /orders/{id} 503 12000"
  ),
  (
    "shop.example - [2026-11-25T02:00:00.500Z] \"GET /orders/7 HTTP/1.1\" 503 0 12 \"-\" \"curl/8\" x_forwarded_for:\"10.0.0.9\" response_time:3.004 app_id:\"5e\"",
    "GET /orders/{id} 503 3004000"
  ),
  (
    "\"10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /orders/7 HTTP/1.1\" 503 12 \"-\" \"curl/8\"\"",
    "GET /orders/{id} 503 -1"
  ),
  (
    "{\"level\":\"error\",\"httpRequest\":{\"requestMethod\":\"GET\",\"requestPath\":\"/orders/7\"},\"httpResponse\":{\"bytes\":12,\"elapsed\":12.5,\"status\":503},\"timestamp\":\"2026-11-25T02:00:00.5Z\",\"message\":\"Response: 503 Service Unavailable\"}",
    "GET /orders/{id} 503 12500"
  ),
  (
    "method=GET path=/orders/7 controller=Orders action=show status=200 duration=25.5 time=2026-11-25T02:00:00Z",
    "GET /orders/{id} 200 25500"
  ),
]

struct FrameworkMessageTests {
  @Test("requests that frameworks write as sentences are requests", arguments: requests)
  func reads(text: String, expected: String) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.spans.count == 24)
    let first = batch.spans.first
    let said = first.map { "\(batch.text($0.operation)) \($0.httpStatus) \($0.duration)" }
    #expect(said == expected)
    #expect(first?.start ?? 0 > 1_795_571_000_000_000)
  }

  @Test(
    "what only looks like one stays a log line",
    arguments: [
      "2026-11-25 02:00:00.500 [x-1] INFO  ktor.application - 200 OK: all is well today",
      "[Wed Nov 25 02:00:00 2026] 127.0.0.1:50000 Accepted",
      "2026/11/25 02:00:00.500\tINFO\thttp\thandled request\t{\"n\": 1, \"padding\": \"so that the line is long enough\"}",
      "2026-11-25T02:00:00.500000000Z stdout F 02:00:00 | 503 | three | things | here",
    ])
  func staysLog(text: String) { expectLogs(text) }

  @Test("IIS leaves the date to its directive where the column is not asked for")
  func datedByDirective() {
    let rows = "#Fields: time c-ip cs-method cs-uri-stem sc-status\n02:00:00 10.0.0.9 GET /orders/7 200\n"
    #expect(decode("#Date: 2026-11-25 01:00:00\n" + rows).spans.first?.start == 1_795_572_000_000_000)
    #expect(decode(rows).spans.isEmpty)
  }
}
