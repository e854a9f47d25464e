import Decoders
import Model
import Support
import Testing

/// Access lines with what their first request says: operation, status, microseconds (-1 where none is logged).
private let requests: [(String, String)] = [
  (
    "10.0.0.9, -, 11/25/26, 2:00:00, W3SVC2, SHOP1, 10.1.0.1, 250, 163, 3223, 502, 0, GET, /orders/7, -,",
    "GET /orders/{id} 502 250000"
  ),
  ("10.0.0.9 - - [25/Nov/2026:02:00:00 UTC] \"GET /orders/7 HTTP/1.1\" 502 12", "GET /orders/{id} 502 -1"),
  (
    "2026/11/25 02:00:00 \"GET http://shop.example/orders/7 HTTP/1.1\" from 10.0.0.9:5000 - 502 12B in 250.5ms",
    "GET /orders/{id} 502 250500"
  ),
  (
    "#Version: 1.0\n#Start-Date: 2026-11-25 02:00:00\n#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n"
      + "2026-11-25 02:00:00 10.0.0.9 GET /orders/7 502 250.5",
    "GET /orders/{id} 502 250500"
  ),
  (
    "#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n2026-11-25 02:00:00 10.0.0.9 GET /orders/7 502 0.25",
    "GET /orders/{id} 502 250000"
  ),
  (
    "#Software: Microsoft HTTP API 2.0\n#Fields: date time c-ip cs-method cs-uri sc-status s-reason\n"
      + "2026-11-25 02:00:00 10.0.0.9 GET /orders/7 503 QueueFull", "GET /orders/{id} 503 -1"
  ),
]

struct AccessFormTests {
  @Test("Open Liberty's access events are requests, its messages are log records")
  func liberty() {
    let head = #"{"type":"liberty_accesslog","ibm_serverName":"pay","ibm_datetime":"2026-11-25T03:00:03.004+0100","#
    let request =
      #""ibm_requestMethod":"GET","ibm_uriPath":"/orders/17","ibm_responseCode":500,"ibm_elapsedTime":3004123}"#
    let message =
      #"{"type":"liberty_message","ibm_serverName":"pay","message":"SRVE0777E: gone","ibm_datetime":"2026-11-25T03:00:03.004+0100","loglevel":"ERROR"}"#
    let batch = decode("\(head)\(request)\n\(message)\n")
    #expect(batch.spans.map { batch.text($0.operation) } == ["GET /orders/{id}"])
    #expect(batch.spans.map(\.duration) == [3_004_123])
    #expect(batch.spans.map(\.httpStatus) == [500])
    #expect(batch.services == ["pay"])
    #expect(batch.readLogs.map(\.severity) == ["error"])
    // Without a status it is no request.
    #expect(decode(head + request.replacing("ibm_responseCode", with: "ibm_bytesReceived") + "\n").spans.isEmpty)
  }

  @Test("request lines are read by their documents", arguments: requests)
  func reads(text: String, expected: String) {
    let lines = text.split(separator: "\n")
    let head = lines.dropLast().map { $0 + "\n" }.joined()
    let batch = decode(head + Array(repeating: String(lines.last ?? ""), count: 24).joined(separator: "\n") + "\n")
    let first = batch.spans.first
    #expect(first.map { "\(batch.text($0.operation)) \($0.httpStatus) \($0.duration)" } == expected)
    #expect(batch.spans.count == 24)
    #expect(first.map { $0.flags.contains(.untimed) == ($0.duration < 0) } == true)
  }

  @Test(
    "#Start-Date is the format's own: whoever names a software writes seconds, and so does the next piece of the log")
  func startDate() {
    let fields =
      "#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n2026-11-25 02:00:00 10.0.0.9 GET /x 200 0.25\n"
    let begin = "#Version: 1.0\n#Start-Date: 2026-11-25 02:00:00\n"
    #expect(decode(begin + "#Software: proxy 1\n" + fields).spans.map(\.duration) == [250_000])
    #expect(
      decode("#Software: proxy 1\n#Start-Date: 2026-11-25 02:00:00\n" + fields).spans.map(\.duration) == [250_000])
    #expect(decode(begin + fields + "#Version: 1.0\n" + fields).spans.map(\.duration) == [250, 250_000])
  }

  @Test("a log of nothing but directives says that it has no record")
  func onlyDirectives() {
    let batch = decode("#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status\n")
    #expect(batch.spans.isEmpty && batch.logs.isEmpty && batch.codes == ["emptyMember"])
  }

  @Test("IIS's month comes first until a day says otherwise, which is told; no month has a day too many")
  func dates() {
    func line(_ date: String) -> String {
      "10.0.0.9, -, \(date), 2:00:00, W3SVC2, SHOP1, 10.1.0.1, 250, 163, 3223, 502, 0, GET, /orders/7, -,\n"
    }
    func days(_ dates: [String]) -> (days: [String], isTold: Bool) {
      let batch = decode(dates.map(line).joined())
      return (
        batch.spans.map { String(Timestamp($0.start).rfc3339.prefix(10)) },
        batch.diagnostics.sorted.contains { $0.code == "dateOrder" }
      )
    }
    #expect(days(["11/05/26", "11/25/26"]) == (["2026-11-05", "2026-11-25"], false))
    #expect(days(["05/11/26", "25/11/26", "06/11/26"]) == (["2026-05-11", "2026-11-25", "2026-11-06"], true))
    #expect(days(["11/05/26", "02/31/26"]).days == ["2026-11-05"])
  }

  @Test("commas alone make no access line")
  func commas() {
    let line = "10.0.0.9, -, 11/25/26, noon, W3SVC2, SHOP1, 10.1.0.1, 250, 163, 3223, 502, 0, GET, /orders/7, -,"
    #expect(decode(Array(repeating: line, count: 24).joined(separator: "\n") + "\n").spans.isEmpty)
  }

  @Test("a try of a request that took nobody knows how long took nobody knows how long, unless its own time is logged")
  func tries() {
    let ended = decode(
      Array(
        repeating:
          "10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /x HTTP/1.1\" 502 12 \"-\" \"c\" upstream_addr=10.1.0.1:80 upstream_response_time=0.250",
        count: 24
      ).joined(separator: "\n"))
    // It ended when the line was written.
    #expect(ended.spans.prefix(2).map(\.start) == [1_795_571_999_750_000, 1_795_571_999_750_000])
    func tries(_ more: String) -> [Int64] {
      let line = "10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /orders/7 HTTP/1.1\" 502 12 \"-\" \"c\" \(more)"
      let batch = decode(Array(repeating: line, count: 24).joined(separator: "\n") + "\n")
      return batch.spans.prefix(2).map(\.duration)
    }
    #expect(tries("upstream_addr=10.1.0.1:80") == [-1, -1])
    #expect(tries("upstream_addr=10.1.0.1:80 upstream_response_time=0.250") == [-1, 250_000])
    #expect(tries("upstream_addr=10.1.0.1:80 request_time=0.250") == [250_000, 250_000])
  }
}
