import Decoders
import Model
import Support
import Testing

/// JSON records whose level, name or message lies inside of what carries them.
struct InnerRecordTests {
  private func log(_ record: String) -> ReadLog? { decode(record + "\n").readLogs.first }

  @Test("pino without a number for its time is told by its message's key")
  func pino() {
    func levels(_ key: String) -> [String] {
      let lines = [20, 30, 50].map {
        #"{"level":\#($0),"time":"2026-11-25T02:00:00Z","service":"till","\#(key)":"x"}"# + "\n"
      }
      return decode(lines.joined()).readLogs.map(\.severity)
    }
    #expect(levels("msg") == ["debug", "info", "error"])
    #expect(levels("message") == ["info", "warn", "fatal"])
  }

  @Test("events of Windows by Promtail and in Azure's table are their source's, on Windows' scale")
  func windows() {
    #expect(
      log(
        #"{"source":"Print","channel":"System","computer":"N","event_id":7,"level":3,"timeCreated":"2026-11-25T02:00:00Z","eventRecordID":9,"message":"paper low"}"#
      ) == ReadLog("02:00:00", "Print", "warn", "paper low"))
    #expect(
      log(
        #"{"TimeGenerated":"2026-11-25T02:00:00Z","Source":"Print","Computer":"N","EventLevel":1,"EventLevelName":"Error","RenderedDescription":"paper out"}"#
      ) == ReadLog("02:00:00", "Print", "error", "paper out"))
    // A source alone names nobody.
    #expect(log(#"{"time":"2026-11-25T02:00:00Z","level":"info","source":"a.go:7","msg":"x"}"#)?.component == "m")
  }

  @Test("roarr and tslog")
  func nodeLoggers() {
    #expect(
      log(
        #"{"context":{"package":"stock","namespace":"db","logLevel":50},"message":"none left","sequence":"0","time":1795572000000,"version":"2.0.0"}"#
      ) == ReadLog("02:00:00", "stock", "error", "none left"))
    #expect(
      log(
        #"{"0":"none left","1":{"id":7},"_meta":{"name":"stock","date":"2026-11-25T02:00:00Z","logLevelId":4,"logLevelName":"WARN"}}"#
      ) == ReadLog("02:00:00", "stock", "warn", "none left"))
    // Monolog's context is its caller's.
    #expect(
      log(
        #"{"message":"x","context":{"package":"gift"},"level":400,"level_name":"ERROR","channel":"app","datetime":"2026-11-25T02:00:00Z"}"#
      )?.component == "app")
  }

  @Test(
    "what Datadog's agent carries is the program's line",
    arguments: [
      #"{\"level\":\"error\",\"msg\":\"none left\"}"#, #"level=error msg=\"none left\""#,
      #"2026-11-25 02:00:00,000 ERROR none left"#,
      #"{\"level\":50,\"time\":1795572000000,\"pid\":7,\"hostname\":\"n\",\"msg\":\"none left\"}"#,
    ])
  func datadog(message: String) {
    let record =
      #"{"message":"\#(message)","ddsource":"x","service":"till","hostname":"n","status":"info","timestamp":1795572000000}"#
    #expect(log(record) == ReadLog("02:00:00", "till", "error", "none left"))
  }

  @Test("a trace within one carried record takes nothing of the next one")
  func wholeTrace() {
    let lines = [
      (#"none left"#, "error"), (#"Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 1"#, "error"),
      (#"kept"#, "info"),
    ].map {
      #"{"message":"\#($0)","ddsource":"python","service":"till","status":"\#($1)","timestamp":1795572000000}"# + "\n"
    }
    #expect(decode(lines.joined()).readLogs.map(\.severity) == ["error", "error", "info"])
  }

  @Test(
    "a program's own record to Datadog keeps its level and its message",
    arguments: [
      (#""level":30"#, "Error: paid after a failure", "info"), (#""level":50"#, "INFO does not match", "error"),
      (#""level":"error""#, #"{\"level\":\"info\",\"msg\":\"kept\"}"#, "error"),
      (#""level":"error""#, #"{\"hits\":{\"total\":0}}"#, "error"),
      (#""level":"error""#, #"{\"logEvents\":[{\"message\":\"a\"}]}"#, "error"),
      (#""status":"info""#, #"{\"order\":1,\"message\":\"kept\"}"#, "info"),
      (#""status":"info""#, "WARNING shown to the guest", "info"), (#""status":"info""#, "Error rate is 0", "info"),
      (#""status":"error""#, #"level=debug msg=\"none left\""#, "error"),
    ])
  func ownRecords(level: String, message: String, severity: String) {
    let read = log(
      #"{\#(level),"time":1795572000000,"msg":"\#(message)","ddsource":"nodejs","ddtags":"env:x","service":"till"}"#)
    // Of an object with a message the message is kept.
    let text = message.contains("kept") ? "kept" : message.replacing(#"\""#, with: "\"")
    #expect(read == ReadLog("02:00:00", "till", severity, text))
  }

  @Test("a record of its own time behind a trace's first line is none of its lines")
  func ownTime() {
    let lines = ["Traceback (most recent call last):", "stock: all fine"].map {
      #"{"level":50,"time":1795572000000,"msg":"\#($0)","ddsource":"python","service":"till"}"# + "\n"
    }
    #expect(decode(lines.joined()).readLogs.count == 2)
  }

  @Test(
    "numbers of Python's are on its scale beside its own keys, whatever the message's key",
    arguments: ["asctime", "time"])
  func pythonNumbers(key: String) {
    let lines = [20, 30, 40].map {
      #"{"\#(key)":"2026-11-25T02:00:00Z","level":\#($0),"msg":"x"\#(key == "time" ? #","lineno":7"# : "")}"# + "\n"
    }
    #expect(decode(lines.joined()).readLogs.map(\.severity) == ["info", "warn", "error"])
  }

  @Test("ddtrace's brackets name the service")
  func ddtrace() {
    let line =
      "2026-11-25 02:00:00,500 ERROR [shop.app] [app.py:12] [dd.service=till dd.env=x dd.version=1 dd.trace_id=0 dd.span_id=0] - none left\n"
    let logs = decode(String(repeating: line, count: 4)).readLogs
    #expect(logs.first == ReadLog("02:00:00.5", "till", "error", "none left"))
  }

  @Test("records inside of Cloud Logging's payload")
  func cloudLogging() {
    func entry(_ payload: String, _ labels: String, _ severity: String = "INFO") -> String {
      #"{"insertId":"1","jsonPayload":\#(payload),"resource":{"type":"x","labels":\#(labels)},"#
        + #""timestamp":"2026-11-25T02:00:00Z","severity":"\#(severity)","logName":"projects/p/logs/stdout"}"#
    }
    #expect(
      log(entry(#"{"MESSAGE":"disk full","PRIORITY":"3","SYSLOG_IDENTIFIER":"stored"}"#, #"{"node_name":"n"}"#))
        == ReadLog("02:00:00", "stored", "error", "disk full"))
    #expect(
      log(entry(#"{"log":"low"}"#, #"{"container_name":"till"}"#, "WARNING"))
        == ReadLog("02:00:00", "till", "warn", "low"))
    #expect(
      log(
        entry(
          #"{"kind":"Event","reason":"BackOff","message":"Back-off","type":"Warning","involvedObject":{"kind":"Pod","name":"till-5b7c6d8f9-abcde"}}"#,
          #"{"cluster_name":"c"}"#, "WARNING"))?.component == "till")
  }

  @Test("Loki's structured metadata among the labels")
  func loki() {
    let id = "7b0c1d2e3f405162738495a6b7c8d9e0"
    let labels = #"{"service_name":"till","detected_level":"unknown","severity_number":"17","trace_id":"\#(id)"}"#
    let answer =
      #"{"status":"success","data":{"resultType":"streams","result":[{"stream":\#(labels),"values":[["1795572000000000000","none left"]]}]}}"#
    for text in [answer, #"{"labels":\#(labels),"line":"none left","timestamp":"2026-11-25T02:00:00Z"}"# + "\n"] {
      let batch = decode(text)
      #expect(batch.readLogs == [ReadLog("02:00:00", "till", "error", "none left")])
      #expect(batch.logs.map(\.request.hex) == [id])
    }
  }

  @Test("what App Engine's request holds is of its service and request")
  func appEngine() {
    let batch = decode(
      #"{"protoPayload":{"@type":"type.googleapis.com/google.appengine.logging.v1.RequestLog","startTime":"2026-11-25T02:00:00Z","#
        + #""latency":"1.5s","method":"GET","resource":"/x","status":200,"line":[{"time":"2026-11-25T02:00:00.5Z","severity":"ERROR","#
        + #""logMessage":"none left"}]},"resource":{"type":"gae_app","labels":{"module_id":"front"}},"timestamp":"2026-11-25T02:00:00Z"}"#
        + "\n")
    #expect(batch.readLogs == [ReadLog("02:00:00.5", "front", "error", "none left")])
    #expect(batch.services == ["front"])
  }
}
