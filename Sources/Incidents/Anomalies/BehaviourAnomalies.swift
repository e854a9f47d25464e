// Stretches in which components ran another way than usual.

internal import Support

/// Stretches in which the spans of a component run through other code than usual. They count only where spans never say
/// themselves that they failed: where they do, `FailureAnomalies` knows better.
///
/// Claim: in one or three minutes what departs is certain (six standard deviations), touches at least a twelfth of an
/// operation's spans and three of them, and no component further down the call graph explains it. What another explains is that
/// one's trouble, or where nothing else tells of it still the first's: blame moves, and nothing that requests show vanishes with it.
///
/// In a night without log records, where nobody but those spans says that anything was wrong, a few of them must go on for a second
/// minute: one point out of bounds is a chance that a run is not (Western Electric, *Statistical Quality Control Handbook*, 1956).
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
    var marks: [Int: MinuteMarks] = [:]
    var moved: [(window: [Int], from: Int, mark: SuspectScorer.Unusual.Moved)] = []
    // By minute, the components of which anything departs.
    var departing: [Set<Int>] = []
    for minute in grid.minutes.indices {
      let own = scorer.behaviours(in: [minute])
      departing.append(Set(own.map(\.component)))
      for window in grid.windows(endingAt: minute) {
        for unusual in window.count == 1 ? own : scorer.behaviours(in: Array(window)) {
          let seen = window.filter { departing[$0].contains(unusual.component) }
          let shown = seen.isEmpty ? Array(window) : seen
          if isCertain(unusual.strength, unusual.excess, unusual.departed) {
            marks[unusual.component, default: MinuteMarks()].take(shown, unusual.strength, spans: unusual.departed)
          } else if let mark = unusual.moved, isCertain(mark.strength, mark.excess, mark.departed) {
            moved.append((shown, unusual.component, mark))
          }
        }
      }
    }
    let known = anomalies(marks)
    marks = [:]
    let told = others + known
    for (window, from, mark) in moved where !isTold(window, of: [from, mark.cause], in: told) {
      marks[mark.bearer, default: MinuteMarks()].take(window, mark.strength, spans: mark.departed)
    }
    return known + anomalies(marks)
  }

  /// Whether spans are all that the night holds of what its components did.
  private var isUnwritten: Bool { grid.partial.logVolume.cells.isEmpty }

  private func isCertain(_ strength: Double, _ excess: Double, _ departed: Double) -> Bool {
    strength >= Self.certainty && excess >= Self.leastExcess && departed >= Self.leastSpans
  }

  /// Whether another anomaly of one of some components tells of that time.
  private func isTold(_ window: [Int], of components: [Int], in others: [Anomaly]) -> Bool {
    guard let first = window.first, let last = window.last else { return true }
    let time = grid.time(of: first...last)
    return others.contains {
      components.contains($0.component) && $0.onset < time.upperBound && $0.end > time.lowerBound
    }
  }

  private func anomalies(_ marks: [Int: MinuteMarks]) -> [Anomaly] {
    marks.sorted { $0.key < $1.key }.flatMap { component, marks in
      MinuteRuns.runs(marks.minutes.sorted(), slots: grid.minutes, gap: settings.quiet / 2).compactMap { run in
        if isUnwritten, run.count == 1, marks.spans(in: run) < grid.constants.manySpans { return nil }
        let time = grid.time(of: run)
        // A record may be written minutes after its span began, by whose start it is counted.
        let first = scorer.behaviour.first(of: component, in: run.lowerBound).flatMap { time.contains($0) ? $0 : nil }
        return Anomaly(
          component: component, sign: .behaviour, onset: first ?? time.lowerBound,
          end: time.upperBound, strength: marks.strength(in: run))
      }
    }
  }
}
