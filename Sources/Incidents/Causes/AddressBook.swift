// Components that callers know by an address.

/// A call that nobody answered names its target as its caller knows it (`payments-2`, `10.0.3.7`); answered calls tell which
/// component that is, so that its failures are not those of a stranger that never succeeds.
struct AddressBook {
  /// The share of the answered calls by an address that must lead to one component.
  private static let agreement = 0.9
  /// Components by the name numbers of their addresses.
  private let components: [Int32: Int32]

  init(_ partial: IncidentPartial) {
    var spanned: Set<Int32> = []
    for cell in partial.activity.cells.keys { spanned.insert(cell.a) }
    var answers: [Int32: [Int32: Int]] = [:]
    for (cell, tally) in partial.addresses.cells { answers[cell.a, default: [:]][cell.b, default: 0] += tally.count }
    components = answers.compactMapValues { counts in
      let total = counts.values.reduce(0, +)
      return counts.first { Double($0.value) >= Self.agreement * Double(total) }?.key
    }.filter { !spanned.contains($0.key) }
  }

  /// The partial with components for their addresses.
  func resolved(_ partial: consuming IncidentPartial) -> IncidentPartial {
    guard !components.isEmpty else { return partial }
    partial.edges = renamed(partial.edges)
    partial.blame = renamed(partial.blame)
    partial.impact = renamed(partial.impact)
    partial.blameEvidence = renamed(partial.blameEvidence)
    partial.gaps = renamed(partial.gaps)
    partial.ways = renamed(partial.ways)
    return partial
  }

  private func renamed<Value: CellValue>(_ table: CellTable<Value>) -> CellTable<Value> {
    var renamed = CellTable<Value>()
    for (cell, value) in table.cells {
      var cell = cell
      cell.a = components[cell.a] ?? cell.a
      cell.b = components[cell.b] ?? cell.b
      renamed.add(value, at: cell)
    }
    return renamed
  }
}
