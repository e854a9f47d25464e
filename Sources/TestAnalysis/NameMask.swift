// Parameters that vary from run to run, in the names of tests: identifiers, addresses, times, temporary paths, long numbers.
//
// The form alone decides what may vary. Whether it does, the builds show: a name that stands in several builds as it is
// keeps its parameters (two dates are two tests), names of which each stands in one build only are one test.

internal import Support

enum NameMask {
  /// The name with what may vary replaced.
  ///
  /// - Parameter name: UTF-8.
  /// - Returns: nil where nothing in it may vary, as in nearly all.
  static func masked(_ name: [UInt8]) -> [UInt8]? {
    guard isWorthALook(name) else { return nil }
    var out: [UInt8] = []
    var changed = false
    var i = 0
    while i < name.count {
      let isStart = i == 0 || !isWord(name[i - 1])
      if let (end, word) = isStart ? variable(name, i) : nil {
        out += word.utf8
        changed = true
        i = end
      } else {
        out.append(name[i])
        i += 1
      }
    }
    return changed ? out : nil
  }

  /// A quick look: what may vary has a figure or `@` in it, or is a path to a temporary folder.
  private static func isWorthALook(_ name: [UInt8]) -> Bool {
    var seen: UInt8 = 0
    for byte in name { seen |= signs[Int(byte)] }
    if seen & at != 0 || seen & slash != 0 && mayHoldTemporaryPath(name) { return true }
    return seen & figure != 0 && hasLongNumber(name)
  }

  /// A slash that begins a path, and not one between the names of a test and its part.
  private static func mayHoldTemporaryPath(_ name: [UInt8]) -> Bool {
    name.indices.contains { i in
      guard signs[Int(name[i])] == slash else { return false }
      let before = i > 0 ? name[i - 1] : 0x20
      guard !isWord(before) else { return false }
      // A drive, or the first letter of the folders below.
      return before == 0x3A || i + 1 < name.count && "tvpd".utf8.contains(name[i + 1])
    }
  }

  private static let figure: UInt8 = 1
  private static let at: UInt8 = 2
  private static let slash: UInt8 = 4
  private static let signs: InlineArray<256, UInt8> = InlineArray { byte in
    switch byte {
    case 0x30...0x39: figure
    case 0x40: at
    case 0x2F, 0x5C: slash
    default: 0
    }
  }

  /// Eight hex digits in a row with a figure among them, six figures with nothing but `-` and `:` between, or `0x`.
  private static func hasLongNumber(_ name: [UInt8]) -> Bool {
    var run = 0
    var digits = 0
    var last: UInt8 = 0
    for byte in name {
      if hexDigit(byte) < 16 {
        run &+= 1
        digits &+= isDigit(byte) ? 1 : 0
        if run >= 8 && digits > 0 || digits >= 6 { return true }
      } else {
        run = 0
        if byte != 0x2D, byte != 0x3A { digits = 0 }
        if byte == 0x78, last == 0x30 { return true }
      }
      last = byte
    }
    return false
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte >= 0x80
  }

  private static func digits(_ name: [UInt8], _ start: Int, most: Int = 64) -> Int {
    var i = start
    while i < name.count, i - start < most, isDigit(name[i]) { i += 1 }
    return i - start
  }

  private static func hexes(_ name: [UInt8], _ start: Int) -> Int {
    var i = start
    while i < name.count, hexDigit(name[i]) < 16 { i += 1 }
    return i - start
  }

  /// What varies from a place on: where it ends, and the word that stands for it.
  private static func variable(_ name: [UInt8], _ i: Int) -> (Int, String)? {
    let byte = name[i]
    if byte == 0x2F || byte == 0x5C || byte | 0x20 == 0x63, let end = temporaryPath(name, i) { return (end, "<path>") }
    if byte == 0x40 {
      let count = hexes(name, i + 1)
      let end = i + 1 + count
      guard (5...16).contains(count), end == name.count || !isWord(name[end]),
        name[i + 1..<end].contains(where: isDigit)
      else { return nil }
      return (end, "@<address>")
    }
    guard hexDigit(byte) < 16 else { return nil }
    if byte == 0x30, i + 1 < name.count, name[i + 1] | 0x20 == 0x78 {
      let count = hexes(name, i + 2)
      return count >= 4 ? (i + 2 + count, "<address>") : nil
    }
    if let end = uuid(name, i) { return (end, "<uuid>") }
    if let end = time(name, i) { return (end, "<time>") }
    let count = hexes(name, i)
    let end = i + count
    guard end == name.count || !isWord(name[end]) else { return nil }
    let figures = digits(name, i)
    if figures == count, count >= 9 {
      // Seconds or milliseconds of the epoch, with a fraction.
      if end + 1 < name.count, name[end] == 0x2E, isDigit(name[end + 1]) {
        return (end + 1 + digits(name, end + 1), "<number>")
      }
      return (end, "<number>")
    }
    guard count >= 12, figures < count, name[i..<end].contains(where: isDigit) else { return nil }
    return (end, "<id>")
  }

  private static func uuid(_ name: [UInt8], _ start: Int) -> Int? {
    var i = start
    for (group, length) in [8, 4, 4, 4, 12].enumerated() {
      if group > 0 {
        guard i < name.count, name[i] == 0x2D else { return nil }
        i += 1
      }
      guard hexes(name, i) >= length, group < 4 || hexes(name, i) == length else { return nil }
      i += length
    }
    return i
  }

  /// `2026-11-02`, with a time behind it or not, and `01:00:14.2`.
  private static func time(_ name: [UInt8], _ start: Int) -> Int? {
    func separator(_ i: Int, _ options: StaticString) -> Bool {
      i < name.count && String(describing: options).utf8.contains(name[i])
    }
    var i = start
    if digits(name, i, most: 5) == 4, separator(i + 4, "-/."), digits(name, i + 5, most: 3) == 2,
      separator(i + 7, "-/."), digits(name, i + 8, most: 3) == 2
    {
      i += 10
      guard separator(i, "T _"), digits(name, i + 1, most: 3) == 2 else { return i }
      i += 1
    } else if digits(name, i, most: 9) == 8, separator(i + 8, "T"), digits(name, i + 9, most: 7) == 6 {
      return i + 15
    }
    guard digits(name, i, most: 3) == 2, separator(i + 2, ":-."), digits(name, i + 3, most: 3) == 2 else {
      return i > start ? i : nil
    }
    var end = i + 5
    if separator(end, ":-."), digits(name, end + 1, most: 3) == 2 { end += 3 } else if i == start { return nil }
    if separator(end, ".,"), digits(name, end + 1) > 0 { end += 1 + digits(name, end + 1) }
    if separator(end, "Z") { return end + 1 }
    if separator(end, "+-"), digits(name, end + 1, most: 3) == 2 {
      end += 3
      if separator(end, ":"), digits(name, end + 1, most: 3) == 2 { end += 3 }
    }
    return end
  }

  private static let temporary: [StaticString] = [
    "/tmp/", "/var/folders/", "/private/var/", "/private/tmp/", "/var/tmp/", "/dev/shm/",
  ]

  private static func temporaryPath(_ name: [UInt8], _ start: Int) -> Int? {
    func begins(_ word: StaticString) -> Bool { name[start...].starts(with: String(describing: word).utf8) }
    var end = start
    while end < name.count, !" ,;\"'[](){}<>|".utf8.contains(name[end]) { end += 1 }
    if temporary.contains(where: begins) { return end }
    // `C:\\Users\\ci\\AppData\\Local\\Temp\\…`
    guard start + 2 < name.count, name[start + 1] == 0x3A, name[start + 2] == 0x5C || name[start + 2] == 0x2F else {
      return nil
    }
    let lowered = name[start..<end].map { $0 | 0x20 }
    return ByteSearch.contains("temp", in: lowered) ? end : nil
  }
}
