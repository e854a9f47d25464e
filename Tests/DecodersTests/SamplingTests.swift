import Decoders
import Model
import Support
import Testing

/// One span of each writer that tells how many it stands for, with that number in place of RATE; then whether it stands for others.
private let jaeger =
  #"{"traceID":"0a","spanID":"0b","operationName":"x","references":[],"startTime":1795572000000000,"duration":25,"process":{"serviceName":"o"},"tags":[RATE]}"#
private let agent =
  #"{"trace_id":1,"span_id":2,"parent_id":0,"name":"web","resource":"GET /x","service":"o","type":"web","start":1795572000000000000,"duration":1000,"error":0,"metrics":{RATE}}"#
private let insights =
  #"{"timestamp":"2026-11-25T02:00:00Z","operation_Id":"0a","id":"0b","name":"GET /x","itemType":"request","success":"True","duration":25.0,"cloud_RoleName":"o",RATE}"#
private let elastic =
  #"{"metadata":{"service":{"name":"o"}}}"# + "\n"
  + #"{"transaction":{"id":"0b","trace_id":"0a","name":"x","type":"request","duration":25.0,"timestamp":1795572000000000,RATE}}"#

private let spans: [(String, String, Bool)] = [
  (jaeger, #"{"key":"sampler.param","type":"float64","value":0.01}"#, true),
  (jaeger, #"{"key":"sampler.type","type":"string","value":"ratelimiting"}"#, true),
  (
    jaeger,
    #"{"key":"sampler.type","type":"string","value":"const"},{"key":"sampler.param","type":"bool","value":true}"#, false
  ),
  (jaeger, #"{"key":"sampler.param","type":"float64","value":1}"#, false),
  (agent, #""_sample_rate":0.1"#, true), (agent, #""_dd.rule_psr":0.5"#, true), (agent, #""_dd.agent_psr":1"#, false),
  (insights, #""itemCount":10"#, true), (insights, #""itemCount":1"#, false),
  (elastic, #""sample_rate":0.2"#, true), (elastic, #""sample_rate":1.0"#, false),
]

struct SamplingTests {
  @Test("whoever tells that a span stands for others is heard", arguments: spans)
  func tells(text: String, rate: String, isTold: Bool) {
    let batch = decode(text.replacing("RATE", with: rate) + "\n")
    #expect(batch.spans.count == 1)
    #expect(batch.diagnostics.sorted.contains { $0.code == "sampledTraces" && $0.severity == .warning } == isTold)
  }

  @Test(
    "how many a span stands for is the reciprocal of the share that was kept, or the number that is told",
    arguments: [
      (jaeger, #"{"key":"sampler.type","value":"probabilistic"},{"key":"sampler.param","value":0.01}"#, 100.0),
      (jaeger, #"{"key":"sampler.param","value":0.5},{"key":"sampler.type","value":"probabilistic"}"#, 2),
      (jaeger, #"{"key":"sampler.type","value":"ratelimiting"},{"key":"sampler.param","value":0.5}"#, 1),
      (agent, #""_sample_rate":0.1"#, 10), (agent, #""_dd.rule_psr":0.5"#, 2), (agent, #""_dd.agent_psr":1"#, 1),
      (insights, #""itemCount":10"#, 10), (elastic, #""sample_rate":0.2"#, 5), (elastic, #""sample_rate":0"#, 1),
      (insights, #""itemCount":-3"#, 1), (insights, #""itemCount":1e300"#, 0x1p32),
    ])
  func weighs(text: String, rate: String, weight: Double) {
    let batch = decode(text.replacing("RATE", with: rate) + "\n")
    #expect(batch.spans.map(\.weight.value) == [weight])
  }

  @Test(
    "the state of a trace tells its threshold of rejection or its exponent",
    arguments: [
      ("ot=th:8", 2.0), ("ot=th:c", 4), ("x=1,ot=rv:0123456789abcd;th:f", 16), ("ot=th:0", 1), ("ot=p:3;r:5", 8),
      ("ot=p:63", 1), ("ot=th:zz", 1), ("ot=th:", 1), ("other=th:8", 1), ("ot=th:ffffffffffffffff", 1),
    ])
  func threshold(state: String, weight: Double) {
    let batch = decode(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","traceState":"STATE","name":"x","startTimeUnixNano":"1795572000000000000","endTimeUnixNano":"1795572000001000000"}]}]}]}"#
        .replacing("STATE", with: state) + "\n")
    #expect(batch.spans.map(\.weight.value) == [weight])
    #expect(batch.diagnostics.sorted.contains { $0.code == "sampledTraces" } == (weight > 1 || state == "ot=p:63"))
  }

  @Test("a table's rows tell it, too", arguments: [("10", true), ("1", false)])
  func tables(count: String, isTold: Bool) {
    let batch = decode(
      "timestamp,operation_Id,id,name,success,duration,itemCount\n2026-11-25T02:00:00Z,0a,0b,GET /x,True,25,\(count)\n")
    #expect(batch.spans.count == 1)
    #expect(batch.diagnostics.sorted.contains { $0.code == "sampledTraces" } == isTold)
    #expect(batch.spans.map(\.weight.value) == [Double(count)])
  }
}
