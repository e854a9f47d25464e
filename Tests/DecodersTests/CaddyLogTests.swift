import Decoders
import Model
import Support
import Testing

/// What Caddy's encoders make of a request besides their defaults (caddy, modules/logging).
struct CaddyLogTests {
  private func spans(_ line: String) -> [TraceSpan] {
    let batch = decode(line + "\n", member: "edge.log")
    #expect(batch.isBalanced)
    return batch.spans
  }

  private func object(_ duration: String, status: Int = 200, message: String = "handled request") -> String {
    #"{"level":"info","ts":1795572000.5,"logger":"http.log.access.log0","msg":"\#(message)","request":{"method":"GET","host":"fair","uri":"/x"},"#
      + #""duration":\#(duration),"status":\#(status)}"#
  }

  @Test(
    "a whole number is of nanoseconds, or so small of milliseconds; in between it is of either and not used",
    arguments: [
      ("12000000", 12_000), ("300000001", 300_000), ("12", 12_000), ("0.012", 12_000), ("0", 0), ("5000", nil),
      ("999999", nil),
    ] as [(String, Int64?)])
  func whole(duration: String, micros: Int64?) {
    let found = spans(object(duration))
    #expect(found.count == 1 && found.first?.flags.contains(.untimed) == (micros == nil))
    if let micros { #expect(found.first?.duration == micros) }
  }

  @Test("a connection that was handed over may last for hours")
  func handedOver() {
    #expect(spans(object("3600000", status: 101)).first?.flags.contains(.untimed) == true)
  }

  @Test("a whole number of anybody else's object is of no known unit")
  func anybody() {
    for said in ["", #""msg":"handled request","#] {
      let line =
        #"{"ts":1795572000.5,\#(said)"request":{"method":"GET","host":"fair","uri":"/x"},"duration":12,"status":200}"#
      #expect(spans(line).first?.flags.contains(.untimed) == true)
    }
  }

  @Test(
    "what its console encoder escapes hides no request",
    arguments: [
      (#""uri": "/x?a=1\u0026b=2"}"#, ""),
      (#""uri": "/x"}"#, #""common_log": "10.0.0.9 - - [25/Nov/2026:03:00:00 +0100] \"GET /x HTTP/1.1\" 200 17", "#),
    ])
  func console(uri: String, more: String) {
    let line =
      "2026/11/25 02:00:00.500\tINFO\thttp.log.access\thandled request\t"
      + #"{"request": {"method": "GET", "host": "fair", "# + uri + ", " + more
      + #""duration": 12000000, "status": 200}"#
    let batch = decode(line + "\n", member: "edge.log")
    #expect(batch.isBalanced && batch.logs.isEmpty)
    #expect(batch.spans.map { batch.text($0.operation) } == ["GET /x"])
    #expect(batch.spans.map(\.duration) == [12_000])
  }
}
