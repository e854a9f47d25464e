import Decoders
import Model
import Support
import Testing

/// Requests in JSON whose time and container stand under the keys of log records, which collectors merge into them.
struct MergedRequestTests {
  private static let request = #""method":"GET","path":"/loaves","status":503"#

  private func read(_ keys: String) -> (service: String, start: Int64)? {
    let batch = decode("{" + Self.request + "," + keys + "}\n", member: "m")
    return batch.spans.first.map { (batch.text($0.service), $0.start) }
  }

  @Test(
    "a request's time may have any name that a record's has, and brackets",
    arguments: [
      #""date":1795572000.5"#, #""Date":"2026-11-25T02:00:00.500Z""#, #""at":"2026-11-25T02:00:00.5Z""#,
      #""log_time":"2026-11-25 02:00:00.5""#, #""created_at":1795572000500"#, #""when":"2026-11-25T02:00:00.5Z""#,
      #""received_at":"2026-11-24T18:00:00.5-08:00""#, #""ts":1.7955720005e18"#,
      #""time":"[2026-11-25T03:00:00.5+01:00]""#, #""timestamp":"2026-Nov-25 02:00:00.500000""#,
    ])
  func times(key: String) { #expect(read(key)?.start == 1_795_572_000_500_000) }

  @Test("Apache's time in brackets is one, and a date beside a time of day is half of one")
  func halves() {
    #expect(read(#""time":"[25/Nov/2026:03:00:00 +0100]""#)?.start == 1_795_572_000_000_000)
    #expect(read(#""date":"2026-11-25","time":"02:00:00""#)?.start == 1_795_572_000_000_000)
    #expect(read(#""time":"2026-11-25T02:00:00Z","created_at":"2019-01-01T00:00:00Z""#)?.start == 1_795_572_000_000_000)
  }

  @Test(
    "a container, a pod or a program beside a request names it",
    arguments: [
      #""kubernetes":{"container_name":"bakery","pod_name":"bakery-1"}"#,
      #""kubernetes":{"container":{"name":"bakery"},"pod":{"name":"bakery-1"}}"#, #""container_name":"/bakery""#,
      #""SYSLOG_IDENTIFIER":"bakery""#, #""k8s.container.name":"bakery""#, #""appname":"bakery""#,
      #""program":"bakery""#, #""kubernetes_container_name":"bakery""#,
      #""kubernetes":{"container_name":"istio-proxy","pod_name":"bakery-6d58f9c7b-x2x9k"}"#,
      #""kubernetes":{"container_name":"bakery"},"host":"loaves.example""#,
    ])
  func names(keys: String) { #expect(read(#""ts":1795572000,"# + keys)?.service == "bakery") }

  @Test(
    "a service that the record names counts before its container, a client's name and a proxy beside it never",
    arguments: [
      #""service":"bakery","container":"app""#, #""app":"bakery","ident":"bob""#,
      #""service_name":"bakery","container":"istio-proxy""#, #""container":{"name":"app"},"service":{"name":"bakery"}"#,
      #""service":"bakery","kubernetes":{"container_name":"app","pod_name":"bakery-6d58f9c7b-x2x9k"}"#,
      #""component":"http","container_name":"bakery""#,
    ])
  func services(keys: String) { #expect(read(#""ts":1795572000,"# + keys)?.service == "bakery") }

  @Test("a proxy or a client names no request")
  func nameless() {
    #expect(read(#""ts":1795572000,"container":"istio-proxy""#)?.service != "istio-proxy")
    #expect(read(#""ts":1795572000,"ident":"bob""#)?.service != "bob")
  }

  @Test("what a proxy's operator calls it counts before the container, and a proxy's service stays its upstream")
  func configured() {
    #expect(
      read(#""ts":1795572000,"server_name":"loaves.example","container_name":"edge""#)?.service == "loaves.example")
    #expect(read(#""ts":1795572000,"ServiceName":"oven@docker","container_name":"edge""#)?.service == "edge")
    #expect(read(#""ts":1795572000,"host":"loaves.example""#)?.service == "loaves.example")
  }

  @Test("a request with a message is one of its container, and so is its line")
  func summary() {
    let batch = decode(
      #"{"@timestamp":"2026-11-25T02:00:00.5Z","level":"error","msg":"request failed: oven cold","method":"GET","path":"/loaves","status":503,"duration_ms":250,"kubernetes":{"container_name":"bakery"}}"#
        + "\n")
    #expect(batch.spans.map { batch.text($0.service) } == ["bakery"] && batch.spans.first?.duration == 250_000)
    #expect(batch.readLogs == [ReadLog("02:00:00.5", "bakery", "error", "request failed: oven cold")])
  }
}
