// What the events of a departure are called for readers.

internal import Model

extension BehaviourContrast {
  /// What a reader is told of a record, in bytes.
  private static let told = 120

  /// An event of an operation's spans as a fact. A record that is known by the statement that wrote it is told with what it says: a
  /// number of a line tells a reader nothing.
  ///
  /// - Complexity: O(pairs of the operation)
  func event(_ label: Int32, in row: Int) -> CallEvent {
    let event = EventLabel.event(grid.partial.names[label])
    guard case .log(_, let severity) = event else { return event }
    for index in pairsOf[row] where pairs[index].cell.d == label {
      guard let minute = pairs[index].counts.first?.minute, let record = grid.example(of: pairs[index].cell, in: minute)
      else { continue }
      let text = grid.partial.names[record.message]
      if !text.isEmpty { return .log(ForeignText(RecordQuote.bounded(text, to: Self.told)), severity) }
    }
    return event
  }
}
