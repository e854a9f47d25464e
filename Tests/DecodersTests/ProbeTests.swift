import Decoders
import Support
import Testing

private let seeds: [(DecoderProbe, String)] = [
  (
    .json,
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"spans":[{"traceId":"0a","spanId":"0b","name":"n","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","attributes":[{"key":"error","value":{"boolValue":true}}],"status":{"code":2}}]}]}]}"#
      + "\n"
  ),
  (
    .json,
    #"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"o","references":[{"refType":"CHILD_OF","traceID":"1","spanID":"3"}],"startTime":1767225600000000,"duration":5,"processID":"p1","tags":[{"key":"error","type":"bool","value":true}],"logs":[{"timestamp":1,"fields":[{"key":"event","value":"error"},{"key":"message","value":"m"}]}]}],"processes":{"p1":{"serviceName":"f"}}}]}"#
  ),
  (
    .json,
    #"[{"traceId":"1","id":"2","parentId":"1","name":"n","timestamp":1767225600000000,"duration":5,"annotations":[{"timestamp":1767225600000000,"value":"sr","endpoint":{"serviceName":"s"}}],"binaryAnnotations":[{"key":"error","value":"x"}]}]"#
  ),
  (
    .json,
    #"{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","service":"a","message":"m\u00e9\n","trace_id":"0a"}"# + "\n"
  ),
  (
    .json,
    #"{"time":"2026-01-01T00:00:00Z","component":"a","kind":"callReturn","source":"b","success":false,"latencyUs":5}"#
      + "\n"
  ),
  (
    .json,
    #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"q","gauge":{"dataPoints":[{"timeUnixNano":"1544712660300000000","asInt":"7"}]}}]}]}]}"#
  ),
  (.mappedJSON, #"[{"trace_id":"x","span_id":"1","time":{"start":1767225600},"duration_ms":1.5,"status":"ERROR"}]"#),
  (
    .table,
    "TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano\n0a,0b,root,p,\"o, \"\"x\"\"\",1544712660000000000,1544712661000000000\n"
  ),
  (.table, "Time,TimeStamp,PodName,Cpu\nx,1767225600,a,0.25\nx,1767225660,a,NaN\n"),
  (
    .table,
    "Timestamp,PodName,TraceID,SpanID,Log\n2026-01-01T00:00:00Z,p,0a,0b,\"{\"\"log\"\":\"\"17:35:38.386 INFO x\\n\"\"}\"\n"
  ),
  (
    .any,
    #"{"config":{"rootDir":"/w","projects":[]},"suites":[{"title":"f","file":"f","specs":[{"title":"a","tests":[{"projectName":"p","status":"flaky","results":[{"status":"failed","duration":5,"error":{"message":"m\u001b[0m"}},{"status":"passed"}]}]}]}],"errors":[],"stats":{}}"#
  ),
  (
    .any,
    #"{"Time":"2026-11-02T01:00:00Z","Action":"run","Package":"a","Test":"T"}"# + "\n"
      + #"{"Action":"output","Package":"a","Test":"T","Output":"x_test.go:9: m\n"}"# + "\n"
      + #"{"Action":"fail","Package":"a","Test":"T","Elapsed":0.5}"# + "\n"
  ),
  (.any, "TAP version 13\n1..2\nok 1 - a\nnot ok 2 - b # TODO x\n  ---\n  message: 'm'\n  ...\n"),
]

struct ProbeTests {
  @Test("nothing at all breaks no promise", arguments: DecoderProbe.allCases)
  func nothing(_ probe: DecoderProbe) {
    #expect(probe.brokenPromise([]) == nil)
    #expect(probe.brokenPromise([0x0A]) == nil)
  }

  @Test("no damage of a good input breaks a promise", arguments: seeds.indices)
  func mutations(_ index: Int) {
    let (probe, text) = seeds[index]
    let seed = Array((text + text).utf8)
    #expect(probe.brokenPromise(seed) == nil)
    var random = SplitMix64(seed: UInt64(index))
    let odd: [UInt8] = [
      0, 0x0A, 0x0D, 0x22, 0x2C, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xC3, 0xFF, 0x2D, 0x39, 0x65, 0x20,
    ]
    for _ in 0..<400 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[at] = odd[Int.random(in: 0..<odd.count, using: &random)]
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(odd[Int.random(in: 0..<odd.count, using: &random)], at: at)
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &random)))
        default:
          let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
          bytes.insert(contentsOf: bytes[at..<end], at: at)
        }
      }
      let piece = Int.random(in: 1...200, using: &random)
      for target in [probe, .any] {
        if let broken = target.brokenPromise(bytes, piece: piece) {
          Issue.record(
            "\(broken): \(target.rawValue) in pieces of \(piece): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
          )
          return
        }
      }
    }
  }
}
