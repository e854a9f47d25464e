// What is stepped over: comments, instructions, unknown sections, the DOCTYPE.

extension XMLScanner {
  mutating func skip(
    until mark: (UInt8, UInt8, UInt8), _ window: Span<UInt8>, _ start: Int, final: Bool
  ) -> Int {
    var i = start
    while true {
      i = ByteScan.find(mark.0, in: window, from: i)
      guard i + 2 < window.count else { return final ? window.count : max(start, min(i, window.count)) }
      if window[i + 1] == mark.1, window[i + 2] == mark.2 {
        state = .content
        return i + 3
      }
      i += 1
    }
  }

  mutating func skipInstruction(_ window: Span<UInt8>, _ start: Int, final: Bool) -> Int {
    var i = start
    while true {
      i = ByteScan.find(0x3F, in: window, from: i)
      guard i + 1 < window.count else { return final ? window.count : max(start, min(i, window.count)) }
      if window[i + 1] == 0x3E {
        state = .content
        return i + 2
      }
      i += 1
    }
  }

  mutating func skipSection(_ window: Span<UInt8>, _ start: Int) -> Int {
    let end = ByteScan.find(0x3E, in: window, from: start)
    if end < window.count { state = .content }
    return min(end + 1, window.count)
  }

  mutating func skipDoctype<Handler: XMLHandler>(
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

  mutating func startInstruction<Handler: XMLHandler>(
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

  mutating func startSection<Handler: XMLHandler>(
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
}
