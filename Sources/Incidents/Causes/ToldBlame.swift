// Whose fault it was, in a night of which only log lines tell.

internal import Model
internal import Support

/// Failures, calls and blame read off log lines, for nights whose requests are known by the ids in their lines and by no span.
///
/// A line of an error speaks against whom it names, else against its writer. Within a slot of ten seconds an accusation is passed on:
/// whom others name passes it to those whom its own lines name, and what nobody passes on stays with it (an absorbing walk along who
/// blames whom), so that a store which writes nothing is blamed by those that call it, and a gateway that only repeats what it was
/// told is not. What comes of it are the counts that spans would have given, and everything behind judges them as those.
///
/// A peer that writes no line is a component by its place in the text: where the names of known components stand behind two words
/// (`call to NAME`), other words there are names, too (patterns from known pairs find new ones: Brin, "Extracting patterns and
/// relations from the World Wide Web", WebDB 1998).
struct ToldBlame {
  /// How far an accusation is passed on.
  private static let steps = 8
  /// The different words behind two words that must be known components for the others to be names, beside a share of all
  /// (`DecidingConstants.knownNames`).
  private static let leastKnown = 2

  /// Error lines of one component in one fine slot.
  private struct Complaints {
    var count = 0.0
    /// Lines that name nobody.
    var own = 0.0
    var named: [Int: Double] = [:]
    var first = Int64.max
    var last = Int64.min
    var examples: Sightings?
  }

  /// The partial with what its lines tell, where nothing else does and there is a request a minute in them; else as it is.
  static func resolved(_ partial: consuming IncidentPartial, settings: IncidentSettings) -> IncidentPartial {
    guard partial.activity.cells.isEmpty, partial.edges.cells.isEmpty, partial.blame.cells.isEmpty else {
      return partial
    }
    var minutes: Set<Int32> = []
    for cell in partial.logVolume.cells.keys { minutes.insert(cell.slot) }
    let requests = partial.told.cells.reduce(0) { $1.0.a == 0 ? $0 + $1.1.requests : $0 }
    guard requests > 0, requests >= minutes.count else { return partial }
    partial.isTold = true
    // Each request of a caller may have asked such a peer: nothing tells of those that it answered.
    let peers = Dictionary(
      uniqueKeysWithValues: silentPeers(partial, knownShare: settings.constants.knownNames).map { writer, peers in
        (writer, peers.map { partial.names.intern($0) })
      })
    for (cell, activity) in partial.told.cells {
      for peer in peers[cell.a] ?? [] {
        var edge = EdgeCount()
        edge.calls = activity.requests
        edge.unanswered = activity.requests
        partial.edges.add(edge, at: CubeKey(a: cell.a, b: peer, slot: IncidentPartial.minute(ofFine: cell.slot)))
      }
    }
    for (cell, activity) in partial.told.cells {
      if cell.a != 0 { partial.activity.add(activity, at: cell) }
      partial.visits.add(
        Activity(requests: activity.requests, failures: activity.failures),
        at: CubeKey(a: cell.a, slot: IncidentPartial.minute(ofFine: cell.slot)))
    }
    partial.selfTimes.join(partial.toldTimes)
    partial.pace.join(partial.toldPace)
    partial.slowEvidence.join(partial.toldEvidence)
    let grid = ComponentTimeline(copy partial, settings: settings)
    let blame = ToldBlame(grid)
    blame.write(to: &partial)
    return partial
  }

  // MARK: Peers without lines

  /// Names in error lines of peers that wrote none, by the writer's name number.
  private static func silentPeers(_ partial: IncidentPartial, knownShare: Double) -> [(key: Int32, value: [String])] {
    var known: Set<String> = []
    for cell in partial.logVolume.cells.keys { known.insert(partial.names[cell.a]) }
    var texts: [Int32: Set<Int32>] = [:]
    for (cell, _) in partial.logs.cells where cell.number >= Int32(Severity.error.rawValue) {
      texts[cell.b, default: []].insert(cell.a)
    }
    var places: [String: [String: Set<Int32>]] = [:]
    for (text, writers) in texts {
      let words = partial.names[text].split(separator: " ", maxSplits: 64)
      for index in words.indices.dropFirst(2) {
        let word = name(words[index])
        guard word.utf8.count >= 4, !word.contains("<"), !word.contains("=") else { continue }
        places[words[index - 2] + " " + words[index - 1], default: [:]][word, default: []].formUnion(writers)
      }
    }
    var found: [Int32: Set<String>] = [:]
    for (_, words) in places {
      let count = words.keys.count { known.contains($0) }
      guard count >= leastKnown, Double(count) >= knownShare * Double(words.count) else { continue }
      for (word, writers) in words where !known.contains(word) {
        for writer in writers { found[writer, default: []].insert(word) }
      }
    }
    return found.mapValues { $0.sorted() }.sorted { $0.key < $1.key }
  }

  /// A word without what stands around a name: quotes, brackets, a mark, a port.
  private static func name(_ word: Substring) -> String {
    var word = word
    while let last = word.utf8.last, ",.;:!?)]}\"'".utf8.contains(last) { word = word.dropLast() }
    while let first = word.utf8.first, "([{\"'".utf8.contains(first) { word = word.dropFirst() }
    if let colon = word.lastIndex(of: ":"), word[word.index(after: colon)...].utf8.allSatisfy({ $0 &- 0x30 <= 9 }) {
      word = word[..<colon]
    }
    return String(word)
  }

  // MARK: Accusations

  private let grid: ComponentTimeline
  private var slots: [Int32: [Int: Complaints]] = [:]

  private init(_ grid: ComponentTimeline) {
    self.grid = grid
    var namedIn: [Int32: [Int]] = [:]
    for (cell, lines) in grid.partial.logs.cells {
      guard let writer = grid.component(cell.a) else { continue }
      let named: [Int]
      if let known = namedIn[cell.b] {
        named = known
      } else {
        named = grid.mentions.named(in: grid.partial.names[cell.b])
        namedIn[cell.b] = named
      }
      let count = Double(lines.count)
      let others = named.filter { $0 != writer }
      // A warning that names nobody is no failure.
      guard !others.isEmpty || cell.number >= Int32(Severity.error.rawValue) else { continue }
      var complaints = slots[cell.slot]?[writer] ?? Complaints()
      complaints.count += count
      if others.isEmpty { complaints.own += count }
      for other in others { complaints.named[other, default: 0] += count / Double(others.count) }
      complaints.first = min(complaints.first, lines.example.time)
      complaints.last = max(complaints.last, lines.example.time)
      complaints.examples.merge(lines.example)
      slots[cell.slot, default: [:]][writer] = complaints
    }
  }

  /// Where the lines of a component in a slot end: shares by component, their sum is 1.
  private func ends(of writer: Int, _ slot: [Int: Complaints]) -> [Int: Double] {
    BlameWalk.ends(of: writer, steps: Self.steps) { component, amount in
      guard let complaints = slot[component], complaints.count > 0 else { return nil }
      var step = BlameWalk.Step<Int>()
      if complaints.own > 0 { step.settles = [(component, amount * complaints.own / complaints.count)] }
      step.passes = complaints.named.sorted { $0.key < $1.key }.map { ($0.key, amount * $0.value / complaints.count) }
      return step
    }
  }

  private static func whole(_ count: Double) -> Int { Int(clamping: Int64(checked: count.rounded()) ?? 0) }

  private func write(to partial: inout IncidentPartial) {
    func number(_ component: Int) -> Int32 { partial.names.find(grid.components[component]) ?? 0 }
    for (slot, writers) in slots.sorted(by: { $0.key < $1.key }) {
      let minute = IncidentPartial.minute(ofFine: slot)
      var accused: [Int: Double] = [:]
      for (_, complaints) in writers.sorted(by: { $0.key < $1.key }) {
        for (other, count) in complaints.named { accused[other, default: 0] += count }
      }
      var blamed: [Int: (count: Double, activity: Activity)] = [:]
      for (writer, complaints) in writers.sorted(by: { $0.key < $1.key }) {
        // What another's line tells of this one's failure is the same request.
        let begun = max(0, complaints.count - (accused[writer] ?? 0))
        for (culprit, share) in ends(of: writer, writers).sorted(by: { $0.key < $1.key }) {
          var activity = blamed[culprit]?.activity ?? Activity()
          activity.first = min(activity.first, complaints.first)
          activity.last = max(activity.last, complaints.last)
          blamed[culprit] = ((blamed[culprit]?.count ?? 0) + share * begun, activity)
          let struck = Self.whole(share * complaints.count)
          guard struck > 0 else { continue }
          partial.impact.add(
            Activity(requests: struck, failures: struck, first: complaints.first, last: complaints.last),
            at: CubeKey(a: number(culprit), c: number(writer), slot: slot))
          if let examples = complaints.examples {
            partial.blameEvidence.add(examples, at: CubeKey(a: number(culprit), slot: minute))
          }
        }
        if let examples = complaints.examples {
          partial.failureEvidence.add(examples, at: CubeKey(a: number(writer), slot: minute))
        }
        for (other, count) in complaints.named.sorted(by: { $0.key < $1.key }) {
          var edge = EdgeCount()
          edge.failures = max(1, Self.whole(count))
          edge.calls = grid.hasSpans[other] ? edge.failures : 0
          partial.edges.add(edge, at: CubeKey(a: number(writer), b: number(other), slot: minute))
        }
      }
      for (culprit, sum) in blamed.sorted(by: { $0.key < $1.key }) {
        let count = Self.whole(sum.count)
        guard count > 0 else { continue }
        var activity = sum.activity
        activity.requests = count
        activity.failures = count
        partial.blame.add(activity, at: CubeKey(a: number(culprit), slot: slot))
      }
    }
  }
}

extension Sightings? {
  fileprivate mutating func merge(_ one: EvidenceSample) {
    if self == nil { self = Sightings(one) } else { self?.merge(Sightings(one)) }
  }
}
