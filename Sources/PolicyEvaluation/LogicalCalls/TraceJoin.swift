internal import Model
internal import Support
// Attempts that are traces of their own find together by caller, peer, operation and time.

/// Joins episodes of one edge whose calls are root spans.
enum TraceJoin {
  /// Failed calls that may still be followed by another attempt; of more, the oldest are over.
  static let openLimit = 4096

  /// An attempt joins the episode before it at most this long after that one's failure, microseconds.
  static let longestGap: Int64 = 600_000_000

  /// Joins in place; the attempts stay in canonical order.
  ///
  /// Where clients count their attempts, attempt k joins the latest episode that failed at attempt k-1. Where nobody
  /// counts, calls follow a failure much sooner than they follow a success exactly if there are retries: only then are
  /// calls joined, and only across gaps that are short by the same measure.
  static func join(
    _ attempts: inout [LoggedAttempt], _ failed: [LinkMark], _ linkedTo: [LinkMark]
  ) -> (counted: Int, byTime: Int) {
    // Not every client of an edge links: what no link joined is joined as if there were none.
    let linked = joinByLink(&attempts, failed, linkedTo)
    if let joins = joinByTarget(&attempts) { return (linked + joins, 0) }
    let roots = attempts.indices.filter { attempts[$0].isFirst && attempts[$0].isRoot }
    guard roots.count > 1 else { return (linked, 0) }
    let isCounted = attempts.contains { $0.isRoot && $0.counted > 1 }
    var gap = longestGap
    if !isCounted {
      guard let limit = retryGap(attempts) else { return (linked, 0) }
      gap = limit
    }
    var chains: [[LoggedAttempt]] = []
    var open: [Int] = []
    var joins = 0
    for call in attempts.calls {
      let episode = Array(attempts[call])
      let head = episode[0]
      open.removeAll { chains[$0].last.map { head.start.subtractingSaturated($0.end) > gap } ?? true }
      let mayFollow = head.isRoot && (isCounted ? head.counted > 1 : true)
      let follows =
        !mayFollow
        ? nil
        : open.lastIndex { index in
          guard let last = chains[index].last, last.end <= head.start.addingSaturated(CallAggregator.tolerance) else {
            return false
          }
          return !isCounted || Int(head.counted) == max(Int(last.counted), chains[index].count) + 1
        }
      let target: Int
      if let follows {
        target = open.remove(at: follows)
        var rest = episode
        rest[0].isFirst = false
        chains[target] += rest
        joins += 1
      } else {
        chains.append(episode)
        target = chains.count - 1
      }
      if let last = episode.last, last.failure != 0, last.isRoot { open.append(target) }
      if open.count > Self.openLimit { open.removeFirst() }
    }
    guard joins > 0 else { return (linked, 0) }
    attempts = chains.flatMap(\.self)
    return isCounted ? (linked + joins, 0) : (linked, joins)
  }

  /// Joins calls that ask for the very same thing, where what is asked for tells calls apart: after a success it is seldom
  /// asked for again, after a failure it is.
  ///
  /// - Returns: nil where no call tells what it asks for, or where that does not tell calls apart.
  static func joinByTarget(_ attempts: inout [LoggedAttempt]) -> Int? {
    let episodes = attempts.calls
    var latest: [UInt32: Int] = [:]
    var previous = [Int?](repeating: nil, count: episodes.count)
    var (afterFailure, afterSuccess, failures, successes) = (0, 0, 0, 0)
    for (number, range) in episodes.enumerated() {
      let head = attempts[range.lowerBound]
      guard head.isRoot, head.target != 0, !RetryEvidence.isLink(head.target), let last = range.last else { continue }
      if attempts[last].failure == 0 { successes += 1 } else { failures += 1 }
      if let before = latest[head.target], let end = episodes[before].last {
        let gap = head.start.subtractingSaturated(attempts[end].end)
        if gap >= -CallAggregator.tolerance, gap <= longestGap {
          if attempts[end].failure != 0 {
            afterFailure += 1
            previous[number] = before
          } else {
            afterSuccess += 1
          }
        }
      }
      latest[head.target] = number
    }
    guard successes + failures > 0, successes + failures > attempts.count / 2, afterFailure > 0,
      afterSuccess * 20 <= successes,
      afterFailure * max(successes, 1) > 8 * max(afterSuccess, 1) * failures
        || successes < 8 && areBunched(attempts, episodes)
    else { return nil }
    return chain(&attempts, episodes) { number, _ in previous[number] }
  }

  /// Puts calls that try others again behind those.
  ///
  /// - Parameters:
  ///   - attempts: of one edge, in canonical order; the joined ones afterwards.
  ///   - episodes: the calls among them.
  ///   - earlier: the call before it that one tries again, nil where it tries none; it may look at the last attempt so far of the
  ///     chain that a call before it is in.
  /// - Returns: how many were joined.
  static func chain(
    _ attempts: inout [LoggedAttempt], _ episodes: [Range<Int>],
    to earlier: (_ number: Int, _ last: (Int) -> LoggedAttempt?) -> Int?
  ) -> Int {
    var chains: [[LoggedAttempt]] = []
    var chainOf = [Int](repeating: 0, count: episodes.count)
    var joins = 0
    for (number, range) in episodes.enumerated() {
      var rows = Array(attempts[range])
      if let before = earlier(number, { chains[chainOf[$0]].last }) {
        rows[0].isFirst = false
        chainOf[number] = chainOf[before]
        chains[chainOf[before]] += rows
        joins += 1
      } else {
        chainOf[number] = chains.count
        chains.append(rows)
      }
    }
    if joins > 0 { attempts = chains.flatMap(\.self) }
    return joins
  }

  /// Whether calls that ask for the same lie close together, and for how many different things is asked: so it is where the
  /// thing asked for is one request's, in a log (or a cut of one) with next to no successes to compare with.
  private static func areBunched(_ attempts: [LoggedAttempt], _ episodes: [Range<Int>]) -> Bool {
    var spans: [UInt32: (first: Int64, last: Int64, count: Int)] = [:]
    for range in episodes where attempts[range.lowerBound].isRoot && attempts[range.lowerBound].target != 0 {
      let head = attempts[range.lowerBound]
      if RetryEvidence.isLink(head.target) { continue }
      let known = spans[head.target] ?? (head.start, head.start, 0)
      spans[head.target] = (min(known.first, head.start), max(known.last, head.start), known.count + 1)
    }
    guard spans.count >= 8, let first = spans.values.map(\.first).min(), let last = spans.values.map(\.last).max()
    else { return false }
    let repeated = spans.values.filter { $0.count > 1 }.map { $0.last - $0.first }.sorted()
    return !repeated.isEmpty && repeated[repeated.count * 9 / 10] * 8 < last - first
  }

  /// The longest gap that still speaks for a retry, nil where calls after failures come no sooner than others.
  private static func retryGap(_ attempts: [LoggedAttempt]) -> Int64? {
    var afterFailure: [Int64] = []
    var afterSuccess: [Int64] = []
    // Calls under way at once overlap: what may follow one begins after its end, and is not merely the next in line.
    let starts = attempts.filter(\.isFirst).map(\.start).sorted()
    for i in attempts.indices where i + 1 == attempts.count || attempts[i + 1].isFirst {
      let (start, end) = (attempts[i].start, attempts[i].end)
      let next = starts.partitioningIndex { $0 > start && $0.addingSaturated(CallAggregator.tolerance) >= end }
      guard next < starts.count else { continue }
      let gap = max(starts[next].subtractingSaturated(end), 0)
      if attempts[i].failure != 0 { afterFailure.append(gap) } else { afterSuccess.append(gap) }
    }
    guard afterFailure.count >= 20, afterSuccess.count >= 20 else { return nil }
    afterFailure.sort()
    afterSuccess.sort()
    let retry = afterFailure[afterFailure.count / 2]
    let other = afterSuccess[afterSuccess.count / 2]
    guard retry < other / 8 else { return nil }
    return min(other / 2, max(retry, 1) * 8)
  }
}
