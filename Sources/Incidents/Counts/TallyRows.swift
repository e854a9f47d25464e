internal import Support

/// The counts of a table in the order of their cells: series after series (all fields but slot and number), in each minute after
/// minute, in each minute bucket after bucket. What is asked once a series is then asked once, and no sum depends on the order
/// in which partials were merged.
struct TallyRows {
  private(set) var rows: [(cell: CubeKey, value: Int)]

  /// - Complexity: O(n log n)
  init(_ table: CellTable<Tally>) {
    rows = table.cells.inOrder(\.count)
    series = runs(of: 0..<rows.count) { $0.series == $1.series }
  }

  /// The ranges of one series each.
  private(set) var series: [Range<Int>] = []

  /// The ranges of one minute each within a series.
  func minutes(of series: Range<Int>) -> [Range<Int>] { runs(of: series) { $0.slot == $1.slot } }

  /// The histogram of some rows.
  func histogram(_ range: Range<Int>) -> [(bucket: Int32, count: Int)] {
    rows[range].map { ($0.cell.number, $0.value) }
  }

  private func runs(of range: Range<Int>, _ isSame: (CubeKey, CubeKey) -> Bool) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = range.lowerBound
    for index in range.dropFirst() where !isSame(rows[start].cell, rows[index].cell) {
      runs.append(start..<index)
      start = index
    }
    if !range.isEmpty { runs.append(start..<range.upperBound) }
    return runs
  }
}

extension CubeKey {
  /// The cell without its slot and its number.
  var series: CubeKey { CubeKey(a: a, b: b, c: c, d: d) }
}
