// Do first attempts in the time before explain failures of first attempts?
internal import Support

/// The one-sided test of failures over load.
enum LoadTest {
  /// Windows before an attempt in which first attempts count as its load, microseconds.
  static let windows: [Int64] = [250_000, 500_000, 1_000_000, 2_000_000]
  /// Stretches of time that the slope of failures over load rests on at least, as many of equal load as it is worth (A. Carter,
  /// K. Schnepel and D. Steigerwald, "Asymptotic behavior of a t-test robust to cluster heterogeneity", 2017): where one or two
  /// have nearly all the load that varies, as in a log of a call a minute, its error is no error.
  static let leastStretches = 5.0
  /// The t of the slope of failures of first attempts over first attempts in the window before, its error from sums over
  /// stretches of time (K. Liang and S. Zeger, 1986), outside outages of their own making.
  static func t(
    _ log: borrowing CallLog, _ range: Range<Int>, window: Int64, dead: Set<Int64>, origin: Int64
  ) -> Double {
    slope(log, range, window: window, dead: dead, origin: origin).map { $0.value / $0.error } ?? 0
  }

  /// The slope itself and its error; nil where too few attempts or stretches tell.
  static func slope(
    _ log: borrowing CallLog, _ range: Range<Int>, window: Int64, dead: Set<Int64>, origin: Int64
  ) -> (value: Double, error: Double)? {
    var loads: [Double] = []
    var failed: [Double] = []
    var places: [Int64] = []
    var head = range.lowerBound
    // What came before the log began is not told.
    let whole = log.arrival[range.lowerBound].addingSaturated(window)
    for episode in range where log.arrival[episode] >= whole {
      let time = log.arrival[episode]
      while log.arrival[head] < time - window { head += 1 }
      let second = (time - origin) / 1_000_000
      if dead.contains(second) || dead.contains(second - 1) || dead.contains(second + 1) { continue }
      loads.append(Double(episode - head))
      failed.append(log.firstFailure[episode] != 0 ? 1 : 0)
      places.append((time - origin) / max(4_000_000, 2 * window))
    }
    let n = Double(loads.count)
    guard n >= 100 else { return nil }
    let meanLoad = loads.reduce(0, +) / n
    let meanFailed = failed.reduce(0, +) / n
    var (sxx, sxy) = (0.0, 0.0)
    for (x, y) in zip(loads, failed) {
      sxx += (x - meanLoad) * (x - meanLoad)
      sxy += (x - meanLoad) * (y - meanFailed)
    }
    guard sxx > 0 else { return nil }
    let slope = sxy / sxx
    var square = 0.0
    var sum = 0.0
    var lever = 0.0
    var levers = 0.0
    var blocks = 0
    for i in loads.indices {
      sum += (loads[i] - meanLoad) * (failed[i] - meanFailed - slope * (loads[i] - meanLoad))
      lever += (loads[i] - meanLoad) * (loads[i] - meanLoad)
      if i + 1 == loads.count || places[i + 1] != places[i] {
        square += sum * sum
        levers += lever * lever
        (sum, lever) = (0, 0)
        blocks += 1
      }
    }
    guard blocks >= 20, square > 0, sxx * sxx >= leastStretches * levers else { return nil }
    return (slope, square.squareRoot() / sxx)
  }
}
