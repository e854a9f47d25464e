import Decoders
import Model
import Testing

/// What stands around records: separators, fields of events, heads of files, blanks and cookies in front of objects, counts.
struct FramedRecordTests {
  private static let separator = "\u{1E}"

  private static func object(_ level: String, _ second: Int, _ text: String) -> String {
    #"{"level":"\#(level)","time":"2026-11-25T02:00:0\#(second)Z","msg":"\#(text)"}"#
  }

  private static let three = [object("info", 0, "up"), object("error", 1, "none left"), object("warn", 2, "late")]
  private static let expected = [
    ReadLog("02:00:00", "m", "info", "up"), ReadLog("02:00:01", "m", "error", "none left"),
    ReadLog("02:00:02", "m", "warn", "late"),
  ]

  @Test(
    "a sequence of JSON texts is read (RFC 7464), in whatever pieces",
    arguments: [
      three.map { separator + $0 + "\n" }.joined(), three.map { separator + $0 }.joined(),
      three.map { separator + $0.replacing(",", with: ",\n  ").replacing("{", with: "{\n  ") + "\n" }.joined(),
    ], [1, 7, 1 << 20])
  func sequences(text: String, piece: Int) {
    let batch = decode(text, piece: piece)
    #expect(batch.readLogs == Self.expected)
    #expect(batch.isBalanced)
    #expect(batch.diagnostics.isEmpty)
  }

  @Test("a text that was cut costs only itself", arguments: ["", "\n"])
  func cutText(end: String) {
    let cut = Self.separator + #"{"level":"info","time":"2026-11-2"# + end
    let rest = Self.three.map { Self.separator + $0 + "\n" }
    #expect(decode(rest[0] + cut + rest[1] + rest[2]).readLogs == Self.expected)
    #expect(decode(cut + rest.joined()).readLogs == Self.expected)
  }

  @Test(
    "events that a server sends are read (text/event-stream), in whatever pieces",
    arguments: [
      three.map { "data: \($0)\n\n" }.joined(),
      ": hello\n\nretry: 3000\n" + three.map { "event: log\nid: 7\ndata:\($0)\n\n" }.joined(),
      three.map { "data: \($0)\r\n\r\n" }.joined(),
      three.map { "data: {\ndata:  \($0.dropFirst())\n\n" }.joined(),
    ], [1, 11, 1 << 20])
  func eventStreams(text: String, piece: Int) {
    let batch = decode(text, piece: piece)
    #expect(batch.readLogs == Self.expected)
    #expect(batch.isBalanced)
  }

  @Test("a log that only begins like events is none")
  func otherStreams() {
    let log = "data: {}\n2026-11-25 02:00:00 ERROR none left\n"
    #expect(decode(log + log).readLogs.filter { $0.severity == "error" }.count == 2)
  }

  @Test(
    "the head of a log file is no record",
    arguments: [
      "Log file created at: 2026/11/25 02:00:00\nRunning on machine: node9\nRunning duration (h:mm:ss): 0:00:00\nLog line format: [IWEF]yyyymmdd hh:mm:ss.uuuuuu threadid file:line] msg\nE20261125 02:00:00.500000 7 stock.cc:7] none left\n",
      "Log file created at: 2026/11/25 02:00:00\nRunning on machine: node9\nBinary: Built with gc go1.22 for linux/amd64\nPrevious log: <none>\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\nE20261125 02:00:00.500000 7 stock.go:7] none left\n",
      "# Logfile created on 2026-11-25 02:00:00 +0000 by logger.rb/v1.5.3\nE, [2026-11-25T02:00:00.500000 #7] ERROR -- : none left\n",
    ])
  func heads(text: String) {
    let batch = decode(text)
    #expect(batch.readLogs == [ReadLog("02:00:00.5", "m", "error", "none left")])
    #expect(batch.isBalanced)
  }

  @Test("a line like one of a head is a record anywhere else")
  func noHead() {
    let text = "2026-11-25 02:00:00 INFO up\nRunning on machine: node9\n2026-11-25 02:00:01 INFO up\n"
    #expect(decode(text).readLogs.count == 3)
  }

  @Test("blanks in front of a message of syslog are its own, and those in front of a frame the trace's")
  func syslogBlanks() {
    // Facility 1 with the levels 3, 4 and 6.
    let heads = [11, 12, 14].enumerated().map { "<\($1)>1 2026-11-25T02:00:0\($0)Z h pump 7 - - " }
    let own = decode(heads[0] + "none left\n" + heads[1] + " late\n" + heads[2] + "  up\n").readLogs
    #expect(own.map(\.message) == ["none left", "late", "up"])
    #expect(own.map(\.severity) == ["error", "warn", "info"])
    let trace = heads[1] + "none left\n" + heads[1] + "\tat a.B.c(B.java:1)\n" + heads[2] + "    at a.B.d(B.java:2)\n"
    #expect(decode(trace).readLogs.map(\.message) == ["none left"])
  }

  @Test(
    "an object behind blanks or behind the cookie of CEE is a record",
    arguments: [
      ("2026-11-25T02:00:00.500000000Z stdout F   {\"level\":\"error\",\"msg\":\"none left\"}", "m"),
      ("<30>1 2026-11-25T02:00:00.5Z h pump 7 - - @cee: {\"level\":\"error\",\"msg\":\"none left\"}", "pump"),
      ("<30>1 2026-11-25T02:00:00.5Z h pump 7 - - @cee:{\"level\":\"error\",\"msg\":\"none left\"}", "pump"),
    ])
  func setOffObjects(line: String, name: String) {
    let batch = decode(line + "\n" + line + "\n")
    #expect(batch.readLogs == Array(repeating: ReadLog("02:00:00.5", name, "error", "none left"), count: 2))
    #expect(batch.isBalanced)
  }

  @Test("messages behind their counts are learned from as wholes, whatever lines they have")
  func countedLines() {
    let first = "<11>1 2026-11-25T02:00:00.5Z h pump - - - none\nleft\nat all"
    let second = "<14>1 2026-11-25T02:00:01Z h pump - - - open"
    let logs = decode("\(first.utf8.count) \(first)\(second.utf8.count) \(second)").readLogs
    #expect(logs.map(\.component) == ["pump", "pump"])
    #expect(logs.map(\.severity) == ["error", "info"])
  }
}
