internal import Support
// Supervision: which children are stopped and started when one of them ends, how often, and when that is given up.

/// The settings of a supervisor. Times are microseconds.
package struct SupervisionSettings: Hashable, Sendable {
  package enum Strategy: String, CaseIterable, Hashable, Sendable { case oneForOne, oneForAll, restForOne }

  /// When a child is started again.
  package enum RestartType: String, CaseIterable, Hashable, Sendable {
    case permanent
    /// Only after an abnormal exit.
    case transient
    case temporary
  }

  /// How restarts are counted against `maxRestarts`.
  package enum Window: Hashable, Sendable {
    /// Restarts at t >= now - period count (Erlang/OTP, in whole seconds there).
    case slidingInclusive
    /// Restarts at t > now - period count.
    case slidingExclusive
    /// A window begins with a start and ends when now - begin > period; the first start counts (systemd).
    case fixed
  }

  package struct Child: Hashable, Sendable {
    package var id: String
    package var restart: RestartType
    /// A limit of its own beside the supervisor's.
    package var maxRestarts: Int?
    package init(id: String, restart: RestartType = .permanent, maxRestarts: Int? = nil) {
      self.id = id
      self.restart = restart
      self.maxRestarts = maxRestarts
    }
  }

  package var strategy: Strategy
  package var maxRestarts: Int
  package var period: Int64
  package var window: Window
  package var backoff: Backoff
  /// In start order.
  package var children: [Child]
  /// A child that gives no sign of life for this long counts as ended by a timeout; nil: not watched.
  package var heartbeatTimeout: Int64?

  package init(
    strategy: Strategy = .oneForOne, maxRestarts: Int = 5, period: Int64 = 60_000_000,
    window: Window = .slidingInclusive,
    backoff: Backoff = Backoff(.exponential(base: 1_000_000, factor: 2), maximum: 60_000_000), children: [Child] = [],
    heartbeatTimeout: Int64? = nil
  ) {
    self.strategy = strategy
    self.maxRestarts = maxRestarts
    self.period = period
    self.window = window
    self.backoff = backoff
    self.children = children
    self.heartbeatTimeout = heartbeatTimeout
  }

  /// What is wrong with the settings, in plain words.
  package var problems: [String] {
    var problems: [String] = []
    if maxRestarts < 0 { problems.append("maxRestarts must not be negative") }
    if period < 1 { problems.append("period must be longer than 0") }
    var seen: Set<String> = []
    for child in children {
      if child.id.isEmpty { problems.append("a child needs an id") }
      if !seen.insert(child.id).inserted { problems.append("child '\(child.id)' appears twice") }
    }
    return problems
  }
}

/// How a child ended.
package enum ExitReason: String, CaseIterable, Hashable, Sendable {
  case normal
  /// Asked to, by its supervisor: not abnormal.
  case shutdown
  case error, killed, timeout

  package var isAbnormal: Bool { self != .normal && self != .shutdown }
}

/// What a supervisor does, and when (microseconds).
package enum SupervisionAction: Hashable, Sendable {
  case stop(String, at: Int64)
  case start(String, at: Int64)
  /// The child is not started again and no longer supervised.
  case drop(String, at: Int64)
  /// The limit is exceeded: the supervisor gives up and its own supervisor must act.
  case escalate(String, at: Int64)
}

/// One supervisor over its children: a machine over their exits.
package struct Supervisor: Sendable {
  package let settings: SupervisionSettings
  /// Children under supervision, in start order.
  package private(set) var alive: [String]
  package private(set) var hasEscalated = false
  package private(set) var restarts: [String: Int] = [:]
  private var recent: [Int64] = []
  private var recentByChild: [String: [Int64]] = [:]
  private var window: FixedStartWindow

  /// Supervises children that are first started at `time`, microseconds.
  package init(_ settings: SupervisionSettings, startedAt time: Int64 = 0) {
    self.settings = settings
    alive = settings.children.map(\.id)
    window = FixedStartWindow(interval: settings.period, burst: settings.maxRestarts)
    // The first start counts.
    if settings.window == .fixed { _ = window.admits(at: time) }
  }

  private func spec(_ id: String) -> SupervisionSettings.Child? { settings.children.first { $0.id == id } }

  /// A child crashed or ended. One path for both: classify, record, limit, strategy, backoff.
  package mutating func exited(_ id: String, _ reason: ExitReason, at time: Int64) -> [SupervisionAction] {
    guard !hasEscalated, alive.contains(id), let child = spec(id) else { return [] }
    switch child.restart {
    case .permanent: break
    case .transient where reason.isAbnormal: break
    case .transient, .temporary:
      alive.removeAll { $0 == id }
      return [.drop(id, at: time)]
    }
    guard admitsRestart(of: child, at: time) else { return escalate(id, at: time) }
    restarts[id, default: 0] += 1
    var memory = Backoff.Memory()
    // The counter starts again once the window has emptied: a child that was stable waits the first delay.
    let k = max(recentByChild[id]?.count ?? 1, 1)
    let start = time.addingSaturated(settings.backoff.delay(k, u: 0.5, memory: &memory))
    return restart(id, at: time, start: start)
  }

  private mutating func restart(_ id: String, at time: Int64, start: Int64) -> [SupervisionAction] {
    let affected: [String]
    switch settings.strategy {
    case .oneForOne: affected = [id]
    case .oneForAll: affected = alive
    case .restForOne: affected = Array(alive.drop { $0 != id })
    }
    var actions: [SupervisionAction] = []
    if settings.strategy != .oneForOne { actions += affected.reversed().map { .stop($0, at: time) } }
    for other in affected {
      if other != id, spec(other)?.restart == .temporary {
        alive.removeAll { $0 == other }
        actions.append(.drop(other, at: time))
      } else {
        actions.append(.start(other, at: start))
      }
    }
    return actions
  }

  private mutating func escalate(_ id: String, at time: Int64) -> [SupervisionAction] {
    hasEscalated = true
    let stops = alive.reversed().map { SupervisionAction.stop($0, at: time) }
    return stops + [.escalate(id, at: time)]
  }

  private mutating func admitsRestart(of child: SupervisionSettings.Child, at time: Int64) -> Bool {
    var own = kept(recentByChild[child.id] ?? [], at: time)
    own.append(time)
    recentByChild[child.id] = own
    if let limit = child.maxRestarts, own.count > limit { return false }
    if settings.window == .fixed { return settings.maxRestarts > 0 && window.admits(at: time) }
    recent = kept(recent, at: time)
    recent.append(time)
    return recent.count <= settings.maxRestarts
  }

  private func kept(_ times: [Int64], at time: Int64) -> [Int64] {
    let from = time.subtractingSaturated(settings.period)
    return times.filter { settings.window == .slidingExclusive ? $0 > from : $0 >= from }
  }
}

/// A window that admits at most `burst` starts in `interval`, counted from the first one (systemd's rate limit).
package struct FixedStartWindow: Hashable, Sendable {
  package let interval: Int64
  package let burst: Int
  private var begin: Int64?
  private var count = 0

  package init(interval: Int64, burst: Int) {
    self.interval = interval
    self.burst = burst
  }

  /// Whether a start at `time` is allowed; counts it where it is.
  package mutating func admits(at time: Int64) -> Bool {
    if begin.map({ time.subtractingSaturated($0) > interval }) ?? true {
      begin = time
      count = 0
    }
    guard count < burst else { return false }
    count += 1
    return true
  }
}
