import Decoders
import Model
import Testing

/// What runtimes print of a death, the first line and the rest.
private let reports: [[String]] = [
  [
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x49c2a5]", "", "goroutine 1 [running]:",
    "main.run({0x4d5c3a, 0x2}, 0x1)", "\t/src/main.go:5 +0x1d",
  ],
  [
    "fatal error: all goroutines are asleep - deadlock!", "goroutine 1 [chan receive]:", "main.main()",
    "\t/src/main.go:5 +0x1d", "exit status 2",
  ],
  [
    "thread 'main' panicked at src/main.rs:4:5:", "pool is empty",
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
  ],
  ["thread 'tokio-runtime-worker' panicked at src/jobs.rs:4:5:", "assertion failed: a", "  left: 1", "and more of it"],
  [
    "PHP Fatal error:  Uncaught RuntimeException: no stock in /app/a.php:3", "Stack trace:", "#0 /app/b.php(4): f()",
    "#1 {main}", "  thrown in /app/a.php on line 3",
  ],
  [
    "terminate called after throwing an instance of 'std::runtime_error'", "  what():  no stock",
    "Aborted (core dumped)",
  ],
  [
    "panic: no stock", "goroutine 7 [running]:", "net/http.(*conn).serve(0xc0000b4000, {0x6c3a, 0xc0000a0000})",
    "\t/usr/local/go/src/net/http/server.go:2009 +0x5f4", "created by net/http.(*Server).Serve in goroutine 1",
  ],
  [
    "thread 'main' (12345) panicked at src/main.rs:4:5:", "pool is empty", "stack backtrace:",
    "   0: rust_begin_unwind",
    "note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.",
  ],
]

private let after = ["listening on 8080", "connected to db", "order 1000 accepted"]

struct CrashReportTests {
  private func quoted(_ text: String) -> String {
    text.replacing("\t", with: "\\t").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// The lines as Docker's file has them, those behind the report so many milliseconds later.
  private func docker(_ report: [String], millis: Int) -> String {
    func line(_ text: String, _ second: Int, _ milli: Int) -> String {
      let fraction = String(1000 + milli).dropFirst()
      return
        "{\"log\":\"\(quoted(text))\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-25T02:00:0\(second).\(fraction)Z\"}\n"
    }
    return line(after[0], 0, 100) + report.map { line($0, 1, 100) }.joined()
      + after.map { line($0, 1 + (100 + millis) / 1000, (100 + millis) % 1000) }.joined()
  }

  @Test("what is written behind a program's death is a record each", arguments: reports.indices)
  func restart(_ index: Int) {
    for millis in [20, 4000] {
      let logs = decode(docker(reports[index], millis: millis)).readLogs
      #expect(logs.map(\.message) == [after[0], reports[index][0]] + after)
      #expect(logs.filter { $0.severity == "fatal" }.count == 1)
    }
  }

  @Test("a report that has ended takes nothing that follows at once", arguments: [0, 1, 2, 4, 5])
  func ended(_ index: Int) {
    #expect(decode(docker(reports[index], millis: 0)).logs.count == 5)
  }

  @Test("the next process of a service writes records of its own within the same second")
  func process() {
    var text = "Nov 25 02:00:00 web1 shopd[12]: listening on 8080\n"
    for line in reports[3] { text += "Nov 25 02:00:01 web1 shopd[12]: \(line)\n" }
    for line in after { text += "Nov 25 02:00:01 web1 shopd[99]: \(line)\n" }
    #expect(decode(text).readLogs.map(\.message) == [after[0], reports[3][0]] + after)
  }

  @Test("a trace that a clock's tick divides is one record", arguments: [0, 1, 2, 4])
  func divided(_ index: Int) {
    for cut in 1..<reports[index].count {
      var text = "Nov 25 02:00:00 web1 shopd[12]: listening on 8080\n"
      for (i, line) in reports[index].enumerated() where !line.isEmpty {
        text += "Nov 25 02:00:0\(i < cut ? 1 : 2) web1 shopd[12]: \(line)\n"
      }
      #expect(decode(text).logs.count == 2)
    }
  }

  private func entry(_ second: Int, _ priority: Int, _ message: String) -> String {
    "{\"__REALTIME_TIMESTAMP\":\"179557200\(second)000000\",\"_HOSTNAME\":\"web1\",\"PRIORITY\":\"\(priority)\","
      + "\"SYSLOG_IDENTIFIER\":\"shopd\",\"_PID\":\"12\",\"MESSAGE\":\"\(quoted(message))\"}\n"
  }

  @Test("an entry that holds its whole trace takes no other, and one of another level is another")
  func wholeEntry() {
    let python = "Traceback (most recent call last):\n  File \"/app/w.py\", line 3, in run\n    pay()\nNoStock: none"
    for message in [reports[0].joined(separator: "\n"), python] {
      let text = entry(0, 6, "up") + entry(1, 3, message) + entry(1, 3, "disk almost full") + entry(1, 3, "late")
      #expect(decode(text).logs.count == 4)
    }
    let text = entry(0, 6, "up") + entry(1, 3, "panic: no stock") + entry(1, 4, "disk almost full")
    #expect(decode(text).readLogs.map(\.severity) == ["info", "fatal", "warn"])
  }

  @Test("a handler's panic ends no server", arguments: ["", "2026/11/25 02:00:01 "])
  func recovered(_ stamp: String) {
    var text = "2026-11-25T02:00:00.1Z stderr F listening on 8080\n"
    for line in [
      stamp + "http: panic serving 10.0.0.9:51234: no stock", "goroutine 33 [running]:",
      "net/http.(*conn).serve.func1()", "\t/usr/local/go/src/net/http/server.go:1868 +0xb9",
      "panic({0x6a8f20?, 0x7b3c10?})",
      "\t/usr/local/go/src/runtime/panic.go:920 +0x270", "created by net/http.(*Server).Serve in goroutine 1",
    ] {
      text += "2026-11-25T02:00:01.1Z stderr F \(line)\n"
    }
    text += "2026-11-25T02:00:09.1Z stderr F order 1000 accepted\n"
    let logs = decode(text).readLogs
    #expect(logs.map(\.message) == [after[0], "http: panic serving 10.0.0.9:51234: no stock", after[2]])
    #expect(logs.map(\.severity)[1] == "error")
  }

  @Test("between JSON values a report is one record, too, however the member is cut", arguments: [3, 7, 64, 1 << 20])
  func betweenValues(piece: Int) {
    let value = #"{"level":"info","ts":1795572001.5,"msg":"up"}"#
    for report in reports {
      let text = ([value, value] + report + [value]).joined(separator: "\n") + "\n"
      let batch = decode(text, piece: piece)
      #expect(batch.logs.count == 4, "\(report[0])")
      #expect(batch.isBalanced)
    }
  }
}
