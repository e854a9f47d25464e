import Decoders
import Model
import Support
import Testing

/// Lines of syslog, the journal and programs as collectors hand them on, and forms that a program writes before it is set up.
struct CollectedFormTests {
  private func logs(_ text: String, member: String = "m") -> [ReadLog] {
    let batch = decode(text + "\n", member: member)
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  private func otlp(_ body: String, level: Int, resource: String = "", attributes: String = "") -> RecordBatch {
    decode(
      #"{"resourceLogs":[{"resource":{"attributes":[\#(resource)]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572001000000000","severityNumber":\#(level),"body":{"stringValue":"\#(body)"},"attributes":[\#(attributes)]}]}]}]}"#
        + "\n")
  }

  private let till = #"{"key":"service.name","value":{"stringValue":"till"}}"#

  @Test(
    "a body that is a whole line is read beside a level, too",
    arguments: [
      "E1125 02:00:01.000000       1 pay.go:31] none left", "<131>1 2026-11-25T02:00:01Z web1 till 13 - - none left",
      "<131>Nov 25 02:00:01 web1 till[13]: none left", "2026-11-25T02:00:01.000000000Z stderr F none left",
      #"{\"level\":\"error\",\"msg\":\"none left\"}"#, "2026-11-25 02:00:01.000 ERROR none left",
    ])
  func levelledBody(_ line: String) {
    #expect(otlp(line, level: 17, resource: till).readLogs == [ReadLog("02:00:01", "till", "error", "none left")])
  }

  @Test("a request in the body is one; what an SDK's logger says keeps its own level and its words")
  func levelledOthers() {
    let request = otlp(
      #"10.1.0.9 - - [25/Nov/2026:02:00:01 +0000] \"GET /stock HTTP/1.1\" 503 57"#, level: 9, resource: till)
    #expect(request.spans.map(\.httpStatus) == [503] && request.logs.isEmpty)
    for text in ["ERROR: none left", "Error: none left", "java.io.IOException: gone", "[stock] none left", "at noon"] {
      #expect(otlp(text, level: 13, resource: till).readLogs == [ReadLog("02:00:01", "till", "warn", text)])
    }
  }

  @Test(
    "an error whose body is a program's data stays one",
    arguments: [
      #"{"data":[{"id":1}],"error":"gone"}"#, #"{"spans":[]}"#, #"{"resourceSpans":[]}"#, #"{"_source":{"a":1}}"#,
      #"{"columns":[{"name":"a","type":"b"}],"values":[[1]]}"#, #"{"records":[{"resourceId":"a"}]}"#,
      #"{"logEvents":[{"message":"gone"}]}"#, #"{"method":"POST","path":"/stock","status":200,"duration_ms":5}"#,
      #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x","startTime":"2026-11-25T02:00:00Z","duration":5}"#,
      #"{"kind":"requestEnd","component":"x","time":"2026-11-25T02:00:00Z"}"#,
      #"{"event":"stock.gone","service":"shelf","level":"debug"}"#,
    ])
  func dataInBody(_ body: String) {
    let quoted = body.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
    let batch = otlp(quoted, level: 17, resource: till)
    #expect(batch.isBalanced && batch.spans.isEmpty)
    #expect(batch.readLogs == [ReadLog("02:00:01", "till", "error", body)])
  }

  @Test("a record in a body is no better than the record around it, and an error's request is a log line, too")
  func worseLevel() {
    let better = otlp(#"{\"level\":\"info\",\"message\":\"none left\"}"#, level: 17, resource: till)
    #expect(better.readLogs == [ReadLog("02:00:01", "till", "error", "none left")])
    let worse = otlp(#"{\"level\":\"error\",\"message\":\"none left\"}"#, level: 9, resource: till)
    #expect(worse.readLogs == [ReadLog("02:00:01", "till", "error", "none left")])
    let request =
      #"{\"time\":\"2026-11-25T02:00:01Z\",\"method\":\"POST\",\"path\":\"/stock\",\"status\":200,\"duration_ms\":5}"#
    let served = otlp(request, level: 17, resource: till)
    #expect(served.isBalanced && served.spans.map(\.httpStatus) == [200])
    #expect(served.readLogs.map(\.severity) == ["error"])
    #expect(otlp(request, level: 9, resource: till).logs.isEmpty)
  }

  @Test("the collector's syslog receiver names the program in an attribute")
  func receiver() {
    let batch = otlp(
      "none left", level: 17,
      attributes:
        #"{"key":"log.file.path","value":{"stringValue":"/var/log/all.log"}},{"key":"appname","value":{"stringValue":"till"}}"#
    )
    #expect(batch.readLogs == [ReadLog("02:00:01", "till", "error", "none left")])
  }

  @Test(
    "syslog through collectors",
    arguments: [
      #"{"PROGRAM":"till","PRIORITY":"err","MESSAGE":"none left","HOST":"web1","ISODATE":"2026-11-25T03:00:01+01:00"}"#,
      #"{"date":1795572001.0,"pri":"131","host":"web1","ident":"till","message":"none left"}"#,
      #"{"fields":{"message":"none left","severity_code":3},"name":"syslog","tags":{"appname":"till","severity":"err"},"timestamp":1795572001}"#,
      #"{"fields":{"message":"none left","severity_code":3},"name":"syslog","tags":{"appname":"till"},"timestamp":1795572001}"#,
      #"{"@timestamp":"2026-11-25T02:00:01Z","syslog":{"priority":3,"identifier":"till"},"message":"none left"}"#,
      #"{"@timestamp":"2026-11-25T02:00:01Z","log":{"syslog":{"priority":131,"appname":"till"}},"message":"none left"}"#,
    ])
  func syslog(_ line: String) {
    #expect(logs(line) == [ReadLog("02:00:01", "till", "error", "none left")])
  }

  @Test("pri alone is anybody's")
  func barePriority() {
    let line = #"{"time":"2026-11-25T02:00:01Z","pri":1,"message":"stock counted"}"#
    #expect(logs(line).map(\.severity) == ["unknown"])
  }

  @Test("a priority of something else is none of syslog's")
  func priority() {
    let line = #"{"time":"2026-11-25T02:00:01Z","app":"till","message":"none left","priority":131}"#
    #expect(logs(line).map(\.severity) == ["unknown"])
  }

  @Test("Abseil's lines before it knows the zone")
  func abseil() {
    #expect(
      logs(
        "I0000 00:00:1795572001.250000      77 a.cc:1015] ready\nE0000 00:00:1795572002.250000      77 b.cc:7] none left"
      )
        == [ReadLog("02:00:01.25", "m", "info", "ready"), ReadLog("02:00:02.25", "m", "error", "none left")])
  }

  @Test("a journal's export with its fields in any order")
  func journal() {
    let entry =
      "PRIORITY=3\nMESSAGE=none left\nSYSLOG_IDENTIFIER=till\n__REALTIME_TIMESTAMP=1795572001000000\n__CURSOR=a\n"
    #expect(logs(entry + "\n" + entry).map(\.component) == ["till", "till"])
    #expect(logs(entry).map(\.severity) == ["error"])
    #expect(decode("PATH=/bin\nHOME=/root\n").readLogs.allSatisfy { $0.component != "till" })
  }

  @Test("an export of OTLP behind a word of the program is the export")
  func behindWord() {
    let batch = decode(
      #"2026-11-25 02:00:01,123 DEBUG dump {"resource_spans":[{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"till"}}]},"scope_spans":[{"spans":[{"trace_id":"7b0c1d2e3f405162738495a6b7c8d9e0","span_id":"1122334455667788","name":"sell","start_time_unix_nano":"1795572000000000000","end_time_unix_nano":"1795572000500000000"}]}]}]}"#
        + "\n")
    #expect(batch.services == ["till"])
    #expect(batch.spans.map(\.duration) == [500_000])
  }

  @Test("errors of Elastic APM as its server stores them")
  func storedError() {
    #expect(
      logs(
        #"{"@timestamp":"2026-11-25T02:00:01Z","processor":{"event":"error"},"service":{"name":"till"},"trace":{"id":"7b0c1d2e3f405162738495a6b7c8d9e0"},"error":{"id":"aa","exception":[{"type":"java.io.IOException","message":"none left"}]}}"#
      ) == [ReadLog("02:00:01", "till", "error", "java.io.IOException: none left")])
  }
}
