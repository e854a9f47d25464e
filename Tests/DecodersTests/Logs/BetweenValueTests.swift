import Decoders
import Model
import Testing

/// Lines of a log between JSON values: exporters of spans print on the output that the program logs on.
struct BetweenValueTests {
  private let span =
    #"{"Name":"sell","SpanContext":{"TraceID":"7b0c1d2e3f405162738495a6b7c8d9e0","SpanID":"2222334455667788","TraceFlags":"01"},"#
    + #""Parent":{"TraceID":"00000000000000000000000000000000","SpanID":"0000000000000000"},"SpanKind":2,"#
    + #""StartTime":"2026-11-25T02:00:00.2Z","EndTime":"2026-11-25T02:00:00.5Z","Attributes":null,"Status":{"Code":"Unset"},"#
    + #""Resource":[{"Key":"service.name","Value":{"Type":"STRING","Value":"till"}}]}"#

  @Test(
    "a line with a date in front is one",
    arguments: [
      ("2026/11/25 02:00:01 till: listening on :80", ReadLog("02:00:01", "till", "unknown", "till: listening on :80")),
      ("2026-11-25T02:00:01.5Z ERROR none left", ReadLog("02:00:01.5", "till", "error", "none left")),
      ("[2026-11-25 02:00:01,500] [WARN] none left", ReadLog("02:00:01.5", "till", "warn", "none left")),
      ("2026-11-25 02:00:01: none left", ReadLog("02:00:01", "till", "unknown", "none left")),
      (
        "2026-11-25 02:00:01,500 [main] ERROR a.Till - none left",
        ReadLog("02:00:01.5", "till", "error", "[main] ERROR a.Till - none left")
      ),
      (
        "[2026-11-25 02:00:01] production.WARN: none left",
        ReadLog("02:00:01", "till", "warn", "production.WARN: none left")
      ),
      ("2026-11-25 02:00:01 NO ERRORS left", ReadLog("02:00:01", "till", "unknown", "NO ERRORS left")),
    ])
  func dated(line: String, expected: ReadLog) {
    let text = [span, line, span, line].joined(separator: "\n") + "\n"
    for piece in [1, 100, 1 << 20] {
      let batch = decode(text, piece: piece, member: "logs/till.log")
      #expect(batch.isBalanced && batch.spans.count == 2)
      #expect(batch.readLogs == [expected, expected])
      #expect(!batch.codes.contains("malformedJSON"))
    }
  }

  @Test("between records of a logger it is none of theirs")
  func logs() {
    let batch = decode(
      #"{"time":"2026-11-25T02:00:00Z","level":"error","msg":"none left"}"# + "\n"
        + "[2026-11-25 02:00:01] started\n" + #"{"time":"2026-11-25T02:00:02Z","level":"info","msg":"more"}"# + "\n",
      member: "logs/till.log")
    #expect(batch.readLogs.map(\.message) == ["none left", "started", "more"])
    #expect(batch.readLogs.map(\.time) == ["02:00:00", "02:00:01", "02:00:02"])
  }

  @Test(
    "the rest of a value that was torn is told as damage",
    arguments: [
      #"2026-11-25T02:00:01Z","level":"error","msg":"none left"}"#, #"25,"level":"error","msg":"none left"}"#,
    ])
  func torn(line: String) {
    let batch = decode([span, line, span].joined(separator: "\n") + "\n", member: "logs/till.log")
    #expect(batch.logs.isEmpty && batch.codes.contains("malformedJSON"))
  }
}
