// A template for each line of a file.

internal import Support

/// Reads messages one by one, then gives each its template. Blank messages have the empty template.
package struct TemplateTable: Sendable {
  private var mask = LogMask()
  private var masked: [UInt8] = []
  private var symbols = SymbolTable()
  /// The masked message of each line, by symbol.
  private var lines: [UInt32] = []

  package init() {}

  /// How many messages were read.
  package var count: Int { lines.count }

  /// The masked message of each line.
  package var messages: [String] { lines.map { symbols.text(Symbol($0)) } }

  /// Reads one message, header stripped.
  package mutating func add(_ message: Span<UInt8>) {
    var text: [UInt8] = []
    swap(&text, &masked)
    text.removeAll(keepingCapacity: true)
    mask.mask(message, into: &text)
    let symbol = symbols.intern(text.span)
    lines.append(symbol.index)
    swap(&text, &masked)
  }

  /// The templates of all messages and each message's template.
  package func learn(known: [KnownTemplate] = []) -> TemplateRows {
    let bytes = symbols.bytes
    let ranges = (0..<symbols.count).map { symbols.range(Symbol(UInt32($0))) }
    let messages = ranges.map { Array(bytes[$0]) }
    let model = TemplateLearner(known: known).learn(messages)
    let places = messages.map { model.template(of: $0) }
    return TemplateRows(model: model, rows: lines.map { places[Int($0)] })
  }
}

/// The outcome of a `TemplateTable`.
package struct TemplateRows: Sendable {
  package let model: TemplateModel
  /// The number of each line's template in `model.templates`, nil for blank lines.
  package let rows: [Int?]

  /// The id of blank lines, whose template is empty.
  package static let blankID = "0000000000000000"

  /// `id<TAB>template` and a line feed for each line.
  package func text(of row: Int) -> String {
    guard let index = rows[row] else { return Self.blankID + "\t\n" }
    return model.templates[index].id + "\t" + model.templates[index].text + "\n"
  }
}
