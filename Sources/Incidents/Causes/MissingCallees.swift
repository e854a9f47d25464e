// Who could not be reached, in a night of access logs.

internal import Glibc
internal import Support

/// Callees that are missing where their callers fail. Who is down writes nothing; but so does who is not asked because its caller failed
/// before. Others tell them apart where they miss it, too, beyond what their own failures explain. Where nobody else asks, the seconds do
/// (`SilentSeconds`), as odds of what was seen if it was down against if its caller failed by itself; ten to one is strong evidence
/// (Jeffreys, *Theory of Probability*, 1961).
struct MissingCallees {
  /// Standard deviations by which one that cannot be reached must be asked too little by others.
  private static let certainty = 3.0
  private static let leastOdds = log(10.0)
  /// Minutes around one that are looked at with it: a component that crashes again and again does so for some. Of those that lie in a
  /// stretch of failures each has at least a share of the failures of the one.
  private let around: Int32
  private static let alikeShare = 0.5

  private let constants: DecidingConstants
  private let callees: [Int32: [Int32]]
  private var callers: [Int32: [Int32]] = [:]
  /// By component and coarse slot, and by caller and callee.
  private let activity: [CubeKey: Activity]
  private let presence: [CubeKey: Double]
  /// By caller, callee and operation of the caller: the share of its requests in which the callee is met.
  private var asked: [CubeKey: Double] = [:]
  /// By component and coarse slot: failed requests by operation.
  private var failed: [CubeKey: [(operation: Int32, count: Int)]] = [:]
  /// By caller, callee and coarse slot: failed requests that met the callee.
  private var met: [CubeKey: Int] = [:]
  private let seconds: SilentSeconds
  private var requests: [Int32: Int] = [:]
  private let order: ServingOrder
  /// By callee: what it served of what its callers should have sent it, over the night: some ask it only through others.
  private var served: [Int32: Double] = [:]
  private var nightMinutes = 0

  /// - Complexity: O(cells)
  init(
    _ partial: borrowing IncidentPartial, _ order: ServingOrder, callees: [Int32: [Int32]],
    activity: [CubeKey: Activity], presence: [CubeKey: Double], constants: DecidingConstants
  ) {
    self.constants = constants
    around = Int32(max(0, min(constants.minutesAround, 60)))
    self.order = order
    self.callees = callees
    self.activity = activity
    self.presence = presence
    seconds = SilentSeconds(partial, constants)
    for (caller, below) in callees { for callee in below { callers[callee, default: []].append(caller) } }
    for callee in callers.keys { callers[callee]?.sort() }
    var minutes: Set<Int32> = []
    for (cell, one) in activity {
      requests[cell.a, default: 0] += one.requests
      minutes.insert(cell.slot)
    }
    nightMinutes = minutes.count
    var counts: [CubeKey: Int] = [:]
    for (cell, sums) in partial.beside.cells {
      counts[CubeKey(a: cell.a, b: cell.b, c: cell.c), default: 0] += sums.count
    }
    for (cell, count) in counts where cell.b != 0 {
      asked[cell] = min(1, Double(count) / Double(max(counts[CubeKey(a: cell.a, c: cell.c)] ?? 0, 1)))
    }
    for (cell, tally) in partial.besideFailed.cells {
      if cell.b == 0 {
        failed[CubeKey(a: cell.a, slot: cell.slot), default: []].append((cell.c, tally.count))
      } else {
        met[CubeKey(a: cell.a, b: cell.b, slot: cell.slot), default: 0] += tally.count
      }
    }
    for (callee, callers) in callers {
      let sent = callers.map { Double(requests[$0] ?? 0) * (presence[CubeKey(a: $0, b: callee)] ?? 0) }.sorted()
      served[callee] = Double(requests[callee] ?? 0) / max(sent.reduce(0, +), 1)
    }
  }

  /// The callee that is missing in the failed requests of a component, in a minute.
  func unreached(from caller: Int32, _ slot: Int32) -> Int32? {
    let failures = (failed[CubeKey(a: caller, slot: slot)] ?? []).reduce(0) { $0 + $1.count }
    guard failures > 0 else { return nil }
    let regular = (callees[caller] ?? []).compactMap { callee -> (callee: Int32, isMissing: Bool)? in
      let usual = askedInFailed(caller, callee, slot)
      guard usual >= constants.regularCalls * Double(failures) else { return nil }
      return (callee, Double(met[CubeKey(a: caller, b: callee, slot: slot)] ?? 0) < constants.missingCalls * usual)
    }
    // Where all that it asks are missing together, it may have failed before it asked any.
    let isFar = regular.count == 1 || regular.contains { !$0.isMissing }
    var best: (callee: Int32, sureness: Double)?
    for (callee, isMissing) in regular where isMissing {
      let lack = lack(of: callee, besides: caller, slot)
      let odds = odds(of: callee, caller, slot, isFar: isFar)
      // The likelihood of a normal deviate, so that both kinds are of one measure.
      let sureness = max(lack >= Self.certainty ? lack * lack / 2 : 0, odds >= Self.leastOdds ? odds : 0)
      guard sureness > 0, sureness > best?.sureness ?? 0 else { continue }
      best = (callee, sureness)
    }
    return best?.callee
  }

  /// The failed requests of a caller in a minute in which a callee would have been met.
  private func askedInFailed(_ caller: Int32, _ callee: Int32, _ slot: Int32) -> Double {
    (failed[CubeKey(a: caller, slot: slot)] ?? []).map { operation, count in
      Double(count) * (asked[CubeKey(a: caller, b: callee, c: operation)] ?? 0)
    }.sorted().reduce(0, +)
  }

  /// By how many standard deviations a component served fewer requests than its callers should have sent it, but for the failed ones
  /// of one of them and of those above that one, which may never have come that far.
  private func lack(of callee: Int32, besides caller: Int32, _ slot: Int32) -> Double {
    var expected = 0.0
    for one in callers[callee] ?? [] {
      guard let known = activity[CubeKey(a: one, slot: slot)] else { continue }
      var share = presence[CubeKey(a: one, b: callee)] ?? 0
      let isAbove = order.isAbove(one, caller)
      // What stands above the caller asks through it, and besides as much as that does not explain.
      if isAbove { share -= met(one, caller) * (presence[CubeKey(a: caller, b: callee)] ?? 0) }
      let sent = one == caller || isAbove ? known.requests - known.failures : known.requests
      expected += Double(sent) * max(0, share)
    }
    expected *= min(1, self.served[callee] ?? 1)
    let served = Double(activity[CubeKey(a: callee, slot: slot)]?.requests ?? 0)
    return (expected - served) / max(expected, 1).squareRoot()
  }

  /// The share of the requests of one in which another was met.
  private func met(_ upper: Int32, _ lower: Int32) -> Double {
    min(1, Double(order.both[CubeKey(a: upper, b: lower)] ?? 0) / Double(max(requests[upper] ?? 0, 1)))
  }

  /// The logarithm of the odds that a callee was down while a caller failed, against that the caller failed before it asked. `isFar`
  /// tells that its failed requests came as far as to ask.
  private func odds(of callee: Int32, _ caller: Int32, _ slot: Int32, isFar: Bool) -> Double {
    let usual = Double(requests[callee] ?? 0) / Double(max(nightMinutes, 1))
    guard usual > 0 else { return 0 }
    let minutes = slot &- around...slot &+ around
    let down = seconds.down(callee, caller, minutes) { minute in
      let lost = (callers[callee] ?? []).map { askedInFailed($0, callee, minute) }.sorted().reduce(0, +)
      return max(0, 1 - lost / usual)
    }
    return isFar ? down + seconds.unanswered(callee, caller, stretch(of: caller, slot)) : down
  }

  /// The minutes around one in which a component fails nearly as often, without a break.
  private func stretch(of caller: Int32, _ slot: Int32) -> ClosedRange<Int32> {
    func failures(_ slot: Int32) -> Double { Double(activity[CubeKey(a: caller, slot: slot)]?.failures ?? 0) }
    let least = Self.alikeShare * failures(slot)
    var (first, last) = (slot, slot)
    while first > slot &- around, failures(first &- 1) >= least { first &-= 1 }
    while last < slot &+ around, failures(last &+ 1) >= least { last &+= 1 }
    return first...last
  }
}
