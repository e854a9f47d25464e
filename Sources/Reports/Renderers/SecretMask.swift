/// Finds keys, tokens and passwords in foreign text and blanks their value, keeping what kind it was.
///
/// A secret is recognised by its own form (a vendor's prefix, a JWT, a private key block), by the name in front of it
/// (`password=`, `"api_key": "…"`, `Authorization:`), or by its place (user information of a URL, the signature of a
/// signed link). What merely looks random (trace ids, digests) stays.
package enum SecretMask {
  /// What stands for a secret.
  static let blank = Array("[masked]".utf8)

  /// The text with every secret's value replaced by `[masked]`.
  package static func mask(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8, mayHold(bytes) else { return text }
    var ranges = privateKeys(bytes)
    ranges += tokens(bytes)
    ranges += urlPasswords(bytes)
    ranges += namedValues(bytes)
    guard !ranges.isEmpty else { return text }
    ranges.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    var out: [UInt8] = []
    var cursor = 0
    for range in ranges where range.upperBound > cursor {
      if range.lowerBound >= cursor {
        out += bytes[cursor..<range.lowerBound]
        out += blank
      }
      cursor = range.upperBound
    }
    out += bytes[cursor...]
    return String(decoding: out, as: UTF8.self)
  }

  /// Every form below has a digit or one of these bytes somewhere: plain words are passed at once.
  private static func mayHold(_ bytes: [UInt8]) -> Bool {
    bytes.contains { $0 == 0x3A || $0 == 0x3D || $0 == 0x2D || $0 == 0x5F || $0 == 0x20 || ($0 >= 0x30 && $0 <= 0x39) }
  }

  // MARK: Forms that speak for themselves

  /// Vendors' prefixes, the alphabet behind them and the least number of characters.
  private static let prefixes: [(prefix: [UInt8], least: Int)] = [
    ("AKIA", 16), ("ASIA", 16), ("ABIA", 16), ("AIza", 35), ("ghp_", 20), ("gho_", 20), ("ghu_", 20), ("ghs_", 20),
    ("ghr_", 20), ("github_pat_", 20), ("glpat-", 16), ("gldt-", 16), ("glrt-", 16), ("xoxb-", 10), ("xoxp-", 10),
    ("xoxa-", 10), ("xoxr-", 10), ("xoxs-", 10), ("xapp-", 10), ("sk_live_", 10), ("sk_test_", 10), ("rk_live_", 10),
    ("rk_test_", 10), ("whsec_", 10), ("sk-", 20), ("npm_", 30), ("pypi-", 30), ("dop_v1_", 30), ("SG.", 30),
    ("hvs.", 20), ("hvb.", 20), ("shpat_", 20), ("ya29.", 20), ("EAACEdEose0cBA", 10), ("AGE-SECRET-KEY-1", 20),
    ("lin_api_", 20), ("dckr_pat_", 20), ("pat-na1-", 20), ("sq0csp-", 20), ("sq0atp-", 20),
  ].map { (Array($0.0.utf8), $0.1) }
  /// The first bytes of these prefixes: most words begin with none of them.
  private static let prefixInitials = initials(prefixes.map(\.prefix))
  private static let jwtPrefix = Array("eyJ".utf8)

  /// Which bytes begin one of some words.
  private static func initials(_ words: [[UInt8]]) -> [Bool] {
    var begins = [Bool](repeating: false, count: 256)
    for word in words { begins[Int(word[0])] = true }
    return begins
  }

  private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var i = 0
    while i < bytes.count {
      guard isTokenByte(bytes[i]) else {
        i += 1
        continue
      }
      var end = i
      while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
      let word = bytes[i..<end]
      if isJWT(word) || hasVendorPrefix(word) { found.append(i..<end) }
      i = end
    }
    return found
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    isWordByte(byte) || byte == 0x2D || byte == 0x2E
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
  }

  private static func hasVendorPrefix(_ word: ArraySlice<UInt8>) -> Bool {
    guard prefixInitials[Int(word[word.startIndex])] else { return false }
    return prefixes.contains { word.count >= $0.prefix.count + $0.least && word.starts(with: $0.prefix) }
  }

  /// Three base64url parts, the first a JSON object's: `eyJ….….…`.
  private static func isJWT(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count >= 24, word.starts(with: jwtPrefix) else { return false }
    return word.split(separator: 0x2E, omittingEmptySubsequences: false).count >= 3
  }

  private static let openingMark = Array("-----BEGIN ".utf8)
  private static let keyMark = Array("PRIVATE KEY".utf8)
  private static let closingMark = Array("-----END ".utf8)
  private static let dashes = Array("-----".utf8)
  private static let schemeMark = Array("://".utf8)

  /// `-----BEGIN … PRIVATE KEY-----` up to its end mark, or to the end of the text where that was cut off.
  private static func privateKeys(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var cursor = 0
    while let start = find(openingMark, in: bytes, from: cursor) {
      guard let kind = find(keyMark, in: bytes, from: start), kind - start < 40 else {
        cursor = start + 11
        continue
      }
      let body = min(kind + 16, bytes.count)
      let end = find(closingMark, in: bytes, from: body).flatMap { find(dashes, in: bytes, from: $0 + 9) }
      let stop = end.map { $0 + 5 } ?? bytes.count
      found.append(start..<stop)
      cursor = stop
    }
    return found
  }

  // MARK: Secrets by their place

  /// The password of `scheme://user:password@host`, or the token of `scheme://token@host`.
  private static func urlPasswords(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var cursor = 0
    while let mark = find(schemeMark, in: bytes, from: cursor) {
      cursor = mark + 3
      var end = cursor
      var at: Int?
      while end < bytes.count, !isURLEnd(bytes[end]) {
        if bytes[end] == 0x40 { at = end }
        end += 1
      }
      guard let at, at > cursor else { continue }
      let colon = bytes[cursor..<at].firstIndex(of: 0x3A)
      let start = colon.map { $0 + 1 } ?? cursor
      if start < at { found.append(start..<at) }
      cursor = at
    }
    return found
  }

  private static func isURLEnd(_ byte: UInt8) -> Bool {
    byte <= 0x20 || [0x2F, 0x3F, 0x23, 0x22, 0x27, 0x3C, 0x3E, 0x60].contains(byte)
  }

  // MARK: Secrets by their name

  /// Names, lower case and without `-`, `_` and spaces, whose value is a secret where they end a key.
  private static let names: [[UInt8]] = [
    "password", "passwd", "pwd", "passphrase", "secret", "apikey", "accesskey", "secretkey", "privatekey",
    "accesstoken", "refreshtoken", "authtoken", "idtoken", "sessiontoken", "bearertoken", "token", "clientsecret",
    "authorization", "proxyauthorization", "xapikey", "xauthtoken", "setcookie", "cookie", "sessionid", "jsessionid",
    "awssecretaccesskey", "signature", "xamzsignature", "sig", "accountkey", "sharedaccesskey", "connectionstring",
    "credential", "credentials", "xamzcredential", "xamzsecuritytoken", "otp", "pin", "cvv",
  ].map { Array($0.utf8) }
  /// Names that are also common words and so must be the whole key.
  private static let wholeNames: Set<[UInt8]> = Set(["sig", "pin", "otp", "cvv", "cookie"].map { Array($0.utf8) })
  private static let schemes = ["bearer", "basic", "digest", "negotiate", "token", "apikey", "aws4hmacsha256"]
    .map { Array($0.utf8) }
  /// The first bytes of these schemes, in both cases, and the signs that names are normalized by.
  private static let schemeInitials = initials(schemes + schemes.map { [$0[0] - 32] } + [[0x2D], [0x5F]])

  private static func namedValues(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var i = 0
    while i < bytes.count {
      // A key: word bytes and hyphens.
      guard isKeyByte(bytes[i]) else {
        i += 1
        continue
      }
      var end = i
      while end < bytes.count, isKeyByte(bytes[end]) { end += 1 }
      guard isFollowedBySeparator(end, in: bytes) || schemeInitials[Int(bytes[i])] else {
        i = end
        continue
      }
      let key = normalized(bytes[i..<end])
      if let value = value(after: end, of: key, in: bytes) {
        found.append(value)
        i = value.upperBound
      } else {
        i = end
      }
    }
    return found
  }

  /// Whether a value may come behind a key that ends at `end`: plain words of a sentence are passed without a look-up.
  private static func isFollowedBySeparator(_ end: Int, in bytes: [UInt8]) -> Bool {
    var i = end
    while i < bytes.count, bytes[i] == 0x22 || bytes[i] == 0x27 || bytes[i] == 0x5C { i += 1 }
    while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x09 { i += 1 }
    return i < bytes.count && (bytes[i] == 0x3A || bytes[i] == 0x3D)
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool { isWordByte(byte) || byte == 0x2D }

  private static func normalized(_ key: ArraySlice<UInt8>) -> [UInt8] {
    key.compactMap { byte in
      if byte == 0x2D || byte == 0x5F { return nil }
      return (0x41...0x5A).contains(byte) ? byte + 32 : byte
    }
  }

  private static func isSecretName(_ key: [UInt8]) -> Bool {
    names.contains { name in
      wholeNames.contains(name) ? key == name : key.count >= name.count && key.suffix(name.count).elementsEqual(name)
    }
  }

  /// The range of the secret behind a key that ends at `end`.
  private static func value(after end: Int, of key: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
    var i = end
    func skipSpaces() { while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x09 { i += 1 } }
    // `Bearer eyJ…` and its like, without a name in front.
    let isScheme = schemes.contains(key)
    if isScheme, i < bytes.count, bytes[i] == 0x20 {
      skipSpaces()
      let start = i
      while i < bytes.count, !isValueEnd(bytes[i], quote: nil) { i += 1 }
      if key.elementsEqual("bearer".utf8) || key.elementsEqual("basic".utf8), i - start >= 8,
        key.elementsEqual("bearer".utf8) || bytes[start..<i].contains(where: { !(0x61...0x7A).contains($0) })
      {
        return start..<i
      }
      i = end
    }
    guard isSecretName(key) else { return nil }
    // The closing quote of a quoted key, the separator, then the value, quoted or not.
    while i < bytes.count, bytes[i] == 0x22 || bytes[i] == 0x27 || bytes[i] == 0x5C { i += 1 }
    skipSpaces()
    guard i < bytes.count, bytes[i] == 0x3A || bytes[i] == 0x3D else { return nil }
    i += 1
    if i < bytes.count, bytes[i] == 0x3D || bytes[i] == 0x3E { i += 1 }
    skipSpaces()
    while i < bytes.count, bytes[i] == 0x5C { i += 1 }
    var quote: UInt8?
    if i < bytes.count, bytes[i] == 0x22 || bytes[i] == 0x27 {
      quote = bytes[i]
      i += 1
    }
    let start = i
    let isHeader = key.elementsEqual("authorization".utf8) || key.elementsEqual("proxyauthorization".utf8)
    let isCookie = key.suffix(6).elementsEqual("cookie".utf8)
    while i < bytes.count {
      // A header's value has spaces in it: it goes on to the end of the line or to its quote.
      if isHeader || isCookie {
        if bytes[i] == 0x0A || bytes[i] == 0x0D || bytes[i] == 0x22 || bytes[i] == 0x27 { break }
      } else if isValueEnd(bytes[i], quote: quote) {
        break
      }
      i += 1
    }
    guard i > start, !bytes[start..<i].elementsEqual(blank) else { return nil }
    return start..<i
  }

  private static func isValueEnd(_ byte: UInt8, quote: UInt8?) -> Bool {
    if let quote { return byte == quote || byte == 0x0A }
    return byte <= 0x20 || [0x22, 0x27, 0x26, 0x2C, 0x3B, 0x29, 0x5D, 0x7D, 0x3C, 0x3E, 0x60].contains(byte)
  }

  private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count - start >= needle.count else { return nil }
    var i = start
    while i + needle.count <= bytes.count {
      if bytes[i] == needle[0], bytes[i..<i + needle.count].elementsEqual(needle) { return i }
      i += 1
    }
    return nil
  }
}
