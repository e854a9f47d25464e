// What more than half of a night's parts have.

/// A night in eight parts, to tell what is usual where counts are thin: a share of minutes would be none at all in most of them, and one of
/// the whole night holds its trouble, too. Trouble that fills less than half of the night moves the lower median of the parts little.
enum NightParts {
  static let count = 8

  /// The part of a minute.
  static func part(of minute: Int, among minutes: Int) -> Int {
    minutes > 0 ? min(count - 1, max(0, minute * count / minutes)) : 0
  }

  /// The value that more than half of the parts have or exceed.
  static func lowerMedian(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[(values.count - 1) / 2]
  }

  /// Hits and trials of one series by part.
  struct Shares {
    private var hits = [Double](repeating: 0, count: NightParts.count)
    private var trials = [Double](repeating: 0, count: NightParts.count)

    mutating func add(hits some: Double, of number: Double, in part: Int) {
      hits[part] += some
      trials[part] += number
    }

    /// The usual share; 0 without trials.
    var usual: Double {
      NightParts.lowerMedian(hits.indices.compactMap { trials[$0] > 0 ? hits[$0] / trials[$0] : nil })
    }

    var allTrials: Double { trials.reduce(0, +) }
  }
}
