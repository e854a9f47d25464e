// What can be wrong with an XML text, and what each trouble means for the reader of the report.

internal import Model

/// One kind of trouble that the scanner met and went on from.
enum XMLProblem: Int, CaseIterable {
  case controlCharacter
  case badUTF8
  case undefinedEntity
  case rawAmpersand
  case rawMarkup
  case attributeSyntax
  case duplicateAttribute
  case mismatchedEnd
  case strayEnd
  case startTagLimit
  case depthLimit
  case entityDeclarations
  case externalDTD
  case leadingText
  case trailingText
  case severalDocuments
  case unknownEncoding
  case otherEncoding
  case unclosed
  case badSection

  /// The stable word in diagnostics.
  var code: String {
    switch self {
    case .controlCharacter, .badUTF8: "repairedText"
    case .undefinedEntity, .rawAmpersand, .rawMarkup, .attributeSyntax, .duplicateAttribute, .mismatchedEnd, .strayEnd,
      .badSection:
      "notWellFormed"
    case .startTagLimit, .depthLimit: "limitReached"
    case .entityDeclarations: "entityDeclarations"
    case .externalDTD: "externalDTD"
    case .leadingText, .trailingText: "textOutsideXML"
    case .severalDocuments: "severalDocuments"
    case .unknownEncoding, .otherEncoding: "encoding"
    case .unclosed: "incompleteReport"
    }
  }

  var severity: Diagnostic.Severity {
    switch self {
    case .controlCharacter, .externalDTD, .leadingText, .trailingText, .severalDocuments, .otherEncoding: .note
    default: .warning
    }
  }

  /// The limit that was hit, by its name in the settings.
  var limit: String? {
    switch self {
    case .startTagLimit: "xmlStartTag"
    case .depthLimit: "xmlDepth"
    case .entityDeclarations: "xmlEntities"
    default: nil
    }
  }

  /// Whether a record that it happened in is marked as recovered.
  var recovers: Bool {
    switch self {
    case .externalDTD, .entityDeclarations, .leadingText, .trailingText, .severalDocuments, .otherEncoding: false
    default: true
    }
  }

  var message: MessageText {
    switch self {
    case .controlCharacter: "control characters that XML does not allow were taken out"
    case .badUTF8: "bytes that are no text in the declared encoding were replaced by U+FFFD"
    case .undefinedEntity: "references to undeclared entities were kept as written"
    case .rawAmpersand: "a bare & was read as text"
    case .rawMarkup: "a bare < or quote inside an attribute value was read as text"
    case .attributeSyntax: "an attribute is not written as name=\"value\""
    case .duplicateAttribute: "an attribute stands twice in one tag: the first value was taken"
    case .mismatchedEnd: "an end tag closes elements that were never closed themselves"
    case .strayEnd: "an end tag without a start was skipped"
    case .startTagLimit: "a start tag is too long: what came after the limit was left out"
    case .depthLimit: "elements are nested too deeply: those below the limit were left out"
    case .entityDeclarations: "the DOCTYPE declares entities or includes a DTD by parameter: nothing of it was expanded"
    case .externalDTD: "the external DTD that the DOCTYPE names was not fetched"
    case .leadingText: "text before the XML was skipped"
    case .trailingText: "text after the XML was skipped"
    case .severalDocuments: "several documents in one file: all were read"
    case .unknownEncoding: "the declared encoding is not known: read as UTF-8"
    case .otherEncoding: "the bytes are not in the declared encoding: read as what they are"
    case .unclosed: "the report ends before its end: what is there was read"
    case .badSection: "a <! section that XML does not know was skipped"
    }
  }
}

/// Takes what the scanner finds, in document order.
protocol XMLHandler {
  mutating func start(_ tag: borrowing XMLTag)
  /// An element inside another one that is closed by its own tag: most result records are no more than that.
  mutating func element(_ tag: borrowing XMLTag)
  /// A piece of character data: one stretch of text may come in many pieces. UTF-8 except where a repair was reported.
  mutating func text(_ bytes: Span<UInt8>)
  mutating func end(_ name: String)
  /// The root element was closed, or the document ended without.
  mutating func endDocument(complete: Bool)
  /// An element below the depth limit that was left out.
  mutating func tooDeep(_ name: String)
  mutating func problem(_ problem: XMLProblem, line: Int)
}

extension XMLHandler {
  mutating func element(_ tag: borrowing XMLTag) {
    start(tag)
    end(tag.name)
  }
}
