// Forms whose columns tell themselves: NLog, ActiveMQ, Karaf, Istio's agent, PgBouncer, BusyBox, the kernel's ring, and others.

import Decoders
import Model
import Support
import Testing

/// Lines of one producer each, and what they say.
private let lines: [(String, ReadLog)] = [
  // NLog's default and its tutorial for ASP.NET Core.
  (
    "2026-11-25 02:00:00.5000|ERROR|Acme.Pay|none left|System.Exception: gone",
    ReadLog("02:00:00.5", "Acme.Pay", "error", "none left|System.Exception: gone")
  ),
  (
    "2026-11-25 02:00:00.5000|13|WARN|Acme.Pay|none | left |url: http://shop/|action: Index",
    ReadLog("02:00:00.5", "Acme.Pay", "warn", "none | left |url: http://shop/|action: Index")
  ),
  ("2026-11-25 02:00:00.5000|INFO|Acme.Pay|none left", ReadLog("02:00:00.5", "Acme.Pay", "info", "none left")),
  // Brokers.
  (
    "2026-11-25 02:00:00,500 | ERROR | Could not accept : x | org.apache.activemq.broker.Connector | ActiveMQ Server: tcp://x:1",
    ReadLog("02:00:00.5", "org.apache.activemq.broker.Connector", "error", "Could not accept : x")
  ),
  (
    "2026-11-25 02:00:00,500 | INFO  | Refreshing x | org.acme.Context | main",
    ReadLog("02:00:00.5", "org.acme.Context", "info", "Refreshing x")
  ),
  (
    "2026-11-25T02:00:00,500 | ERROR | qtp1234-56       | PayRoute          | 123 - com.acme.pay - 1.0.0 | none | left",
    ReadLog("02:00:00.5", "PayRoute", "error", "none | left")
  ),
  // Istio's agent about its proxy.
  (
    "2026-11-25T02:00:00.500000Z\twarning\tenvoy config external/envoy/source/x/grpc_stream.h:152\tnone left\tthread=12",
    ReadLog("02:00:00.5", "envoy config", "warn", "none left\tthread=12")
  ),
  // PgBouncer.
  (
    "2026-11-25 02:00:00.500 UTC [12] LOG C-0x55d6a5b6c040: shop/app@10.0.0.9:4000 closing because: none left",
    ReadLog("02:00:00.5", "m", "info", "C-0x55d6a5b6c040: shop/app@10.0.0.9:4000 closing because: none left")
  ),
  (
    "2026-11-25 02:00:00.500 UTC [12] WARNING S-0x55d6a5b6c040: shop/app@10.0.0.9:4000 none left",
    ReadLog("02:00:00.5", "m", "warn", "S-0x55d6a5b6c040: shop/app@10.0.0.9:4000 none left")
  ),
  // Priorities in words.
  ("Wed Nov 25 02:00:00 2026 daemon.err pay[12]: none left", ReadLog("02:00:00", "pay", "error", "none left")),
  ("Wed Nov 25 02:00:00 2026 local0.warn pay: none left", ReadLog("02:00:00", "pay", "warn", "none left")),
  (
    "Nov 25 02:00:00 web1 user.notice pay[12]: none left",
    ReadLog("1970-11-25T02:00:00.000000Z", "pay", "info", "none left")
  ),
  ("kern  :err   : [Wed Nov 25 02:00:00 2026] none left", ReadLog("02:00:00", "m", "error", "none left")),
  ("daemon:warn  : [  12.345678] none left", ReadLog("-", "m", "warn", "none left")),
  // semantic_logger, AWS Lambda's unhandled errors, a table of events.
  (
    "2026-11-25 02:00:00.500000 E [12:puma 001 pay.rb:31] [tag] (3.004s) Pay -- none left -- {:a=>1} -- Exception: RuntimeError: x",
    ReadLog("02:00:00.5", "Pay", "error", "none left -- {:a=>1} -- Exception: RuntimeError: x")
  ),
  (
    "2026-11-25T02:00:00.500Z [ERROR] ValueError: none left",
    ReadLog("02:00:00.5", "m", "error", "ValueError: none left")
  ),
  (
    "2m14s (x3 over 10m)   Warning   BackOff   pod/orders-6d58f9c7b-x2x9k   none left",
    ReadLog("-", "orders", "warn", "none left")
  ),
]

/// Lines that nearly have one of these forms, and what they say by themselves.
private let nearMisses: [(String, ReadLog)] = [
  // A bar behind four places, but the level stands where NLog's logger would.
  ("2026-11-25 02:00:00.5000|Acme.Pay|ERROR|none left", ReadLog("02:00:00.5", "Acme.Pay", "error", "none left")),
  // Columns of a broker without a bundle or a thread of its.
  (
    "2026-11-25 02:00:00,500 | ERROR | main | org.acme.Pay | none - left | gone",
    ReadLog("02:00:00.5", "org.acme.Pay", "error", "gone")
  ),
  // A name of two words whose second one is no place in a source.
  (
    "2026-11-25T02:00:00.500000Z\twarning\tworker pool v1.2\tnone left",
    ReadLog("02:00:00.5", "worker pool v1.2", "warn", "none left")
  ),
  (
    "2026-11-25 02:00:00.500 UTC [12] WARNING S-video: none left", ReadLog("02:00:00.5", "S-video", "warn", "none left")
  ),
  // A host with a level's name behind its dot is no priority: no facility is called so.
  ("Wed Nov 25 02:00:00 2026 web1.err pay[12]: none left", ReadLog("02:00:00", "pay", "unknown", "none left")),
  (
    "Nov 25 02:00:00 web1 shop.err pay: none left",
    ReadLog("1970-11-25T02:00:00.000000Z", "pay", "unknown", "none left")
  ),
  ("2026-11-25T02:00:00.500Z [ERROR] pay: none left", ReadLog("02:00:00.5", "pay", "error", "none left")),
  ("2m14s   Warning   BackOff   orders   none left", ReadLog("-", "BackOff", "warn", "none left")),
]

struct ColumnFormTests {
  @Test("a producer's columns are read as what they are", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.logs.count == 24)
    #expect(batch.readLogs.first == expected)
    #expect(batch.isBalanced)
  }

  @Test("lines that are nearly of such a form are read as before", arguments: nearMisses)
  func refuses(text: String, expected: ReadLog) {
    #expect(decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n").readLogs.first == expected)
  }

  @Test("frames of Ruby, which are not indented, go on with the record before them")
  func rubyFrames() {
    let record = "2026-11-25 02:00:00.500 12 ERROR Pay none left\n"
    let frames = "/app/pay.rb:31:in `charge'\nlib/main.rb:1:in 'Main.run'\n"
    #expect(decode(String(repeating: record + frames, count: 4)).logs.count == 4)
    let prose = "see pay.rb:31 in 'charge'\n"
    #expect(decode(String(repeating: record + prose, count: 4)).logs.count == 8)
  }

  @Test("a bar's last column is a thread only where it is called like one")
  func lastColumn() {
    let line = "2026-11-25 02:00:00,500 | INFO  | worker 3 | org.acme.Context | none left\n"
    #expect(decode(String(repeating: line, count: 24)).readLogs.allSatisfy { $0.message.hasSuffix("none left") })
  }

  @Test("rich leaves out the time of the line before")
  func rich() {
    let pair =
      "[11/25/26 02:00:00] INFO     fine                     pay.py:31\n                    ERROR    none left                pay.py:32\n"
    let logs = decode(pair + pair + "                             goes on\n").readLogs
    #expect(logs.map(\.severity) == ["info", "error", "info", "error"])
    #expect(logs.map(\.time) == ["02:00:00", "02:00:00", "02:00:00", "02:00:00"])
    #expect(logs[1].message.hasPrefix("none left"))
  }

  @Test("the header that oslo.log repeats in front of a trace makes no records")
  func oslo() {
    let header = "2026-11-25 02:00:00.500 12 ERROR nova.compute"
    let text =
      "\(header) [req-1 - - - - -] none left\n\(header) Traceback (most recent call last):\n\(header)   File \"x.py\", line 1\n"
      + "2026-11-25 02:00:01.500 12 INFO nova.compute [-] ok\n"
    let logs = decode(text + text).readLogs
    #expect(logs.map(\.message) == ["none left", "ok", "none left", "ok"])
    #expect(logs.allSatisfy { $0.component == "nova.compute" })
    // A line of another logger is none of the trace.
    let other = text.replacing("nova.compute   File", with: "nova.other   File")
    #expect(decode(other + other).logs.count == 6)
  }

  @Test("an exception that Rails tells behind an empty line is the record's text")
  func rails() {
    let tag = "[5f1c5b8a-1111-4222-8333-444455556666]"
    for tags in [tag + " ", ""] {
      let text =
        "F, [2026-11-25T02:00:00.500000 #12] FATAL -- : \(tags)  \n\(tags)RuntimeError (none left):\n\(tags)  \n\(tags)app/x.rb:31:in `show'\n"
        + "I, [2026-11-25T02:00:01.500000 #12]  INFO -- : \(tags)ok\n"
      let logs = decode(text + text).readLogs
      #expect(logs.map(\.severity) == ["fatal", "info", "fatal", "info"])
      #expect(logs[0].message.hasSuffix("RuntimeError (none left):") && logs[0].time == "02:00:00.5")
    }
    let empty =
      "F, [2026-11-25T02:00:00.500000 #12] FATAL -- : \(tag)  \nI, [2026-11-25T02:00:01.500000 #12]  INFO -- : ok\n"
    #expect(decode(empty + empty).readLogs.map(\.severity) == ["fatal", "info", "fatal", "info"])
  }

  @Test("systemd tells an end in two lines, and it is one")
  func oneCrash() {
    func ends(_ lines: [String]) -> Int {
      let text = lines.map { "2026-11-25T02:00:00+0000 web1 systemd[1]: pay.service: \($0)\n" }.joined()
      return decode(text).events.count { $0.kind == .childCrashed }
    }
    let exit = "Main process exited, code=exited, status=1/FAILURE"
    let result = "Failed with result 'exit-code'."
    #expect(ends([exit, result, exit, result]) == 2)
    #expect(ends([exit, "Scheduled restart job", exit]) == 2)
    // A process that only prepares the service has no line of its own.
    #expect(ends([result, result]) == 2)
    // Two hosts in one stream: their lines of one unit may stand in any order.
    #expect(ends([exit, exit, result, result]) == 2)
  }

  @Test("CST is America's unless the file has a sign of China, and either is told")
  func centralStandard() {
    func read(_ line: String) -> (times: [String], notes: [String]) {
      let batch = decode(String(repeating: line + "\n", count: 4))
      return (batch.readLogs.map(\.time), batch.codes)
    }
    for line in [
      "2026-11-25 10:00:00.500 CST [12] 错误:  没有",
      "2026-11-25 10:00:00.500 CST [12] ERROR:  none since 2026-11-25 08:00:00+08:00",
      "2026-11-25 10:00:00.500 CST [12] LOG:  parameter \"TimeZone\" is \"Asia/Shanghai\"",
    ] {
      let (times, notes) = read(line)
      #expect(times == Array(repeating: "02:00:00.5", count: 4))
      #expect(notes == ["ambiguousZone"])
    }
    // Letters with accents are no sign of China, nor is an offset of another zone.
    for line in [
      "2026-11-24 20:00:00.500 CST [12] ERROR:  none left",
      "2026-11-24 20:00:00.500 CST [12] ERROR:  déjà vu: año since 08:00:00+08:30",
    ] {
      let (times, notes) = read(line)
      #expect(times == Array(repeating: "02:00:00.5", count: 4))
      #expect(notes == ["ambiguousZone"])
    }
    // Only America has a summer time of that name: a customer's Chinese name changes nothing.
    let summer = "2026-11-24 20:00:00.500 CST [12] ERROR:  none for 王\n2026-07-24 21:00:00.500 CDT [12] ERROR:  none"
    #expect(read(summer).times.first == "02:00:00.5")
    #expect(read(summer).notes.isEmpty)
    #expect(read("2026-11-24 21:00:00.500 EST [12] ERROR:  none left").notes.isEmpty)
    #expect(read("2026-11-24 21:00:00.500 UTC [12] ERROR:  CST is not read here").notes.isEmpty)
  }

  @Test("the scopes around a record of .NET's JSON console name its request")
  func scopes() {
    let line =
      #"{"Timestamp":"2026-11-25T02:00:00Z","LogLevel":"Error","Category":"Acme.Pay","Message":"x","Scopes":["a",{"SpanId":"00f067aa0ba902b7","TraceId":"4bf92f3577b34da6a3ce929d0e0e4736"}]}"#
      + "\n"
    let log = decode(line + line).logs[0]
    #expect(log.request.hex == "4bf92f3577b34da6a3ce929d0e0e4736" && log.span == 0x00f0_67aa_0ba9_02b7)
  }

  @Test("PowerShell's exports and Event Viewer's in other languages are tables")
  func exports() {
    let shell =
      "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n\"Message\",\"Id\",\"Level\",\"ProviderName\",\"TimeCreated\",\"LevelDisplayName\"\n\"none left\",\"7034\",\"2\",\"Service Control Manager\",\"11/25/2026 2:00:00 AM\",\"Error\"\n"
    #expect(decode(shell).readLogs == [ReadLog("02:00:00", "Service Control Manager", "error", "none left")])
    let viewer =
      "Niveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche\nErreur,25/11/2026 02:00:00,Pay,7034,Aucun,\"none left\"\n"
    #expect(decode(viewer).readLogs == [ReadLog("02:00:00", "Pay", "error", "none left")])
  }
}
