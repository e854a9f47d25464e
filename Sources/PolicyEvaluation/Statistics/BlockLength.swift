// How long blocks must be so that what happens in one says nothing about the next.
internal import Glibc

/// The automatic block length of the circular block bootstrap (D. Politis and H. White, "Automatic block-length selection
/// for the dependent bootstrap", 2004, with the correction of A. Patton, Politis and White, 2009).
package enum BlockLength {
  /// The optimal length.
  ///
  /// - Parameter series: equally spaced values, oldest first.
  /// - Returns: a number of values; 1 where the series is too short or constant.
  package static func optimal(_ series: [Double]) -> Double {
    let n = series.count
    guard n >= 12 else { return 1 }
    let mean = series.reduce(0, +) / Double(n)
    let values = series.map { $0 - mean }
    let root = Double(n).squareRoot()
    let longest = min(3 * root, Double(n) / 3).rounded(.up)
    let run = max(5, Int(log10(Double(n))))
    let lags = min(Int(root.rounded(.up)) + run, n - 2)
    let threshold = 2 * (log10(Double(n)) / Double(n)).squareRoot()
    var covariances: [Double] = []
    var correlations: [Double] = []
    var first: Int?
    for lag in 0...lags {
      var cross = 0.0
      for i in lag..<n { cross += values[i] * values[i - lag] }
      // As the authors' program has it, the two sums leave out one value more than the lag.
      let late = values[(lag + 1)...].reduce(0) { $0 + $1 * $1 }
      let early = values[..<(n - lag - 1)].reduce(0) { $0 + $1 * $1 }
      covariances.append(cross / Double(n))
      correlations.append(late * early > 0 ? abs(cross) / (late * early).squareRoot() : 0)
      if first == nil, lag >= run, correlations[(lag - run)..<lag].allSatisfy({ $0 < threshold }) { first = lag - run }
    }
    let window = min(first.map { 2 * max($0, 1) } ?? lags, lags)
    var slope = 0.0
    var spectrum = covariances[0]
    for lag in 1...max(window, 1) where lag < covariances.count {
      let share = Double(lag) / Double(window)
      let taper = share <= 0.5 ? 1 : 2 * (1 - share)
      slope += 2 * taper * Double(lag) * covariances[lag]
      spectrum += 2 * taper * covariances[lag]
    }
    let variance = 4.0 / 3 * spectrum * spectrum
    guard variance > 0 else { return 1 }
    return min(cbrt(2 * slope * slope / variance) * cbrt(Double(n)), longest)
  }
}
