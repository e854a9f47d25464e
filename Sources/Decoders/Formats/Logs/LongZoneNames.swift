// Time zones by their long names.

internal import Model
internal import Support

extension LogTimeParser {
  /// `Pacific Standard Time`, `Central European Time`: the long name that Java's `zzzz` writes, and WebLogic since JDK 9 (CLDR,
  /// "Time Zone Names"; the tables of the JRE before). A name that has no word for summer or winter is the zone's standard time.
  func longZone(_ line: Span<UInt8>, _ start: Int) -> (end: Int, seconds: Int)? {
    // `INFO` and its like stand there in nearly all lines.
    guard byte(line, start + 1) &- 0x61 < 26 || byte(line, start + 1) == 0x2E else { return nil }
    for (name, minutes) in Self.longNames where JSONScanner.matches(line, start, name) {
      let end = start + name.utf8CodeUnitCount
      return isBorder(line, end) ? (end, minutes * 60) : nil
    }
    return nil
  }

  private static let longNames: [(StaticString, Int)] = [
    ("Coordinated Universal Time", 0), ("Greenwich Mean Time", 0), ("British Summer Time", 60),
    ("Irish Standard Time", 60),
    ("Western European Standard Time", 0), ("Western European Summer Time", 60), ("Western European Time", 0),
    ("Central European Standard Time", 60), ("Central European Summer Time", 120), ("Central European Time", 60),
    ("Eastern European Standard Time", 120), ("Eastern European Summer Time", 180), ("Eastern European Time", 120),
    ("Moscow Standard Time", 180), ("T\u{FC}rkiye Time", 180), ("Turkey Time", 180), ("Israel Standard Time", 120),
    ("Israel Daylight Time", 180), ("Arabian Standard Time", 180), ("Gulf Standard Time", 240),
    ("Pakistan Standard Time", 300), ("Pakistan Time", 300), ("India Standard Time", 330), ("Indochina Time", 420),
    ("Western Indonesia Time", 420), ("West Indonesia Time", 420), ("China Standard Time", 480),
    ("Hong Kong Standard Time", 480), ("Hong Kong Time", 480), ("Singapore Standard Time", 480),
    ("Singapore Time", 480), ("Taipei Standard Time", 480), ("Malaysia Time", 480), ("Philippine Standard Time", 480),
    ("Philippines Time", 480), ("Japan Standard Time", 540), ("Korean Standard Time", 540),
    ("Korea Standard Time", 540), ("Australian Western Standard Time", 480), ("Australian Central Standard Time", 570),
    ("Australian Central Daylight Time", 630), ("Australian Eastern Standard Time", 600),
    ("Australian Eastern Daylight Time", 660), ("New Zealand Standard Time", 720),
    ("New Zealand Daylight Time", 780), ("South Africa Standard Time", 120), ("Central Africa Time", 120),
    ("Central African Time", 120), ("East Africa Time", 180), ("Eastern African Time", 180),
    ("West Africa Standard Time", 60), ("Western African Time", 60), ("Brasilia Standard Time", -180),
    ("Brasilia Time", -180), ("Argentina Standard Time", -180), ("Argentine Time", -180),
    ("Colombia Standard Time", -300), ("Colombia Time", -300), ("Newfoundland Standard Time", -210),
    ("Newfoundland Daylight Time", -150), ("Atlantic Standard Time", -240), ("Atlantic Daylight Time", -180),
    ("Eastern Standard Time", -300), ("Eastern Daylight Time", -240), ("Central Standard Time", -360),
    ("Central Daylight Time", -300), ("Mountain Standard Time", -420), ("Mountain Daylight Time", -360),
    ("Pacific Standard Time", -480), ("Pacific Daylight Time", -420), ("Alaska Standard Time", -540),
    ("Alaska Daylight Time", -480), ("Hawaii-Aleutian Standard Time", -600), ("Hawaii Standard Time", -600),
    ("Mitteleurop\u{E4}ische Normalzeit", 60), ("Mitteleurop\u{E4}ische Sommerzeit", 120),
    ("Mitteleurop\u{E4}ische Zeit", 60),
    // Windows' own names.
    ("W. Europe Standard Time", 60), ("W. Europe Daylight Time", 120), ("Romance Standard Time", 60),
    ("Romance Daylight Time", 120), ("Tokyo Standard Time", 540),
  ]
}
