// Calls that are traces of their own, with nothing in them that tells which belong to one request: how many requests they
// are, as times alone tell.
internal import Support

/// Which calls try which others again, drawn from a branching process.
///
/// New requests come at a steady rate; a failed attempt makes the next one, after a wait whose law depends on its number, until
/// so many attempts were made. Descent is drawn call by call in proportion to the rates that could have made it (J. Zhuang,
/// Y. Ogata and D. Vere-Jones, "Stochastic declustering of space-time earthquake occurrences", 2002) and the laws are read
/// off what was drawn, again and again. Which call follows which is one draw of many; how many requests there are is not.
///
/// That anybody retries at all is told by calls that come sooner after failures than after successes nearby (`FailureContrast`); how
/// many attempts clients make is the least number under which new requests come no more often just after failures than at other
/// times.
package struct RootClusters {
  /// The call before it that a call tries again, -1 where it is new.
  let earlier: [Int]
  /// How far off the number of requests may be, a share of it: half of what lies between one attempt fewer and one more.
  let error: Double

  /// A call: when it begins and ends, seconds, and whether it failed.
  package struct Call: Sendable {
    package var start: Double
    package var end: Double
    package var failed: Bool

    package init(start: Double, end: Double, failed: Bool) {
      (self.start, self.end, self.failed) = (start, end, failed)
    }
  }

  /// Calls, and failed ones and others, below which times tell nothing; calls beyond which nobody waits for the answer.
  static let least = 100
  static let most = 200_000
  /// Numbers of attempts that are tried out.
  static let attempts = 2...6
  private static let rounds = 12
  /// Rounds whose mean is judged: one draw is noisy.
  private static let judged = 6
  /// Standard deviations by which calls may come more often just after failures without any retry. Chosen on generated logs of
  /// eleven kinds of clients that retry and twelve that do not, each kind left out in turn (`benchmark policies-roots`).
  private static let chance = 3.4
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
    guard Self.areEnough(calls), FailureContrast.z(calls, near: Self.near) > Self.chance else { return nil }
    let waits = Self.waits(of: calls)
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

  /// Whether so many calls failed, and did not, over a second at least, that times can tell.
  private static func areEnough(_ calls: [Call]) -> Bool {
    let failures = calls.count { $0.failed }
    return (2 * least...most).contains(calls.count) && failures >= least && calls.count - failures >= least
      && length(of: calls) > 1
  }

  private static func length(of calls: [Call]) -> Double {
    (calls.map(\.end).max() ?? 0) - (calls.first?.start ?? 0)
  }

  private static func waits(of calls: [Call]) -> RootWaits {
    RootWaits(longest: min(longest, longestGaps * length(of: calls) / Double(max(calls.count, 1))))
  }

  /// What clients that make at most so many attempts would leave of new requests, from one attempt on: how many, and how much more
  /// often they come just after failures than at other times (all calls: than just after successes nearby), in standard deviations;
  /// none where too few calls tell. For choosing `chance`.
  package static func trials(_ calls: [Call]) -> [(requests: Double, excess: Double)] {
    guard areEnough(calls) else { return [] }
    let waits = Self.waits(of: calls)
    let law = waits.law(waits.excess(calls), floor: floor)
    return [(Double(calls.count), FailureContrast.z(calls, near: near))]
      + attempts.map { number in
        let tried = drawn(calls, attempts: number, waits, law)
        return (tried.requests, tried.excess)
      }
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
    _ calls: [Call], attempts: Int, _ waits: RootWaits, _ law: RootWaits.Law
  ) -> (earlier: [Int], requests: Double, excess: Double) {
    let n = calls.count
    let length = max(Self.length(of: calls), 1)
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
    let length = max(Self.length(of: calls), 1)
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
