import Decoders
import Model
import Support
import Testing

/// Headers behind blanks, beside lines that begin at the first column.
struct IndentedHeaderTests {
  @Test("one blank in front of each header, an exception at the first column", arguments: ["", "\u{FEFF}"])
  func log4net(mark: String) {
    let text =
      mark + """
         2026-11-25 02:00:00,500 [P7/D2/T5] INFO  Loaf.Core.Boot - oven warm
         2026-11-25 02:00:01,500 [P7/D2/T9] ERROR Loaf.Web.Order - none left
        System.TimeoutException: The operation ended
           at Loaf.Web.Order.Take(Int32 id)
         2026-11-25 02:00:02,500 [P7/D2/T5] WARN  Loaf.Web.Order - few left

        """
    #expect(
      decode(text).readLogs == [
        ReadLog("02:00:00.5", "Loaf.Core.Boot", "info", "oven warm"),
        ReadLog("02:00:01.5", "Loaf.Web.Order", "error", "none left"),
        ReadLog("02:00:02.5", "Loaf.Web.Order", "warn", "few left"),
      ])
  }

  @Test(
    "tracing's pretty events beside a greeting or a panic",
    arguments: [("Oven on\n", ""), ("", "thread 'main' panicked at src/oven.rs:9:5:\nno gas\n")])
  func tracing(before: String, behind: String) {
    let events =
      "  2026-11-25T02:00:00.500000Z  INFO loaf::oven: warm\n    at src/oven.rs:3\n\n"
      + "  2026-11-25T02:00:01.500000Z ERROR loaf::oven: cold, id: 7\n    at src/oven.rs:9\n\n"
    let logs = decode(before + events + behind).readLogs
    #expect(logs.count == 3)
    #expect(logs.contains(ReadLog("02:00:00.5", "loaf::oven", "info", "warm")))
    #expect(logs.contains(ReadLog("02:00:01.5", "loaf::oven", "error", "cold, id: 7")))
  }

  @Test("levels padded on the left to five and to eight")
  func padded() {
    let five = decode(
      " INFO [main] (Oven.java:3) - warm\nERROR [main] (Oven.java:9) - cold\n WARN [main] (Oven.java:4) - cool\n")
    #expect(five.readLogs.map(\.severity) == ["info", "error", "warn"])
    #expect(five.readLogs.map(\.message) == ["warm", "cold", "cool"])
    let eight = decode("    INFO oven: warm\n   ERROR oven: cold\n WARNING oven: cool\nCRITICAL oven: dead\n")
    #expect(eight.readLogs.map(\.severity) == ["info", "error", "warn", "fatal"])
    #expect(eight.readLogs.allSatisfy { $0.component == "oven" })
    let carried = decode(
      "2026-11-25T02:00:00.5Z stdout F  INFO [main] a.Oven - warm\n2026-11-25T02:00:01.5Z stdout F ERROR [main] a.Oven - cold\n"
    )
    #expect(carried.readLogs.map(\.message) == ["warm", "cold"])
  }

  @Test(
    "levels behind blanks are padded only where others end in their column",
    arguments: [
      "[oven] INFO on\n[oven] INFO results:\n", "oven on\noven results:\n", "INFO oven: on\nWARN oven: late\n",
    ])
  func unpadded(head: String) {
    let batch = decode(head + "  ERROR count 0\n  FATAL count 0\n" + head)
    #expect(batch.isBalanced)
    #expect(!batch.readLogs.contains { $0.message.hasPrefix("count") || $0.severity == "fatal" })
  }

  @Test("levels behind blanks where every line has some")
  func all() {
    let logs = decode(" INFO [main] (Oven.java:3) - warm\n WARN [main] (Oven.java:4) - cool\n").readLogs
    #expect(logs.map(\.severity) == ["info", "warn"])
  }

  @Test("what is indented below headers at the first column stays theirs")
  func continuations() {
    let text = """
      2026-11-25 02:00:00,500 ERROR a.Oven - cold
       INFO is what the meter says
          WARN of more
      2026-11-25 02:00:01,500 INFO a.Oven - warm

      """
    #expect(decode(text).readLogs.map(\.message) == ["cold", "warm"])
  }
}
