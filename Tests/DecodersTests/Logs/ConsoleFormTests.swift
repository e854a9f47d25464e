// Forms of console loggers: .NET's times in brackets, Node's stacks.

import Decoders
import Model
import Support
import Testing

struct ConsoleFormTests {
  @Test(
    ".NET's console formatter with a time in front", arguments: ["[2026-11-25 02:00:00] ", "2026-11-25 02:00:00 "])
  func dotnet(time: String) {
    let record = "\(time)fail: Acme.Pay[0]\n      none left\n"
    #expect(
      decode(record + record).readLogs
        == Array(repeating: ReadLog("02:00:00", "Acme.Pay", "error", "none left"), count: 2))
    let line = "\(time)warn: Acme.Pay[0] none left\n"
    #expect(decode(line + line).readLogs.first == ReadLog("02:00:00", "Acme.Pay", "warn", "none left"))
  }

  @Test("the stack that Node prints behind an error is the error's")
  func nodeStack() {
    let stack = "Error: none\n    at charge (/app/pay.js:31:5)\n    at main (/app/main.js:1:1)\n"
    let record = "2026-11-25T02:00:00.500Z [error]: cannot charge\n" + stack + "2026-11-25T02:00:01.500Z [info]: ok\n"
    let logs = decode(record + record).readLogs
    #expect(logs.map(\.severity) == ["error", "info", "error", "info"])
    #expect(logs.allSatisfy { $0.time != "-" })
    // Behind a record that is no error it is one of its own.
    let calm = record.replacing("[error]", with: "[info]")
    #expect(decode(calm + calm).readLogs.map(\.severity) == ["info", "error", "info", "info", "error", "info"])
  }

  @Test("what PHP-FPM passes on of a program is as severe as the program says, also in a container's log")
  func passedOn() {
    func severities(_ text: String) -> [String] {
      decode(String(repeating: "2026-11-25T02:00:00.500000000Z stderr F \(text)\n", count: 2)).readLogs.map(\.severity)
    }
    #expect(severities("NOTICE: PHP message: PHP Fatal error:  Uncaught RuntimeException: gone") == ["fatal", "fatal"])
    #expect(severities("NOTICE: PHP message: PHP Warning:  none left in /app/pay.php") == ["warn", "warn"])
    #expect(severities("NOTICE: PHP message: PHP is ready to serve") == ["info", "info"])
  }
}
