package import Support

/// What a diagnostic says: words of ours, and what they quote of an input, kept apart.
///
/// A string literal makes it: what stands there is ours, numbers too, and every interpolated `String` is foreign, so that no
/// renderer needs to guess which is which.
package struct MessageText: Hashable, Sendable, Comparable, ExpressibleByStringInterpolation {
  package enum Part: Hashable, Sendable {
    /// Written in this program.
    case own(String)
    /// Out of an input, or out of a library that quotes one.
    case foreign(ForeignText)
  }

  package private(set) var parts: [Part]

  /// A fixed text of ours that was chosen at run time.
  package init(own text: String) { parts = text.isEmpty ? [] : [.own(text)] }
  package init(stringLiteral value: String) { self.init(own: value) }
  package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  package var isEmpty: Bool { parts.isEmpty }

  /// Whether a text stands in it.
  package func contains(_ text: String) -> Bool { plain.contains(text) }

  /// The same message with what it quotes changed, by a mask for one.
  package func mapForeign(_ change: (String) -> String) -> MessageText {
    var copy = self
    copy.parts = parts.map { part in
      switch part {
      case .own: part
      case .foreign(let text): .foreign(ForeignText(change(text.text)))
      }
    }
    return copy
  }

  /// The text without any form: whoever prints it makes it inert as a whole.
  package var plain: String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .own(let own): text += own
      case .foreign(let foreign): text += foreign.text
      }
    }
  }

  package static func + (a: MessageText, b: MessageText) -> MessageText { "\(a)\(b)" }

  package static func < (a: MessageText, b: MessageText) -> Bool { a.plain < b.plain }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []
    package init(literalCapacity: Int, interpolationCount: Int) {}
    package mutating func appendLiteral(_ literal: String) { append(own: literal) }
    package mutating func appendInterpolation(_ text: String) { parts.append(.foreign(ForeignText(text))) }
    package mutating func appendInterpolation(_ name: ForeignName) { parts.append(.foreign(ForeignText(name.text))) }
    package mutating func appendInterpolation(_ text: ForeignText) { parts.append(.foreign(text)) }
    package mutating func appendInterpolation(_ number: some FixedWidthInteger) { append(own: String(number)) }
    package mutating func appendInterpolation(own text: String) { append(own: text) }
    package mutating func appendInterpolation(_ text: MessageText) {
      for part in text.parts {
        if case .own(let own) = part { append(own: own) } else { parts.append(part) }
      }
    }

    private mutating func append(own text: String) {
      guard !text.isEmpty else { return }
      if case .own(let before)? = parts.last {
        parts[parts.count - 1] = .own(before + text)
      } else {
        parts.append(.own(text))
      }
    }
  }
}

extension MessageText: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.array(parts) { writer, part in
      switch part {
      case .own(let text):
        writer.byte(0)
        writer.text(text)
      case .foreign(let text):
        writer.byte(1)
        writer.text(text.text)
      }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    var parts: [Part] = []
    for _ in 0..<(try reader.count(minimumBytes: 2)) {
      switch try reader.byte() {
      case 0: parts.append(.own(try reader.text()))
      case 1: parts.append(.foreign(ForeignText(try reader.text())))
      default: throw reader.failure("unknown part of a message")
      }
    }
    self.parts = parts
  }
}

extension MessageText: CustomStringConvertible {
  package var description: String { plain }
}
