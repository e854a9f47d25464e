internal import Model

/// What a log line says of a circuit breaker, told by the words that breakers have in common: Resilience4j
/// (`CircuitBreaker 'x' changed state from CLOSED to OPEN`, `is OPEN and does not permit further calls`), Hystrix
/// (`short-circuited`, `circuit is OPEN`), Polly (`The circuit is now open`), gobreaker and Sony (`circuit breaker is
/// open`), opossum (`Breaker is open`), Sentinel and Istio (`circuit breaker state change`).
enum BreakerWords {
  /// The state that a breaker is in after a line; nil where the line tells of none, or of several without saying which
  /// came last.
  static func state(in message: String) -> Incident.Circuit? {
    let words = words(message)
    guard speaksOfBreaker(words) else { return nil }
    var states: [(index: Int, state: Incident.Circuit)] = []
    for (index, word) in words.enumerated() {
      let behind = index > 0 ? words[index - 1] : ""
      if behind == "half", word == "open" || word == "opened" {
        states.append((index - 1, .halfOpen))
      } else if let state = state(of: word), behind != "not", behind != "never",
        !things.contains(behind), !things.contains(index + 1 < words.count ? words[index + 1] : "")
      {
        states.append((index, state))
      }
    }
    guard let last = states.last else { return nil }
    if Set(states.map(\.state)).count == 1 { return last.state }
    // `from CLOSED to OPEN`, `closed -> open`: what stands behind the arrow is the state now.
    let isChange = words[..<last.index].suffix(2).contains { ["to", "->", "→", "into"].contains($0) }
    return isChange ? last.state : nil
  }

  /// What else is opened, closed and reset: `recorded an error: Connection reset` is no state of the breaker.
  private static let things: Set<String> = [
    "connection", "connections", "stream", "socket", "channel", "file", "port", "session", "pool", "by", "peer",
  ]

  private static func speaksOfBreaker(_ words: [String]) -> Bool {
    for (index, word) in words.enumerated() {
      if ["breaker", "circuitbreaker", "brokencircuitexception", "callnotpermittedexception"].contains(word) {
        return true
      }
      guard word == "circuit" || word == "circuited" else { continue }
      if word == "circuited" { return true }
      let next = index + 1 < words.count ? words[index + 1] : ""
      if ["is", "was", "has", "now", "open", "opened", "closed", "half", "state", "tripped"].contains(next) {
        return true
      }
    }
    return false
  }

  private static func state(of word: String) -> Incident.Circuit? {
    switch word {
    case "open", "opened", "opens", "opening", "tripped", "trips", "circuited": .open
    case "closed", "closes", "closing", "reset", "resets": .closed
    case "halfopen", "halfopened": .halfOpen
    default: nil
    }
  }

  /// The words of a message in lower case: letters only, `HALF_OPEN` as two, arrows as words of their own, and
  /// `HystrixCircuitBreaker` in one with its last part told apart.
  private static func words(_ message: String) -> [String] {
    var words: [String] = []
    var word = ""
    func finish() {
      guard !word.isEmpty else { return }
      for whole in ["circuitbreaker", "breaker"] where word.count > whole.count && word.hasSuffix(whole) {
        word = whole
      }
      words.append(word)
      word = ""
    }
    var previous: Character = " "
    for character in message.prefix(500) {
      if character.isLetter {
        word += character.lowercased()
      } else {
        finish()
        if character == ">", previous == "-" || previous == "=" { words.append("->") }
        if character == "→" { words.append("→") }
      }
      previous = character
    }
    finish()
    return words
  }
}
