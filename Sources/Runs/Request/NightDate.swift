internal import Support

/// The night a run is about: `--date`, by default the day before now in the pipeline's zone.
package struct NightDate: Hashable, Sendable {
  /// Days since the epoch.
  package var day: Int

  /// `YYYY-MM-DD`.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
      let dayOfMonth = Int(parts[2]), (1...9999).contains(year), (1...12).contains(month), (1...31).contains(dayOfMonth)
    else { return nil }
    day = Timestamp.days(year: year, month: month, day: dayOfMonth)
    guard Timestamp.date(days: day) == (year, month, dayOfMonth) else { return nil }
  }

  /// - Parameter day: days since the epoch.
  package init(day: Int) { self.day = day }

  /// The day before an instant, given as seconds since the epoch.
  package init(before now: Int, zone: Zone) {
    let local = now + zone.offsetSeconds
    day = (local >= 0 ? local / 86_400 : (local - 86_399) / 86_400) - 1
  }

  /// `YYYY-MM-DD`.
  package var text: String { String(Timestamp(Int64(day) * 86_400_000_000).rfc3339.prefix(10)) }

  /// A text with every `{date}` replaced.
  package func fill(_ template: String) -> String { template.replacing("{date}", with: text) }
}
