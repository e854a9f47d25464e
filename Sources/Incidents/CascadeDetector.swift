internal import Support
package import Model

/// The reflex gate: when enough components fail at once, their breakers should open and load be shed.
///
/// It fires when, within the window, at least `components` components each have at least `minimumRequests` finished
/// requests of which at least `errorRate` failed. One firing is one alarm: it is extended while the condition holds and
/// closed when nothing has failed for a whole window, so that a stream of failures is one alarm and not one an event.
package struct CascadeDetector: Sendable {
  /// A component in the window.
  package struct State: Hashable, Sendable {
    package var component: String
    package var requests: Int
    package var failures: Int
    package var errorRate: Double { requests == 0 ? 0 : Double(failures) / Double(requests) }
  }

  /// One alarm, from its first to its last failure.
  package struct Alarm: Hashable, Sendable {
    /// Microseconds since the epoch.
    package var start: Int64
    package var end: Int64
    /// The failing components when it fired, by name.
    package var states: [State]
    /// The failures that led to it, in time order.
    package var chain: [Link]
  }

  /// One failure that led to an alarm.
  package struct Link: Hashable, Sendable {
    package var time: Int64
    package var component: String
    package var request: RequestID
  }

  /// Requests that ended at one time.
  private struct Finished {
    var time: Int64
    var component: String
    var request: RequestID
    var requests: Int
    var failures: Int
    var failed: Bool { failures > 0 }
  }

  package let settings: IncidentSettings
  /// Alarms that are over, then the one that is not.
  package private(set) var alarms: [Alarm] = []
  /// Events that came more than a window late and were not used.
  package private(set) var late = 0
  private var recent: [Finished] = []
  private var clock = Int64.min
  private var isOpen = false

  package init(settings: IncidentSettings = IncidentSettings()) { self.settings = settings }

  /// Takes the end of a request; returns an alarm when this event makes the gate fire.
  package mutating func finish(
    _ component: String, at time: Int64, request: RequestID = .none, succeeded: Bool
  ) -> Alarm? {
    finish(component, at: time, request: request, requests: 1, failures: succeeded ? 0 : 1)
  }

  /// Takes several requests that ended at one time, some of them failed: what a merged night knows of a slot.
  package mutating func finish(
    _ component: String, at time: Int64, request: RequestID = .none, requests: Int, failures: Int
  ) -> Alarm? {
    if clock.subtractingSaturated(time) > settings.window, clock != .min {
      late += requests
      return nil
    }
    clock = max(clock, time)
    while let first = recent.first, clock.subtractingSaturated(first.time) > settings.window { recent.removeFirst() }
    // Nothing failed for a whole window before this: what fails now is another alarm.
    if isOpen, !recent.contains(where: \.failed) { isOpen = false }
    let finished = Finished(
      time: time, component: component, request: request, requests: requests, failures: failures)
    // Merged logs may be a little out of order: keep the window sorted.
    let place = recent.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0
    recent.insert(finished, at: place)
    return judge(at: time, failed: failures > 0)
  }

  private mutating func judge(at time: Int64, failed: Bool) -> Alarm? {
    let failing = failingComponents()
    guard failing.count >= settings.components else { return nil }
    if isOpen {
      if failed, let last = alarms.indices.last { alarms[last].end = max(alarms[last].end, time) }
      return nil
    }
    guard failed else { return nil }
    isOpen = true
    let alarm = Alarm(
      start: time, end: time, states: failing,
      chain: recent.filter(\.failed).map { Link(time: $0.time, component: $0.component, request: $0.request) })
    alarms.append(alarm)
    return alarm
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
