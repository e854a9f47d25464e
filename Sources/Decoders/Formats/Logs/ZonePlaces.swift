// What clocks of places showed.

internal import Foundation
internal import Support
internal import Synchronization

/// Zones of the tz database by the names of their places, as the lines of one stream name them: nearly always the same one, and many
/// times in one second. The last answers are kept; to ask the system for each line costs more than reading it.
///
/// They are kept by the second that was asked for, so that threads which read other times seldom wait for one another. What is kept
/// changes no answer.
final class ZonePlaces: Sendable {
  private static let kept = (0..<16).map { _ in ZonePlaces() }

  /// What the clocks of a place were ahead of UTC.
  ///
  /// - Parameters:
  ///   - name: the place's name, `Europe/Berlin`.
  ///   - local: seconds since the epoch, as if the time were UTC.
  /// - Returns: seconds; where they tell a time twice, at its first occurrence; nil where there is no such place.
  static func seconds(of name: Span<UInt8>, local: Int) -> Int? { kept[local & 15].seconds(of: name, local: local) }

  private struct Last {
    var name: [UInt8] = []
    /// nil where no place is called so.
    var zone: TimeZone?
    /// The time that was asked for, and what the place was ahead of UTC then.
    var local = Int.min
    var seconds = 0
  }

  private let last = Mutex(Last())

  private func seconds(of name: Span<UInt8>, local: Int) -> Int? {
    last.withLock { last in
      if last.name.count != name.count || !name.holds(last.name.span, at: 0) {
        last = Last(name: Array(copying: name), zone: TimeZone(identifier: String(copying: name)))
      }
      guard let zone = last.zone else { return nil }
      if last.local != local {
        last.local = local
        last.seconds = Self.ahead(zone, local)
      }
      return last.seconds
    }
  }

  private static func ahead(_ zone: TimeZone, _ local: Int) -> Int {
    func offset(_ seconds: Int) -> Int {
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }
    // A time that is told twice is one of summer first.
    let before = offset(local - 86_400)
    return offset(local - before) == before ? before : offset(local - offset(local - offset(local)))
  }
}
