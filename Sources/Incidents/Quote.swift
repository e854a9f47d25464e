internal import Model

/// What a record says, in the words of a report.
enum Quote {
  /// Longest quote, in characters.
  private static let bound = 200

  static func of(_ sighting: EvidenceSample, _ names: NameTable) -> String {
    var parts: [String] = []
    let subject = names[sighting.subject]
    if !subject.isEmpty { parts.append(subject) }
    if let failure = FailureKind(rawValue: sighting.failureCode) { parts.append("failed: " + failure.name) }
    if sighting.duration >= 0 { parts.append("took " + duration(sighting.duration)) }
    let message = names[sighting.message]
    if !message.isEmpty { parts.append(message) }
    return bounded(parts.joined(separator: ", "))
  }

  /// The same for a request that is known by the time spent in the component itself.
  static func ownTime(_ sighting: EvidenceSample, _ names: NameTable) -> String {
    let subject = names[sighting.subject]
    return bounded((subject.isEmpty ? "" : subject + ", ") + "own time " + duration(sighting.duration))
  }

  /// A text cut to the length of a quote.
  static func bounded(_ text: String) -> String {
    text.count <= bound ? text : String(text.prefix(bound - 1)) + "…"
  }

  /// A duration with a unit that suits it.
  static func duration(_ microseconds: Int64) -> String {
    switch microseconds {
    case ..<1000: return "\(microseconds) µs"
    case ..<10_000: return decimal(microseconds, 1000) + " ms"
    case ..<1_000_000: return "\(microseconds / 1000) ms"
    case ..<60_000_000: return decimal(microseconds, 1_000_000) + " s"
    default: return decimal(microseconds, 60_000_000) + " min"
    }
  }

  private static func decimal(_ value: Int64, _ unit: Int64) -> String {
    let tenths = value / (unit / 10)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
