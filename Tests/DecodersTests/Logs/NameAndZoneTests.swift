import Decoders
import Model
import Support
import Testing

/// Lines in which something stands where a program's name or a level could: a message's id, a place in the source, a zone, a star, an
/// environment, the spans of an event.
private let lines: [(String, ReadLog)] = [
  // Ids of messages.
  (
    "2026-11-25 02:00:00,500 ERROR [org.shop.stock] (main task-1) SHOPSTK0034: none left",
    ReadLog("02:00:00.5", "org.shop.stock", "error", "SHOPSTK0034: none left")
  ),
  // Places in the source.
  (
    "WARN  [Gossip:1] 2026-11-25 02:00:00,500 Detector.java:278 - paused",
    ReadLog("02:00:00.5", "m", "warn", "paused")
  ),
  // PostgreSQL's statements, details and times since the epoch.
  (
    "2026-11-25 02:00:00.500 UTC [7] app@shop STATEMENT:  select * from stock",
    ReadLog("02:00:00.5", "m", "info", "select * from stock")
  ),
  (
    "2026-11-25 02:00:00 UTC:10.0.0.9(4444):app@shop:[7]:DETAIL:  Key (id)=(1) exists.",
    ReadLog("02:00:00", "m", "info", "Key (id)=(1) exists.")
  ),
  (
    "2026-11-25 02:00:00.500 UTC [7] LOCATION:  CheckDeadLock, proc.c:7",
    ReadLog("02:00:00.5", "m", "info", "CheckDeadLock, proc.c:7")
  ),
  (
    "2026-11-25 02:00:00.500 UTC [7] INSTRUCTION : select * from stock",
    ReadLog("02:00:00.5", "m", "info", "select * from stock")
  ),
  (
    "1795572000.500 [7] app@shop ERROR:  deadlock detected",
    ReadLog("02:00:00.5", "m", "error", "deadlock detected")
  ),
  // Zones by two digits, by name, by place, ambiguous ones, and distances.
  ("2026-11-24 23:00:00.500 -03 [7] ERROR:  none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25 05:00:00.500 EAT [7] ERROR:  none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25 02:00:00.500 IST [7] ERROR:  none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25 04:00:00.500 GMT+2 [7] ERROR:  none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25 02:00:00.500 +0000 UTC ERROR none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  (
    "[25-Nov-2026 03:00:00 Europe/Berlin] PHP Warning:  none left in /x.php on line 7",
    ReadLog("02:00:00", "m", "warn", "PHP Warning:  none left in /x.php on line 7")
  ),
  ("20261125T020000.500Z ERROR none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  // Laravel's channel is its environment.
  ("[2026-11-25 02:00:00] production.ERROR: none left", ReadLog("02:00:00", "m", "error", "none left")),
  // Rust's events inside of spans.
  (
    "2026-11-25T02:00:00.500000Z ERROR request{method=GET uri=/x}:charge{order=1}: shop::stock: none left",
    ReadLog("02:00:00.5", "shop::stock", "error", "none left")
  ),
  (
    "2026-11-25T02:00:00.500000Z ERROR request:charge: shop::stock: none left",
    ReadLog("02:00:00.5", "shop::stock", "error", "none left")
  ),
  // What only looks like them.
  ("2026-11-25 02:00:00 -10 items left", ReadLog("02:00:00", "m", "unknown", "-10 items left")),
  ("2026-11-25 02:00:00 SST transfer failed", ReadLog("02:00:00", "m", "unknown", "SST transfer failed")),
  ("[2026-11-25 02:00:00] ERROR WORKER0001: none left", ReadLog("02:00:00", "WORKER0001", "error", "none left")),
  (
    "2026-11-25 02:00:00,500 ERROR [gateway] {\"data\":[],\"errors\":[\"none left\"]}",
    ReadLog("02:00:00.5", "m", "error", "{\"data\":[],\"errors\":[\"none left\"]}")
  ),
  (
    "2026-11-25 02:00:00,500 INFO {\"time\":\"2026-11-18T09:00:00Z\",\"message\":\"created\"}",
    ReadLog("02:00:00.5", "m", "info", "created")
  ),
  (
    "2026-11-25 02:00:00 INFO alert=Cpu severity=critical msg=\"resolved\"",
    ReadLog("02:00:00", "m", "info", "alert=Cpu severity=critical msg=\"resolved\"")
  ),
  // Levels of zerolog's console and of winston.
  ("2026-11-25T02:00:00Z PNC gone", ReadLog("02:00:00", "m", "fatal", "gone")),
  ("2026-11-25T02:00:00Z silly: gone", ReadLog("02:00:00", "m", "trace", "gone")),
  // Heroku's drains.
  (
    "<190>1 2026-11-25T02:00:00.500000+00:00 host app web.1 - none left",
    ReadLog("02:00:00.5", "web", "unknown", "none left")
  ),
  // Telegraf's levels, Dovecot's own file, commands of workflows, GitLab's job logs, answers of logcli without labels.
  ("2026-11-25T02:00:00Z E! [outputs.x] none left", ReadLog("02:00:00", "m", "error", "none left")),
  ("Nov 25 02:00:00 imap(x): Error: none left", ReadLog("1970-11-25T02:00:00.000000Z", "imap", "error", "none left")),
  ("2026-11-25T02:00:00.1234567Z ##[error]none left", ReadLog("02:00:00.123456", "m", "error", "##[error]none left")),
  ("2026-11-25T02:00:00.500000Z 00E ERROR: none left", ReadLog("02:00:00.5", "m", "error", "none left")),
  ("2026-11-25T02:00:00Z {} level=error msg=\"none left\"", ReadLog("02:00:00", "m", "error", "none left")),
  // JSON and pairs behind plain headers.
  ("2026-11-25T02:00:00: {\"level\":\"error\",\"msg\":\"none left\"}", ReadLog("02:00:00", "m", "error", "none left")),
  (
    "Nov 25 02:00:00 {\"level\":\"error\",\"msg\":\"none left\"}",
    ReadLog("1970-11-25T02:00:00.000000Z", "m", "error", "none left")
  ),
  (
    "2026-11-25 02:00:00,500 - stock - INFO - {\"level\":\"error\",\"msg\":\"none left\"}",
    ReadLog("02:00:00.5", "stock", "error", "none left")
  ),
  ("2026/11/25 02:00:00 level=error msg=\"none left\"", ReadLog("02:00:00", "m", "error", "none left")),
  ("INFO:stock:{\"level\":\"error\",\"msg\":\"none left\"}", ReadLog("-", "stock", "error", "none left")),
  // Linux' audit daemon.
  (
    "type=USER_LOGIN msg=audit(1795572000.500:101): pid=7 res=failed",
    ReadLog("02:00:00.5", "m", "unknown", "type=USER_LOGIN msg=audit(1795572000.500:101): pid=7 res=failed")
  ),
]

struct NameAndZoneTests {
  @Test("what looks like a name or a level is read as what it is", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 24)
    #expect(batch.isBalanced)
  }

  @Test(
    "what goes on with a record is part of it",
    arguments: [
      // Go's frame of a recovered panic, Dropwizard's marks, loguru's traceback, Elixir's report, the journal's further lines.
      "2026/11/25 02:00:00 http: panic serving 10.0.0.9:1: none\ngoroutine 7 [running]:\npanic({0x6b, 0x8c})\n\t/usr/go/panic.go:914 +0x21f\nmain.run()",
      "ERROR [2026-11-25 02:00:00,500] org.shop.Mapper: failed\n! java.lang.IllegalStateException: none\n! at org.shop.Stock.take(Stock.java:7)",
      "2026-11-25 02:00:00.500 | ERROR    | shop:take:7 - failed\nTraceback (most recent call last):\n\n  File \"a.py\", line 1, in f\n> File \"b.py\", line 8, in g\n    x\n\nValueError: none",
      "2026-11-25 02:00:00.500 [error] GenServer Shop terminating\n** (RuntimeError) none\n    (shop 0.1.0) lib/shop.ex:3: Shop.take/1\nLast message: :take\nState: %{}",
      "2026-11-25T02:00:00.500000+00:00 host shop[7]: failed\n                                             because of this",
    ])
  func continues(text: String) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.logs.count == 24)
    #expect(batch.logs.allSatisfy { $0.time != .min })
    #expect(batch.isBalanced)
  }

  @Test("a traceback behind a record that says all is well is the crash's own record")
  func crashIsSeen() {
    let before = "2026-11-25T02:00:00.000000000Z stderr F "
    let crash = "2026-11-25T02:00:01.000000000Z stderr F "
    let text =
      before + "2026-11-25 02:00:00,000 INFO ready\n" + crash + "Traceback (most recent call last):\n" + crash
      + "  File \"a.py\", line 1, in f\n" + crash + "ValueError: none\n"
    let logs = decode(text + text).readLogs
    #expect(logs.map(\.severity) == ["info", "error", "info", "error"])
    #expect(logs[1].time == "02:00:01")
    let logged = text.replacing("INFO ready", with: "ERROR failed")
    #expect(decode(logged + logged).readLogs.map(\.severity) == ["error", "error"])
  }

  @Test(
    "a file is named by whose it is and not by what it holds",
    arguments: [
      ("namespaces/shop/pods/pay-0/pay/pay/logs/current.log", "pay"), ("shop/pay-6d58f9c7b-x2x9k/logs.txt", "pay"),
      ("service/pay/current", "pay"), ("pay/stdout.log", "pay"), ("pay-6d58f9c7b-x2x9k.log", "pay"),
      ("pay-out-0.log", "pay"), (".pm2/logs/pay-error.log", "pay"), ("time-out.log", "time-out"),
      ("orders/2026-11-25/stdout.log", "orders"), ("pay-stdout---supervisor-0af1.log", "pay"),
      ("overlay-containers/9f8e7d6c5b4a/userdata/ctr.log", "9f8e7d6c5b4a"),
      ("check-out-service.log", "check-out-service"),
      ("a1b2-report.log", "a1b2-report"),
    ])
  func names(path: String, name: String) {
    let line = "2026-11-25T02:00:00Z ERROR none left\n"
    #expect(decode(line + line, member: path).readLogs.first?.component == name)
  }

  @Test("what a stream of Loki's has around its lines is taken off", arguments: [1, 3, 4])
  func lokiLayers(count: Int) {
    let lines = (0..<count).map { #"["179557200000000000\#($0)","Nov 25 02:00:00 h1 sshd[7]: error: none left"]"# }
    let text = #"{"streams":[{"stream":{"job":"varlogs"},"values":["# + lines.joined(separator: ",") + "]}]}"
    let logs = decode(text).readLogs
    #expect(logs.count == count)
    #expect(logs.allSatisfy { $0.component == "sshd" && $0.severity == "error" })
  }

  @Test("a dash names nobody, and the process of a host's document does")
  func jsonNames() {
    let dash = #"{"@timestamp":"2026-11-25T02:00:00Z","ident":"-","level":"error","message":"none left"}"# + "\n"
    #expect(decode(dash + dash).readLogs.map(\.component) == ["m", "m"])
    let bars = (1...4).map {
      "HIT|200|179557200\($0)123|412|390|10.0.0.9|-|none|FR|curl/8|322b688bd63fb63f2babe9de30a5d26\($0)|DE\n"
    }
    #expect(decode(bars.joined()).readLogs.allSatisfy { $0.component != "-" })
    let process =
      #"{"@timestamp":"2026-11-25T02:00:00Z","process":{"name":"sshd"},"host":{"hostname":"h1"},"message":"error: none left"}"#
      + "\n"
    #expect(decode(process + process).readLogs.map(\.component) == ["sshd", "sshd"])
  }

  @Test("an error's class among other lines is nobody's name")
  func errorClass() {
    let lines = Array(repeating: "2026-11-25 02:00:00 ERROR none left\n", count: 20).joined()
    let logs = decode(lines + "2026-11-25 02:00:00 ERROR Errno::RESET: gone\n").readLogs
    #expect(logs.last == ReadLog("02:00:00", "m", "error", "Errno::RESET: gone"))
  }

  /// Found by fuzzing: where a name shorter than an ending stands at the beginning of a line, nothing before it is read.
  @Test("a word of one letter and a number at the beginning of a line are read", arguments: ["c", "pm", ".pm"])
  func shortNames(name: String) {
    let logs = decode("x 02:00:00 started\n\(name):40\n\(name):41\n").readLogs
    #expect(logs.map(\.message).joined(separator: " ").contains("\(name):40"))
  }
}
