import Decoders
import Model
import Support
import Testing

/// Times that few producers write, and numbers that only look like them.
struct UnmarkedTimeTests {
  @Test(
    "digits without a mark between them are a date and a time, as text or number",
    arguments: [
      (#""20261125020007""#, "02:00:07"), ("20261125020007", "02:00:07"), ("20261125020007250", "02:00:07.25"),
      (#""20261125020007.25Z""#, "02:00:07.25"), (#""20261125030007+0100""#, "02:00:07"),
      // Milliseconds and nanoseconds since the epoch.
      ("1795572007250", "02:00:07.25"), ("1795572007250000000", "02:00:07.25"),
    ])
  func numbers(value: String, time: String) {
    let record = #"{"timestamp":\#(value),"level":"error","service":"mill","message":"none left"}"#
    #expect(decode(record + "\n" + record + "\n").readLogs.first == ReadLog(time, "mill", "error", "none left"))
  }

  @Test("fourteen digits that are no date are no time")
  func noDate() {
    let record = #"{"timestamp":"20261325020007","level":"error","message":"none left"}"# + "\n"
    #expect(decode(record + record).readLogs.first?.time.hasSuffix("02:00:07") == false)
    let numbered = "20269925020007 left the mill\n20269925020008 left the mill\n"
    #expect(decode(numbered).logs.allSatisfy { $0.time == .min })
  }

  @Test(
    "a line may begin with such a time, or with one that Go prints",
    arguments: [
      "20261125020007 ERROR none left", "20261125020007Z ERROR none left", "20261125030007+0100 ERROR none left",
      "2026-11-25 03:00:07 +0100 CET m=+0.012 ERROR none left",
      "2026-11-24 23:00:07 -0300 -03 m=+12.5 ERROR none left",
    ])
  func lines(line: String) {
    let logs = decode(Array(repeating: line, count: 4).joined(separator: "\n") + "\n").readLogs
    #expect(logs == Array(repeating: ReadLog("02:00:07", "m", "error", "none left"), count: 4))
  }

  @Test("Go's monotonic clock and ordinal days are read in fields")
  func fields() {
    let go = #"{"time":"2026-11-25 03:00:07.25 +0100 CET m=+0.012","level":"error","msg":"none left"}"# + "\n"
    #expect(decode(go + go).readLogs.first?.time == "02:00:07.25")
    let table =
      "\"@timestamp\",level,message\n\"November 25th 2026, 02:00:07.250\",error,none left\n"
      + "\"November 2nd 2026, 02:00:07.250\",info,all well\n"
    #expect(decode(table, member: "m.csv").readLogs.map(\.time) == ["02:00:07.25", "2026-11-02T02:00:07.250000Z"])
  }
}
