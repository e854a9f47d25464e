// Warnings and errors that the night has next to nowhere but in an incident: what its own logs say of it.

internal import Model
internal import Support

/// Log templates by the fine slots in which they were written, to find those that an incident has nearly all of.
///
/// They prove no cause, for whoever suffers writes, too; but who reads of the incident wants to read them first.
struct TellingRecords {
  private struct Series {
    var component: Int32
    var template: Int32
    var severity: Int32
    var total: Int
    /// Ascending.
    var slots: [(slot: Int32, count: Int)]
  }

  /// Lines that an incident must have of a template, and its share of the night's.
  private static let leastLines = 5
  private static let share = 0.9
  /// An incident that takes more of the night has of every template nearly all.
  private static let mostOfNight = 0.5
  private static let most = 3

  private var series: [Series] = []
  private let names: NameTable
  /// Microseconds between the night's first and last record.
  private let night: Int64

  /// - Complexity: O(cells · log cells)
  init(_ grid: ComponentTimeline) {
    names = grid.partial.names
    night = grid.partial.last.subtractingSaturated(grid.partial.first)
    let cells = grid.partial.logs.cells.inOrder { $0.count }
    for (cell, count) in cells {
      if let last = series.indices.last, series[last].component == cell.a, series[last].template == cell.b {
        series[last].total += count
        series[last].severity = max(series[last].severity, cell.number)
        series[last].slots.append((cell.slot, count))
      } else {
        series.append(
          Series(component: cell.a, template: cell.b, severity: cell.number, total: count, slots: [(cell.slot, count)]))
      }
    }
  }

  /// The templates that nearly only an incident has, the gravest and most frequent first.
  ///
  /// - Parameters: when it began and ended, microseconds.
  /// - Complexity: O(templates · log slots)
  func reasoning(from start: Int64, to end: Int64) -> [IncidentReasoning] {
    guard Double(end.subtractingSaturated(start)) <= Self.mostOfNight * Double(night) else { return [] }
    // What is written of it may come a minute before it is seen, and after.
    let first = IncidentPartial.slot(start.subtractingSaturated(IncidentPartial.coarse), IncidentPartial.fine)
    let last = IncidentPartial.slot(end.addingSaturated(IncidentPartial.coarse), IncidentPartial.fine)
    var found: [(series: Series, lines: Int)] = []
    for one in series where one.total >= Self.leastLines {
      let from = one.slots.partitioningIndex { $0.slot >= first }
      let to = one.slots.partitioningIndex { $0.slot > last }
      let lines = one.slots[from..<max(from, to)].reduce(0) { $0 + $1.count }
      if lines >= Self.leastLines, Double(lines) >= Self.share * Double(one.total) { found.append((one, lines)) }
    }
    found.sort { a, b in
      if a.series.severity != b.series.severity { return a.series.severity > b.series.severity }
      if a.lines != b.lines { return a.lines > b.lines }
      return (names[a.series.component], names[a.series.template]) < (
        names[b.series.component], names[b.series.template]
      )
    }
    return found.prefix(Self.most).map {
      .records(
        component: ForeignName(names[$0.series.component]), lines: $0.lines, of: $0.series.total,
        saying: ForeignText(RecordQuote.bounded(names[$0.series.template])))
    }
  }
}
