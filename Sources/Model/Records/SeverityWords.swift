internal import Support

// The words by which records tell their severity: one table for every decoder.
//
// The spellings are those of java.util.logging, log4j, logback, NLog, Serilog, .NET, Python, Ruby, syslog (RFC 5424 §6.2.1),
// klog, zap, slog, tracing, Redis, MySQL and PostgreSQL; those of other languages are in `LocalizedLevels`.

/// The severity that a word in front of a message names.
///
/// - Parameter word: one word, any case, without the brackets or colon around it: `WARN`, `error`, `I`.
/// - Returns: `unknown` for any word that is no level, and for words that are levels only where a field says so (`log`, `note`).
package func severity(of word: Span<UInt8>) -> Severity {
  guard let key = severityKey(word) else { return LocalizedLevels.severity(of: word) }
  let isLong = word.count > 8
  switch key {
  case severityKey("trace"), severityKey("finest"), severityKey("finer"), severityKey("verbose"), severityKey("v"),
    severityKey("t"), severityKey("trc"), severityKey("vrb"), severityKey("trce"),
    severityKey("trac"), severityKey("silly"), severityKey("verb"), severityKey("verbo"):
    return isLong ? .unknown : .trace
  case severityKey("debug"), severityKey("dbg"), severityKey("fine"), severityKey("d"), severityKey("config"),
    severityKey("debu"), severityKey("debg"), severityKey("dbug"):
    return isLong ? .unknown : .debug
  case severityKey("info"), severityKey("inf"), severityKey("notice"), severityKey("i"), severityKey("n"),
    severityKey("default"), severityKey("infor"):
    return isLong ? .unknown : .info
  case severityKey("informat"):
    return word.count == 11 || word.count == 13 ? .info : LocalizedLevels.severity(of: word)
  case severityKey("warning"), severityKey("warn"), severityKey("wrn"), severityKey("w"),
    severityKey("warni"):
    return isLong ? .unknown : .warning
  case severityKey("error"), severityKey("err"), severityKey("severe"), severityKey("failure"), severityKey("e"),
    severityKey("fault"), severityKey("erro"), severityKey("eror"):
    return isLong ? .unknown : .error
  case severityKey("fatal"), severityKey("critical"), severityKey("crit"), severityKey("alert"), severityKey("emerg"),
    severityKey("panic"), severityKey("ftl"), severityKey("f"), severityKey("c"), severityKey("emergenc"),
    severityKey("dpanic"), severityKey("fata"), severityKey("pnc"), severityKey("fatl"):
    return isLong && !(key == severityKey("emergenc") && word.count == 9) ? .unknown : .fatal
  default: return LocalizedLevels.severity(of: word)
  }
}

/// The severity that a field of its own names: every word of `severity(of:)`, words that are levels only there, and words
/// with a step behind them (`INFO2` of OpenTelemetry, `ERROR+2` of slog, `D3` of MongoDB).
package func severity(ofField field: Span<UInt8>) -> Severity {
  guard !field.isEmpty, field.count <= 40 else { return .unknown }
  // `[ERROR]`: a level written for people.
  let isBracketed = field.count > 2 && field[0] == 0x5B && field[field.count - 1] == 0x5D
  let field = isBracketed ? field.extracting(1..<field.count - 1) : field
  var end = field.count
  while end > 1, field[end - 1] &- 0x30 <= 9 { end -= 1 }
  if end < field.count, end > 1, field[end - 1] == 0x2B || field[end - 1] == 0x2D { end -= 1 }
  let word = field.extracting(0..<end)
  guard let key = severityKey(word) else { return LocalizedLevels.severity(ofField: word) }
  // Cloud Logging: "the log entry has no assigned severity level".
  if key == severityKey("default") { return .unknown }
  let known = severity(of: word)
  if known != .unknown { return known }
  switch key {
  case severityKey("all"), severityKey("spam"): return .trace
  case severityKey("detail"), severityKey("debugger"): return .debug
  case severityKey("log"), severityKey("note"), severityKey("normal"), severityKey("http"), severityKey("success"),
    severityKey("system"), severityKey("any"), severityKey("audit"), severityKey("informtn"), severityKey("statemen"),
    severityKey("hint"),
    severityKey("context"), severityKey("logalway"):
    return .info
  case severityKey("fail"), severityKey("failed"), severityKey("exceptio"): return .error
  case severityKey("disaster"), severityKey("abort"): return .fatal
  default: return LocalizedLevels.severity(ofField: word)
  }
}

/// The severity of a syslog priority's level, 0 (emergency) to 7 (debug), RFC 5424.
package func severity(syslogLevel level: Int) -> Severity {
  switch level {
  case 0...2: .fatal
  case 3: .error
  case 4: .warning
  case 5, 6: .info
  case 7: .debug
  default: .unknown
  }
}

/// The first eight letters of a word in lower case, packed big endian; nil where it has anything but letters, or too many.
private func severityKey(_ word: Span<UInt8>) -> UInt64? {
  guard word.count <= 13, !word.isEmpty else { return nil }
  var key: UInt64 = 0
  for i in word.indices {
    let byte = word[i]
    let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    guard lower >= 0x61, lower <= 0x7A else { return nil }
    if i < 8 { key = key << 8 | UInt64(lower) }
  }
  return key
}

/// The first eight letters of a lower-case word, packed big endian.
private func severityKey(_ word: StaticString) -> UInt64 {
  var key: UInt64 = 0
  for i in 0..<min(word.utf8CodeUnitCount, 8) {
    key = key << 8 | UInt64(unsafe word.utf8Start[i])
  }
  return key
}
