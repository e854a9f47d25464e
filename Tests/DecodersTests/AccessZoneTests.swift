import Decoders
import Model
import Support
import Testing

/// Requests whose time or duration is told by what stands around them.
struct AccessZoneTests {
  private func span(_ text: String, member: String = "m") -> TraceSpan? {
    let batch = decode(text, member: member)
    #expect(batch.isBalanced)
    return batch.spans.first { $0.kind == .server }
  }

  private let two: Int64 = 1_795_572_000_000_000

  @Test("a local time behind a header that names its host's zone is of that zone")
  func localTime() {
    let line =
      "2026-11-25T03:00:01.500000+01:00 lb haproxy[7]: 10.0.0.9:33317 [25/Nov/2026:03:00:00.500] web~ shop/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /x HTTP/1.1\"\n"
    #expect(span(line + line)?.start == two + 500_000)
  }

  @Test("IIS counts milliseconds, whichever columns were chosen")
  func milliseconds() {
    let head = "#Fields: date time cs-method cs-uri-stem sc-status time-taken\n"
    let row = "2026-11-25 02:00:00 GET /x 200 15\n"
    #expect(
      span("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n" + head + row)?.duration == 15_000)
    #expect(span("#Version: 1.0\n" + head + row)?.duration == 15_000_000)
  }

  @Test("Apache's time is the request's beginning where its own form of a duration stands behind it")
  func beginning() {
    let line = "10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /x HTTP/1.1\" 503 12 \"-\" \"c\" 2/2500000\n"
    #expect(span(line + line)?.start == two)
    #expect(span(line + line)?.duration == 2_500_000)
  }

  @Test("Caddy's word on a failure is a log line, and its access line the request")
  func failure() {
    let request = #""request":{"method":"GET","host":"shop","uri":"/x"},"duration":0.5,"status":502}"#
    let batch = decode(
      #"{"level":"error","ts":1795572000.5,"logger":"http.log.error.log0","msg":"no stock","# + request + "\n"
        + #"{"level":"info","ts":1795572000.5,"logger":"http.log.access.log0","msg":"handled request","# + request
        + "\n")
    #expect(batch.spans.count == 1)
    #expect(batch.readLogs.map(\.message) == ["no stock"])
  }

  @Test("a connection that was never there has no duration")
  func untimed() {
    let line =
      "tls 2.0 2026-11-25T02:00:00 net/shop/c6e7 g3d4 10.0.0.9:5 10.0.1.1:443 - - 0 0 fatal_alert arn:x - - - - - - - - 2026-11-25T02:00:00\n"
    #expect(span(line + line)?.flags.contains(.untimed) == true)
  }

  @Test("a local time inside a layer that names its zone gives way to the layer's")
  func layeredTime() {
    let line =
      "2026-11-25T02:00:00.000000000Z stdout F [GIN] 2026/11/25 - 05:00:00 | 200 | 1s | 10.0.0.9 | GET \"/x\"\n"
    #expect(span(line + line, member: "shop_pay-0_0b1c/pay/0.log")?.start == two - 1_000_000)
    let zoned =
      "2026-11-25T02:00:00.000000000Z stdout F 10.0.0.9 - - [25/Nov/2026:05:00:00 +0100] \"GET /x HTTP/1.1\" 200 12\n"
    #expect(span(zoned + zoned)?.start == two + 7_200_000_000)
  }

  @Test("documents of the Elastic Common Schema and of Fluent Bit's parsers are requests")
  func documents() {
    let ecs =
      #"{"@timestamp":"2026-11-25T02:00:00.500Z","event":{"category":["web"],"duration":250000000,"created":"2026-11-25T02:00:05Z"},"http":{"request":{"method":"GET"},"response":{"status_code":502}},"url":{"original":"/x?a=1","domain":"shop"},"service":{"type":"nginx"}}"#
    let request = span(ecs + "\n" + ecs + "\n")
    #expect(request?.start == two + 250_000)
    #expect(request?.duration == 250_000)
    #expect(request?.httpStatus == 502)
    let fluent = #"{"remote":"10.0.0.9","host":"-","user":"-","method":"GET","path":"/x","code":"502","size":"1"}"#
    let lines = "2026-11-25T02:00:00Z\tnginx.access\t" + fluent + "\n"
    #expect(span(lines + lines)?.httpStatus == 502)
  }

  @Test(
    "a call of gRPC fails by its own status, whatever HTTP's is",
    arguments: [("Unavailable", true), ("NotFound", false)])
  func grpc(status: String, fails: Bool) {
    let line =
      #"{"start_time":"2026-11-25T02:00:00Z","method":"POST","path":"/shop.Pay/Charge","response_code":200,"response_flags":"-","grpc_status":"\#(status)","duration":4,"authority":"pay"}"#
      + "\n"
    #expect((span(line + line)?.status == .error) == fails)
  }

  @Test("an upstream of IPv6 is a try like any other")
  func ipv6() {
    let line =
      "10.0.0.9 - - [25/Nov/2026:02:00:00 +0000] \"GET /x HTTP/1.1\" 200 1 \"-\" \"c\" 12 0.010 [shop-pay-80] [] [fd00::1]:8080 1 0.009 200 aa11bb22cc33dd44ee55ff6600778801\n"
    #expect(decode(line + line).spans.filter { $0.kind == .client }.count == 2)
  }
}
