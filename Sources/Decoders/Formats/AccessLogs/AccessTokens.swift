// A line as tokens: bare words, quoted texts, texts in brackets and braces.

internal import Model
internal import Support

/// One token of an access line, its marks included.
struct AccessToken {
  enum Kind: UInt8 {
    case bare
    case quoted
    case bracket
    case brace
  }

  var start: Int
  var end: Int
  var kind: Kind

  /// Without quotes, brackets or braces.
  var inner: Range<Int> { kind == .bare ? start..<end : start &+ 1..<end &- 1 }
  var whole: Range<Int> { start..<end }
}

/// Cuts a line; the array of tokens is used again for each.
///
/// A quoted text ends at a quote that no backslash escapes (Apache, nginx, Envoy) and behind which a token may end. A
/// bracket or brace that is not closed is a bare word. A bare word goes on through quotes inside it (`ua="…"`), and a comma
/// before a blank joins it with the next word: so upstream lists are one token (`10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80`).
struct AccessTokens {
  private(set) var tokens: [AccessToken] = []
  /// More tokens than this has no access line.
  static let most = 96

  var count: Int { tokens.count }

  subscript(_ index: Int) -> AccessToken { tokens[index] }

  init() { tokens.reserveCapacity(48) }

  /// Cuts the line from a place on; false where it has too many tokens.
  mutating func cut(_ b: Span<UInt8>, from start: Int) -> Bool {
    tokens.removeAll(keepingCapacity: true)
    var i = start
    while true {
      while i < b.count, b[i] == 0x20 || b[i] == 0x09 { i &+= 1 }
      guard i < b.count else { return true }
      guard tokens.count < Self.most else { return false }
      let token = token(b, i)
      tokens.append(token)
      i = token.end
    }
  }

  private func token(_ b: Span<UInt8>, _ start: Int) -> AccessToken {
    switch b[start] {
    case 0x22:
      if let end = quoteEnd(b, start) { return AccessToken(start: start, end: end, kind: .quoted) }
    case 0x5B:
      // `[fd00::1]:8080`: an address, not a field in brackets.
      if let end = closing(b, start, 0x5B, 0x5D), end &+ 1 >= b.count || b[end] != 0x3A || b[end &+ 1] &- 0x30 > 9 {
        return AccessToken(start: start, end: end, kind: .bracket)
      }
    case 0x7B:
      if let end = closing(b, start, 0x7B, 0x7D) { return AccessToken(start: start, end: end, kind: .brace) }
    default: break
    }
    return AccessToken(start: start, end: wordEnd(b, start), kind: .bare)
  }

  /// One past the closing quote of a text, nil where there is none.
  private func quoteEnd(_ b: Span<UInt8>, _ start: Int) -> Int? {
    var i = ByteScan.find(0x22, in: b, from: start &+ 1)
    while i < b.count {
      // Backslashes in front of it, of which each second one is escaped itself.
      var first = i
      while first > start &+ 1, b[first &- 1] == 0x5C { first &-= 1 }
      if (i &- first) & 1 == 0, i &+ 1 >= b.count || b[i &+ 1] <= 0x20 || b[i &+ 1] == 0x2C { return i &+ 1 }
      i = ByteScan.find(0x22, in: b, from: i &+ 1)
    }
    return nil
  }

  private func closing(_ b: Span<UInt8>, _ start: Int, _ open: UInt8, _ close: UInt8) -> Int? {
    var depth = 0
    var i = start
    while i < b.count {
      if b[i] == open { depth &+= 1 }
      if b[i] == close {
        depth &-= 1
        if depth == 0 { return i &+ 1 }
      }
      i &+= 1
    }
    return nil
  }

  private func wordEnd(_ b: Span<UInt8>, _ start: Int) -> Int {
    var i = start
    while i < b.count {
      let byte = b[i]
      if byte == 0x22, i > start, b[i &- 1] == 0x3D, let end = quoteEnd(b, i) {
        i = end
        continue
      }
      if byte == 0x20 || byte == 0x09 {
        // `a, b` and `a : b` are lists.
        if i &+ 1 < b.count, b[i &- 1] == 0x2C, b[i &+ 1] > 0x20 {
          i &+= 1
          continue
        }
        if i &+ 2 < b.count, byte == 0x20, b[i &+ 1] == 0x3A, b[i &+ 2] == 0x20 {
          i &+= 3
          continue
        }
        break
      }
      i &+= 1
    }
    return i
  }
}
