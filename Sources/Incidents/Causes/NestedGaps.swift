// Where within a slow component's time the others' times lie, in a night of which only log lines tell.

internal import Support

/// Tells a component's own slowness from that of the way to one that it asks, by the time before and behind the others' work.
///
/// Who waits longer on the way to a callee and back has more time before that callee's work and more behind it, and so has everyone
/// above; but for those that it asks before or afterwards only one of the two grew. Where its own code is slow, both grew for all whom
/// it asks. So of each request the smaller of the two is held against what is usual, and each component that worked within the slow
/// one's time votes on what it has in common with the others: the way to one explains just those that work within that one's time, too.
/// Who is asked by another beside the slow one works within its time by chance, as that is long, and has more time behind alone: only who
/// always works within its time, or began later, votes against. A vote is odds of nine to one, as nine of ten are expected of what an explanation covers, and the rest of what it does not
/// (the likelihood ratio of two Bernoulli hypotheses: Wald, *Sequential Analysis*, 1947).
struct NestedGaps {
  enum Verdict: Hashable {
    case way(Int32)
    case own
  }

  /// Votes for odds of ten to one.
  private static let leastVotes = 2

  /// Requests in which the first of two was slow and the second worked within its time; those in which the time around that grew; and of
  /// all, slow or not, in which it did not, those in which there was less time before and those in which there was less behind.
  private struct Count {
    var all = 0
    var grown = 0
    var before = 0
    var behind = 0

    mutating func add(_ other: Count) {
      all += other.all
      grown += min(other.grown, other.all)
      before += other.before
      behind += other.behind
    }

    /// Requests in which the second began later because the first was slow before.
    var later: Int {
      Int(exactly: (Double(all - grown) * Double(behind) / Double(max(before + behind, 1))).rounded()) ?? 0
    }
  }

  private let constants: DecidingConstants
  private var around: [CubeKey: Count] = [:]
  /// Requests in which the second worked within the first's time, and all of both; by coarse slot, and over the night at none.
  private var within: [CubeKey: Int] = [:]
  private var both: [CubeKey: Int] = [:]
  private var lowers: [Int32: Set<Int32>] = [:]

  /// `isSlow` tells whether the component of a cell was slow, which worked on a statement for a time of the cell's bucket.
  ///
  /// - Complexity: O(rows of `besideGaps` and `besideTimes`)
  init(_ grid: ComponentTimeline, isSlow: (_ cell: CubeKey, _ statement: Int32) -> Bool) {
    constants = grid.constants
    var sides = CellTable<Tally>()
    for (cell, tally) in grid.partial.besideGaps.cells {
      sides.add(tally, at: CubeKey(a: cell.a, b: cell.b, c: cell.c, number: cell.number, slot: cell.slot))
    }
    let fences = LatencyContrast.fences(TallyRows(sides), grid)
    for (cell, tally) in grid.partial.besideGaps.cells {
      guard let fence = fences[CubeKey(a: cell.a, b: cell.b, c: cell.c)] else { continue }
      let key = CubeKey(a: cell.a, b: cell.b, slot: cell.slot)
      if Double(IncidentPartial.value(ofBucket: cell.number)) > fence.limit {
        around[key, default: Count()].grown += tally.count
      } else if cell.d == 0 {
        around[key, default: Count()].before += tally.count
      } else {
        around[key, default: Count()].behind += tally.count
      }
    }
    for (cell, tally) in grid.partial.besideTimes.cells {
      if cell.d == 0, isSlow(cell, cell.c) {
        around[CubeKey(a: cell.a, b: cell.b, slot: cell.slot), default: Count()].all += tally.count
        lowers[cell.a, default: []].insert(cell.b)
      }
      for slot in [cell.slot, .min] {
        if cell.d == 0 { within[CubeKey(a: cell.a, b: cell.b, slot: slot), default: 0] += tally.count }
        both[CubeKey(a: min(cell.a, cell.b), b: max(cell.a, cell.b), slot: slot), default: 0] += tally.count
      }
    }
  }

  /// What makes a component slow in some minutes; nil where the lines do not tell.
  func verdict(on upper: Int32, in slots: [Int32]) -> Verdict? {
    // Whoever works within a slow one's time just now, and elsewhere as a rule, is not asked by it.
    let asked = (lowers[upper] ?? []).sorted().filter { isWithin($0, upper, [], least: constants.withinShare) }
    let votes = asked.compactMap { lower -> (component: Int32, votes: Int, count: Count)? in
      var sum = Count()
      for slot in slots { around[CubeKey(a: upper, b: lower, slot: slot)].map { sum.add($0) } }
      guard sum.all > 0 else { return nil }
      let against = isWithin(lower, upper, [], least: constants.certainOrder) ? sum.all - sum.grown : sum.later
      return (lower, sum.grown - against, sum)
    }
    let own = votes.reduce(0) { $0 + $1.votes }
    var best: (component: Int32, votes: Int)?
    for one in votes
    where one.count.grown > 0 && Double(one.count.grown) >= constants.changedShare * Double(one.count.all) {
      let sum = votes.reduce(0) { sum, other in
        let isBeneath =
          other.component == one.component
          || isWithin(other.component, one.component, slots, least: constants.withinShare)
        return isBeneath ? sum + other.votes : sum
      }
      if let known = best,
        known.votes > sum
          || known.votes == sum && !isWithin(known.component, one.component, slots, least: constants.withinShare)
      {
        continue
      }
      best = (one.component, sum)
    }
    if let best, best.votes - max(own, 0) >= Self.leastVotes { return .way(best.component) }
    return own - max(best?.votes ?? 0, 0) >= Self.leastVotes ? .own : nil
  }

  /// Whether one works within another's time in more than a share of the requests of both, in some minutes; those of the night count as
  /// one more.
  private func isWithin(_ lower: Int32, _ upper: Int32, _ slots: [Int32], least: Double) -> Bool {
    func share(_ slots: [Int32]) -> (within: Double, all: Double) {
      slots.reduce((0, 0)) { sum, slot in
        (
          sum.0 + Double(within[CubeKey(a: upper, b: lower, slot: slot)] ?? 0),
          sum.1 + Double(both[CubeKey(a: min(upper, lower), b: max(upper, lower), slot: slot)] ?? 0)
        )
      }
    }
    let (night, here) = (share([.min]), share(slots))
    guard night.all > 0 else { return false }
    return here.within + night.within / night.all > least * (here.all + 1)
  }
}
