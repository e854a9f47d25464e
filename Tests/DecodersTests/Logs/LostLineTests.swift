import Decoders
import Model
import Testing

/// Lines that were nobody's, or no log's: indented ones, messages without a text, lines in angle brackets, levels behind dates in brackets.
struct LostLineTests {
  private func logs(_ lines: String...) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  @Test("a program all of whose messages are indented indents none")
  func margins() {
    let read = logs(
      "Nov 25 02:00:01 h1 stored[7]:  [shard 0] init - started",
      "Nov 25 02:00:02 h1 stored[7]:  [shard 1] gossip - node is down",
      "Nov 25 02:00:03 h1 sshd[8]: session opened", "Nov 25 02:07:04 h1 stored[7]:  [shard 0] disk is full")
    #expect(read.map(\.component) == ["stored", "stored", "sshd", "stored"])
    // What is indented deeper goes on with the line before it, and so does what a program indents now and then.
    #expect(logs("Nov 25 02:00:01 h1 a[7]:  one", "Nov 25 02:00:01 h1 a[7]:      at b.C.d(E.java:1)").count == 1)
    #expect(logs("Nov 25 02:00:01 h1 a[7]: one", "Nov 25 02:00:01 h1 a[7]:  more of it").count == 1)
  }

  @Test("the message is optional in RFC 5424")
  func withoutMessage() {
    let read = logs(
      #"<163>1 2026-11-25T02:00:01Z h1 fw 7 DENY [flow@32473 source="10.0.0.9"]"#,
      #"<165>1 2026-11-25T02:00:02Z h1 fw 7 - [flow@32473 source="10.0.0.8"]"#,
      "<163>1 2026-11-25T02:00:03Z h1 fw 7 LOST -", "<165>1 2026-11-25T02:00:04Z h1 fw 7 ID1 - started")
    #expect(
      read == [
        ReadLog("02:00:01", "fw", "error", #"DENY [flow@32473 source="10.0.0.9"]"#),
        ReadLog("02:00:02", "fw", "info", #"[flow@32473 source="10.0.0.8"]"#),
        ReadLog("02:00:03", "fw", "error", "LOST -"), ReadLog("02:00:04", "fw", "info", "started"),
      ])
  }

  @Test(
    "dates and levels in angle brackets are no elements",
    arguments: [
      "<Nov 25, 2026, 2:00:01,500 AM UTC> <Error> <HTTP> <BEA-101020> <none left>",
      "<Nov 25, 2026 2:00:01,500 AM GMT> <Error> <HTTP> <BEA-101020> <none left>",
      "<error> [1795572001.5000] none left", "<error>  [1795572001.5000] none left",
    ])
  func brackets(line: String) {
    let read = logs(line, line, line)
    #expect(read.count == 3)
    #expect(
      read.allSatisfy { $0.time == "02:00:01.5" && $0.severity == "error" && $0.message == "none left" }, "\(read)")
  }

  @Test(
    "an element that is called like a level is one", arguments: ["<error>none left</error>", "<Error> none </Error>"])
  func elements(text: String) {
    #expect(logs(text).isEmpty)
  }

  @Test(
    "a date of the Common Log Format in brackets is a logger's where no request follows",
    arguments: [
      "E [25/Nov/2026:03:00:01 +0100] none left", "[25/Nov/2026:03:00:01 +0100] ERROR none left",
      "[25/Nov/2026:03:00:01.000000000 +0100] - ERR - none left",
    ])
  func commonDates(line: String) {
    let read = logs(line, line, line, line)
    #expect(read.count == 4)
    #expect(read.allSatisfy { $0.time == "02:00:01" && $0.severity == "error" && $0.message.hasSuffix("none left") })
  }

  @Test("a program that speaks up late has its level")
  func lateLayout() {
    let usual = (10..<60).map { "2026-11-25 01:00:\($0),500 INFO: all is well\n" }.joined()
    let late = "2026-11-25 02:00:01.500 UTC [7] FATAL:  none left\n2026-11-25 02:00:02.500 UTC [7] LOG:  all is well\n"
    #expect(
      decode(usual + late).readLogs.suffix(2) == [
        ReadLog("02:00:01.5", "m", "fatal", "none left"), ReadLog("02:00:02.5", "m", "info", "all is well"),
      ])
  }
}
