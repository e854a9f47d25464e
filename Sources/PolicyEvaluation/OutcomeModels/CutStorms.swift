// Outages that a log's begin or end cuts off, and that may be of the retries' own making.

extension Storms {
  /// The strains that begin with the log and that reach the last second in which requests came, unless one like it was seen to
  /// begin and end under such a load, or it is how this component always answers.
  ///
  /// What is strain, a fifth more and a tenth unanswered, and what is beyond chance, four standard deviations, are those of a
  /// storm that ended. They were looked at in worlds of `LoadDependentWorld` only, cut off at every length.
  static func cut(_ counts: SecondCounts, usual: Int) -> (begun: Strain?, open: Strain?) {
    let (strains, calm) = strains(counts, usual: usual)
    // What comes after the last request are its retries: less comes then because the log ends. What ended within three seconds
    // of it nobody saw recover.
    let asked = counts.bins.filter { $0.value.first > 0 }.keys
    guard let first = asked.min(), let last = asked.max(), calm.seconds >= usualSeconds else { return (nil, nil) }
    let whole = strains.filter { $0.seconds.lowerBound > first + 1 && $0.seconds.upperBound < last - least }
    let share = Double(calm.failed) / Double(max(calm.made, 1))
    /// Whether more failed than chance makes, and nothing tells that load does not keep this component down.
    func isOpen(_ strain: Strain) -> Bool {
      let usualLoss = share * Double(strain.made)
      let lost = Double(strain.made - strain.good)
      guard strain.made >= leastMade, lost > usualLoss + 4 * max(usualLoss, 1).squareRoot() else { return false }
      // An outage as long as a storm takes that ended under a load as high.
      return !whole.contains { $0.length >= least && $0.load >= 0.8 * strain.load }
    }
    func judged(_ strain: Strain?) -> Strain? {
      guard let strain, strain.length >= least, isOpen(strain) else { return nil }
      // More came than chance makes of what usually comes.
      let expected = 1.2 * Double(usual) * Double(strain.length)
      return Double(strain.made) > expected + 4 * expected.squareRoot() ? strain : nil
    }
    let open = judged(strains.last.flatMap { $0.seconds.upperBound >= last - least ? $0 : nil })
    let begun = judged(strains.first.flatMap { $0.seconds.lowerBound <= first + 1 ? $0 : nil })
    return (begun ?? initial(counts, from: first, usual: usual).flatMap { isOpen($0) ? $0 : nil }, open)
  }

  /// The strain of a log's first stretches: calls are tried again, in the first of them not yet, and a part of the attempts at
  /// most is answered. What usually comes is no measure there, for the last seconds of a storm are as busy as any.
  private static func initial(_ counts: SecondCounts, from first: Int64, usual: Int) -> Strain? {
    var strain: Strain?
    var (second, asked) = (first, 0)
    while let bin = counts.bins[second], bin.good * 10 < bin.made * 9, second == first || bin.made * 5 > bin.first * 6 {
      asked += bin.first
      var next = strain ?? Strain(seconds: second...second, width: counts.width)
      next.take(bin.made, good: bin.good, at: second, usual: usual)
      strain = next
      second += 1
    }
    return strain.flatMap { $0.made * 5 > asked * 6 ? $0 : nil }
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
      strain.take(bin.made, good: bin.good, at: second, usual: usual)
      strains.append(strain)
    }
    return (strains, calm)
  }
}

extension Storms.Strain {
  /// Takes the attempts of the second that comes next.
  fileprivate mutating func take(_ attempts: Int, good answered: Int, at second: Int64, usual: Int) {
    seconds = seconds.lowerBound...second
    made += attempts
    good += answered
    load = Double(made) / Double(length) / Double(max(usual, 1))
  }
}
