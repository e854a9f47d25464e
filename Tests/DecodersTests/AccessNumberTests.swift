import Decoders
import Model
import Support
import Testing

/// Numbers of an operator's access line that have no name: which is the request's time, which its tries', which no time at all.
struct AccessNumberTests {
  private func spans(_ lines: [String], member: String = "shop_access.log") -> [TraceSpan] {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: member)
    #expect(batch.isBalanced)
    return batch.spans
  }

  private let head = #"10.1.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /stock HTTP/1.1" 200 57 "-" "c" "#

  @Test(
    "a single time beside a list of times is the request's",
    arguments: [
      #""0.310" "0.060, 0.245" "10.1.0.5:80, 10.1.0.6:80" "504, 200""#,
      "0.310 0.060, 0.245 10.1.0.5:80, 10.1.0.6:80 504, 200",
      #""0.310" "0.060 : 0.245" "10.1.0.5:80 : 10.1.0.6:80" "504 : 200""#,
      #""10.1.0.5:80, 10.1.0.6:80" "504, 200" "0.060, 0.245" "0.310""#,
      #""0.310" "0.001, 0.002" "0.060, 0.245" "10.1.0.5:80, 10.1.0.6:80" "504, 200""#,
      #""0.310" "10.1.0.5:80, 10.1.0.6:80" "504, 200" "0.001, 0.002" "0.060, 0.245""#,
      #""0.060, 0.245" "0.310" "10.1.0.5:80, 10.1.0.6:80" "504, 200""#,
    ])
  func tries(tail: String) {
    let one = head + #""0.090" "0.088" "10.1.0.5:80" "200""#
    let found = spans([one, one, head + tail]).suffix(3)
    #expect(found.map(\.duration) == [310_000, 60_000, 245_000])
    #expect(found.map(\.httpStatus).suffix(1) == [200])
  }

  @Test("a try that was given up has no time, and a request without one has none")
  func untimed() {
    let dash = spans([head + #""0.310" "-, 0.245" "10.1.0.5:80, 10.1.0.6:80" "-, 200""#])
    #expect(dash.map(\.duration) == [310_000, 0, 245_000])
    let lists = spans([head + #""0.060, 0.245" "10.1.0.5:80, 10.1.0.6:80" "504, 200""#])
    #expect(lists.first?.flags.contains(.untimed) == true)
    #expect(lists.dropFirst().map(\.duration) == [60_000, 245_000])
  }

  @Test("a ratio of compression is no time")
  func ratio() {
    let ratios = spans(["3.17", "-", "11.20"].map { head + #""\#($0)""# })
    #expect(ratios.map { $0.flags.contains(.untimed) } == [true, true, true])
    #expect(spans([head + #""0.310" "3.17""#]).map(\.duration) == [310_000])
    #expect(spans([head + #""3.17" "0.310""#]).map(\.duration) == [310_000])
    // Other writers leave zeros out: their stream shows other decimals, too.
    #expect(spans(["0.3104", "0.25"].map { head + $0 }).map(\.duration) == [310_400, 250_000])
    #expect(spans([head + #""0.25" "0.20" "10.1.0.5:80""#]).first?.duration == 250_000)
  }

  @Test("bytes alone behind a request are no status, and TLS is no name")
  func bytesOnly() {
    let lines = [
      #"[25/Nov/2026:02:00:00 +0000] 10.1.0.9 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "GET /stock HTTP/1.1" 503"#,
      #"[25/Nov/2026:02:00:01 +0000] 10.1.0.9 TLSv1.3 TLS_AES_128_GCM_SHA256 "GET /stock HTTP/1.1" 40960"#,
      #"[25/Nov/2026:02:00:02 +0000] 10.1.0.9 TLSv1.3 TLS_AES_128_GCM_SHA256 "GET /stock HTTP/1.1" -"#,
    ]
    let batch = decode(lines.joined(separator: "\n") + "\n", member: "ssl_request_log")
    #expect(batch.spans.map(\.httpStatus) == [0, 0, 0])
    #expect(batch.spans.allSatisfy { $0.status != .error })
    #expect(!batch.services.contains { $0.hasPrefix("TLS") })
    func statuses(_ numbers: [String]) -> [Int16] {
      let head = #"10.1.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /stock HTTP/1.1" "#
      return spans(numbers.map { head + $0 }).map(\.httpStatus)
    }
    #expect(statuses(["200", "503", "404"]) == [200, 503, 404])
    #expect(statuses(["10240", "503", "512"]) == [0, 0, 0])
    #expect(statuses(["512"]) == [0])
  }

  @Test("what the numbers of one program are says nothing of another's")
  func apart() {
    let head = #"10.1.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /stock HTTP/1.1" "#
    let lines = [("web-1", "500"), ("api-1", "5120"), ("web-1", "500"), ("api-1", "500"), ("web-1", "502")]
    let batch = decode(lines.map { "\($0.0)  | \(head)\($0.1)\n" }.joined(), member: "compose.log")
    #expect(batch.spans.map(\.httpStatus) == [500, 0, 500, 0, 502])
    #expect(batch.recordCounts.repaired["bytesOnly"] == 1)
    let tails = [("web-1", "0.310"), ("api-1", "0.25"), ("web-1", "0.31")]
    let times = decode(tails.map { "\($0.0)  | \(self.head)\($0.1)\n" }.joined(), member: "compose.log")
    #expect(times.spans.map { $0.flags.contains(.untimed) } == [false, true, false])
    #expect(times.recordCounts.repaired["durationUnit"] == 1)
  }

  @Test("a protocol without its cipher is not httpd's log of TLS")
  func protocolOnly() {
    let head = #"[25/Nov/2026:02:00:05 +0000] 10.1.0.9 TLSv1.3 "GET /stock HTTP/1.1" "#
    #expect(spans([head + "500", head + "200"]).map(\.httpStatus) == [500, 200])
  }

  @Test("beside a time of nginx, numbers with other decimals are no times")
  func otherDecimals() {
    let found = spans([head + "0.005 48.2082 16.3738", head + "48.20 0.005 16.373800"])
    #expect(found.map(\.duration) == [5_000, 5_000])
  }

  @Test("a duration that may be a ratio is told of")
  func roundedDuration() {
    let batch = decode(["0.25", "1.5", "0.25"].map { head + $0 + "\n" }.joined(), member: "shop_access.log")
    #expect(batch.spans.map { $0.flags.contains(.untimed) } == [true, false, false])
    #expect(batch.recordCounts.repaired["durationUnit"] == 1)
  }

  @Test(
    "a thread is no component",
    arguments: ["[https-jsse-nio-8443-exec-12]", "http-nio-8080-exec-1", "[catalina-exec-7]", "[ajp-nio-8009-exec-2]"])
  func thread(_ name: String) {
    let line = #"\#(name) 10.1.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /stock HTTP/1.1" 500 57"#
    let behind = #"10.1.0.9 - - [25/Nov/2026:02:00:00 +0000] "GET /stock HTTP/1.1" 500 57 \#(name)"#
    let batch = decode(line + "\n" + behind + "\n", member: "localhost_access_log.txt")
    #expect(batch.spans.map(\.httpStatus) == [500, 500])
    #expect(batch.services == ["localhost"])
  }

  @Test("requests whose texts all stand in quotes, and connections of stream servers")
  func otherForms() {
    let quoted = spans([
      #""10.1.0.9" "NULL-AUTH-USER" "25/Nov/2026:03:00:00 +0100" "POST /stock HTTP/1.1" 503 57"#,
      #""shop.example" "ann" "25/Nov/2026:03:00:01 +0100" "GET /stock HTTP/2" 200 57"#,
    ])
    #expect(quoted.map(\.httpStatus) == [503, 200])
    #expect(quoted.map(\.start) == [1_795_572_000_000_000, 1_795_572_001_000_000])
    let sessions = spans([
      #"10.1.0.9 [25/Nov/2026:02:00:01 +0000] TCP 502 0 0 1.000 "10.1.0.5:5432" "0" "0" "0.999""#,
      "10.1.0.9 - - [25/Nov/2026:02:00:01 +0000] UDP 200 40 90 0.250",
    ])
    #expect(sessions.map(\.kind) == [.server, .client, .server])
    #expect(sessions.map(\.duration) == [1_000_000, 1_000_000, 250_000])
    #expect(sessions.map(\.httpStatus) == [502, 502, 200])
  }
}
