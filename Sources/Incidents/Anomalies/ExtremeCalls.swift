// Single calls that nothing else of the night comes near.

internal import Glibc
internal import Support

/// Calls that kept a user's request waiting so long that chance makes none of them: one alone is no stretch, and no share of spans
/// shows it.
///
/// Claim, by peaks over a threshold (Pickands, 1975; Siffer et al., *Anomaly Detection in Streams with Extreme Value Theory*, KDD
/// 2017): what the ways of the quiet minutes took beyond their usual time, above its 98 % quantile, follows a generalised Pareto
/// distribution, fitted without the one judged and without longer ones that are extreme. Of such nights fewer than one in twenty has a call as long.
/// And a request at an entry point took longer than the second up to which a user's thought
/// is not interrupted (Miller, AFIPS 1968; Nielsen, *Usability Engineering*, 1993), most of it for that call: what no user waited for
/// is no incident. Own code is left out: where a runtime pauses, any span may stand still.
struct ExtremeCalls {
  /// The share of calls above the threshold, as in SPOT.
  private static let level = 0.02
  /// So few exceedances say nothing of a tail.
  fileprivate static let leastPeaks = 20
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
    guard let threshold = Self.threshold(quiet, peaks: Int(Self.level * Double(all))) else { return anomalies }
    let tail = Tail(
      quiet.filter { $0.excess > threshold }.map { ($0.excess - threshold, $0.count) }, most: grid.constants.extremes)
    var joined = anomalies
    for call in calls.sorted(by: Self.isEarlierShorter) where tail.isBeyond(call.excess - threshold) {
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

  /// Exceedances, less those that all others say are none of theirs.
  private struct Tail {
    /// Ascending.
    private var rows: [(excess: Double, count: Int)]
    private var count: Int
    /// How many as long may be expected in a night.
    private var most: Double
    /// Extreme calls of a night: where there are more, it is another kind of night.
    private static let bound = 64

    init(_ exceedances: [(excess: Double, count: Int)], most: Double) {
      self.most = most
      rows = exceedances.sorted { $0.excess < $1.excess }
      count = exceedances.reduce(0) { $0 + $1.count }
      // The largest first, so that several that are alike speak for one another.
      for _ in 0..<Self.bound {
        guard let last = rows.last else { break }
        var others = self
        others.removeLast()
        guard others.isBeyond(last.excess) else { break }
        self = others
      }
    }

    private mutating func removeLast() {
      count -= 1
      if rows[rows.count - 1].count > 1 { rows[rows.count - 1].count -= 1 } else { rows.removeLast() }
    }

    /// Whether so few calls as long are to be expected that one is none of these.
    func isBeyond(_ excess: Double) -> Bool {
      count >= ExtremeCalls.leastPeaks && excess > rows.last?.excess ?? .infinity
        && expected(beyond: excess) < most
    }

    /// How many as large are to be expected among as many: the Pareto tail by probability-weighted moments (Hosking and Wallis,
    /// *Technometrics*, 1987).
    private func expected(beyond excess: Double) -> Double {
      let n = Double(count)
      let mean = rows.reduce(0) { $0 + $1.excess * Double($1.count) } / n
      guard mean > 0, count > 1 else { return n }
      var before = 0.0
      var weighted = 0.0
      for row in rows {
        // Of equal ones the middle of their places.
        let place = before + (Double(row.count) - 1) / 2
        weighted += Double(row.count) * row.excess * (n - 1 - place) / (n - 1)
        before += Double(row.count)
      }
      weighted /= n
      let spread = mean - 2 * weighted
      guard spread > 0 else { return n }
      let shape = 2 - mean / spread
      let scale = 2 * mean * weighted / spread
      if abs(shape) < 1e-9 { return n * exp(-excess / scale) }
      // A tail of negative shape has an end.
      let base = 1 + shape * excess / scale
      return base > 0 ? n * pow(base, -1 / shape) : 0
    }
  }

  private static func isEarlierShorter(_ a: Call, _ b: Call) -> Bool {
    a.excess != b.excess ? a.excess < b.excess : (a.minute, a.way) < (b.minute, b.way)
  }

  /// The excess that so many calls are beyond; nil where there are too few.
  private static func threshold(_ calls: [Call], peaks: Int) -> Double? {
    guard peaks >= leastPeaks else { return nil }
    var seen = 0
    for call in calls.sorted(by: { $0.excess > $1.excess }) {
      seen += call.count
      if seen > peaks { return max(call.excess, 0) }
    }
    return nil
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
