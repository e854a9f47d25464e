/// One thing the user asked to be read: a file, a split file, standard input, under the name it is reported by.
package struct InputSource: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case file(path: String)
    /// A file whose path is no UTF-8, ended by NUL.
    case rawFile(path: [CChar])
    case standardInput
    /// The parts of a split file, in order.
    case parts([String])
    /// Bytes at hand.
    case memory([UInt8])
  }

  /// The input as the user named it; the `input` of every location in it.
  package var name: String
  package var kind: Kind
  /// The folder it was found in, without links in its path: what is read must lie there when it is opened. Nil for what
  /// the user named.
  var root: String?

  package init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// The parts of a split file; empty for anything else.
  package var parts: [String] {
    if case .parts(let paths) = kind { return paths }
    return []
  }

  /// A file, reported by its path unless a name is given.
  package static func file(_ path: String, name: String? = nil) -> InputSource {
    InputSource(name: name ?? path, kind: .file(path: path))
  }

  /// Standard input, reported as `-`.
  package static let standardInput = InputSource(name: "-", kind: .standardInput)
}
