// What the events of a departure are called for readers.

internal import Model

extension BehaviourContrast {
  /// What a reader is told of a record, in bytes.
  private static let told = 120

  /// A record's text without the ids that every record of its program begins with ("TraceID: … SpanID: …"): they say whose it is, and
  /// the evidence beside it says that too.
  ///
  /// - Complexity: O(text)
  static func withoutIDs(_ text: String) -> String {
    var kept: [Substring] = []
    var words = text.split(separator: " ", omittingEmptySubsequences: false)[...]
    while let word = words.popFirst() {
      guard isID(word) else {
        kept.append(word)
        continue
      }
      // `TraceID: value` are two words, `trace_id=value` is one.
      if word.last == ":" || word.last == "=" { words = words.dropFirst() }
    }
    return kept.joined(separator: " ")
  }

  private static let ids: Set<String> = ["traceid", "spanid", "parentid", "parentspanid", "requestid", "correlationid"]

  private static func isID(_ word: Substring) -> Bool {
    guard let end = word.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return false }
    return ids.contains(String(word[..<end].filter { $0.isLetter }).lowercased())
  }

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
      if !text.isEmpty { return .log(ForeignText(RecordQuote.bounded(Self.withoutIDs(text), to: Self.told)), severity) }
    }
    return event
  }
}
