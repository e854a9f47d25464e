import Decoders
import Model
import Support
import Testing

/// Headers in which a level, a name or a number is not what it seems, with what a line says.
private let lines: [(String, ReadLog)] = [
  // Veeam: the number is the thread's, the word the level.
  ("[25.11.2026 02:00:04] <11> Warning  no stock", ReadLog("02:00:04", "m", "warn", "no stock")),
  ("2026-11-25 02:00:04.500 <3> no stock", ReadLog("02:00:04.5", "m", "unknown", "no stock")),
  // Solace: facility and level in words.
  ("2026-11-25T02:00:04+00:00 <local0.err> no stock", ReadLog("02:00:04", "m", "error", "no stock")),
  // Matrix Synapse.
  (
    "2026-11-25 02:00:04,500 - synapse.http - 123 - ERROR - GET-4 - no stock",
    ReadLog("02:00:04.5", "synapse.http", "error", "no stock")
  ),
  // Locust, Celery's like.
  (
    "[2026-11-25 02:00:04,500] web-1/ERROR/locust.main: no stock",
    ReadLog("02:00:04.5", "locust.main", "error", "no stock")
  ),
  // Pgpool-II.
  ("2026-11-25 02:00:04: pid 12: LOG:  no stock", ReadLog("02:00:04", "m", "info", "no stock")),
  ("2026-11-25 02:00:04.500: main pid 12: ERROR:  no stock", ReadLog("02:00:04.5", "main", "error", "no stock")),
  // ActiveMQ Artemis.
  (
    "2026-11-25 02:00:04,500 WARN  [org.apache.activemq.artemis.core.server] AMQ222061: no stock",
    ReadLog("02:00:04.5", "m", "warn", "AMQ222061: no stock")
  ),
  // Calico: the source file and its line.
  ("2026-11-25 02:00:04.500 [ERROR][12] felix/table.go 101: no stock", ReadLog("02:00:04.5", "m", "error", "no stock")),
  // Cloudera Manager: thread and class.
  (
    "2026-11-25 02:00:04,500 ERROR main:com.cloudera.server.Pay: no stock",
    ReadLog("02:00:04.5", "com.cloudera.server.Pay", "error", "no stock")
  ),
  // Filebeat 7: a selector in brackets.
  (
    "2026-11-25T02:00:04.500Z\tERROR\t[publisher]\tpipeline/module.go:113\tno stock",
    ReadLog("02:00:04.5", "publisher", "error", "no stock")
  ),
  // RocketMQ: the thread.
  (
    "2026-11-25 02:00:04 ERROR BrokerControllerScheduledThread1 - no stock",
    ReadLog("02:00:04", "BrokerControllerScheduledThread1", "error", "no stock")
  ),
  // Strimzi: what the message is about has a colon.
  (
    "2026-11-25 02:00:04 ERROR AbstractOperator:123 - Reconciliation #4(timer) Kafka(shop/kafka): no stock",
    ReadLog("02:00:04", "AbstractOperator", "error", "Reconciliation #4(timer) Kafka(shop/kafka): no stock")
  ),
  // Open Liberty's console.
  ("[AUDIT   ] CWWKF0011I: no stock", ReadLog("-", "m", "info", "CWWKF0011I: no stock")),
  // Node-RED, Redis before 4.
  ("25 Nov 02:00:04 - [error] no stock", ReadLog("02:00:04", "m", "error", "no stock")),
  ("12:M 25 Nov 02:00:04.500 # no stock", ReadLog("02:00:04.5", "m", "warn", "no stock")),
  ("2026-11-25 02:00:04.500 level=error no stock left", ReadLog("02:00:04.5", "m", "error", "no stock left")),
  ("npm ERR! no stock", ReadLog("-", "npm", "error", "no stock")),
  ("npm warn no stock", ReadLog("-", "npm", "warn", "no stock")),
]

/// The night of 2026-11-25.
private let night = {
  var settings = DecoderSettings()
  settings.lastDay = 20_782
  return settings
}()

struct HeaderMarkTests {
  private let settings = night

  @Test("what stands around a level and a name is told from them", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n", settings: settings)
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 24)
  }

  /// Thirty lines of which each fifth is the given one.
  private func stream(_ fifth: String) -> [ReadLog] {
    let calm = ["order 3 accepted", "cache warmed", "worker 5 started", "listening on port 80"]
    let lines = (10..<40).map { "2026-11-25 02:00:\($0) " + ($0 % 5 == 4 ? fifth : calm[$0 % 5]) }
    return decode(lines.joined(separator: "\n") + "\n").readLogs
  }

  @Test(
    "the first word of a sentence is no level where most lines have none",
    arguments: [
      "Alert manager started", "Critical section entered", "info desk opened: 3", "Fatal errors so far: 3",
      "Notice sent to customer: 3", "I am listening",
    ])
  func sentences(text: String) {
    let read = stream(text)
    #expect(read.count == 30 && read[4] == ReadLog("02:00:14", "m", "unknown", text))
  }

  @Test("a level with a mark is one in few lines, and any word is where most lines have one")
  func levels() {
    #expect(stream("error: none left")[4] == ReadLog("02:00:14", "m", "error", "none left"))
    #expect(stream("ERROR none left")[4] == ReadLog("02:00:14", "m", "error", "none left"))
    let lines = (10..<40).map { "2026-11-25 02:00:\($0) " + ($0 % 5 == 4 ? "error none left" : "info taken") }
    #expect(decode(lines.joined(separator: "\n") + "\n").readLogs[4] == ReadLog("02:00:14", "m", "error", "none left"))
  }

  @Test("a level without a message is a level")
  func empty() {
    let lines = (10..<40).map { "2026-11-25 02:00:\($0) " + ($0 % 5 == 4 ? "ERROR " : "INFO taken") }
    #expect(decode(lines.joined(separator: "\n") + "\n").readLogs[4].severity == "error")
  }

  @Test("requests behind the level are many, and the logger in front of it names the line")
  func requests() {
    let lines = (10..<40).map { "2026-11-25 02:00:\($0) - synapse.http - 1 - INFO - PUT-\($0) - taken" }
    #expect(Set(decode(lines.joined(separator: "\n") + "\n").readLogs.map(\.component)) == ["synapse.http"])
  }

  @Test("an address in front of a colon is the message's, and a pair with a number at its end names nobody")
  func nobody() {
    let users = (10..<60).map { "2026-11-25 02:00:\($0) INFO user\($0)@shop.example: taken" }
    #expect(
      decode(users.joined(separator: "\n") + "\n").readLogs[2]
        == ReadLog("02:00:12", "m", "info", "user12@shop.example: taken"))
    let pairs = (10..<40).map { "day=\"2026-11-25 02:00:\($0)\" INFO taken \($0)" }
    #expect(Set(decode(pairs.joined(separator: "\n") + "\n").readLogs.map(\.component)) == ["m"])
  }

  @Test(
    "a first column of nothing but digits does not end the program", arguments: ["12345678", "123456789012345678901"])
  func digits(column: String) {
    let lines = (10..<40).map { "\(column)|2026-11-25 02:00:\($0)|INFO|taken" }
    #expect(decode(lines.joined(separator: "\n") + "\n").logs.count == 30)
  }

  @Test("a leap day is of the last year that had one")
  func leapDay() {
    let text = Array(repeating: "Feb 29 02:00:04 web1 pay[7]: no stock", count: 3).joined(separator: "\n")
    #expect(decode(text + "\n", settings: settings).readLogs.first?.time.hasPrefix("2024-02-29T02:00:04") == true)
  }
}

/// Headers of syslog and what they carry.
struct SyslogTagTests {
  private func first(_ line: String) -> ReadLog? {
    decode(Array(repeating: line, count: 4).joined(separator: "\n") + "\n", settings: night).readLogs.first
  }

  @Test("a tag may be a container's id or a path")
  func tags() {
    let text = #"{"level":"error","msg":"no stock"}"#
    for id in ["0123456789ab", "ab12cd34ef56"] {
      #expect(first("Nov 25 02:00:04 web1 \(id)[12]: \(text)") == ReadLog("02:00:04", id, "error", "no stock"))
      #expect(first("<30>Nov 25 02:00:04 \(id)[12]: \(text)") == ReadLog("02:00:04", id, "error", "no stock"))
      #expect(first("Nov 25 02:00:04 web1 docker/pay/\(id)[12]: \(text)")?.component == "pay")
      #expect(first("Nov 25 02:00:04 web1 pay/\(id)[12]: \(text)")?.component == "pay")
    }
    #expect(first("Nov 25 02:00:04 web1 /usr/bin/pay[12]: no stock")?.component == "pay")
    #expect(first("Nov 25 02:00:04 web1 postfix/smtp[12]: no stock")?.component == "postfix/smtp")
    #expect(first("Nov 25 02:00:04 web1 last message repeated 3 times")?.message == "last message repeated 3 times")
  }

  @Test("a zone behind the time is none of a host")
  func zones() {
    #expect(first("Nov 25 03:00:04 CET web1 pay[12]: no stock") == ReadLog("02:00:04", "pay", "unknown", "no stock"))
    #expect(first("Nov 25 03:00:04 CET pay[12]: no stock") == ReadLog("03:00:04", "pay", "unknown", "no stock"))
  }

  @Test("nodes stand in front of their journals' lines")
  func nodes() {
    let klog = "E1125 02:00:04.500000    1234 x.go:12] no stock"
    for host in ["node1.shop.example", "node1"] {
      #expect(
        first("node1.shop.example Nov 25 02:00:04.500000 \(host) kubenswrapper[12]: \(klog)")
          == ReadLog("02:00:04.5", "kubenswrapper", "error", "no stock"))
    }
  }

  @Test("small letters behind a time are levels, in however few lines they stand")
  func smallLevels() {
    let lines = (0..<20).map { second in
      let word = second % 5 == 0 ? "error charge failed" : second % 5 == 1 ? "warn slow answer" : "charged one order"
      return "2026-11-25 02:00:\(10 + second) \(word)"
    }
    let read = decode(lines.joined(separator: "\n") + "\n").readLogs
    #expect(read.count { $0.severity == "error" } == 4 && read.count { $0.severity == "warn" } == 4)
  }
}
