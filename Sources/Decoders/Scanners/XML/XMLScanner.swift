internal import Model
internal import Support
// A push scanner for XML that goes on where a parser must stop.
//
// Real test reports hold ANSI escapes, bare `<`, `&` and quotes in attribute values, logs around the XML, and ends that a
// crash cut off. libxml2 reads what is well-formed (`XMLPushParser`) and stops at the first of them. This scanner reads what
// stands around documents, and goes on where the parser stopped: it takes the most plausible reading and reports the
// trouble. It has no DTD, no entities of its own, and opens nothing; memory is bounded by one start tag.

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
  var tag = XMLTag()
  var open: [String] = []
  /// Open elements below the depth limit.
  var excess = 0
  var documents = 0
  var longTagQuote: UInt8 = 0
  var longTagLast: UInt8 = 0
  var doctype = XMLDoctype()
  /// The 1-based line at `linePosition` of the window that is being scanned.
  private var line = 1
  private var linePosition = 0
  var spokeOfOutside = false
  /// Whether blanks came before the first document.
  var sawLeadingSpace = false
  var interner = XMLNames()
  /// Whether a root element is left to the parser; otherwise all of it is read here.
  private var leavesNow: Bool
  /// Whether the bytes at hand begin with a root element that the parser is to read.
  private(set) var standsAtDocument = false

  init(maximumDepth: Int, maximumTag: Int, leavesDocuments: Bool = false) {
    leavesNow = leavesDocuments
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
      carry.append(copying: bytes.extracting(done..<bytes.count))
      retryAt = carry.isEmpty || done > 0 ? 0 : carry.count * 2
      return
    }
    carry.reserveCapacity(carry.count + bytes.count)
    carry.append(copying: bytes)
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

  // MARK: - Beside a parser

  /// The bytes from the root element on, and the line on which it begins.
  mutating func takeDocument() -> (bytes: [UInt8], line: Int) {
    defer {
      carry = []
      retryAt = 0
      standsAtDocument = false
    }
    return (carry, line)
  }

  /// A parser has read a document to its end.
  mutating func documentEnded(at line: Int) {
    documents += 1
    spokeOfOutside = false
    self.line = line
  }

  /// A parser has stopped inside a document: the next bytes go on there.
  mutating func goOn(inside elements: [String], isInCDATA: Bool, line: Int) {
    if !elements.isEmpty {
      documents += 1
      spokeOfOutside = false
    }
    open = elements
    state = isInCDATA ? .cdata : .content
    self.line = line
    hasGoneOn = true
  }

  /// Whether a parser has stopped: all documents are read here then.
  private var hasGoneOn: Bool {
    get { !leavesNow }
    set { leavesNow = !newValue }
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
    let count = ByteScan.lineEnds(window, linePosition, position)
    line += count
    linePosition = position
  }

  mutating func lineNumber(_ position: Int, _ window: Span<UInt8>) -> Int {
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
    while i < window.count, !standsAtDocument {
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
      i = ByteScan.find(0x3C, in: window, from: i)
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
      if leavesNow, !isInside {
        standsAtDocument = true
        return i
      }
      return scanStartTag(window, i, final: final, &handler)
    default:
      if isInside { report(.rawMarkup, i, window, &handler) }
      text(window, i, i + 1, &handler)
      return i + 1
    }
  }

  mutating func report<Handler: XMLHandler>(
    _ problem: XMLProblem, _ position: Int, _ window: Span<UInt8>, _ handler: inout Handler
  ) {
    handler.problem(problem, line: lineNumber(position, window))
  }
}
