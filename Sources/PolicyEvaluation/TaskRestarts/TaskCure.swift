// When the cause of a trouble was over, as starts that failed and one that lasted tell.
internal import Support

/// How likely a start lasts that nobody made at that time.
struct TaskCure: Sendable {
  /// Troubles below which their lengths are not put together.
  static let least = 5

  private let lengths: Turnbull?
  let isSupported: Bool

  /// A trouble's cause lasts longer than to its last failing start, and no longer than to the start that lasted.
  init(_ log: TaskLog) {
    let told = log.troubles.filter { !$0.isSilent }
    let bounds = told.map { trouble -> (low: Double, high: Double) in
      let low = Double(trouble.lastFailing - trouble.first)
      return (low, trouble.cured.map { max(Double($0 - trouble.first), low) } ?? .infinity)
    }
    isSupported = bounds.count >= Self.least
    let step = (bounds.count + Outages.turnbullLimit - 1) / Outages.turnbullLimit
    lengths =
      isSupported ? Turnbull(stride(from: 0, to: bounds.count, by: max(step, 1)).map { bounds[$0] }) : nil
  }

  /// P(a start at `time` lasts), for a time between a trouble's last failing start and its cure; a trouble that was still open
  /// at the end of the log may last longer.
  func lasts(_ trouble: TaskLog.Trouble, at time: Int64, until end: Int64) -> Double {
    let low = Double(trouble.lastFailing - trouble.first)
    let high = trouble.cured.map { Double($0 - trouble.first) } ?? .infinity
    let at = Double(time - trouble.first)
    let last = Double((trouble.cured ?? end) - trouble.first)
    let even = last > low ? min(max((at - low) / (last - low), 0), 1) : 1
    guard let lengths else { return trouble.cured == nil ? even / 2 : even }
    var (before, within) = (0.0, 0.0)
    for mass in lengths.masses where mass.high > low && mass.low < high {
      let from = max(mass.low, low)
      let to = min(mass.high, high)
      let isSpread = mass.high.isFinite && mass.high > mass.low
      let share = isSpread ? mass.mass * (to - from) / (mass.high - mass.low) : mass.mass
      within += share
      if to.isFinite { before += share * (to > from ? min(max((at - from) / (to - from), 0), 1) : at >= to ? 1 : 0) }
    }
    return within > 0 ? before / within : even
  }
}
