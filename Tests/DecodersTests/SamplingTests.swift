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

  @Test("a table's rows tell it, too", arguments: [("10", true), ("1", false)])
  func tables(count: String, isTold: Bool) {
    let batch = decode(
      "timestamp,operation_Id,id,name,success,duration,itemCount\n2026-11-25T02:00:00Z,0a,0b,GET /x,True,25,\(count)\n")
    #expect(batch.spans.count == 1)
    #expect(batch.diagnostics.sorted.contains { $0.code == "sampledTraces" } == isTold)
  }
}
