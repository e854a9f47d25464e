internal import Model
internal import Segments
internal import Support

/// Which night the records are of.
package enum RecordNight {
  private static let hour: Int64 = 3_600_000_000

  /// The date of the night: the day in the pipeline's zone on which the middle of the records lies. An input counts as much
  /// as it holds, so that one with a wrong clock does not decide.
  ///
  /// - Returns: nil where no record has a time.
  package static func date(of night: NightPartial, zone: Zone) -> NightDate? {
    let inputs = night.outcomes.filter { $0.first <= $0.last }.map { outcome in
      (middle: outcome.first / 2 + outcome.last / 2, events: Double(max(outcome.events, 1)))
    }.sorted { $0.middle < $1.middle }
    let half = inputs.reduce(0) { $0 + $1.events } / 2
    var sum = 0.0
    for input in inputs {
      sum += input.events
      if sum >= half { return NightDate(at: input.middle, zone: zone) }
    }
    return nil
  }

  /// Whether some record can lie in the 36 hours from the noon before a date to its end.
  package static func covers(_ date: NightDate, _ night: NightPartial, zone: Zone) -> Bool {
    let midnight = (Int64(date.day) * 86_400 - Int64(zone.offsetSeconds)) * 1_000_000
    let (start, end) = (midnight - 12 * hour, midnight + 24 * hour)
    return night.outcomes.contains { $0.first <= $0.last && $0.first < end && $0.last >= start }
  }

  /// Whether any record has a time.
  package static func hasTimes(_ night: NightPartial) -> Bool { night.outcomes.contains { $0.first <= $0.last } }
}

extension NightDate {
  /// The day of an instant, microseconds since the epoch.
  init(at time: Int64, zone: Zone) {
    let local = time.addingSaturated(Int64(zone.offsetSeconds) * 1_000_000)
    let day = local >= 0 ? local / 86_400_000_000 : (local - 86_399_999_999) / 86_400_000_000
    self.init(day: Int(day))
  }
}
