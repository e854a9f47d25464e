// Text that came from an input. It is a value of its own from the moment a finding holds it, so that nothing which an
// input says can be taken for words of ours: a renderer makes it inert, masks secrets in it and bounds it.

/// What a record says: a message, a quote, a value. May hold anything.
package struct ForeignText: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
  package var isEmpty: Bool { text.isEmpty }
  package static func < (a: ForeignText, b: ForeignText) -> Bool { a.text < b.text }
}

/// What something is called in an input: a component, an operation, a test, a request, a file. May hold anything.
package struct ForeignName: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
  package var isEmpty: Bool { text.isEmpty }
  package static func < (a: ForeignName, b: ForeignName) -> Bool { a.text < b.text }
}

/// The id of a finding: letters, digits, points and hyphens of ours, made from a hash of what the finding is about.
package struct FindingID: Hashable, Sendable, Comparable, ExpressibleByStringLiteral {
  package var text: String
  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }
  package static func < (a: FindingID, b: FindingID) -> Bool { a.text < b.text }
}
