import Decoders
import Model
import Support
import Testing

struct WrapperTests {
  @Test("the container's folder names the component of a pod's log; P and F are parts of lines, no levels")
  func containerRuntime() {
    let text = """
      2026-11-25T02:00:00.500000000Z stdout F order 1 accepted
      2026-11-25T02:00:01.000000000Z stdout P half of a 
      2026-11-25T02:00:01.000000001Z stdout F line
      2026-11-25T02:00:02.000000000Z stderr F {"level":"error","msg":"db down","service":"api"}
      2026-11-25T02:00:03.000000000Z stderr F E1125 02:00:03.000123       1 main.go:7] no route
      2026-11-25T02:00:04.000000000Z stdout F 

      """
    let batch = decode(text, member: "var/log/pods/shop_orders-6d58f9c7b-x2x9k_0b1c/orders/0.log")
    #expect(
      batch.readLogs == [
        ReadLog("02:00:00.5", "orders", "unknown", "order 1 accepted"),
        ReadLog("02:00:01", "orders", "unknown", "half of aline"),
        ReadLog("02:00:02", "orders", "error", "db down"),
        ReadLog("02:00:03", "orders", "error", "no route"),
      ])
    #expect(batch.isBalanced)
  }

  @Test("a log that speaks of stdout and F in its text is no container log")
  func noContainerRuntime() {
    let batch = decode(String(repeating: "2026-11-25 02:00:00 INFO app: wrote stdout F to the disk\n", count: 3))
    #expect(batch.readLogs.first == ReadLog("02:00:00", "app", "info", "wrote stdout F to the disk"))
  }

  @Test("parts of a container's record are joined wherever the bytes are cut")
  func anyCut() {
    var text = ""
    for i in 0..<400 {
      text += "2026-11-25T02:00:00.\(100_000 + i)Z stdout P part \(i),\n"
      text += "2026-11-25T02:00:01.\(100_000 + i)Z stderr F error: other \(i)\n"
      text += "2026-11-25T02:00:02.\(100_000 + i)Z stdout F and its end\n"
    }
    let whole = decode(text)
    #expect(whole.logs.count == 800)
    for piece in [1, 61, 4096] { #expect(decode(text, piece: piece).readLogs == whole.readLogs) }
  }

  @Test(
    "what a collector puts in front of a line is no part of it",
    arguments: [
      ("[pod/orders-6d58f9c7b-x2x9k/orders] 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("orders-6d58f9c7b-x2x9k orders 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("shop orders-6d58f9c7b-x2x9k orders 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("orders-1  | 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("orders_1   | 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("2026-11-25T02:00:00Z\tkube.orders\t{\"log\":\"ERROR order 3\"}\n", "kube.orders"),
      ("<163>1 2026-11-25T02:00:00.000Z web1 orders 17 ID7 [a@32473 b=\"c\\]d\"] order 3\n", "orders"),
      ("<163>Nov 25 02:00:00 web1 orders[17]: order 3\n", "orders"),
      ("2026-11-25T02:00:00+00:00 web1 orders[17]: ERROR: order 3\n", "orders"),
      (
        "2026-11-25T02:00:00.000000000Z time=\"2026-11-25T02:00:00Z\" level=error msg=\"order 3\" app=orders\n",
        "orders"
      ),
    ])
  func prefixes(_ line: String, _ component: String) {
    var settings = DecoderSettings()
    settings.lastDay = Timestamp.days(year: 2026, month: 11, day: 25)
    let batch = decode(String(repeating: line, count: 4), settings: settings)
    #expect(batch.readLogs.count == 4)
    let log = batch.readLogs.last
    #expect(log?.component == component && log?.severity == "error" && log?.time == "02:00:00")
    #expect(log?.message.hasSuffix("order 3") == true)
  }

  @Test("Docker's entries without a line feed go on in the next one, where whole ones have it")
  func dockerParts() {
    let text = #"""
      {"log":"whole\n","stream":"stdout","time":"2026-11-25T02:00:00Z"}
      {"log":"half and ","stream":"stdout","time":"2026-11-25T02:00:01Z"}
      {"log":"other\n","stream":"stderr","time":"2026-11-25T02:00:02Z"}
      {"log":"half\n","stream":"stdout","time":"2026-11-25T02:00:03Z"}
      """#
    #expect(
      decode(text, member: "c0ffee-json.log").readLogs == [
        ReadLog("02:00:00", "c0ffee", "unknown", "whole"), ReadLog("02:00:02", "c0ffee", "unknown", "other"),
        ReadLog("02:00:01", "c0ffee", "unknown", "half and half"),
      ])
    let without = text.replacing(#"\n""#, with: #"""#)
    #expect(decode(without, member: "c0ffee-json.log").logs.count == 4)
  }

  @Test("the journal's fields: microseconds, syslog levels, the identifier, a message in bytes")
  func journal() {
    let text = #"""
      {"__REALTIME_TIMESTAMP":"1795572000000000","PRIORITY":"6","SYSLOG_IDENTIFIER":"sshd","_SYSTEMD_UNIT":"ssh.service","MESSAGE":"ready"}
      {"__REALTIME_TIMESTAMP":"1795572001000000","PRIORITY":"3","_SYSTEMD_UNIT":"bot.service","MESSAGE":[27,91,51,49,109,110,111,27,91,48,109]}
      """#
    #expect(
      decode(text).readLogs == [
        ReadLog("02:00:00", "sshd", "info", "ready"), ReadLog("02:00:01", "bot.service", "error", "no"),
      ])
  }

  @Test("Loki's answer: labels, nanoseconds, lines with levels of their own")
  func loki() {
    let text = #"""
      {"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"cart","level":"info"},"values":[["1795572001000000000","level=error msg=\"no \\\"x\\\"\""],["1795572000000000000","plain"]]}]}}
      """#
    #expect(
      decode(text).readLogs == [
        ReadLog("02:00:01", "cart", "error", #"no "x""#), ReadLog("02:00:00", "cart", "info", "plain"),
      ])
  }

  @Test(
    "where a path names a container, that is its component; else the file's name without date and number",
    arguments: [
      ("pods/shop_orders-6d58f9c7b-x2x9k_0b1c-9/orders/3.log", "orders"),
      ("containers/orders-1_shop_api-\(String(repeating: "ab", count: 32)).log", "api"),
      ("logs/api20261125.log", "api"), ("logs/payment.log.1", "payment"), ("worker/0.log", "worker"),
      ("logs/web-2026-11-25.log", "web"), ("x_y_z/a/b.log", "b"),
    ])
  func origins(_ path: String, _ component: String) {
    let batch = decode(#"{"time":1795572000,"level":"info","message":"x"}"#, member: path)
    #expect(batch.readLogs.map(\.component) == [component])
  }
}
