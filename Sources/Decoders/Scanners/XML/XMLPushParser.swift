// libxml2's SAX2 push parser as the reader of one document, from its root element to that element's end.
//
// Everything well-formed is its work. It never sees a DOCTYPE (the scanner steps over what stands before the root), resolves
// nothing but the five entities of XML, and is stopped where a limit is hit. After each callback the place up to which
// everything was told is known to the byte: there the scanner goes on where this parser stops.

internal import CLibXML2
internal import Glibc
internal import Support

/// What the callbacks of one parser share. They reach it by its address, without counting references.
@safe struct XMLParserState {
  fileprivate var context: xmlParserCtxtPtr?
  /// The handler of the call at hand, and its methods.
  fileprivate var target: UnsafeMutableRawPointer?
  fileprivate var calls: XMLHandlerCalls?
  fileprivate var tag = XMLTag()
  fileprivate let maximumDepth: Int

  /// The names of the open elements, the root first.
  fileprivate(set) var open: [String] = []
  /// What a byte's place in the document adds to its place in what was pushed.
  fileprivate var shift = 0
  fileprivate var lineShift: Int
  /// Up to here everything was told: the bytes from here on are nobody's yet.
  fileprivate(set) var told = 0
  /// The 1-based line there.
  fileprivate(set) var toldLine: Int
  /// Whether that place lies inside a CDATA section.
  fileprivate(set) var isInCDATA = false
  /// Whether the next section was told already.
  fileprivate var ignoresCDATA = false
  /// Whether the next end is that of an empty element, which was told with its start.
  fileprivate var skipsEnd = false
  fileprivate(set) var hasEnded = false
  /// Whether a limit stopped the parser.
  fileprivate var isRefused = false

  fileprivate init(maximumDepth: Int, line: Int) {
    self.maximumDepth = maximumDepth
    lineShift = line - 1
    toldLine = line
  }

  /// Elements may declare this many namespaces in all: each prefix is looked for among them.
  fileprivate static let namespaceLimit: Int32 = 1000

  /// Everything before the parser's place was told.
  @inline(__always) fileprivate mutating func advance(by count: Int = 0) {
    guard let context = unsafe context else { return }
    told = unsafe Int(clamping: xml_position(context)) &+ shift &+ count
    toldLine = unsafe Int(xml_line(context)) &+ lineShift
  }

  /// The parser stands behind the end of a section that was told past it: its places count from here anew.
  fileprivate mutating func pass(_ count: Int) {
    guard let context = unsafe context else { return }
    told += count
    unsafe shift = told - Int(clamping: xml_position(context))
    unsafe lineShift = toldLine - Int(xml_line(context))
    isInCDATA = false
    ignoresCDATA = false
  }
}

/// The callbacks. Each tells the handler, and notes up to where everything is told.
enum XMLParserCallbacks {
  /// The table that parsers are made with.
  static var handler: xmlSAXHandler {
    var table = unsafe xmlSAXHandler()
    unsafe table.initialized = XML_SAX2_MAGIC
    unsafe table.startElementNs = { context, name, prefix, _, namespaceCount, namespaces, count, _, attributes in
      guard let state = unsafe context?.assumingMemoryBound(to: XMLParserState.self), let name = unsafe name else {
        return
      }
      unsafe state.pointee.tag.clear(held: name, line: state.pointee.toldLine)
      if let attributes = unsafe attributes {
        for i in 0..<Int(count) {
          guard let key = unsafe attributes[5 * i], let from = unsafe attributes[5 * i + 3],
            let to = unsafe attributes[5 * i + 4]
          else { continue }
          // A value that the parser had to put together ends with a zero, one that stands as written with its quote.
          unsafe state.pointee.tag.add(
            key, prefix: attributes[5 * i + 1], UnsafeBufferPointer(start: from, count: to - from),
            isComposed: to.pointee == 0)
        }
      }
      if namespaceCount > 0, let namespaces = unsafe namespaces {
        unsafe state.pointee.addNamespaces(namespaces, count: Int(namespaceCount))
      }
      unsafe state.pointee.tellStart()
    }
    unsafe table.endElementNs = { context, _, _, _ in
      guard let state = unsafe context?.assumingMemoryBound(to: XMLParserState.self) else { return }
      unsafe state.pointee.tellEnd()
    }
    let text: charactersSAXFunc = { context, bytes, count in
      guard let state = unsafe context?.assumingMemoryBound(to: XMLParserState.self), let bytes = unsafe bytes else {
        return
      }
      unsafe state.pointee.tellText(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    unsafe table.characters = unsafe text
    unsafe table.ignorableWhitespace = unsafe text
    unsafe table.cdataBlock = { context, bytes, count in
      guard let state = unsafe context?.assumingMemoryBound(to: XMLParserState.self), let bytes = unsafe bytes else {
        return
      }
      unsafe state.pointee.tellSection(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
    unsafe table.comment = { context, _ in
      unsafe context?.assumingMemoryBound(to: XMLParserState.self).pointee.advance()
    }
    unsafe table.processingInstruction = { context, _, _ in
      unsafe context?.assumingMemoryBound(to: XMLParserState.self).pointee.advance()
    }
    // No DTD may be there: what stands before the root is stepped over elsewhere.
    unsafe table.internalSubset = { context, _, _, _ in
      unsafe context?.assumingMemoryBound(to: XMLParserState.self).pointee.refuse()
    }
    // Problems are seen in the parser's state; without this they would be printed.
    unsafe table.serror = { _, _ in }
    return unsafe table
  }
}

extension XMLParserState {
  fileprivate mutating func refuse() {
    isRefused = true
    if let context = unsafe context { unsafe xmlStopParser(context) }
  }

  fileprivate mutating func addNamespaces(
    _ namespaces: UnsafeMutablePointer<UnsafePointer<xmlChar>?>, count: Int
  ) {
    for i in 0..<min(count, 64) {
      guard let value = unsafe namespaces[2 * i + 1] else { continue }
      var name = "xmlns"
      if let prefix = unsafe namespaces[2 * i] {
        let text = unsafe XMLPointerNames.made(prefix)
        name = "xmlns:" + text
      }
      let length = unsafe strnlen(UnsafeRawPointer(value).assumingMemoryBound(to: CChar.self), 4096)
      unsafe tag.add(declaration: name, UnsafeBufferPointer(start: value, count: length))
    }
  }

  /// A start tag: it ends at the parser's place, with `>` or `/>`.
  fileprivate mutating func tellStart() {
    guard let context = unsafe context, let target = unsafe target else { return }
    var count = 0
    guard let next = unsafe xml_at_hand(context, &count), count > 0,
      open.count < maximumDepth,
      unsafe xml_namespaces(context) <= 2 * Self.namespaceLimit
    else { return refuse() }
    let isEmpty = unsafe next[0] == 0x2F
    let isClosed = unsafe next[0] == 0x3E
    guard isEmpty || isClosed else { return refuse() }
    advance(by: isEmpty ? 2 : 1)
    isInCDATA = false
    if isEmpty, !open.isEmpty {
      skipsEnd = true
      unsafe calls?.element(target, tag)
      return
    }
    open.append(tag.name)
    unsafe calls?.start(target, tag)
  }

  fileprivate mutating func tellEnd() {
    if skipsEnd {
      skipsEnd = false
      return
    }
    guard let target = unsafe target, let name = open.popLast() else { return }
    advance()
    isInCDATA = false
    unsafe calls?.end(target, name)
    if open.isEmpty {
      hasEnded = true
      if let context = unsafe context { unsafe xmlStopParser(context) }
    }
  }

  fileprivate mutating func tellText(_ text: UnsafeBufferPointer<UInt8>) {
    guard let context = unsafe context else { return }
    unsafe tell(text)
    // The parser may stand before the text that it hands over, or behind it.
    var count = 0
    let isBefore = unsafe xml_at_hand(context, &count) == text.baseAddress
    advance(by: isBefore ? text.count : 0)
  }

  @inline(__always) fileprivate mutating func tell(_ text: UnsafeBufferPointer<UInt8>) {
    guard let target = unsafe target else { return }
    isInCDATA = false
    unsafe calls?.text(target, text)
  }

  /// A section, or a piece of one; the parser still stands before it.
  fileprivate mutating func tellSection(_ text: UnsafeBufferPointer<UInt8>) {
    if ignoresCDATA { return }
    guard let context = unsafe context else { return }
    unsafe tell(text)
    var count = 0
    let next = unsafe xml_at_hand(context, &count)
    var isWhole = false
    if let next = unsafe next, count >= text.count + 3 {
      isWhole = unsafe next[text.count] == 0x5D && next[text.count + 1] == 0x5D && next[text.count + 2] == 0x3E
    }
    advance(by: text.count + (isWhole ? 3 : 0))
    unsafe toldLine += ByteScan.lineEnds(text.span, 0, text.count)
    isInCDATA = !isWhole
  }
}

/// The methods of a handler, callable from C's callbacks.
@safe struct XMLHandlerCalls {
  let start: (UnsafeMutableRawPointer, borrowing XMLTag) -> Void
  let element: (UnsafeMutableRawPointer, borrowing XMLTag) -> Void
  let text: (UnsafeMutableRawPointer, UnsafeBufferPointer<UInt8>) -> Void
  let end: (UnsafeMutableRawPointer, String) -> Void

  init<Handler: XMLHandler>(of type: Handler.Type) {
    unsafe start = { unsafe $0.assumingMemoryBound(to: Handler.self).pointee.start($1) }
    unsafe element = { unsafe $0.assumingMemoryBound(to: Handler.self).pointee.element($1) }
    unsafe text = { unsafe $0.assumingMemoryBound(to: Handler.self).pointee.text($1.span) }
    unsafe end = { unsafe $0.assumingMemoryBound(to: Handler.self).pointee.end($1) }
  }
}

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
