import Decoders
import Model
import Support
import Testing

/// One line of each platform whose form tells itself, with what it says.
private let platforms: [(String, ReadLog)] = [
  (
    "=ERROR REPORT==== 25-Nov-2026::02:00:00 ===\nclosing AMQP connection <0.1.0>:\nmissed heartbeats",
    ReadLog("02:00:00", "m", "error", "closing AMQP connection <0.1.0>:")
  ),
  (
    "=SUPERVISOR REPORT==== 25-Nov-2026::02:00:00 ===\n    Supervisor: {local,x}",
    ReadLog("02:00:00", "m", "error", "Supervisor: {local,x}")
  ),
  (
    "2026-11-25 02:00:00.50 Logon       Error: 18456, Severity: 14, State: 8.",
    ReadLog("02:00:00.5", "m", "error", "Error: 18456, Severity: 14, State: 8.")
  ),
  (
    "2026-11-25 02:00:00.50 spid55      Error: 823, Severity: 24, State: 2.",
    ReadLog("02:00:00.5", "m", "fatal", "Error: 823, Severity: 24, State: 2.")
  ),
  (
    "2026-11-25 02:00:00.50 spid7s      Starting up database 'tempdb'.",
    ReadLog("02:00:00.5", "m", "unknown", "Starting up database 'tempdb'.")
  ),
  (
    "[11/25/26 2:00:00:500 UTC] 00000001 ServletWrappe E   SRVE0068E: no stock",
    ReadLog("02:00:00.5", "ServletWrappe", "error", "SRVE0068E: no stock")
  ),
  (
    "[11/25/26 2:00:00:500 UTC] 00000001 WsServerImpl  A   WSVR0001I: open for e-business",
    ReadLog("02:00:00.5", "WsServerImpl", "info", "WSVR0001I: open for e-business")
  ),
  (
    "2026-11-25 02:00:00.500 CWWKF0011W: slow start of the server",
    ReadLog("02:00:00.5", "m", "warn", "CWWKF0011W: slow start of the server")
  ),
  (
    "2026-11-25T02:00:00+0000 [orders.factory#critical] no stock",
    ReadLog("02:00:00", "orders.factory", "fatal", "no stock")
  ),
  ("Nov 25 2026 02:00:00 DEBG no stock", ReadLog("02:00:00", "m", "debug", "no stock")),
  ("2026-11-25 02:00:00,500;ERROR;orders.api;no stock", ReadLog("02:00:00.5", "orders.api", "error", "no stock")),
  (
    "2026-11-25 02:00:00.5000|7|ERROR|Shop.Orders|no stock left|url: http://h/x|action: Get",
    ReadLog("02:00:00.5", "Shop.Orders", "error", "no stock left|url: http://h/x|action: Get")
  ),
  (
    "2026-11-25T02:00:00.500000Z ERROR request:db: orders::stock: none left",
    ReadLog("02:00:00.5", "orders::stock", "error", "none left")
  ),
  (
    "2026-11-25 02:00:00.500 | ERROR    | orders.api:handle:17 - none left",
    ReadLog("02:00:00.5", "orders.api", "error", "none left")
  ),
  (
    "ERROR [Tasks:1] 2026-11-25 02:00:00,500 Orders.java:17 - none left",
    ReadLog("02:00:00.5", "m", "error", "none left")
  ),
  ("1.7955720005e+09\terror\torders\tnone left", ReadLog("02:00:00.5", "orders", "error", "none left")),
  (
    "2026-11-25T02:00:00.500Z\tlevel=error app=orders msg=\"none left\"",
    ReadLog("02:00:00.5", "orders", "error", "none left")
  ),
  (
    "2026-11-25T03:00:00.500+0100 7f5b8c1f7700 -1 osd.3 4521 heartbeat_check: no reply from 10.0.0.5:6802 osd.7",
    ReadLog("02:00:00.5", "m", "error", "osd.3 4521 heartbeat_check: no reply from 10.0.0.5:6802 osd.7")
  ),
  (
    "debug 2026-11-25T02:00:00.500+0000 7f5b8c1f7700  0 log_channel(cluster) log [WRN] : 1 slow requests",
    ReadLog("02:00:00.5", "m", "warn", "1 slow requests")
  ),
  (
    "2026-11-25 02:00:00.500000 7f5b8c1f7700 10 monclient: tick",
    ReadLog("02:00:00.5", "m", "debug", "monclient: tick")
  ),
  (
    "[2026-11-25 02:00:00] VERBOSE[2051][C-0000001a] pbx.c: Executing [7@default:1] Answer()",
    ReadLog("02:00:00", "m", "trace", "Executing [7@default:1] Answer()")
  ),
  (
    "[2026-11-25 02:00:00] WARNING[2051]: chan_sip.c:4065 retrans_pkt: Retransmission timeout reached",
    ReadLog("02:00:00", "m", "warn", "Retransmission timeout reached")
  ),
  (
    """
    2026-11-25-03.00.00.500000+060 E27204F655           LEVEL: Severe (OS)
    PID     : 988                  TID : 1398765        PROC : db2sysc 0
    INSTANCE: db2inst1             NODE : 000           DB   : ORDERS
    FUNCTION: DB2 UDB, buffer pool services, sqlbCheckPage, probe:4820
    MESSAGE : ZRC=0x86020019=-2046689255=SQLB_CSUM "Bad Page, Checksum Error"
              DIA8426C A invalid page checksum was found.
    DATA #1 : String, 26 bytes
    2026-11-25 02:00:00 of yesterday

    """,
    ReadLog(
      "02:00:00.5", "db2sysc", "error",
      "DB2 UDB, buffer pool services, sqlbCheckPage, probe:4820: ZRC=0x86020019=-2046689255=SQLB_CSUM \"Bad Page, Checksum Error\""
    )
  ),
  (
    "2026-11-24-20.00.00.500000-360 I1A655           LEVEL: Event\nFUNCTION: DB2 UDB, RAS/PD component\nDATA #1 : String\nset",
    ReadLog("02:00:00.5", "m", "info", "DB2 UDB, RAS/PD component: set")
  ),
]

struct PlatformLineTests {
  @Test("lines of platforms are read by their own form", arguments: platforms)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.first == expected)
    #expect(batch.logs.count == 24)
    #expect(batch.isBalanced)
  }

  @Test(
    "what only looks like one of them is a line like any other",
    arguments: [
      ("2026-11-25 02:00:00.500 Logon Error: 18456, Severity: 24, State: 8.", "error"),
      ("2026-11-25 02:00:00.500 ABC12E: no such code", "unknown"),
      ("2026-11-25 02:00:00.500 [orders#7] none left", "unknown"),
      ("2026-11-25 02:00:00.500 A new stock", "unknown"),
    ])
  func staysPlain(text: String, severity: String) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.readLogs.allSatisfy { $0.severity == severity })
  }

  @Test("a record of Db2 ends where another program's line begins, and does not swallow a file")
  func db2Ends() {
    let header = "2026-11-25-03.00.00.500000+060 E27204F655           LEVEL: Severe\nFUNCTION: DB2 UDB, x\n"
    let lines = String(repeating: "2026-11-25 02:00:01,500 ERROR orders.api: none left\n", count: 24)
    let behind = decode(header + lines)
    #expect(behind.logs.count == 25)
    #expect(behind.readLogs.last == ReadLog("02:00:01.5", "orders.api", "error", "none left"))
    #expect(decode(header + "{\"level\":\"error\",\"msg\":\"x\",\"time\":\"2026-11-25T02:00:00Z\"}\n").logs.count == 2)
    // A form without a time ends it only where no field was named for long.
    func last(_ strangers: Int) -> String? {
      decode(header + String(repeating: "x y\n", count: strangers) + "ERROR:orders:none left\n").readLogs.last?.message
    }
    #expect(last(10) == "DB2 UDB, x")
    #expect(last(400) == "none left")
  }

  @Test("an id of a trace between a time and a number is no thread of Ceph")
  func noCeph() {
    let line = "2026-11-25 02:00:00.123 4bf92f3577b34da6 12 items left in stock\n"
    #expect(decode(String(repeating: line, count: 24)).readLogs.allSatisfy { $0.severity == "unknown" })
  }

  @Test("a word that few lines have where others have a level is the message's")
  func wordOfMessage() {
    let lines = (0..<24).map { i in
      "2026-11-25 02:00:00+0000 [-] \(["Log opened", "Starting factory", "Unhandled Error"][i % 3])\n"
    }
    let batch = decode(lines.joined())
    #expect(batch.logs.allSatisfy { batch.text($0.component) == "m" && $0.severity == .unknown })
  }

  @Test("a file whose lines are all indented is read like any other")
  func indented() {
    let record = "  2026-11-25T02:00:00.500000Z ERROR orders::stock: none left\n    at src/stock.rs:7\n\n"
    let batch = decode(String(repeating: record, count: 12))
    #expect(batch.logs.count == 12)
    #expect(batch.readLogs.first == ReadLog("02:00:00.5", "orders::stock", "error", "none left"))
    #expect(decode(String(repeating: "  at src/stock.rs:7\n", count: 12)).logs.isEmpty)
  }
}

struct JournalVerboseTests {
  private let entry = """
    Wed 2026-11-25 02:00:00.500000 UTC [s=a1;i=1;b=00;m=1a;t=5e;x=12]
        PRIORITY=3
        SYSLOG_IDENTIFIER=orders
        MESSAGE=none left
                of it
        _HOSTNAME=n1

    """

  @Test("fields below a head with the cursor are an entry of the journal")
  func reads() {
    for piece in [7, 1 << 20] {
      let batch = decode(Array(String(repeating: entry, count: 3).utf8), piece: piece)
      #expect(batch.logs.count == 3)
      #expect(batch.readLogs.first == ReadLog("02:00:00.5", "orders", "error", "none left\nof it"))
    }
  }

  @Test("a time without the cursor is no head")
  func refuses() {
    let batch = decode(
      String(repeating: "Wed 2026-11-25 02:00:00.500000 UTC [main] none left at all today\n    PRIORITY=3\n", count: 3))
    #expect(batch.readLogs.allSatisfy { $0.severity == "unknown" })
  }

  @Test("Lambda's JSON records of its own say what happened, and are as severe as Lambda says")
  func lambdaEvents() {
    func log(_ type: String, _ record: String) -> ReadLog? {
      decode(
        #"{"time":"2026-11-25T02:00:00.500Z","type":"\#(type)","record":{"requestId":"5f1c5b8a-1111-4222-8333-444455556666"\#(record)}}"#
          + "\n"
      )
      .readLogs.first
    }
    #expect(log("platform.start", "") == ReadLog("02:00:00.5", "m", "info", "platform.start"))
    #expect(log("platform.report", #","status":"timeout""#)?.message == "platform.report timeout")
    #expect(log("platform.report", #","status":"timeout""#)?.severity == "warn")
    #expect(log("platform.report", #","status":"success""#)?.severity == "info")
    // A record of anything else stays whole.
    #expect(log("shop.report", #","status":"timeout""#)?.message.hasPrefix("{") != false)
  }
}
