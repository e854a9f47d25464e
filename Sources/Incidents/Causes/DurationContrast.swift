// Components whose requests took longer than usual, whatever the reason.

internal import Support

/// The requests of each operation that were slow as a whole, callees and all: no cause, but what an incident did to it.
///
/// A request is slow beyond the upper fence of its operation.
struct DurationContrast {
  /// Standard deviations, and the share beyond the usual, from which a component was affected.
  private static let certainty = 4.0
  private static let leastExcess = 0.1

  private let grid: ComponentTimeline
  private var slow = ShareSeries()
  private var rows: [Int: [Int]] = [:]

  /// - Complexity: O(cells · log cells + components × minutes)
  init(_ grid: ComponentTimeline) {
    self.grid = grid
    let table = TallyRows(grid.partial.durations)
    for series in table.series {
      let key = table.rows[series.lowerBound].cell.series
      let (median, upper) = UpperFence.quartiles(table.histogram(series))
      let limit = UpperFence.limit(median: median, upper: upper, leastRise: grid.constants.leastRise)
      for range in table.minutes(of: series) {
        guard let minute = grid.minute(table.rows[range.lowerBound].cell.slot) else { continue }
        var (hits, trials) = (0, 0)
        for (cell, count) in table.rows[range] {
          trials += count
          if Double(IncidentPartial.value(ofBucket: cell.number)) > limit { hits += count }
        }
        slow.add(hits: Double(hits), of: Double(trials), to: key, minute: minute)
      }
    }
    slow.learn(grid)
    for (row, key) in slow.hits.keys.enumerated() {
      if let component = grid.component(key.a) { rows[component, default: []].append(row) }
    }
  }

  /// What departs most of a component's operations in some minutes; nil where none does.
  func departure(of component: Int, in minutes: [Int]) -> ShareContrast? {
    var most: ShareContrast?
    for row in rows[component] ?? [] {
      let contrast = slow.contrast(row, minutes, required: grid.requiredSlots)
      guard contrast.z >= Self.certainty, contrast.excess >= Self.leastExcess else { continue }
      if let known = most, (known.z, known.trials) >= (contrast.z, contrast.trials) { continue }
      most = contrast
    }
    return most
  }
}
