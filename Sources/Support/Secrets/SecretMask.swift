// Finds secrets in foreign text and blanks them, before anything is written.

/// Finds keys, tokens, passwords and numbers of payment in foreign text and puts a mark in their place.
///
/// A secret is recognised by its own form (a vendor's prefix, a JWT, a private key, a card number that passes Luhn's check,
/// an IBAN whose check digits hold), by the name in front of it (`password=`, `"api_key": "…"`, `--token …`,
/// `Authorization:`, `password is …`), or by its place (user part of a URL, path of a webhook). What merely looks random
/// (trace ids, digests) stays. The forms are those that their vendors document; which of them are worth knowing follows the
/// rule lists that gitleaks and detect-secrets publish.
///
/// The mark keeps identity: the same secret gives the same four digits, sixteen bits of its hash, so that patterns survive and
/// nobody can guess the secret from them. Time is linear in the text. A text without any trace of a secret costs one look
/// at each byte (`SecretFilter`).
package struct SecretMask: Hashable, Sendable {
  package let settings: SecretSettings
  /// The settings' keys in the form that names are compared in.
  let ownKeys: [UInt64]

  /// With the settings of a pipeline.
  package init(_ settings: SecretSettings = SecretSettings()) {
    self.settings = settings
    ownKeys = settings.keys.map(SecretKey.hash).filter { $0 != WordTable.seed }
  }

  /// How each secret is shown.
  package enum Mark: Sendable {
    /// `[masked:1a2b]`: equal secrets look equal.
    case identity
    /// `[masked]`: all look alike.
    case plain
  }

  private static let opening = Array("[masked".utf8)

  /// The text with marks in place of secrets; nil where there is none.
  package func masked(_ text: Span<UInt8>, mark: Mark = .identity) -> [UInt8]? {
    guard settings.isOn, mayHold(text) else { return nil }
    return replace(ranges(in: text), in: text, mark: mark)
  }

  /// The text with marks in place of secrets.
  package func mask(_ text: String) -> String {
    masked(text.utf8Span.span).map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// The masked form of a log message (`<*>` for what varies) with `<*>` in place of secrets; nil where there is none.
  ///
  /// What it says depends on the form alone, so that it does not matter which line of a form comes first. A `<*>` is taken for
  /// whatever a secret may have there: of `xoxb-<*>-AbCd` more than the number goes.
  package func maskedForm(_ form: Span<UInt8>) -> [UInt8]? {
    guard settings.isOn, mayHold(form) else { return nil }
    var text: [UInt8] = []
    var places: [Int] = []
    var i = 0
    while i < form.count {
      if i + 2 < form.count, form[i] == 0x3C, form[i + 1] == 0x2A, form[i + 2] == 0x3E {
        text += SecretShape.filler
        places += Array(repeating: i, count: SecretShape.filler.count)
        i += 3
      } else {
        text.append(form[i])
        places.append(i)
        i += 1
      }
    }
    places.append(form.count)
    var out: [UInt8] = []
    var cursor = 0
    var changed = false
    for range in ranges(in: text.span).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let start = max(places[range.lowerBound], cursor)
      var end = places[range.upperBound]
      // Behind a `<*>` that the secret ends in.
      if range.upperBound < text.count, places[range.upperBound - 1] == end { end += 3 }
      guard end > start, !isVariable(form, start, end) else { continue }
      out.append(copying: form.extracting(cursor..<start))
      out += Self.variable
      cursor = end
      changed = true
    }
    guard changed else { return nil }
    out.append(copying: form.extracting(cursor..<form.count))
    return out
  }

  private static let variable = Array("<*>".utf8)

  /// Whether a stretch of a form is made of `<*>` and signs alone.
  private func isVariable(_ form: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for i in start..<end where SecretShape.isAlphanumeric(form[i]) || form[i] >= 0x80 { return false }
    return true
  }

  /// The value of an attribute: one whose key names a secret is one.
  package func mask(_ value: String, key: String) -> String {
    guard settings.isOn else { return value }
    let name = Array(key.utf8)
    let bytes = value.utf8Span.span
    let kind = SecretKey.kind(of: name.span, 0, name.count, own: ownKeys)
    if let kind, let range = SecretValue.whole(bytes, kind),
      let masked = replace([range], in: bytes, mark: .identity)
    {
      return String(decoding: masked, as: UTF8.self)
    }
    return mask(value)
  }

  /// Whether a text is worth a closer look.
  package func mayHold(_ text: Span<UInt8>) -> Bool {
    if !ownKeys.isEmpty || !settings.patterns.isEmpty { return !text.isEmpty }
    return SecretFilter.mayHold(text)
  }

  private func ranges(in text: Span<UInt8>) -> [Range<Int>] {
    var finder = SecretFinder(ownKeys)
    finder.find(in: text)
    if settings.emails { SecretNumbers.emails(text, &finder.found) }
    for pattern in settings.patterns {
      // A pattern that gives up says nothing of the text: all of it goes.
      guard let matches = pattern.matches(in: text) else { return [0..<text.count] }
      finder.found += matches
    }
    guard !settings.allow.isEmpty else { return finder.found }
    return finder.found.filter { range in
      !settings.allow.contains { $0.matchesWhole(text.extracting(range)) }
    }
  }

  private func replace(_ ranges: [Range<Int>], in text: Span<UInt8>, mark: Mark) -> [UInt8]? {
    var out: [UInt8] = []
    var cursor = 0
    var changed = false
    for range in ranges.sorted(by: { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) })
    where range.upperBound > cursor && !range.isEmpty {
      let start = max(range.lowerBound, cursor)
      if isMark(text, start) { continue }
      if start > cursor || range.lowerBound >= cursor {
        out.append(copying: text.extracting(cursor..<start))
        out += Self.opening
        if mark == .identity {
          let hash = StableHash.mix(StableHash.hash(text.extracting(range)))
          out.append(0x3A)
          for shift in [12, 8, 4, 0] { out.append(Self.digits[Int(truncatingIfNeeded: hash >> UInt64(shift)) & 15]) }
        }
        out.append(0x5D)
        changed = true
      }
      cursor = range.upperBound
    }
    guard changed else { return nil }
    out.append(copying: text.extracting(cursor..<text.count))
    return out
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private func isMark(_ text: Span<UInt8>, _ start: Int) -> Bool {
    guard start + Self.opening.count <= text.count else { return false }
    for i in Self.opening.indices where text[start + i] != Self.opening[i] { return false }
    return true
  }
}
