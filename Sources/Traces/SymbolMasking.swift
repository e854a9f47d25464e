internal import Model
internal import Support

/// Blanks secrets in the texts that rows refer to: once for each text of a table, not once for each row.
///
/// The table that decoders fill keeps the texts as they were read, or a secret that is met again would be a new text; what is
/// handed on, and so everything that is written, has the blanked ones.
struct SymbolMasking: Sendable {
  private let secrets: SecretMask
  /// Blanked texts by number.
  private var blanked: [UInt32: [UInt8]] = [:]
  /// Numbers below were looked at.
  private var checked = 1

  init(_ secrets: SecretMask) { self.secrets = secrets }

  /// Whether whole lines have to be looked at, because patterns of the user may need what the log mask takes away.
  var needsLines: Bool { secrets.settings.isOn && !secrets.settings.patterns.isEmpty }

  /// A line without what the user's patterns match; nil where there is nothing of that.
  func line(_ text: Span<UInt8>) -> [UInt8]? { secrets.masked(text, mark: .plain) }

  /// Looks at the masked form of a log message that is new in the table.
  mutating func see(form symbol: Symbol, in symbols: SymbolTable) {
    if let form = secrets.maskedForm(symbols.bytes.span.extracting(symbols.range(symbol))) {
      blanked[symbol.index] = form
    }
  }

  /// The table to hand on.
  mutating func handedOn(_ symbols: SymbolTable) -> SymbolTable {
    let count = UInt32(symbols.count)
    var index = UInt32(checked)
    while index < count {
      let text = symbols.bytes.span.extracting(symbols.range(Symbol(index)))
      if secrets.mayHold(text), blanked[index] == nil, let other = secrets.masked(text) { blanked[index] = other }
      index += 1
    }
    checked = symbols.count
    return blanked.isEmpty ? symbols : symbols.replacing(blanked)
  }

  /// Forgets what was seen, for a new table.
  mutating func reset() {
    blanked.removeAll()
    checked = 1
  }
}
