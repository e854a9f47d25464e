internal import Support

// Levels in the language of their host: the part of the one table of words that is not English.

/// The words by which programs name their levels in the language of their host: German, French, Spanish, Italian, Portuguese, Chinese,
/// Japanese, Korean and Russian, in fields also Polish and Turkish.
///
/// - java.logging, whose `%4$s` is the localized name of the level (`sun.util.logging.resources.logging_XX.properties` of the JDK;
///   Tomcat and JBoss write it), in capitals or with a capital at the beginning.
/// - PostgreSQL, whose `lc_messages` translates the severity (`error_severity` of elog.c, `src/backend/po/XX.po`), in capitals.
/// - Windows' Event Viewer ("Level" of its exports), as a word of prose.
///
/// A word is looked up only where an English one is. In front of a message a level stands in capitals or in a script without them:
/// `Attention` is a word of a sentence, `ATTENTION` in a level's column is a level.
package enum LocalizedLevels {
  /// The severity of a word in front of a message, without the brackets or colon around it; `unknown` where it is not in capitals.
  package static func severity(of word: Span<UInt8>) -> Severity {
    guard word.count >= 4, word.count <= 40 else { return .unknown }
    let (first, second) = (word[0], word[1])
    // Nearly all words end here: they go on with a small letter or a digit.
    guard first >= 0xC3 || first &- 0x41 < 26 && (second &- 0x41 < 26 || second == 0xC3) else { return .unknown }
    guard let key = key(word, inCapitals: true) else { return .unknown }
    return levels[key] ?? .unknown
  }

  /// The severity that a field of its own names, in any case.
  static func severity(ofField word: Span<UInt8>) -> Severity {
    guard word.count >= 4, word.count <= 40, let key = key(word, inCapitals: false) else { return .unknown }
    return levels[key] ?? fieldLevels[key] ?? .unknown
  }

  /// The severity of the word in front of java.logging's colon: `SCHWERWIEGEND` or `Schwerwiegend`.
  package static func severity(ofLogging word: Span<UInt8>) -> Severity {
    guard word.count >= 4, word.count <= 40, word[0] >= 0x80 || word[0] &- 0x41 < 26,
      let key = key(word, inCapitals: false)
    else { return .unknown }
    return levels[key] ?? .unknown
  }

  /// Whether PostgreSQL calls a line so that is no failure: its LOG, and what it says in further lines of the message before (DETAIL,
  /// HINT, QUERY, CONTEXT, LOCATION, STATEMENT).
  package static func isPostgresNote(_ word: Span<UInt8>) -> Bool {
    guard word.count >= 3, word.count <= 40, word[0] >= 0x80 || word[0] &- 0x41 < 26,
      let key = key(word, inCapitals: true)
    else { return false }
    return notes.contains(key)
  }

  private static let levels: [UInt64: Severity] = table([
    (.error, "schwerwiegend fehler erreur grave errore ошибка 严重 错误 嚴重 錯誤 重大 致命的 エラー 심각 오류"),
    (.fatal, "panik panico pânico fatale паника важно 致命错误 パニック 치명적오류"),
    (
      .warning,
      "warnung avertissement attention advertencia avvertenza attenzione aviso advertência предупреждение 警告 경고"
    ),
    (.info, "infos información informazioni informações информация hinweis notifica замечание инфо 信息 情報 資訊 정보 注意 알림"),
    (.debug, "konfiguration configuración configuração configurazione 配置 組態 構成 구성 depuração отладка 调试 디버그"),
    (.debug, "fein précis detallado detalhado 详细"),
    (.trace, "feiner 较详细 較詳細"),
  ])

  /// Words of Event Viewer and of levels' fields that are ordinary words elsewhere.
  private static let fieldLevels: [UInt64: Severity] = table([
    // Polish and Turkish, whose letters with marks have no rule that makes them small here: both forms stand.
    (.error, "błąd bŁĄd hata"), (.fatal, "krytyczny krytyczne kritik krİtİk"),
    (.warning, "ostrzeżenie ostrzeŻenie uyarı uyari"), (.info, "informacja informacje bilgi bİlgİ"),
    (.fatal, "kritisch critique crítico critico критический 关键 嚴重 위험"),
    (.warning, "avviso"),
    (.info, "informationen informations сведения"),
    (.debug, "ausführlich commentaires dettagliato подробности 詳細 詳細資訊"),
  ])

  private static let notes: Set<UInt64> = [
    // LOG, and NOTICE where the word is also one of prose.
    "日志", "로그", "сообщение", "nota",
    // DETAIL
    "détail", "detalle", "dettagli", "detalhe", "подробности", "描述", "详细信息", "詳細", "상세정보",
    // HINT
    "tipp", "astuce", "sugerencia", "suggerimento", "dica", "подсказка", "提示", "ヒント", "힌트",
    // QUERY
    "query", "anfrage", "requête", "consulta", "запрос", "查询", "問い合わせ", "쿼리",
    // CONTEXT
    "zusammenhang", "contexte", "contexto", "contesto", "контекст", "上下文", "文脈", "コンテキスト", "내용",
    // LOCATION
    "ort", "emplacement", "ubicación", "posizione", "положение", "位置", "場所", "위치",
    // STATEMENT
    "anweisung", "instruction", "sentencia", "istruzione", "comando", "оператор", "语句", "文", "명령구문", "구문",
  ].reduce(into: []) { set, word in
    if let key = key(Array(word.utf8).span, inCapitals: false) { set.insert(key) }
  }

  private static func table(_ rows: [(Severity, String)]) -> [UInt64: Severity] {
    var table: [UInt64: Severity] = [:]
    for (severity, words) in rows {
      for word in words.split(separator: " ") {
        if let key = key(Array(word.utf8).span, inCapitals: false) { table[key] = severity }
      }
    }
    return table
  }

  /// The hash of a word of letters in small form (FNV-1a), nil for other bytes, and for small letters where capitals are asked for.
  private static func key(_ word: Span<UInt8>, inCapitals: Bool) -> UInt64? {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    var i = 0
    while i < word.count {
      let byte = word[i]
      let next = i &+ 1 < word.count ? word[i &+ 1] : 0
      switch byte {
      case 0x41...0x5A: add(byte | 0x20)
      case 0x61...0x7A:
        if inCapitals { return nil }
        add(byte)
      // Latin letters with marks: U+00C0 to U+00FF.
      case 0xC3:
        if inCapitals, next >= 0xA0 { return nil }
        add(byte)
        add(next | 0x20)
        i &+= 1
      // Cyrillic: capitals are U+0410 to U+042F, small letters U+0430 to U+044F.
      case 0xD0 where next >= 0x90 && next <= 0x9F:
        add(byte)
        add(next | 0x20)
        i &+= 1
      case 0xD0 where next >= 0xA0 && next <= 0xAF:
        add(0xD1)
        add(next &- 0x20)
        i &+= 1
      case 0xD0, 0xD1:
        if inCapitals { return nil }
        add(byte)
        add(next)
        i &+= 1
      case 0x80...0xFF: add(byte)
      default: return nil
      }
      i &+= 1
    }
    return hash
  }
}
