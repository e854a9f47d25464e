// Retries that multiply.

internal import Model

/// How many attempts one request became: per hop, along the chain, and from end to end.
struct Amplification {
  /// A caller's attempts per call, and whom it calls.
  struct Hop {
    var caller: Int
    var callee: Int
    var factor: Double
  }

  /// Less than this is no amplification.
  private static let least = 1.05

  let grid: ComponentTimeline
  let impacts: ImpactMap

  /// The hops from the outermost affected caller down to the first cause along the way on which retries multiply most,
  /// each with its factor. A caller counts once, so that calls in a circle end.
  ///
  /// - Complexity: O(edges among the components)
  func chain(to first: Int, among affected: [Int], from: Int64, to: Int64) -> [Hop] {
    let wanted = Set(affected)
    var hops: [Hop] = []
    var current = first
    var seen: Set<Int> = [first]
    while true {
      var best: Hop?
      for caller in grid.callers[current] where wanted.contains(caller) && !seen.contains(caller) {
        let (calls, repeats) = impacts.repeats(from: caller, to: current, start: from, end: to)
        guard calls > repeats else { continue }
        let hop = Hop(caller: caller, callee: current, factor: calls / (calls - repeats))
        if best.map({ hop.factor > $0.factor }) ?? true { best = hop }
      }
      guard let best else { break }
      hops.append(best)
      seen.insert(best.caller)
      current = best.caller
    }
    return hops.reversed()
  }

  /// What the hops say; empty where nothing was repeated.
  func reasoning(to first: Int, among affected: [Int], from: Int64, to: Int64) -> [IncidentReasoning] {
    var lines: [IncidentReasoning] = []
    let hops = chain(to: first, among: affected, from: from, to: to)
    let product = hops.reduce(1) { $0 * $1.factor }
    guard product >= Self.least else { return [] }
    // Where no hop stands out, all of them together do.
    let telling = hops.contains { $0.factor >= Self.least } ? hops.filter { $0.factor >= Self.least } : hops
    lines.append(
      .attempts(
        telling.map { AttemptHop(caller: grid.name($0.caller), callee: grid.name($0.callee), factor: $0.factor) },
        product: product))
    if let perRequest = attemptsPerRequest(first, grid.minutes(in: from - IncidentPartial.coarse / 2..<to + 1)),
      let usual = usualAttemptsPerRequest(first), perRequest >= Self.least * usual
    {
      lines.append(.attemptsPerRequest(component: grid.name(first), now: perRequest, usual: usual))
    }
    return lines
  }

  /// Attempts to a component per request that made any; nil where no request is known to.
  private func attemptsPerRequest(_ component: Int, _ minutes: [Int]) -> Double? {
    var calls = 0.0
    var requests = 0.0
    for minute in minutes {
      let start = IncidentPartial.start(grid.minutes[minute], IncidentPartial.coarse)
      calls += impacts.repeats(to: component, from: start, to: start + IncidentPartial.coarse - 1).calls
      requests += grid.requests(component, [minute])
    }
    return requests > 0 && calls > 0 ? calls / requests : nil
  }

  /// The median over the minutes of the night.
  private func usualAttemptsPerRequest(_ component: Int) -> Double? {
    let values = grid.baseline.compactMap { attemptsPerRequest(component, [$0]) }.sorted()
    return values.isEmpty ? nil : RobustBaseline.quantile(values, 0.5)
  }
}
