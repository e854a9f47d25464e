// Character data: clean stretches as they are, references and forbidden bytes repaired.

extension XMLScanner {
  mutating func text<Handler: XMLHandler>(
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
  mutating func deliver<Handler: XMLHandler>(
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

  mutating func reference<Handler: XMLHandler>(
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

  mutating func scanCDATA<Handler: XMLHandler>(
    _ window: Span<UInt8>, _ start: Int, final: Bool, _ handler: inout Handler
  ) -> Int {
    var i = start
    while true {
      i = ByteScan.find(0x5D, in: window, from: i)
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
}
