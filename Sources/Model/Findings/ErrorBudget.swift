// Service level objectives and what a night spent of their error budgets (B. Beyer et al., "The Site Reliability Workbook",
// 2018, chapters 2 and 5).

/// What a component has promised to those who call it.
package struct Objective: Hashable, Sendable {
  /// The share of requests that a target wants good.
  package enum Target: Hashable, Sendable {
    /// Requests that succeed.
    case success(share: Double)
    /// Requests that are answered within a time, microseconds.
    case latency(share: Double, within: Int64)

    package var share: Double {
      switch self {
      case .success(let share), .latency(let share, _): share
      }
    }
  }

  package var component: ForeignName
  package var target: Target
  /// The time that the budget is for, microseconds.
  package var window: Int64
  package init(component: ForeignName, target: Target, window: Int64) {
    self.component = component
    self.target = target
    self.window = window
  }
}

/// Requests of some time, and those that the target does not allow.
package struct BudgetSlot: Hashable, Sendable {
  /// Microseconds since the epoch.
  package var start: Int64
  package var requests: Int
  package var bad: Int
  package init(start: Int64, requests: Int, bad: Int) {
    self.start = start
    self.requests = requests
    self.bad = bad
  }
}

/// What the night spent of one error budget.
///
/// The budget of a window is the share of its requests that may be bad; tonight's requests stand for the window's: it has as
/// many for each hour as the night had. The burn rate is how many times faster than allowed the budget is spent; at 1 it
/// lasts exactly as long as the window.
package struct ErrorBudget: Hashable, Sendable {
  package var objective: Objective
  package var requests = 0
  package var bad = 0
  /// The night's length, microseconds.
  package var length: Int64
  /// By hour of the clock (UTC), in order.
  package var hours: [BudgetSlot] = []
  package var incidents: [Incident] = []
  package var candidates: [Candidate] = []

  /// One incident's part.
  package struct Incident: Hashable, Sendable {
    package var id: FindingID
    package var bad: Int
    package var spent: Double
    package init(id: FindingID, bad: Int, spent: Double) {
      self.id = id
      self.bad = bad
      self.spent = spent
    }
  }

  /// What a candidate policy would have spent.
  package struct Candidate: Hashable, Sendable {
    package var name: ForeignName
    package var spent: Estimate
    /// Time of the window's budget that it would have saved, microseconds; negative where it would have cost.
    package var saved: Estimate
    package init(name: ForeignName, spent: Estimate, saved: Estimate) {
      self.name = name
      self.spent = spent
      self.saved = saved
    }
  }

  /// - Parameters:
  ///   - objective: what was promised.
  ///   - slots: requests by time, in any order and of any length below an hour.
  ///   - length: the night's, microseconds.
  package init(_ objective: Objective, _ slots: [BudgetSlot], length: Int64) {
    self.objective = objective
    self.length = max(length, 1)
    var byHour: [Int64: BudgetSlot] = [:]
    for slot in slots {
      requests += slot.requests
      bad += slot.bad
      let hour = slot.start - ((slot.start % Self.hour) + Self.hour) % Self.hour
      var sum = byHour[hour] ?? BudgetSlot(start: hour, requests: 0, bad: 0)
      sum.requests += slot.requests
      sum.bad += slot.bad
      byHour[hour] = sum
    }
    hours = byHour.values.sorted { $0.start < $1.start }
  }

  private static let hour: Int64 = 3_600_000_000

  private var allowed: Double { max(1 - objective.target.share, 1e-9) }

  /// How many times faster than allowed a number of bad requests out of some spends the budget.
  package func burnRate(_ bad: Double, of requests: Int) -> Double {
    requests == 0 ? 0 : bad / Double(requests) / allowed
  }

  package var burnRate: Double { burnRate(Double(bad), of: requests) }

  /// The share of the whole window's budget that so many bad requests of tonight take.
  package func spent(_ bad: Double) -> Double {
    burnRate(bad, of: requests) * Double(length) / Double(max(objective.window, 1))
  }

  /// The share of the whole window's budget that tonight took.
  package var spent: Double { spent(Double(bad)) }

  /// The same share of the budget as time in which nothing is served, microseconds.
  package func time(_ bad: Double) -> Double {
    requests == 0 ? 0 : bad / Double(requests) * Double(length)
  }

  /// Takes a candidate in: `gain` is the change of the share of `calls` that are served.
  package mutating func add(_ name: ForeignName, gain: Estimate, calls: Int) {
    func left(_ gain: Double) -> Double { min(max(Double(bad) - gain * Double(calls), 0), Double(max(requests, bad))) }
    candidates.append(
      Candidate(
        name: name,
        spent: Estimate(gain.value.map { spent(left($0)) }, low: spent(left(gain.high)), high: spent(left(gain.low))),
        saved: Estimate(
          gain.value.map { time(Double(bad) - left($0)) }, low: time(Double(bad) - left(gain.low)),
          high: time(Double(bad) - left(gain.high)))))
  }
}
