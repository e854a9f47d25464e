import Decoders
import Model
import Testing

@Suite("Files that several versions of a server wrote, and headers that lines repeat or lack")
struct MixedVersionTests {
  @Test("MySQL's error log has a level in each line, whichever version wrote most of them")
  func mysql() {
    var text = ""
    for i in 0..<40 { text += "261125  2:00:\(10 + i) [Note] Event Scheduler: Loaded \(i) events\n" }
    text += """
      2026-11-25 03:00:05 4711 [ERROR] InnoDB: Unable to lock ./ibdata1
      2026-11-25 03:00:06 4711 [Warning] late
      2026-11-25T03:00:07.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed.
      2026-11-25  3:00:08 17 [ERROR] mariadbd: Disk is full

      """
    let logs = decode(text).readLogs.suffix(4)
    #expect(logs.map(\.severity) == ["error", "warn", "warn", "error"])
    #expect(logs.map(\.time) == ["03:00:05", "03:00:06", "03:00:07.123456", "03:00:08"])
    #expect(logs.map(\.message).last == "mariadbd: Disk is full")
    #expect(logs.map(\.message)[2] == "CA certificate is self signed.")
    #expect(decode(text).logs.count == 44)
  }

  @Test("what only looks like one is read by its own layout")
  func noMySQL() {
    let text = """
      2026-11-25 02:00:05 worker 1 [ERROR] x
      2026-11-25 02:00:06 worker 2 [ERROR] y
      2026-11-25 02:00:07 worker 3 took [Note] of it

      """
    #expect(decode(text).readLogs.map(\.severity).last == "unknown")
  }

  @Test("a trace of oslo.log belongs to its record, with its empty lines")
  func oslo() {
    let head = "2026-11-25 02:00:01.123 12 ERROR nova.compute.manager"
    let text = """
      2026-11-25 02:00:00.123 12 INFO nova.compute.manager [None req-1 - - - - -] instance started
      \(head) [None req-1 - - - - -] instance lost: OSError: disk full
      \(head) Traceback (most recent call last):
      \(head)   File "/src/nova.py", line 12, in boot
      \(head) OSError: disk full
      \(head)\u{20}
      2026-11-25 02:00:02.123 12 WARNING nova.virt.libvirt [-] slow

      """
    #expect(decode(text).readLogs.map(\.severity) == ["info", "error", "warn"])
    // Another logger's line is another record.
    #expect(decode(text.replacing("manager\u{20}\n", with: "host lost\n")).logs.count == 4)
  }

  @Test("Crystal's exceptions belong to the error above them")
  func crystal() {
    let text = """
      2026-11-25T02:00:00.994508Z   INFO - db.pool: Opening new connection
      2026-11-25T02:00:01.994508Z  ERROR - db.pool: Connection lost -- host: "db-1", tries: 3
      stock gone (DB::StockError)
        from src/db.cr:12:5 in 'open'
      2026-11-25T02:00:02.994508Z   WARN - worker is slow

      """
    #expect(decode(text).logs.count == 3)
    #expect(decode(text.replacing(" (DB::StockError)", with: " (for now)")).logs.count == 4)
  }
}

@Suite("Times on lines of their own")
struct StampedTextTests {
  private let forms = [
    ["2026-11-25T03:00:00.123456+01:00", "2026-11-25T03:00:02.500000+01:00", "2026-11-25T03:00:04.000000+01:00"],
    ["Wed Nov 25 02:00:00 2026", "Wed Nov 25 02:00:02 2026", "Wed Nov 25 02:00:04 2026"],
  ]

  @Test("Oracle's alert log has a record below each time", arguments: [0, 1])
  func alert(_ form: Int) {
    let times = forms[form]
    let text = """
      \(times[0])
      Thread 1 advanced to log sequence 120 (LGWR switch)
        Current log# 3 seq# 120 mem# 0: /u01/oradata/ORCL/redo03.log
      \(times[1])
      Errors in file /u01/app/oracle/diag/rdbms/orcl/ORCL/trace/ORCL_ora_1234.trc:
      ORA-00600: internal error code, arguments: [kdsgrp1], [], [], [], []
      \(times[2])
      WARNING: too many parse errors, count=100

      """
    for piece in [7, 1 << 20] {
      let batch = decode(text, piece: piece)
      let logs = batch.readLogs
      #expect(logs.map(\.severity) == ["unknown", "error", "warn"])
      #expect(logs.map { String($0.time.prefix(8)) } == ["02:00:00", "02:00:02", "02:00:04"])
      #expect(logs[1].message.contains("\nORA-00600: internal"))
      #expect(batch.isBalanced)
    }
  }

  @Test("a time alone among lines that have theirs in front heads nothing")
  func mixed() {
    let text = """
      2026-11-25 02:00:00 INFO app: one
      Wed Nov 25 02:00:00 2026
      2026-11-25 02:00:01 INFO app: two
      Wed Nov 25 02:00:02 2026

      """
    #expect(decode(text).readLogs.filter { $0.severity == "info" }.count == 2)
  }
}
