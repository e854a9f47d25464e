// The months' abbreviated names in other languages, as Java's `%tb` and `MMM` write them, and the English ones in full.

internal import Support

enum LocalizedMonth {
  /// The month whose name, with its full stop if it has one, begins at a place, and one past it.
  ///
  /// The names are those of the CLDR ("months, format, abbreviated"), which Java takes since release 9, and of the tables that Java had
  /// before: `25-Nov.-2026`, `févr. 3, 2026`, `11月 25, 2026`.
  static func read(_ b: Span<UInt8>, _ start: Int) -> (month: Int, end: Int)? {
    guard start < b.count else { return nil }
    if b[start] &- 0x30 <= 9 { return numbered(b, start) }
    var end = start
    while end < b.count, end &- start < 12, (b[end] | 0x20) &- 0x61 < 26 || b[end] >= 0x80 { end &+= 1 }
    // What stands behind it is a date's: nearly all words end here.
    let stop = end < b.count && b[end] == 0x2E ? end &+ 1 : end
    guard end &- start >= 3, stop &+ 1 < b.count, b[stop] == 0x20 || b[stop] == 0x2D || b[stop] == 0x2F,
      b[stop &+ 1] &- 0x30 <= 9
    else { return nil }
    let word = String(copying: b.extracting(start..<end)).lowercased()
    guard let month = months[word] else { return nil }
    return (month, stop)
  }

  /// `11月`, `11월`.
  private static func numbered(_ b: Span<UInt8>, _ start: Int) -> (month: Int, end: Int)? {
    var end = start
    var month = 0
    while end < b.count, end &- start < 2, b[end] &- 0x30 <= 9 {
      month = month &* 10 &+ Int(b[end] &- 0x30)
      end &+= 1
    }
    guard (1...12).contains(month), JSONScanner.matches(b, end, "月") || JSONScanner.matches(b, end, "월") else {
      return nil
    }
    return (month, end &+ 3)
  }

  private static let months: [String: Int] = {
    let names = [
      "jan janv ene gen янв", "feb févr fev февр", "mar mär mrz märz mars мар март марта", "apr avr abr апр",
      "may mai mag май мая", "jun juni juin giu июн июня", "jul juli juil lug июл июля", "aug août ago авг",
      "sep sept set сент", "oct okt ott out окт", "nov нояб", "dec dez déc dic дек",
    ]
    var table: [String: Int] = [:]
    let full = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
      "december",
    ]
    for (i, word) in full.enumerated() { table[word] = i + 1 }
    for (i, words) in names.enumerated() {
      for word in words.split(separator: " ") { table[String(word)] = i + 1 }
    }
    return table
  }()
}

/// The halves of the twelve-hour clock.
enum DayHalf {
  /// `AM`, `pm` and what other languages write (CLDR, "dayPeriods"): whether it is the second half, and one past it.
  static func read(_ b: Span<UInt8>, _ start: Int) -> (isSecond: Bool, end: Int)? {
    guard start &+ 1 < b.count else { return nil }
    if b[start] >= 0x80 {
      for word in firsts where JSONScanner.matches(b, start, word) { return (false, start + word.utf8CodeUnitCount) }
      for word in seconds where JSONScanner.matches(b, start, word) { return (true, start + word.utf8CodeUnitCount) }
      return nil
    }
    let letter = b[start] | 0x20
    guard letter == 0x61 || letter == 0x70 else { return nil }
    if b[start &+ 1] | 0x20 == 0x6D { return (letter == 0x70, start &+ 2) }
    // `a. m.` of Spanish, with or without the blank, which may be one that breaks no line.
    guard b[start &+ 1] == 0x2E else { return nil }
    var i = start &+ 2
    if i < b.count, b[i] == 0x20 {
      i &+= 1
    } else if JSONScanner.matches(b, i, "\u{A0}") {
      i &+= 2
    }
    guard i &+ 1 < b.count, b[i] | 0x20 == 0x6D, b[i &+ 1] == 0x2E else { return nil }
    return (letter == 0x70, i &+ 2)
  }

  private static let firsts: [StaticString] = ["上午", "午前", "오전"]
  private static let seconds: [StaticString] = ["下午", "午後", "오후"]
}
