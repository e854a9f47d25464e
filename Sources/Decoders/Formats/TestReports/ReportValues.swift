// Durations, times and counts as the runners of the world write them.

internal import Support

enum ReportValues {
  /// A duration in microseconds: `0.25`, `2,503.1`, `2.503,1`, `8.7e-05`, `22.2s`, `15 ms`, `00:00:01.5`.
  ///
  /// One comma and three digits behind it (`1,234`) may be thousands or a fraction: then nothing is said, except where a
  /// zero stands before it. Negative times are times that a clock ran backwards in.
  ///
  /// - Returns: -1 where the text is no duration.
  static func duration(_ text: String, unit: Double = 1_000_000) -> Int64 {
    if unit == 1_000_000, let plain = plainSeconds(text) { return plain }
    // Milliseconds with at most three places are whole microseconds.
    if unit == 1000, let plain = plainSeconds(text), plain % 1000 == 0 { return plain / 1000 }
    var bytes = Array(text.utf8)
    while let last = bytes.last, Sniffer.isSpace(last) { bytes.removeLast() }
    while let first = bytes.first, Sniffer.isSpace(first) { bytes.removeFirst() }
    guard !bytes.isEmpty, bytes.count <= 64 else { return -1 }
    if bytes.contains(0x3A) { return clock(bytes) }
    var scale = unit
    var letters: [UInt8] = []
    while let last = bytes.last, (last | 0x20) >= 0x61, (last | 0x20) <= 0x7A {
      letters.insert(last | 0x20, at: 0)
      bytes.removeLast()
    }
    while let last = bytes.last, Sniffer.isSpace(last) { bytes.removeLast() }
    switch String(decoding: letters, as: UTF8.self) {
    case "": break
    case "s", "sec", "secs", "second", "seconds": scale = 1_000_000
    case "ms", "msec", "millis", "milliseconds": scale = 1000
    case "us", "usec", "microseconds": scale = 1
    case "ns", "nanoseconds": scale = 0.001
    case "m", "min", "minutes": scale = 60_000_000
    default: return -1
    }
    guard let number = number(bytes), number.isFinite, number >= 0 else { return -1 }
    let value = (number * scale).rounded()
    return value < 9e15 ? Int64(value) : -1
  }

  /// `12`, `0.125`: up to nine digits with up to six of them behind a point, as nearly all runners write. Exact, and so what
  /// the long way rounds to.
  private static func plainSeconds(_ text: String) -> Int64? {
    let span = text.utf8Span.span
    return unsafe span.withUnsafeBufferPointer { unsafe plainSeconds($0) }
  }

  /// The same of bytes.
  static func plainSeconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var value: Int64 = 0
    var digits = 0
    var places = -1
    for i in text.indices {
      let byte = unsafe text[i]
      if byte >= 0x30, byte <= 0x39 {
        value = value &* 10 &+ Int64(byte &- 0x30)
        digits += 1
        if places >= 0 { places += 1 }
        if digits > 9 || places > 6 { return nil }
      } else if byte == 0x2E, places < 0, digits > 0 {
        places = 0
      } else {
        return nil
      }
    }
    guard digits > 0, places != 0 else { return nil }
    for _ in max(places, 0)..<6 { value &*= 10 }
    return value
  }

  /// A decimal number with either kind of separators; nil where it is none or can be read in two ways.
  private static func number(_ bytes: [UInt8]) -> Double? {
    guard let comma = bytes.firstIndex(of: 0x2C) else { return plain(bytes) }
    let commas = bytes.filter { $0 == 0x2C }.count
    if let dot = bytes.firstIndex(of: 0x2E) {
      if dot > comma {
        // Thousands: groups of three between the commas, then the fraction.
        let groups = bytes[..<dot].split(separator: 0x2C, omittingEmptySubsequences: false)
        guard let first = groups.first, (1...3).contains(first.count), groups.dropFirst().allSatisfy({ $0.count == 3 })
        else { return nil }
        return plain(bytes.filter { $0 != 0x2C })
      }
      guard commas == 1 else { return nil }
      let groups = bytes[..<comma].split(separator: 0x2E, omittingEmptySubsequences: false)
      guard groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
      return plain(bytes.filter { $0 != 0x2E }.map { $0 == 0x2C ? 0x2E : $0 })
    }
    if commas > 1 {
      let groups = bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
      guard groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return nil }
      return plain(bytes.filter { $0 != 0x2C })
    }
    let fraction = bytes.count - comma - 1
    guard fraction != 3 || bytes[..<comma].elementsEqual([0x30]) else { return nil }
    return plain(bytes.map { $0 == 0x2C ? 0x2E : $0 })
  }

  private static func plain(_ bytes: [UInt8]) -> Double? {
    guard
      bytes.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2D || $0 == 0x2B || $0 | 0x20 == 0x65 })
    else { return nil }
    return Double(String(decoding: bytes, as: UTF8.self))
  }

  /// `[d.]hh:mm:ss[.fraction]` as .NET writes it, or `mm:ss`.
  private static func clock(_ bytes: [UInt8]) -> Int64 {
    let parts = bytes.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return -1 }
    var total = 0.0
    for (i, part) in parts.enumerated() {
      if i == 0, parts.count == 3, let dot = part.firstIndex(of: 0x2E) {
        guard let days = plain(Array(part[..<dot])), let hours = plain(Array(part[(dot + 1)...])) else { return -1 }
        total = days * 24 + hours
      } else {
        guard let value = plain(Array(part)), value >= 0 else { return -1 }
        total = total * 60 + value
      }
    }
    let micros = (total * 1_000_000).rounded()
    return micros.isFinite && micros >= 0 && micros < 9e15 ? Int64(micros) : -1
  }

  /// A time stamp: microseconds since the epoch and whether it named its zone.
  ///
  /// Understood are ISO 8601 in all lengths, `2010-06-20 13:01:01 UTC`, `20 Jun 2010 13:01:01 GMT`, `06/20/2010 13:01:01`,
  /// and seconds or milliseconds since 1970. The years 1 and 1970 are what runners write that do not know the time.
  static func time(_ text: String, assumedZoneSeconds: Int) -> (time: Int64, hasZone: Bool)? {
    var bytes = Array(text.utf8)
    while let last = bytes.last, Sniffer.isSpace(last) { bytes.removeLast() }
    while let first = bytes.first, Sniffer.isSpace(first) { bytes.removeFirst() }
    guard bytes.count >= 8, bytes.count <= 64 else { return nil }
    guard let found = parse(bytes, assumedZoneSeconds), found.time >= 365 * 86_400_000_000 else { return nil }
    return found
  }

  private static func parse(_ original: [UInt8], _ zone: Int) -> (time: Int64, hasZone: Bool)? {
    var bytes = original
    if let number = plain(bytes), number > 1e8, number < 1e14 {
      return (Int64((number < 1e11 ? number * 1e6 : number * 1e3).rounded()), true)
    }
    var hasZone = false
    for name in ["UTC", "GMT"] where bytes.count > 3 && bytes.suffix(3).elementsEqual(name.utf8) {
      bytes.removeLast(3)
      while let last = bytes.last, Sniffer.isSpace(last) { bytes.removeLast() }
      bytes.append(0x5A)
      hasZone = true
    }
    // A year in front is what most begin with.
    if !bytes.prefix(4).allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let day = dayFirst(bytes) { bytes = day }
    if bytes.count >= 10, bytes[2] == 0x2F, bytes[5] == 0x2F {
      // Month first, as the runners that write slashes do, unless that is no month.
      var month = Array(bytes[0..<2])
      var day = Array(bytes[3..<5])
      if month.lexicographicallyPrecedes([0x31, 0x33]) == false { swap(&month, &day) }
      let year = bytes.dropFirst(6).prefix { $0 >= 0x30 && $0 <= 0x39 }
      guard year.count == 4 || year.count == 2 else { return nil }
      let century: [UInt8] = year.count == 2 ? Array("20".utf8) : []
      bytes = century + year + [0x2D] + month + [0x2D] + day + bytes[(6 + year.count)...]
    }
    if bytes.count == 10 { bytes += Array("T00:00:00".utf8) }
    if bytes.count > 12, bytes[10] == 0x54, bytes[11] == 0x20 { bytes.remove(at: 11) }
    guard let time = Timestamp.parse(bytes.span, assumedOffsetSeconds: zone) else { return nil }
    let tail = bytes.dropFirst(11)
    hasZone = hasZone || tail.contains(0x5A) || tail.contains(0x7A) || tail.contains(0x2B) || tail.contains(0x2D)
    return (time.microseconds, hasZone)
  }

  /// `20 Jun 2010 13:01:01Z`, a week day before it or not, as an ISO date.
  private static func dayFirst(_ bytes: [UInt8]) -> [UInt8]? {
    var parts = bytes.split { $0 == 0x20 || $0 == 0x2C || $0 == 0x2D }.map(Array.init)
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    func month(_ part: [UInt8]) -> Int? {
      part.count >= 3 ? names.firstIndex(of: String(decoding: part.prefix(3).map { $0 | 0x20 }, as: UTF8.self)) : nil
    }
    // A week day may stand in front.
    if let first = parts.first, first.count == 3, first[0] | 0x20 >= 0x61, month(first) == nil { parts.removeFirst() }
    guard parts.count >= 4 else { return nil }
    func two(_ value: Int) -> [UInt8] { Array((value < 10 ? "0" : "").utf8) + Array(String(value).utf8) }
    func digits(_ part: [UInt8], _ count: ClosedRange<Int>) -> Int? {
      count.contains(part.count) ? Int(String(decoding: part, as: UTF8.self)) : nil
    }
    if let m = month(parts[1]), let day = digits(parts[0], 1...2), digits(parts[2], 4...4) != nil {
      return parts[2] + [0x2D] + two(m + 1) + [0x2D] + two(day) + [0x54] + parts[3]
    }
    // `Jun 20 13:01:01 2010`
    if let m = month(parts[0]), let day = digits(parts[1], 1...2), digits(Array(parts[3].prefix(4)), 4...4) != nil {
      // The zone's letter, where there was one, stands behind the year.
      return Array(parts[3].prefix(4)) + [0x2D] + two(m + 1) + [0x2D] + two(day) + [0x54] + parts[2]
        + parts[3].dropFirst(4)
    }
    return nil
  }
}
