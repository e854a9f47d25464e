// Stretches of the night of which a component that is never silent left no record at all.

package import Model
internal import Support

/// A stretch without any record of some components: they stood still, or what they wrote is missing.
package struct SilentTime: Hashable, Sendable {
  /// Microseconds.
  package var start: Int64
  package var end: Int64
  /// By name.
  package var components: [ForeignName]
  /// Records that would have been usual, of all of them.
  package var usual: Int
}

/// Finds them among the minutes in which each component wrote anything, spans or log lines.
///
/// Records that come by chance at a steady rate λ leave a stretch L empty with probability e^(−λL). Few sources are as steady: jobs write in
/// bursts, and sites sleep at night, so that a stretch must also be far longer than all others of the same source.
enum SilentTimes {
  /// Minutes.
  private static let least = 5
  /// λL from which chance is ruled out, whatever the number of components and minutes.
  private static let certainty = 50.0
  /// How many times longer than the source's other pauses.
  private static let longer = 4
  /// Stretches of one source: what pauses more often does so by itself.
  private static let mostOfOne = 3
  /// The part of a source's time beyond which its records are of two times, as in an archive of two days.
  private static let part = 2

  /// - Complexity: O(cells · log cells)
  static func find(_ grid: ComponentTimeline) -> [SilentTime] {
    var counts: [Int32: [Int32: Int]] = [:]
    for (cell, tally) in grid.partial.operations.cells {
      counts[cell.a, default: [:]][cell.slot, default: 0] += tally.count
    }
    for (cell, tally) in grid.partial.logVolume.cells {
      counts[cell.a, default: [:]][cell.slot, default: 0] += tally.count
    }
    var found: [Range<Int32>: (components: [ForeignName], usual: Double)] = [:]
    for (name, slots) in counts where name != 0 {
      let component = ForeignName(grid.partial.names[name])
      for (stretch, usual) in stretches(slots) {
        found[stretch, default: ([], 0)].components.append(component)
        found[stretch]?.usual += usual
      }
    }
    return found.map { stretch, value in
      SilentTime(
        start: IncidentPartial.start(stretch.lowerBound, IncidentPartial.coarse),
        end: IncidentPartial.start(stretch.upperBound, IncidentPartial.coarse), components: value.components.sorted(),
        usual: Int(exactly: value.usual.rounded()) ?? 0)
    }
    .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  /// The stretches of one source, by slot, with the records that would have been usual in each.
  private static func stretches(_ slots: [Int32: Int]) -> [(Range<Int32>, Double)] {
    let written = slots.keys.sorted()
    guard let first = written.first, let last = written.last else { return [] }
    let all = Int(last) - Int(first) + 1
    let pauses = zip(written, written.dropFirst()).map { $0 + 1..<$1 }.filter { !$0.isEmpty }
    let longest = pauses.sorted { a, b in a.count != b.count ? a.count > b.count : a.lowerBound < b.lowerBound }
    let records = slots.values.reduce(0, +)
    let candidates = longest.prefix(mostOfOne + 1)
    for count in stride(from: min(mostOfOne, candidates.count), to: 0, by: -1) {
      let empty = candidates.prefix(count).reduce(0) { $0 + $1.count }
      let rate = Double(records) / Double(max(1, all - empty))
      let other = longest.count > count ? longest[count].count : 1
      guard empty * part < all,
        candidates.prefix(count).allSatisfy({
          $0.count >= least && $0.count >= longer * other && rate * Double($0.count) >= certainty
        })
      else { continue }
      return candidates.prefix(count).map { ($0, rate * Double($0.count)) }
    }
    return []
  }
}
