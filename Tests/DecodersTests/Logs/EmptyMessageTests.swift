import Decoders
import Model
import Support
import Testing

/// Headers with nothing behind them, and what stands below.
struct EmptyMessageTests {
  @Test(
    "a logger is named although its message is empty",
    arguments: [
      ("2026-11-25 02:00:00.500  INFO 1 --- [           main] c.a.Oven   : ", "c.a.Oven"),
      ("2026-11-25 02:00:00,500 [4] INFO  Loaf.Oven - ", "Loaf.Oven"),
      ("2026-11-25 02:00:00,500 INFO oven: ", "oven"),
      ("I, [2026-11-25T02:00:00.500000 #7]  INFO -- oven: ", "oven"),
    ])
  func named(header: String, name: String) {
    let logs = decode(header + "warm\n" + header + "\n" + header + "hot\n").readLogs
    #expect(
      logs == ["warm", "", "hot"].map { ReadLog("02:00:00.5", name, "info", $0) })
  }

  @Test("the lines below an empty message are it, up to the next header")
  func below() {
    let text = """
      2026-11-25T02:00:00.500Z  INFO 1 --- [           main] c.a.Oven          : warm
      2026-11-25T02:00:01.500Z ERROR 1 --- [           main] o.s.b.d.Reporter  :

      ***************************
      APPLICATION FAILED TO START
      ***************************

      Description:

      The oven was in use.

      2026-11-25T02:00:02.500Z  WARN 1 --- [           main] c.a.Oven          : cool

      """
    let logs = decode(text).readLogs
    #expect(logs.map(\.time) == ["02:00:00.5", "02:00:01.5", "02:00:02.5"])
    #expect(logs.map(\.severity) == ["info", "error", "warn"])
    #expect(logs.first { $0.severity == "error" }?.message == "APPLICATION FAILED TO START")
  }

  @Test("a record without a header ends what stands below an empty message")
  func records() {
    let (head, end) = ("2026-11-25 02:00:00,500 INFO oven: \n", "2026-11-25 02:00:09,500 INFO oven: off\n")
    let request = "10.0.0.9 - - [25/Nov/2026:02:00:05 +0000] \"GET /loaves HTTP/1.1\" 500 512 \"-\" \"curl/8\"\n"
    let before = "2026-11-25 02:00:00,100 INFO oven: on\n"
    for between in ["", "Connected\nListening\n"] {
      for line in ["ERROR: cold\n", "{\"level\":\"error\",\"message\":\"cold\"}\n", "panic: cold\n"] {
        let logs = decode(before + head + between + line + end).readLogs
        #expect(logs.contains { $0.severity == "error" || $0.severity == "fatal" }, "\(between)\(line)")
        #expect(logs.contains { $0.message == (between.isEmpty ? "" : "Connected") })
      }
      let batch = decode(before + head + between + request + "ERROR: cold\n" + end)
      #expect(batch.isBalanced && batch.spans.count == 1)
      #expect(batch.readLogs.map(\.severity).filter { $0 == "error" }.count == 1)
    }
  }

  @Test("no more than a screen of lines belongs to an empty message")
  func many() {
    let lines = (0..<40).map { "line \($0) of text\n" }.joined()
    let before = Array(repeating: "2026-11-25 02:00:00,100 INFO oven: on\n", count: 60).joined()
    #expect(decode(before + "2026-11-25 02:00:00,500 INFO oven: \n" + lines).logs.count > 61)
  }

  @Test("an exception with its code and what stands behind its frames belong to the record above")
  func codes() {
    let text = """
      2026-11-25 02:00:00.500 +00:00 [ERR] none left
      Loaf.Data.OvenException (0x80131904): Timeout
       ---> System.ComponentModel.Win32Exception (258): The wait ended
         at Loaf.Data.Oven.Heat()
      ClientConnectionId:6d58f9c7-7b0c-1d2e-3f40-516273849501
      Error Number:-2,State:0,Class:11
      2026-11-25 02:00:01.500 +00:00 [INF] some left

      """
    #expect(decode(text).readLogs.map(\.message) == ["none left", "some left"])
  }

  @Test(
    "a code that is cut off is none",
    arguments: ["Loaf.OvenException (0x", "Loaf.OvenException (-", "Loaf.OvenException (", "Loaf.OvenException (12)"])
  func cut(line: String) {
    let batch = decode(
      "2026-11-25 02:00:00.500 [ERR] none left\n" + line + "\n2026-11-25 02:00:01.500 [INF] some left\n")
    #expect(batch.isBalanced && batch.logs.count >= 2)
  }

  @Test("a traceback in a box, and its exception, belong to the record above")
  func box() {
    let text = """
      2026-11-25T02:00:00.500000Z [error    ] none left                      [oven]
      ╭──────────── Traceback (most recent call last) ────────────╮
      │ /app/oven.py:3 in heat                                    │
      │ ❱ 3     raise ValueError("cold")                          │
      ╰───────────────────────────────────────────────────────────╯
      ValueError: cold
      2026-11-25T02:00:01.500000Z [info     ] some left                      [oven]

      """
    #expect(decode(text).readLogs.map(\.severity) == ["error", "info"])
  }
}
