package import Model

/// Text of a page whose parts know where they come from: words of ours are set as they stand, foreign text is inert.
///
/// Interpolation decides it: `"\(name) failed \(count) times"` makes a code span of a `String` and digits of an `Int`.
package struct InlineText: Hashable, Sendable, ExpressibleByStringInterpolation {
  package enum Run: Hashable, Sendable {
    /// Written in this program; may carry no markup of its own.
    case own(String)
    /// Out of an input.
    case foreign(String)
    case strong(String)
    /// A command or a key of ours.
    case code(String)
    /// A link to a file beside the page.
    case link(String, path: String)
    /// Out of an input, with the address of another system that shows it.
    case address(String, of: String)
    case lineBreak
  }

  package var runs: [Run]

  package init(_ runs: [Run]) { self.runs = runs }
  package init(stringLiteral value: String) { runs = [.own(value)] }
  package init(stringInterpolation: StringInterpolation) { runs = stringInterpolation.runs }

  package static func + (a: InlineText, b: InlineText) -> InlineText { InlineText(a.runs + b.runs) }

  /// A foreign text alone.
  package static func foreign(_ text: String) -> InlineText { InlineText([.foreign(text)]) }
  package static func foreign(_ value: some TextValue) -> InlineText { InlineText([.foreign(value.text)]) }
  /// What a diagnostic says.
  package static func message(_ message: MessageText) -> InlineText {
    InlineText(
      message.parts.map { part in
        switch part {
        case .own(let text): .own(text)
        case .foreign(let text): .foreign(text.text)
        }
      })
  }
  /// Labels of ours that were put together at run time out of fixed words and numbers.
  package static func own(_ text: String) -> InlineText { InlineText([.own(text)]) }

  package var isEmpty: Bool { runs.isEmpty }

  /// Whether all of it was written in this program.
  var isOwn: Bool {
    runs.allSatisfy { run in
      switch run {
      case .own, .strong, .code, .lineBreak: true
      case .foreign, .link, .address: false
      }
    }
  }

  /// The text without any form, for `report.json` and messages: whoever prints it makes it inert as a whole.
  package var plain: String {
    runs.reduce(into: "") { text, run in
      switch run {
      case .own(let part), .foreign(let part), .strong(let part), .code(let part), .link(let part, _),
        .address(let part, _):
        text += part
      case .lineBreak: text += " "
      }
    }
  }

  /// The parts with a separator of ours between them.
  static func joined(_ parts: [InlineText], by separator: String) -> InlineText {
    var runs: [Run] = []
    for (i, part) in parts.enumerated() {
      if i > 0 { runs.append(.own(separator)) }
      runs += part.runs
    }
    return InlineText(runs)
  }

  /// The first of some things, and how many more there are.
  static func listed<Item>(
    _ items: [Item], most: Int, by separator: String = ", ", _ text: (Item) -> InlineText
  ) -> InlineText {
    let shown = joined(items.prefix(most).map(text), by: separator)
    guard items.count > most else { return shown }
    return shown + (separator == "; " ? "; and " : " and ") + "\(items.count - most) more"
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    var runs: [Run] = []
    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { runs.append(.own(literal)) } }
    package mutating func appendInterpolation(_ text: String) { runs.append(.foreign(text)) }
    package mutating func appendInterpolation(own text: String) { runs.append(.own(text)) }
    package mutating func appendInterpolation(strong text: StaticString) { runs.append(.strong(text.description)) }
    package mutating func appendInterpolation(code text: String) { runs.append(.code(text)) }
    /// What a record says, or what records have in common: where they differ stands an ellipsis.
    package mutating func appendInterpolation(quote text: String) {
      runs.append(.foreign(text.replacing("<*>", with: "…")))
    }
    package mutating func appendInterpolation(_ count: Int) { runs.append(.own(NumberFormat.count(count))) }
    package mutating func appendInterpolation(_ text: InlineText) { runs += text.runs }
    package mutating func appendInterpolation(_ name: OwnName) { runs.append(.own(name.text)) }
    package mutating func appendInterpolation(_ text: ForeignText) { runs.append(.foreign(text.text)) }
    package mutating func appendInterpolation(_ name: ForeignName) { runs.append(.foreign(name.text)) }
    package mutating func appendInterpolation(_ id: FindingID) { runs.append(.foreign(id.text)) }
    /// Microseconds in the unit that fits.
    package mutating func appendInterpolation(duration: Int64) { runs.append(.own(NumberFormat.duration(duration))) }
    /// Three significant digits.
    package mutating func appendInterpolation(number: Double) { runs.append(.own(NumberFormat.number(number))) }
    /// A share of one as a percentage.
    package mutating func appendInterpolation(percent: Double) { runs.append(.own(NumberFormat.percent(percent))) }
    /// The time of the day, microseconds since the epoch.
    package mutating func appendInterpolation(clock: Int64) {
      runs.append(.own(String(TimeFormat.clock(clock).prefix(8)) + " UTC"))
    }
  }
}

/// A page as a list of blocks, before it becomes Markdown, HTML or terminal text.
package struct Page: Hashable, Sendable {
  package enum Block: Hashable, Sendable {
    case heading(Int, InlineText)
    case paragraph(InlineText)
    case bullets([InlineText])
    case numbered([InlineText])
    case table(header: [InlineText], rows: [[InlineText]])
    /// A command in one line.
    case command(String)
    /// A configuration, shown line by line as it is.
    case code(String)
    /// A picture in Mermaid's language, made by `CascadePicture`.
    case mermaid(String)
    /// A picture beside the page.
    case image(alt: String, path: String)
  }

  package var title: InlineText
  package var blocks: [Block] = []

  package init(title: InlineText) { self.title = title }

  mutating func heading(_ level: Int, _ text: InlineText) { blocks.append(.heading(level, text)) }
  mutating func paragraph(_ text: InlineText) { blocks.append(.paragraph(text)) }
  mutating func bullets(_ items: [InlineText]) { if !items.isEmpty { blocks.append(.bullets(items)) } }
  mutating func table(_ header: [InlineText], _ rows: [[InlineText]]) {
    if !rows.isEmpty { blocks.append(.table(header: header, rows: rows)) }
  }
}
