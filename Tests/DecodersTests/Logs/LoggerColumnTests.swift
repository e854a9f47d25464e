import Decoders
import Model
import Testing

/// Layouts whose columns tell the level and the logger: between colons, in brackets, behind pairs, under single letters.
private let lines: [(String, ReadLog)] = [
  // Python's formats with colons.
  ("ERROR:2026-11-25 02:00:00,500:none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("ERROR:2026-11-25 02:00:00,500:shop.stock:none left", ReadLog("02:00:00.5", "shop.stock", "error", "none left")),
  ("2026-11-25 02:00:00,500:ERROR:shop.stock:none left", ReadLog("02:00:00.5", "shop.stock", "error", "none left")),
  ("2026-11-25 02:00:00:ERROR:none left", ReadLog("02:00:00", "m", "error", "none left")),
  ("ERROR:2026-11-25 02:00:00,500:http://x is gone", ReadLog("02:00:00.5", "m", "error", "http://x is gone")),
  // Loggers in brackets.
  (
    "2026-11-25 02:00:00,500 ERROR [org.shop.stock] (default task-1) none left",
    ReadLog("02:00:00.5", "org.shop.stock", "error", "none left")
  ),
  (
    "[2026-11-25T02:00:00,500][ERROR][o.s.s.Stock              ] [node-9] none left",
    ReadLog("02:00:00.5", "o.s.s.Stock", "error", "none left")
  ),
  ("[2026-11-25 02:00:00.500] [stock] [error] none left", ReadLog("02:00:00.5", "stock", "error", "none left")),
  ("[2026-11-25T02:00:00Z ERROR shop::stock] none left", ReadLog("02:00:00", "shop::stock", "error", "none left")),
  ("[2026-11-25 02:00:00.500] ERROR (stock/7): none left", ReadLog("02:00:00.5", "stock", "error", "none left")),
  (
    "[2026-11-25 02:00:00.500] ERROR (stock/7 on node9): none left",
    ReadLog("02:00:00.5", "stock", "error", "none left")
  ),
  ("[2026-11-25][02:00:00][shop::stock][ERROR] none left", ReadLog("02:00:00", "shop::stock", "error", "none left")),
  ("2026-11-25 02:00:00 ERROR [shop::stock] none left", ReadLog("02:00:00", "shop::stock", "error", "none left")),
  (
    "2026-11-25 02:00:00.500 ERROR (MainThread) [shop.stock] none left",
    ReadLog("02:00:00.5", "shop.stock", "error", "none left")
  ),
  (
    "2026-11-25 02:00:00.500 ERROR (Thread-5 (run)) [shop.stock] none left",
    ReadLog("02:00:00.5", "shop.stock", "error", "none left")
  ),
  ("2026-11-25 02:00:00 [shop.stock] ERROR: none left", ReadLog("02:00:00", "shop.stock", "error", "none left")),
  (
    "2026-11-25T02:00:00.5Z [error    ] none left                      [shop.stock] order=7",
    ReadLog("02:00:00.5", "shop.stock", "error", "none left                      [shop.stock] order=7")
  ),
  (
    "2026-11-25T02:00:00.5Z [warning  ] no order of all that came was left [stock]",
    ReadLog("02:00:00.5", "stock", "warn", "no order of all that came was left [stock]")
  ),
  // Threads and places in brackets are none.
  ("2026-11-25 02:00:00.500 ERROR (MainThread) [stock] none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  (
    "2026-11-25 02:00:00.500 ERROR (Stock.java:7) [shop.stock] none left",
    ReadLog("02:00:00.5", "m", "error", "none left")
  ),
  ("2026-11-25 02:00:00 [worker] ERROR: none left", ReadLog("02:00:00", "m", "error", "none left")),
  (
    "2026-11-25T02:00:00.5Z [error    ] none left [shop.stock] order=7",
    ReadLog("02:00:00.5", "m", "error", "none left [shop.stock] order=7")
  ),
  (
    "2026-11-25T02:00:00.5Z [error] none left                      [shop.stock] order=7",
    ReadLog("02:00:00.5", "m", "error", "none left                      [shop.stock] order=7")
  ),
  ("[E 261125 02:00:00 web:46] none left", ReadLog("02:00:00", "m", "error", "none left")),
  (
    "2026-11-25 02:00:00,500 ERROR [org.shop.pool] (Stock.java:7) - none left",
    ReadLog("02:00:00.5", "m", "error", "none left")
  ),
  ("[2026-11-25 02:00:00.500] [worker] [ERROR] none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("[2026-11-25 02:00:00.500] [main] [error] none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("[2026-11-25 02:00:00.500] ERROR (7): none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("[2026-11-25 02:00:00,123: ERROR/Worker] none left", ReadLog("02:00:00.123", "m", "error", "none left")),
  // Serilog's levels of four letters.
  ("2026-11-25 02:00:00.500 +00:00 [EROR] none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25 02:00:00.500 +00:00 [FATL] none left", ReadLog("02:00:00.5", "m", "fatal", "none left")),
  ("2026-11-25 02:00:00.500 +00:00 [VERB] none left", ReadLog("02:00:00.5", "m", "trace", "none left")),
  ("2026-11-25 02:00:00.500 +00:00 [DBUG] none left", ReadLog("02:00:00.5", "m", "debug", "none left")),
  // Values as Python represents them.
  (
    "timestamp='2026-11-25T02:00:00.5Z' level='error' event='none left' logger='shop.stock' order=None",
    ReadLog("02:00:00.5", "shop.stock", "error", "none left")
  ),
  (
    #"timestamp='2026-11-25T02:00:00.5Z' level='error' event='isn\'t "left"'"#,
    ReadLog("02:00:00.5", "m", "error", #"isn't "left""#)
  ),
  ("ts=2026-11-25T02:00:00.5Z level=error msg='tis", ReadLog("02:00:00.5", "m", "error", "'tis")),
  // Labels of logcli.
  (
    #"2026-11-25T02:00:00Z {app="stock", level="error"} none left"#,
    ReadLog("02:00:00", "stock", "error", "none left")
  ),
  (#"2026-11-25T02:00:00Z {detected_level="warn"} none left"#, ReadLog("02:00:00", "m", "warn", "none left")),
  // zap's development configuration, and dates of MongoDB.
  (
    #"{"L":"ERROR","T":"2026-11-25T03:00:00.500+0100","N":"shop.stock","C":"a/b.go:7","M":"none left","S":"main.f"}"#,
    ReadLog("02:00:00.5", "shop.stock", "error", "none left")
  ),
  (
    #"{"timestamp":{"$date":1795572000500},"level":"error","message":"none left"}"#,
    ReadLog("02:00:00.5", "m", "error", "none left")
  ),
  (
    #"{"timestamp":{"$date":{"$numberLong":"1795572000500"}},"level":"error","message":"none left"}"#,
    ReadLog("02:00:00.5", "m", "error", "none left")
  ),
]

struct LoggerColumnTests {
  @Test("each layout tells its level and its logger", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 24)
    #expect(batch.isBalanced)
  }

  @Test("in a column of dotted names the others are loggers, too")
  func dotted() {
    let lines = ["shop.stock", "stock", "shop.pay", "shop.till"]
    let ofAssistant = lines.map { "2026-11-25 02:00:00.500 ERROR (MainThread) [\($0)] none left" }
    #expect(decode(ofAssistant.joined(separator: "\n") + "\n").readLogs.map(\.component) == lines)
    let ofScrapy = lines.map { "2026-11-25 02:00:00 [\($0)] ERROR: none left" }
    #expect(decode(ofScrapy.joined(separator: "\n") + "\n").readLogs.map(\.component) == lines)
  }

  @Test("single letters are keys of zap's only with a level and a message")
  func letters() {
    #expect(decode(#"{"L":"12","M":"x","T":"2026-11-25T02:00:00Z"}"# + "\n").logs.isEmpty)
    #expect(decode(#"{"L":12,"M":3.5,"T":1795572000}"# + "\n").logs.isEmpty)
  }

  @Test("a level stands behind the pairs that only some lines have")
  func metadata() {
    let text =
      "02:00:00.250 [info] up\n02:00:01.250 request_id=F1 pid=<0.1.0> [error] none left\n02:00:02.250 [warning] late\n"
    #expect(decode(text).readLogs.map(\.severity) == ["info", "error", "warn"])
    #expect(decode(text).readLogs.map(\.message) == ["up", "none left", "late"])
  }

  @Test("a log group names its function or service")
  func logGroups() {
    let table =
      "@timestamp,@message,@logStream,@log\n2026-11-25 02:00:00.500,\"{\"\"level\"\":\"\"error\"\",\"\"msg\"\":\"\"none left\"\"}\",s,123456789012:/ecs/stock\n"
    #expect(decode(table).readLogs == [ReadLog("02:00:00.5", "stock", "error", "none left")])
  }

  @Test("a zone that means three is told of")
  func zones() {
    let batch = decode("2026-11-25 02:00:00.500 IST [7] ERROR:  none left\n")
    #expect(batch.diagnostics.sorted.contains { $0.code == "ambiguousZone" })
  }
}

struct CrashPlaceTests {
  @Test(
    "what an exception's class and message take over lines is one record",
    arguments: [
      "java.lang.IllegalStateException:\nnone left\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: x\n\tat a.B.d(B.java:2)\n",
      "org.shop.BadOrder: could not run\n  select *\nfrom stock; nested is\njava.sql.SQLException: x\n\tat a.B.c(B.java:1)\n",
    ])
  func messages(trace: String) {
    let text = "2026-11-25 02:00:00,500 ERROR a.B - failed\n" + trace + "2026-11-25 02:00:01,500 INFO  a.B - up\n"
    let logs = decode(text + text).readLogs
    #expect(logs.map(\.severity) == ["error", "info", "error", "info"])
  }

  @Test("what a program prints behind a trace is its own")
  func prints() {
    let text =
      "2026-11-25 02:00:00,500 ERROR a.B - failed\njava.lang.IllegalStateException: none\n\tat a.B.c(B.java:1)\nprinted\n2026-11-25 02:00:01 INFO a.B - up\nValueError: none\nprinted\n"
    #expect(decode(text).readLogs.filter { $0.message == "printed" }.count == 2)
  }

  @Test(
    "an error that nobody caught is a record, place, source and all", arguments: ["/app/x.js", "file:///app/x.mjs"])
  func scripts(place: String) {
    let crash =
      "\(place):12\n    throw new TypeError(\"none\");\n    ^\n\nTypeError: none\n    at x (\(place):12:9) {\n  code: 'E'\n}\n\nNode.js v20.11.0\n"
    let object = #"{"level":"info","time":"2026-11-25T02:00:00Z","msg":"up"}"# + "\n"
    #expect(decode(object + crash + object).readLogs.map(\.severity) == ["info", "fatal", "info"])
    let plain = "Error: none\n"
    let line = "2026-11-25T02:00:00Z INFO up\n"
    let thrown = crash.replacing("TypeError: none\n", with: plain)
    #expect(decode(line + thrown + line).readLogs.map(\.severity) == ["info", "fatal", "info"])
    #expect(decode(line + thrown + "printed\n" + line).readLogs.count == 4)
  }

  @Test("the stack of a failed check is the check's, and a signal a record of its own")
  func checks() {
    let check =
      "F20261125 02:00:00.500000 7 stock.cc:7] Check failed: n > 0 \n*** Check failure stack trace: ***\n    @     0x7f12  main\n"
    #expect(decode(check + check).readLogs.map(\.severity) == ["fatal", "fatal"])
    let signal =
      "I20261125 02:00:00.500000 7 stock.cc:7] up\n*** Aborted at 1795572000 (unix time) try \"date -d @1795572000\" if you are using GNU date ***\nPC: @                0x0 (unknown)\n*** SIGSEGV (@0x0) received by PID 7 (TID 0x7f) from PID 0; stack trace: ***\n    @     0x7f12 main\n"
    #expect(decode(signal).readLogs.map(\.severity) == ["info", "fatal"])
  }
}
