// How long something took, where a log line says so in its text.

internal import Model
internal import Support

/// The one duration with a unit that the text of a log line tells (`done in 34 ms`), for lines of requests.
///
/// Whether a statement may tell any is looked up by its masked form, once: a mask with a unit behind it, or behind a word that a
/// duration follows. A text with two of them, or with a number and no unit, tells none: which one was meant would be a guess.
struct ToldDuration: Sendable {
  /// By symbol of the form: 0 not looked at, 1 tells none, 2 may tell one.
  private var forms: [UInt8] = []

  private static let before: Set<String> = [
    "in", "after", "took", "takes", "within", "elapsed", "duration", "time", "latency", "cost", "spent", "millis",
  ]

  /// Forgets what was seen, for a new table.
  mutating func reset() { forms.removeAll(keepingCapacity: true) }

  /// The duration that a text tells, microseconds; 0 where none.
  mutating func microseconds(in text: Span<UInt8>, form: Symbol, _ symbols: SymbolTable) -> UInt32 {
    find(in: text, form: form, symbols).map { Self.whole($0.microseconds) } ?? 0
  }

  /// Where the number stands that tells how long something took; nil where none does.
  ///
  /// It is the same number of each text that differs from this one in the digits of its numbers alone.
  mutating func place(in text: Span<UInt8>, form: Symbol, _ symbols: SymbolTable) -> Int? {
    find(in: text, form: form, symbols)?.place
  }

  /// The duration that the number at a place tells, which `place` found in a text of the same form.
  static func microseconds(in text: Span<UInt8>, at place: Int) -> UInt32 {
    whole(quantity(in: text, at: place).microseconds ?? 0)
  }

  private mutating func find(
    in text: Span<UInt8>, form: Symbol, _ symbols: SymbolTable
  ) -> (place: Int, microseconds: Double)? {
    let index = Int(form.index)
    if index >= forms.count { forms += Array(repeating: 0, count: index + 1 - forms.count) }
    if forms[index] == 0 { forms[index] = Self.mayTell(symbols.text(form)) ? 2 : 1 }
    return forms[index] == 2 ? Self.find(in: text) : nil
  }

  private static func mayTell(_ form: String) -> Bool {
    let words = form.split(maxSplits: 128) { " =:,;()[]".contains($0) }
    for (index, word) in words.enumerated() where word.hasPrefix("<*>") {
      let rest = word.dropFirst(3)
      if factor((rest.isEmpty && index + 1 < words.count ? words[index + 1] : rest).utf8) != nil {
        return true
      }
      guard rest.isEmpty, index > 0 else { continue }
      let last = words[index - 1].lowercased()
      if before.contains(last) || before.contains(where: { $0.utf8.count > 3 && last.hasSuffix($0) }) { return true }
    }
    return false
  }

  /// The longest unit's bytes.
  private static let longestUnit = 14

  /// The bytes of a unit as one number, so that it is compared at once; at most `longestUnit`.
  private struct Unit: Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    mutating func append(_ byte: UInt8) {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
  }

  /// Units as they are written, and the microseconds of each.
  private static let units: [(unit: Unit, microseconds: Double)] = [
    ("ms", 1e3), ("s", 1e6), ("us", 1), ("µs", 1), ("μs", 1), ("sec", 1e6), ("secs", 1e6), ("msec", 1e3),
    ("msecs", 1e3),
    ("usec", 1), ("ns", 1e-3), ("millis", 1e3), ("micros", 1), ("nanos", 1e-3), ("second", 1e6), ("seconds", 1e6),
    ("millisecond", 1e3), ("milliseconds", 1e3), ("microseconds", 1), ("nanoseconds", 1e-3),
  ].map { name, microseconds in
    var unit = Unit()
    for byte in name.utf8 { unit.append(byte) }
    return (unit, microseconds)
  }

  /// Microseconds in a unit; nil where it is none.
  private static func factor(_ text: some Collection<UInt8>) -> Double? {
    guard text.count <= longestUnit else { return nil }
    var unit = Unit()
    for byte in text { unit.append(byte) }
    return factor(unit)
  }

  private static func factor(_ unit: Unit) -> Double? {
    for known in units where known.unit == unit { return known.microseconds }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 <= 25 || byte >= 0x80 }

  /// What joins a number to what stands before it: a version, a path, a time of day, a name.
  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "_"),
      UInt8(ascii: "#"):
      true
    default: false
    }
  }

  /// The only number with a unit; nil where there is none, or a second.
  private static func find(in text: Span<UInt8>) -> (place: Int, microseconds: Double)? {
    var found: (place: Int, microseconds: Double)?
    var i = 0
    while i < text.count {
      guard isDigit(text[i]) else {
        i += 1
        continue
      }
      let (end, microseconds) = quantity(in: text, at: i)
      if let microseconds {
        if found != nil { return nil }
        found = (i, microseconds)
      }
      i = end
    }
    return found
  }

  /// A number and the unit behind it.
  ///
  /// - Returns: one past them, and the microseconds, nil where no unit belongs to the number.
  private static func quantity(in text: Span<UInt8>, at start: Int) -> (end: Int, microseconds: Double?) {
    var i = start
    var value = 0.0
    var scale = 0.0
    while i < text.count, isDigit(text[i]) || text[i] == 0x2E && scale == 0 {
      if text[i] == 0x2E {
        scale = 1
      } else {
        value = value * 10 + Double(text[i] &- 0x30)
        scale *= 10
      }
      i += 1
    }
    if scale > 1 { value /= scale }
    let unit = i < text.count && text[i] == 0x20 ? i + 1 : i
    var end = unit
    var name = Unit()
    while end < text.count, end - unit < longestUnit, isLetter(text[end]) {
      name.append(text[end])
      end += 1
    }
    let isWord = start == 0 || !isLetter(text[start - 1]) && !isPartOfWord(text[start - 1])
    let isWhole = end == text.count || !isDigit(text[end]) && !isLetter(text[end])
    guard isWord, isWhole, end > unit, let factor = factor(name) else { return (i, nil) }
    return (end, value * factor)
  }

  private static func whole(_ microseconds: Double) -> UInt32 {
    guard microseconds >= 1 else { return 0 }
    return microseconds >= Double(UInt32.max) ? .max : UInt32(microseconds)
  }
}
