// Who works within whose time, in a night in which no record says who calls whom.

internal import Glibc
internal import Support

/// The order of the components that serve one request, read off how long each took over the whole night.
///
/// Whom one waits for takes no longer than it, always: the order of the durations tells who stands above whom. Of access lines, whose
/// times are whole seconds, two that one caller asks in turn may keep such an order by chance; but when the lower takes longer the
/// upper does, too, while those two know nothing of each other. What operation was asked says most of how long anything takes, so
/// durations are compared among requests of equal operations and of the same ten minutes, so that what a trouble added to some of them
/// drowns no others, and the correlations of all groups are put together (by Fisher's z: *Statistical Methods for Research Workers*,
/// 1925, section 35). Lines of logs have exact times: who works within another's time, whenever both say so, is below it.
struct ServingOrder {
  /// Requests that must have passed both of two components. In most of them one took longer (`DecidingConstants.certainOrder`): retries
  /// that outlive a caller's patience are the rest.
  private static let leastTogether = 20
  private static let leastTold = 10
  /// Requests of one group, and what is as good as a correlation of one: durations are rounded.
  private static let leastAlike = 8
  private static let surest = 0.999

  /// Whom a component stands above, and the requests that passed both.
  private(set) var below: [Int32: Set<Int32>] = [:]
  private(set) var both: [CubeKey: Int] = [:]
  private let constants: DecidingConstants

  /// - Complexity: O(rows of `beside`, or of `besideTimes` where lines tell)
  init(_ partial: borrowing IncidentPartial, _ constants: DecidingConstants) {
    self.constants = constants
    if partial.isTold { readLines(partial) } else { readAccess(partial) }
  }

  func isAbove(_ upper: Int32, _ lower: Int32) -> Bool { below[upper]?.contains(lower) ?? false }

  /// What the groups of requests of two components say together.
  private struct Pool {
    var count = 0
    var told = 0
    var longer = 0
    /// Requests beyond the three that a group's correlation costs, and the sum of Fisher's z times those in 1024ths: whole numbers, so
    /// that no order of adding changes them.
    private var weight = 0
    private var sum: Int64 = 0

    mutating func count(_ sums: PairSums) {
      count += sums.count
      // Durations are rounded: two that are equal tell no order.
      told += sums.count - sums.same
      longer += sums.longer
    }

    mutating func correlate(_ sums: PairSums, _ mirror: PairSums) {
      guard sums.count > 3 else { return }
      let r = min(max(sums.correlation(mirror), -ServingOrder.surest), ServingOrder.surest)
      weight += sums.count - 3
      sum = sum.addingSaturated(Int64(checked: (Double(sums.count - 3) * atanh(r) * 1024).rounded()) ?? 0)
    }

    /// By how many standard errors durations rise together.
    var deviations: Double { weight > 0 ? Double(sum) / 1024 / Double(weight).squareRoot() : 0 }
  }

  private mutating func readAccess(_ partial: borrowing IncidentPartial) {
    var pools: [CubeKey: Pool] = [:]
    // What is too little of ten minutes is put together over the night.
    var rests: [CubeKey: (sums: PairSums, mirror: PairSums)] = [:]
    for (cell, sums) in partial.beside.cells where cell.b != 0 {
      let other = CubeKey(a: cell.b, b: cell.a, c: cell.d, d: cell.c, slot: cell.slot)
      guard let mirror = partial.beside.cells[other] else { continue }
      let pair = CubeKey(a: cell.a, b: cell.b)
      pools[pair, default: Pool()].count(sums)
      if sums.count >= Self.leastAlike {
        pools[pair, default: Pool()].correlate(sums, mirror)
      } else if var rest = rests[cell.series] {
        rest.sums.merge(sums)
        rest.mirror.merge(mirror)
        rests[cell.series] = rest
      } else {
        rests[cell.series] = (sums, mirror)
      }
    }
    for (series, rest) in rests {
      pools[CubeKey(a: series.a, b: series.b), default: Pool()].correlate(rest.sums, rest.mirror)
    }
    for (pair, pool) in pools {
      guard pool.told >= Self.leastTogether, Double(pool.longer) >= constants.certainOrder * Double(pool.told),
        pool.deviations >= constants.certainCorrelation
      else { continue }
      take(pair, pool.count)
    }
  }

  private mutating func readLines(_ partial: borrowing IncidentPartial) {
    var all: [CubeKey: Int] = [:]
    var within: [CubeKey: Int] = [:]
    for (cell, tally) in partial.besideTimes.cells {
      let pair = CubeKey(a: cell.a, b: cell.b)
      all[pair, default: 0] += tally.count
      if cell.d == 0 { within[pair, default: 0] += tally.count }
    }
    for (pair, count) in within where count >= Self.leastTold {
      let total = (all[pair] ?? 0) + (all[CubeKey(a: pair.b, b: pair.a)] ?? 0)
      if Double(count) >= constants.certainOrder * Double(total) { take(pair, count) }
    }
  }

  private mutating func take(_ pair: CubeKey, _ count: Int) {
    below[pair.a, default: []].insert(pair.b)
    both[pair] = count
  }
}
