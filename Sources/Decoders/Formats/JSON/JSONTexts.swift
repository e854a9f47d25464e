// JSON texts as symbols, log messages and identities.

internal import Model
internal import Support

/// Turns scanned texts into what records hold, with one scratch buffer for the escaped ones.
struct JSONTexts {
  private var scratch: [UInt8] = []
  /// A batch's table of texts and its messages, lent for the time in which a record is read.
  var symbols = SymbolTable()
  var messages: [UInt8] = []
  /// Longest text that is kept.
  let limit: Int
  /// Tells the member's counted requests from those of others (`RequestID.ofPlaces`).
  let member: UInt64
  var loneSurrogates = 0
  var cut = 0
  /// Identities in base64, which protobuf's own JSON mapping writes and OTLP forbids.
  var base64IDs = 0

  /// What was put right so far, by kind: to be put back where a record is read again.
  var repairs: (lone: Int, cut: Int, base64: Int) {
    get { (loneSurrogates, cut, base64IDs) }
    set { (loneSurrogates, cut, base64IDs) = newValue }
  }

  init(limit: Int, member: UInt64 = 0) {
    self.limit = limit
    self.member = member
  }

  /// Borrows a batch's texts, or gives them back.
  @inline(__always) mutating func exchange(with batch: inout RecordBatch) {
    swap(&symbols, &batch.symbols)
    swap(&messages, &batch.text)
  }

  /// The symbol of a text.
  @inline(__always) mutating func symbol(_ b: Span<UInt8>, _ text: JSONStringSlice)
    -> Symbol
  {
    if text.isEscaped || text.count > limit { return symbolSlow(b, text) }
    return symbols.intern(b.extracting(text.start..<text.end))
  }

  @inline(never) private mutating func symbolSlow(
    _ b: Span<UInt8>, _ text: JSONStringSlice
  ) -> Symbol {
    scratch.removeAll(keepingCapacity: true)
    loneSurrogates += JSONEscapes.append(b, text, to: &scratch)
    if scratch.count > limit {
      cut += 1
      scratch.removeLast(scratch.count - limit)
    }
    return internScratch()
  }

  /// The symbol of what stands in the scratch buffer; the table is taken out meanwhile, for both are parts of this value.
  private mutating func internScratch() -> Symbol {
    var table = SymbolTable()
    swap(&table, &symbols)
    defer { swap(&table, &symbols) }
    return table.intern(scratch.span)
  }

  /// Appends a text to the messages, without the colours of a terminal; its container's and application's headers are stripped on wish,
  /// blanks in front are kept on wish.
  mutating func appendMessage(
    _ b: Span<UInt8>, _ text: JSONStringSlice, stripsHeader: Bool, keepsIndent: Bool = false, _ log: inout LogLine
  ) {
    scratch.removeAll(keepingCapacity: true)
    loneSurrogates += JSONEscapes.append(b, text, to: &scratch)
    if ByteScan.find(0x1B, in: scratch.span, from: 0) < scratch.count,
      let plain = TerminalColours.removed(scratch.span)
    {
      scratch = plain
    }
    if scratch.count > 2, scratch[0] == 0x7B {
      var inner: [UInt8] = []
      if LogText.unwrap(scratch.span, depthLimit: 64, severity: &log.severity, into: &inner) { swap(&inner, &scratch) }
    }
    var range = 0..<scratch.count
    if stripsHeader {
      let content = LogText.content(scratch.span)
      range = content.start..<content.end
      if log.severity.isUnknown { log.severity = content.severity }
    } else {
      range = FieldText.trimmed(scratch.span)
      var start = range.lowerBound
      if keepsIndent, !range.isEmpty {
        while start > 0, scratch[start - 1] == 0x20 || scratch[start - 1] == 0x09 { start -= 1 }
      }
      range = start..<range.upperBound
    }
    if range.count > limit {
      cut += 1
      range = range.lowerBound..<range.lowerBound + limit
    }
    log.textStart = messages.count
    log.textCount = range.count
    messages += scratch[range]
  }

  /// The plain form of a text.
  mutating func unescape(_ b: Span<UInt8>, _ text: JSONStringSlice, into out: inout [UInt8]) {
    loneSurrogates += JSONEscapes.append(b, text, to: &out)
  }

  /// Appends a text that was made of several.
  mutating func append(_ text: [UInt8], _ log: inout LogLine) {
    if text.count > limit { cut += 1 }
    let text = text.prefix(limit)
    log.textStart = messages.count
    log.textCount = text.count
    messages += text
  }

  /// Appends a whole JSON value as a message, without the white space between its parts.
  mutating func appendRaw(_ b: Span<UInt8>, _ range: Range<Int>, _ log: inout LogLine) {
    scratch.removeAll(keepingCapacity: true)
    var isString = false
    var i = range.lowerBound
    while i < range.upperBound, scratch.count < limit {
      let byte = b[i]
      if isString {
        if byte == 0x5C, i + 1 < range.upperBound {
          scratch.append(byte)
          i += 1
        } else if byte == 0x22 {
          isString = false
        }
        scratch.append(b[i])
      } else {
        if byte == 0x22 { isString = true }
        if !Sniffer.isSpace(byte) { scratch.append(byte) }
      }
      i += 1
    }
    if i < range.upperBound { cut += 1 }
    log.textStart = messages.count
    log.textCount = scratch.count
    messages += scratch
  }

  /// The identity of a trace, and the symbol of its text where it is not hex.
  @inline(__always) mutating func request(
    _ b: Span<UInt8>, _ text: JSONStringSlice
  ) -> (RequestID, Symbol) {
    if text.count == 32, let high = HexDigits.sixteen(b, text.start), let low = HexDigits.sixteen(b, text.start &+ 16) {
      return (RequestID(high: high, low: low), .none)
    }
    return requestSlow(b, text)
  }

  /// An escape may stand in an identity, too: encoders of PHP write base64's slash as `\/`, those of .NET its plus as `\u002B`.
  @inline(never) private mutating func requestSlow(
    _ b: Span<UInt8>, _ text: JSONStringSlice
  ) -> (RequestID, Symbol) {
    if text.isEscaped {
      scratch.removeAll(keepingCapacity: true)
      loneSurrogates += JSONEscapes.append(b, text, to: &scratch)
    }
    let read = text.isEscaped ? Base64.request(scratch.span) : Base64.request(b.extracting(text.start..<text.end))
    if read.isBase64 { base64IDs += 1 }
    if read.isKnown { return (read.id, .none) }
    return (read.id, text.isEscaped ? internScratch() : symbol(b, text))
  }

  /// The identity of a span; 0 for none.
  @inline(__always) mutating func span(_ b: Span<UInt8>, _ text: JSONStringSlice) -> UInt64 {
    if text.count == 16, let value = HexDigits.sixteen(b, text.start) { return value }
    return spanSlow(b, text)
  }

  @inline(never) private mutating func spanSlow(_ b: Span<UInt8>, _ text: JSONStringSlice) -> UInt64 {
    if text.isEscaped {
      scratch.removeAll(keepingCapacity: true)
      loneSurrogates += JSONEscapes.append(b, text, to: &scratch)
    }
    let read = text.isEscaped ? Base64.span(scratch.span) : Base64.span(b.extracting(text.start..<text.end))
    if read.isBase64 { base64IDs += 1 }
    return read.id
  }
}

enum HexDigits {
  /// The value of sixteen hex digits of either case, nil where one is none.
  @inline(__always) static func sixteen(_ b: Span<UInt8>, _ at: Int) -> UInt64? {
    guard let high = eight(JSONScanner.load8(b, at)), let low = eight(JSONScanner.load8(b, at &+ 8)) else { return nil }
    return high << 32 | low
  }

  /// The value of eight hex digits in one little-endian word.
  @inline(__always) static func eight(_ word: UInt64) -> UInt64? {
    let highs: UInt64 = 0x8080_8080_8080_8080
    // Digits: 0x30...0x39; letters in lower case: 0x61...0x66.
    let lower = word | 0x2020_2020_2020_2020
    let isDigit =
      ((word | highs) &- 0x3030_3030_3030_3030) & ~((word | highs) &- 0x3A3A_3A3A_3A3A_3A3A) & ~word & highs
    let isLetter =
      ((lower | highs) &- 0x6161_6161_6161_6161) & ~((lower | highs) &- 0x6767_6767_6767_6767) & ~word & highs
    guard isDigit | isLetter == highs else { return nil }
    // Value of each byte: its low four bits, and nine more for a letter.
    let nibbles = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ (isLetter &>> 7) &* 9
    // Eight nibbles, first byte most significant.
    var value = nibbles.byteSwapped
    value = (value | value &>> 4) & 0x00FF_00FF_00FF_00FF
    value = (value | value &>> 8) & 0x0000_FFFF_0000_FFFF
    return (value | value &>> 16) & 0xFFFF_FFFF
  }
}
