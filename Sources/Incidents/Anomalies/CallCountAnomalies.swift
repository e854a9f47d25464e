// Components that call others more often than usual.

internal import Model
internal import Support

/// Stretches in which a component makes many times the calls of another that its requests usually make, and its requests take longer
/// for it: a query in a loop ("N+1"), or a cache that no longer answers so that what stands behind it is asked each time.
///
/// Claim: in one minute, or in three, at least twice the usual number of calls per request and six robust standard deviations more,
/// twenty calls at least, attempts beyond the first not counted and failures no reason for them; or in an operation the calls that follow
/// those of another component come twice as often and as surely, that one being called as often as usual: then its answers are why.
/// And the caller's requests are slow beyond their usual share. No call itself is slow or fails, so nothing else tells of it.
struct CallCountAnomalies {
  private static let certainty = 6.0
  /// From which one is believed to be why there are more calls.
  private static let believed = 4.0
  private static let leastFactor = BehaviourContrast.moreOften
  private static let leastCalls = 20.0
  private static let leastRequests = 10.0
  /// Failed calls per additional one that make them attempts.
  private static let failedShare = 0.25

  private let grid: ComponentTimeline
  private let behaviour: BehaviourContrast
  private let durations: DurationContrast
  private let settings: IncidentSettings
  private let counts: CallCounts
  /// The windows of one minute and three that end in each minute.
  private let windows: [[[Int]]]

  /// - Complexity: O(cells)
  init(grid: ComponentTimeline, behaviour: BehaviourContrast, durations: DurationContrast, settings: IncidentSettings) {
    self.grid = grid
    self.behaviour = behaviour
    self.durations = durations
    self.settings = settings
    counts = CallCounts(grid)
    windows = grid.minutes.indices.map { grid.windows(endingAt: $0).map(Array.init) }
  }

  /// Who is at fault, and between whom there are more calls.
  private struct Trouble: Hashable, Comparable {
    var cause: Int
    var way: Anomaly.Way

    static func < (a: Self, b: Self) -> Bool {
      (a.cause, a.way.caller, a.way.callee) < (b.cause, b.way.caller, b.way.callee)
    }
  }

  /// - Complexity: O((edges + event pairs) × minutes)
  func find() -> [Anomaly] {
    var marks: [Trouble: MinuteMarks] = [:]
    let answers = Dictionary(grouping: behaviour.answers()) { Anomaly.Way(caller: $0.caller, callee: $0.next) }
    for (way, usual) in counts.usual.sorted(by: { $0.key < $1.key }) {
      let leading = answers[way] ?? []
      var known: Set<Int> = []
      for answer in leading {
        let found = marked(answer)
        guard !found.minutes.isEmpty else { continue }
        known.formUnion(found.minutes)
        marks[Trouble(cause: answer.first, way: way), default: MinuteMarks()].take(found)
      }
      let found = marked(way, usual)
      // Whose answers are why is known already, or need not be as sure as that there are more calls.
      guard !found.minutes.isEmpty, known.isDisjoint(with: found.minutes) else { continue }
      let cause = strongest(leading, in: found.minutes.sorted()) ?? way.caller
      marks[Trouble(cause: cause, way: way), default: MinuteMarks()].take(found)
    }
    return marks.sorted { $0.key < $1.key }.flatMap { anomalies($0, $1) }
  }

  /// Of those whose answers may be why there are more calls the one that it departs most with, where it does at all.
  private func strongest(_ answers: [BehaviourContrast.Answer], in minutes: [Int]) -> Int? {
    var most: (z: Double, first: Int?) = (Self.believed, nil)
    for answer in answers where !isAskedMore(answer, in: minutes) {
      let contrast = behaviour.contrast(answer, in: minutes)
      if contrast.z > most.z { most = (contrast.z, answer.first) }
    }
    return most.first
  }

  private func marked(_ way: Anomaly.Way, _ usual: RobustBaseline) -> MinuteMarks {
    var marks = MinuteMarks()
    for window in windows.joined() {
      let seen = counts.sum(way, window)
      guard seen.requests >= Self.leastRequests else { continue }
      let more = seen.calls - usual.center * seen.requests
      // A request that makes a call or none scatters as a count does.
      let scatter = max(usual.spread, 0.1 * usual.center, (usual.center / seen.requests).squareRoot())
      let z = more / seen.requests / scatter
      guard more >= Self.leastCalls, seen.calls >= Self.leastFactor * usual.center * seen.requests, z >= Self.certainty,
        seen.failures < Self.failedShare * more
      else { continue }
      // Of several minutes those that show it.
      let half = usual.center + more / seen.requests / 2
      let shown = window.filter { minute in
        let one = counts.sum(way, [minute])
        return one.requests > 0 && one.calls >= half * one.requests
      }
      marks.take(shown, z)
    }
    return marks
  }

  /// Where a component's answers make its caller ask another.
  private func marked(_ answer: BehaviourContrast.Answer) -> MinuteMarks {
    let way = Anomaly.Way(caller: answer.caller, callee: answer.next)
    var marks = MinuteMarks()
    // Three minutes show it only where one of them does.
    let raised = behaviour.raised(answer)
    let ends = Set(raised.flatMap { $0..<min($0 + 3, grid.width) }).sorted()
    for window in ends.flatMap({ windows[$0] }) {
      let contrast = behaviour.contrast(answer, in: window)
      guard contrast.z >= Self.certainty, contrast.share >= BehaviourContrast.moreOften * contrast.center,
        contrast.departed >= Self.leastCalls / 2, !isAskedMore(answer, in: window),
        counts.sum(way, window).failures < Self.failedShare * contrast.departed
      else { continue }
      let half = contrast.center + contrast.excess / 2
      let shown = window.filter { behaviour.contrast(answer, in: [$0]).share >= half }
      marks.take(shown, contrast.z)
    }
    return marks
  }

  /// Whether the first of two calls comes more often itself, or fails: then both are in a loop, or the second stands in for the first.
  private func isAskedMore(_ answer: BehaviourContrast.Answer, in window: [Int]) -> Bool {
    let first = Anomaly.Way(caller: answer.caller, callee: answer.first)
    let seen = counts.sum(first, window)
    guard let usual = counts.usual[first] else { return true }
    return seen.calls >= Self.leastFactor * max(usual.center * seen.requests, 1)
      || seen.failures >= Self.failedShare * seen.calls
  }

  private func anomalies(_ trouble: Trouble, _ marks: MinuteMarks) -> [Anomaly] {
    guard let usual = counts.usual[trouble.way] else { return [] }
    return MinuteRuns.runs(marks.minutes.sorted(), slots: grid.minutes, gap: settings.quiet / 2).compactMap { run in
      let minutes = Array(run)
      guard durations.departure(of: trouble.way.caller, in: minutes) != nil else { return nil }
      let seen = counts.sum(trouble.way, minutes)
      guard seen.calls - usual.center * seen.requests >= Self.leastCalls / 2 else { return nil }
      let now = seen.calls / max(seen.requests, 1)
      let time = counts.extent(trouble.way, run, usual: usual.center, now: now)
      return Anomaly(
        component: trouble.cause, sign: .moreCalls, onset: max(time.lowerBound, grid.partial.first),
        end: max(min(time.upperBound, grid.partial.last), time.lowerBound), strength: min(marks.strength(in: run), 50),
        usualTime: usual.center, time: now, way: trouble.way)
    }
  }
}
