// Who decides about an ended task: a supervisor, or a recovery.
internal import Model
internal import Support

/// A supervision or recovery policy at work.
struct TaskRule: Sendable {
  /// What is to be done.
  enum Step: Sendable {
    case stop(Int, at: Int64)
    case start(Int, at: Int64, isElsewhere: Bool)
    /// The state before is taken back: the task serves again, and its work is lost.
    case rollback(Int, at: Int64)
    /// The task is left alone; whoever repaired it in the log repairs it.
    case leave(Int, at: Int64)
    /// All tasks are left alone.
    case giveUp(Int, at: Int64)
  }

  /// The place that stands for any other than the task's own: the log has none.
  private static let elsewhere = "another target"

  private let settings: SupervisionSettings?
  private let names: [String]
  private let numbers: [String: Int]
  private var supervisor: Supervisor?
  private var recovery: RecoveryManager?

  /// Nil where the policy has neither family, or impossible settings.
  init?(_ policy: Policy, _ log: TaskLog) {
    names = log.children
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    if var given = policy.supervision {
      if given.children.isEmpty {
        given.children = names.filter { policy.component == nil || policy.component == $0 }
          .map { SupervisionSettings.Child(id: $0) }
      }
      settings = given
      supervisor = Supervisor(given, startedAt: log.start)
    } else if let given = policy.recovery {
      settings = nil
      guard let manager = try? RecoveryManager(given, targets: [Self.elsewhere]) else { return nil }
      recovery = manager
    } else {
      return nil
    }
  }

  var heartbeatTimeout: Int64? { settings?.heartbeatTimeout }

  func covers(_ child: Int) -> Bool { settings?.children.contains { $0.id == names[child] } ?? true }

  /// A supervisor that had given up is started anew by its own.
  mutating func revive(at time: Int64) {
    if let settings { supervisor = Supervisor(settings, startedAt: time) }
  }

  mutating func ended(_ child: Int, _ reason: ExitReason, at time: Int64) -> [Step] {
    let id = names[child]
    if supervisor != nil {
      return (supervisor?.exited(id, reason, at: time) ?? []).compactMap { action in
        switch action {
        case .stop(let name, let at): numbers[name].map { .stop($0, at: at) }
        case .start(let name, let at): numbers[name].map { .start($0, at: at, isElsewhere: false) }
        case .drop(let name, let at): numbers[name].map { .leave($0, at: at) }
        case .escalate(let name, let at): numbers[name].map { .giveUp($0, at: at) }
        }
      }
    }
    guard reason.isAbnormal else { return [.leave(child, at: time)] }
    let kind = Self.kind(reason)
    if recovery?.operation(id)?.state == .pending, recovery?.operation(id)?.attempts.isEmpty == false {
      recovery?.failed(id, kind: kind, message: "", at: time)
    } else {
      recovery?.recordFailure(of: id, kind: kind, at: time)
    }
    let due = recovery?.nextRetryTime(id) ?? time
    guard let strategy = try? recovery?.recover(id, at: due) else { return [.leave(child, at: time)] }
    switch strategy {
    case .retryOnSameTarget: return [.start(child, at: due, isElsewhere: false)]
    case .retryOnDifferentTarget: return [.start(child, at: due, isElsewhere: true)]
    // Nothing is waited for where nothing is tried.
    case .rollback: return [.rollback(child, at: time)]
    case .giveUp: return [.leave(child, at: time)]
    }
  }

  /// A start lasted.
  mutating func lasted(_ child: Int, at time: Int64) { recovery?.succeeded(names[child], at: time) }

  /// The failure that an end stands for: a task that was killed lacked something that another place may have.
  private static func kind(_ reason: ExitReason) -> FailureKind {
    switch reason {
    case .timeout: .timeout
    case .killed: .insufficientResources
    case .normal, .shutdown, .error: .unavailable
    }
  }
}
