import Decoders
import Model
import Support
import Testing

/// What Node.js prints of an error that nobody caught, and the marks that tools put around lines.
struct UncaughtErrorTests {
  private func logs(_ lines: String...) -> [ReadLog] { decode(lines.joined(separator: "\n") + "\n").readLogs }

  @Test("the record tells the error and not its place")
  func thrown() {
    let read = logs(
      "2026-11-25T02:00:00.500Z [till] info: open", "/app/till.js:31", "    throw new RangeError('no card');", "    ^",
      "",
      "RangeError: no card", "    at charge (/app/till.js:31:11)", "", "Node.js v22.14.0",
      "2026-11-25T02:00:01.500Z [till] info: open")
    #expect(read.map(\.message).filter { $0.contains("card") } == ["RangeError: no card"])
    #expect(read.map(\.severity).filter { $0 == "fatal" } == ["fatal"])
    #expect(read.count == 3)
  }

  @Test("a place of the runtime's own, and a value that is no error")
  func others() {
    #expect(
      logs(
        "node:events:497", "      throw er; // Unhandled 'error' event", "      ^", "", "Error: no net",
        "    at a (b.js:1:1)"
      )
      .map(\.message) == ["Error: no net"])
    #expect(
      logs("/app/i.mjs:1", "throw \"no net\";", "^", "no net", "(Use `node --trace-uncaught` …)").map(\.message) == [
        "no net"
      ])
  }

  @Test("a place with nothing below it is all that is known")
  func cut() {
    #expect(logs("/app/i.js:1", "throw x").map(\.message) == ["/app/i.js:1"])
    let read = logs(
      "/app/i.js:1", "2026-11-25T02:00:00.500Z info a", "2026-11-25T02:00:01.500Z error b",
      "2026-11-25T02:00:02.500Z info c")
    #expect(Set(read.map(\.message)) == ["/app/i.js:1", "a", "b", "c"])
  }

  @Test(
    "what is no module's place, or has no source below it, is no death",
    arguments: ["node:till-1:9100", "node:till:9100"])
  func nodes(place: String) {
    let read = logs("2026-11-25 02:00:00 INFO nodes", place, place, "2026-11-25 02:00:01 INFO done")
    #expect(!read.map(\.severity).contains("fatal"))
    #expect(read.last?.message == "done")
  }

  @Test("the next record is not what was thrown")
  func nextRecord() {
    let read = logs(
      "2026-11-25 02:00:00 INFO open", "/app/till.js:31", "    throw 1", "    ^", "2026-11-25 02:00:01 INFO done")
    #expect(read.map(\.message) == ["open", "/app/till.js:31", "done"])
    #expect(read.map(\.severity) == ["info", "fatal", "info"])
  }

  @Test("layouts that begin with a thread or whose columns go on behind bars name no service of podman-compose's")
  func threads() {
    for name in ["main", "MainThread", "pool-1-thread-2", "http-nio-8080-exec-3", "till-1"] {
      let read = logs(
        "[\(name)] | 2026-11-25 02:00:00 | INFO | open", "[\(name)] | 2026-11-25 02:00:01 | ERROR | none left")
      #expect(read.map(\.component) == ["m", "m"])
      #expect(read.map(\.severity) == ["info", "error"])
    }
  }

  @Test("podman-compose's services; a level in brackets is no service")
  func podman() {
    #expect(
      logs("[till]   | 2026-11-25T02:00:00.500Z ERROR none left", "[orders] | 2026-11-25T02:00:01.500Z INFO kept").map(
        \.component)
        == ["till", "orders"])
    #expect(
      Set(
        logs("[INFO]  | 2026-11-25 02:00:00 | till | kept", "[ERROR] | 2026-11-25 02:00:01 | till | none left").map(
          \.component)
      )
      .isDisjoint(with: ["INFO", "ERROR"]))
  }

  @Test("the heads of PowerShell's tables are no records")
  func powerShell() {
    let read = logs(
      "", "   ProviderName: Print", "", "TimeCreated                      Id LevelDisplayName Message",
      "-----------                      -- ---------------- -------",
      "11/25/2026 2:00:00 AM             7 Warning          paper low",
      "11/25/2026 2:00:01 AM             8 Error            paper out")
    #expect(read.map(\.severity) == ["warn", "error"])
    #expect(read.map(\.time) == ["02:00:00", "02:00:01"])
  }

  @Test("dates that are not padded")
  func dates() {
    #expect(
      logs("11/3/26 2:00:00 AM INFO a", "11/25/26 2:00:00 PM ERROR b").map(\.time) == [
        "2026-11-03T02:00:00.000000Z", "14:00:00",
      ])
    #expect(
      logs("11/3/26 2:00 AM INFO a", "11/25/26 2:00 PM ERROR b").map(\.time) == [
        "2026-11-03T02:00:00.000000Z", "14:00:00",
      ])
    #expect(
      logs("3.11.2026 2:00:00 INFO a", "25.11.2026 14:00:00 ERROR b").map(\.time) == [
        "2026-11-03T02:00:00.000000Z", "14:00:00",
      ])
    #expect(
      logs("25/9/26 02:00:00 INFO a", "3/10/26 14:00:00 ERROR b").map(\.time) == [
        "2026-09-25T02:00:00.000000Z", "2026-10-03T14:00:00.000000Z",
      ])
  }

  @Test("Kuma's access lines")
  func kuma() {
    let line =
      #"[2026-11-25T02:00:00.137Z] default "GET /x HTTP/1.1" 503 UF 0 45 1500 - "-" "curl/7" "-" "id-1" "till.mesh" "web" "till" "10.1.2.3" "10.1.2.0:8080""#
    let batch = decode(line + "\n")
    #expect(batch.logs.isEmpty)
    #expect(batch.spans.contains { $0.duration == 1_500_000 && $0.httpStatus == 503 })
  }
}
