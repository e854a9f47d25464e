// Who works within whose time, in a night in which no record says who calls whom.

internal import Support

/// The order of the components that serve one request, read off how long each took over the whole night.
///
/// Whom one waits for takes no longer than it, always: the order of the durations tells who stands above whom. Of access lines, whose
/// times are whole seconds, two that one caller asks in turn may keep such an order by chance; but when the lower takes longer the
/// upper does, too, while those two know nothing of each other. What operation was asked says most of how long anything takes, so
/// durations are compared among requests of equal operations (the pooled correlation within groups: Snedecor and Cochran,
/// *Statistical Methods*, 1967). Lines of logs have exact times: who works within another's time, whenever both say so, is below it.
struct ServingOrder {
  /// Requests that must have passed both of two components, and the share of them in which one took longer: retries that outlive a
  /// caller's patience are the rest.
  private static let leastTogether = 20
  private static let leastTold = 10
  private static let certainOrder = 0.97
  /// Standard errors of the correlation.
  private static let certainCorrelation = 3.0

  /// Whom a component stands above, and the requests that passed both.
  private(set) var below: [Int32: Set<Int32>] = [:]
  private(set) var both: [CubeKey: Int] = [:]

  /// - Complexity: O(rows of `beside`, or of `besideTimes` where lines tell)
  init(_ partial: borrowing IncidentPartial) {
    if partial.isTold { readLines(partial) } else { readAccess(partial) }
  }

  func isAbove(_ upper: Int32, _ lower: Int32) -> Bool { below[upper]?.contains(lower) ?? false }

  /// Sums over the requests of two components, within those of equal operations, in 1024ths: whole numbers, so that no order of adding
  /// changes them.
  private struct Pool {
    var count = 0
    var told = 0
    var longer = 0
    private var first: Int64 = 0
    private var second: Int64 = 0
    private var product: Int64 = 0

    mutating func add(_ sums: PairSums, _ mirror: PairSums) {
      count += sums.count
      // Durations are rounded: two that are equal tell no order.
      told += sums.count - sums.same
      longer += sums.longer
      let n = Double(max(sums.count, 1))
      func whole(_ value: Double) -> Int64 { Int64(checked: (value * 1024).rounded()) ?? 0 }
      first = first.addingSaturated(whole(Double(mirror.square) - Double(sums.first) * Double(sums.first) / n))
      second = second.addingSaturated(whole(Double(sums.square) - Double(sums.second) * Double(sums.second) / n))
      product = product.addingSaturated(whole(Double(sums.product) - Double(sums.first) * Double(sums.second) / n))
    }

    /// Pearson's coefficient, 0 where either never varies.
    var correlation: Double {
      first > 0 && second > 0 ? Double(product) / (Double(first) * Double(second)).squareRoot() : 0
    }
  }

  private mutating func readAccess(_ partial: borrowing IncidentPartial) {
    var pools: [CubeKey: Pool] = [:]
    for (cell, sums) in partial.beside.cells where cell.b != 0 {
      guard let mirror = partial.beside.cells[CubeKey(a: cell.b, b: cell.a, c: cell.d, d: cell.c)] else { continue }
      pools[CubeKey(a: cell.a, b: cell.b), default: Pool()].add(sums, mirror)
    }
    for (pair, pool) in pools {
      guard pool.told >= Self.leastTogether, Double(pool.longer) >= Self.certainOrder * Double(pool.told),
        pool.correlation * Double(pool.count).squareRoot() >= Self.certainCorrelation
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
      if Double(count) >= Self.certainOrder * Double(total) { take(pair, count) }
    }
  }

  private mutating func take(_ pair: CubeKey, _ count: Int) {
    below[pair.a, default: []].insert(pair.b)
    both[pair] = count
  }
}
