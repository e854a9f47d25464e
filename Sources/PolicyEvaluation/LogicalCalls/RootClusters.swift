// Calls that are traces of their own, with nothing in them that tells which belong to one request: how many requests they
// are, as times alone tell.
internal import Glibc
internal import Support

/// Which calls try which others again, drawn from a branching process.
///
/// New requests come at a steady rate; a failed attempt makes the next one, after a wait whose law depends on its number, until
/// so many attempts were made. Descent is drawn call by call in proportion to the rates that could have made it (J. Zhuang,
/// Y. Ogata and D. Vere-Jones, "Stochastic declustering of space-time earthquake occurrences", 2002) and the laws are read
/// off what was drawn, again and again. Which call follows which is one draw of many; how many requests there are is not.
///
/// How many attempts clients make is the least number under which new requests come no more often just after failures than
/// at other times.
struct RootClusters {
  /// The call before it that a call tries again, -1 where it is new.
  let earlier: [Int]
  /// How far off the number of requests may be, a share of it: half of what lies between one attempt fewer and one more.
  let error: Double

  /// A call: when it begins and ends, seconds, and whether it failed.
  struct Call {
    var start: Double
    var end: Double
    var failed: Bool
  }

  /// Calls, and failed ones and others, below which times tell nothing; calls beyond which nobody waits for the answer.
  static let least = 100
  static let most = 200_000
  /// Numbers of attempts that are tried out.
  static let attempts = 2...6
  private static let rounds = 12
  /// Rounds whose mean is judged: one draw is noisy.
  private static let judged = 6
  /// Standard deviations by which new requests may be more frequent just after failures. In four logs of real clients that made
  /// three attempts it was at most 3.4 for three, and at least 4.2 for two.
  private static let chance = 3.8
  /// Seconds after a failure in which another attempt is near.
  private static let near = [0.1, 0.3]
  /// The longest wait, seconds, and the same in usual gaps between calls: among more calls than these no wait is seen.
  private static let longest = 8.0
  private static let longestGaps = 128.0
  /// A clock's millisecond: how much earlier than an attempt's end the next may begin.
  private static let tolerance = 0.001
  /// The share of a law that is spread over all waits, so that none is impossible.
  private static let floor = 0.03

  /// Nil where calls come after failures as often as at any time, or too few tell. `calls` are in the order of their starts.
  init?(_ calls: [Call]) {
    let failures = calls.count { $0.failed }
    guard (2 * Self.least...Self.most).contains(calls.count), failures >= Self.least,
      calls.count - failures >= Self.least, let first = calls.first, let last = calls.map(\.end).max(),
      last - first.start > 1
    else { return nil }
    let waits = Waits(longest: min(Self.longest, Self.longestGaps * (last - first.start) / Double(calls.count)))
    guard Self.excess(calls, isNew: Array(repeating: true, count: calls.count)) > Self.chance else { return nil }
    let law = waits.law(waits.excess(calls), floor: Self.floor)
    var fewer = Double(calls.count)
    for number in Self.attempts {
      let tried = Self.drawn(calls, attempts: number, waits, law)
      guard tried.excess <= Self.chance else {
        fewer = tried.requests
        continue
      }
      let more = Self.drawn(calls, attempts: number + 1, waits, law)
      earlier = tried.earlier
      error = max(fewer - more.requests, 0) / 2 / max(tried.requests, 1)
      return
    }
    return nil
  }

  /// Puts calls that try others again behind those.
  ///
  /// - Parameter attempts: of one edge, in canonical order; the joined ones afterwards.
  /// - Returns: how many were joined, and how many requests the error may be off by.
  static func join(_ attempts: inout [LoggedAttempt]) -> (joins: Int, error: Double) {
    let episodes = attempts.calls
    guard let origin = attempts.first?.start, attempts.allSatisfy({ $0.isRoot || !$0.isFirst }) else { return (0, 0) }
    let calls = episodes.map { range in
      let last = attempts[range.upperBound - 1]
      return Call(
        start: Double(attempts[range.lowerBound].start.subtractingSaturated(origin)) / 1e6,
        end: Double(last.end.subtractingSaturated(origin)) / 1e6, failed: last.failure != 0)
    }
    guard let clusters = RootClusters(calls) else { return (0, 0) }
    let joins = TraceJoin.chain(&attempts, episodes) { number, _ in
      clusters.earlier[number] < 0 ? nil : clusters.earlier[number]
    }
    return (joins, clusters.error * Double(calls.count - joins))
  }

  /// Descent under so many attempts at most, the mean number of requests, and how much more often they come after failures.
  private static func drawn(
    _ calls: [Call], attempts: Int, _ waits: Waits, _ law: Waits.Law
  ) -> (earlier: [Int], requests: Double, excess: Double) {
    let n = calls.count
    let length = max((calls.map(\.end).max() ?? 0) - calls[0].start, 1)
    var laws = Array(repeating: law, count: attempts)
    var rate = Double(n) * 0.7 / length
    var random = SplitMix64(seed: 0x2007)
    var earlier = [Int](repeating: -1, count: n)
    var (requests, excess) = (0.0, 0.0)
    var rates: [Double] = []
    for round in 0..<rounds {
      var counts = Array(repeating: [Double](repeating: 0, count: waits.count), count: attempts)
      var place = [Int](repeating: 1, count: n)
      var ends = BinaryHeap<Ending>()
      var open: [Int] = []
      earlier = Array(repeating: -1, count: n)
      var new = 0
      for j in 0..<n {
        let start = calls[j].start
        while let next = ends.first, next.end <= start + tolerance {
          _ = ends.pop()
          if place[next.call] < attempts { open.append(next.call) }
        }
        open.removeAll { start - calls[$0].end >= waits.longest }
        if open.count > TraceJoin.openLimit { open.removeFirst(open.count - TraceJoin.openLimit) }
        rates.removeAll(keepingCapacity: true)
        for call in open { rates.append(laws[place[call] - 1].rate(start - calls[call].end)) }
        var u = random.unit() * (rate + rates.reduce(0, +))
        u -= rate
        if u >= 0, !open.isEmpty {
          var chosen = 0
          while chosen < open.count - 1 {
            u -= rates[chosen]
            if u < 0 { break }
            chosen += 1
          }
          let before = open.remove(at: chosen)
          earlier[j] = before
          place[j] = place[before] + 1
          counts[place[before] - 1][waits.bin(start - calls[before].end)] += 1
        } else {
          new += 1
        }
        if calls[j].failed { ends.push(Ending(end: calls[j].end, call: j)) }
      }
      rate = Double(new) / length
      for (number, count) in counts.enumerated() where count.reduce(0, +) > 5 {
        laws[number] = waits.law(count, floor: floor)
      }
      guard round >= rounds - judged else { continue }
      requests += Double(new) / Double(judged)
      excess += Self.excess(calls, isNew: earlier.map { $0 < 0 }) / Double(judged)
    }
    return (earlier, requests, excess)
  }

  /// How much more often new requests come just after failures than at other times, in standard deviations.
  private static func excess(_ calls: [Call], isNew: [Bool]) -> Double {
    let length = max((calls.map(\.end).max() ?? 0) - calls[0].start, 1)
    return near.map { reach in
      // Stretches around failures; the call that opens one is left out, for it lies in it by its own failure.
      var (covered, inside, outside) = (0.0, 0, 0)
      var end = -Double.infinity
      for (call, isNew) in zip(calls, isNew) {
        let opens = call.start > end
        if isNew, !(opens && call.failed) { if opens { outside += 1 } else { inside += 1 } }
        guard call.failed else { continue }
        covered += max(call.end + reach - max(end, call.start), 0)
        end = max(end, call.end + reach)
      }
      let rest = length - covered
      guard covered > 0, rest > 0, inside + outside > 0 else { return 0 }
      let (a, b) = (Double(inside) / covered, Double(outside) / rest)
      return (a - b) / max(a / covered + b / rest, .leastNormalMagnitude).squareRoot()
    }.max() ?? 0
  }

  private struct Ending: Comparable {
    var end: Double
    var call: Int
    static func < (a: Ending, b: Ending) -> Bool { a.end != b.end ? a.end < b.end : a.call < b.call }
  }
}

/// Waits in bins, each a quarter longer than the one before it. Times are seconds.
private struct Waits {
  let longest: Double
  private let edges: [Double]
  var count: Int { edges.count - 1 }

  init(longest: Double) {
    self.longest = longest
    var edges = [0.0, 0.001]
    while let last = edges.last, last * 1.25 < longest { edges.append(last * 1.25) }
    self.edges = edges + [max(longest, 0.002)]
  }

  func bin(_ wait: Double) -> Int { min(max(edges.partitioningIndex { $0 > wait } - 1, 0), count - 1) }

  /// Calls in each bin after a failure beyond those after a success, a call.
  func excess(_ calls: [RootClusters.Call]) -> [Double] {
    var counts = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
    let starts = calls.map(\.start)
    for call in calls {
      var next = starts.partitioningIndex { $0 >= call.end }
      while next < starts.count, starts[next] - call.end < longest {
        counts[call.failed ? 1 : 0][bin(starts[next] - call.end)] += 1
        next += 1
      }
    }
    let failures = Double(max(calls.count { $0.failed }, 1))
    let others = Double(max(calls.count { !$0.failed }, 1))
    return (0..<count).map { max(counts[1][$0] / failures - counts[0][$0] / others, 0) }
  }

  /// The law of a wait: counts smoothed by those beside them, a part of it spread evenly over the logarithm of waits.
  func law(_ counts: [Double], floor: Double) -> Law {
    let smooth = counts.indices.map { k in
      counts[k] + 0.5 * (k > 0 ? counts[k - 1] : 0) + 0.5 * (k + 1 < count ? counts[k + 1] : 0)
    }
    let total = smooth.reduce(0, +)
    let all = Glibc.log(longest / 0.001)
    let density = smooth.indices.map { k in
      let width = edges[k + 1] - edges[k]
      let spread = floor / max(all, 1) / max((edges[k] + edges[k + 1]) / 2, 0.001)
      return (total > 0 ? (1 - floor) * smooth[k] / total / width : 0) + spread
    }
    return Law(waits: self, density: density)
  }

  struct Law {
    private let waits: Waits
    private let density: [Double]
    /// The part of the law beyond each edge.
    private let beyond: [Double]

    init(waits: Waits, density: [Double]) {
      (self.waits, self.density) = (waits, density)
      let edges = waits.edges
      var beyond = [Double](repeating: 0, count: edges.count)
      for k in density.indices.reversed() { beyond[k] = beyond[k + 1] + density[k] * (edges[k + 1] - edges[k]) }
      self.beyond = beyond
    }

    /// How likely the next attempt comes now, a second, where it has not come before.
    func rate(_ wait: Double) -> Double {
      let k = waits.bin(max(wait, 0))
      let left = beyond[k] - density[k] * (max(wait, 0) - waits.edges[k])
      return density[k] / max(left, 1e-3 * beyond[0])
    }
  }
}
