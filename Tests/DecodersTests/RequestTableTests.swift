// Tables of requests, and what tables of spans say of durations.

import Decoders
import Model
import Support
import Testing

struct RequestTableTests {
  private func requests(_ header: String, _ row: String) -> [String] {
    let batch = decode(header + "\n" + row + "\n" + row + "\n", member: "logs/shop.csv")
    #expect(batch.isBalanced)
    #expect(batch.logs.isEmpty && batch.metrics.isEmpty)
    return batch.spans.map {
      "\(batch.text($0.operation)) \($0.httpStatus) \($0.start + max($0.duration, 0)) \($0.duration)"
    }
  }

  @Test(
    "a header with a time, a method, a path and a status is one of requests",
    arguments: [
      ("ts,client,method,path,status,duration_ms", "2026-11-25T02:00:01Z,10.0.0.9,GET,/orders/7,502,3004"),
      (
        "timestamp,httpRequest_requestMethod,httpRequest_requestUrl,httpRequest_status,latency_s",
        "2026-11-25T02:00:01Z,GET,https://h/orders/7,502,3.004"
      ),
      (
        "@timestamp,http.request.method,url.path,http.response.status_code,event.duration",
        "\"Nov 25, 2026 @ 02:00:01.000\",GET,/orders/7,502,3004000000"
      ),
      ("time\thost\tverb\turi\tstatus_code\telapsed_ms", "2026-11-25T02:00:01Z\th1\tGET\t/orders/7\t502\t3004"),
      ("time;request;status;duration_us", "2026-11-25T02:00:01Z;GET /orders/7 HTTP/1.1;502;3004000"),
    ])
  func reads(header: String, row: String) {
    let one = "GET /orders/{id} 502 1795572001000000 3004000"
    #expect(requests(header, row) == [one, one])
  }

  @Test("a duration without a unit or without a value is none, and other tables stay what they were")
  func others() {
    let header = "timestamp,method,uri,status_code,response_time"
    #expect(
      requests(header, "2026-11-25T02:00:01Z,GET,/orders/7,502,12").first == "GET /orders/{id} 502 1795572001000000 -1")
    #expect(
      requests(header, "2026-11-25T02:00:01Z,GET,/orders/7,502,").first == "GET /orders/{id} 502 1795572001000000 -1")
    let logs = decode("timestamp,level,message,method,path,status\n2026-11-25T02:00:01Z,error,lost,GET,/x,502\n")
    #expect(logs.spans.isEmpty && logs.logs.count == 1)
    let prices = decode("date,method,status,price\n2026-11-25,card,200,12\n2026-11-26,card,200,13\n")
    #expect(prices.spans.isEmpty)
  }

  @Test(
    "samples, errors and results of tests with a method and a status are no requests",
    arguments: [
      ("time,metric,value,method,path,status", "2026-11-25T02:00:01Z,latency,12,GET,/x,200"),
      ("metric_name,timestamp,metric_value,method,status,url", "http_reqs,1795572001,1,GET,200,/x"),
      ("time,level,error,method,path,status", "2026-11-25T02:00:01Z,error,card declined,POST,/pay,402"),
      ("timestamp,suite,test,method,path,status,time", "2026-11-25T02:00:01Z,s,t,GET,/x,passed,1"),
    ])
  func noRequests(header: String, row: String) {
    #expect(decode(header + "\n" + row + "\n" + row + "\n", member: "logs/shop.csv").spans.isEmpty)
  }

  private static let header = "trace_id,span_id,parent_span_id,service_name,span_name,span_kind,start_time,"

  /// Requests of 200, calls of 150 and what they call of 100 units, 20 ms after one another.
  private func spans(_ column: String, _ values: [String], delimiter: String = ",") -> RecordBatch {
    var rows = [(Self.header + column).replacing(",", with: delimiter)]
    for request in 0..<12 {
      for (place, kind) in ["server", "client", "server"].enumerated() {
        let second = 10 + request
        let parent = place == 0 ? "" : "00f067aa0b\(second)00\(place)0"
        let fields = [
          "4bf92f3577b34da6a3ce929d0e0e00\(second)", "00f067aa0b\(second)00\(place + 1)0", parent, "s\(place)", "x",
          kind,
          "2026-11-25T02:00:\(second).0\(place * 2)0Z", values[place],
        ]
        rows.append(fields.joined(separator: delimiter))
      }
    }
    return decode(rows.joined(separator: "\n") + "\n", member: "spans.csv")
  }

  @Test("names that everybody uses say nothing of a unit: the calls do, or the value's own word")
  func units() {
    #expect(spans("duration", ["200", "150", "100"]).spans.first?.duration == 200_000)
    #expect(spans("duration", ["200000", "150000", "100000"]).spans.first?.duration == 200_000)
    #expect(
      spans("duration", ["200 milliseconds", "150 milliseconds", "0.1 sec"]).spans.map(\.duration).prefix(3) == [
        200_000, 150_000, 100_000,
      ])
  }

  @Test("a duration that cannot be read is none", arguments: [",", ";"])
  func unreadable(delimiter: String) {
    let values = delimiter == "," ? ["\"200,000\"", "\"150,000\"", "\"100,000\""] : ["200,5", "150,5", "100,5"]
    let batch = spans("duration_us", values, delimiter: delimiter)
    #expect(batch.spans.count == 36)
    #expect(batch.spans.allSatisfy { $0.duration == -1 && $0.flags.contains(.untimed) })
    #expect(batch.recordCounts.repaired["durationUnknown"] == 36)
    #expect(batch.recordCounts.repaired["negativeDuration"] == nil)
  }

  @Test("names of Honeycomb's download and flags of errors are read")
  func names() {
    let batch = decode(
      "Timestamp,trace.trace_id,trace.span_id,trace.parent_id,service.name,name,duration_ms,is_error\n2026-11-25T02:00:01Z,4bf92f3577b34da6a3ce929d0e0e0001,00f067aa0ba90002,00f067aa0ba90001,pay,charge,200,1\n"
    )
    #expect(batch.spans.first?.duration == 200_000)
    #expect(batch.spans.first?.parent == 0x00f0_67aa_0ba9_0001)
    #expect(batch.spans.first?.status == .error)
  }
}
