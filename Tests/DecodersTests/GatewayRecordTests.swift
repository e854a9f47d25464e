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
}
