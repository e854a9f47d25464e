// The attributes of one start tag, read strictly where they are well-formed and plausibly where they are not.

/// Reads from behind the element's name to behind the `>`.
struct XMLTagParser {
  enum Outcome { case open, closed, needsMore, tooLong }

  var position: Int
  /// Where the tag's `<` stands.
  let origin: Int
  /// The first position that is too far.
  let limit: Int
  /// Whether no more bytes will come.
  let isFinal: Bool
  /// The quote of the value that the limit cut off.
  private(set) var quote: UInt8 = 0
  private(set) var problems: [XMLProblem] = []

  init(origin: Int, position: Int, limit: Int, isFinal: Bool) {
    self.origin = origin
    self.position = position
    self.limit = limit
    self.isFinal = isFinal
  }

  mutating func parse(_ window: Span<UInt8>, into tag: inout XMLTag, names: inout XMLNames) -> Outcome {
    while true {
      skipSpace(window)
      guard position < window.count else { return short(window) }
      if position >= limit { return .tooLong }
      switch window[position] {
      case 0x3E:
        position += 1
        return .open
      case 0x2F:
        guard position + 1 < window.count else { return short(window) }
        if window[position + 1] == 0x3E {
          position += 2
          return .closed
        }
        note(.attributeSyntax)
        position += 1
      case 0x3C:
        // The `>` is missing: the next tag begins.
        note(.attributeSyntax)
        return .open
      default:
        if let outcome = attribute(window, into: &tag, names: &names) { return outcome }
      }
    }
  }

  private mutating func note(_ problem: XMLProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  private func short(_ window: Span<UInt8>) -> Outcome { window.count >= limit ? .tooLong : .needsMore }

  private mutating func skipSpace(_ window: Span<UInt8>) {
    while position < window.count, Sniffer.isSpace(window[position]) { position += 1 }
  }

  private mutating func attribute(_ window: Span<UInt8>, into tag: inout XMLTag, names: inout XMLNames) -> Outcome? {
    let start = position
    while position < window.count, XMLText.isName(window[position]) { position += 1 }
    guard position < window.count else { return short(window) }
    if position == start {
      note(.attributeSyntax)
      position += 1
      return nil
    }
    let name = names.text(window.extracting(start..<position))
    skipSpace(window)
    guard position < window.count else { return short(window) }
    guard window[position] == 0x3D else {
      note(.attributeSyntax)
      _ = tag.close(attribute: name)
      return nil
    }
    position += 1
    skipSpace(window)
    guard position < window.count else { return short(window) }
    let first = window[position]
    guard first == 0x22 || first == 0x27 else {
      note(.attributeSyntax)
      let bare = position
      while position < window.count, !Sniffer.isSpace(window[position]), window[position] != 0x3E { position += 1 }
      guard position < window.count else { return short(window) }
      add(name, window, bare, position, to: &tag)
      return nil
    }
    let value = position + 1
    if let end = XMLText.plainQuote(window, value, first), quoteEnds(window, end) == true {
      if !tag.close(attribute: name, plain: value - origin..<end - origin) { note(.duplicateAttribute) }
      position = end + 1
      return nil
    }
    guard let end = valueEnd(window, value, quote: first) else {
      guard window.count >= limit else { return .needsMore }
      add(name, window, value, min(window.count, limit), to: &tag)
      position = window.count
      quote = first
      return .tooLong
    }
    add(name, window, value, end, to: &tag)
    position = end + 1
    return nil
  }

  /// Adds an attribute with its raw value.
  private mutating func add(
    _ name: (text: String, number: Int), _ window: Span<UInt8>, _ start: Int, _ end: Int, to tag: inout XMLTag
  ) {
    let isNew: Bool
    if XMLText.plainEnd(window, start, end) == end {
      isNew = tag.close(attribute: name, plain: start - origin..<end - origin)
    } else {
      decode(window, start, end, into: &tag)
      isNew = tag.close(attribute: name)
    }
    if !isNew { note(.duplicateAttribute) }
  }

  /// The quote that ends a value: the first one that something plausible follows.
  private mutating func valueEnd(_ window: Span<UInt8>, _ start: Int, quote: UInt8) -> Int? {
    var i = start
    while true {
      i = ByteScan.find(quote, in: window, from: i)
      guard i < window.count else { return nil }
      guard let ends = quoteEnds(window, i) else { return isFinal ? i : nil }
      if ends { return i }
      note(.rawMarkup)
      i += 1
    }
  }

  /// Whether the quote at `i` ends its value: behind it comes the tag's end, the next tag, or another `name="`. Nil where
  /// that cannot be seen yet.
  private func quoteEnds(_ window: Span<UInt8>, _ quote: Int) -> Bool? {
    var i = quote + 1
    while i < window.count, Sniffer.isSpace(window[i]) { i += 1 }
    guard i < window.count else { return nil }
    switch window[i] {
    case 0x3E: return true
    case 0x3C:
      guard i + 1 < window.count else { return nil }
      let starts = window[i + 1] == 0x2F || window[i + 1] == 0x21 || XMLText.isName(window[i + 1])
      return starts && (i == quote + 1 || window.extracting(quote + 1..<i).contains(0x0A))
    case 0x2F: return i + 1 < window.count ? window[i + 1] == 0x3E : nil
    default: break
    }
    let name = i
    while i < window.count, XMLText.isName(window[i]) { i += 1 }
    guard i < window.count else { return nil }
    guard i > name else { return false }
    while i < window.count, Sniffer.isSpace(window[i]) { i += 1 }
    guard i < window.count else { return nil }
    guard window[i] == 0x3D else { return false }
    i += 1
    while i < window.count, Sniffer.isSpace(window[i]) { i += 1 }
    guard i < window.count else { return nil }
    return window[i] == 0x22 || window[i] == 0x27
  }

  /// Appends a raw value to the tag: references resolved, white space as XML wants it, forbidden bytes taken out.
  private mutating func decode(_ window: Span<UInt8>, _ start: Int, _ end: Int, into tag: inout XMLTag) {
    var i = start
    while i < end {
      let plain = XMLText.plainEnd(window, i, end)
      if plain > i {
        tag.append(window.extracting(i..<plain))
        i = plain
        continue
      }
      let byte = window[i]
      switch byte {
      case 0x26:
        let reference = XMLText.reference(window, i, end)
        switch reference.value {
        case .scalar(let scalar): tag.append(scalar: scalar)
        case .forbidden:
          note(.controlCharacter)
          i = XMLText.colourEnd(window, reference.end, end)
          continue
        case .undefined:
          note(.undefinedEntity)
          tag.append(window.extracting(i..<reference.end))
        case .none:
          note(.rawAmpersand)
          tag.append(byte)
        }
        i = reference.end
      case 0x3C:
        note(.rawMarkup)
        tag.append(byte)
        i += 1
      case 0x0D:
        // A line end is one space, of two characters too.
        if i + 1 >= end || window[i + 1] != 0x0A { tag.append(0x20) }
        i += 1
      case 0x09, 0x0A:
        tag.append(0x20)
        i += 1
      case 0..<0x20:
        note(.controlCharacter)
        i = XMLText.controlEnd(window, i, end)
      case 0x80...:
        let length = UTF8Check.sequenceLength(window.extracting(0..<end), i)
        if length == 0 {
          note(.badUTF8)
          tag.append(scalar: 0xFFFD)
          i += 1
        } else {
          tag.append(window.extracting(i..<i + length))
          i += length
        }
      default:
        tag.append(byte)
        i += 1
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether the byte is among these.
  func contains(_ byte: UInt8) -> Bool { ByteScan.find(byte, in: self, from: 0) < count }
}
