import Decoders
import Model
import Testing

/// Lines with a header that only other lines can teach, in layers that hold all of them in one value, or one in each.
@Suite("Headers are learned in whatever carries the lines")
struct CarriedHeaderTests {
  private static func line(_ i: Int) -> String {
    let level = i % 4 == 3 ? "ERROR" : "INFO "
    return
      "2026-11-25 02:00:0\(i),500 [main] \(level) com.acme.Pay  - \(i % 4 == 3 ? "cannot charge card" : "order accepted")"
  }

  private static let lines = (0..<8).map(line)

  private static func nanos(_ i: Int) -> String { "179557200\(i)500000000" }

  private func check(_ logs: [ReadLog], _ comment: Comment) {
    #expect(logs.count == 8, comment)
    #expect(
      logs.filter { $0.severity == "error" }.map(\.message) == ["cannot charge card", "cannot charge card"], comment)
    #expect(logs.count { $0.severity == "info" && $0.message == "order accepted" } == 6, comment)
  }

  private static let documents: [(name: String, text: String)] = [
    (
      "Loki's answer",
      #"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"container":"pay"},"values":["#
        + lines.indices.map { #"["\#(nanos($0))","\#(lines[$0])"]"# }.joined(separator: ",") + "]}]}}"
    ),
    (
      "CloudWatch's events",
      #"{"events":["#
        + lines.indices.map { #"{"timestamp":179557200\#($0)500,"message":"\#(lines[$0])","ingestionTime":1}"# }
        .joined(separator: ",") + "]}"
    ),
    (
      "Cloud Logging's entries",
      "["
        + lines.map { #"{"textPayload":"\#($0)","severity":"INFO","timestamp":"2026-11-25T02:00:00.500Z"}"# }
        .joined(separator: ",") + "]"
    ),
    (
      "OTLP in one request",
      otlp(lines.indices.map { #"{"timeUnixNano":"\#(nanos($0))","body":{"stringValue":"\#(lines[$0])"}}"# })
    ),
    (
      "OTLP, a request a line",
      lines.indices.map { otlp([#"{"timeUnixNano":"\#(nanos($0))","body":{"stringValue":"\#(lines[$0])"}}"#]) }
        .joined(separator: "\n")
    ),
    (
      "documents of a search store, one a line",
      lines.map {
        #"{"_index":"x","_source":{"@timestamp":"2026-11-25T02:00:00.5Z","message":"\#($0)","kubernetes":{"a":1}}}"#
      }
      .joined(separator: "\n")
    ),
    (
      "rows of a query's answer",
      #"{"tables":[{"name":"T","columns":[{"name":"TimeGenerated"},{"name":"LogMessage"}],"rows":["#
        + lines.map { #"["2026-11-25T02:00:00.5Z","\#($0)"]"# }.joined(separator: ",") + "]}]}"
    ),
    (
      "a table", "Date,Service,Message\n" + lines.map { "2026-11-25T02:00:00.5Z,pay,\"\($0)\"" }.joined(separator: "\n")
    ),
    (
      "a table with the collector's level",
      "timestamp,severity,textPayload\n" + lines.map { "2026-11-25T02:00:00.5Z,INFO,\"\($0)\"" }.joined(separator: "\n")
    ),
  ]

  private static func otlp(_ records: [String]) -> String {
    #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeLogs":[{"logRecords":["#
      + records.joined(separator: ",") + "]}]}]}"
  }

  @Test("a plain header inside of a document, a table or one request a line", arguments: documents.indices)
  func carried(_ i: Int) {
    let document = Self.documents[i]
    for piece in [7, 1 << 20] {
      check(decode(document.text + "\n", piece: piece).readLogs, Comment(rawValue: document.name))
    }
  }

  @Test("a header in a bracket teaches in OTLP's bodies, too")
  func brackets() {
    let records = (0..<8).map { i in
      #"{"timeUnixNano":"\#(Self.nanos(i))","body":{"stringValue":"[2026-11-25 02:00:0\#(i) +0000] [12] [\#(i == 3 ? "ERROR" : "INFO")] none left"}}"#
    }
    let logs = decode(Self.otlp(records)).readLogs
    #expect(logs.map(\.severity) == (0..<8).map { $0 == 3 ? "error" : "info" })
    #expect(logs.allSatisfy { $0.message == "none left" })
  }

  @Test("a stream that is longer than the sample teaches its own headers, and so does one of another program behind it")
  func streams() {
    func stream(_ name: String, _ line: (Int) -> String) -> String {
      #"{"stream":{"container":"\#(name)"},"values":["#
        + (0..<800).map { #"["\#(1_795_572_000_500_000_000 + $0)","\#(line($0))"]"# }.joined(separator: ",") + "]}"
    }
    let text =
      #"{"data":{"result":["# + stream("pay") { Self.line($0 % 8) } + ","
      + stream("stock") { "2026/11/25 02:00:00 worker-\($0 % 3) | \($0 % 8 == 0 ? "WARN" : "INFO") | shelf is empty" }
      + "]}}"
    let logs = decode(text).readLogs
    #expect(logs.count { $0.component == "pay" && $0.severity == "error" && $0.message == "cannot charge card" } == 200)
    #expect(logs.count { $0.component == "stock" && $0.severity == "warn" } == 100)
    #expect(logs.count == 1600)
  }

  @Test("a greeting of another form in front hides no headers")
  func greeting() {
    let first = #"{"level":"info","msg":"start","time":"2026-11-25T02:00:00Z"}"#
    let lines = Self.lines.map { #"{"message":"\#($0)"}"# }
    let logs = decode(([first] + lines).joined(separator: "\n") + "\n").readLogs
    check(Array(logs.dropFirst()), "behind a greeting")
  }

  @Test("a crash inside of a document ends where the next header stands")
  func crash() {
    let texts = Self.lines + ["panic: no card", "goroutine 1 [running]:"] + Self.lines
    let values = texts.indices.map { #"["\#(1_795_572_000_500_000_000 + $0)","\#(texts[$0])"]"# }
    let logs = decode(#"{"data":{"result":[{"stream":{"app":"pay"},"values":[\#(values.joined(separator: ","))]}]}}"#)
      .readLogs
    #expect(logs.count == 17)
    #expect(logs.count { $0.severity == "fatal" } == 1)
  }

  @Test("the lines of a trace are one record with their error where OTLP has a record for each")
  func traces() {
    let trace = [
      "Traceback (most recent call last):", "  File \\\"/app/w.py\\\", line 3, in run", "    x()", "    ~^^",
      "KeyError: 'rows'", "",
      "The above exception was the direct cause of the following exception:", "", "Traceback (most recent call last):",
      "  File \\\"/app/w.py\\\", line 9, in run", "RuntimeError: gave up", "\\tSuppressed: java.io.IOException: x",
    ]
    let texts = Self.lines + trace + Self.lines.prefix(2)
    let records = texts.map { #"{"timeUnixNano":"1795572000500000000","body":{"stringValue":"\#($0)"}}"# }
    let logs = decode(Self.otlp(records)).readLogs
    #expect(logs.count == 10)
    #expect(logs.count { $0.severity == "error" } == 2)
  }

  @Test(
    "what Kibana and hapi tag is a level only beside their process, and the name of a controller's object is no component"
  )
  func keys() {
    func log(_ fields: String) -> ReadLog? {
      decode(#"{"@timestamp":"2026-11-25T02:00:01Z",\#(fields),"message":"none left"}"# + "\n").readLogs.first
    }
    #expect(log(#""type":"log","tags":["error","plugins"],"pid":1"#)?.severity == "error")
    #expect(log(#""tags":["error","prod"],"host":"h1""#)?.severity == "unknown")
    #expect(log(#""level":"info","tags":["error"],"pid":1"#)?.severity == "info")
    #expect(log(#""level":"error","controllerKind":"Kustomization","name":"apps""#)?.component == "m")
    #expect(log(#""level":"error","name":"apps","reconcileID":"7""#)?.component == "m")
    #expect(log(#""level":"error","name":"apps""#)?.component == "apps")
    #expect(log(#""severity":"info","tag":"pay[1]:""#)?.component == "pay")
    #expect(log(#""severity":"info","tag":"v1.2""#)?.component == "m")
  }

  @Test(
    "the level inside of a payload counts before that of the stream",
    arguments: [#""level":"info""#, #""level":30,"time":1795572001000"#])
  func payload(_ level: String) {
    let lines = [30, 50].map { number in
      #"{"jsonPayload":{"message":"none left",\#(level.replacing("30", with: String(number)))},"severity":"ERROR","timestamp":"2026-11-25T02:00:01Z","resource":{"labels":{"container_name":"pay"}},"logName":"projects/p/logs/stderr"}"#
    }
    let logs = decode(lines.joined(separator: "\n") + "\n").readLogs
    #expect(logs.first == ReadLog("02:00:01", "pay", "info", "none left"))
    #expect(logs.count == 2)
    let plain = #"{"jsonPayload":{"message":"none left"},"severity":"ERROR","timestamp":"2026-11-25T02:00:01Z"}"#
    #expect(decode(plain + "\n").readLogs.map(\.severity) == ["error"])
  }
}
