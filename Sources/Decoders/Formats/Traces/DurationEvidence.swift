// In which unit durations are that name none, by what their spans enclose.

internal import Model
internal import Support

/// Spans of a sample with durations whose unit nothing tells.
///
/// A call lies inside of what made it. So the unit is the smallest one in which nearly all children end before their parents do,
/// if in the next smaller one most of them do not. Children that begin with their parents tell nothing; where too few tell
/// anything, or many outlive their parents, the unit stays unknown.
struct DurationEvidence {
  struct Sample {
    var parent: UInt64
    var start: Int64
    var length: Double
  }

  private var samples: [UInt64: Sample] = [:]

  private static let most = 4096
  /// Children that must tell something. A choice.
  private static let leastPairs = 10
  /// What clocks and rounded times may be off, microseconds. A choice.
  private static let slack: Int64 = 2000

  /// Takes a span: what it is called in its trace, its parent there, its beginning in microseconds, the number of its duration.
  mutating func add(trace: RequestID, span: UInt64, parent: UInt64, start: Int64, length: Double) {
    guard samples.count < Self.most, span != 0, length.isFinite, length >= 0 else { return }
    let key = StableHash.combine(trace.stableHash, span)
    samples[key] = Sample(
      parent: parent == 0 ? 0 : StableHash.combine(trace.stableHash, parent), start: start, length: length)
  }

  /// The units that the sample leaves, nil where it does not tell.
  var units: Units? {
    let units: [(FieldText.Unit, Double)] = [
      (.nanoseconds, 1e-3), (.microseconds, 1), (.milliseconds, 1e3), (.seconds, 1e6),
    ]
    var pairs: [(offset: Double, child: Double, parent: Double)] = []
    for sample in samples.values where sample.parent != 0 {
      guard let parent = samples[sample.parent], parent.length > 0 else { continue }
      let (offset, overflow) = sample.start.subtractingReportingOverflow(parent.start)
      guard !overflow, offset > Self.slack else { continue }
      pairs.append((Double(offset), sample.length, parent.length))
    }
    guard pairs.count >= Self.leastPairs else { return nil }
    var smaller = 0
    for (unit, factor) in units {
      var inside = 0
      for pair in pairs where pair.offset + pair.child * factor <= pair.parent * factor + Double(Self.slack) {
        inside += 1
      }
      if inside * 100 >= pairs.count * 95 {
        guard smaller * 100 <= pairs.count * 50 else { return nil }
        var most = unit
        for (larger, factor) in units where larger.isLarger(than: most) {
          let early = pairs.count { $0.offset * Self.earliest < $0.parent * factor }
          if early * 100 < pairs.count * 95 { most = larger }
        }
        return Units(least: unit, most: most)
      }
      smaller = inside
    }
    return nil
  }

  /// What encloses all calls is a lower bound; the upper one is a unit in which nearly every call would begin in the first two hundredth
  /// of what made it (a choice).
  private static let earliest = 200.0

  struct Units {
    var least: FieldText.Unit
    var most: FieldText.Unit

    /// The unit of the beginning where the sample leaves it, else the least.
    func unit(besides ofStart: FieldText.Unit?) -> FieldText.Unit {
      guard let ofStart, !least.isLarger(than: ofStart), !ofStart.isLarger(than: most) else { return least }
      return ofStart
    }
  }
}
