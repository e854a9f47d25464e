// Requests as API gateways log them.

import Decoders
import Model
import Support
import Testing

struct GatewayRecordTests {
  private func spans(_ line: String) -> [String] {
    let batch = decode(line + "\n", member: "gateway.json")
    #expect(batch.isBalanced)
    return batch.spans.map {
      "\(batch.text($0.operation)) \($0.httpStatus) \($0.start) \($0.duration) \(batch.text($0.peerService)) \($0.resendCount)"
    }
  }

  private let request =
    #""request":{"size":138,"uri":"/orders/17?x=1","url":"http://shop:8000/orders/17?x=1","headers":{"host":"shop"},"method":"GET"}"#

  @Test("Kong's tries are the calls of its request")
  func kong() {
    let line =
      #"{"latencies":{"request":3004,"kong":4,"proxy":3000},"service":{"name":"orders"},\#(request),"tries":[{"balancer_latency":0,"port":80,"balancer_start":1795572001500,"ip":"10.1.0.5","state":"failed","code":502},{"balancer_latency":0,"port":80,"balancer_start":1795572003000,"ip":"10.1.0.6"}],"response":{"status":200,"size":9},"started_at":1795572001123}"#
    #expect(
      spans(line) == [
        "GET /orders/{id} 200 1795572001123000 3004000  0",
        "GET /orders/{id} 502 1795572001123000 1500000 orders 0",
        "GET /orders/{id} 200 1795572002623000 1127000 orders 1",
      ])
  }

  @Test("APISIX' record has its milliseconds beside the request")
  func apisix() {
    let line =
      #"{"upstream":"10.1.0.5:80","start_time":1795572001123,"client_ip":"10.0.0.9",\#(request),"response":{"size":190,"status":502},"server":{"hostname":"gw"},"latency":3004,"upstream_latency":3000,"apisix_latency":4}"#
    #expect(spans(line).first == "GET /orders/{id} 502 1795572001123000 3004000  0")
    #expect(spans(line).count == 2)
  }

  @Test("a request and a response without a gateway's latencies are anybody's")
  func others() {
    let client = #"{"time":"2026-11-25T02:00:01Z","level":"info","msg":"called",\#(request),"response":{"status":200}}"#
    #expect(spans(client).isEmpty)
    let latencies = #"{"latencies":{"p50":3,"p99":9},\#(request),"response":{"status":200}}"#
    #expect(spans(latencies).isEmpty)
  }

  @Test("Linkerd's record begins at its time and lasts its nanoseconds")
  func linkerd() {
    let line =
      #"{"client.addr":"10.0.0.9:41","host":"shop","method":"GET","processing_ns":"4000","status":502,"timestamp":"2026-11-25T02:00:01.123Z","total_ns":"3004000000","uri":"http://shop/orders/17"}"#
    #expect(
      spans(line) == ["GET /orders/{id} 502 1795572001123000 3004000000  0".replacing("3004000000", with: "3004000")])
  }

  @Test("oauth2-proxy's line is a request that began at its time")
  func authorized() {
    let line =
      #"10.0.0.9:41 - 5f1c5b8a-1111-4222-8333-444455556666 - user@example.com [2026/11/25 02:00:01] shop GET 10.1.0.5:80 "/orders/17" HTTP/1.1 "curl/8" 502 12 3.004"#
    #expect(spans(line).first == "GET /orders/{id} 502 1795572001000000 3004000  0")
    #expect(spans(line).count == 2)
    // Such a date in front of a program's own sentences.
    let other = (0..<5).map { "worker 1 - - [2026/11/25 02:00:0\($0)] shop GET went wrong" }
    #expect(spans(other.joined(separator: "\n")).isEmpty)
  }

  @Test("HAProxy's common log format has its timers behind the client's port")
  func commonProxy() {
    let head = #"10.0.1.2 - - [25/Nov/2026:02:00:00 +0000] "GET /orders/17 HTTP/1.1" 502 212 "" "" 33317 655 "#
    let line = head + #""http-in" "static" "srv1" 10 0 30 -1 109 "SH--" 1 1 1 1 2 0 0 "" """#
    #expect(
      spans(line) == [
        "GET /orders/{id} 502 1795572000655000 109000  0", "GET /orders/{id} 502 1795572000655000 109000 static 2",
      ])
    // Numbers of another operator's own.
    #expect(spans(head + #""a" "b" 1 2 3"#) == ["GET /orders/{id} 502 1795572000000000 -1  0"])
  }

  @Test("IIS Advanced Logging counts milliseconds")
  func advancedLogging() {
    let text =
      "#Software: IIS Advanced Logging Module\n#Fields: date time cs-method cs-uri-stem sc-status TimeTakenMS\n2026-11-25 02:00:03.004 GET /orders/17 500 3004"
    #expect(spans(text) == ["GET /orders/{id} 500 1795572000000000 3004000  0"])
  }

  @Test("App Engine's request log is a request and the lines that its application logged")
  func appEngine() {
    let line =
      #"{"protoPayload":{"@type":"type.googleapis.com/google.appengine.logging.v1.RequestLog","requestId":"5f1c","startTime":"2026-11-25T02:00:00Z","endTime":"2026-11-25T02:00:03.004Z","latency":"3.004s","method":"GET","resource":"/orders/17?x=1","status":500,"host":"shop.appspot.com","line":[{"time":"2026-11-25T02:00:01Z","severity":"ERROR","logMessage":"none left"}]},"resource":{"type":"gae_app","labels":{"module_id":"orders"}},"timestamp":"2026-11-25T02:00:00Z","severity":"ERROR"}"#
    #expect(spans(line) == ["GET /orders/{id} 500 1795572000000000 3004000  0"])
    #expect(decode(line + "\n").readLogs.map(\.message) == ["none left"])
    let audit =
      #"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","status":{"code":7,"message":"denied"},"request":{"a":1},"serviceName":"storage.googleapis.com","methodName":"storage.objects.get"},"logName":"projects/p/logs/cloudaudit.googleapis.com%2Fdata_access","timestamp":"2026-11-25T02:00:03Z","severity":"ERROR"}"#
    #expect(spans(audit).isEmpty)
    #expect(decode(audit + "\n").readLogs == [ReadLog("02:00:03", "storage.googleapis.com", "error", "denied")])
  }
}
