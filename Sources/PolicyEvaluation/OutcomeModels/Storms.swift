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

  /// Stretches of a storm: seconds where five requests come in each, longer ones where fewer do (`SecondCounts.width`). In a
  /// second with hardly any call chance looks like load.
  static let least: Int64 = 3
  /// Stretches without strain that tell what is usual.
  private static let usualSeconds = 10
  /// Attempts that an open outage has at least: fewer tell nothing about its load.
  private static let leastMade = 30

  init(_ counts: SecondCounts) {
    let dead = counts.dead
    func median(_ rates: [Int]) -> Int { rates.isEmpty ? 0 : rates.sorted()[rates.count / 2] }
    // Where a part always fails more comes than requests, storm or none: a storm that ended is more than what always comes.
    // Where hardly any call comes in a second, the stretch in which an outage ends is half answered without a storm.
    hasEnded =
      counts.width == 1
      && Self.hasEnded(counts, dead: dead, usual: median(counts.bins.values.map(\.made)))
    // One that did not may have lasted for most of the log, and only its requests tell what would have come anyway.
    open = Self.open(counts, usual: median(counts.bins.values.map(\.first)))
  }

  /// For three seconds or more after seconds in which nothing got through, more came than usual and only a part of it was
  /// answered, until less came.
  private static func hasEnded(_ counts: SecondCounts, dead: Set<Int64>, usual: Int) -> Bool {
    guard dead.count >= 2 else { return false }
    let seconds = counts.bins
    return dead.contains { second in
      guard dead.contains(second - 1), !dead.contains(second + 1) else { return false }
      var next = second + 1
      var (made, good) = (0, 0)
      while let bin = seconds[next], bin.made * 5 > usual * 6, bin.good * 20 >= bin.made, bin.good * 10 < bin.made * 9 {
        (made, good) = (made + bin.made, good + bin.good)
        next += 1
      }
      // An outage that lets one in twenty through does so in a row of seconds now and then: a storm answers more than that.
      let leaked = Double(made) / 20
      guard Double(good) > leaked + 4 * leaked.squareRoot() else { return false }
      // What comes then is answered, or it was no storm but another outage.
      guard next - second > least, let after = seconds[next] else { return false }
      return after.good * 20 >= after.made * 17
    }
  }

  /// The strain that reaches the last second in which requests came, unless one like it was seen to end under such a load, or
  /// it is how this component always answers.
  ///
  /// What is strain, a fifth more and a tenth unanswered, and what is beyond chance, four standard deviations, are those of a
  /// storm that ended. They were looked at in worlds of `LoadDependentWorld` only, cut off at every length.
  private static func open(_ counts: SecondCounts, usual: Int) -> Strain? {
    let (strains, calm) = strains(counts, usual: usual)
    // What comes after the last request are its retries: less comes then because the log ends.
    guard let last = counts.bins.filter({ $0.value.first > 0 }).keys.max(), let open = strains.last,
      open.seconds.upperBound >= last - 1, open.length >= least, open.made >= leastMade, calm.seconds >= usualSeconds
    else { return nil }
    // Beyond chance: more came than usual, and less was answered.
    let expected = 1.2 * Double(usual) * Double(open.length)
    let share = Double(calm.failed) / Double(max(calm.made, 1))
    let failed = share * Double(open.made)
    guard Double(open.made) > expected + 4 * expected.squareRoot(),
      Double(open.made - open.good) > failed + 4 * max(failed, 1).squareRoot()
    else { return nil }
    // An outage as long as a storm takes that ended under a load as high: load does not keep this component down.
    let hasEndedAlike = strains.dropLast().contains { $0.length >= least && $0.load >= 0.8 * open.load }
    return hasEndedAlike ? nil : open
  }

  /// The stretches of strain, in their order, and the seconds without.
  private static func strains(
    _ counts: SecondCounts, usual: Int
  ) -> (strains: [Strain], calm: (seconds: Int, made: Int, failed: Int)) {
    var strains: [Strain] = []
    var calm = (seconds: 0, made: 0, failed: 0)
    for (second, bin) in counts.bins.sorted(by: { $0.key < $1.key }) {
      // Three seconds smooth what chance does to one.
      var (made, good, width) = (0, 0, 0)
      for near in second - 1...second + 1 {
        guard let bin = counts.bins[near] else { continue }
        (made, good, width) = (made + bin.made, good + bin.good, width + 1)
      }
      guard made * 5 > usual * width * 6, good * 10 < made * 9 else {
        calm = (calm.seconds + 1, calm.made + bin.made, calm.failed + bin.made - bin.good)
        continue
      }
      // A calm second or two in it are chance.
      var strain = Strain(seconds: second...second, width: counts.width)
      if let last = strains.last, second - last.seconds.upperBound <= least { strain = strains.removeLast() }
      strain.seconds = strain.seconds.lowerBound...second
      strain.made += bin.made
      strain.good += bin.good
      strain.load = Double(strain.made) / Double(strain.length) / Double(max(usual, 1))
      strains.append(strain)
    }
    return (strains, calm)
  }
}

extension Storms.Strain {
  /// As a finding.
  func fact(_ component: String) -> PolicyFindings.OpenOutage {
    PolicyFindings.OpenOutage(
      component: ForeignName(component), length: length * width * 1_000_000, load: load,
      answered: Double(good) / Double(max(made, 1)))
  }
}
