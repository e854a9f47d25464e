// A push scanner for XML that goes on where a parser must stop.
//
// Real test reports hold ANSI escapes, bare `<`, `&` and quotes in attribute values, logs around the XML, and ends that a
// crash cut off. A conforming parser gives up at the first of them, and a repairing filter in front of one has to know
// the whole syntax itself. So this scanner is both: it reads well-formed XML as a parser does (the tests compare it with
// libxml2, event by event), and where the text is not well-formed it takes the most plausible reading and reports the
// trouble. It has no DTD, no entities of its own, and opens nothing; memory is bounded by one start tag.

internal import Core

struct XMLScanner {
  /// What the bytes at the front belong to.
  enum State {
    case content
    case cdata
    case comment
    case instruction
    case doctype
    case section
    /// The rest of a start tag that is longer than the limit.
    case longTag
  }

  let maximumDepth: Int
  let maximumTag: Int

  var state = State.content
  /// Bytes of a token that is not complete yet.
  private var carry: [UInt8] = []
  /// With fewer bytes than this, trying again is pointless: it keeps a token that comes in crumbs from costing squares.
  private var retryAt = 0
  private var tag = XMLTag()
  private var open: [String] = []
  /// Open elements below the depth limit.
  private var excess = 0
  private var documents = 0
  private var longTagQuote: UInt8 = 0
  private var longTagLast: UInt8 = 0
  private var longTagDropped = false
  private var doctype = XMLDoctype()
  /// The 1-based line at `linePosition` of the window that is being scanned.
  private var line = 1
  private var linePosition = 0
  private var spokeOfOutside = false
  /// Whether blanks came before the first document.
  private var sawLeadingSpace = false
  private var interner = XMLNames()

  init(maximumDepth: Int, maximumTag: Int) {
    self.maximumDepth = maximumDepth
    self.maximumTag = maximumTag
  }

  /// Whether an element is open.
  var isInside: Bool { !open.isEmpty }

  mutating func feed<Handler: XMLHandler>(_ bytes: Span<UInt8>, _ handler: inout Handler) {
    if carry.isEmpty {
      let done = scan(bytes, final: false, &handler)
      moveLine(to: done, in: bytes)
      linePosition = 0
      for i in done..<bytes.count { carry.append(bytes[i]) }
      retryAt = carry.isEmpty || done > 0 ? 0 : carry.count * 2
      return
    }
    carry.reserveCapacity(carry.count + bytes.count)
    for i in bytes.indices { carry.append(bytes[i]) }
    if carry.count >= retryAt { scanCarry(final: false, &handler) }
  }

  /// The text has ended: what is left is read as far as it goes.
  mutating func finish<Handler: XMLHandler>(_ handler: inout Handler) {
    scanCarry(final: true, &handler)
    let wasCut = state != .content || !carry.isEmpty || isInside
    if wasCut {
      handler.problem(.unclosed, line: line)
      handler.endDocument(complete: false)
    }
    open.removeAll()
    carry.removeAll()
    excess = 0
  }

  private mutating func scanCarry<Handler: XMLHandler>(final: Bool, _ handler: inout Handler) {
    let window = carry
    carry = []
    let done = scan(window.span, final: final, &handler)
    moveLine(to: done, in: window.span)
    linePosition = 0
    if done == 0 {
      carry = window
      retryAt = window.count * 2
    } else {
      carry = Array(window[done...])
      retryAt = 0
    }
  }

  // MARK: - Lines

  private mutating func moveLine(to position: Int, in window: Span<UInt8>) {
    guard position > linePosition else { return }
    var count = 0
    unsafe window.withUnsafeBufferPointer { buffer in
      for i in linePosition..<position where unsafe buffer[i] == 0x0A { count &+= 1 }
    }
    line += count
    linePosition = position
  }

  private mutating func lineNumber(_ position: Int, _ window: Span<UInt8>) -> Int {
    moveLine(to: position, in: window)
    return line
  }

  // MARK: - The loop

  /// Reads tokens until the window holds no complete one.
  ///
  /// - Returns: how many bytes were used.
  private mutating func scan<Handler: XMLHandler>(
    _ window: Span<UInt8>, final: Bool, _ handler: inout Handler
  ) -> Int {
    var i = 0
    while i < window.count {
      let next: Int
      switch state {
      case .content: next = scanContent(window, i, final: final, &handler)
      case .cdata: next = scanCDATA(window, i, final: final, &handler)
      case .comment: next = skip(until: (0x2D, 0x2D, 0x3E), window, i, final: final)
      case .instruction: next = skipInstruction(window, i, final: final)
      case .section: next = skipSection(window, i)
      case .doctype: next = skipDoctype(window, i, &handler)
      case .longTag: next = skipLongTag(window, i, &handler)
      }
      if next == i { break }
      i = next
    }
    return i
  }

  private mutating func scanContent<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var i = start
    if window[i] != 0x3C {
      i = XMLText.find(0x3C, in: window, from: i)
      var stop = i
      if i == window.count, !final { stop = XMLText.safeEnd(window, start, i) }
      if stop > start { text(window, start, stop, &handler) }
      return stop
    }
    guard i + 1 < window.count else {
      if final { text(window, i, i + 1, &handler) }
      return final ? i + 1 : i
    }
    switch window[i + 1] {
    case 0x2F: return scanEndTag(window, i, final: final, &handler)
    case 0x3F: return startInstruction(window, i, final: final, &handler)
    case 0x21: return startSection(window, i, final: final, &handler)
    case 0x3A, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...:
      return scanStartTag(window, i, final: final, &handler)
    default:
      if isInside { report(.rawMarkup, i, window, &handler) }
      text(window, i, i + 1, &handler)
      return i + 1
    }
  }

  private mutating func report<Handler: XMLHandler>(
    _ problem: XMLProblem, _ position: Int, _ window: Span<UInt8>, _ handler: inout Handler
  ) {
    handler.problem(problem, line: lineNumber(position, window))
  }

  // MARK: - Text

  private mutating func text<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, _ end: Int, _ handler: inout Handler
  ) {
    if isInside {
      deliver(window, start, end, entities: true, &handler)
      return
    }
    if documents == 0, start < end, Sniffer.isSpace(window[start]) { sawLeadingSpace = true }
    if spokeOfOutside { return }
    for i in start..<end where !Sniffer.isSpace(window[i]) {
      if i + 2 < end, window[i] == 0xEF, window[i + 1] == 0xBB, window[i + 2] == 0xBF { continue }
      if window[i] == 0xBB || window[i] == 0xBF { continue }
      report(documents == 0 ? .leadingText : .trailingText, i, window, &handler)
      spokeOfOutside = true
      return
    }
  }

  /// Hands text over in clean stretches, repairing what lies between them.
  private mutating func deliver<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, _ end: Int, entities: Bool, _ handler: inout Handler
  ) {
    var clean = start
    var i = start
    while true {
      i = XMLText.cleanEnd(window, i, end)
      guard i < end else { break }
      let byte = window[i]
      if byte == 0x26, !entities {
        i += 1
        continue
      }
      if byte >= 0x80 {
        let length = UTF8Check.sequenceLength(window.extracting(0..<end), i)
        if length > 0 {
          i += length
          continue
        }
      }
      if i > clean { handler.text(window.extracting(clean..<i)) }
      if byte == 0x26 {
        i = reference(window, i, end, &handler)
      } else if byte >= 0x80 {
        report(.badUTF8, i, window, &handler)
        let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
        handler.text(replacement.span)
        i += 1
      } else {
        report(.controlCharacter, i, window, &handler)
        i = XMLText.controlEnd(window, i, end)
      }
      clean = i
    }
    if end > clean { handler.text(window.extracting(clean..<end)) }
  }

  private mutating func reference<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, _ end: Int, _ handler: inout Handler
  ) -> Int {
    let reference = XMLText.reference(window, i, end)
    var out: [UInt8] = []
    switch reference.value {
    case .scalar(let scalar): UTF8Check.append(scalar, to: &out)
    case .forbidden:
      report(.controlCharacter, i, window, &handler)
      return XMLText.colourEnd(window, reference.end, end)
    case .undefined:
      report(.undefinedEntity, i, window, &handler)
      for k in i..<reference.end { out.append(window[k]) }
    case .none:
      report(.rawAmpersand, i, window, &handler)
      out.append(0x26)
    }
    handler.text(out.span)
    return reference.end
  }

  private mutating func scanCDATA<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var i = start
    while true {
      i = XMLText.find(0x5D, in: window, from: i)
      if i + 2 < window.count {
        if window[i + 1] == 0x5D, window[i + 2] == 0x3E {
          if i > start { deliver(window, start, i, entities: false, &handler) }
          state = .content
          return i + 3
        }
        i += 1
        continue
      }
      let stop = final ? window.count : XMLText.safeEnd(window, start, min(i, window.count))
      if stop > start { deliver(window, start, stop, entities: false, &handler) }
      return stop
    }
  }

  // MARK: - What is skipped

  private mutating func skip(
    until mark: (UInt8, UInt8, UInt8), _ window: Span<UInt8>, _ start: Int, final: Bool
  ) -> Int {
    var i = start
    while true {
      i = XMLText.find(mark.0, in: window, from: i)
      guard i + 2 < window.count else { return final ? window.count : max(start, min(i, window.count)) }
      if window[i + 1] == mark.1, window[i + 2] == mark.2 {
        state = .content
        return i + 3
      }
      i += 1
    }
  }

  private mutating func skipInstruction(_ window: Span<UInt8>, _ start: Int, final: Bool) -> Int {
    var i = start
    while true {
      i = XMLText.find(0x3F, in: window, from: i)
      guard i + 1 < window.count else { return final ? window.count : max(start, min(i, window.count)) }
      if window[i + 1] == 0x3E {
        state = .content
        return i + 2
      }
      i += 1
    }
  }

  private mutating func skipSection(_ window: Span<UInt8>, _ start: Int) -> Int {
    let end = XMLText.find(0x3E, in: window, from: start)
    if end < window.count { state = .content }
    return min(end + 1, window.count)
  }

  private mutating func skipDoctype<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, _ handler: inout Handler
  ) -> Int {
    var i = start
    while i < window.count {
      let byte = window[i]
      i += 1
      if doctype.take(byte) {
        state = .content
        if doctype.declaresEntities {
          report(.entityDeclarations, i, window, &handler)
        } else if doctype.isExternal {
          report(.externalDTD, i, window, &handler)
        }
        break
      }
    }
    return i
  }

  private mutating func startInstruction<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    guard i + 6 <= window.count || final else { return i }
    let declares = XMLText.matches("<?xml", window, i) && i + 5 < window.count && Sniffer.isSpace(window[i + 5])
    if declares, isInside {
      // A new report begins although the last one never ended.
      report(.unclosed, i, window, &handler)
      open.removeAll()
      excess = 0
      handler.endDocument(complete: false)
    }
    // A declaration may stand at the very beginning only: strict readers refuse the file.
    if declares, documents == 0, sawLeadingSpace, !spokeOfOutside {
      report(.leadingText, i, window, &handler)
      spokeOfOutside = true
    }
    state = .instruction
    return i + 2
  }

  private mutating func startSection<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    guard i + 9 <= window.count || final || XMLText.matches("<!--", window, i) else { return i }
    if XMLText.matches("<!--", window, i) {
      state = .comment
      return i + 4
    }
    if XMLText.matches("<![CDATA[", window, i) {
      state = .cdata
      return i + 9
    }
    if XMLText.matches("<!DOCTYPE", window, i), !isInside {
      doctype = XMLDoctype()
      state = .doctype
      return i + 9
    }
    report(.badSection, i, window, &handler)
    state = .section
    return i + 2
  }

  // MARK: - Tags

  private mutating func scanEndTag<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var end = i + 2
    while end < window.count, window[end] != 0x3E, window[end] != 0x3C { end += 1 }
    if end == window.count {
      if !final, end - i < maximumTag { return i }
      // Too long for a name, or cut: it closes nothing.
      if end - i >= maximumTag { report(.strayEnd, i, window, &handler) }
      return final ? i : end
    }
    var nameEnd = i + 2
    while nameEnd < end, XMLText.isName(window[nameEnd]) { nameEnd += 1 }
    let name = interner.local(window.extracting(i + 2..<nameEnd))
    close(name, i, window, &handler)
    if window[end] == 0x3C {
      report(.attributeSyntax, i, window, &handler)
      return end
    }
    return end + 1
  }

  private mutating func close<Handler: XMLHandler>(
    _ name: String, _ i: Int, _ window: Span<UInt8>, _ handler: inout Handler
  ) {
    if excess > 0 {
      excess -= 1
      return
    }
    guard let last = open.last else {
      report(.strayEnd, i, window, &handler)
      return
    }
    if last != name {
      guard open.contains(name) else {
        report(.strayEnd, i, window, &handler)
        return
      }
      report(.mismatchedEnd, i, window, &handler)
      while let inner = open.last, inner != name { pop(inner, &handler) }
    }
    pop(name, &handler)
  }

  private mutating func pop<Handler: XMLHandler>(_ name: String, _ handler: inout Handler) {
    open.removeLast()
    handler.end(name)
    if open.isEmpty { handler.endDocument(complete: true) }
  }

  private mutating func scanStartTag<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var nameEnd = i + 1
    while nameEnd < window.count, XMLText.isName(window[nameEnd]) { nameEnd += 1 }
    if nameEnd == window.count, !final, nameEnd - i < maximumTag { return i }
    let name = interner.local(window.extracting(i + 1..<nameEnd))
    tag.clear(name: name, line: lineNumber(i, window))
    var parser = XMLTagParser(position: nameEnd, limit: i + maximumTag, isFinal: final)
    let outcome = parser.parse(window, into: &tag, names: &interner)
    switch outcome {
    case .needsMore:
      return i
    case .tooLong:
      reportAll(parser.problems, i, window, &handler)
      report(.startTagLimit, i, window, &handler)
      begin(&handler)
      longTagQuote = parser.quote
      longTagLast = 0
      state = .longTag
      return parser.position
    case .open, .closed:
      reportAll(parser.problems, i, window, &handler)
      begin(&handler)
      if outcome == .closed { closeSelf(name, &handler) }
      return parser.position
    }
  }

  private mutating func reportAll<Handler: XMLHandler>(
    _ problems: [XMLProblem], _ i: Int, _ window: Span<UInt8>, _ handler: inout Handler
  ) {
    for problem in problems { report(problem, i, window, &handler) }
  }

  private mutating func begin<Handler: XMLHandler>(_ handler: inout Handler) {
    if open.count >= maximumDepth {
      if excess == 0 { handler.problem(.depthLimit, line: tag.line) }
      excess += 1
      handler.tooDeep(tag.name)
      return
    }
    if open.isEmpty {
      documents += 1
      spokeOfOutside = false
      if documents == 2 { handler.problem(.severalDocuments, line: tag.line) }
    }
    open.append(tag.name)
    handler.start(tag)
  }

  private mutating func closeSelf<Handler: XMLHandler>(_ name: String, _ handler: inout Handler) {
    if excess > 0 { excess -= 1 } else { pop(name, &handler) }
  }

  private mutating func skipLongTag<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, _ handler: inout Handler
  ) -> Int {
    var i = start
    while i < window.count {
      if longTagQuote != 0 {
        i = XMLText.find(longTagQuote, in: window, from: i)
        if i < window.count {
          longTagQuote = 0
          i += 1
        }
        continue
      }
      let byte = window[i]
      i += 1
      if byte == 0x22 || byte == 0x27 {
        longTagQuote = byte
      } else if byte == 0x3E {
        state = .content
        if longTagLast == 0x2F { closeSelf(tag.name, &handler) }
        return i
      }
      longTagLast = byte
    }
    return i
  }
}
