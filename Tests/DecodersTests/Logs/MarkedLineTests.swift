import Decoders
import Model
import Support
import Testing

/// Layouts whose level, name or time has a mark of its own, with what a line says.
private let lines: [(String, ReadLog)] = [
  // log4perl: `%d %p> %F{1}:%L %M - %m`.
  (
    "2026/11/25 02:00:00 ERROR> Orders.pm:12 Shop::Orders::list - no stock",
    ReadLog("02:00:00", "Orders.pm", "error", "no stock")
  ),
  // A layout with bars begins with its level: no service of that name.
  (
    "ERROR | 2026-11-25 02:00:00,500 | main | org.shop.Orders | no stock",
    ReadLog("02:00:00.5", "org.shop.Orders", "error", "no stock")
  ),
  // logrus on a terminal.
  ("ERRO[2026-11-25T02:00:00Z] no stock   svc=orders", ReadLog("02:00:00", "m", "error", "no stock   svc=orders")),
  ("[2026-11-25][02:00:00][orders::db][ERROR] no stock", ReadLog("02:00:00", "orders::db", "error", "no stock")),
  (
    "[2026-11-25T02:00:00.500Z] ERROR: orders/4711 on web-1: no stock (req_id=7)",
    ReadLog("02:00:00.5", "orders", "error", "no stock (req_id=7)")
  ),
  (
    "[25-Nov-2026 02:00:00 UTC] PHP Fatal error:  no stock in /srv/x.php on line 12",
    ReadLog("02:00:00", "m", "fatal", "PHP Fatal error:  no stock in /srv/x.php on line 12")
  ),
  (
    "[25-Nov-2026 02:00:00 UTC] PHP Warning:  no stock in /srv/x.php on line 12",
    ReadLog("02:00:00", "m", "warn", "PHP Warning:  no stock in /srv/x.php on line 12")
  ),
]

struct MarkedLineTests {
  @Test("marks around levels, names and times are no part of them", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 24)
  }

  @Test("a column of paths, of dates or of signs names no component")
  func nobody() {
    for column in ["/orders/7", "11/25/26", "›"] {
      let text = (10..<34).map { second in
        "2026-11-25T02:00:\(second)Z | INFO | \(column.hasPrefix("/") ? column + "\(second)" : column) | listed"
      }.joined(separator: "\n")
      let batch = decode(text + "\n")
      #expect(Set(batch.readLogs.map(\.component)) == ["m"])
    }
  }

  @Test("a thread, or a path that stands there again and again, is better than nobody")
  func lastChoice() {
    for name in ["main", "/usr/sbin/cron"] {
      let text = (10..<34).map { "2026-11-25T02:00:\($0)Z | INFO | \(name) | listed" }.joined(separator: "\n")
      #expect(Set(decode(text + "\n").readLogs.map(\.component)) == [name])
    }
  }

  @Test("a service of compose may be called like a level in small letters")
  func composeLevels() {
    let text = Array(repeating: "alert-1  | 2026-11-25T02:00:00Z ERROR no stock", count: 24).joined(separator: "\n")
    #expect(decode(text).readLogs.first?.component == "alert")
    let plain = Array(repeating: "debug  | 2026-11-25T02:00:00Z ERROR no stock", count: 24).joined(separator: "\n")
    #expect(decode(plain).readLogs.first?.component == "debug")
  }

  @Test(
    "a status is a level where it is the word of one, and nothing else",
    arguments: [
      ("error", "error"), ("warn", "warn"), ("C", "unknown"), ("F", "unknown"), ("failed", "unknown"),
      ("ok", "unknown"),
    ])
  func status(value: String, severity: String) {
    let batch = decode(
      #"{"timestamp":"2026-11-25T02:00:00Z","status":"VALUE","message":"no stock","service":"orders"}"#.replacing(
        "VALUE", with: value) + "\n")
    #expect(batch.readLogs == [ReadLog("02:00:00", "orders", severity, "no stock")])
  }

  @Test("a status alone makes no log")
  func statusAlone() {
    #expect(decode(#"{"timestamp":"2026-11-25T02:00:00Z","status":"error","n":1}"# + "\n").logs.isEmpty)
    let loki =
      #"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"service_name":"orders"},"values":[["1795572000500000000","no stock"]]}]}}"#
    #expect(decode(loki + "\n").readLogs.map(\.message) == ["no stock"])
  }

  @Test("a service of compose keeps its name")
  func compose() {
    let batch = decode(
      Array(repeating: "orders-1  | 2026-11-25T02:00:00Z ERROR no stock", count: 24).joined(separator: "\n"))
    #expect(batch.readLogs.first == ReadLog("02:00:00", "orders", "error", "no stock"))
  }
}
