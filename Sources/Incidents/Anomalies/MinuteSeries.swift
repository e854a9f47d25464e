// Counts by series and minute, and shares of them with what is usual.

internal import Support

/// Counts by series and minute. A series holds the minutes alone in which anything was counted: a public site has a hundred thousand paths,
/// most of them asked for a few times in a night.
struct MinuteSeries {
  /// One minute of a series.
  struct Cell {
    /// Index of the minute.
    var minute: Int32
    var value: Double
  }

  private(set) var keys: [CubeKey] = []
  private(set) var index: [CubeKey: Int] = [:]
  /// The minutes of each series, ascending.
  private(set) var rows: [[Cell]] = []

  /// - Complexity: O(1) where the minutes of a series come in order, else O(minutes of the series)
  mutating func add(_ value: Double, to key: CubeKey, minute: Int) {
    let row: Int
    if let known = index[key] {
      row = known
    } else {
      row = keys.count
      index[key] = row
      keys.append(key)
      rows.append([])
    }
    let minute = Int32(minute)
    guard let last = rows[row].last, last.minute >= minute else {
      rows[row].append(Cell(minute: minute, value: value))
      return
    }
    let place = rows[row].partitioningIndex { $0.minute >= minute }
    if rows[row][place].minute == minute {
      rows[row][place].value += value
    } else {
      rows[row].insert(Cell(minute: minute, value: value), at: place)
    }
  }

  /// - Complexity: O(log minutes of the series)
  subscript(row: Int, minute: Int) -> Double {
    let minute = Int32(minute)
    let place = rows[row].partitioningIndex { $0.minute >= minute }
    return place < rows[row].count && rows[row][place].minute == minute ? rows[row][place].value : 0
  }

  func sum(_ row: Int, _ minutes: [Int]) -> Double { minutes.reduce(0) { $0 + self[row, $1] } }
}

/// Hits among trials by series and minute, with the baseline of each series' share.
struct ShareSeries {
  var hits = MinuteSeries()
  var trials = MinuteSeries()
  private var baselines: [RobustBaseline] = []

  /// Adds trials with some hits; both series keep the same rows.
  mutating func add(hits count: Double, of number: Double, to key: CubeKey, minute: Int) {
    hits.add(count, to: key, minute: minute)
    trials.add(number, to: key, minute: minute)
  }

  /// - Complexity: O(cells · log minutes)
  mutating func learn(_ grid: ComponentTimeline) {
    baselines = hits.keys.indices.map { row in
      RobustBaseline(
        trials.rows[row].compactMap { cell in
          guard cell.value >= ShareContrast.trustedTrials, grid.isBaseline[Int(cell.minute)] else { return nil }
          return hits[row, Int(cell.minute)] / cell.value
        })
    }
  }

  /// The share of a row in some minutes.
  func contrast(_ row: Int, _ minutes: [Int], required: Int) -> ShareContrast {
    ShareContrast(
      hits: hits.sum(row, minutes), trials: trials.sum(row, minutes), baseline: baselines[row], required: required)
  }
}
