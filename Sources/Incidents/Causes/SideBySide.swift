// Who calls whom, in a night of access logs that only say which requests a line belongs to.

internal import Support

/// Calls, ways and blame read off the components that served one request side by side, for nights in which no line names a caller.
///
/// Who stands above whom is read off durations (`ServingOrder`), and what stands between two tells whether one calls the other directly
/// (the transitive reduction of that order: Aho, Garey and Ullman, SIAM J. Comput. 1972). A request that failed above and below is the
/// lower one's failure. Where a request failed and one that its operation usually asks is missing, and others miss it too or it never
/// answers in the seconds of the failures, it could not be reached. Beyond that a failure stays where it is seen.
struct SideBySide {
  private static let leastFailures = 3
  /// The share of the requests that waited for one in which a lower one was waited for as well, to be what that one waited for itself.
  private static let carriedShare = 0.9
  /// How far failures are followed down.
  private static let depth = 8

  /// The partial with calls and blame, where it has none of the first; else as it is.
  static func resolved(_ partial: consuming IncidentPartial, _ constants: DecidingConstants) -> IncidentPartial {
    guard partial.edges.cells.isEmpty, !partial.beside.cells.isEmpty else { return partial }
    let order = SideBySide(copy partial, constants)
    guard !order.callees.isEmpty else { return partial }
    partial.isSideBySide = true
    order.layWays(&partial)
    order.moveBlame(&partial)
    return partial
  }

  /// Direct callees by name number, ascending, and the share of the caller's requests in which each is met.
  private var callees: [Int32: [Int32]] = [:]
  private var presence: [CubeKey: Double] = [:]
  /// By component and coarse slot: requests, and failed ones.
  private var activity: [CubeKey: Activity] = [:]
  /// By two components and coarse slot: requests in which both failed, and those in which the first gave up waiting for the second.
  private var together: [CubeKey: Int] = [:]
  private var outlived: [CubeKey: Int] = [:]

  private let absence: MissingCallees
  private let order: ServingOrder

  private init(_ partial: IncidentPartial, _ constants: DecidingConstants) {
    var requests: [Int32: Int] = [:]
    for (cell, one) in partial.activity.cells {
      requests[cell.a, default: 0] += one.requests - one.failures
      activity[CubeKey(a: cell.a, slot: IncidentPartial.minute(ofFine: cell.slot)), default: Activity()].merge(one)
    }
    for (cell, tally) in partial.together.cells { together[cell, default: 0] += tally.count }
    for (cell, tally) in partial.outlived.cells { outlived[cell, default: 0] += tally.count }
    let order = ServingOrder(partial, constants)
    self.order = order
    for (caller, below) in order.below.sorted(by: { $0.key < $1.key }) {
      for callee in below.sorted() {
        let total = order.both[CubeKey(a: caller, b: callee)] ?? 0
        let between = below.filter { order.isAbove($0, callee) }
        let explained = between.reduce(0) { $0 + (order.both[CubeKey(a: $1, b: callee)] ?? 0) }
        guard between.isEmpty || Double(total - explained) >= constants.directCalls * Double(total) else { continue }
        callees[caller, default: []].append(callee)
        presence[CubeKey(a: caller, b: callee)] = min(1, Double(total) / Double(max(requests[caller] ?? 0, 1)))
      }
    }
    absence = MissingCallees(
      partial, order, callees: callees, activity: activity, presence: presence, constants: constants)
  }

  // MARK: Ways

  /// Calls and the time on the ways, which is the caller's own as well; what takes the time of those below is none.
  private func layWays(_ partial: inout IncidentPartial) {
    func isDirect(_ cell: CubeKey) -> Bool { presence[CubeKey(a: cell.a, b: cell.b)] != nil }
    for (cell, tally) in partial.besideGaps.cells where isDirect(cell) && cell.c == 0 {
      partial.gaps.add(tally, at: cell)
      var edge = EdgeCount()
      edge.calls = tally.count
      partial.edges.add(edge, at: CubeKey(a: cell.a, b: cell.b, slot: cell.slot))
    }
    for (cell, tally) in partial.together.cells where isDirect(cell) {
      var edge = EdgeCount()
      edge.failures = tally.count
      partial.edges.add(edge, at: CubeKey(a: cell.a, b: cell.b, slot: cell.slot))
    }
    for (cell, pace) in partial.besidePace.cells where isDirect(cell) { partial.ways.add(pace, at: cell) }
    var own = CellTable<Tally>()
    for (cell, tally) in partial.selfTimes.cells where callees[cell.a] == nil { own.add(tally, at: cell) }
    for (cell, tally) in partial.besideGaps.cells where isDirect(cell) && cell.c == 0 {
      own.add(tally, at: CubeKey(a: cell.a, b: cell.b, number: cell.number, slot: cell.slot))
    }
    partial.selfTimes = own
    var pace = CellTable<DurationSum>()
    for (cell, sum) in partial.pace.cells where callees[cell.a] == nil { pace.add(sum, at: cell) }
    for (cell, sum) in partial.besidePace.cells where isDirect(cell) {
      pace.add(sum, at: CubeKey(a: cell.a, slot: cell.slot))
    }
    partial.pace = pace
  }

  // MARK: Blame

  /// Where the failures of a component in a minute begin: shares by component, their sum is 1.
  private struct Share {
    /// What failed below, too, and what waited for one that says of itself that all is well.
    var below: [Int32: Double] = [:]
    var awaited: [Int32: Double] = [:]
    /// The rest, and whose it is.
    var rest = 1.0
    var culprit: Int32
  }

  private func share(of component: Int32, _ slot: Int32) -> Share {
    var share = Share(culprit: component)
    let failures = Double(activity[CubeKey(a: component, slot: slot)]?.failures ?? 0)
    guard failures > 0, let callees = callees[component] else { return share }
    for callee in callees {
      let pair = CubeKey(a: component, b: callee, slot: slot)
      let (failed, waited) = (Double(together[pair] ?? 0), Double(outlived[pair] ?? 0))
      if failed > 0 { share.below[callee] = min(1, failed / failures) }
      if waited > 0 {
        share.awaited[hanging(below: callee, for: component, slot), default: 0] += min(1, waited / failures)
      }
    }
    let sum = (Array(share.below.values) + Array(share.awaited.values)).sorted().reduce(0, +)
    if sum > 1 {
      share.below = share.below.mapValues { $0 / sum }
      share.awaited = share.awaited.mapValues { $0 / sum }
    }
    share.rest = max(0, 1 - sum)
    if share.rest * failures >= Double(Self.leastFailures) {
      share.culprit = absence.unreached(from: component, slot) ?? component
    }
    return share
  }

  /// The lowest beneath one that was waited for for which others waited in vain in as many requests.
  private func hanging(below callee: Int32, for caller: Int32, _ slot: Int32) -> Int32 {
    func waited(_ component: Int32) -> Double {
      Double(outlived[CubeKey(a: caller, b: component, slot: slot)] ?? 0)
    }
    let least = Self.carriedShare * waited(callee)
    let candidates = (order.below[callee] ?? []).filter { waited($0) >= least }
    let lowest = candidates.filter { one in !candidates.contains { order.isAbove(one, $0) } }
    return lowest.max { (waited($0), $1) < (waited($1), $0) } ?? callee
  }

  private func ends(of component: Int32, _ shares: [Int32: Share]) -> [Int32: Double] {
    BlameWalk.ends(of: component, steps: Self.depth) { one, amount in
      guard let share = shares[one] else { return nil }
      var step = BlameWalk.Step<Int32>()
      if share.rest > 0 { step.settles = [(share.culprit, amount * share.rest)] }
      step.settles += share.awaited.sorted { $0.key < $1.key }.map { ($0.key, amount * $0.value) }
      step.passes = share.below.sorted { $0.key < $1.key }.map { ($0.key, amount * $0.value) }
      return step
    }
  }

  /// Moves what failed because of another to that one.
  private func moveBlame(_ partial: inout IncidentPartial) {
    var failed: [Int32: [Int32: Activity]] = [:]
    for (cell, activity) in partial.blame.cells {
      failed[cell.slot, default: [:]][cell.a, default: Activity()].merge(activity)
    }
    partial.blame = CellTable<Activity>()
    partial.impact = CellTable<Activity>()
    var shares: [Int32: [Int32: Share]] = [:]
    for (slot, components) in failed.sorted(by: { $0.key < $1.key }) {
      let minute = IncidentPartial.minute(ofFine: slot)
      if shares[minute] == nil {
        shares[minute] = [:]
        for key in activity.keys where key.slot == minute && (activity[key]?.failures ?? 0) > 0 {
          shares[minute]?[key.a] = share(of: key.a, minute)
        }
      }
      let known = shares[minute] ?? [:]
      for (component, activity) in components.sorted(by: { $0.key < $1.key }) {
        func add(_ share: Double, _ table: WritableKeyPath<IncidentPartial, CellTable<Activity>>, _ cell: CubeKey) {
          let count = Int(clamping: Int64(checked: (share * Double(activity.failures)).rounded()) ?? 0)
          guard count > 0 else { return }
          var part = activity
          part.requests = count
          part.failures = count
          partial[keyPath: table].add(part, at: cell)
        }
        let own = known[component] ?? Share(culprit: component)
        add(own.rest, \.blame, CubeKey(a: own.culprit, slot: slot))
        // Who hangs has no failure of its own to be blamed for.
        for (callee, part) in own.awaited.sorted(by: { $0.key < $1.key }) {
          add(part, \.blame, CubeKey(a: callee, slot: slot))
        }
        for (culprit, part) in ends(of: component, known).sorted(by: { $0.key < $1.key }) {
          add(part, \.impact, CubeKey(a: culprit, c: component, slot: slot))
        }
      }
    }
    moveEvidence(&partial, shares)
  }

  private func moveEvidence(_ partial: inout IncidentPartial, _ shares: [Int32: [Int32: Share]]) {
    var evidence = CellTable<Sightings>()
    for (cell, examples) in partial.blameEvidence.cells {
      let culprit = shares[cell.slot]?[cell.a]?.culprit ?? cell.a
      evidence.add(examples, at: CubeKey(a: culprit, slot: cell.slot))
    }
    partial.blameEvidence = evidence
  }
}
