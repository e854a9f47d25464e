// Numbers and addresses that name people or their money: cards, IBANs, mail.

/// Numbers of payment cards, IBANs and addresses of mail.
enum SecretNumbers {
  /// The card number that begins at `start`: 14 to 19 digits of a known issuer, in one or in groups, whose last digit is
  /// Luhn's (ISO/IEC 7812-1). Longer ungrouped numbers are identifiers far more often than cards.
  static func cardEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    if start > 0 {
      let before = text[start - 1]
      if SecretShape.isAlphanumeric(before) || before == 0x5F || before == 0x2E || before == 0x2D || before == 0x2B {
        return nil
      }
    }
    var first = start
    while first < text.count, first - start < 20, text[first] &- 0x30 < 10 { first += 1 }
    // In one, or in groups of four and more.
    guard
      first - start >= 14 || first - start >= 4 && first < text.count && (text[first] == 0x20 || text[first] == 0x2D)
    else {
      return nil
    }
    var digits: [UInt8] = []
    var groups = 0
    var end = start
    var sign: UInt8 = 0
    while end < text.count, digits.count <= 19 {
      let byte = text[end]
      if byte &- 0x30 < 10 {
        digits.append(byte - 0x30)
        end += 1
        continue
      }
      guard byte == 0x20 || byte == 0x2D, end + 1 < text.count, text[end + 1] &- 0x30 < 10, sign == 0 || sign == byte,
        digits.count >= 4
      else { break }
      sign = byte
      groups += 1
      end += 1
    }
    if end < text.count, SecretShape.isAlphanumeric(text[end]) || text[end] == 0x5F { return nil }
    if end + 1 < text.count, text[end] == 0x2E, text[end + 1] &- 0x30 < 10 { return nil }
    guard digits.count >= 14, digits.count <= (groups > 0 ? 19 : 16), groups == 0 || (2...4).contains(groups) else {
      return nil
    }
    return isIssued(digits) && passesLuhn(digits) ? end : nil
  }

  private static func isIssued(_ digits: [UInt8]) -> Bool {
    let four = digits[0..<4].reduce(0) { $0 * 10 + Int($1) }
    switch (digits.count, four) {
    case (16, 4000...4999), (19, 4000...4999), (16, 5100...5599), (16, 2221...2720): return true
    case (15, 3400...3499), (15, 3700...3799): return true
    case (16, 6011), (16, 6440...6599), (16, 3528...3589), (16...19, 6200...6299): return true
    case (14, 3000...3059), (14, 3600...3699), (14, 3800...3999): return true
    default: return false
    }
  }

  private static func passesLuhn(_ digits: [UInt8]) -> Bool {
    var sum = 0
    for (i, digit) in digits.reversed().enumerated() {
      let value = i & 1 == 0 ? Int(digit) : 2 * Int(digit)
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0 && digits.contains { $0 != digits[0] }
  }

  /// The IBAN that begins at `start`: country, check digits that hold (ISO 13616, modulus 97 of ISO 7064), 15 to 34 letters
  /// and digits, in one or in groups of four.
  static func ibanEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    guard start + 15 <= text.count, text[start] &- 0x41 < 26, text[start + 1] &- 0x41 < 26,
      text[start + 2] &- 0x30 < 10,
      text[start + 3] &- 0x30 < 10
    else { return nil }
    if start > 0, SecretShape.isAlphanumeric(text[start - 1]) || text[start - 1] == 0x5F { return nil }
    var letters: [UInt8] = []
    var end = start
    while end < text.count, letters.count < 34 {
      let byte = text[end]
      if byte &- 0x30 < 10 || byte &- 0x41 < 26 {
        letters.append(byte)
        end += 1
      } else if byte == 0x20, letters.count % 4 == 0, end + 1 < text.count,
        text[end + 1] &- 0x30 < 10 || text[end + 1] &- 0x41 < 26
      {
        end += 1
      } else {
        break
      }
    }
    if end < text.count, SecretShape.isAlphanumeric(text[end]) || text[end] == 0x5F { return nil }
    guard letters.count >= 15 else { return nil }
    var rest = 0
    for byte in letters[4...] + letters[..<4] {
      if byte >= 0x41 {
        rest = (rest * 100 + Int(byte) - 0x37) % 97
      } else {
        rest = (rest * 10 + Int(byte) - 0x30) % 97
      }
    }
    return rest == 1 ? end : nil
  }

  /// Adds addresses of mail: a local part, `@`, a name with a dot.
  static func emails(_ text: Span<UInt8>, _ found: inout [Range<Int>]) {
    var last = 0
    for at in 0..<text.count where text[at] == 0x40 {
      var start = at
      while start > last, at - start < 64, isLocal(text[start - 1]) { start -= 1 }
      var end = at + 1
      var dots = 0
      while end < text.count, end - at < 254,
        SecretShape.isAlphanumeric(text[end]) || text[end] == 0x2D || text[end] == 0x2E
      {
        if text[end] == 0x2E { dots += 1 }
        end += 1
      }
      while end > at + 1, !SecretShape.isAlphanumeric(text[end - 1]) {
        if text[end - 1] == 0x2E { dots -= 1 }
        end -= 1
      }
      guard start < at, dots > 0 else { continue }
      found.append(start..<end)
      last = end
    }
  }

  private static func isLocal(_ byte: UInt8) -> Bool {
    SecretShape.isNameByte(byte) || byte == 0x2B || byte == 0x25 || byte == 0x21 || byte == 0x23 || byte == 0x26
  }
}
