package import Support

/// How services and peers become component names: configured rewritings (a pod's suffix cut off), applied once per
/// distinct name.
package struct ComponentNaming: Sendable {
  /// One rewriting: every match of the pattern is replaced.
  package struct Rule: Sendable {
    /// A regular expression with a bound on its steps.
    package var pattern: BoundedPattern
    package var replacement: String

    package init(pattern: BoundedPattern, replacement: String) {
      self.pattern = pattern
      self.replacement = replacement
    }
  }

  package var rules: [Rule]
  /// New symbol by old symbol; `UInt32.max` where the name was not met yet.
  private var renamed: [UInt32] = []
  /// Patterns that gave up on a name.
  package private(set) var gaveUp: Set<String> = []

  /// The name of a record that names no service.
  package static let unnamed = "unknown"

  package init(rules: [Rule] = []) { self.rules = rules }

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

  /// Every match replaced, rule after rule; a name on which a pattern gives up keeps what it has there.
  private mutating func rewrite(_ name: String) -> String {
    var bytes = Array(name.utf8)
    for rule in rules {
      guard let matches = rule.pattern.matches(in: bytes.span) else {
        gaveUp.insert(rule.pattern.text)
        continue
      }
      guard !matches.isEmpty else { continue }
      var out: [UInt8] = []
      var cursor = 0
      for match in matches {
        out += bytes[cursor..<match.lowerBound]
        out += rule.replacement.utf8
        cursor = match.upperBound
      }
      bytes = out + bytes[cursor...]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
