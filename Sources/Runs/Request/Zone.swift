internal import Foundation

/// The zone of times that name none: UTC, a fixed offset, or a place of the zone database.
package struct Zone: Hashable, Sendable {
  /// As the user wrote it.
  package var name: String
  /// Seconds east of UTC; for a place the offset at the start of the night in question.
  package var offsetSeconds: Int

  package static let utc = Zone(name: "UTC", offsetSeconds: 0)

  private init(name: String, offsetSeconds: Int) {
    self.name = name
    self.offsetSeconds = offsetSeconds
  }

  /// `UTC`, `Z`, `+HH:MM`, `-HH:MM`, or an identifier of the zone database.
  ///
  /// - Parameters:
  ///   - text: the zone as written.
  ///   - day: the day for which a place's offset is taken, as seconds since the epoch.
  package init?(_ text: String, day: Int = 0) {
    if ["UTC", "Z", "GMT"].contains(text) {
      self = .utc
      return
    }
    let parts = text.dropFirst().split(separator: ":")
    if let sign = text.first, "+-".contains(sign), parts.count == 2, let hours = Int(parts[0]),
      let minutes = Int(parts[1]), (0...23).contains(hours), (0...59).contains(minutes)
    {
      self.init(name: text, offsetSeconds: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
      return
    }
    guard text.contains("/"), let zone = TimeZone(identifier: text) else { return nil }
    self.init(name: text, offsetSeconds: zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(day))))
  }

  /// Whether it is a place, whose offset changes with summer time.
  package var isPlace: Bool { name.contains("/") }

  /// The same zone on another day.
  package func on(day: Int) -> Zone { Zone(name, day: day) ?? self }
}
