internal import Support

/// Moves symbols from one table into another, each text looked up once.
struct SymbolMove {
  let from: SymbolTable
  var into: SymbolTable
  /// By number in `from`: the number in `into`, 0 where not looked up yet.
  private var known: [UInt32]

  init(from: SymbolTable, into: SymbolTable) {
    self.from = from
    self.into = into
    known = Array(repeating: 0, count: from.count)
  }

  @inline(__always) mutating func move(_ symbol: Symbol) -> Symbol {
    if symbol.isNone { return symbol }
    let index = Int(symbol.index)
    if known[index] == 0 { known[index] = into.intern(from.bytes.span.extracting(from.range(symbol))).index }
    return Symbol(known[index])
  }
}
