internal import Model
internal import Support

/// What the reflex gate would have decided in an incident, and what a circuit breaker in front of its cause would have
/// refused: both replayed over the slots in which the components had requests.
extension IncidentDescription {
  func decision(_ incident: Incident, _ group: IncidentBuilder.Group, failed: Int) -> CascadeDecision {
    guard let alarm = alarm(incident, group) else {
      return incident.kind == .latencyRegression ? .investigateLatency : .watch(threshold: settings.components)
    }
    let before = impacts.rootFailures(group.components, from: group.start, to: alarm.start)
    return .openBreakers(
      components: alarm.states.count, at: alarm.start, later: max(0, failed - before), failed: failed,
      cause: refused(incident, group, from: alarm.start))
  }

  /// The first alarm of the affected components.
  private func alarm(_ incident: Incident, _ group: IncidentBuilder.Group) -> CascadeDetector.Alarm? {
    var replayed = settings
    replayed.window = max(settings.window, IncidentPartial.fine)
    var gate = CascadeDetector(settings: replayed)
    let names = incident.components.compactMap { state in
      grid.partial.names.find(state.id.text).map { (id: state.id.text, name: $0) }
    }
    for slot in slots(group, of: fineSlots, IncidentPartial.fine) {
      var ends: [(time: Int64, id: String, activity: Activity)] = []
      for (id, name) in names {
        guard let activity = grid.partial.activity.cells[CubeKey(a: name, slot: slot)] else { continue }
        let start = IncidentPartial.start(slot, IncidentPartial.fine)
        ends.append((activity.failures > 0 ? max(activity.first, start) : start, id, activity))
      }
      ends.sort { ($0.time, $0.id) < ($1.time, $1.id) }
      for end in ends {
        let alarm = gate.finish(
          end.id, at: end.time, requests: end.activity.requests, failures: end.activity.failures)
        if let alarm { return alarm }
      }
    }
    return nil
  }

  /// What the breaker in front of the probable root cause would have refused, had the gate opened it at a time; nil where
  /// nobody knows of calls to it.
  private func refused(
    _ incident: Incident, _ group: IncidentBuilder.Group, from alarm: Int64
  ) -> CascadeDecision.Refused? {
    guard let cause = incident.rootCauses.first?.component, let name = grid.partial.names.find(cause.text) else {
      return nil
    }
    var replay = BreakerReplay(settings.breaker, forcedAt: alarm)
    for slot in slots(group, of: fineSlots, IncidentPartial.fine) {
      guard let activity = grid.partial.activity.cells[CubeKey(a: name, slot: slot)] else { continue }
      replay.take(requests: activity.requests, failures: activity.failures, in: slot, of: IncidentPartial.fine)
    }
    // A component that has no failures of its own, as a database without spans, fails in its callers' eyes.
    if replay.failures == 0, let component = grid.component(name) {
      replay = BreakerReplay(settings.breaker, forcedAt: alarm)
      for (slot, calls) in impacts.calls(to: component, from: group.start, to: group.end) {
        replay.take(requests: calls.calls, failures: calls.failures, in: slot, of: IncidentPartial.coarse)
      }
    }
    guard replay.failures > 0 else { return nil }
    return CascadeDecision.Refused(
      component: cause, failures: replay.refusedFailures, of: replay.failures, successes: replay.refusedSuccesses)
  }
}

/// A circuit breaker replayed over slots of time, of which only the numbers of calls and failures are known: the failures are spread
/// evenly over the calls, and the calls over the slot. Of a busy slot so many calls stand for all.
struct BreakerReplay {
  /// The most calls of a slot that are replayed one by one.
  private static let mostCalls = 256

  private var breaker: CircuitBreaker
  /// When the gate opens it, microseconds; nil once it has.
  private var forced: Int64?
  private(set) var failures = 0
  private var refused = (failures: 0.0, successes: 0.0)

  var refusedFailures: Int { min(Int(exactly: refused.failures.rounded()) ?? failures, failures) }
  var refusedSuccesses: Int { Int(exactly: refused.successes.rounded()) ?? 0 }

  init(_ settings: BreakerSettings, forcedAt time: Int64?) {
    breaker = CircuitBreaker(settings)
    forced = time
  }

  /// Takes the calls of a slot; slots come in time order.
  mutating func take(requests: Int, failures failed: Int, in slot: Int32, of length: Int64) {
    let failed = min(max(failed, 0), requests)
    guard requests > 0 else { return }
    failures += failed
    let start = IncidentPartial.start(slot, length)
    let calls = min(requests, Self.mostCalls)
    let weight = Double(requests) / Double(calls)
    // Whenever failures and calls are due in the same proportion, a call fails.
    var due = 0
    for call in 0..<calls {
      let time = start.addingSaturated(length * Int64(call) / Int64(calls))
      if let opening = forced, opening <= time {
        forced = nil
        if breaker.state != .open { breaker.trip(at: opening) }
      }
      due += failed
      let isFailure = due >= requests
      if isFailure { due -= requests }
      if breaker.tryAcquire(at: time) {
        breaker.record(failed: isFailure, duration: 0, at: time)
      } else if isFailure {
        refused.failures += weight
      } else {
        refused.successes += weight
      }
    }
  }
}
