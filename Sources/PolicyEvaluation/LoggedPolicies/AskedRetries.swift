// What clients made of the waits that their callees asked for.
internal import Model
internal import Support

/// Retries after failures that asked for a wait.
struct AskedRetries {
  /// Retries below which nothing is told.
  static let least = 8
  private static let most = 100_000

  private(set) var waits: [(asked: Int64, seen: SeenWait, retry: Int, isThrottled: Bool)] = []

  mutating func add(asked: Int64, _ seen: SeenWait, retry: Int, isThrottled: Bool) {
    if waits.count < Self.most { waits.append((asked, seen, retry, isThrottled)) }
  }

  /// Retries that came no sooner than asked and not much later.
  var kept: Int { waits.count { !Self.isEarly($0.seen.time, $0.asked) && Self.isNear($0.seen.time, $0.asked) } }

  /// What the clients did; nil where too few retries tell.
  ///
  /// A client is late, never early: who keeps to what is asked comes no sooner, but for one in twenty, and a fifth of its
  /// retries at least as soon as it may. One in ten that comes much later waits by its own law where that is longer.
  var rule: ServerWait? {
    guard waits.count >= Self.least else { return nil }
    let early = waits.count { Self.isEarly($0.seen.time, $0.asked) }
    let near = kept
    guard early * 20 <= waits.count, near * 5 >= waits.count else { return .ignored }
    let later = waits.count - early - near
    return later * 10 >= waits.count ? .atLeast(most: nil) : .instead
  }

  /// Sooner than asked by more than a clock of a millisecond, and what a wait was rounded by.
  private static func isEarly(_ wait: Int64, _ asked: Int64) -> Bool {
    wait.addingSaturated(CallAggregator.tolerance + asked / 1000) < asked
  }

  /// No later than a busy machine is.
  private static func isNear(_ wait: Int64, _ asked: Int64) -> Bool {
    wait <= asked.addingSaturated(max(asked / 10, 60_000))
  }
}
