// Single calls that nothing else of the night comes near.

internal import Support

/// Calls that kept a user's request waiting so long that chance makes none of them: one alone is no stretch, and no share of spans
/// shows it.
///
/// Claim, by peaks over a threshold (Siffer et al., *Anomaly Detection in Streams with Extreme Value Theory*, KDD 2017): what the
/// ways of the quiet minutes took beyond their usual time, above its 98 % quantile, follows a distribution from which hardly any
/// night has a call as long (`CallTail`).
/// And a request at an entry point took longer than the second up to which a user's thought
/// is not interrupted (Miller, AFIPS 1968; Nielsen, *Usability Engineering*, 1993), most of it for that call: what no user waited for
/// is no incident. Own code is left out: where a runtime pauses, any span may stand still.
struct ExtremeCalls {
  /// The share of calls above the threshold, as in SPOT.
  private static let level = 0.02
  /// Calls of a way that tell what it usually takes.
  private static let trustedCalls = 8
  /// Of a request's time the part that it must have waited for the call.
  private static let leastPart = 0.5
  /// How far the middle of a bucket may lie from what is in it.
  private static let roundness = 0.95

  private struct Call {
    /// (caller, callee), names.
    var way: CubeKey
    var minute: Int
    /// Microseconds: what it took, and what is usual.
    var time: Double
    var usual: Double
    var count: Int
    var excess: Double { time - usual }
  }

  private let grid: ComponentTimeline
  private let latency: LatencyContrast
  private let entries: EntryImpacts
  private let settings: IncidentSettings

  init(grid: ComponentTimeline, latency: LatencyContrast, entries: EntryImpacts, settings: IncidentSettings) {
    self.grid = grid
    self.latency = latency
    self.entries = entries
    self.settings = settings
  }

  /// The anomalies with those of extreme calls: one that lies within the quiet time around an anomaly of the same component
  /// belongs to it.
  ///
  /// - Complexity: O(cells · log cells)
  func joined(to anomalies: [Anomaly]) -> [Anomaly] {
    let calls = calls()
    let loud = loudMinutes(anomalies, around: settings.quiet / 2)
    // What comes before and after a stretch at one of its ends is of that stretch, and no measure of quiet times.
    var troubled: [Int: Set<Int>] = [:]
    for (component, own) in Dictionary(grouping: anomalies, by: \.component) {
      troubled[component] = loudMinutes(own, around: settings.quiet)
    }
    let quiet = calls.filter { call in
      !loud.contains(call.minute)
        && ![call.way.a, call.way.b].contains { end in
          grid.component(end).flatMap { troubled[$0]?.contains(call.minute) } ?? false
        }
    }
    let all = quiet.reduce(0) { $0 + $1.count }
    let tail = CallTail(
      quiet.map { ($0.excess, $0.count) }, peaks: Int(Self.level * Double(all)), most: grid.constants.extremes)
    var joined = anomalies
    for call in calls.sorted(by: Self.isEarlierShorter) where tail.isBeyond(call.excess) {
      guard let anomaly = anomaly(call) else { continue }
      if let near = joined.firstIndex(where: { isNear($0, anomaly) }) {
        // A call is known by its slot: what is known better stays.
        if anomaly.onset + IncidentPartial.fine < joined[near].onset { joined[near].onset = anomaly.onset }
        if anomaly.end - IncidentPartial.fine > joined[near].end { joined[near].end = anomaly.end }
      } else if !loud.contains(call.minute) {
        joined.append(anomaly)
      }
    }
    return joined
  }

  private static func isEarlierShorter(_ a: Call, _ b: Call) -> Bool {
    a.excess != b.excess ? a.excess < b.excess : (a.minute, a.way) < (b.minute, b.way)
  }

  private func calls() -> [Call] {
    let table = TallyRows(grid.partial.gaps)
    let calling = LatencyContrast.callingOperations(table)
    var calls: [Call] = []
    for series in table.series {
      let cell = table.rows[series.lowerBound].cell
      if cell.d != 0, calling.contains(CubeKey(a: cell.a, b: cell.b, c: cell.c)) { continue }
      guard let fence = latency.wayFences[cell.series], grid.component(cell.a) != grid.component(cell.b),
        table.rows[series].reduce(0, { $0 + $1.value }) >= Self.trustedCalls
      else { continue }
      for (cell, count) in table.rows[series] {
        guard let minute = grid.minute(cell.slot) else { continue }
        calls.append(
          Call(
            way: CubeKey(a: cell.a, b: cell.b), minute: minute,
            time: Double(IncidentPartial.value(ofBucket: cell.number)), usual: fence.median, count: count))
      }
    }
    return calls
  }

  /// The minutes that an anomaly touches, or the time around it.
  private func loudMinutes(_ anomalies: [Anomaly], around: Int64) -> Set<Int> {
    var loud: Set<Int> = []
    for anomaly in anomalies {
      let first = IncidentPartial.slot(anomaly.onset.subtractingSaturated(around), IncidentPartial.coarse)
      let last = IncidentPartial.slot(anomaly.end.addingSaturated(around), IncidentPartial.coarse)
      var minute = grid.minutes.partitioningIndex { $0 >= first }
      while minute < grid.minutes.count, grid.minutes[minute] <= last {
        loud.insert(minute)
        minute += 1
      }
    }
    return loud
  }

  private func isNear(_ known: Anomaly, _ one: Anomaly) -> Bool {
    known.component == one.component && (known.sign == .slowNetwork || known.sign == .slowCode)
      && known.onset <= one.end.addingSaturated(settings.quiet)
      && known.end >= one.onset.subtractingSaturated(settings.quiet)
  }

  /// A call as an anomaly of its callee, where a user waited for it.
  private func anomaly(_ call: Call) -> Anomaly? {
    guard let callee = grid.component(call.way.b) else { return nil }
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let first = grid.minutes[call.minute] * ratio
    let slot = (first..<first + ratio).first { slot in
      let cell = CubeKey(a: call.way.a, b: call.way.b, slot: slot)
      return Double(grid.partial.ways.cells[cell]?.sum ?? 0) >= Self.roundness * call.time
    }
    guard let slot, let took = Int64(checked: call.time) else { return nil }
    let begin = IncidentPartial.start(slot, IncidentPartial.fine)
    let end = begin.addingSaturated(IncidentPartial.fine).addingSaturated(took)
    let waited = max(Self.roundness * call.time, grid.constants.noticed)
    guard waited <= call.time / Self.leastPart,
      entries.hasRequest(from: begin.subtractingSaturated(took), to: end, taking: waited...call.time / Self.leastPart)
    else { return nil }
    return Anomaly(
      component: callee, sign: .slowNetwork, onset: max(begin, grid.partial.first),
      end: max(min(end, grid.partial.last), begin), strength: SuspectScorer.sure, usualTime: call.usual,
      time: call.time, reach: .incoming, isOneCall: true)
  }
}
