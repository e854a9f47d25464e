// A component that answers so many attempts at once and refuses those beyond.
internal import Support

/// The limit on attempts under way, and the servers behind it.
enum ConcurrencyLimit {
  /// Failures by attempts under way: a limit that most failures lie at or beyond, and most successes below.
  static func failures(
    _ log: borrowing CallLog, _ attempts: [Int32], dead: DeadTimes?
  ) -> (failure: [Double], limit: Int)? {
    var ends = BinaryHeap<Int64>()
    var table: [(all: Int, failed: Int)] = []
    for raw in attempts {
      let i = Int(raw)
      while let end = ends.first, end <= log.start[i] { _ = ends.pop() }
      let under = min(ends.count, 10_000)
      if dead?.contains(log.start[i]) ?? false {
        ends.push(log.start[i].addingSaturated(log.duration[i]))
        continue
      }
      while table.count <= under { table.append((0, 0)) }
      table[under].all += 1
      if log.failure[i] != 0 { table[under].failed += 1 }
      ends.push(log.start[i].addingSaturated(log.duration[i]))
    }
    let failures = table.reduce(0) { $0 + $1.failed }
    let successes = table.reduce(0) { $0 + $1.all - $1.failed }
    var best: (gap: Double, limit: Int) = (0, 0)
    var (failedBelow, goodBelow) = (0, 0)
    for limit in 1..<max(table.count, 1) {
      failedBelow += table[limit - 1].failed
      goodBelow += table[limit - 1].all - table[limit - 1].failed
      let gap =
        Double(goodBelow) / Double(max(successes, 1)) - Double(failedBelow) / Double(max(failures, 1))
      if gap > best.gap { best = (gap, limit) }
    }
    // W. Youden's index (1950): most of what fails lies beyond the limit and most of what succeeds below.
    guard best.gap >= 0.6 else { return nil }
    let top = min(table.count, best.limit + 2)
    var failure = table.prefix(top).map { Double($0.failed) / Double(max($0.all, 1)) }
    let rest = table[best.limit...].reduce((all: 0, failed: 0)) { ($0.all + $1.all, $0.failed + $1.failed) }
    // Seldom seen numbers take what all beyond the limit show.
    for n in best.limit..<top where table[n].all < 20 { failure[n] = Double(rest.failed) / Double(max(rest.all, 1)) }
    failure[top - 1] = max(failure[top - 1], Double(rest.failed) / Double(max(rest.all, 1)))
    return (failure, best.limit)
  }

  /// The fewest servers under which every served attempt took some time of one of them: first come, first served.
  static func services(
    _ log: borrowing CallLog, _ attempts: [Int32], limit: Int
  ) -> (workers: Int, services: [Int64], own: [Int32: Int64]) {
    for workers in 1...max(limit, 1) {
      var free = [Int64](repeating: .min, count: workers)
      var services: [Int64] = []
      var own: [Int32: Int64] = [:]
      var early = 0
      for raw in attempts where log.failure[Int(raw)] == 0 {
        let i = Int(raw)
        let worker = free.indices.min { free[$0] < free[$1] } ?? 0
        let end = log.start[i].addingSaturated(log.duration[i])
        let service = end.subtractingSaturated(max(log.start[i], free[worker]))
        if service < 0 { early += 1 }
        services.append(max(service, 0))
        own[raw] = max(service, 0)
        free[worker] = max(end, free[worker])
      }
      if early * 50 <= services.count || workers == limit { return (workers, services, own) }
    }
    return (1, [], [:])
  }
}
