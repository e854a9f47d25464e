import Decoders
import Model
import Support
import Testing

/// Lines of programs, a record each, as tables and bodies of OTLP carry them: read like the same lines in a file of text.
struct CarriedRowTests {
  private static func table(_ lines: [String]) -> RecordBatch {
    let rows = lines.enumerated().map { index, line in
      "2026-11-25T02:00:\(index + 10)Z,\"\(line.replacing("\"", with: "\"\""))\""
    }
    return decode("@timestamp,message\n" + rows.joined(separator: "\n") + "\n", member: "m.csv")
  }

  private static func bodies(_ lines: [String]) -> RecordBatch {
    let records = lines.enumerated().map { index, line in
      let text = line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
        .replacing("\u{1B}", with: "\\u001b")
      return #"{"timeUnixNano":"17955720\#(index + 10)000000000","body":{"stringValue":"\#(text)"}}"#
    }
    return decode(
      #"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeLogs":[{"logRecords":["#
        + records.joined(separator: ",") + "]}]}]}\n", member: "m.json")
  }

  private static func expect(
    _ lines: [String], _ levels: [String], at place: Testing.SourceLocation = #_sourceLocation
  ) {
    for batch in [table(lines), bodies(lines)] {
      #expect(batch.readLogs.map(\.severity) == levels, sourceLocation: place)
      #expect(batch.isBalanced, sourceLocation: place)
      #expect(!batch.readLogs.contains { $0.message.contains("\u{1B}") }, sourceLocation: place)
    }
  }

  @Test("colours are no part of a line")
  func colours() {
    Self.expect(["\u{1B}[32minfo\u{1B}[39m: started", "\u{1B}[31merror\u{1B}[39m: none left"], ["info", "error"])
    Self.expect(
      ["\u{1B}[36mDEBU\u{1B}[0m[0007] started", "\u{1B}[31mFATA\u{1B}[0m[0008] none left"], ["debug", "fatal"])
    Self.expect(["\u{1B}[1;33mnobody knows\u{1B}[0m", "\u{1B}[4mwhat\u{1B}[0m"], ["unknown", "unknown"])
  }

  @Test("a header of syslog is taken off, with a priority and without, and what stands behind it is read")
  func syslog() {
    let lines = [
      "Nov 25 02:00:01 n1 etcd[7]: E1125 02:00:01.000000       7 raft.go:31] none left",
      "<11>Nov 25 02:00:02 n1 pay[7]: none left", "<14>1 2026-11-25T02:00:03Z n1 pay 7 - - started",
      "Nov 25 02:00:04 n1 httpd[7]: httpd: [alert] none left",
      "Nov 25 2026 02:00:05 edge : %ASA-2-106001: Inbound TCP connection denied",
    ]
    Self.expect(lines, ["error", "error", "info", "fatal", "fatal"])
    #expect(Self.table(lines).readLogs.prefix(4).map(\.component) == ["etcd", "pay", "pay", "httpd"])
    // A month's name at the beginning of a sentence is none of a header.
    Self.expect(["Mar 12 crates were sent to the other side", "May be late"], ["unknown", "unknown"])
  }

  @Test(
    "the lines of a trace belong to the record before them",
    arguments: [
      ["thread 'tokio' panicked at src/pay.rs:31:9:", "none left", "note: run with `RUST_BACKTRACE=1`"],
      ["panic: none left", "goroutine 7 [running]:", "main.charge(0x1)", "\t/app/pay.go:31 +0x1d", "exit status 2"],
      ["E, [2026-11-25T02:00:01.000000 #7] ERROR -- : Pay::Error: none", "/app/pay.rb:31:in `charge'"],
      [
        "2026-11-25 02:00:01,000 ERROR a.Pay - Code: 60, Stack trace:",
        "0. DB::Exception::Exception(int) @ 0x000000000cbc8bdb", "1. inlined from ./src/Pay.cpp:31: charge",
      ],
    ])
  func traces(_ trace: [String]) {
    for batch in [Self.table(trace), Self.bodies(trace)] {
      #expect(batch.logs.count == 1)
      #expect(batch.logs.allSatisfy { $0.severity >= .error })
      #expect(batch.isBalanced)
    }
  }

  @Test("a warning takes the exception that it names in full, and no other line")
  func warning() {
    let head = "2026-11-25 02:00:01,000 WARN  a.Pay - late"
    Self.expect([head, "java.io.IOException: refused", "\tat a.Pay.charge(Pay.java:31)"], ["warn"])
    Self.expect([head, "nothing to do with it"], ["warn", "unknown"])
  }

  @Test("the console of .NET writes a record on two lines")
  func console() {
    let lines = ["warn: Shop.Pay[7]", "      none left", "info: Shop.Pay[8]", "      started"]
    Self.expect(lines, ["warn", "info"])
    for batch in [Self.table(lines), Self.bodies(lines)] {
      #expect(batch.readLogs.map(\.message) == ["none left", "started"])
    }
  }

  @Test("blanks in front of any other body are nobody's")
  func blanks() {
    #expect(Self.bodies(["   started", "  INFO ready"]).readLogs.map(\.message) == ["started", "ready"])
  }
}
