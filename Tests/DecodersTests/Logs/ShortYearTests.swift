// Dates whose years have two digits: which number is the year.

import Decoders
import Model
import Support
import Testing

struct ShortYearTests {
  private func days(_ stamps: [String], night: (Int, Int, Int)?) -> [String] {
    var settings = DecoderSettings()
    if let night { settings.lastDay = Timestamp.days(year: night.0, month: night.1, day: night.2) }
    let text = stamps.map { "\($0) 02:00:00 ERROR pay: none left\n" }.joined()
    return decode(text, settings: settings).logs.map { String(Timestamp($0.time).rfc3339.prefix(10)) }
  }

  @Test("full stops stand between day, month and year")
  func dots() {
    #expect(days(["25.11.26", "25.11.26"], night: nil) == ["2026-11-25", "2026-11-25"])
    #expect(days(["10.11.12", "10.11.12"], night: (2010, 11, 12)) == ["2012-11-10", "2012-11-10"])
  }

  @Test("the night decides between year and day", arguments: ["/", "-"])
  func night(mark: String) {
    func stamp(_ text: String) -> String { text.replacing("/", with: mark) }
    #expect(days([stamp("25/11/26"), stamp("25/11/26")], night: (2026, 11, 25)) == ["2026-11-25", "2026-11-25"])
    #expect(days([stamp("26/11/25"), stamp("26/11/25")], night: (2026, 11, 25)) == ["2026-11-25", "2026-11-25"])
    #expect(days([stamp("11/25/26"), stamp("11/25/26")], night: (2026, 11, 25)) == ["2026-11-25", "2026-11-25"])
    #expect(days([stamp("25/11/26"), stamp("25/11/26")], night: (2025, 11, 26)) == ["2025-11-26", "2025-11-26"])
  }

  @Test("days that follow each other decide without a night")
  func neighbours() {
    #expect(days(["25/11/26", "26/11/26"], night: nil) == ["2026-11-25", "2026-11-26"])
    #expect(days(["25/11/26", "25/11/27"], night: nil) == ["2025-11-26", "2025-11-27"])
    // Nothing decides: the year first, as before.
    #expect(days(["25/11/26", "25/11/26"], night: nil) == ["2025-11-26", "2025-11-26"])
  }

  @Test("the zones of Central Europe by their German and French names")
  func zones() {
    for (time, zone) in [("03:00:00", "MEZ"), ("04:00:00", "MESZ"), ("03:00:00", "HNEC"), ("02:00:00", "WEZ")] {
      let line = "2026-11-25 \(time) \(zone) ERROR pay: none left\n"
      #expect(decode(line + line).readLogs.first == ReadLog("02:00:00", "pay", "error", "none left"))
    }
    let liberty = "[25.11.26 3:00:00:500 MEZ] 0000002b com.ibm.ws.x E SRVE0777E: none left\n"
    #expect(decode(liberty + liberty).readLogs.map(\.time) == ["02:00:00.5", "02:00:00.5"])
  }
}
