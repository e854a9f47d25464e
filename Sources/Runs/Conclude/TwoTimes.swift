internal import Incidents
package import Model

/// Two times held against each other: each a night, or a part of one.
package enum TwoTimes {
  /// One of them.
  package struct Side: Sendable {
    package var night: NightPartial
    /// Microseconds since the epoch; nil for all of the night.
    package var range: Range<Int64>?
    /// What the user calls it.
    package var name: String

    package init(_ night: NightPartial, _ range: Range<Int64>?, name: String) {
      self.night = night
      self.range = range
      self.name = name
    }
  }

  package static func compare(before: Side, after: Side) -> ComparisonFindings {
    NightComparison.compare(
      before: (before.night.cascades, before.range, before.name),
      after: (after.night.cascades, after.range, after.name))
  }
}
