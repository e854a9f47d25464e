// Which anomalies are one incident.

internal import Model
internal import Support

extension Anomaly {
  /// Whether it is known by whole minutes and was over when another began.
  fileprivate func endsBefore(_ other: Anomaly) -> Bool { sign == .behaviour && end <= other.onset }
}

extension IncidentBuilder {
  /// Episodes that belong together.
  struct Group {
    var anomalies: [Anomaly]
    var start: Int64
    var end: Int64
    /// Weaker ones of its time and requests that are no incidents of their own.
    var beside: [Beside] = []

    struct Beside {
      var components: [Int]
      var start: Int64
      var end: Int64
      /// Whether it is only what a proxy in front says.
      var isOutside: Bool
    }

    /// Whether requests failed in it.
    var hasFailures: Bool { anomalies.contains { $0.sign == .failures } }
    /// Whether one call is all that tells of it.
    var isOneCall: Bool { anomalies.allSatisfy(\.isOneCall) }
    var components: [Int] { Array(Set(anomalies.map(\.component))).sorted() }

    init(_ anomalies: [Anomaly]) {
      self.anomalies = anomalies
      start = anomalies.reduce(.max) { min($0, $1.onset) }
      end = anomalies.reduce(.min) { max($0, $1.end) }
    }
  }

  /// How two anomalies of one time stand to each other.
  private enum Bond {
    case none
    /// They are one.
    case same
    /// The first may be what the second does to its callers.
    case above
    case below
  }

  /// Disjoint sets of anomalies (Tarjan, 1975): the smallest index leads.
  private struct Sets {
    private var leader: [Int]

    init(count: Int) { leader = Array(0..<count) }

    mutating func find(_ index: Int) -> Int {
      var root = index
      while leader[root] != root { root = leader[root] }
      var step = index
      while leader[step] != root { (step, leader[step]) = (leader[step], root) }
      return root
    }

    mutating func join(_ a: Int, _ b: Int) {
      let (a, b) = (find(a), find(b))
      leader[max(a, b)] = min(a, b)
    }
  }

  /// Anomalies of one component are one where they overlap, and so are those that are side by side in the same requests. What a
  /// component above shows is explained by **one** of those that it calls, directly or through silent ones, the one that fails
  /// most: a common caller connects nothing, so that two faults of one time stay two; a common callee connects its callers.
  ///
  /// - Complexity: O(pairs of anomalies that overlap · edges below)
  func groups(_ anomalies: [Anomaly]) -> [Group] {
    let order = anomalies.sorted { a, b in
      a.onset != b.onset ? a.onset < b.onset : (a.component, a.end) < (b.component, b.end)
    }
    var sets = Sets(count: order.count)
    var causes: [(upper: Int, lower: Int)] = []
    var open: [Int] = []
    for (index, anomaly) in order.enumerated() {
      // What ended before this one began ends before all later ones.
      open.removeAll { order[$0].end < anomaly.onset }
      for earlier in open {
        switch bond(order[earlier], anomaly) {
        case .none: break
        case .same: sets.join(earlier, index)
        case .above: causes.append((earlier, index))
        case .below: causes.append((index, earlier))
        }
      }
      open.append(index)
    }
    // Each set takes the cause that weighs most, as the sets are before any of them has taken one.
    var chosen: [Int: Int] = [:]
    for cause in causes {
      let upper = sets.find(cause.upper)
      guard sets.find(cause.lower) != upper else { continue }
      if let known = chosen[upper], !outweighs(order[cause.lower], order[known]) { continue }
      chosen[upper] = cause.lower
    }
    for (upper, lower) in chosen.sorted(by: { $0.key < $1.key }) { sets.join(upper, lower) }
    var grouped: [Int: [Anomaly]] = [:]
    for (index, anomaly) in order.enumerated() { grouped[sets.find(index), default: []].append(anomaly) }
    return grouped.sorted { $0.key < $1.key }.map { Group($0.value) }
  }

  /// Whether one anomaly explains more than another that is known.
  private func outweighs(_ a: Anomaly, _ b: Anomaly) -> Bool {
    if a.failures != b.failures { return a.failures > b.failures }
    if a.strength != b.strength { return a.strength > b.strength }
    return (a.onset, a.component) < (b.onset, b.component)
  }

  private func bond(_ a: Anomaly, _ b: Anomaly) -> Bond {
    guard a.onset <= b.end, b.onset <= a.end else { return .none }
    // Whole minutes end where the next one begins: what begins there comes after them.
    if a.component != b.component, a.endsBefore(b) || b.endsBefore(a) { return .none }
    if a.component == b.component { return .same }
    if isOfCalls(a, b) || isOfCalls(b, a) { return .same }
    let isRecorded = a.sign == .records || b.sign == .records
    // Where requests tell of the others, nearness in time does not: what lines alone tell of then is of no request.
    if isRecorded, a.sign != b.sign, !grid.isSparse { return .none }
    let patience = isRecorded ? max(settings.propagation, Self.recordedPatience) : settings.propagation
    guard abs(a.onset.subtractingSaturated(b.onset)) <= patience else { return .none }
    // Log lines and metrics come with hardly any request to say who calls whom: being near in time must do.
    if isRecorded || impacts.failTogether(a.component, b.component) { return .same }
    // Delays and other ways of running travel through components that show neither.
    let isFar = a.sign != .failures || b.sign != .failures
    let isAbove =
      leads(a.component, b.component) || isFar && grid.reachable(from: a.component).contains(b.component)
    let isBelow =
      leads(b.component, a.component) || isFar && grid.reachable(from: b.component).contains(a.component)
    if isAbove { return isBelow ? .same : .above }
    return isBelow ? .below : .none
  }

  /// Whether more calls are why another anomaly is there: who makes them has to wait, and who takes them has more to do. What began
  /// clearly before them is no consequence.
  private func isOfCalls(_ calls: Anomaly, _ other: Anomaly) -> Bool {
    guard let way = calls.way, other.onset.addingSaturated(IncidentPartial.coarse) >= calls.onset else { return false }
    return way.touches(other.component) || other.way.map { way.callee == $0.callee } ?? false
  }

  /// Whether one component calls another, directly or across one that keeps silent, or takes its messages.
  func leads(_ from: Int, _ to: Int) -> Bool {
    // Who takes messages depends on who sends them, and not the other way round.
    if grid.callees[from].contains(to) || grid.isFed(from, by: to) { return true }
    return grid.callees[from].contains { grid.callees[$0].contains(to) && !grid.hasSpans[$0] }
      || grid.callees[from].contains { grid.callees[$0].contains(to) && impacts.strikes(to, $0) }
  }

  /// How far apart in time log lines and metrics of one trouble may begin, microseconds.
  private static let recordedPatience: Int64 = 1_500_000_000

  // MARK: Standing

  /// The share of a stronger incident's strength below which a connected one of the same time does not stand.
  private static let standingShare = 0.6

  /// The groups without those that are small beside a stronger one of the same time and the same requests: what departs a
  /// little while something next to it is badly wrong is no incident of its own, and is told beside that one. So is slowness that cost
  /// users next to nothing beside what cost them more, however sure it is. Failures always stand.
  ///
  /// - Complexity: O(groups · (series + groups that overlap))
  func standing(_ groups: [Group]) -> [Group] {
    guard groups.count > 1 else { return groups }
    let weights = groups.map { weight($0) }
    var above: [Int: Int] = [:]
    for weaker in weights.indices {
      above[weaker] = weights.indices.filter { $0 != weaker && weights[$0].hides(weights[weaker]) }
        .max { (weights[$0].strength, $1) < (weights[$1].strength, $0) }
    }
    var standing = groups
    for (weaker, other) in above.sorted(by: { $0.key < $1.key }) {
      // What hides it may itself be hidden, by one that is stronger still: there is no circle.
      var top = other
      while let next = above[top] { top = next }
      standing[top].beside.append(
        Group.Beside(
          components: groups[weaker].components, start: groups[weaker].start, end: groups[weaker].end,
          isOutside: weights[weaker].isOutside))
    }
    return standing.indices.filter { above[$0] == nil }.map { standing[$0] }
  }

  /// What a group weighs beside others.
  private struct Weight {
    var strength: Double
    var around: Set<Int>
    var isOutside: Bool
    /// Whether calls may fail because of it: they fail, or nobody is there to answer them.
    var fails: Bool
    /// Whether its calls fail, and most of them at once: nobody waited in vain for those.
    var isRefused: Bool
    /// Whether it stands whatever is beside it.
    var isSure: Bool
    /// Whether it is slowness that cost users next to nothing.
    var isSlight: Bool
    var start: Int64
    var end: Int64

    /// Whether it leaves no place for another.
    func hides(_ other: Self) -> Bool {
      guard start <= other.end, end >= other.start else { return false }
      // A proxy's log shows from outside what traces show from within, and never hides that. What only grew slow or ran another way
      // makes its calls wait and end in time-outs: others that fail are another thing.
      if isOutside != other.isOutside { return other.isOutside && (fails || !other.isRefused) }
      guard !other.isSure else { return false }
      // What users felt goes before how sure it is, so that of two each never hides the other.
      guard isSlight == other.isSlight ? other.strength < IncidentBuilder.standingShare * strength : other.isSlight
      else { return false }
      let overlap = min(end, other.end).subtractingSaturated(max(start, other.start))
      return overlap > 0 && 2 * overlap >= other.end.subtractingSaturated(other.start)
        && !around.isDisjoint(with: other.around)
    }
  }

  private func weight(_ group: Group) -> Weight {
    let members = Set(group.components)
    let window = judged(group)
    let isSlow = group.anomalies.allSatisfy { $0.sign == .slowCode || $0.sign == .slowNetwork }
    return Weight(
      strength: window.suspicions.reduce(0) { members.contains($1.component) ? max($0, $1.score) : $0 },
      around: group.components.reduce(into: Set<Int>()) { $0.formUnion(grid.connected(to: $1)) },
      isOutside: isOutside(group),
      fails: group.anomalies.contains { [.failures, .records, .silence, .crashes].contains($0.sign) },
      isRefused: group.hasFailures && !isTimedOut(group),
      isSure: group.anomalies.contains { [.failures, .records, .silence, .crashes].contains($0.sign) },
      isSlight: isSlow && severity(group, window, hit: 0, volume: impacts.volume(window.minutes)) == .info,
      start: group.start, end: group.end)
  }

  /// Whether most of the failed calls of a group's components ended for want of an answer in time.
  private func isTimedOut(_ group: Group) -> Bool {
    let calls = group.components.flatMap { impacts.calls(to: $0, from: group.start, to: group.end) }
    let (failures, late) = calls.reduce((0, 0)) { ($0.0 + $1.calls.failures, $0.1 + $1.calls.timeouts) }
    return 2 * late >= failures
  }

  /// Whether a group is only what a proxy in front says of its upstreams, none of which left a span under that name.
  private func isOutside(_ group: Group) -> Bool {
    group.components.allSatisfy { component in
      grid.isFront(component)
        || !grid.hasSpans[component] && !grid.callers[component].isEmpty
          && grid.callers[component].allSatisfy { grid.isFront($0) }
    }
  }
}
