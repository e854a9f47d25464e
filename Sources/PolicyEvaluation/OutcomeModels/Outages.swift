internal import Model
internal import Support
// When components were down, as first attempts saw it.

/// Stretches of time in which a component failed most first attempts: three of five open one, at most one of five ends it.
struct Outages: Sendable {
  private(set) var count = 0
  /// Microseconds.
  private(set) var medianLength: Int64 = 0
  /// By component, ascending.
  private(set) var spans: [[Range<Int64>]] = []
  /// Requests that arrived while their component was up.
  private(set) var quietRequests = 0
  /// Between what two times each outage's length lies, microseconds; unbounded where it was still open at the end.
  private(set) var bounds: [(low: Double, high: Double)] = []

  init(_ log: borrowing CallLog) {
    var lengths: [Int64] = []
    for range in log.ranges {
      var found: [Range<Int64>] = []
      var recent = 0
      var bits = 0
      var opened: Int64?
      var lastFailure: Int64 = 0
      // The failures in a row that an outage began with, and the successes before it and in it.
      var firstFailure: Int64 = 0
      var successBefore: Int64?
      var lastSuccess: Int64?
      var successAfter: Int64?
      for episode in range where !log.isRefused[episode] {
        let failed = log.firstFailure[episode] != 0
        bits = (bits << 1 | (failed ? 1 : 0)) & 31
        recent = bits.nonzeroBitCount
        let time = log.arrival[episode]
        if failed {
          if opened == nil, bits & 30 == 0 { (firstFailure, successBefore) = (time, lastSuccess) }
          (lastFailure, successAfter) = (time, nil)
        } else {
          lastSuccess = time
          successAfter = successAfter ?? time
        }
        quietRequests += opened == nil && recent < 3 ? 1 : 0
        if opened == nil, recent >= 3 {
          opened = time
        } else if let from = opened, recent <= 1 {
          found.append(from..<max(lastFailure, from) + 1)
          bound(firstFailure, lastFailure, successBefore, successAfter)
          opened = nil
        }
      }
      if let from = opened {
        found.append(from..<max(lastFailure, from) + 1)
        bound(firstFailure, lastFailure, successBefore, nil)
      }
      lengths += found.map { $0.upperBound - $0.lowerBound }
      count += found.count
      spans.append(found)
    }
    lengths.sort()
    medianLength = lengths.isEmpty ? 0 : lengths[lengths.count / 2]
  }

  /// An outage lasted longer than from its first failure to its last, and shorter than between the successes around.
  private mutating func bound(_ first: Int64, _ last: Int64, _ before: Int64?, _ after: Int64?) {
    let low = Double(max(last.subtractingSaturated(first), 0))
    guard let after, let before else {
      bounds.append((low, .infinity))
      return
    }
    bounds.append((low, max(Double(after.subtractingSaturated(before)), low)))
  }

  /// How long outages lasted; nil where there was none.
  var fact: PolicyFindings.Check? {
    guard count > 0 else { return nil }
    let open = bounds.count { $0.high == .infinity }
    let step = (bounds.count + Self.turnbullLimit - 1) / Self.turnbullLimit
    let sample = stride(from: 0, to: bounds.count, by: max(step, 1)).map { bounds[$0] }
    let median = Turnbull(sample).median
    return .outages(
      count: count, open: open, median: median.map { PolicyFindings.ClosedInterval(low: $0.low, high: $0.high) },
      every: max(step, 1))
  }

  /// Of more outages than this every second, third and so on is judged, so that all components and hours are heard: the
  /// estimate takes the square of their number.
  static let turnbullLimit = 1_000

  /// Whether a component was down at a time.
  func contains(_ component: Int, _ time: Int64) -> Bool {
    let found = spans[component]
    let place = found.partitioningIndex { $0.upperBound > time }
    return place < found.count && found[place].contains(time)
  }
}
