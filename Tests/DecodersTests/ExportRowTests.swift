import Model
import Support
import Testing

@testable import Decoders

/// Rows and entries as a cloud's log viewer and a spreadsheet save them.
struct ExportRowTests {
  @Test("each row has its message in one of several columns, and its trace under the project's name")
  func messageColumns() {
    let trace = "0af7651916cd43dd8448eb211c80319c"
    let batch = decode(
      """
      insertId,jsonPayload.message,resource.labels.service_name,severity,textPayload,timestamp,trace
      a,,pay,ERROR,"lost, twice",2026-11-25T02:00:00Z,projects/p/traces/\(trace)
      b,found,pay,INFO,,2026-11-25T02:00:01Z,
      c,,pay,INFO,,2026-11-25T02:00:02Z,

      """, member: "x.csv")
    #expect(
      batch.readLogs == [
        ReadLog("02:00:00", "pay", "error", "lost, twice"), ReadLog("02:00:01", "pay", "info", "found"),
      ])
    #expect(batch.logs.map(\.request.hex) == [trace, RequestID.none.hex])
    #expect(batch.isBalanced)
  }

  @Test("a byte order mark or quotes around the line that names the delimiter")
  func preface() {
    for first in ["\u{FEFF}sep=;", "\u{FEFF}\"sep=;\"", "\"sep=;\""] {
      let batch = decode(
        first + "\r\ntimestamp;level;service;message\r\n2026-11-25T02:00:00Z;ERROR;pay;none left\r\n", member: "x.csv")
      #expect(batch.readLogs == [ReadLog("02:00:00", "pay", "error", "none left")])
    }
  }

  @Test("the number of a LogSeverity is read by the other keys of its entry")
  func logSeverity() {
    func level(_ number: Int, _ rest: String) -> [String] {
      decode(#"{"severity":\#(number),"textPayload":"x","timestamp":"2026-11-25T02:00:00Z"\#(rest)}"#).readLogs
        .map(\.severity)
    }
    let levels = [100, 200, 300, 400, 500, 600, 800]
    let names = ["debug", "info", "info", "warn", "error", "fatal", "fatal"]
    for rest in [#","insertId":"1""#, #","logName":"projects/p/logs/x""#] {
      #expect(levels.flatMap { level($0, rest) } == names)
      #expect(level(0, rest) == ["unknown"])
    }
    // Monolog's and anybody's.
    #expect(level(400, "") == ["error"] && level(400, #","logName":"app""#) == ["error"])
  }
}
