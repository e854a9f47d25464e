// Minutes in which something departs: the windows that are looked at, what is marked, and the runs that marks make.

internal import Support

extension ComponentTimeline {
  /// What is looked at in each minute: it by itself, and the three up to it where none of them is missing, for three at once show what
  /// is rarely visited.
  func windows(endingAt minute: Int) -> [ClosedRange<Int>] {
    [1, 3].compactMap { length in
      let first = minute + 1 - length
      guard first >= 0, minutes[minute] - minutes[first] < Int32(length) else { return nil }
      return first...minute
    }
  }

  /// From the beginning of a run's first minute to the end of its last, microseconds since the epoch.
  func time(of run: ClosedRange<Int>) -> Range<Int64> {
    let start = IncidentPartial.start(minutes[run.lowerBound], IncidentPartial.coarse)
    return start..<IncidentPartial.start(minutes[run.upperBound] + 1, IncidentPartial.coarse)
  }
}

/// Minutes that were marked, and how sure each of them is.
struct MinuteMarks {
  private var strengths: [Int: Double] = [:]
  private var spans: [Int: Double] = [:]

  var minutes: Set<Int> { Set(strengths.keys) }

  /// Marks minutes, with how sure they are and how many spans say so.
  mutating func take(_ found: some Sequence<Int>, _ value: Double, spans count: Double = 0) {
    for minute in found {
      strengths[minute] = max(strengths[minute] ?? 0, value)
      spans[minute] = max(spans[minute] ?? 0, count)
    }
  }

  /// The same of other marks.
  mutating func take(_ other: MinuteMarks) {
    for (minute, value) in other.strengths { take(CollectionOfOne(minute), value) }
  }

  /// How many spans at most tell of a minute of a run.
  func spans(in run: ClosedRange<Int>) -> Double { run.reduce(0) { max($0, spans[$1] ?? 0) } }

  /// How sure the surest minute of a run is: what other times of the night show says nothing of it.
  func strength(in run: ClosedRange<Int>) -> Double {
    run.reduce(0) { max($0, strengths[$1] ?? 0) }
  }
}

/// Runs of marked minutes as ranges, joined over gaps.
enum MinuteRuns {
  /// The runs of marked minutes (indices, ascending); a gap of at most `gap` microseconds does not end one.
  static func runs(_ marked: [Int], slots: [Int32], gap: Int64) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for minute in marked {
      if let last = runs.last {
        let distance = Int64(slots[minute] - slots[last.upperBound] - 1) * IncidentPartial.coarse
        if distance <= gap {
          runs[runs.count - 1] = last.lowerBound...minute
          continue
        }
      }
      runs.append(minute...minute)
    }
    return runs
  }
}
