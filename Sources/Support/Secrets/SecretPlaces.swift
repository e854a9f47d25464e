// Secrets by their place: URLs, private keys, webhooks, tokens that are told by what stands inside them.

/// Places that hold secrets.
enum SecretPlaces {
  /// Bytes of a URL that are looked at.
  private static let longestURL = 4_096

  /// The password of `scheme://user:password@host`, or the token of `scheme://token@host`.
  ///
  /// A password should be percent-encoded (RFC 3986), but often is not: where the authority has no `@`, and what stands behind
  /// its colon is no port, a later `@` in front of a host ends a password with `/`, `?` or `#` in it.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - start: behind `://`.
  /// - Returns: where the secret lies; nil where there is none.
  static func userInformation(_ text: Span<UInt8>, _ start: Int) -> Range<Int>? {
    var end = start
    var authority: Int?
    var colon: Int?
    var ats: [Int] = []
    while end < text.count, end - start < longestURL, !isURLEnd(text[end]) {
      switch text[end] {
      case 0x2F, 0x3F, 0x23: authority = authority ?? end
      case 0x3A where authority == nil && colon == nil && ats.isEmpty: colon = end
      case 0x40: ats.append(end)
      default: break
      }
      end += 1
    }
    let limit = authority ?? end
    if let at = ats.last(where: { $0 < limit }) {
      if let colon, colon < at { return colon + 1 < at ? colon + 1..<at : nil }
      // A user's name alone is no secret; a token is.
      return at - start >= 20 || at - start >= 8 && SecretShape.isOpaque(text, start, at, least: 8) ? start..<at : nil
    }
    guard let colon, colon < limit, let at = ats.last(where: { isHost(text, $0 + 1, end) }) else { return nil }
    var isPort = limit > colon + 1 && limit - colon <= 6
    for i in colon + 1..<limit where text[i] &- 0x30 > 9 { isPort = false }
    return isPort ? nil : colon + 1..<at
  }

  private static func isURLEnd(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x22 || byte == 0x27 || byte == 0x3C || byte == 0x3E || byte == 0x60
  }

  /// A host's name, and behind it the end, a port, a path or a query.
  private static func isHost(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var i = start
    while i < end, SecretShape.isNameByte(text[i]) { i += 1 }
    return i > start
      && (i == end || text[i] == 0x3A || text[i] == 0x2F || text[i] == 0x3F || text[i] == 0x2C || text[i] == 0x29)
  }

  private static let opening = Array("-----BEGIN".utf8)
  private static let closing = Array("-----END".utf8)
  private static let keyWords = Array("PRIVATE KEY".utf8)

  /// The end of `-----BEGIN … PRIVATE KEY-----` that begins at `start`: its end mark, or the end of a text that was cut.
  static func privateKeyEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    guard matches(text, start, opening), let words = find(keyWords, text, start, start + 80) else { return nil }
    guard let end = find(closing, text, words, text.count) else { return text.count }
    var stop = end + closing.count
    let bound = min(text.count, stop + 80)
    while stop < bound, text[stop] != 0x2D, text[stop] != 0x0A { stop += 1 }
    while stop < bound, text[stop] == 0x2D { stop += 1 }
    return stop
  }

  /// Hosts of webhooks, and the path in front of what is secret.
  private static let webhooks: [(host: [UInt8], path: [UInt8])] = [
    ("hooks.slack.com", "/"), ("discord.com", "/api/webhooks/"), ("discordapp.com", "/api/webhooks/"),
    ("webhook.office.com", "/"), ("outlook.office.com", "/webhook/"), ("hooks.zapier.com", "/hooks/"),
    ("api.telegram.org", "/bot"), ("maker.ifttt.com", "/"), ("hooks.chime.aws", "/"),
    ("events.pagerduty.com", "/integration/"),
    ("logic.azure.com", "/workflows/"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  /// The secret path of a webhook whose host is the run.
  static func webhook(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    guard end < text.count, text[end] == 0x2F, end - start >= 11 else { return nil }
    for (host, path) in webhooks
    where end - start >= host.count && matches(text, end - host.count, host) && matches(text, end, path) {
      var stop = end + path.count
      while stop < text.count, !isURLEnd(text[stop]), text[stop] != 0x29, text[stop] != 0x2C { stop += 1 }
      return stop > end + path.count + 8 ? end + path.count..<stop : nil
    }
    return nil
  }

  /// `123456789:AA…`, a bot's token at Telegram.
  static func botTokenEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    while i < text.count, i - start < 11, text[i] &- 0x30 < 10 { i += 1 }
    guard i - start >= 8, i + 1 < text.count, text[i] == 0x3A, text[i + 1] == 0x41 else { return nil }
    let body = i + 1
    i = body
    while i < text.count, SecretShape.isNameByte(text[i]), text[i] != 0x2E { i += 1 }
    return (33...40).contains(i - body) ? i : nil
  }

  /// Three parts between dots, the first the base64 of a number: a bot's token at Discord.
  static func dottedTokenEnd(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard text[start] &- 0x4D < 3, end - start >= 55 else { return nil }
    var lengths: [Int] = []
    var part = start
    for i in start...end where lengths.count < 3 && (i == end || text[i] == 0x2E) {
      lengths.append(i - part)
      part = i + 1
    }
    return lengths.count == 3 && (22...30).contains(lengths[0]) && (5...8).contains(lengths[1]) && lengths[2] >= 25
      && SecretShape.isOpaque(text, start, part - 1, least: 20) ? part - 1 : nil
  }

  private static let maxMind = Array("_mmk".utf8)
  private static let infixes: [(mark: [UInt8], before: Int, after: Int)] = [
    (Array("T3BlbkFJ".utf8), 16, 16), (Array(".atlasv1.".utf8), 12, 50),
  ]

  /// Tokens with a mark in their middle or at their end: OpenAI, Terraform, MaxMind, Mailchimp, and Azure's `8Q~`.
  static func infixToken(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    guard end - start >= 5 else { return nil }
    if end < text.count, text[end] == 0x7E, text[end - 1] == 0x51, text[end - 2] &- 0x30 < 10, end - start >= 5 {
      var stop = end + 1
      while stop < text.count, SecretShape.isNameByte(text[stop]) || text[stop] == 0x7E { stop += 1 }
      if (30...36).contains(stop - end - 1) { return max(start, end - 5)..<stop }
    }
    guard end - start >= 36 else { return nil }
    for (mark, before, after) in infixes {
      if let at = find(mark, text, start, end), at - start >= before, end - at - mark.count >= after {
        return start..<end
      }
    }
    if end - start >= 40, matches(text, start + 36, maxMind) { return start..<start + 40 }
    // 32 hex digits and the data centre.
    if text[start + 32] == 0x2D, text[start + 33] == 0x75, text[start + 34] == 0x73 {
      for i in start..<start + 32 where hexDigit(text[i]) > 15 { return nil }
      return start..<start + 35
    }
    return nil
  }

  private static func matches(_ text: Span<UInt8>, _ start: Int, _ word: [UInt8]) -> Bool {
    text.holds(word.span, at: start)
  }

  private static func find(_ word: [UInt8], _ text: Span<UInt8>, _ from: Int, _ to: Int) -> Int? {
    var i = from
    let last = min(to, text.count) - word.count
    while i <= last {
      if text[i] == word[0], matches(text, i, word) { return i }
      i += 1
    }
    return nil
  }
}
