// When a component answered nobody whatever the load: outages that load did not make.
internal import Support

/// Stretches of time in which every attempt failed for another reason than load.
struct DeadTimes: Sendable {
  /// Ascending, microseconds since the epoch.
  private(set) var spans: [Range<Int64>] = []

  /// Failing attempts in a row, at low load, that make an outage.
  static let least = 3

  /// - Parameters:
  ///   - log: the log.
  ///   - attempts: of the component, in the order of time.
  ///   - seconds: since the origin in which next to nothing got through.
  ///   - origin: where seconds are counted from, microseconds.
  ///   - limit: attempts under way beyond which the component refuses more; nil where it has no such limit.
  init(_ log: borrowing CallLog, _ attempts: [Int32], seconds: Set<Int64>, origin: Int64, limit: Int?) {
    var found = Self.wholeSeconds(log, attempts, seconds, origin)
    if let limit { found += Self.atLowLoad(log, attempts, limit: limit) }
    for span in found.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = spans.last, span.lowerBound <= last.upperBound {
        spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        spans.append(span)
      }
    }
  }

  func contains(_ time: Int64) -> Bool {
    let place = spans.partitioningIndex { $0.upperBound > time }
    return place < spans.count && spans[place].contains(time)
  }

  /// Seconds in which nothing got through, from the last success before them to the first after.
  private static func wholeSeconds(
    _ log: borrowing CallLog, _ attempts: [Int32], _ seconds: Set<Int64>, _ origin: Int64
  ) -> [Range<Int64>] {
    guard !seconds.isEmpty else { return [] }
    var successes: [Int64] = []
    for raw in attempts where log.failure[Int(raw)] == 0 { successes.append(log.start[Int(raw)]) }
    var spans: [Range<Int64>] = []
    for second in seconds.sorted() {
      let from = origin + second * 1_000_000
      let to = from + 1_000_000
      let before = successes.partitioningIndex { $0 >= from }
      let after = successes.partitioningIndex { $0 >= to }
      // At most as far as the neighbouring seconds: beyond them it was quiet and not down.
      let low = before > 0 ? max(successes[before - 1] + 1, from - 1_000_000) : from
      let high = after < successes.count ? min(successes[after], to + 1_000_000) : to
      spans.append(low..<max(high, to))
    }
    return spans
  }

  /// Failures in a row with less than half of the limit under way.
  private static func atLowLoad(_ log: borrowing CallLog, _ attempts: [Int32], limit: Int) -> [Range<Int64>] {
    var ends = BinaryHeap<Int64>()
    var spans: [Range<Int64>] = []
    var run: (first: Int64, last: Int64, count: Int)?
    for raw in attempts {
      let i = Int(raw)
      let start = log.start[i]
      while let end = ends.first, end <= start { _ = ends.pop() }
      let under = ends.count
      ends.push(start.addingSaturated(log.duration[i]))
      if log.failure[i] == 0 {
        if let run, run.count >= least { spans.append(run.first..<run.last + max((start - run.last) / 2, 1)) }
        run = nil
      } else if under * 2 < limit {
        run = (run?.first ?? start, start, (run?.count ?? 0) + 1)
      }
    }
    if let run, run.count >= least { spans.append(run.first..<run.last + 1) }
    return spans
  }
}
