// Failures that outlive what set them off.

internal import Model
internal import Support

/// Whether an incident went on after what set it off was over, and retries went on with it: a metastable failure (Bronson et al.,
/// HotOS 2021; Huang et al., OSDI 2022). Then it is not the trigger that is to be mended but what kept the failures going.
///
/// Claim: near the incident's beginning the load rose by half of the usual (six standard deviations of a Poisson count), or a
/// component of it died; that was over for two minutes at least, and for as long as it had lasted, while requests went on failing
/// and each call of the cause was made one and a half times as often as usual.
struct OutlivedTrigger {
  private static let certainty = 6.0
  private static let leastRise = 1.5
  private static let calm = 1.25
  private static let leastTail: Int64 = 120_000_000
  private static let leastAttempts = 1.5
  private static let leastFailures = 10.0
  /// How far from the incident's first failure its trigger may begin, microseconds.
  private static let nearness: Int64 = 60_000_000

  let grid: ComponentTimeline
  let impacts: ImpactMap

  private struct Trigger {
    var start: Int64
    var end: Int64
    var kind: IncidentTriggerKind
  }

  /// What is said of it, where it is so.
  ///
  /// - Complexity: O(minutes + deaths)
  func reasoning(to first: Int, _ group: IncidentBuilder.Group) -> IncidentReasoning? {
    guard group.hasFailures, let trigger = load(group) ?? deaths(group) else { return nil }
    let tail = group.end.subtractingSaturated(trigger.end)
    guard tail >= max(Self.leastTail, trigger.end.subtractingSaturated(trigger.start)) else { return nil }
    let (calls, repeats) = impacts.repeats(to: first, from: trigger.end, to: group.end)
    let usual = impacts.usualRepeatShare(to: first)
    guard calls > repeats, usual < 1 else { return nil }
    let attempts = calls / (calls - repeats)
    let usualAttempts = 1 / (1 - usual)
    let members = Set(group.components)
    let failed = impacts.blamed(from: trigger.end, to: group.end).reduce(0) {
      members.contains($1.key) ? $0 + $1.value : $0
    }
    guard attempts >= Self.leastAttempts * usualAttempts, failed >= Self.leastFailures else { return nil }
    return .outlived(trigger.kind, over: trigger.end, until: group.end, attempts: attempts, usual: usualAttempts)
  }

  /// The requests that entered, minute by minute, against the usual of the night.
  private func load(_ group: IncidentBuilder.Group) -> Trigger? {
    let counts = grid.minutes.map {
      Double(grid.partial.visits.cells[CubeKey(a: 0, slot: $0)]?.requests ?? 0)
    }
    let usual = RobustBaseline.quantile(counts.sorted(), 0.5)
    guard usual > 0 else { return nil }
    func isHigh(_ minute: Int) -> Bool {
      counts[minute] >= Self.leastRise * usual && counts[minute] - usual >= Self.certainty * usual.squareRoot()
    }
    let begin = grid.minutes.indices.first { minute in
      let start = IncidentPartial.start(grid.minutes[minute], IncidentPartial.coarse)
      return isHigh(minute) && start + IncidentPartial.coarse >= group.start - Self.nearness
        && start <= group.start + Self.nearness
    }
    guard let begin else { return nil }
    var last = begin
    while last + 1 < counts.count, isHigh(last + 1) { last += 1 }
    let after = (last + 1..<counts.count).filter {
      IncidentPartial.start(grid.minutes[$0], IncidentPartial.coarse) <= group.end
    }
    // A load that stays raised, or comes again, is not over.
    guard after.dropFirst().allSatisfy({ counts[$0] <= Self.calm * usual }) else { return nil }
    let time = grid.time(of: begin...last)
    return Trigger(
      start: time.lowerBound, end: time.upperBound,
      kind: .load(counts[begin...last].max() ?? 0, usual: usual))
  }

  private func deaths(_ group: IncidentBuilder.Group) -> Trigger? {
    for component in group.components {
      let deaths = impacts.deaths(of: component, from: group.start - Self.nearness, to: group.end).map(\.time)
      guard let first = deaths.first, let last = deaths.last, first <= group.start + Self.nearness else { continue }
      return Trigger(start: first, end: last, kind: .death(grid.name(component)))
    }
    return nil
  }
}
