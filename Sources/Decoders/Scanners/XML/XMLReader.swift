// Both readers of XML: libxml2 for documents, the scanner for what stands around them and from where the parser stops.

internal import Support

struct XMLReader {
  private var scanner: XMLScanner
  private var parser: XMLPushParser?
  /// How many bytes came before the parser's document.
  private var documentOffset = 0
  /// Bytes that came in all.
  private var received = 0
  private let maximumDepth: Int
  private let maximumTag: Int

  /// The byte at which the parser stopped, nil where it read every document.
  private(set) var stoppedAt: Int?
  /// The line there.
  private(set) var stoppedLine = 1
  /// Documents that the parser read to their end.
  private(set) var parsedDocuments = 0

  init(maximumDepth: Int, maximumTag: Int) {
    self.maximumDepth = maximumDepth
    self.maximumTag = maximumTag
    scanner = XMLScanner(maximumDepth: maximumDepth, maximumTag: maximumTag, leavesDocuments: true)
  }

  mutating func feed<Handler: XMLHandler>(_ bytes: Span<UInt8>, _ handler: inout Handler) {
    received += bytes.count
    if let parser {
      guard let rest = read(bytes, with: parser, &handler) else { return }
      scanner.feed(rest.span, &handler)
    } else {
      scanner.feed(bytes, &handler)
    }
    readDocuments(&handler)
  }

  /// The text has ended: what is left is read as far as it goes.
  mutating func finish<Handler: XMLHandler>(_ handler: inout Handler) {
    while let parser {
      parser.finish(&handler)
      let rest = parser.hasEnded ? end(parser, &handler) : stop(parser)
      scanner.feed(rest.span, &handler)
      readDocuments(&handler)
    }
    scanner.finish(&handler)
    guard scanner.standsAtDocument else { return }
    // The last bytes begin a document that nothing more comes of.
    readDocuments(&handler)
    finish(&handler)
  }

  /// Hands documents to a parser as long as the scanner stands before one.
  private mutating func readDocuments<Handler: XMLHandler>(_ handler: inout Handler) {
    while scanner.standsAtDocument {
      let (bytes, line) = scanner.takeDocument()
      guard let next = XMLPushParser(maximumDepth: maximumDepth, maximumTag: maximumTag, line: line) else {
        scanner.goOn(inside: [], isInCDATA: false, line: line)
        scanner.feed(bytes.span, &handler)
        return
      }
      documentOffset = received - bytes.count
      parser = next
      if parsedDocuments == 1, !scanner.isInside { handler.problem(.severalDocuments, line: line) }
      guard let rest = read(bytes.span, with: next, &handler) else { return }
      scanner.feed(rest.span, &handler)
    }
  }

  /// Lets the parser read.
  ///
  /// - Returns: the bytes that are not its, once it has ended or stopped.
  private mutating func read<Handler: XMLHandler>(
    _ bytes: Span<UInt8>, with parser: XMLPushParser, _ handler: inout Handler
  ) -> [UInt8]? {
    switch parser.feed(bytes, &handler) {
    case .more: nil
    case .ended: end(parser, &handler)
    case .stopped: stop(parser)
    }
  }

  private mutating func end<Handler: XMLHandler>(_ parser: XMLPushParser, _ handler: inout Handler) -> [UInt8] {
    self.parser = nil
    parsedDocuments += 1
    scanner.documentEnded(at: parser.toldLine)
    handler.endDocument(complete: true)
    return parser.untold
  }

  private mutating func stop(_ parser: XMLPushParser) -> [UInt8] {
    self.parser = nil
    stoppedAt = documentOffset + parser.told + parser.sound
    stoppedLine = parser.toldLine + ByteScan.lineEnds(parser.untold.span, 0, parser.sound)
    scanner.goOn(inside: parser.open, isInCDATA: parser.isInCDATA, line: parser.toldLine)
    return parser.untold
  }
}
