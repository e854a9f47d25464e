// Text that came from an input. It is a value of its own from the moment a finding holds it, so that nothing which an
// input says can be taken for words of ours: a renderer makes it inert, masks secrets in it and bounds it.

/// A text of a known kind.
package protocol TextValue: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
  var text: String { get }
  init(_ text: String)
}

extension TextValue {
  package var description: String { text }
  package var isEmpty: Bool { text.isEmpty }
  package static func < (a: Self, b: Self) -> Bool { a.text < b.text }
}

/// What a record says: a message, a quote, a value. May hold anything.
package struct ForeignText: TextValue {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
}

/// What something is called in an input: a component, an operation, a test, a request, a file. May hold anything.
package struct ForeignName: TextValue {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
}

/// The id of a finding: letters, digits, points and hyphens of ours, made from a hash of what the finding is about.
package struct FindingID: TextValue {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
}

/// A name of ours out of a fixed set: a format, a limit, a version.
package struct OwnName: TextValue {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
}
