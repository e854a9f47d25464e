package import Support

/// How services and peers become component names: configured rewritings (a pod's suffix cut off), applied once per
/// distinct name.
package struct ComponentNaming: Sendable {
  /// One rewriting: every match of the pattern is replaced.
  package struct Rule: Sendable {
    /// A regular expression in Swift's syntax.
    package var pattern: String
    package var replacement: String

    package init(pattern: String, replacement: String) {
      self.pattern = pattern
      self.replacement = replacement
    }
  }

  package var rules: [Rule]
  /// New symbol by old symbol; `UInt32.max` where the name was not met yet.
  private var renamed: [UInt32] = []

  /// The name of a record that names no service.
  package static let unnamed = "unknown"

  package init(rules: [Rule] = []) { self.rules = rules }

  /// Whether a text is a regular expression that the rules can use.
  package static func isPattern(_ text: String) -> Bool { (try? Regex(text)) != nil }

  /// Forgets what was renamed, for a new symbol table.
  package mutating func reset() { renamed.removeAll(keepingCapacity: true) }

  /// The component's name for a service symbol.
  package mutating func component(_ service: Symbol, _ symbols: inout SymbolTable) -> Symbol {
    let index = Int(service.index)
    if index < renamed.count, renamed[index] != .max { return Symbol(renamed[index]) }
    let name = service.isNone ? Self.unnamed : rewrite(symbols.text(service))
    let symbol = symbols.intern(name.isEmpty ? Self.unnamed : name)
    if index >= renamed.count { renamed += Array(repeating: .max, count: index + 1 - renamed.count) }
    renamed[index] = symbol.index
    return symbol
  }

  private func rewrite(_ name: String) -> String {
    var name = name
    for rule in rules {
      guard let regex = try? Regex(rule.pattern) else { continue }
      name.replace(regex, with: rule.replacement)
    }
    return name
  }
}
