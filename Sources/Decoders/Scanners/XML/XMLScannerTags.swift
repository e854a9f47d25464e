// Start and end tags, and which elements are open.

extension XMLScanner {
  mutating func scanEndTag<Handler: XMLHandler>(
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

  mutating func close<Handler: XMLHandler>(
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

  mutating func pop<Handler: XMLHandler>(_ name: String, _ handler: inout Handler) {
    open.removeLast()
    handler.end(name)
    if open.isEmpty { handler.endDocument(complete: true) }
  }

  mutating func scanStartTag<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ i: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var nameEnd = i + 1
    while nameEnd < window.count, XMLText.isName(window[nameEnd]) { nameEnd += 1 }
    if nameEnd == window.count, !final, nameEnd - i < maximumTag { return i }
    let name = interner.local(window.extracting(i + 1..<nameEnd))
    tag.clear(name: name, line: lineNumber(i, window))
    var parser = XMLTagParser(origin: i, position: nameEnd, limit: i + maximumTag, isFinal: final)
    let outcome = parser.parse(window, into: &tag, names: &interner)
    if outcome != .needsMore { tag.keep(window.extracting(i..<min(parser.position, window.count))) }
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
      if outcome == .closed, isInside, open.count < maximumDepth {
        handler.element(tag)
        return parser.position
      }
      begin(&handler)
      if outcome == .closed { closeSelf(name, &handler) }
      return parser.position
    }
  }

  mutating func reportAll<Handler: XMLHandler>(
    _ problems: [XMLProblem], _ i: Int, _ window: Span<UInt8>, _ handler: inout Handler
  ) {
    for problem in problems { report(problem, i, window, &handler) }
  }

  mutating func begin<Handler: XMLHandler>(_ handler: inout Handler) {
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

  mutating func closeSelf<Handler: XMLHandler>(_ name: String, _ handler: inout Handler) {
    if excess > 0 { excess -= 1 } else { pop(name, &handler) }
  }

  mutating func skipLongTag<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, _ handler: inout Handler
  ) -> Int {
    var i = start
    while i < window.count {
      if longTagQuote != 0 {
        i = ByteScan.find(longTagQuote, in: window, from: i)
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
