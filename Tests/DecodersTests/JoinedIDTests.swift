import Decoders
import Model
import Support
import Testing

/// Ids that programs write in a form of their own, so that logs, requests and spans of one trace are one request.
struct JoinedIDTests {
  private let low = RequestID(high: 0, low: 0xA3CE_929D_0E0E_4736)
  private let wide = RequestID(high: 0x4BF9_2F35_77B3_4DA6, low: 0xA3CE_929D_0E0E_4736)

  private func request(_ line: String) -> RequestID? {
    let batch = decode(line + "\n", member: "m")
    #expect(batch.isBalanced)
    return batch.logs.first?.request ?? batch.spans.first?.trace
  }

  @Test("Datadog's ids are decimal, or all 32 digits of a wide one")
  func datadog() {
    let head = #"{"timestamp":"2026-11-25T02:00:01Z","level":"error","message":"x","#
    #expect(request(head + #""dd.trace_id":"11803532876627986230","dd.span_id":"67667974448284343"}"#) == low)
    #expect(request(head + #""dd.trace_id":11803532876627986230}"#) == low)
    #expect(request(head + #""dd":{"trace_id":"11803532876627986230","service":"orders"}}"#) == low)
    #expect(request(head + #""dd.trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}"#) == wide)
    #expect(request(head + #""dd.trace_id":"0"}"#) == RequestID.none)
    let line = "2026-11-25 02:00:01,123 ERROR [pay] [dd.service=orders dd.trace_id="
    #expect(request(line + "11803532876627986230 dd.span_id=67667974448284343] - x") == low)
    #expect(request(line + "4bf92f3577b34da6a3ce929d0e0e4736 dd.span_id=67667974448284343] - x") == wide)
    #expect(request(line + "0 dd.span_id=0] - x") == RequestID.none)
    let span = decode(head + #""dd.span_id":"67667974448284343"}"# + "\n").logs.first?.span
    #expect(span == 67_667_974_448_284_343)
  }

  @Test("the first span of Datadog's chunk names the upper half of its trace")
  func upperHalf() {
    func span(_ meta: String) -> RequestID? {
      request(
        #"{"service":"orders","name":"web.request","resource":"GET /x","trace_id":11803532876627986230,"span_id":7,"parent_id":0,"start":1795572000000000000,"duration":3000,"meta":{\#(meta)}}"#
      )
    }
    #expect(span(#""_dd.p.tid":"4bf92f3577b34da6""#) == wide)
    #expect(span(#""span.kind":"server""#) == low)
    #expect(span(#""_dd.p.tid":"no sixteen digit""#) == low)
  }

  @Test("ids behind 0x are hexadecimal, and a zero one is none")
  func prefixed() {
    let record = #"{"body":"x","severity_text":"WARN","timestamp":"2026-11-25T02:00:01Z","trace_id":"0x"#
    #expect(request(record + #"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"0x00f067aa0ba902b7"}"#) == wide)
    #expect(request(record + #"00000000000000000000000000000000"}"#) == RequestID.none)
  }

  @Test(
    "Spring writes a trace of 64 bits and its span in brackets",
    arguments: [
      "[till,a3ce929d0e0e4736,00f067aa0ba902b7,true]", "[till,a3ce929d0e0e4736,00f067aa0ba902b7]",
      "[,a3ce929d0e0e4736,00f067aa0ba902b7]", "[a3ce929d0e0e4736-00f067aa0ba902b7]",
      "[a3ce929d0e0e4736                -00f067aa0ba902b7]", "[a3ce929d0e0e4736,00f067aa0ba902b7]",
    ])
  func spring(bracket: String) {
    let batch = decode("2026-11-25 02:00:00.500  INFO \(bracket) 1 --- [main] a.b.Till : sold\n", member: "m")
    #expect(batch.logs.first?.request == low)
    #expect(batch.logs.first?.span == 0x00F0_67AA_0BA9_02B7)
  }

  @Test(
    "two numbers in brackets, and ids outside of them, are no trace and span",
    arguments: [
      "[1795572000000000,1795572001000000]", "[1795572000000000-1795572001000000]", "[till,,]",
      "a3ce929d0e0e4736,00f067aa0ba902b7", "[a3ce929d0e0e4736-00f067aa0ba902b7-1]",
      "[a: b,a3ce929d0e0e4736,00f067aa0ba902b7]",
      "[till,a3ce929d0e0e4736,00f067aa0ba902b7,12]", "[xa3ce929d0e0e4736-00f067aa0ba902b7]",
    ])
  func numbers(text: String) {
    #expect(request("2026-11-25 02:00:00.500  INFO 1 --- [main] a.b.Till : sold \(text)") == RequestID.none)
  }

  @Test("a request of Cloud Logging is of the trace at the end of its path")
  func paths() {
    let line =
      #"{"httpRequest":{"requestMethod":"GET","requestUrl":"http://shop/x","status":200,"latency":"1.5s"},"timestamp":"2026-11-25T02:00:01Z","trace":"projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736"}"#
    #expect(request(line) == wide)
  }

  @Test("what SDKs print of their resource names the service")
  func resources() {
    func component(_ resource: String, body: String = #""x""#) -> [String] {
      let batch = decode(
        #"{"Timestamp":"2026-11-25T02:00:01Z","SeverityText":"ERROR","Body":\#(body),"Resource":\#(resource)}"# + "\n",
        member: "m")
      return batch.readLogs.map { "\($0.component) \($0.message)" }
    }
    let list =
      #"[{"Key":"host","Value":{"Type":"STRING","Value":"h"}},{"Key":"service.name","Value":{"Type":"STRING","Value":"orders"}}]"#
    #expect(component(list, body: #"{"Type":"String","Value":"none left"}"#) == ["orders none left"])
    #expect(component(#""{'telemetry.sdk.language': 'python', 'service.name': 'orders'}""#) == ["orders x"])
  }
}
