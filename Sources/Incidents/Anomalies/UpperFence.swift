// From where on a duration is slow, read off the durations of a night.

/// The upper fence of durations (Tukey, *Exploratory Data Analysis*, 1977), taken over the lower half's spread because only the
/// tail is suspect: the third quartile and three times its distance from the median.
enum UpperFence {
  /// Where durations of this median and third quartile begin to be slow, and the least rise over the median, microseconds.
  static func limit(median: Double, upper: Double, leastRise: Double) -> Double {
    max(upper + 3 * (upper - median), 1.5 * upper, median + leastRise)
  }

  /// The median and the third quartile of a histogram, microseconds; zeros for an empty one.
  static func quartiles(_ histogram: [(bucket: Int32, count: Int)]) -> (median: Double, upper: Double) {
    let sorted = histogram.sorted { $0.bucket < $1.bucket }
    let total = sorted.reduce(0) { $0 + $1.count }
    var seen = 0
    var median: Double?
    for (bucket, count) in sorted {
      seen += count
      let value = Double(IncidentPartial.value(ofBucket: bucket))
      if median == nil, 2 * seen >= total { median = value }
      if 4 * seen >= 3 * total { return (median ?? value, value) }
    }
    return (0, 0)
  }
}
