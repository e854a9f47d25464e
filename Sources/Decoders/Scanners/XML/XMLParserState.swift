// What libxml2 calls back, and the state that its callbacks share: they tell the handler, and note up to where everything is told.

internal import CLibXML2
internal import Glibc
internal import Support

/// What the callbacks of one parser share. They reach it by its address, without counting references.
@safe struct XMLParserState {
  var context: xmlParserCtxtPtr?
  /// The handler of the call at hand, and its methods.
  var target: UnsafeMutableRawPointer?
  var calls: XMLHandlerCalls?
  var tag = XMLTag()
  let maximumDepth: Int

  /// The names of the open elements, the root first.
  var open: [String] = []
  /// What a byte's place in the document adds to its place in what was pushed.
  var shift = 0
  var lineShift: Int
  /// Up to here everything was told: the bytes from here on are nobody's yet.
  var told = 0
  /// The 1-based line there.
  var toldLine: Int
  /// Whether that place lies inside a CDATA section.
  var isInCDATA = false
  /// Whether the next section was told already.
  var ignoresCDATA = false
  /// Whether the next end is that of an empty element, which was told with its start.
  var skipsEnd = false
  var hasEnded = false
  /// Whether a limit stopped the parser.
  var isRefused = false

  init(maximumDepth: Int, line: Int) {
    self.maximumDepth = maximumDepth
    lineShift = line - 1
    toldLine = line
  }

  /// Elements may declare this many namespaces in all: each prefix is looked for among them.
  static let namespaceLimit: Int32 = 1000

  /// Everything before the parser's place was told.
  @inline(__always) mutating func advance(by count: Int = 0) {
    guard let context = unsafe context else { return }
    told = unsafe Int(clamping: xml_position(context)) &+ shift &+ count
    toldLine = unsafe Int(xml_line(context)) &+ lineShift
  }

  /// The parser stands behind the end of a section that was told past it: its places count from here anew.
  mutating func pass(_ count: Int) {
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
  mutating func refuse() {
    isRefused = true
    if let context = unsafe context { unsafe xmlStopParser(context) }
  }

  mutating func addNamespaces(
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
  mutating func tellStart() {
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

  mutating func tellEnd() {
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

  mutating func tellText(_ text: UnsafeBufferPointer<UInt8>) {
    guard let context = unsafe context else { return }
    unsafe tell(text)
    // The parser may stand before the text that it hands over, or behind it.
    var count = 0
    let isBefore = unsafe xml_at_hand(context, &count) == text.baseAddress
    advance(by: isBefore ? text.count : 0)
  }

  @inline(__always) mutating func tell(_ text: UnsafeBufferPointer<UInt8>) {
    guard let target = unsafe target else { return }
    isInCDATA = false
    unsafe calls?.text(target, text)
  }

  /// A section, or a piece of one; the parser still stands before it.
  mutating func tellSection(_ text: UnsafeBufferPointer<UInt8>) {
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
