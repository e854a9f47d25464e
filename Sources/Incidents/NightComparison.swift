// What differs between a good and a bad time.

package import Model
internal import Support

/// Holds two times against each other: by component, operation, edge, log template and what requests carry.
///
/// Claim: a difference is told where chance makes it once in ten thousand comparisons or more rarely (four standard deviations), and where
/// it is large enough to matter. Shares are compared as two proportions with a pooled variance, numbers of occurrences as two Poisson
/// counts, durations by the share of the one side beyond a quantile of the other (a sign test), which no outlier moves.
package enum NightComparison {
  private static let certainty = 4.0
  /// The least difference of a share, the least factor of a duration or of how often something occurs, and the least rise of a
  /// duration, microseconds.
  private static let leastShare = 0.01
  private static let leastFactor = 1.25
  private static let leastRise = 1000.0
  /// The fewest requests of a side, or occurrences on the larger one.
  private static let leastCount = 10.0
  /// Differences that are listed.
  private static let listed = 100

  /// What one side counts of a subject.
  struct Figures {
    var requests = 0.0
    var failures = 0.0
    /// Counts by bucket of the duration.
    var durations: [Int32: Int] = [:]
    /// Log records of a template.
    var occurrences = 0.0

    mutating func add(duration bucket: Int32, _ count: Int) { durations[bucket, default: 0] += count }
  }

  /// Everything that one side counts.
  struct Table {
    var figures: [ComparisonFindings.Subject: Figures] = [:]
    var requests = 0
    var failures = 0
    var start: Int64
    var end: Int64
  }

  /// Two times, each a night or a part of one.
  ///
  /// - Parameters:
  ///   - before: the good one: its partial, the range that is meant (nil: all of it), and what the user calls it.
  ///   - after: the bad one.
  /// - Returns: the differences, the surest first.
  package static func compare(
    before: (partial: IncidentPartial, range: Range<Int64>?, name: String),
    after: (partial: IncidentPartial, range: Range<Int64>?, name: String)
  ) -> ComparisonFindings {
    let a = table(AddressBook(before.partial).resolved(before.partial), before.range)
    let b = table(AddressBook(after.partial).resolved(after.partial), after.range)
    var found: [ComparisonFindings.Difference] = []
    for subject in Set(a.figures.keys).union(b.figures.keys) {
      found += differences(
        subject, a.figures[subject] ?? Figures(), b.figures[subject] ?? Figures(), of: (a.requests, b.requests))
    }
    found.sort { x, y in
      if x.strength != y.strength { return x.strength > y.strength }
      return (x.subject.key, x.measure.rawValue) < (y.subject.key, y.measure.rawValue)
    }
    func side(_ table: Table, _ name: String) -> ComparisonFindings.Side {
      ComparisonFindings.Side(
        name: ForeignName(name), start: table.start, end: table.end, requests: table.requests, failures: table.failures)
    }
    return ComparisonFindings(
      before: side(a, before.name), after: side(b, after.name), differences: Array(found.prefix(listed)),
      unlisted: max(0, found.count - listed))
  }

  // MARK: Counting

  private static func table(_ partial: IncidentPartial, _ range: Range<Int64>?) -> Table {
    func holds(_ slot: Int32, _ length: Int64) -> Bool {
      guard let range else { return true }
      // A slot belongs to the side that its middle lies in.
      return range.contains(IncidentPartial.start(slot, length) + length / 2)
    }
    let names = partial.names
    func name(_ number: Int32) -> ForeignName { ForeignName(names[number]) }
    var table = Table(
      start: range.map { max($0.lowerBound, partial.first) } ?? partial.first,
      end: range.map { min($0.upperBound, partial.last) } ?? partial.last)
    for (cell, visit) in partial.visits.cells where cell.a == 0 && holds(cell.slot, IncidentPartial.coarse) {
      table.requests += visit.requests
      table.failures += visit.failures
    }
    for (cell, activity) in partial.activity.cells where holds(cell.slot, IncidentPartial.fine) {
      table.figures[.component(name(cell.a)), default: Figures()].requests += Double(activity.requests)
      table.figures[.component(name(cell.a)), default: Figures()].failures += Double(activity.failures)
    }
    for (cell, tally) in partial.durations.cells where holds(cell.slot, IncidentPartial.coarse) {
      table.figures[.component(name(cell.a)), default: Figures()].add(duration: cell.number, tally.count)
      let operation = ComparisonFindings.Subject.operation(component: name(cell.a), operation: name(cell.b))
      table.figures[operation, default: Figures()].add(duration: cell.number, tally.count)
      table.figures[operation, default: Figures()].requests += Double(tally.count)
    }
    for (cell, tally) in partial.entries.cells where cell.d != 0 && holds(cell.slot, IncidentPartial.fine) {
      let operation = ComparisonFindings.Subject.operation(component: name(cell.a), operation: name(cell.b))
      table.figures[operation, default: Figures()].failures += Double(tally.count)
    }
    for (cell, edge) in partial.edges.cells where holds(cell.slot, IncidentPartial.coarse) {
      let way = ComparisonFindings.Subject.edge(from: name(cell.a), to: name(cell.b))
      table.figures[way, default: Figures()].requests += Double(edge.calls)
      table.figures[way, default: Figures()].failures += Double(edge.failures)
    }
    for (cell, lines) in partial.logs.cells where holds(cell.slot, IncidentPartial.fine) {
      table.figures[.template(ForeignText(names[cell.b])), default: Figures()].occurrences += Double(lines.count)
    }
    for (cell, samples) in partial.samples.cells where holds(cell.slot, IncidentPartial.coarse) {
      for sample in samples.kept { count(sample, failed: cell.number == 1, names, &table) }
    }
    return table
  }

  private static func count(_ sample: RequestSample, failed: Bool, _ names: NameTable, _ table: inout Table) {
    for index in stride(from: 0, to: sample.attributes.count - 1, by: 2) {
      let subject = ComparisonFindings.Subject.attribute(
        name: ForeignName(names[sample.attributes[index]]), value: ForeignText(names[sample.attributes[index + 1]]))
      table.figures[subject, default: Figures()].requests += 1
      table.figures[subject, default: Figures()].failures += failed ? 1 : 0
      if sample.duration == ExemplarRequest.unknownDuration { continue }
      table.figures[subject, default: Figures()].add(duration: IncidentPartial.bucket(sample.duration), 1)
    }
  }

  // MARK: Comparing

  private static func differences(
    _ subject: ComparisonFindings.Subject, _ a: Figures, _ b: Figures, of requests: (before: Int, after: Int)
  ) -> [ComparisonFindings.Difference] {
    var found: [ComparisonFindings.Difference] = []
    func tell(_ measure: ComparisonFindings.Measure, _ before: Double, _ after: Double, _ strength: Double) {
      guard strength >= certainty else { return }
      found.append(.init(subject, measure, before: before, after: after, strength: strength))
    }
    if a.requests >= leastCount, b.requests >= leastCount {
      let x = a.failures / a.requests
      let y = b.failures / b.requests
      if abs(x - y) >= leastShare {
        let pooled = (a.failures + b.failures) / (a.requests + b.requests)
        let deviation = (pooled * (1 - pooled) * (1 / a.requests + 1 / b.requests)).squareRoot()
        tell(.failureShare, x, y, deviation > 0 ? abs(x - y) / deviation : 0)
      }
      for (measure, quantile) in [(ComparisonFindings.Measure.medianLatency, 0.5), (.p99Latency, 0.99)] {
        guard let one = duration(a, quantile), let other = duration(b, quantile) else { continue }
        let (low, high) = (min(one, other), max(one, other))
        guard high >= leastFactor * low, high - low >= leastRise else { continue }
        tell(measure, one, other, sign(a, b, quantile, at: (one, other)))
      }
    }
    // Numbers: of components, operations and edges per request of the side, of templates too.
    let (m, n) = (a.requests + a.occurrences, b.requests + b.occurrences)
    let (s, t) = (Double(requests.before), Double(requests.after))
    guard max(m, n) >= leastCount else { return found }
    // Without requests the sides are taken to be of one size: nothing tells otherwise.
    let (p, q) = s > 0 && t > 0 ? (m / s, n / t) : (m, n)
    guard max(p, q) >= 2 * min(p, q) else { return found }
    let expected = s > 0 && t > 0 ? (m + n) * t / (s + t) : (m + n) / 2
    let spread = (expected * (s > 0 && t > 0 ? s / (s + t) : 0.5)).squareRoot()
    tell(.occurrence, p, q, spread > 0 ? abs(n - expected) / spread : 0)
    return found
  }

  private static func duration(_ figures: Figures, _ quantile: Double) -> Double? {
    let total = figures.durations.values.reduce(0, +)
    guard total > 0 else { return nil }
    var seen = 0
    for (bucket, count) in figures.durations.sorted(by: { $0.key < $1.key }) {
      seen += count
      if Double(seen) >= quantile * Double(total) { return Double(IncidentPartial.value(ofBucket: bucket)) }
    }
    return nil
  }

  /// How sure it is that a quantile moved, that of each side being known: the share of the slower side beyond the other's
  /// quantile, against what that is.
  private static func sign(_ a: Figures, _ b: Figures, _ quantile: Double, at: (Double, Double)) -> Double {
    let (x, y) = at
    let (border, slower, other) = y > x ? (x, b, a) : (y, a, b)
    let total = Double(slower.durations.values.reduce(0, +))
    let beyond = Double(
      slower.durations.reduce(0) { Double(IncidentPartial.value(ofBucket: $1.key)) > border ? $0 + $1.value : $0 })
    let usual = 1 - quantile
    // The border is an estimate too: as sure as its own side is large.
    let size = 1 / (1 / total + 1 / Double(max(other.durations.values.reduce(0, +), 1)))
    return (beyond / total - usual) / (usual * (1 - usual) / size).squareRoot()
  }
}

extension ComparisonFindings.Subject {
  /// What subjects are ordered by where nothing else tells them apart.
  var key: String {
    switch self {
    case .component(let name): "1\u{0}" + name.text
    case .operation(let component, let operation): "2\u{0}" + component.text + "\u{0}" + operation.text
    case .edge(let from, let to): "3\u{0}" + from.text + "\u{0}" + to.text
    case .template(let text): "4\u{0}" + text.text
    case .attribute(let name, let value): "5\u{0}" + name.text + "\u{0}" + value.text
    }
  }
}
