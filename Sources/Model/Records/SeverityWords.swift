/// The words by which log lines tell their severity, in the spellings of the common logging libraries.
///
/// - Parameter word: one word, any case, without the brackets or colon around it: `WARN`, `error`, `I`, `<4>`'s name.
/// - Returns: `unknown` for any word that is no level.
package func severity(of word: Span<UInt8>) -> Severity {
  guard word.count <= 11, !word.isEmpty else { return .unknown }
  var key: UInt64 = 0
  for i in word.indices {
    let byte = word[i]
    let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    guard lower >= 0x61, lower <= 0x7A else { return .unknown }
    if i < 8 { key = key << 8 | UInt64(lower) }
  }
  let isLong = word.count > 8
  switch key {
  case severityKey("trace"), severityKey("finest"), severityKey("finer"), severityKey("verbose"), severityKey("v"),
    severityKey("t"), severityKey("trc"):
    return isLong ? .unknown : .trace
  case severityKey("debug"), severityKey("dbg"), severityKey("fine"), severityKey("d"), severityKey("config"):
    return isLong ? .unknown : .debug
  case severityKey("info"), severityKey("inf"), severityKey("notice"), severityKey("i"), severityKey("n"),
    severityKey("default"):
    return isLong ? .unknown : .info
  case severityKey("informat"): return word.count == 11 ? .info : .unknown
  case severityKey("warning"), severityKey("warn"), severityKey("wrn"), severityKey("w"):
    return isLong ? .unknown : .warning
  case severityKey("error"), severityKey("err"), severityKey("severe"), severityKey("failure"), severityKey("e"),
    severityKey("fault"):
    return isLong ? .unknown : .error
  case severityKey("fatal"), severityKey("critical"), severityKey("crit"), severityKey("alert"), severityKey("emerg"),
    severityKey("panic"), severityKey("ftl"), severityKey("f"), severityKey("c"), severityKey("emergenc"):
    return isLong && !(key == severityKey("emergenc") && word.count == 9) ? .unknown : .fatal
  default: return .unknown
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

/// The first eight letters of a lower-case word, packed big endian.
private func severityKey(_ word: StaticString) -> UInt64 {
  var key: UInt64 = 0
  for i in 0..<min(word.utf8CodeUnitCount, 8) {
    key = key << 8 | UInt64(unsafe word.utf8Start[i])
  }
  return key
}
