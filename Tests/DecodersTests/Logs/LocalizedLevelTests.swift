// Levels, months and halves of the day in the language of their host.

import Decoders
import Model
import Support
import Testing

/// Lines of Tomcat's and PostgreSQL's formats, and what they say.
private let lines: [(String, ReadLog)] = [
  // java.logging's levels (Tomcat's OneLineFormatter), with months as Java writes them.
  (
    "25-Nov-2026 02:00:00.500 SCHWERWIEGEND [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "error", "none left")
  ),
  (
    "25-Nov.-2026 02:00:00.500 WARNUNG [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "warn", "none left")
  ),
  (
    "25-nov.-2026 02:00:00.500 AVERTISSEMENT [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "warn", "none left")
  ),
  (
    "25-nov-2026 02:00:00.500 INFORMACIÓN [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "info", "none left")
  ),
  (
    "25-11月-2026 02:00:00.500 严重 [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "error", "none left")
  ),
  (
    "25-11월-2026 02:00:00.500 경고 [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "warn", "none left")
  ),
  (
    "25-Nov-2026 02:00:00.500 情報 [main] org.acme.Pay.charge none left",
    ReadLog("02:00:00.5", "org.acme.Pay.charge", "info", "none left")
  ),
  // PostgreSQL's severities, and the lines that only go with them.
  ("2026-11-25 02:00:00.500 UTC [7] FEHLER:  nichts da", ReadLog("02:00:00.5", "m", "error", "nichts da")),
  ("2026-11-25 02:00:00.500 UTC [7] ANWEISUNG:  select 1", ReadLog("02:00:00.5", "m", "info", "select 1")),
  (
    "2026-11-25 02:00:00.500 UTC [7] LOG:  Checkpoint beginnt: time",
    ReadLog("02:00:00.5", "m", "info", "Checkpoint beginnt: time")
  ),
  ("2026-11-25 02:00:00.500 UTC [7] ПРЕДУПРЕЖДЕНИЕ:  нет", ReadLog("02:00:00.5", "m", "warn", "нет")),
  ("2026-11-25 02:00:00.500 UTC [7] ERRO:  nada", ReadLog("02:00:00.5", "m", "error", "nada")),
  ("2026-11-25 02:00:00.500 UTC [7] COMANDO:  select 1", ReadLog("02:00:00.5", "m", "info", "select 1")),
  ("2026-11-25 02:00:00.500 UTC [7] 错误:  没有", ReadLog("02:00:00.5", "m", "error", "没有")),
  ("2026-11-25 02:00:00.500 UTC [7] 語句:  x", ReadLog("02:00:00.5", "m", "unknown", "語句:  x")),
  // Words of sentences.
  ("2026-11-25 02:00:00 Attention please", ReadLog("02:00:00", "m", "unknown", "Attention please")),
  ("2026-11-25 02:00:00 INFO attention low", ReadLog("02:00:00", "m", "info", "attention low")),
  ("2026-11-25 02:00:00 INFO shop GRAVE situation", ReadLog("02:00:00", "m", "info", "shop GRAVE situation")),
]

struct LocalizedLevelTests {
  @Test("a level is read in the language of its host", arguments: lines)
  func reads(text: String, expected: ReadLog) {
    let batch = decode(Array(repeating: text, count: 24).joined(separator: "\n") + "\n")
    #expect(batch.logs.count == 24)
    #expect(batch.readLogs.first == expected)
    #expect(batch.isBalanced)
  }

  @Test(
    "java.logging's two lines are one record in any language",
    arguments: [
      ("Nov. 25, 2026 2:00:00 AM", "SCHWERWIEGEND", "error"), ("nov. 25, 2026 2:00:00 AM", "Avertissement", "warn"),
      ("nov 25, 2026 2:00:00 A. M.", "GRAVE", "error"), ("nov 25, 2026 2:00:00 a.m.", "INFORMACIÓN", "info"),
      ("11月 25, 2026 2:00:00 上午", "严重", "error"), ("11月 25, 2026 2:00:00 午前", "警告", "warn"),
      ("11월 25, 2026 2:00:00 오전", "정보", "info"), ("Nov 25, 2026 2:00:00 AM", "SEVERE", "error"),
    ])
  func twoLines(time: String, level: String, severity: String) {
    let record = "\(time) com.acme.Pay charge\n\(level): none left\n"
    let batch = decode(record + record + record)
    #expect(batch.readLogs == Array(repeating: ReadLog("02:00:00", "com.acme.Pay", severity, "none left"), count: 3))
    let afternoon = decode(record.replacing("AM", with: "PM").replacing("上午", with: "下午").replacing("午前", with: "午後"))
    let expected = time.hasSuffix("AM") || time.hasSuffix("上午") || time.hasSuffix("午前") ? "14:00:00" : "02:00:00"
    #expect(afternoon.readLogs.map(\.time) == [expected])
  }

  @Test(
    "one table serves documents, too",
    arguments: [
      ("Fehler", "error"), ("ошибка", "error"), ("エラー", "error"), ("错误", "error"), ("Erreur", "error"),
      ("Avertissement", "warn"), ("предупреждение", "warn"), ("Información", "info"), ("Kritisch", "fatal"),
      ("Gehweg", "unknown"),
    ])
  func documents(word: String, severity: String) {
    let line = #"{"time":"2026-11-25T02:00:00Z","level":"\#(word)","msg":"none left"}"# + "\n"
    #expect(decode(line + line).readLogs.map(\.severity) == [severity, severity])
  }

  @Test("a word is a level only in capitals where no field says so")
  func inCapitals() {
    func level(_ word: String) -> Severity { severity(of: Array(word.utf8).span) }
    #expect(level("FEHLER") == .error && level("Fehler") == .unknown && level("fehler") == .unknown)
    #expect(level("ОШИБКА") == .error && level("ошибка") == .unknown)
    #expect(level("INFORMAÇÕES") == .info && level("Informações") == .unknown)
    #expect(level("重大") == .error && level("重要") == .unknown)
    #expect(level("AVVISO") == .unknown)
  }
}
