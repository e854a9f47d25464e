internal import Glibc
internal import Model
internal import Support

/// Stretches seen in log lines and metrics alone, for nights with hardly any requests in them: bursts of warnings and
/// errors, and metrics of failure, latency, queues and resources that rise to another level. Of a night of requests only the lines of
/// components that nothing else tells of: a broker, a worker, a job beside a proxy's access log.
///
/// Such metrics rise when things go wrong, so their usual level is read from their lower half: trouble may fill half
/// the night.
struct RecordAnomalies {
  private static let certainty = 8.0
  /// The share of its largest rise that a reading must reach.
  private static let levelShare = 0.25
  /// Readings in a row, and log lines within three minutes, that make an anomaly.
  private static let leastReadings = 2
  private static let leastLines = 3
  /// Standard deviations (Poisson) by which the lines of a component that always writes some must exceed the usual, and of one
  /// that writes none in most minutes.
  private static let logCertainty = 5.0
  /// How many bursts of a night may be chance.
  private static let falsePerNight = 0.05
  private static let rareLogCertainty = 2.0

  private let grid: ComponentTimeline
  private let settings: IncidentSettings
  /// What was seen, for the story: by component, in time order.
  private(set) var signs: [Int: [(time: Int64, reason: CauseReason, evidence: Evidence)]] = [:]
  private(set) var anomalies: [Anomaly] = []
  /// Components whose queues grew.
  private(set) var growingQueues: Set<Int> = []

  var mentions: LogMentions { grid.mentions }

  /// Warnings and errors of the night, by component.
  private var allLines: [Int: Int] = [:]

  private struct Mark {
    var time: Int64
    /// Standard deviations, bounded.
    var strength: Double
    /// Log lines that it stands for, 0 for a metric.
    var lines = 0
    /// The first of them.
    var example: EvidenceSample?
  }

  /// Whether only the components are judged that nothing but log lines tells of, and by those alone: of a night of requests.
  private let isBesideRequests: Bool

  init(_ grid: ComponentTimeline, settings: IncidentSettings) {
    self.grid = grid
    self.settings = settings
    isBesideRequests = !grid.isSparse
    var metricMarks: [Int: [Mark]] = [:]
    var logMarks: [Int: [Mark]] = [:]
    if !isBesideRequests { readMetrics(&metricMarks) }
    readLogs(&logMarks)
    for component in Set(metricMarks.keys).union(logMarks.keys).sorted() {
      let list = ((metricMarks[component] ?? []) + (logMarks[component] ?? [])).sorted {
        ($0.time, $0.lines, $0.strength) < ($1.time, $1.lines, $1.strength)
      }
      let written = allLines[component] ?? 0
      var last = Int64.min
      for all in Self.runs(list, longest: max(settings.quiet, Self.longestGap)) {
        // A few lines a minute before the burst are none of it.
        let run = begun(all, written: written)
        tell(run, of: component, &last)
        let lines = run.reduce(0) { $0 + $1.lines }
        guard lines == 0 || lines >= Self.leastLines || run.contains(where: { $0.lines == 0 }) else { continue }
        let strongest = [true, false].map { isLog in
          run.reduce(0) { ($1.lines > 0) == isLog ? max($0, $1.strength) : $0 }
        }
        anomalies.append(
          Anomaly(
            component: component, sign: .records, onset: run[run.startIndex].time, end: run[run.endIndex - 1].time,
            strength: strongest[0] + strongest[1]))
      }
    }
    for key in signs.keys { signs[key]?.sort { ($0.time, $0.evidence) < ($1.time, $1.evidence) } }
  }

  /// A stretch without the lines in front of it that its component writes now and then anyway: where its rate of lines changed (CUSUM with
  /// the reference value of two Poisson rates: Lucas, "Counted data CUSUM's", Technometrics 27, 1985).
  private func begun(_ run: ArraySlice<Mark>, written: Int) -> ArraySlice<Mark> {
    guard let first = run.first, let end = run.last, !run.contains(where: { $0.lines == 0 }) else { return run }
    let slots = end.time.subtractingSaturated(first.time) / IncidentPartial.fine + 1
    let night = Int64(grid.width) * (IncidentPartial.coarse / IncidentPartial.fine)
    let lines = run.reduce(0) { $0 + $1.lines }
    let usual = Double(written - lines + 1) / Double(max(night - slots, 1))
    let burst = Double(lines) / Double(slots)
    guard burst > usual, slots <= night else { return run }
    let slack = (burst - usual) / log(burst / usual)
    var excess = [Double](repeating: -slack, count: Int(slots))
    for mark in run {
      excess[Int(mark.time.subtractingSaturated(first.time) / IncidentPartial.fine)] += Double(mark.lines)
    }
    guard let begin = ChangePoint.onset(excess, threshold: Double(Self.leastLines)), begin > 0 else { return run }
    let start = first.time.addingSaturated(Int64(begin) * IncidentPartial.fine)
    return run.drop { $0.time < start }
  }

  /// Adds what a stretch tells to the story, which its lines open again where three minutes without any lie between.
  private mutating func tell(_ run: ArraySlice<Mark>, of component: Int, _ last: inout Int64) {
    for mark in run {
      guard let example = mark.example else { continue }
      if last == .min || mark.time.subtractingSaturated(last) > 3 * IncidentPartial.coarse {
        let message = ForeignText(RecordQuote.bounded(grid.partial.names[example.message]))
        signs[component, default: []].append(
          (mark.time, .logBurst(message: message), example.evidence(grid.partial.names)))
      }
      last = mark.time
    }
  }

  /// The share of a stretch beside which requests are in trouble, too, that makes it a part of that: who calls whom nobody says of a
  /// component that only logs tell of, and what it wrote meanwhile is told there (`TellingRecords`).
  private static let explainedShare = 0.5

  /// The records of a component's stretches that lie within a time.
  func evidence(of component: Int, in range: ClosedRange<Int64>) -> [Evidence] {
    (signs[component] ?? []).map(\.evidence).filter { $0.touches(range) }
  }

  /// The stretches of a night of requests for most of which no request was in trouble.
  ///
  /// - Complexity: O(own · others)
  func standing(beside others: [Anomaly]) -> [Anomaly] {
    // In time order: what two of them cover counts once.
    let others = others.sorted { ($0.onset, $0.end) < ($1.onset, $1.end) }
    return anomalies.filter { own in
      var explained: Int64 = 0
      var reached = own.onset
      for other in others {
        let from = max(reached, other.onset.subtractingSaturated(settings.propagation))
        let to = min(own.end, other.end.addingSaturated(settings.propagation))
        guard from <= to else { continue }
        explained = explained.addingSaturated(max(1, to.subtractingSaturated(from)))
        reached = to
      }
      let lasted = max(1, own.end.subtractingSaturated(own.onset))
      return Double(explained) < Self.explainedShare * Double(lasted)
    }
  }

  /// How long nothing must be seen for a stretch to end, microseconds: at most so long, and where many lines were written so long
  /// that a silence by chance is as rare as that of a component (e⁻²⁰, see `SilenceAnomalies`), three slots at least.
  private static let longestGap: Int64 = 300_000_000
  private static let expectedInGap = 20.0

  /// The stretches of marks in time order.
  private static func runs(_ marks: [Mark], longest: Int64) -> [ArraySlice<Mark>] {
    var runs: [ArraySlice<Mark>] = []
    var first = 0
    var lines = 0
    for index in marks.indices {
      if index > first {
        let lasted = Double(marks[index - 1].time.subtractingSaturated(marks[first].time) + IncidentPartial.fine)
        let patience = lines > 0 ? Int64(checked: Self.expectedInGap * lasted / Double(lines)) ?? longest : longest
        let gap = marks[index].time.subtractingSaturated(marks[index - 1].time)
        if gap > min(longest, max(patience, 3 * IncidentPartial.fine)) {
          runs.append(marks[first..<index])
          first = index
          lines = 0
        }
      }
      lines += marks[index].lines
    }
    if first < marks.count { runs.append(marks[first...]) }
    return runs
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
          guard grid.minute(at.point.slot) != nil else { continue }
          marks[component, default: []].append(
            Mark(time: table.time(at.point), strength: min((at.value - lower.center) / scale, 50) * kind.weight))
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

  /// The lines of one component in one fine slot.
  private struct SlotLines {
    var count = 0
    /// Errors count double.
    var weight = 0.0
    var first: EvidenceSample
  }

  private mutating func readLogs(_ marks: inout [Int: [Mark]]) {
    var slots: [Int: [Int32: SlotLines]] = [:]
    for (cell, lines) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a), !isBesideRequests || grid.isLogOnly[component] else { continue }
      let weight = Severity(rawValue: UInt8(clamping: cell.number)) ?? .warning >= .error ? 2.0 : 1.0
      var known = slots[component]?[cell.slot] ?? SlotLines(first: lines.example)
      known.count += lines.count
      known.weight += Double(lines.count) * weight
      if lines.example < known.first { known.first = lines.example }
      slots[component, default: [:]][cell.slot] = known
    }
    allLines = slots.mapValues { $0.values.reduce(0) { $0 + $1.count } }
    let least = log(Double(grid.width * max(slots.count, 1)) / Self.falsePerNight)
    for (component, lines) in slots.sorted(by: { $0.key < $1.key }) { readLogs(of: component, lines, least, &marks) }
  }

  private func readLogs(
    of component: Int, _ lines: [Int32: SlotLines], _ leastNews: Double, _ marks: inout [Int: [Mark]]
  ) {
    var series: [Int: Double] = [:]
    var written: [Int: Int] = [:]
    var slotsOf: [Int: [Int32]] = [:]
    for (slot, one) in lines {
      guard let minute = grid.minute(IncidentPartial.minute(ofFine: slot)) else { continue }
      series[minute, default: 0] += one.weight
      written[minute, default: 0] += one.count
      slotsOf[minute, default: []].append(slot)
    }
    let usual = Self.lowerHalf(of: series, minutes: grid.minutes.count)
    // Who usually writes none needs no certainty beyond the number of lines; who writes all the time scatters.
    let isSteady = usual.center + usual.spread > 0
    let certainty = isSteady ? Self.logCertainty : Self.rareLogCertainty
    let recurring = RecurringBursts.lines(written, minutes: grid.minutes.count)
    let beside = isSteady ? Self.rareLogCertainty : certaintyBeside(recurring)
    let least = recurring + beside * (recurring + 1).squareRoot()
    let scan = LineScan(lines: written, slots: slotsOf.mapValues(\.count), minutes: grid.minutes.count)
    var strength: [Int: Double] = [:]
    for minute in series.keys {
      let window = max(0, minute - 2)...minute
      let count = window.reduce(0) { $0 + (series[$1] ?? 0) }
      let expected = (usual.center + usual.spread) * Double(window.count)
      let z = (count - expected) / (expected + 1).squareRoot()
      let lines = window.reduce(0) { $0 + (written[$1] ?? 0) }
      guard lines >= Self.leastLines, Double(lines) >= least, z >= certainty, scan.news(in: window) >= leastNews else {
        continue
      }
      for index in window where (series[index] ?? 0) > 0 { strength[index] = max(strength[index] ?? 0, min(3 + z, 30)) }
    }
    let border = (usual.center + usual.spread) * Double(IncidentPartial.fine) / Double(IncidentPartial.coarse)
    for minute in strength.keys.sorted() {
      for slot in (slotsOf[minute] ?? []).sorted() {
        guard let one = lines[slot], one.weight > border else { continue }
        marks[component, default: []].append(
          Mark(time: one.first.time, strength: strength[minute] ?? 0, lines: one.count, example: one.first))
      }
    }
  }

  /// How sure a burst must be beside those that come all night: a line or two now and then are nearly none.
  private func certaintyBeside(_ recurring: Double) -> Double {
    recurring < Double(Self.leastLines) ? Self.rareLogCertainty : Self.logCertainty
  }

  /// The usual number of lines, from the quieter half of the minutes; most components are silent in most of them.
  private static func lowerHalf(of series: [Int: Double], minutes: Int) -> RobustBaseline {
    let half = (minutes + 1) / 2
    let silent = max(0, minutes - series.count)
    guard silent < half else { return silence }
    return RobustBaseline(Array(repeating: 0, count: silent) + series.values.sorted().prefix(half - silent))
  }

  private static let silence = RobustBaseline([0])
}
