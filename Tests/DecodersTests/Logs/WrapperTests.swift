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
        ReadLog("02:00:01", "orders", "unknown", "half of a line"),
        ReadLog("02:00:02", "orders", "error", "db down"),
        ReadLog("02:00:03", "orders", "error", "no route"),
      ])
    #expect(batch.isBalanced)
  }

  @Test("a line of compose may be shorter than what its own notices end with; found by fuzzing")
  func shortComposeLine() {
    let batch = decode("web-1  | 2")
    #expect(batch.isBalanced)
  }

  @Test(
    "wrappers around nothing give no record, and that is said; found by fuzzing",
    arguments: [
      "<165>1 2026-11-25T02:00:00.003Z web1 till 7 I",
      "__REALTIME_TIMESTAMP=1795572000000000\nPRIORITY=3\n\n",
      "2026-11-25T02:00:04.000000000Z stdout F \n2026-11-25T02:00:05.000000000Z stdout F \n",
    ])
  func nothingInside(text: String) {
    let batch = decode(text)
    #expect(batch.logs.isEmpty)
    #expect(batch.diagnostics.sorted.map(\.code) == ["noRecords"])
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
        "[pod/orders-6d58f9c7b-x2x9k/orders] 2026-11-25T02:00:00.000000000Z {\"level\":\"error\",\"msg\":\"order 3\"}\n",
        "orders"
      ),
      ("[pod/orders-6d58f9c7b-x2x9k/istio-proxy] 2026-11-25T02:00:00.000000000Z ERROR order 3\n", "orders"),
      ("2026-11-25T02:00:00.000000+00:00 ecs/orders/0f1e2d3c level=error msg=\"order 3\"\n", "orders"),
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

  @Test("syslog messages behind their lengths are told apart without line ends")
  func octetCounts() {
    var text = ""
    for i in 0..<3 {
      let message = "<163>1 2026-11-25T02:00:0\(i)Z web1 orders - - - order \(i)"
      text += "\(message.utf8.count) \(message)"
    }
    for piece in [1 << 20, 9] {
      #expect(
        decode(text, piece: piece).readLogs == (0..<3).map { ReadLog("02:00:0\($0)", "orders", "error", "order \($0)") }
      )
    }
  }

  @Test("JSON that is printed over lines is one record; what only begins so stays lines")
  func spreadValues() {
    let pod = "pods/shop_till-6d58f9c7b-x2x9k_0b1c/till/0.log"
    func lines(_ text: String) -> String {
      text.split(separator: "\n").map { "2026-11-25T02:00:00.5Z stdout F \($0)\n" }.joined()
    }
    let pretty = """
      {
        "level": "error",
        "msg": "a { and a \\" in a text",
        "more": [
          1
        ]
      }
      """
    for piece in [1 << 20, 40] {
      let batch = decode(lines(pretty + "\n" + pretty), piece: piece, member: pod)
      #expect(
        batch.readLogs
          == Array(repeating: ReadLog("02:00:00.5", "till", "error", #"a { and a " in a text"#), count: 2))
      #expect(batch.isBalanced)
    }
    let open = decode(lines("{\nERROR lost\nINFO found"), member: pod)
    #expect(open.readLogs.map(\.message).joined(separator: " ").contains("lost"))
    #expect(open.isBalanced)
  }

  @Test("an array of spans in a line of a container is read")
  func arrayInLine() {
    let line =
      #"2026-11-25T02:00:00.5Z stdout F [{"traceId":"7b0c1d2e3f405162","id":"1122334455667788","kind":"SERVER","name":"get","timestamp":1795572000000000,"duration":5,"localEndpoint":{"serviceName":"till"}}]"#
    #expect(decode(line + "\n" + line + "\n", member: "a.log").spans.count == 2)
  }

  @Test("a container that Fluent Bit names goes before the job of Loki's labels")
  func jobOfCollector() {
    let text = #"""
      {"streams":[{"stream":{"job":"fluent-bit"},"values":[["1795572000500000000","{\"log\":\"2026-11-25T02:00:00.5Z stdout F ERROR lost\\n\",\"kubernetes\":{\"container_name\":\"till\",\"labels\":{\"app\":\"x\"}}}"]]}]}
      """#
    #expect(decode(text).readLogs == [ReadLog("02:00:00.5", "till", "error", "lost")])
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
        ReadLog("02:00:00", "cart", "info", "plain"), ReadLog("02:00:01", "cart", "error", #"no "x""#),
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

  @Test("the journal's export: blocks of fields, a value of any bytes behind its length")
  func journalExport() {
    var bytes = Array("__REALTIME_TIMESTAMP=1795572000000000\nPRIORITY=6\nSYSLOG_IDENTIFIER=job\nMESSAGE=done\n\n".utf8)
    bytes += Array("__REALTIME_TIMESTAMP=1795572001000000\nPRIORITY=3\n_SYSTEMD_UNIT=job.service\nMESSAGE\n".utf8)
    bytes += [7, 0, 0, 0, 0, 0, 0, 0] + Array("foo\nbar\n\n".utf8)
    let expected = [
      ReadLog("02:00:00", "job", "info", "done"), ReadLog("02:00:01", "job.service", "error", "foo\nbar"),
    ]
    for piece in [1, 7, 4096] { #expect(decode(bytes, piece: piece).readLogs == expected) }
    // A length that leads nowhere is named and costs its own field only.
    let cut = decode(Array(bytes.dropLast(4)))
    #expect(cut.logs.first?.severity == .info)
    #expect(cut.codes.contains("cutOff"))
  }

  @Test("Windows events in XML, whatever stands around them")
  func windowsXML() {
    let text = """
      <Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='SQL'/>\
      <EventID>7</EventID><Level>2</Level><TimeCreated SystemTime='2026-11-25T02:00:00.5Z'/></System>\
      <EventData><Data>sa</Data></EventData><RenderingInfo><Message>Login &amp; more</Message></RenderingInfo></Event>
      <Event><System><Provider Name="Power"/><EventID>41</EventID><Level>4</Level>\
      <TimeCreated SystemTime="2026-11-25T02:00:01Z"/></System></Event></Events>
      """
    let expected = [
      ReadLog("02:00:00.5", "SQL", "error", "Login & more"), ReadLog("02:00:01", "Power", "info", "event 41"),
    ]
    for piece in [1, 61, 4096] { #expect(decode(text, piece: piece).readLogs == expected) }
    #expect(decode(String(text.dropLast(40))).codes.contains("cutOff"))
  }

  @Test("a time to the nanosecond in front of every line is the runtime's, and a trace behind it is one record")
  func stamped() {
    let text = """
      2026-11-25T02:00:00.123456789Z up
      2026-11-25T02:00:01.000000000Z Error: refused
      2026-11-25T02:00:01.000000000Z     at connect (net.js:1)
      2026-11-25T02:00:02.000000000Z down
      """
    #expect(
      decode(text).readLogs.map(\.message) == ["up", "refused", "down"]
        || decode(text).readLogs.map(\.message) == ["up", "Error: refused", "down"])
  }

  @Test("text between the lines of a JSON log is read, and no damage")
  func textBetween() {
    let text = #"""
      {"level":"info","time":1795572000000,"msg":"a","pid":1,"hostname":"h","name":"svc"}
      Error: unexpected
          at f (/a.js:1:1)
      {"level":"error","time":1795572001000,"msg":"b","pid":1,"hostname":"h","name":"svc"}
      """#
    let batch = decode(text)
    #expect(batch.logs.count == 3)
    #expect(batch.readLogs.map(\.severity) == ["info", "error", "error"])
    let trace = decode(text.replacing("Error: unexpected", with: "java.lang.IllegalStateException: x"))
    // An object at info holds no exception behind it: the program printed what it died of.
    #expect(trace.readLogs.map(\.severity) == ["info", "error", "error"])
    #expect(trace.recordCounts.repaired["continuationLine"] == 1)
    #expect(!batch.codes.contains("malformedJSON"))
  }

  @Test("a sidecar's log is its workload's")
  func sidecar() {
    let line = "2026-11-25T02:00:00.000000000Z stdout F ready\n"
    for (path, name) in [
      ("pods/shop_orders-6d58f9c7b-x2x9k_0b1c/istio-proxy/0.log", "orders"),
      ("pods/shop_db-0_0b1c/envoy/0.log", "db"), ("pods/shop_db-0_0b1c/main/0.log", "main"),
    ] {
      #expect(decode(line, member: path).readLogs.map(\.component) == [name])
    }
  }
}
