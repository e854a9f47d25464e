// Requests told by the forms of fields between marks, in sentences, and under dates of other forms.

import Decoders
import Model
import Support
import Testing

/// A line, then operation, status, microseconds, and the second of 2026-11-25T02:00 at which its time stands.
private let requests: [(String, String)] = [
  // Artifactory, new and old; Bitbucket.
  (
    "2026-11-25T02:00:05.000Z|4bf92f3577b34da6a3ce929d0e0e0005|10.0.0.9|admin|GET|/orders/7|502|-1|512|3004|curl/8",
    "GET /orders/{id} 502 3004000 5"
  ),
  (
    "20261125020005|3004|REQUEST|10.0.0.9|anonymous|GET|/orders/7|HTTP/1.1|502|0", "GET /orders/{id} 502 3004000 5"
  ),
  (
    #"10.0.0.9 | https | o@1A05 | admin | 2026-11-25 02:00:05,000 | "GET /orders/7 HTTP/1.1" | "" "git/2" | 502 | 0 | 512 | - | 3004 | id5 |"#,
    "GET /orders/{id} 502 3004000 5"
  ),
  // nginx with marks of an operator's choice.
  (
    "10.0.0.9|-|25/Nov/2026:02:00:05 +0000|GET /orders/7 HTTP/1.1|502|512|-|curl/8|3.004|10.0.1.1:80|502|3.000",
    "GET /orders/{id} 502 3004000 5"
  ),
  ("2026-11-25T02:00:05.000Z;10.0.0.9;GET;/orders/7;502;3.004", "GET /orders/{id} 502 3004000 5"),
  ("25/Nov/2026:02:00:05 +0000\t10.0.0.9\tGET\t/orders/7\t502\t3.004", "GET /orders/{id} 502 3004000 5"),
  // Hiawatha, Negroni, Beego.
  (
    "10.0.0.9|Wed 25 Nov 2026 02:00:05 +0000|502|512||GET /orders/7 HTTP/1.1|Host: shop.example|User-Agent: curl",
    "GET /orders/{id} 502 -1 5"
  ),
  (
    "[negroni] 2026-11-25T02:00:05Z | 502 | \t 3.004s | localhost:3000 | GET /orders/7 ",
    "GET /orders/{id} 502 3004000 5"
  ),
  (
    "2026/11/25 02:00:05.000 [D] [server.go:2887]  |  127.0.0.1| 502 |   3.004s|   match| GET      /orders/7   r:/orders/:id",
    "GET /orders/{id} 502 3004000 5"
  ),
  // Sanic, with and without its duration.
  (
    "[2026-11-25 02:00:05 +0000] [12345] [INFO] (sanic.access)[127.0.0.1:33222]: GET http://localhost:8000/orders/7  502 512",
    "GET /orders/{id} 502 -1 5"
  ),
  (
    "[2026-11-25 02:00:05 +0000] - (sanic.access)[INFO][127.0.0.1:33222]: GET http://h/orders/7  502 512 3004.0ms",
    "GET /orders/{id} 502 3004000 5"
  ),
  // Vert.x, Apache's own date, Hypercorn, Granian, warp.
  (
    #"10.0.0.9 - - [Wed, 25 Nov 2026 02:00:05 GMT] "GET /orders/7 HTTP/1.1" 502 12 "-" "curl/8""#,
    "GET /orders/{id} 502 -1 5"
  ),
  (#"10.0.0.9 - - [2026-11-25 02:00:05] "GET /orders/7 HTTP/1.1" 502 12 "-" "curl/8""#, "GET /orders/{id} 502 -1 5"),
  (
    #"[2026-11-25 02:00:05 +0000] [7] [INFO] 10.0.0.9:51234 - - [25/Nov/2026:02:00:05 +0000] "GET /orders/7 1.1" 502 512 "-" "curl/8""#,
    "GET /orders/{id} 502 -1 5"
  ),
  (
    #"[2026-11-25 02:00:05 +0000] 10.0.0.9 - "GET /orders/7 HTTP/1.1" 502 3004.000"#, "GET /orders/{id} 502 3004000 5"
  ),
  (
    #"[2026-11-25T02:00:05Z INFO  warp::filters::log] 127.0.0.1:1234 "GET /orders/7 HTTP/1.1" 502 "-" "curl/8" 3004.0ms"#,
    "GET /orders/{id} 502 3004000 5"
  ),
  // tower-http.
  (
    "2026-11-25T02:00:05.000Z DEBUG request{method=GET uri=/orders/7 version=HTTP/1.1}: tower_http::trace::on_response: finished processing request latency=3004 ms status=502",
    "GET /orders/{id} 502 3004000 5"
  ),
  // Behind the header of a runtime: koa-logger, Next.js, morgan's `short`, Phoenix.
  ("2026-11-25T02:00:05.000000000Z stdout F   --> GET /orders/7 502 3004ms 746b", "GET /orders/{id} 502 3004000 5"),
  ("2026-11-25T02:00:05.000000000Z stdout F  GET /orders/7 502 in 3004ms", "GET /orders/{id} 502 3004000 5"),
  (
    "2026-11-25T02:00:05.000000000Z stdout F ::1 - GET /orders/7 HTTP/1.1 502 512 - 3004.000 ms",
    "GET /orders/{id} 502 3004000 5"
  ),
  ("2026-11-25 02:00:05.000 [info] Sent 502 in 3004ms", "request 502 3004000 5"),
  (
    "2026/11/25 02:00:05 ...eb/routing/logger.go:102:func1() [I] router: completed GET /orders/7 for 10.0.0.9:0, 502 Bad Gateway in 3004.0ms @ user/home.go:23(user.Home)",
    "GET /orders/{id} 502 3004000 5"
  ),
]

struct AccessFieldTests {
  private let two: Int64 = 1_795_572_000_000_000

  @Test("a request is told by its fields, whatever stands between them", arguments: requests)
  func reads(line: String, expected: String) {
    let batch = decode(Array(repeating: line, count: 24).joined(separator: "\n") + "\n", member: "logs/shop.log")
    #expect(batch.isBalanced)
    #expect(batch.spans.count { $0.kind == .server } == 24)
    // Only the line of a proxy names what stands behind it.
    #expect(batch.spans.count == (line.contains("10.0.1.1:80") ? 48 : 24))
    #expect(batch.logs.isEmpty)
    let said = batch.spans.first.map {
      "\(batch.text($0.operation)) \($0.httpStatus) \($0.duration) \(($0.start + max($0.duration, 0) - two) / 1_000_000)"
    }
    #expect(said == expected)
    #expect(batch.spans.first.map { batch.text($0.service) } == "shop")
  }

  @Test("ASP.NET Core's console tells a request below its header")
  func console() {
    let lines = (0..<12).flatMap { second in
      [
        "2026-11-25T02:00:\(10 + second).000000000Z stdout F info: Microsoft.AspNetCore.Hosting.Diagnostics[2]",
        "2026-11-25T02:00:\(10 + second).000000001Z stdout F       Request finished HTTP/1.1 GET http://shop/orders/7 - 502 0 - 3004.0000ms",
        "2026-11-25T02:00:\(10 + second).000000002Z stdout F info: Shop.Orders[0]",
        "2026-11-25T02:00:\(10 + second).000000003Z stdout F       Order 7 is lost",
      ]
    }
    let batch = decode(lines.joined(separator: "\n") + "\n")
    #expect(batch.isBalanced)
    #expect(batch.spans.count == 12 && batch.spans.allSatisfy { $0.duration == 3_004_000 && $0.httpStatus == 502 })
    #expect(batch.readLogs.count == 12 && batch.readLogs.allSatisfy { $0.message == "Order 7 is lost" })
  }

  @Test("what Bitbucket writes when a request begins is none, and nobody's name")
  func beginning() {
    let line =
      #"10.0.0.9 | https | i@1A05 | - | 2026-11-25 02:00:05,000 | "GET /orders/7 HTTP/1.1" | "" "git/2" | - | - | - | - | - | - | "#
    let end = line.replacing("i@", with: "o@").replacing(#"" | - | - | -"#, with: #"" | 200 | 0 | 19"#)
    let batch = decode([line, end, line, end].joined(separator: "\n") + "\n")
    #expect(batch.spans.count == 2 && batch.logs.isEmpty && batch.isBalanced)
    #expect(batch.recordCounts.repaired["requestBegins"] == 2)
  }

  @Test("of two numbers that may be a duration neither is taken, unless one is nginx's")
  func twoNumbers() {
    let head = #"10.0.0.9 - - [25/Nov/2026:02:00:05 +0000] "GET /x HTTP/1.1" 502 512 "-" "curl/8" "#
    #expect(decode(head + "3004123 0.000051 miss\n").spans.map(\.duration) == [-1])
    #expect(decode(head + "500 0.000 [shop-80]\n").spans.map(\.duration) == [0])
  }

  @Test(
    "columns and sentences of loggers stay log lines",
    arguments: [
      "2026-11-25 02:00:05.123 | ERROR    | shop.orders:charge:17 - GET /stock/7 | 502 | lost",
      "2026-11-25 02:00:05.123|INFO|Shop.Client|GET|/stock/7|502|12ms",
      "2026-11-25T02:00:05Z INFO GET /stock/7 failed with 502 after 12ms, trying again",
      "2026-11-25T02:00:05Z INFO GET /stock/7 502 times so far in 12ms windows of the test",
      "2026-11-25T02:00:05Z DEBUG request{method=GET uri=/x}: hyper::client::pool: pooled connection status=200",
      "2026-11-25T02:00:05Z INFO Sent 502 mails in the last hour",
      "2026-11-25T02:00:05Z INFO Completed 200 of 300 steps",
      "2026-11-25T02:00:05Z;10.0.0.9;DELETE;one;502;3.004",
    ])
  func staysLog(line: String) { expectLogs(line) }

  @Test("an id of a request names no program")
  func noName() {
    let lines = (0..<12).map {
      "2026-11-25T02:00:\(10 + $0).000Z|4bf92f3577b34da6a3ce929d0e0e00\(10 + $0)|proxy|admin|https://r.example/x|none"
    }
    let batch = decode(lines.joined(separator: "\n") + "\n")
    #expect(batch.readLogs.allSatisfy { !$0.component.hasPrefix("4bf9") })
  }
}
