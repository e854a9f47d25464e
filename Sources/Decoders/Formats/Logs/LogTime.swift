// A time as a log line has it, and what completes it.

internal import Support

/// What a time stamp that leaves something out is completed with.
package struct LogClock: Sendable {
  /// Seconds east of UTC, for times that name no zone.
  package var zoneSeconds: Int
  /// The latest day that a date without a year can mean, as days since the epoch.
  package var lastDay: Int
  /// Seconds east of UTC of `CST`, where the file told that it is not America's.
  var central: Int?
  /// The order of day and month in dates of numbers, where the file told it.
  var order: DateOrder?

  package init(zoneSeconds: Int = 0, lastDay: Int? = nil) {
    self.zoneSeconds = zoneSeconds
    self.lastDay = lastDay ?? Timestamp.days(year: 1970, month: 12, day: 31)
  }
}

/// A time stamp found in a line.
struct LogTime {
  /// How much a stamp says; of several in one header the one that says most is the record's time.
  enum Form: UInt8, Comparable {
    case timeOfDay = 1
    case date
    case withoutYear
    case epoch
    case full
    case fullWithFraction

    static func < (a: Form, b: Form) -> Bool { a.rawValue < b.rawValue }
  }

  /// Microseconds since the epoch.
  var time: Int64
  var form: Form
  /// One past the stamp's last byte.
  var end: Int
  /// Whether the stamp names its zone.
  var hasZone = false
  /// Seconds east of UTC of the zone that it names.
  var zoneSeconds: Int32 = 0

  /// Whether the stamp names a day, so that it places the record in time.
  var isPlaced: Bool { form > .date }
}
