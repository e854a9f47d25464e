import Decoders
import Model
import Support
import Testing

/// Lines of PostgreSQL under prefixes that join their escapes by marks.
struct DatabasePrefixTests {
  @Test(
    "the level is found behind whatever the prefix has",
    arguments: [
      "2026-11-25 02:00:00 UTC-6925b0c1.1f2-", "2026-11-25 02:00:00.000 UTC:10.0.0.9(4444):app@shop:[7]:",
      "2026-11-25 02:00:00 UTC:10.0.0.9(4444):app@shop:[7]:3:40P01:2026-11-25 01:00:00 UTC:2/7:0:6925b0c1.1f2:psql:",
      "2026-11-25 02:00:00.000 UTC,app,shop,7,", "2026-11-25 02:00:00 UTC;app;shop;[7];",
      "2026-11-25 02:00:00 UTC|app|shop|", "2026-11-25 03:00:00.000 CET-app@shop-", "2026-11-24 23:00:00 -03-7-",
      "2026-11-25 02:00:00.000 UTC [7] [app@shop]-", "[2026-11-25 02:00:00 UTC]-[7]-",
    ])
  func prefixes(prefix: String) {
    let lines = [
      "LOG:  checkpoint starting: time", "ERROR:  no stock left: item 7", "STATEMENT:  select 1",
      "FATAL:  the database system is shutting down", "WARNING:  low",
    ]
    let text = Array(repeating: lines, count: 4).joined().map { prefix + $0 + "\n" }.joined()
    let logs = decode(text, member: "db.log").readLogs
    #expect(
      Array(logs.prefix(5)) == [
        ReadLog("02:00:00", "db", "info", "checkpoint starting: time"),
        ReadLog("02:00:00", "db", "error", "no stock left: item 7"), ReadLog("02:00:00", "db", "info", "select 1"),
        ReadLog("02:00:00", "db", "fatal", "the database system is shutting down"),
        ReadLog("02:00:00", "db", "warn", "low"),
      ])
    #expect(logs.count == 20)
  }

  @Test("its words may be another language's")
  func french() {
    let prefix = "2026-11-25 02:00:00 UTC-6925b0c1.1f2-"
    let text = ["ERREUR:  plus rien", "INSTRUCTION :  select 1", "DÉTAIL :  rien"].map { prefix + $0 + "\n" }.joined()
    #expect(decode(text).readLogs.map(\.severity) == ["error", "info", "info"])
  }

  @Test("two blanks behind a colon are no level's by themselves")
  func others() {
    let line = "2026-11-25 02:00:00 UTC-till-REMARK:  kept\n"
    #expect(Set(decode(String(repeating: line, count: 4)).readLogs.map(\.severity)) == ["unknown"])
  }

  @Test("Heroku's lines of its databases")
  func heroku() {
    let head = "2026-11-25T02:00:00+00:00 app[postgres.7]: [HEROKU_POSTGRESQL_RED] [9-1]  sql_error_code = "
    let text = [head + "00000 LOG:  checkpoint complete\n", head + "40P01 ERROR:  deadlock\n"].joined()
    #expect(decode(text).readLogs.map(\.severity) == ["info", "error"])
    #expect(decode(text).readLogs.map(\.message) == ["checkpoint complete", "deadlock"])
  }

  @Test("a resource log of Azure holds the server's line", arguments: [false, true])
  func resourceLog(isWrapped: Bool) {
    func record(_ level: String, _ message: String) -> String {
      #"{"time":"2026-11-25T02:00:00Z","resourceId":"/S/SHOPDB","category":"PostgreSQLLogs","#
        + #""properties":{"errorLevel":"\#(level)","message":"\#(message)"}}"#
    }
    let records = [
      record("FATAL", "2026-11-25 02:00:00 UTC-6925b0c1.1f2-FATAL:  too many"), record("ERROR", "no prefix"),
      record("LOG", "2026-11-25 02:00:00 UTC-6925b0c1.1f2-LOG:  done"),
    ]
    let text =
      isWrapped ? #"{"records":["# + records.joined(separator: ",") + "]}" : records.joined(separator: "\n") + "\n"
    #expect(
      decode(text).readLogs == [
        ReadLog("02:00:00", "SHOPDB", "fatal", "too many"), ReadLog("02:00:00", "SHOPDB", "error", "no prefix"),
        ReadLog("02:00:00", "SHOPDB", "info", "done"),
      ])
  }
}
