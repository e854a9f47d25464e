// Minutes of which the requests are there and their log records are not.

/// The minutes in which most of the components that should have written log records wrote none at all: an export that began later than
/// the traces, a collector that was away. What a span did is told by its records too, so that in such a minute every span would seem
/// to have run another way; nothing is judged by that there.
///
/// One component that writes nothing is no hole, and neither are many that write less: that is what many faults look like.
struct LogHoles {
  /// More than half of the components must have written none.
  private static let majority = 0.5
  /// Records to be expected of a component for its silence to say anything: fewer fail to come by chance in one of a hundred minutes
  /// (Poisson, e⁻⁵), and of three components more than half do so in one of some ten thousand.
  private static let leastRecords = 5.0
  private static let leastComponents = 3

  /// Indices of the minutes, ascending.
  private(set) var minutes: [Int] = []

  /// - Complexity: O(cells + components × minutes)
  init(_ grid: ComponentTimeline) {
    guard !grid.partial.logVolume.cells.isEmpty else { return }
    var spans = MinuteSeries()
    var records = MinuteSeries()
    for (cell, tally) in grid.partial.operations.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      spans.add(Double(tally.count), to: CubeKey(a: cell.a), minute: minute)
    }
    for (cell, tally) in grid.partial.logVolume.cells {
      guard let minute = grid.minute(cell.slot) else { continue }
      records.add(Double(tally.count), to: CubeKey(a: cell.a), minute: minute)
    }
    var asked = [Int](repeating: 0, count: grid.width)
    var lacking = asked
    for (row, key) in spans.keys.enumerated() {
      guard let written = records.index[key] else { continue }
      let visited = spans.rows[row].filter { $0.value >= ShareContrast.trustedTrials }.map { Int($0.minute) }
      // What is usual is read where there are records: they may be missing for most of the night.
      let rates = visited.map { records[written, $0] / spans[row, $0] }.filter { $0 > 0 }.sorted()
      guard rates.count >= grid.requiredSlots else { continue }
      let usual = RobustBaseline.quantile(rates, 0.5)
      for minute in visited where usual * spans[row, minute] >= Self.leastRecords {
        asked[minute] += 1
        if records[written, minute] == 0 { lacking[minute] += 1 }
      }
    }
    minutes = asked.indices.filter {
      asked[$0] >= Self.leastComponents && Double(lacking[$0]) > Self.majority * Double(asked[$0])
    }
  }
}
