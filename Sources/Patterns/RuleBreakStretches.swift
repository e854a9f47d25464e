// When rules were broken: stretches of windows with quiet ones between them.

/// Broken rules by stretches of time: a stretch is extended by every window in which one of them was broken, and over
/// once nothing was broken for the quiet time.
struct RuleBreakStretches {
  /// How long nothing must happen before a stretch is over, microseconds; at least one whole window of the night's.
  static let quiet: Int64 = 120_000_000

  /// The width of the night's windows, as a power of two.
  let shift: UInt8

  /// The stretches of some rules in time order, each with the rules broken in it and how often they were there.
  ///
  /// A rule of which only single requests are known counts where the request that stands for it lies.
  func find(_ breaks: [RuleBreak]) -> [(windows: ClosedRange<Int64>, breaks: [RuleBreak])] {
    let marked = Set(breaks.flatMap { windows(of: $0) }).sorted()
    var runs: [ClosedRange<Int64>] = []
    for window in marked {
      if let last = runs.last,
        (window - last.upperBound - 1) << Int64(shift) < Self.quiet || window == last.upperBound + 1
      {
        runs[runs.count - 1] = last.lowerBound...window
      } else {
        runs.append(window...window)
      }
    }
    return runs.map { run in (run, breaks.compactMap { part(of: $0, in: run) }) }
  }

  private func windows(of one: RuleBreak) -> [Int64] {
    one.windows.isEmpty ? one.exemplar.map { [$0.time >> Int64(shift)] } ?? [] : Array(one.windows.keys)
  }

  /// What of a broken rule lies in a stretch; nil where nothing does.
  private func part(of one: RuleBreak, in run: ClosedRange<Int64>) -> RuleBreak? {
    if one.windows.isEmpty { return windows(of: one).contains { run.contains($0) } ? one : nil }
    var part = one
    part.windows = one.windows.filter { run.contains($0.key) }
    part.count = part.windows.values.reduce(0, +)
    part.exemplars = one.exemplars.filter { run.contains($0.time >> Int64(shift)) }
    // Of each way to break a rule one request is known: where none lies in the stretch, another shows the same.
    part.exemplar = part.exemplars.min() ?? one.exemplar
    return part.count > 0 ? part : nil
  }
}
