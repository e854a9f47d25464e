import Decoders
import Model
import Support
import Testing

/// Levels and names that stand in forms of one producer.
private let lines: [(String, ReadLog)] = [
  (
    "2026-11-25T02:00:00+0000: [Worker(host:h pid:1)] Job Oven#heat (id=1) FAILED (1 prior attempts) with Loaf::Cold: x",
    ReadLog("02:00:00", "m", "error", "Job Oven#heat (id=1) FAILED (1 prior attempts) with Loaf::Cold: x")
  ),
  (
    "2026-11-25T02:00:00+0000: [Worker(host:h pid:1)] Job Oven#heat (id=1) RUNNING",
    ReadLog("02:00:00", "m", "info", "Job Oven#heat (id=1) RUNNING")
  ),
  (
    "02:00:00,500 |-WARN in ch.qos.logback.core.rolling.Roller[F] - no folder",
    ReadLog("-", "ch.qos.logback.core.rolling.Roller", "warn", "no folder")
  ),
  // Earlier versions of Sidekiq, on and off Heroku.
  ("2026-11-25T02:00:00.250Z 7 TID-ox1 INFO: started", ReadLog("02:00:00.25", "m", "info", "started")),
  (
    "2026-11-25T02:00:00.250Z 7 TID-ox1 Oven::Heat JID-b4a577edbccf1d805744efa9 ERROR: none: left",
    ReadLog("02:00:00.25", "m", "error", "none: left")
  ),
  (
    "2026-11-25T02:00:00Z 7 TID-ox1 Oven::Heat JID-b4a5 BID-x1 WARN: none left",
    ReadLog("02:00:00", "m", "warn", "none left")
  ),
  (
    "2026-11-25T02:00:00.250Z 7 TID-ox1 class=Heat jid=b4a5 elapsed=0.5 INFO: done",
    ReadLog("02:00:00.25", "m", "info", "done")
  ),
  ("7 TID-ox1 Oven::Heat JID-b4a577 FATAL: none left", ReadLog("-", "m", "fatal", "none left")),
  ("2026-11-25T02:00:00 [E|bac|3f1c] none left", ReadLog("02:00:00", "m", "error", "none left")),
  ("2026-11-25 02:00:00 routing SYSTEM [7f1d2c] none left", ReadLog("02:00:00", "routing", "info", "none left")),
  ("2026-11-25 02:00:00 oven NOTE [7f1d2c] none left", ReadLog("02:00:00", "oven", "info", "none left")),
]

struct LibraryLineTests {
  @Test("each is read alone and among its like", arguments: lines)
  func library(line: String, expected: ReadLog) {
    for count in [1, 12] {
      let batch = decode(Array(repeating: line, count: count).joined(separator: "\n") + "\n")
      #expect(batch.isBalanced && batch.logs.count == count)
      #expect(batch.readLogs.first == expected)
    }
  }

  @Test("the type of a Kubernetes event in pairs is its level; any other type is none")
  func eventType() {
    func severity(_ type: String) -> String? {
      decode("name=oven-1 kind=Pod reason=Cold type=\(type) count=3 msg=\"none left\"\n").readLogs.first?.severity
    }
    #expect(severity("Warning") == "warn" && severity("Normal") == "info" && severity("error") == "unknown")
  }

  @Test("names that collectors lift out of objects, groups behind accounts, objects of events")
  func names() {
    func name(_ record: String) -> String? { decode(record + "\n" + record + "\n").readLogs.first?.component }
    #expect(
      name(#"{"log":"ERROR none left","kubernetes_pod_name":"oven-1","kubernetes_container_name":"oven"}"#) == "oven")
    #expect(name(#"{"@message":"ERROR none left","@log":"123456789012:/ecs/oven"}"#) == "oven")
    #expect(
      name(
        #"{"jsonPayload":{"involvedObject":{"kind":"Pod","name":"oven-1"},"kind":"Event","message":"cold"},"logName":"projects/p/logs/events","severity":"WARNING","timestamp":"2026-11-25T02:00:02Z"}"#
      ) == "oven")
  }
}
