internal import Support
internal import Model

/// Stretches seen in log lines and metrics alone, for nights with hardly any requests in them: bursts of warnings and
/// errors, and metrics of failure, latency, queues and resources that rise to another level.
///
/// Such metrics rise when things go wrong, so their usual level is read from their lower half: trouble may fill half
/// the night.
struct RecordAnomalies {
  private static let certainty = 8.0
  /// The share of its largest rise that a reading must reach.
  private static let levelShare = 0.25
  /// Readings in a row, and log lines within three minutes, that make an anomaly.
  private static let leastReadings = 2
  private static let leastLines = 3.0

  private let grid: ComponentTimeline
  private let settings: IncidentSettings
  /// What was seen, for the story: by component, in time order.
  private(set) var signs: [Int: [(time: Int64, reason: CauseReason, evidence: Evidence)]] = [:]
  private(set) var anomalies: [Anomaly] = []
  /// Components whose queues grew.
  private(set) var growingQueues: Set<Int> = []

  private let naming: [(time: Int64, component: Int, named: [Int], count: Int)]

  private struct Mark {
    var minute: Int
    var time: Int64
    /// Standard deviations, bounded.
    var strength: Double
  }

  init(_ grid: ComponentTimeline, settings: IncidentSettings) {
    self.grid = grid
    self.settings = settings
    naming = Self.naming(grid)
    var metricMarks: [Int: [Mark]] = [:]
    var logMarks: [Int: [Mark]] = [:]
    readMetrics(&metricMarks)
    readLogs(&logMarks)
    for component in Set(metricMarks.keys).union(logMarks.keys).sorted() {
      let metrics = metricMarks[component] ?? []
      let logs = logMarks[component] ?? []
      let list = metrics + logs
      let minutes = Array(Set(list.map(\.minute))).sorted()
      for run in MinuteRuns.runs(minutes, slots: grid.minutes, gap: max(settings.quiet, 300_000_000)) {
        let inside = list.filter { run.contains($0.minute) }
        anomalies.append(
          Anomaly(
            component: component, sign: .records, onset: inside.reduce(.max) { min($0, $1.time) },
            end: inside.reduce(.min) { max($0, $1.time) },
            strength: [metrics, logs].reduce(0) { sum, marks in
              sum + marks.reduce(0) { run.contains($1.minute) ? max($0, $1.strength) : $0 }
            }))
      }
    }
    for key in signs.keys { signs[key]?.sort { ($0.time, $0.evidence) < ($1.time, $1.evidence) } }
  }

  private mutating func readMetrics(_ marks: inout [Int: [Mark]]) {
    let table = MetricTable(grid.partial.metrics)
    for series in table.series {
      let name = grid.partial.names[series.metric]
      let kind = MetricKind(name: name)
      guard let component = grid.component(series.component), kind.weight > 0, series.points.count >= 8 else {
        continue
      }
      let readings = table.points[series.points].map { (point: $0, value: table.value($0)) }
      let sorted = readings.map(\.value).sorted()
      let lower = RobustBaseline(Array(sorted.prefix((sorted.count + 1) / 2)))
      guard let highest = sorted.last else { continue }
      let scale = max(2 * lower.spread, 0.05 * abs(lower.center), 0.02 * (highest - lower.center), 1e-9)
      let border = max(lower.center + Self.certainty * scale, lower.center + Self.levelShare * (highest - lower.center))
      var row = 0
      for (index, reading) in readings.enumerated() {
        row = reading.value >= border ? row + 1 : 0
        guard row >= Self.leastReadings else { continue }
        for back in row == Self.leastReadings ? Array(0..<row) : [0] {
          let at = readings[index - back]
          guard let minute = grid.minute(at.point.slot) else { continue }
          marks[component, default: []].append(
            Mark(
              minute: minute, time: table.time(at.point),
              strength: min((at.value - lower.center) / scale, 50) * kind.weight
            ))
        }
        if row == Self.leastReadings {
          let first = readings[index - row + 1]
          if kind == .queue { growingQueues.insert(component) }
          let reason = CauseReason.metricRose(
            name: ForeignName(name), value: first.value, usual: lower.center)
          signs[component, default: []].append(
            (
              table.time(first.point), reason,
              table.sighting(first.point, of: series).evidence(
                grid.partial.names,
                quote: MetricContrast.quote(name, first.value, count: table.count(first.point)))
            ))
        }
      }
    }
  }

  private mutating func readLogs(_ marks: inout [Int: [Mark]]) {
    var counts: [Int: [Int: Double]] = [:]
    var firsts: [Int: [Int: EvidenceSample]] = [:]
    for (cell, lines) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a), let minute = grid.minute(cell.slot) else { continue }
      let weight = Severity(rawValue: UInt8(clamping: cell.number)) ?? .warning >= .error ? 2.0 : 1.0
      counts[component, default: [:]][minute, default: 0] += Double(lines.count) * weight
      let known = firsts[component]?[minute]
      if known.map({ lines.example < $0 }) ?? true { firsts[component, default: [:]][minute] = lines.example }
    }
    for (component, series) in counts.sorted(by: { $0.key < $1.key }) {
      let usual = Self.lowerHalf(of: series, minutes: grid.minutes.count)
      var open = false
      var last = Int.min
      for minute in series.keys.sorted() {
        // Three minutes without a line lie between.
        if last != .min, minute - last > 3 { open = false }
        last = minute
        let window = max(0, minute - 2)...minute
        let lines = window.reduce(0) { $0 + (series[$1] ?? 0) }
        let expected = (usual.center + usual.spread) * Double(window.count)
        let z = (lines - expected) / (expected + 1).squareRoot()
        guard lines >= Self.leastLines, z >= 2 else { continue }
        for index in window where (series[index] ?? 0) > 0 {
          guard let first = firsts[component]?[index] else { continue }
          marks[component, default: []].append(Mark(minute: index, time: first.time, strength: min(3 + z, 30)))
          if !open {
            open = true
            signs[component, default: []].append(
              (
                first.time, .logBurst(message: ForeignText(Quote.bounded(grid.partial.names[first.message]))),
                first.evidence(grid.partial.names, quote: Quote.of(first, grid.partial.names))
              ))
          }
        }
      }
    }
  }

  /// The usual number of lines, from the quieter half of the minutes; most components are silent in most of them.
  private static func lowerHalf(of series: [Int: Double], minutes: Int) -> RobustBaseline {
    let half = (minutes + 1) / 2
    let silent = max(0, minutes - series.count)
    guard silent < half else { return silence }
    return RobustBaseline(Array(repeating: 0, count: silent) + series.values.sorted().prefix(half - silent))
  }

  private static let silence = RobustBaseline([0])

  /// The components that warnings and errors of a component name in their text, with how many lines do.
  func mentions(within range: ClosedRange<Int64>) -> [Int: [Int: Int]] {
    var found: [Int: [Int: Int]] = [:]
    let low = naming.partitioningIndex { $0.time >= range.lowerBound }
    for line in naming[low...] {
      guard line.time <= range.upperBound else { break }
      for index in line.named { found[line.component, default: [:]][index, default: 0] += line.count }
    }
    return found
  }

  /// Lines that name other components, in time order.
  private static func naming(
    _ grid: ComponentTimeline
  ) -> [(time: Int64, component: Int, named: [Int], count: Int)] {
    var namedBy: [Int32: [Int]] = [:]
    // A short name is a word of any text.
    let finder = NameFinder(grid.components.map { $0.utf8.count >= 4 ? $0 : "" })
    var lines: [(time: Int64, component: Int, named: [Int], count: Int)] = []
    for (cell, logs) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a) else { continue }
      let named: [Int]
      if let known = namedBy[cell.b] {
        named = known
      } else {
        named = finder.names(in: grid.partial.names[cell.b])
        namedBy[cell.b] = named
      }
      let others = named.filter { $0 != component }
      if !others.isEmpty { lines.append((logs.example.time, component, others, logs.count)) }
    }
    return lines.sorted { ($0.time, $0.component, $0.count) < ($1.time, $1.component, $1.count) }
  }
}
