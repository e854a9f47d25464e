package import Model

/// How well a report tells what truly happened in a generated service night.
///
/// An incident answers a fault when they overlap in time (with a minute of grace behind the fault's last effect) and it
/// names the fault's first cause or a component of its blast. Of several, the one that names the cause first counts, then
/// the one with the best blast radius. An incident that answers no fault is a false one.
package struct WorldScore: Hashable, Sendable {
  package var faults = 0
  package var found = 0
  package var causeFirst = 0
  /// The faults whose component the files tell of in their time, and how many of those were found and had their cause first: of any
  /// other no report can tell.
  package var named = 0
  package var foundNamed = 0
  package var causeFirstNamed = 0
  /// Sum of the Jaccard indices over the found faults whose blast is known.
  package var jaccardSum = 0.0
  package var jaccardCount = 0
  /// |incident's start - first effect|, microseconds, per found fault.
  package var onsetErrors: [Int64] = []
  package var falseIncidents = 0
  /// Of those, and of all where a night has no fault, the critical and major ones.
  package var falseAlarms = 0
  /// Steps of the causal chains that are true, that were said, and that there are, over the found faults whose failures took a way.
  package var stepsRight = 0
  package var stepsSaid = 0
  package var stepsTrue = 0
  package var hours = 0.0
  /// Unrelated pairs, and how many of them became two incidents.
  package var pairs = 0
  package var pairsApart = 0
  /// One line per fault and per false incident, for people.
  package var lines: [String] = []
  /// Found and all faults, by kind.
  package var byKind: [String: [Int]] = [:]

  package init() {}

  package var foundShare: Double { faults == 0 ? 1 : Double(found) / Double(faults) }
  package var causeShare: Double { faults == 0 ? 1 : Double(causeFirst) / Double(faults) }
  package var jaccard: Double { jaccardCount == 0 ? 1 : jaccardSum / Double(jaccardCount) }
  package var falsePerHour: Double { hours == 0 ? 0 : Double(falseIncidents) / hours }
  /// Microseconds, nil where nothing was found.
  package var medianOnsetError: Int64? {
    onsetErrors.isEmpty ? nil : onsetErrors.sorted()[onsetErrors.count / 2]
  }

  /// The harmonic mean of precision and recall of the chains' steps.
  package var stepsF1: Double {
    stepsSaid + stepsTrue == 0 ? 1 : 2 * Double(stepsRight) / Double(stepsSaid + stepsTrue)
  }

  package init(_ incidents: [Incident], truth: WorldTruth) {
    let kinds: Set<Incident.Kind> = [
      .cascade, .errorBurst, .latencyRegression, .retryStorm, .restartStorm,
    ]
    let incidents = incidents.filter { kinds.contains($0.kind) }
    var answering: Set<Int> = []
    var answerOf: [Int: Int] = [:]
    hours = Double(truth.end - truth.start) / 3.6e9
    for (f, entry) in truth.faults.enumerated() {
      faults += 1
      byKind[entry.fault.kind.rawValue, default: [0, 0, 0]][2] += 1
      let isNamed = entry.isTold
      named += isNamed ? 1 : 0
      let blast = Set(entry.blast)
      let answers = incidents.indices.filter { entry.isAnswered(by: incidents[$0]) }
      answering.formUnion(answers)
      let best = answers.max { a, b in rank(incidents[a], entry) < rank(incidents[b], entry) }
      guard let best else {
        let bound = isNamed ? "" : ", of which no file tells"
        lines.append("missed \(entry.fault.kind.rawValue) of \(entry.fault.component) at \(entry.fault.start)\(bound)")
        continue
      }
      answerOf[f] = best
      let incident = incidents[best]
      found += 1
      foundNamed += isNamed ? 1 : 0
      byKind[entry.fault.kind.rawValue, default: [0, 0, 0]][1] += 1
      let isRight = incident.rootCauses.first?.component.text == entry.fault.component
      if isRight {
        causeFirst += 1
        causeFirstNamed += isNamed ? 1 : 0
        byKind[entry.fault.kind.rawValue, default: [0, 0, 0]][0] += 1
      }
      let named = Set(incident.components.map(\.id.text))
      if !entry.path.isEmpty {
        let said = Set(incident.causalChain.map { [$0.from.text, $0.to.text] })
        stepsRight += said.intersection(entry.path).count
        stepsSaid += said.count
        stepsTrue += entry.path.count
      }
      let index = jaccardIndex(named, blast)
      jaccardSum += index
      jaccardCount += 1
      let (error, _) = incident.start.subtractingReportingOverflow(entry.onset)
      onsetErrors.append(error.magnitude > UInt64(Int64.max) ? .max : Int64(error.magnitude))
      lines.append(
        "found \(entry.fault.kind.rawValue) of \(entry.fault.component): \(incident.kind.rawValue), first "
          + "\(incident.rootCauses.first?.component.text ?? "none")\(isRight ? "" : isNamed ? " (wrong)" : " (wrong: no file tells of it)"), blast \(index), "
          + "onset \(error / 1000) ms, missing \(blast.subtracting(named).sorted()), extra \(named.subtracting(blast).sorted())"
      )
    }
    for (i, incident) in incidents.enumerated() where !answering.contains(i) {
      falseIncidents += 1
      falseAlarms += incident.severity >= .major ? 1 : 0
      lines.append(
        "false \(incident.kind.rawValue) at \(incident.start): \(incident.components.map(\.id.text)), first \(incident.rootCauses.first?.component.text ?? "none")"
      )
    }
    countPairs(truth, answerOf)
  }

  private mutating func countPairs(_ truth: WorldTruth, _ answerOf: [Int: Int]) {
    let groups = Dictionary(grouping: truth.faults.indices.filter { truth.faults[$0].fault.group != nil }) {
      truth.faults[$0].fault.group ?? 0
    }
    for (_, members) in groups.sorted(by: { $0.key < $1.key }) where members.count > 1 {
      pairs += 1
      let answers = members.compactMap { answerOf[$0] }
      if answers.count == members.count, Set(answers).count == members.count { pairsApart += 1 }
    }
  }

  private func rank(_ incident: Incident, _ entry: WorldTruth.Entry) -> (Int, Double, Int64) {
    let isRight = incident.rootCauses.first?.component.text == entry.fault.component
    let index = jaccardIndex(Set(incident.components.map(\.id.text)), Set(entry.blast))
    return (isRight ? 1 : 0, index, -incident.start)
  }

  private func jaccardIndex(_ a: Set<String>, _ b: Set<String>) -> Double {
    let union = a.union(b).count
    return union == 0 ? 1 : Double(a.intersection(b).count) / Double(union)
  }

  /// Adds the score of another night.
  package mutating func add(_ other: WorldScore) {
    faults += other.faults
    found += other.found
    causeFirst += other.causeFirst
    named += other.named
    foundNamed += other.foundNamed
    causeFirstNamed += other.causeFirstNamed
    jaccardSum += other.jaccardSum
    jaccardCount += other.jaccardCount
    onsetErrors += other.onsetErrors
    falseIncidents += other.falseIncidents
    falseAlarms += other.falseAlarms
    stepsRight += other.stepsRight
    stepsSaid += other.stepsSaid
    stepsTrue += other.stepsTrue
    hours += other.hours
    pairs += other.pairs
    pairsApart += other.pairsApart
    lines += other.lines
    byKind.merge(other.byKind) { zip($0, $1).map(+) }
  }
}

extension WorldTruth.Entry {
  /// How long after a fault's last effect an incident may begin that tells of it, microseconds.
  private static let grace: Int64 = 60_000_000

  /// Whether an incident tells of the fault: in its time, and of its cause or anybody it struck.
  package func isAnswered(by incident: Incident) -> Bool {
    guard incident.start <= lastEffect + Self.grace, incident.end >= fault.start else { return false }
    let named = Set(incident.components.map(\.id.text)).union(incident.rootCauses.prefix(1).map(\.component.text))
    return !named.isDisjoint(with: blast)
  }
}
