// Bursts of lines that come all night.

/// The lines of a burst that a night knows of, whatever makes it: a timer that complains each hour, or a steady thin rate that comes
/// close together by chance now and then. What three quarters of the night's parts have shown is usual: trouble that fills half of it
/// is none of that.
enum RecurringBursts {
  /// Minutes that make one burst, as those of an anomaly.
  private static let length = 3

  /// How many lines within three minutes three quarters of the night's parts have at their busiest, or more.
  ///
  /// - Complexity: O(n log n) for n minutes with lines
  static func lines(_ written: [Int: Int], minutes: Int) -> Double {
    guard minutes >= NightParts.count * length else { return 0 }
    var most = [Int](repeating: 0, count: NightParts.count)
    for minute in written.keys.sorted() {
      let part = NightParts.part(of: minute, among: minutes)
      // What began in the part before belongs to that.
      let burst = (minute - length + 1...minute).reduce(0) { sum, other in
        NightParts.part(of: other, among: minutes) == part ? sum + (written[other] ?? 0) : sum
      }
      most[part] = max(most[part], burst)
    }
    return Double(most.sorted()[NightParts.count / 4])
  }
}
