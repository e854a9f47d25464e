// Who calls whom, in a night of access logs that only say which requests a line belongs to.

internal import Support

/// Calls, ways and blame read off the components that served one request side by side, for nights in which no line names a caller.
///
/// A caller takes longer than whom it waits for, always; of two that are called one after the other now one takes longer, now the
/// other. So the order of the durations over the whole night tells who stands above whom, and what stands between two tells whether
/// one calls the other directly (the transitive reduction of that order: Aho, Garey and Ullman, SIAM J. Comput. 1972). A request that
/// failed above and below is the lower one's failure. Where a request failed and one that is usually called for it is missing, and
/// others miss it too, it could not be reached. Beyond that a failure stays where it is seen.
struct SideBySide {
  /// Requests that must have passed both of two components, and the share of them in which one took longer.
  private static let leastTogether = 20
  private static let certainOrder = 0.99
  /// When the lower takes longer the upper does, too, while two that one caller asks know nothing of each other: the least
  /// correlation, and the least in standard errors.
  private static let leastCorrelation = 0.1
  private static let certainCorrelation = 4.0
  /// The share of the requests of two that nothing between them explains for the one to call the other directly, too.
  private static let directShare = 0.2
  /// The share of a caller's requests in which a callee is met for its absence to mean anything, and of that what is still "missing".
  private static let regularShare = 0.3
  private static let missingShare = 0.5
  /// Standard deviations by which one that cannot be reached must be asked too little by others.
  private static let certainty = 3.0
  private static let leastFailures = 3
  /// How far failures are followed down.
  private static let depth = 8

  /// The partial with calls and blame, where it has none of the first; else as it is.
  static func resolved(_ partial: consuming IncidentPartial) -> IncidentPartial {
    guard partial.edges.cells.isEmpty, !partial.beside.cells.isEmpty else { return partial }
    let order = SideBySide(copy partial)
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
  /// By two components and coarse slot: requests in which both failed, or the first gave up waiting for the second, and those in which
  /// the first failed and the second was met.
  private var together: [CubeKey: Int] = [:]
  private var metInFailed: [CubeKey: Int] = [:]
  private var callers: [Int32: [Int32]] = [:]

  private init(_ partial: IncidentPartial) {
    var requests: [Int32: Int] = [:]
    for (cell, one) in partial.activity.cells {
      requests[cell.a, default: 0] += one.requests - one.failures
      activity[CubeKey(a: cell.a, slot: IncidentPartial.minute(ofFine: cell.slot)), default: Activity()].merge(one)
    }
    for (cell, tally) in partial.together.cells { together[cell, default: 0] += tally.count }
    for (cell, tally) in partial.outlived.cells { together[cell, default: 0] += tally.count }
    for (cell, tally) in partial.besideFailed.cells { metInFailed[cell, default: 0] += tally.count }
    var above: [Int32: Set<Int32>] = [:]
    var both: [CubeKey: Int] = [:]
    for (cell, sums) in partial.beside.cells {
      // Durations are rounded: two that are equal tell no order.
      let told = sums.count - sums.same
      guard told >= Self.leastTogether, Double(sums.longer) >= Self.certainOrder * Double(told),
        let mirror = partial.beside.cells[CubeKey(a: cell.b, b: cell.a)]
      else { continue }
      let correlation = sums.correlation(mirror)
      guard correlation >= Self.leastCorrelation,
        correlation * Double(sums.count).squareRoot() >= Self.certainCorrelation
      else { continue }
      above[cell.a, default: []].insert(cell.b)
      both[CubeKey(a: cell.a, b: cell.b)] = sums.count
    }
    for (caller, below) in above.sorted(by: { $0.key < $1.key }) {
      for callee in below.sorted() {
        let total = both[CubeKey(a: caller, b: callee)] ?? 0
        let between = below.filter { above[$0]?.contains(callee) ?? false }
        let explained = between.reduce(0) { $0 + (both[CubeKey(a: $1, b: callee)] ?? 0) }
        guard between.isEmpty || Double(total - explained) >= Self.directShare * Double(total) else { continue }
        callees[caller, default: []].append(callee)
        callers[callee, default: []].append(caller)
        presence[CubeKey(a: caller, b: callee)] = min(1, Double(total) / Double(max(requests[caller] ?? 0, 1)))
      }
    }
  }

  // MARK: Ways

  /// Calls and the time on the ways, which is the caller's own as well; what takes the time of those below is none.
  private func layWays(_ partial: inout IncidentPartial) {
    func isDirect(_ cell: CubeKey) -> Bool { presence[CubeKey(a: cell.a, b: cell.b)] != nil }
    for (cell, tally) in partial.besideGaps.cells where isDirect(cell) {
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
    for (cell, tally) in partial.besideGaps.cells where isDirect(cell) {
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
    /// What failed below, too.
    var below: [Int32: Double] = [:]
    /// The rest, and whose it is.
    var rest = 1.0
    var culprit: Int32
  }

  private func share(of component: Int32, _ slot: Int32) -> Share {
    var share = Share(culprit: component)
    let failures = Double(activity[CubeKey(a: component, slot: slot)]?.failures ?? 0)
    guard failures > 0, let callees = callees[component] else { return share }
    for callee in callees {
      let count = Double(together[CubeKey(a: component, b: callee, slot: slot)] ?? 0)
      if count > 0 { share.below[callee] = min(1, count / failures) }
    }
    let sum = share.below.values.sorted().reduce(0, +)
    if sum > 1 { share.below = share.below.mapValues { $0 / sum } }
    share.rest = max(0, 1 - sum)
    if share.rest * failures >= Double(Self.leastFailures) {
      share.culprit = unreached(from: component, failures: failures, slot) ?? component
    }
    return share
  }

  /// The callee that is missing in the failed requests of a component.
  private func unreached(from caller: Int32, failures: Double, _ slot: Int32) -> Int32? {
    let callees = (callees[caller] ?? []).filter {
      (presence[CubeKey(a: caller, b: $0)] ?? 0) >= Self.regularShare
    }
    func isMissing(_ callee: Int32) -> Bool {
      let met = Double(metInFailed[CubeKey(a: caller, b: callee, slot: slot)] ?? 0)
      return met < Self.missingShare * failures * (presence[CubeKey(a: caller, b: callee)] ?? 0)
    }
    return callees.filter(isMissing).max { a, b in
      let (first, second) = (lack(of: a, besides: caller, slot), lack(of: b, besides: caller, slot))
      return first != second ? first < second : a > b
    }.flatMap { lack(of: $0, besides: caller, slot) >= Self.certainty ? $0 : nil }
  }

  /// By how many standard deviations a component served fewer requests than its callers should have sent it, but for the failed ones
  /// of one of them, which may never have come that far.
  private func lack(of callee: Int32, besides caller: Int32, _ slot: Int32) -> Double {
    var expected = 0.0
    for one in callers[callee] ?? [] {
      guard let known = activity[CubeKey(a: one, slot: slot)] else { continue }
      let sent = one == caller ? known.requests - known.failures : known.requests
      expected += Double(sent) * (presence[CubeKey(a: one, b: callee)] ?? 0)
    }
    let served = Double(activity[CubeKey(a: callee, slot: slot)]?.requests ?? 0)
    return (expected - served) / max(expected, 1).squareRoot()
  }

  private func ends(of component: Int32, _ shares: [Int32: Share]) -> [Int32: Double] {
    BlameWalk.ends(of: component, steps: Self.depth) { one, amount in
      guard let share = shares[one] else { return nil }
      var step = BlameWalk.Step<Int32>()
      if share.rest > 0 { step.settles = [(share.culprit, amount * share.rest)] }
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
