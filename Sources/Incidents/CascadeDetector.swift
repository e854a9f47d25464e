internal import Support
internal import Model

/// The reflex gate: when enough components fail at once, their breakers should open and load be shed.
///
/// It fires when, within the window, at least `components` components each have at least `minimumRequests` finished
/// requests of which at least `errorRate` failed. One firing is one alarm: it is over when nothing has failed for a whole
/// window, so that a stream of failures is one alarm and not one an event.
package struct CascadeDetector: Sendable {
  /// A component in the window.
  package struct State: Hashable, Sendable {
    package var component: String
    package var requests: Int
    package var failures: Int
    package var errorRate: Double { requests == 0 ? 0 : Double(failures) / Double(requests) }
  }

  /// One alarm.
  package struct Alarm: Hashable, Sendable {
    /// When it fired, microseconds since the epoch.
    package var start: Int64
    /// The failing components when it fired, by name.
    package var states: [State]
  }

  /// Requests that ended at one time.
  private struct Finished {
    var time: Int64
    var component: String
    var requests: Int
    var failures: Int
    var failed: Bool { failures > 0 }
  }

  package let settings: IncidentSettings
  private var recent: [Finished] = []
  private var clock = Int64.min
  private var isOpen = false

  package init(settings: IncidentSettings = IncidentSettings()) { self.settings = settings }

  /// Takes the end of a request; returns an alarm when this event makes the gate fire.
  package mutating func finish(_ component: String, at time: Int64, succeeded: Bool) -> Alarm? {
    finish(component, at: time, requests: 1, failures: succeeded ? 0 : 1)
  }

  /// Takes several requests that ended at one time, some of them failed: what a merged night knows of a slot. What comes
  /// more than a window late says nothing about the window.
  package mutating func finish(_ component: String, at time: Int64, requests: Int, failures: Int) -> Alarm? {
    if clock != .min, clock.subtractingSaturated(time) > settings.window { return nil }
    clock = max(clock, time)
    while let first = recent.first, clock.subtractingSaturated(first.time) > settings.window { recent.removeFirst() }
    // Nothing failed for a whole window before this: what fails now is another alarm.
    if isOpen, !recent.contains(where: \.failed) { isOpen = false }
    let finished = Finished(time: time, component: component, requests: requests, failures: failures)
    // Merged logs may be a little out of order: keep the window sorted.
    let place = recent.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
    recent.insert(finished, at: place)
    return judge(at: time, failed: failures > 0)
  }

  private mutating func judge(at time: Int64, failed: Bool) -> Alarm? {
    let failing = failingComponents()
    guard !isOpen, failed, failing.count >= settings.components else { return nil }
    isOpen = true
    return Alarm(start: time, states: failing)
  }

  private func failingComponents() -> [State] {
    var states: [String: State] = [:]
    for finished in recent {
      var state =
        states[finished.component]
        ?? State(component: finished.component, requests: 0, failures: 0)
      state.requests += finished.requests
      state.failures += finished.failures
      states[finished.component] = state
    }
    return states.values.filter {
      $0.failures > 0 && $0.requests >= settings.minimumRequests && $0.errorRate >= settings.errorRate
    }.sorted { $0.component < $1.component }
  }
}
