import Decoders
import Model
import Support
import Testing

/// Records of JSON whose level, time or name stands elsewhere than most have it.
struct InnerFieldTests {
  private func read(_ record: String) -> ReadLog? { decode(record + "\n" + record + "\n").readLogs.first }

  @Test("the level of PostgreSQL's record counts before that of the operator around it")
  func operatorRecord() {
    let record =
      #"{"level":"info","ts":"2026-11-25T02:00:00.5Z","logger":"postgres","msg":"record","record":{"error_severity":"\#("X")","message":"none left"}}"#
    #expect(read(record.replacing("X", with: "FATAL"))?.severity == "fatal")
    #expect(read(record.replacing("X", with: "LOG"))?.severity == "info")
    #expect(read(record.replacing("X", with: "ERROR")) == ReadLog("02:00:00.5", "postgres", "error", "none left"))
  }

  @Test(
    "a time under a name that may be any field's counts where there is no other",
    arguments: [
      #""date_time":"1795572000.500000""#, #""at":"2026-11-25T02:00:00.5Z""#, #""logged_at":"2026-11-25 02:00:00.5""#,
      #""ts_ms":1795572000500"#,
      #""time":"2026-11-25T02:00:00.5Z","created_at":"2019-01-01T00:00:00Z","epoch":12"#,
      #""created_at":"2019-01-01T00:00:00Z","time":"2026-11-25T02:00:00.5Z""#,
    ])
  func lateTime(keys: String) {
    #expect(
      read("{" + keys + #","level":"error","service":"mill","message":"none left"}"#)
        == ReadLog("02:00:00.5", "mill", "error", "none left"))
  }

  @Test("what is no time under such a name is none, and makes no record of an object")
  func noTime() {
    #expect(read(#"{"at":"mill.js:12","epoch":3,"level":"error","message":"none left"}"#)?.time == "-")
    #expect(decode(#"{"created_at":"2026-11-25T02:00:00Z","level":"high","id":7}"# + "\n").logs.isEmpty)
    #expect(decode(#"{"created_at":"2026-11-25T02:00:00Z","event":{"id":7}}"# + "\n").logs.isEmpty)
  }

  @Test("OpenTelemetry's own keys and text name the service and the trace")
  func injected() {
    let ids = #""otelTraceID":"7b0c1d2e3f405162738495a6b7c8d9e1","otelSpanID":"1122334455667711""#
    let record =
      #"{"asctime":"2026-11-25 02:00:00,500","levelname":"ERROR","name":"mill.grind",\#(ids),"otelServiceName":"mill","message":"none left"}"#
    let batch = decode(record + "\n" + record + "\n")
    #expect(batch.readLogs.first == ReadLog("02:00:00.5", "mill", "error", "none left"))
    #expect(batch.logs.first?.request.hex == "7b0c1d2e3f405162738495a6b7c8d9e1")
    let none = #"{"levelname":"ERROR","otelTraceID":"0","otelSpanID":"0","message":"none left"}"# + "\n"
    #expect(decode(none + none).logs.allSatisfy { $0.request.isNone && $0.span == 0 })
    let line =
      "2026-11-25 02:00:00,500 ERROR [mill.grind] [grind.py:3] [trace_id=0 span_id=0 resource.service.name=mill "
      + "trace_sampled=False] - none left\n"
    #expect(decode(line + line).readLogs.first == ReadLog("02:00:00.5", "mill", "error", "none left"))
  }

  @Test(
    "a process of Python's multiprocessing names no program, any other process does",
    arguments: [
      ("MainProcess", "mill.grind"), ("ForkPoolWorker-3", "mill.grind"), ("SpawnProcess-1:2", "mill.grind"),
      ("Process-mill", "Process-mill"), ("grinder", "grinder"),
    ])
  func workers(process: String, name: String) {
    let record =
      #"{"@timestamp":"2026-11-25T02:00:00.5Z","log.level":"error","message":"none left","log":{"logger":"mill.grind"},"process":{"name":"\#(process)"}}"#
    #expect(read(record)?.component == name)
  }

  @Test("an event of Kubernetes in the envelope of a router is the event")
  func routed() {
    func event(_ type: String, _ time: String) -> String {
      #"{"involvedObject":{"kind":"Pod","name":"mill-0"},"type":"\#(type)","message":"none left","firstTimestamp":"2026-11-25T01:00:00Z","lastTimestamp":"\#(time)"}"#
    }
    let old = event("Warning", "2026-11-25T01:30:00Z")
    let text =
      #"{"verb":"ADDED","event":\#(event("Warning", "2026-11-25T02:00:00Z"))}"# + "\n"
      + #"{"verb":"UPDATED","event":\#(event("Normal", "2026-11-25T02:00:01Z")),"old_event":\#(old)}"# + "\n"
    let logs = decode(text).readLogs
    #expect(logs.map(\.time) == ["02:00:00", "02:00:01"])
    #expect(logs.map(\.severity) == ["warn", "info"])
    #expect(logs.allSatisfy { $0.component == "mill" })
  }
}
