internal import Model

extension RecordQuote {
  /// What the record says, in one line: "GET /orders, failed: unavailable, took 2.31 s, upstream connect error".
  ///
  /// The whole is foreign: names and messages stand in it as they came.
  var wording: ForeignText {
    var parts: [String] = []
    if !subject.isEmpty { parts.append(subject.text) }
    if let failure { parts.append("failed: " + failure.name) }
    switch measure {
    case nil: break
    case .took(let duration): parts.append("took " + NumberFormat.duration(duration))
    case .ownTime(let duration): parts.append("own time " + NumberFormat.duration(duration))
    case .readings(1, let value): parts = [subject.text + " reads " + Self.reading(value)]
    case .readings(let count, let mean): parts.append("\(count) readings with the mean " + Self.reading(mean))
    }
    if !message.isEmpty { parts.append(message.text) }
    return ForeignText(Self.bounded(parts.joined(separator: ", ")))
  }

  /// A reading as its record has it, to a thousandth: a quote is looked for in the record, so nothing is rounded or separated.
  private static func reading(_ value: Double) -> String {
    var text = Substring(NumberFormat.fixed(value, 3))
    guard text.contains(".") else { return String(text) }
    while text.hasSuffix("0") { text.removeLast() }
    return String(text.hasSuffix(".") ? text.dropLast() : text)
  }
}
