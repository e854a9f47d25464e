// Stretches in which components ran another way than usual.

internal import Support

/// Stretches in which the spans of a component run through other code than usual. They count only where spans never say
/// themselves that they failed: where they do, `FailureAnomalies` knows better.
///
/// Claim: in one or three minutes what departs is certain (six standard deviations), touches at least a twelfth of an
/// operation's spans and three of them, and no component further down the call graph explains it. What another explains is that
/// one's trouble, or where nothing else tells of it still the first's: blame moves, and nothing that requests show vanishes with it.
struct BehaviourAnomalies {
  /// A false one in a night of a thousand minutes and ten thousand event pairs is then a matter of years.
  private static let certainty = 6.0
  private static let leastExcess = 0.08
  private static let leastSpans = 3.0

  let grid: ComponentTimeline
  let scorer: SuspectScorer
  let settings: IncidentSettings

  /// The stretches of the night; what moves is told of where `others`, which are known already, do not tell of it.
  ///
  /// - Complexity: O(pairs × minutes)
  func find(beside others: [Anomaly]) -> [Anomaly] {
    var marks: [Int: Marks] = [:]
    var moved: [(window: [Int], from: Int, mark: SuspectScorer.Unusual.Moved)] = []
    // By minute, the components of which anything departs.
    var departing: [Set<Int>] = []
    for minute in grid.minutes.indices {
      departing.append(Set(scorer.behaviours(in: [minute]).map(\.component)))
      for length in [1, 3] where minute + 1 >= length {
        let window = Array((minute + 1 - length)...minute)
        guard grid.minutes[minute] - grid.minutes[window[0]] < Int32(length) else { continue }
        for unusual in scorer.behaviours(in: window) {
          if isCertain(unusual.strength, unusual.excess, unusual.departed) {
            let seen = window.filter { departing[$0].contains(unusual.component) }
            marks[unusual.component, default: Marks()].take(seen.isEmpty ? window : seen, unusual.strength)
          } else if let mark = unusual.moved, isCertain(mark.strength, mark.excess, mark.departed) {
            let seen = window.filter { departing[$0].contains(unusual.component) }
            moved.append((seen.isEmpty ? window : seen, unusual.component, mark))
          }
        }
      }
    }
    let known = anomalies(marks)
    marks = [:]
    for (window, from, mark) in moved where !isTold(window, of: [from, mark.cause], in: others + known) {
      marks[mark.bearer, default: Marks()].take(window, mark.strength)
    }
    return known + anomalies(marks)
  }

  private struct Marks {
    var minutes: Set<Int> = []
    var strength = 0.0

    mutating func take(_ window: [Int], _ value: Double) {
      minutes.formUnion(window)
      strength = max(strength, value)
    }
  }

  private func isCertain(_ strength: Double, _ excess: Double, _ departed: Double) -> Bool {
    strength >= Self.certainty && excess >= Self.leastExcess && departed >= Self.leastSpans
  }

  /// Whether another anomaly of one of some components tells of that time.
  private func isTold(_ window: [Int], of components: [Int], in others: [Anomaly]) -> Bool {
    guard let first = window.first, let last = window.last else { return true }
    let start = IncidentPartial.start(grid.minutes[first], IncidentPartial.coarse)
    let end = IncidentPartial.start(grid.minutes[last] + 1, IncidentPartial.coarse)
    return others.contains { components.contains($0.component) && $0.onset < end && $0.end > start }
  }

  private func anomalies(_ marks: [Int: Marks]) -> [Anomaly] {
    marks.sorted { $0.key < $1.key }.flatMap { component, marks in
      MinuteRuns.runs(marks.minutes.sorted(), slots: grid.minutes, gap: settings.quiet / 2).map { run in
        Anomaly(
          component: component, sign: .behaviour,
          onset: IncidentPartial.start(grid.minutes[run.lowerBound], IncidentPartial.coarse),
          end: IncidentPartial.start(grid.minutes[run.upperBound] + 1, IncidentPartial.coarse),
          strength: marks.strength)
      }
    }
  }
}
