// Who could not be reached, in a night of access logs.

internal import Glibc
internal import Support

/// Callees that are missing where their callers fail. Who is down writes nothing; but so does who is not asked because its caller failed
/// before. Two things tell them apart: others miss it, too, beyond what their own failures explain; or, where it is down for seconds
/// at a time, it hardly ever answers anybody in the very seconds in which its callers fail (the odds of the seconds that were seen,
/// if it was down against if its callers failed by themselves; ten to one is strong evidence: Jeffreys, *Theory of Probability*, 1961).
struct MissingCallees {
  /// The share of the failed requests of a caller that usually met a callee for its absence to mean anything, and of that what is
  /// still "missing".
  private static let regularShare = 0.3
  private static let missingShare = 0.5
  /// Standard deviations by which one that cannot be reached must be asked too little by others.
  private static let certainty = 3.0
  private static let leastOdds = log(10.0)
  /// Of its usual seconds those in which one that is down seems to answer: times are whole seconds, and a stretch of a few of them has
  /// one at either end that is half in.
  private static let halfSeconds = 0.2
  /// Minutes around one that are looked at with it: a component that crashes again and again does so for some.
  private static let around: Int32 = 2

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
  /// By component: the seconds with lines, by fine slot, and how many there are in all.
  private var seconds: [Int32: [Int32: SecondMask]] = [:]
  private var busy: [Int32: Int] = [:]
  private var requests: [Int32: Int] = [:]
  private let order: ServingOrder
  /// By callee: what it served of what its callers should have sent it, over the night: some ask it only through others.
  private var served: [Int32: Double] = [:]
  private var nightSeconds = 0
  private var nightMinutes = 0

  /// - Complexity: O(cells)
  init(
    _ partial: borrowing IncidentPartial, _ order: ServingOrder, callees: [Int32: [Int32]],
    activity: [CubeKey: Activity], presence: [CubeKey: Double]
  ) {
    self.order = order
    self.callees = callees
    self.activity = activity
    self.presence = presence
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
    var slots: Set<Int32> = []
    for (cell, mask) in partial.seconds.cells {
      seconds[cell.a, default: [:]][cell.slot] = mask
      busy[cell.a, default: 0] += mask.served.nonzeroBitCount
      slots.insert(cell.slot)
    }
    nightSeconds = slots.count * Int(IncidentPartial.fine / 1_000_000)
  }

  /// The callee that is missing in the failed requests of a component, in a minute.
  func unreached(from caller: Int32, _ slot: Int32) -> Int32? {
    let failures = (failed[CubeKey(a: caller, slot: slot)] ?? []).reduce(0) { $0 + $1.count }
    guard failures > 0 else { return nil }
    var best: (callee: Int32, sureness: Double)?
    for callee in callees[caller] ?? [] {
      let usual = askedInFailed(caller, callee, slot)
      let met = Double(met[CubeKey(a: caller, b: callee, slot: slot)] ?? 0)
      guard usual >= Self.regularShare * Double(failures), met < Self.missingShare * usual else { continue }
      let lack = lack(of: callee, besides: caller, slot)
      let odds = odds(of: callee, caller, slot)
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
  /// of one of them, which may never have come that far.
  private func lack(of callee: Int32, besides caller: Int32, _ slot: Int32) -> Double {
    var expected = 0.0
    // Who stands above the caller may ask through it.
    for one in callers[callee] ?? [] where !order.isAbove(one, caller) {
      guard let known = activity[CubeKey(a: one, slot: slot)] else { continue }
      let sent = one == caller ? known.requests - known.failures : known.requests
      expected += Double(sent) * (presence[CubeKey(a: one, b: callee)] ?? 0)
    }
    expected *= min(1, self.served[callee] ?? 1)
    let served = Double(activity[CubeKey(a: callee, slot: slot)]?.requests ?? 0)
    return (expected - served) / max(expected, 1).squareRoot()
  }

  /// The logarithm of the odds that a callee was down in the seconds in which a caller failed, against that its callers failed before
  /// they asked it.
  private func odds(of callee: Int32, _ caller: Int32, _ slot: Int32) -> Double {
    guard let mine = seconds[caller], let theirs = seconds[callee], nightSeconds > 0 else { return 0 }
    let perMinute = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let share = Double(busy[callee] ?? 0) / Double(nightSeconds)
    let usual = Double(requests[callee] ?? 0) / Double(max(nightMinutes, 1))
    guard share > 0, share < 1, usual > 0 else { return 0 }
    var looked = 0
    var answered = 0
    // Of what usually comes, the share that comes in spite of the callers' failures, of each second that is looked at.
    var reaching = 0.0
    for minute in slot &- Self.around...slot &+ Self.around {
      let before = looked
      for fine in minute &* perMinute..<minute &* perMinute &+ perMinute {
        guard let mask = mine[fine], mask.failed != 0 else { continue }
        looked += mask.failed.nonzeroBitCount
        answered += (mask.failed & (theirs[fine]?.served ?? 0)).nonzeroBitCount
      }
      let lost = (callers[callee] ?? []).map { askedInFailed($0, callee, minute) }.sorted().reduce(0, +)
      reaching += Double(looked - before) * max(0, 1 - lost / usual)
    }
    guard looked > 0 else { return 0 }
    // A second without a line is one in which none of the requests that come at their rate came.
    let asked = 1 - pow(1 - share, reaching / Double(looked))
    let down = 1 - pow(1 - share, Self.halfSeconds)
    guard asked > down else { return 0 }
    return Double(answered) * log(down / asked) + Double(looked - answered) * log((1 - down) / (1 - asked))
  }
}
