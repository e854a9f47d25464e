import Decoders
import Model
import Support
import Testing

/// Lines as collectors hand them on, and lines that belong to the one before.
struct CollectedLineTests {
  private func lines(_ prefix: String) -> String {
    prefix + "2026-11-25 02:00:00,500 ERROR none left\n" + prefix + "2026-11-25 02:00:01,500 INFO refilled\n"
  }

  @Test(
    "kail names the container of any pod",
    arguments: [
      ("shop/mill-0[grinder]: ", "grinder"), ("kube-system/mill-x2x9k[grinder]: ", "grinder"), ("a/b[c1]: ", "c1"),
      ("shop/mill-6d58f9c7b-x2x9k[istio-proxy]: ", "mill"),
    ])
  func kail(prefix: String, name: String) {
    let logs = decode(lines(prefix)).readLogs
    #expect(
      logs == [ReadLog("02:00:00.5", name, "error", "none left"), ReadLog("02:00:01.5", name, "info", "refilled")])
  }

  @Test("a program with its process is no pod")
  func process() {
    #expect(decode(lines("postfix/smtpd[12]: ")).readLogs.allSatisfy { $0.component != "12" })
  }

  @Test("what stern tells of the containers that it reads is none of their lines, however much it is")
  func stern() {
    let head = (0..<9).map { "+ shop mill-6d58f9c7b-x2x9\("bcdfghjkl".utf8.count - $0) › grinder\n" }.joined()
    let text = head + lines("shop mill-6d58f9c7b-x2x9k grinder ") + "- shop mill-6d58f9c7b-x2x9k › grinder\n"
    let batch = decode(text)
    #expect(batch.readLogs.map(\.component) == ["grinder", "grinder"])
    #expect(batch.readLogs.map(\.severity) == ["error", "info"])
    #expect(batch.isBalanced)
  }

  @Test("a record in a file of Fluent Bit's has the time and the program in front of it")
  func filed() {
    let id = String(repeating: "0a", count: 32)
    let record = #"[1795572000.500000000, {"log":"{\"level\":\"error\",\"msg\":\"none left\"}\n","stream":"stderr"}]"#
    let text = "kube.var.log.containers.mill-0_shop_grinder-\(id).log: \(record)\n"
    #expect(decode(text + text).readLogs.first == ReadLog("02:00:00.5", "grinder", "error", "none left"))
    #expect(decode("mill: \(record)\nmill: \(record)\n").readLogs.first?.component == "mill")
    #expect(decode("counts of mill: [3, {4}]\ncounts of mill: [5, {6}]\n").logs.allSatisfy { $0.time == .min })
  }

  @Test(
    "a program's name may have colons of its own, and a level all of its names",
    arguments: [
      ("E, [2026-11-25T02:00:00.500000 #7] ERROR -- Mill::Grinder: none left", "Mill::Grinder"),
      ("E, [2026-11-25T02:00:00.500000 #7] ERROR -- mill: none left", "mill"),
      ("Nov 25 02:00:00.500 h daemon:err|error mill[7]: none left", "mill"),
      ("Nov 25 02:00:00.500 h auth|security:err|error mill[7]: none left", "mill"),
    ])
  func names(line: String, name: String) {
    let batch = decode(line + "\n" + line + "\n")
    #expect(batch.readLogs.map(\.component) == [name, name])
    #expect(batch.readLogs.map(\.severity) == ["error", "error"])
    #expect(batch.readLogs.map(\.message) == ["none left", "none left"])
  }

  @Test(
    "lines that tell more of the record before them are no records",
    arguments: [
      (
        "I1125 02:00:00.500000       7 trace.go:219] Trace[12]: \"List\" (total time: 600ms):",
        "Trace[12]: ---\"Writing done\" 500ms (02:00:00.400)\nTrace[12]: [600ms] [600ms] END", "info"
      ),
      (
        "2026/11/25 02:00:00 [error] 31#31: *9 FastCGI sent in stderr: \"PHP message: none",
        "PHP message: left\" while reading response header from upstream, client: 10.0.0.9", "error"
      ),
      (
        "2026-11-25 02:00:00,500 ERROR mill: failed",
        "Wrapped by: org.mill.BadGrain: none left\n\t... 3 common frames omitted", "error"
      ),
    ])
  func steps(line: String, more: String, level: String) {
    let batch = decode(line + "\n" + more + "\n" + line + "\n" + more + "\n" + line + "\n")
    #expect(batch.readLogs.map(\.severity) == [level, level, level])
    #expect(batch.isBalanced)
  }

  @Test("what Python prints when it dies is one crash")
  func faultHandler() {
    let text =
      "2026-11-25 02:00:00,500 INFO mill: ready\n2026-11-25 02:00:01,500 INFO mill: ready\n"
      + "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f01 (most recent call first):\n"
      + "  File \"/mill.py\", line 3 in grind\n\nThread 0x00007f02 (most recent call first):\n"
      + "  File \"/mill.py\", line 9 in feed\n\nExtension modules: numpy.core (total: 1)\n"
    let logs = decode(text).readLogs
    #expect(logs.map(\.severity) == ["info", "info", "fatal"])
    #expect(logs.last?.message == "Fatal Python error: Segmentation fault")
  }
}
