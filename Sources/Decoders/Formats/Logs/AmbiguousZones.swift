// Zones whose names mean several, as far as a file tells which.

internal import Model
internal import Support

/// What a sample of a file tells of `CST`: the Central Standard Time of America (UTC-6) or China Standard Time (UTC+8), which the tz
/// database abbreviates alike (`America/Chicago`, `Asia/Shanghai`, `Asia/Taipei`).
///
/// America's is meant unless the sample has a sign of China: text in Chinese characters, the offset `+08` behind a time, the name of one of
/// the zone's places. A zone beside it that only America has outweighs those: messages carry the words of anybody.
struct AmbiguousZones {
  /// Whether a time of the sample ends with `CST`.
  private(set) var hasCentral = false
  private(set) var isAmerican = false
  private(set) var isChinese = false
  /// Whether a time ends with `IST`: India's, Israel's or Ireland's (`Asia/Kolkata`, `Asia/Jerusalem`, `Europe/Dublin`).
  private(set) var hasIST = false

  /// Seconds east of UTC of `CST` where it is not America's.
  var central: Int? { hasCentral && isChinese && !isAmerican ? 28_800 : nil }

  /// What is to be told of the reading; nil where it needs no word.
  var note: String? {
    guard hasCentral, !isAmerican else {
      return hasIST
        ? "IST is read as the assumed zone, for it may be India's (UTC+5:30), Israel's (UTC+2) or Ireland's (UTC+1)"
        : nil
    }
    return isChinese
      ? "CST is read as China's zone (UTC+8), of which the file has signs; America's Central would be UTC-6"
      : "CST is read as America's Central (UTC-6), for nothing tells of China's zone of that name, which would be UTC+8"
  }

  init(in text: Span<UInt8>) {
    // Nearly all files have no such zone, and are looked through for its last letters only.
    var i = ByteScan.find(0x54, in: text, from: 0)
    while i < text.count {
      if i >= 4, text[i &- 3] == 0x20, text[i &- 4] &- 0x30 <= 9,
        i &+ 1 >= text.count || (text[i &+ 1] | 0x20) &- 0x61 > 25
      {
        if JSONScanner.matches(text, i &- 3, " CST") { hasCentral = true }
        if JSONScanner.matches(text, i &- 3, " IST") { hasIST = true }
        for name in Self.american where JSONScanner.matches(text, i &- 3, name) { isAmerican = true }
      }
      i = ByteScan.find(0x54, in: text, from: i &+ 1)
    }
    if hasCentral, !isAmerican { isChinese = Self.tellsOfChina(text) }
  }

  private static func tellsOfChina(_ text: Span<UInt8>) -> Bool {
    for i in text.indices {
      switch text[i] {
      // The blocks of the unified ideographs, U+4E00 to U+9FFF, in UTF-8; U+4000 to U+4DFF are rare ones.
      case 0xE4...0xE9:
        if i &+ 2 < text.count, text[i &+ 1] & 0xC0 == 0x80, text[i &+ 2] & 0xC0 == 0x80 { return true }
      case 0x2B:
        if i > 0, text[i &- 1] &- 0x30 <= 9 || text[i &- 1] == 0x20,
          JSONScanner.matches(text, i, "+0800") || JSONScanner.matches(text, i, "+08:00")
        {
          return true
        }
      case 0x41:
        for place in places where JSONScanner.matches(text, i, place) { return true }
      default: continue
      }
    }
    return false
  }

  private static let american: [StaticString] = [" CDT", " EDT", " EST", " PDT", " PST", " MDT", " MST"]
  private static let places: [StaticString] = [
    "Asia/Shanghai", "Asia/Taipei", "Asia/Chongqing", "Asia/Harbin", "Asia/Macau", "Asia/Urumqi",
  ]
}
