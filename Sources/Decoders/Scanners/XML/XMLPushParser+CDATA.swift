// CDATA sections, told past libxml2: it would look through all of an open one with every chunk.

internal import CLibXML2
internal import Support

extension XMLPushParser {
  /// A section is open: what the parser holds of it is told, and what comes of it goes past it.
  func startPassing() -> Bool {
    passesCDATA = true
    unsafe state.pointee.ignoresCDATA = true
    unsafe state.pointee.isInCDATA = true
    return tellCDATA(keepingEnd: true)
  }

  /// Tells what is held of the section.
  ///
  /// - Parameter keepingEnd: whether what may be the beginning of the section's end, or of a character, stays.
  /// - Returns: false where there is a byte that XML forbids; then it is the first of what is held.
  private func tellCDATA(keepingEnd: Bool) -> Bool {
    var end = untold.count
    if keepingEnd {
      while end > 0, untold.count - end < 2, untold[end - 1] == 0x5D { end -= 1 }
      if end == untold.count { end = XMLText.safeEnd(untold.span, 0, end) }
    }
    let valid = XMLText.validEnd(untold.span, 0, end)
    guard valid > 0 else { return end == 0 }
    unsafe untold.withUnsafeBufferPointer { buffer in
      guard let target = unsafe state.pointee.target else { return }
      unsafe state.pointee.calls?.text(target, UnsafeBufferPointer(rebasing: buffer[..<valid]))
    }
    unsafe state.pointee.told += valid
    unsafe state.pointee.toldLine += ByteScan.lineEnds(untold.span, 0, valid)
    untold.removeFirst(valid)
    return valid == end
  }

  /// Tells the section's next bytes; at its end the parser reads on.
  func passCDATA(_ bytes: Span<UInt8>, _ start: Int) -> (next: Int, outcome: Outcome) {
    let held = untold.count
    let stop = min(start + Self.sliceSize * 4, bytes.count)
    untold.append(copying: bytes.extracting(start..<stop))
    // The end may have begun with what was held.
    var end = max(0, held - 2)
    while true {
      end = ByteScan.find(0x5D, in: untold.span, from: end)
      guard end + 2 < untold.count else {
        return (stop, tellCDATA(keepingEnd: true) ? .more : .stopped)
      }
      if untold[end + 1] == 0x5D, untold[end + 2] == 0x3E { break }
      end += 1
    }
    let next = start + end + 3 - held
    untold.removeLast(untold.count - end)
    guard tellCDATA(keepingEnd: false) else {
      untold += Self.sectionEnd
      return (next, .stopped)
    }
    endPassing()
    return (next, .more)
  }

  private static let sectionEnd: [UInt8] = [0x5D, 0x5D, 0x3E]

  private func endPassing() {
    passesCDATA = false
    guard let context = unsafe state.pointee.context else { return }
    // What it holds of the section is told already and ignored when it comes.
    _ = unsafe xmlParseChunk(context, "]]>", 3, 0)
    unsafe state.pointee.pass(3)
  }
}
