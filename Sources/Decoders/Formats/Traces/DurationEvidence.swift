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
        var found = Units(least: unit, likely: unit, most: unit)
        let lengths = pairs.map(\.parent).sorted()
        for (larger, factor) in units where larger.isLarger(than: unit) {
          let early = pairs.count { $0.offset * Self.earliest < $0.parent * factor }
          if early * 100 < pairs.count * 95 { found.likely = larger }
          if lengths[lengths.count / 2] * factor <= Double(period) { found.most = larger }
        }
        if found.likely.isLarger(than: found.most) { found.most = found.likely }
        return found
      }
      smaller = inside
    }
    return nil
  }

  /// From the first beginning of the sample to the last one, microseconds.
  private var period: Int64 {
    let starts = samples.values.map(\.start)
    guard let first = starts.min(), let last = starts.max() else { return 0 }
    return last.subtractingSaturated(first)
  }

  /// Where nearly every call begins in the first two hundredth of what made it, the unit is doubtful (a choice).
  private static let earliest = 200.0

  struct Units {
    /// The smallest one that encloses all calls.
    var least: FieldText.Unit
    /// The largest one in which calls begin all along what made them.
    var likely: FieldText.Unit
    /// The largest one that is likely, or in which what makes calls takes no longer than the whole sample.
    var most: FieldText.Unit

    /// The unit of the beginning unless the sample contradicts it, else the least; and whether that is doubtful.
    func unit(besides ofStart: FieldText.Unit?) -> (unit: FieldText.Unit, isDoubtful: Bool) {
      guard let ofStart else { return (least, false) }
      if least.isLarger(than: ofStart) || ofStart.isLarger(than: most) { return (least, true) }
      return (ofStart, ofStart.isLarger(than: likely))
    }
  }
}
