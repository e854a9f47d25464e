internal import Support

/// The states of a circuit breaker.
package enum CircuitState: String, Hashable, Sendable {
  case closed
  case open
  case halfOpen
}

/// A circuit breaker on the log's own clock (Nygard, *Release It!*; states as in Resilience4j and Polly).
///
/// It opens when enough failures lie within its period, stays open for its reset time counted from the opening, and
/// then lets a few probes through, all of which must succeed. Late results while it is open change nothing. Events
/// may come out of order: time never runs backwards for it.
package struct CircuitBreaker: Hashable, Sendable {
  /// One change of state.
  package struct Transition: Hashable, Sendable {
    /// Microseconds since the epoch.
    package var time: Int64
    package var state: CircuitState
  }

  package let settings: BreakerSettings
  package private(set) var state = CircuitState.closed
  package private(set) var transitions: [Transition] = []
  /// Times of the failures that count, microseconds.
  package private(set) var failures: [Int64] = []
  package private(set) var lastFailure: Int64?
  /// Calls turned away while open.
  package private(set) var rejected = 0
  private var openedAt: Int64 = 0
  private var clock = Int64.min
  private var admitted = 0
  private var succeeded = 0

  package init(settings: BreakerSettings = BreakerSettings()) { self.settings = settings }

  /// How many failures count at present.
  package var failureCount: Int { failures.count }

  /// Whether a call at a time would be let through.
  package mutating func admits(at time: Int64) -> Bool {
    advance(to: time)
    switch state {
    case .closed: return true
    case .open:
      rejected += 1
      return false
    case .halfOpen:
      guard admitted < settings.probes else {
        rejected += 1
        return false
      }
      admitted += 1
      return true
    }
  }

  package mutating func recordFailure(at time: Int64) {
    advance(to: time)
    lastFailure = max(lastFailure ?? time, time)
    switch state {
    case .open: return
    case .halfOpen: open(at: clock)
    case .closed:
      failures.append(time)
      expire()
      if failures.count >= settings.failures { open(at: clock) }
    }
  }

  package mutating func recordSuccess(at time: Int64) {
    advance(to: time)
    guard state == .halfOpen else { return }
    succeeded += 1
    if succeeded >= settings.probes { change(to: .closed, at: clock) }
  }

  /// Opens it by decision of the reflex gate.
  package mutating func force(at time: Int64) {
    advance(to: time)
    if state != .open { open(at: clock) }
  }

  private mutating func advance(to time: Int64) {
    clock = max(clock, time)
    if state == .open, clock.subtractingSaturated(openedAt) > settings.reset { change(to: .halfOpen, at: clock) }
    if state == .closed { expire() }
  }

  private mutating func expire() {
    failures.removeAll { clock.subtractingSaturated($0) > settings.period }
  }

  private mutating func open(at time: Int64) {
    openedAt = time
    change(to: .open, at: time)
  }

  private mutating func change(to next: CircuitState, at time: Int64) {
    state = next
    admitted = 0
    succeeded = 0
    failures = []
    transitions.append(Transition(time: time, state: next))
  }
}
