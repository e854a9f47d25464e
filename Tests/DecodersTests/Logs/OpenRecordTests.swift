import Decoders
import Model
import Support
import Testing

/// Records of several lines, and lines of daemons whose words would pass for headers.
struct OpenRecordTests {
  private func read(_ lines: [String]) -> [ReadLog] {
    let batch = decode(lines.joined(separator: "\n") + "\n", member: "m")
    #expect(batch.isBalanced)
    return batch.readLogs
  }

  @Test("CockroachDB's marks tell which lines go on")
  func cockroach() {
    func line(_ time: String, _ text: String) -> String {
      "E261125 02:00:\(time).000000 7 pay/x.go:31 ⋮ [n1] 7 \(text)"
    }
    let logs = read([
      line("01", " none left"), line("01", "+second"), line("01", "!goroutine 7 [running]:"), line("01", "|rest"),
      line("02", " gone"), line("03", "={\"Timestamp\":1}"),
    ])
    #expect(logs.map(\.message) == ["none left", "gone", "={\"Timestamp\":1}"])
  }

  @Test("a backtrace between MongoDB's marks is the record's before it, an object in it, too")
  func backtrace() {
    func line(_ second: Int, _ text: String) -> String { "2026-11-25T02:00:0\(second).500+0000 \(text)" }
    let begin = [
      line(1, "F -        [conn1] Got signal: 11 (Segmentation fault)."), " 0x55f3", "----- BEGIN BACKTRACE -----",
      #"{"backtrace":[{"b":"55F3","o":"1"}],"processInfo":{ "mongodbVersion" : "4.2" }}"#,
      "mongod(_ZN5x+0x41) [0x55f3]",
    ]
    let end = [line(2, "I CONTROL  [main] restarted"), line(3, "E REPL     [bg] no member")]
    for mark in [["-----  END BACKTRACE  -----"], []] {
      #expect(read(begin + mark + end).map(\.severity) == ["fatal", "info", "error"])
    }
    #expect(read(begin + ["ERROR: no member"] + end).count == 4)
    // With no record in front they are lines like any other.
    #expect(read(["----- BEGIN BACKTRACE -----"] + end).count == 3)
  }

  @Test("WebLogic's last field ends with its bracket")
  func webLogic() {
    func head(_ second: Int, _ level: String) -> String {
      "####<Nov 25, 2026, 2:00:0\(second),000 AM UTC> <\(level)> <HTTP> <h> <s> <t> <<a>> <> <> <1795572001000> <BEA-101020> <"
    }
    let logs = read([
      head(1, "Error") + "none left", "of the second kind", "java.lang.IllegalStateException: x", "> ",
      head(2, "Notice") + "started> ", head(3, "Error") + "gone> ",
    ])
    #expect(logs.map(\.severity) == ["error", "info", "error"])
  }

  @Test("Julia draws a box around a record of several lines")
  func julia() {
    let logs = read([
      "[ Info: started", "┌ Error: none left", "│   exception = x", "└ @ Pay pay.jl:31", "[ Debug: gone",
      "┌ Warning: late", "└ @ Pay pay.jl:32",
    ])
    #expect(logs.map(\.severity) == ["info", "error", "debug", "warn"])
    #expect(logs.map(\.message) == ["started", "none left", "gone", "late"])
  }

  @Test("words of a daemon's sentence are no headers")
  func daemons() {
    let logs = read([
      "2026-11-25 02:00:01,500 fail2ban.actions        [7]: WARNING [web] 203.0.113.9 already banned - since 1",
      "2026-11-25 02:00:02,500 fail2ban.filter         [7]: INFO    [web] Found 203.0.113.9 - 2026-11-25 02:00:02",
    ])
    #expect(logs.map(\.component) == ["fail2ban.actions", "fail2ban.filter"])
    #expect(logs.map(\.severity) == ["warn", "info"])
    let listener = read([
      "25-NOV-2026 02:00:01 * (CONNECT_DATA=(SID=X)) * (ADDRESS=(HOST=10.0.0.9)) * establish * X * 12505",
      "25-NOV-2026 02:00:02 * ping * 0",
    ])
    #expect(listener.map(\.message).allSatisfy { $0.hasPrefix("(CONNECT") || $0 == "ping * 0" })
    let transfers = read([
      "Wed Nov 25 02:00:01 2026 [pid 7] [eve] FAIL DOWNLOAD: Client \"10.0.0.9\", \"/x\"",
      "Wed Nov 25 02:00:02 2026 [pid 7] CONNECT: Client \"10.0.0.9\"",
    ])
    #expect(transfers.map(\.message).first == "[eve] FAIL DOWNLOAD: Client \"10.0.0.9\", \"/x\"")
    #expect(transfers.allSatisfy { $0.component == "m" })
  }

  @Test("the identity of a mesh's client is no server")
  func identity() {
    let name = "web.shop.serviceaccount.identity.linkerd.cluster.local"
    let batch = decode(
      "10.0.0.9:4444 \(name) - [2026-11-25T02:00:01.071809491Z] \"GET http://pay:7000/x HTTP/2.0\" 503\n", member: "m")
    #expect(batch.spans.count == 1)
    #expect(!batch.services.contains { $0.contains("web") })
  }
}
