// libxml2's SAX2 push parser as the reader of one document, from its root element to that element's end.
//
// Everything well-formed is its work. It never sees a DOCTYPE (the scanner steps over what stands before the root), resolves
// nothing but the five entities of XML, and is stopped where a limit is hit. After each callback the place up to which
// everything was told is known to the byte: there the scanner goes on where this parser stops.

internal import CLibXML2
internal import Glibc
internal import Support

/// One parser. A reference, because C holds the address of its state.
@safe final class XMLPushParser {
  enum Outcome {
    /// All was taken, and more may come.
    case more
    /// The root element has ended: the bytes from `told` on are not the document's.
    case ended
    /// The text is not well-formed at `told`, or beyond a limit.
    case stopped
  }

  private let state: UnsafeMutablePointer<XMLParserState>
  private let maximumTag: Int
  /// Bytes that came and were not told yet: they begin at `told`.
  private(set) var untold: [UInt8] = []
  /// Whether a CDATA section is open that is told past the parser, which would look through all of it with every chunk.
  private var passesCDATA = false

  /// Bytes that are pushed at once: what is a start tag and not complete then is long.
  private static let sliceSize = 16 << 10
  /// A long start tag may have this many attributes: the parser compares each with all.
  private static let attributeLimit = 2000
  private static let isPrepared: Void = forbid_external_entities()

  /// - Parameters:
  ///   - maximumDepth: elements that may be open.
  ///   - maximumTag: bytes of the longest start tag, comment or instruction.
  ///   - line: the 1-based line on which the root element begins.
  init?(maximumDepth: Int, maximumTag: Int, line: Int) {
    self.maximumTag = maximumTag
    _ = Self.isPrepared
    unsafe state = UnsafeMutablePointer<XMLParserState>.allocate(capacity: 1)
    unsafe state.initialize(to: XMLParserState(maximumDepth: maximumDepth, line: line))
    var handler = unsafe XMLParserCallbacks.handler
    guard let context = unsafe xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else { return nil }
    _ = unsafe xmlCtxtUseOptions(context, hardened_xml_options())
    unsafe state.pointee.context = unsafe context
  }

  deinit {
    if let context = unsafe state.pointee.context { unsafe xmlFreeParserCtxt(context) }
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  /// How many bytes of the document were told.
  var told: Int { unsafe state.pointee.told }
  /// The 1-based line there.
  var toldLine: Int { unsafe state.pointee.toldLine }
  var isInCDATA: Bool { unsafe state.pointee.isInCDATA }
  /// The names of the open elements, the root first.
  var open: [String] { unsafe state.pointee.open }

  /// Reads the document's next bytes.
  func feed<Handler: XMLHandler>(_ bytes: Span<UInt8>, _ handler: inout Handler) -> Outcome {
    unsafe withUnsafeMutablePointer(to: &handler) { target in
      unsafe state.pointee.target = UnsafeMutableRawPointer(target)
      unsafe state.pointee.calls = XMLHandlerCalls(of: Handler.self)
      defer { unsafe state.pointee.target = nil }
      var i = 0
      while i < bytes.count {
        let outcome: Outcome
        if passesCDATA {
          (i, outcome) = passCDATA(bytes, i)
        } else {
          let end = min(i + Self.sliceSize, bytes.count)
          outcome = push(bytes.extracting(i..<end))
          i = end
        }
        if outcome == .more { continue }
        untold.append(copying: bytes.extracting(i..<bytes.count))
        return outcome
      }
      return .more
    }
  }

  /// The text has ended: the last bytes are told as far as they go.
  func finish<Handler: XMLHandler>(_ handler: inout Handler) {
    guard !passesCDATA, let context = unsafe state.pointee.context else { return }
    unsafe withUnsafeMutablePointer(to: &handler) { target in
      unsafe state.pointee.target = UnsafeMutableRawPointer(target)
      unsafe state.pointee.calls = XMLHandlerCalls(of: Handler.self)
      defer { unsafe state.pointee.target = nil }
      let received = told + untold.count
      _ = unsafe xmlParseChunk(context, "", 0, 1)
      keep(received - told)
    }
  }

  /// Whether the root element has ended.
  var hasEnded: Bool { unsafe state.pointee.hasEnded }

  private func push(_ slice: Span<UInt8>) -> Outcome {
    guard let context = unsafe state.pointee.context, !isTooLong else {
      untold.append(copying: slice)
      return .stopped
    }
    let received = told + untold.count + slice.count
    unsafe slice.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        _ = unsafe xmlParseChunk(context, text.baseAddress, Int32(text.count), 0)
      }
    }
    let isOver = unsafe state.pointee.hasEnded || state.pointee.isRefused || xml_is_well_formed(context) == 0
    if !isOver { unsafe state.pointee.advance() }
    let wanted = received - told
    if wanted <= slice.count {
      if !untold.isEmpty { untold.removeAll(keepingCapacity: true) }
      if wanted > 0 { untold.append(copying: slice.extracting(last: wanted)) }
    } else {
      untold.append(copying: slice)
      keep(wanted)
    }
    if isOver { return unsafe state.pointee.hasEnded ? .ended : .stopped }
    if unsafe xml_is_in_cdata(context) != 0 { return startPassing() ? .more : .stopped }
    return .more
  }

  /// Keeps the last bytes of those that were not told.
  private func keep(_ wanted: Int) { if untold.count > wanted { untold.removeFirst(untold.count - max(0, wanted)) } }

  /// Whether a token that is not complete is longer than is let pass, or a start tag with too many attributes.
  private var isTooLong: Bool {
    guard untold.count > Self.sliceSize else { return false }
    if untold.count > maximumTag { return true }
    guard untold[0] == 0x3C, XMLText.isName(untold[1]) else { return false }
    var attributes = 0
    for i in 1..<untold.count where untold[i - 1] == 0x3D && (untold[i] == 0x22 || untold[i] == 0x27) {
      attributes += 1
    }
    return attributes > Self.attributeLimit
  }

  // MARK: - CDATA

  /// A section is open: what the parser holds of it is told, and what comes of it goes past it.
  private func startPassing() -> Bool {
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
  private func passCDATA(_ bytes: Span<UInt8>, _ start: Int) -> (next: Int, outcome: Outcome) {
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
