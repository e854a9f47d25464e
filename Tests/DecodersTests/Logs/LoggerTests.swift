import Decoders
import Model
import Support
import Testing

/// One record of each logger, with what it says.
private let loggers: [(String, ReadLog)] = [
  (
    #"{"@t":"2026-11-25T02:00:00.5Z","@m":"placed","SourceContext":"Shop.Orders"}"#,
    ReadLog("02:00:00.5", "Shop.Orders", "info", "placed")
  ),
  (
    #"{"version":"1.1","host":"h1","short_message":"full","timestamp":1795572000.25,"level":3,"_app":"mail"}"#,
    ReadLog("02:00:00.25", "mail", "error", "full")
  ),
  (
    #"{"instant":{"epochSecond":1795572000,"nanoOfSecond":631000000},"level":"WARN","loggerName":"me.app","message":"x"}"#,
    ReadLog("02:00:00.631", "me.app", "warn", "x")
  ),
  (
    #"{"t":{"$date":"2026-11-24T21:00:00.500-05:00"},"s":"D2","c":"NETWORK","id":1,"ctx":"l","msg":"ok"}"#,
    ReadLog("02:00:00.5", "NETWORK", "debug", "ok")
  ),
  (
    #"{"level":50,"time":1795572000000,"pid":1,"hostname":"h","name":"checkout","msg":"no card"}"#,
    ReadLog("02:00:00", "checkout", "error", "no card")
  ),
  (
    #"{"time":"2026-11-25T02:00:00Z","level":"ERROR+2","msg":"slog","app":"a"}"#,
    ReadLog("02:00:00", "a", "error", "slog")
  ),
  (
    #"{"timestamp":"2026-11-25T02:00:00Z","level":"INFO","fields":{"message":"hi"},"target":"my::mod"}"#,
    ReadLog("02:00:00", "my::mod", "info", "hi")
  ),
  (
    #"{"message":"x","context":{},"level":400,"level_name":"ERROR","channel":"app","datetime":"2026-11-25T02:00:00+00:00"}"#,
    ReadLog("02:00:00", "app", "error", "x")
  ),
  (
    #"{"@timestamp":"2026-11-25T02:00:00Z","log":{"level":"WARN","logger":"L"},"message":"m","service":{"name":"till"}}"#,
    ReadLog("02:00:00", "till", "warn", "m")
  ),
  (
    #"{"Event":{"System":{"Provider":{"@Name":"SCM"},"Level":"2","TimeCreated":{"@SystemTime":"2026-11-25T02:00:00Z"}},"EventData":{"Data":["x"]}}}"#,
    ReadLog("02:00:00", "SCM", "error", "x")
  ),
  (
    #"{"insertId":"1","textPayload":"GET 1","resource":{"labels":{"container_name":"pay"}},"timestamp":"2026-11-25T02:00:00Z","severity":"INFO"}"#,
    ReadLog("02:00:00", "pay", "info", "GET 1")
  ),
  (
    "ts=2026-11-25T02:00:00Z level=warn component=ring msg=\"a \\\"b\\\"\"",
    ReadLog("02:00:00", "ring", "warn", #"a "b""#)
  ),
  (
    #"{"text":"02:00 | ERROR | a:b:1 - boom\n","record":{"level":{"name":"ERROR","no":40},"message":"boom","name":"shop.app","time":{"repr":"x","timestamp":1795572000.5}}}"#,
    ReadLog("02:00:00.5", "shop.app", "error", "boom")
  ),
  (
    #"{"@level":"error","@message":"sealed","@module":"core","@timestamp":"2026-11-25T02:00:00.5Z"}"#,
    ReadLog("02:00:00.5", "core", "error", "sealed")
  ),
  (
    #"{"time":"2026-11-25T02:00:00.5Z","category":"Console","level":"Error","properties":{"message":"boom"}}"#,
    ReadLog("02:00:00.5", "Console", "error", "boom")
  ),
  (
    "[Wed Nov 25 02:00:00.500000 2026] [core:error] [pid 1:tid 2] bad URI",
    ReadLog("02:00:00.5", "m", "error", "bad URI")
  ),
  (
    "method=GET status=500 duration=58.33 time=2026-11-25T02:00:00Z",
    ReadLog("02:00:00", "m", "unknown", "method=GET status=500 duration=58.33 time=2026-11-25T02:00:00Z")
  ),
  ("E1125 02:00:00.000011       1 x.go:13] failed", ReadLog("02:00:00.000011", "m", "error", "failed")),
  ("W, [2026-11-25T02:00:00.5 #47]  WARN -- mailer: late", ReadLog("02:00:00.5", "mailer", "warn", "late")),
  ("1:M 25 Nov 2026 02:00:00.500 # no memory", ReadLog("02:00:00.5", "m", "warn", "no memory")),
  ("ERROR:app.worker:it failed", ReadLog("-", "app.worker", "error", "it failed")),
  ("2026-11-25T02:00:00.5Z\treq-1\tERROR\tno\n", ReadLog("02:00:00.5", "m", "error", "no")),
  (
    "2026-11-25T02:00:00Z\tERROR\tsetup\tmain.go:17\tno\t{\"a\":1}",
    ReadLog("02:00:00", "setup", "error", "no\t{\"a\":1}")
  ),
  ("[2026-11-25 02:00:00,123: ERROR/Worker-1] lost a task", ReadLog("02:00:00.123", "m", "error", "lost a task")),
  ("[2026-11-25 02:00:00] shop.ERROR: lost a card {}", ReadLog("02:00:00", "shop", "error", "lost a card {}")),
  ("2026-11-25  2:00:00 0 [Note] ready to go", ReadLog("02:00:00", "m", "info", "ready to go")),
  (
    #"{"level":"\u001b[31merror\u001b[39m","message":"x","timestamp":"2026-11-25T02:00:00Z","service":"web"}"#,
    ReadLog("02:00:00", "web", "error", "x")
  ),
  (
    #"{"message":"x","level":400,"channel":"app","datetime":{"date":"2026-11-25 02:00:00.500000","timezone_type":3,"timezone":"UTC"}}"#,
    ReadLog("02:00:00.5", "app", "error", "x")
  ),
  (
    #"{"created":1795572000.5,"levelno":40,"name":"app.worker","msg":"lost"}"#,
    ReadLog("02:00:00.5", "app.worker", "error", "lost")
  ),
  (
    #"{"PROGRAM":"till","PRIORITY":"err","PID":"12","MESSAGE":"lost","HOST":"n1","DATE":"Nov 25 02:00:00"}"#,
    ReadLog("02:00:00", "till", "error", "lost")
  ),
  (
    "2026-11-25 02:00:00 UTC:10.0.0.9(5000):app@shop:[100]:FATAL:  too many connections",
    ReadLog("02:00:00", "m", "fatal", "too many connections")
  ),
  (
    #"{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"observedTimeUnixNano":"1795572000500000000","attributes":[{"key":"log.file.path","value":{"stringValue":"/var/log/pods/shop_till-0_0b1c/till/0.log"}}],"body":{"stringValue":"2026-11-25T02:00:00.25Z stdout F {\"level\":\"error\",\"msg\":\"lost\"}"}}]}]}]}"#,
    ReadLog("02:00:00.25", "till", "error", "lost")
  ),
  (
    "2026-11-25T02:00:00.5Z ERROR [feed-svc,7b0c1d2e3f405162738495a6b7c8d9e0,1122334455667788] list failed: no thread",
    ReadLog("02:00:00.5", "feed-svc", "error", "list failed: no thread")
  ),
  ("<3>Shop.Orders[0] lost a card", ReadLog("-", "Shop.Orders", "error", "lost a card")),
  (
    "at=error ts=2026-11-25T02:00:00Z fn=pay msg=lost",
    ReadLog("02:00:00", "m", "error", "lost")
  ),
  (
    #"{"time":1795572000.5,"host":"h1","sourcetype":"_json","event":{"level":"error","message":"lost","service":"till"}}"#,
    ReadLog("02:00:00.5", "till", "error", "lost")
  ),
  (
    #"{"data":[{"id":"1","type":"log","attributes":{"timestamp":"2026-11-25T02:00:00.5Z","service":"till","status":"error","message":"lost"}}]}"#,
    ReadLog("02:00:00.5", "till", "error", "lost")
  ),
  (
    #"{"message":"lost","podName":"till-6d58f9c7b-x2x9k","containerName":"till","labels":{"app":"shop"},"nodeName":"n","level":"error","time":"2026-11-25T02:00:00Z"}"#,
    ReadLog("02:00:00", "till", "error", "lost")
  ),
  (
    #"{"resourceLogs":[{"resource":{"attributes":[{"key":"k8s.pod.name","value":{"stringValue":"till-0"}},{"key":"k8s.container.name","value":{"stringValue":"till"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795572000500000000","severityNumber":17,"body":{"stringValue":"lost"}}]}]}]}"#,
    ReadLog("02:00:00.5", "till", "error", "lost")
  ),
  (
    #"{"timestamp":"2026-11-25T02:00:00Z","error_severity":"LOG","message":"checkpoint","application_name":"api"}"#,
    ReadLog("02:00:00", "api", "info", "checkpoint")
  ),
]

struct LoggerTests {
  private func settings() -> DecoderSettings {
    var settings = DecoderSettings()
    settings.lastDay = Timestamp.days(year: 2026, month: 11, day: 25)
    return settings
  }

  @Test("each logger's record is understood", arguments: loggers.indices)
  func understood(_ index: Int) {
    let batch = decode(loggers[index].0, settings: settings())
    #expect(batch.readLogs == [loggers[index].1])
  }

  @Test("numbers are levels on the scale of their producer")
  func scales() {
    func levels(_ lines: [String]) -> [String] { decode(lines.joined(separator: "\n")).readLogs.map(\.severity) }
    #expect(
      levels([10, 20, 30, 40, 50, 60].map { #"{"level":\#($0),"time":1795572000000,"msg":"x"}"# })
        == ["trace", "debug", "info", "warn", "error", "fatal"])
    #expect(
      levels([10, 20, 30, 40, 50].map { #"{"level":\#($0),"timestamp":"2026-11-25T02:00:00Z","message":"x"}"# })
        == ["debug", "info", "warn", "error", "fatal"])
    #expect(
      levels([0, 3, 4, 6, 7].map { #"{"level":\#($0),"timestamp":"2026-11-25T02:00:00Z","message":"x"}"# })
        == ["fatal", "error", "warn", "info", "debug"])
    #expect(
      levels([1, 9, 13, 17].map { #"{"severity_number":\#($0),"timestamp":"2026-11-25T02:00:00Z","message":"x"}"# })
        == ["trace", "info", "warn", "error"])
  }

  @Test("a number that is no level leaves the record without one, and a line without a level is no failure")
  func noLevel() {
    #expect(decode(#"{"level":"-7x","time":1795572000,"msg":"x"}"#).readLogs.map(\.severity) == ["unknown"])
    #expect(decode(#"{"level":1e300,"time":1795572000,"msg":"x"}"#).readLogs.map(\.severity) == ["unknown"])
  }

  @Test("the zeros of runtimes are no times", arguments: ["0", "\"0001-01-01T00:00:00Z\"", "\"1754-08-30T22:43:41Z\""])
  func zeroTimes(_ zero: String) {
    let batch = decode(#"{"time":\#(zero),"level":"info","msg":"x"}"#)
    #expect(batch.logs.map(\.time) == [.min])
    #expect(batch.recordCounts.repaired["noTime"] == 1)
  }

  @Test(
    "dates of one file have one order",
    arguments: [
      ("11/10/2026", "11/14/2026", "2026-11-10T"), ("10/11/2026", "14/11/2026", "2026-11-10T"),
      ("11/10/2026", "11/11/2026", "2026-11-10T"), ("10.11.2026", "11.11.2026", "2026-11-10T"),
    ])
  func dateOrder(_ first: String, _ last: String, _ day: String) {
    let batch = decode("\(first) 02:00:00 INFO app - tick\n\(last) 02:00:00 INFO app - tick\n", settings: settings())
    #expect(batch.logs.first.map { Timestamp($0.time).rfc3339.hasPrefix(day) } == true)
  }

  @Test(
    "times in the forms of tables, browsers and databases",
    arguments: [
      "Nov 25, 2026 @ 02:00:00.000", "11/25/2026 2:00:00 AM", "Nov 25, 2026 2:00:00 AM", "2026-11-25 03:00:00 CET",
      "25/Nov/2026:02:00:00 +0000", "2026-11-25T02:00:00,000Z", "2026-11-25T07:30:00.000+0530",
    ])
  func forms(_ time: String) {
    #expect(decode(#"{"time":"\#(time)","level":"info","msg":"x"}"#).readLogs.map(\.time) == ["02:00:00"])
  }

  @Test("a message that ends in a date keeps its text")
  func dateAtEnd() {
    let lines = (0..<200).map { "2026-11-25 02:00:00 INFO app - backup of 2026-11-\(10 + $0 % 15)\n" }
    let batch = decode(lines.joined())
    #expect(batch.logs.count == 200)
    #expect(batch.readLogs.first?.message == "backup of 2026-11-10")
  }
}
