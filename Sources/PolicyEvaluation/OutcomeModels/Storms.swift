// Does a component stay down because of the retries that its outage made? Storms that end, and those that the log's end cuts off.
internal import Model

/// What a component's seconds tell about retries that keep it down.
///
/// An outage that load has nothing to do with ends at once, however much comes; a storm lasts until less comes (N. Bronson and
/// others, "Metastable Failures in Distributed Systems", 2021). Where the log's end cuts an outage off, neither was seen.
struct Storms: Sendable {
  /// Stretches in which more came than usual and a part of it at most was answered, one after the other.
  struct Strain: Sendable {
    /// Stretches since the origin, and the seconds of each.
    var seconds: ClosedRange<Int64>
    let width: Int64
    var made = 0
    var good = 0
    /// Attempts a stretch, over what usually comes.
    var load = 0.0

    var length: Int64 { seconds.upperBound - seconds.lowerBound + 1 }
    /// Seconds since the origin at which it begins.
    var begin: Int64 { seconds.lowerBound * width }
  }

  /// Whether a storm was seen to end.
  let hasEnded: Bool
  /// The outage that lasts to the log's end under more load than usual, where nothing tells that it has nothing to do with load.
  let open: Strain?
  /// The outage that the log begins in, under the same conditions: nobody saw what came first, the failures or the load.
  let begun: Strain?

  /// Stretches of a storm: seconds where five requests come in each, longer ones where fewer do (`SecondCounts.width`). In a
  /// second with hardly any call chance looks like load.
  static let least: Int64 = 3
  /// Stretches without strain that tell what is usual.
  static let usualSeconds = 10
  /// Attempts that an open outage has at least: fewer tell nothing about its load.
  static let leastMade = 30

  init(_ counts: SecondCounts) {
    let dead = counts.dead
    func median(_ rates: [Int]) -> Int { rates.isEmpty ? 0 : rates.sorted()[rates.count / 2] }
    // Where a part always fails more comes than requests, storm or none: a storm that ended is more than what always comes.
    // Where hardly any call comes in a second, the stretch in which an outage ends is half answered without a storm.
    hasEnded =
      counts.width == 1
      && Self.hasEnded(counts, dead: dead, usual: median(counts.bins.values.map(\.made)))
    // One that did not may have lasted for most of the log, and only its requests tell what would have come anyway.
    (begun, open) = Self.cut(counts, usual: median(counts.bins.values.map(\.first)))
  }

  /// For three seconds or more after seconds in which nothing got through, more came than usual and only a part of it was
  /// answered, until less came.
  private static func hasEnded(_ counts: SecondCounts, dead: Set<Int64>, usual: Int) -> Bool {
    guard dead.count >= 2 else { return false }
    let seconds = counts.bins
    return dead.contains { second in
      guard dead.contains(second - 1), !dead.contains(second + 1) else { return false }
      var next = second + 1
      var (made, good, last) = (0, 0, (made: 0, good: 0))
      while let bin = seconds[next], bin.made * 5 > usual * 6, bin.good * 20 >= bin.made, bin.good * 10 < bin.made * 9 {
        (made, good, last) = (made + bin.made, good + bin.good, (bin.made, bin.good))
        next += 1
      }
      // An outage that lets one in twenty through does so in a row of seconds now and then: a storm answers more than that, and
      // not only in the second in which it ends.
      let leaked = Double(made - last.made) / 20
      guard Double(good - last.good) > leaked + 4 * leaked.squareRoot() else { return false }
      // What comes then is answered, or it was no storm but another outage; three seconds of it, for a storm may fade away.
      guard next - second > least, seconds[next] != nil else { return false }
      let after = (next..<next + least).compactMap { seconds[$0] }
      return after.reduce(0) { $0 + $1.good } * 20 >= after.reduce(0) { $0 + $1.made } * 17
    }
  }
}

extension Storms.Strain {
  /// As a finding.
  func fact(_ component: String, atBegin: Bool) -> PolicyFindings.OpenOutage {
    PolicyFindings.OpenOutage(
      component: ForeignName(component), length: length * width * 1_000_000, load: load,
      answered: Double(good) / Double(max(made, 1)), atBegin: atBegin)
  }
}
