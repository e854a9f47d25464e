package import Model
internal import Support
// All episodes of the night in columns, by component called and arrival: what the evaluator reads.

/// Episodes in columns. Components, edges and episodes are sorted, so the same partials give the same log.
package struct CallLog: Sendable {
  package private(set) var edges: [CallEdge] = []
  /// Names of the components called.
  package private(set) var components: [String] = []
  /// The episodes of each component, a range of the columns below.
  package private(set) var ranges: [Range<Int>] = []

  // Per episode.
  package private(set) var edge: [Int32] = []
  /// Index of the first attempt; one more entry than episodes.
  package private(set) var first: [Int32] = [0]
  /// Start of the first attempt, microseconds.
  package private(set) var arrival: [Int64] = []
  /// Failure code of the first attempt, 0 for success.
  package private(set) var firstFailure: [UInt8] = []
  /// Whether the call was never made: its only attempt is a place holder.
  package private(set) var isRefused: [Bool] = []

  /// Whether a client only counted its attempts, whose times are made up then.
  package private(set) var isCounted: [Bool] = []
  /// Whether some of its attempts were put back where its client's waits explain them: their times are not its own.
  package private(set) var isRestored: [Bool] = []

  // Per attempt.
  package private(set) var start: [Int64] = []
  package private(set) var duration: [Int64] = []
  package private(set) var failure: [UInt8] = []
  /// From the start to the end of the callee's own span, microseconds, -1 where it wrote none; and its failure.
  package private(set) var answered: [Int32] = []
  package private(set) var answerFailure: [UInt8] = []
  /// From the start to the start of the callee's own span, tenths of a millisecond; `UInt16.max` where it wrote none.
  package private(set) var lead: [UInt16] = []
  /// How long the callee asked to wait before the next attempt; empty where none was ever asked.
  private var asked: [AskedWait] = []

  /// Episodes put together from several traces, and whether by the client's counting or by time alone.
  package private(set) var joined = 0
  package private(set) var joinedByTime = 0
  /// Attempts that were put together as a branching process of times tells, and by how many requests that may be off.
  package private(set) var clustered = 0
  private var requestsOff = 0.0
  /// The same as a share of the requests.
  var requestError: Double { requestsOff / Double(max(count, 1)) }
  /// Calls whose attempts a client only counted.
  package private(set) var countedOnly = 0
  /// Those of them whose attempts' lengths nothing tells.
  package private(set) var untimed = 0
  /// Calls that last longer than their attempts explain.
  package private(set) var refused = 0
  /// Calls with attempts that left no span and were put back where their client's waits explain them.
  package private(set) var restored = 0
  /// Calls whose attempts overlap: their client gave up on one while the callee was still at work.
  package private(set) var overlapping = 0
  /// Requests that failed without the call that their kind always makes.
  package private(set) var refusedByBreaker = 0
  /// Retries whose waits tell that the callee had asked for them, though no span says so.
  package private(set) var askedByWaits = 0
  /// Calls of which only the callees' spans are there.
  package private(set) var callersUnseen = 0
  /// Failed requests from callers without spans with nothing that tells which are one call's attempts.
  package private(set) var loneFailures = 0
  /// Failed root calls with nothing that tells which belong to one request.
  package private(set) var rootsApart = 0
  /// Calls that their callee only hands on, left out because its own calls are the same ones.
  package private(set) var handedOn: [(edge: CallEdge, calls: Int)] = []
  package private(set) var leftOut = 0
  package private(set) var unfinished = 0
  package private(set) var moments: [ChildMoment] = []

  package var count: Int { arrival.count }
  package var attempts: Int { start.count }

  @inlinable package func attempts(of episode: Int) -> Range<Int> { Int(first[episode])..<Int(first[episode + 1]) }

  /// Whether any callee is known to have asked for a wait.
  package var tellsAsked: Bool { !asked.isEmpty }

  /// How long an attempt's callee asked to wait before the next one, microseconds; nil where it did not.
  package func asked(_ attempt: Int) -> Int64? { asked.isEmpty ? nil : asked[attempt].time }

  /// Whether any attempt of an episode succeeded.
  package func succeeded(_ episode: Int) -> Bool { failure[Int(first[episode + 1]) - 1] == 0 }

  /// End of the last attempt.
  package func end(_ episode: Int) -> Int64 {
    let last = Int(first[episode + 1]) - 1
    return start[last].addingSaturated(duration[last])
  }

  /// First arrival and last end, nil where there are no episodes.
  package private(set) var window: (start: Int64, end: Int64)?

  package init(_ partial: CallPartial) {
    leftOut = partial.leftOut
    unfinished = partial.unfinished
    moments = partial.moments.sorted()
    var byEdge: [CallEdge: [LoggedAttempt]] = [:]
    let names = CalleeNames(partial)
    for (raw, attempts) in partial.edges {
      byEdge[names.resolve(raw), default: []] += attempts
    }
    leaveOutHandedOn(&byEdge)
    for (_, entry) in partial.entries.sorted(by: { $0.key < $1.key }) where !entry.refused.isEmpty {
      guard let edge = entry.usual.map({ names.resolve($0) }),
        byEdge[edge] != nil || handedOn.contains(where: { $0.edge == edge })
      else { continue }
      let refusals = RefusedEntries.believed(entry.refused, beside: byEdge[edge] ?? [])
      for refusal in refusals {
        var attempt = LoggedAttempt(
          start: refusal.start, duration: refusal.duration, failure: FailureKind.unavailable.rawValue)
        attempt.marks = .refused
        byEdge[edge, default: []].append(attempt)
      }
      refusedByBreaker += refusals.count
    }
    callersUnseen = partial.calleeSides
    let isLone = byEdge.isEmpty
    if isLone { byEdge = takeLone(partial) }
    edges = byEdge.keys.sorted()
    var columns: [(key: Int64, edge: Int32, range: Range<Int>)] = []
    let asks = byEdge.values.contains { $0.contains { $0.asked != .none } }
    var arena: [LoggedAttempt] = []
    var component = ""
    func flush(into log: inout CallLog) {
      guard !columns.isEmpty else { return }
      log.append(component: component, columns: columns, arena: arena)
      columns.removeAll(keepingCapacity: true)
      arena.removeAll(keepingCapacity: true)
    }
    // As many as an encoded partial keeps, whatever the partitions were.
    let failedRoots = LinkMark.kept(partial.failedRoots)
    let linked = LinkMark.kept(partial.linked)
    for (number, key) in edges.enumerated() {
      if key.callee != component { flush(into: &self) }
      component = key.callee
      var attempts = CallPartial.ordered(byEdge[key] ?? [])
      byEdge[key] = nil
      let isJoined = isLone || join(&attempts, failedRoots, linked)
      untimed += CountedTimes.place(&attempts)
      OverlappingAttempts.cut(&attempts)
      var isRead = false
      if let hidden = HiddenRefusals(attempts) {
        let found = hidden.restored(attempts)
        attempts = found.attempts
        restored += found.calls
        refused += found.unexplained
        isRead = true
      }
      if !asks { askedByWaits += ServerWaits.tell(&attempts) }
      inspect(attempts, isJoined: isJoined, isRead: isRead)
      let offset = arena.count
      arena += attempts
      for call in attempts.calls {
        columns.append(
          (attempts[call.lowerBound].start, Int32(number), offset + call.lowerBound..<offset + call.upperBound))
      }
    }
    flush(into: &self)
  }

  /// Joins the calls of one edge that are traces of their own; whether any were joined.
  private mutating func join(_ attempts: inout [LoggedAttempt], _ failed: [LinkMark], _ linked: [LinkMark]) -> Bool {
    let join = TraceJoin.join(&attempts, failed, linked)
    joined += join.counted
    joinedByTime += join.byTime
    if join.counted + join.byTime > 0 { return true }
    guard !attempts.contains(where: { $0.counted > 1 }), SpanlessAttempts.rootsApart(attempts) > 0 else { return false }
    let clusters = RootClusters.join(&attempts)
    clustered += clusters.joins
    requestsOff += clusters.error
    return clusters.joins > 0
  }

  /// The requests of servers whose callers wrote no spans, where shared traces, what was asked for or times tell which are one
  /// call's attempts; the others are counted.
  private mutating func takeLone(_ partial: CallPartial) -> [CallEdge: [LoggedAttempt]] {
    var byEdge: [CallEdge: [LoggedAttempt]] = [:]
    for (entry, attempts) in partial.lone.byEntry.sorted(by: { $0.key < $1.key }) {
      var ordered = CallPartial.ordered(attempts)
      // Where callers hand their traces on, those tell it.
      guard ordered.contains(where: { !$0.isFirst }) || join(&ordered, [], []) else {
        loneFailures += ordered.count { $0.failure != 0 }
        continue
      }
      callersUnseen += ordered.count { $0.isFirst }
      byEdge[CallEdge(caller: "(without spans)", callee: entry.component, operation: entry.operation)] = ordered
    }
    leftOut += partial.lone.leftOut
    return byEdge
  }

  /// Leaves out the edges whose calls are handed on; where they are not all, they are calls like others.
  private mutating func leaveOutHandedOn(_ byEdge: inout [CallEdge: [LoggedAttempt]]) {
    for key in byEdge.keys.filter(\.isHandedOn).sorted() {
      guard let calls = byEdge.removeValue(forKey: key) else { continue }
      var edge = key
      edge.isHandedOn = false
      let others = byEdge[edge]?.count { $0.isFirst } ?? 0
      if HandedOnCalls.areAll(calls.count, of: calls.count + others) {
        handedOn.append((edge, calls.count))
      } else {
        byEdge[edge, default: []] += calls
      }
    }
  }

  /// Two calls one inside the other: a caller, its callee, and whom that one calls; nil where no component called calls
  /// another.
  var nestedCalls: (String, String, String)? {
    for below in edges {
      if let above = edges.first(where: { $0.callee == below.caller }) {
        return (above.caller, below.caller, below.callee)
      }
    }
    return nil
  }

  /// Whether any of some edges' callers is itself called in the log.
  func isNested(_ applies: [Bool]) -> Bool {
    let callees = Set(edges.map(\.callee))
    return edges.indices.contains { applies[$0] && callees.contains(edges[$0].caller) }
  }

  /// The longest that a caller whose own callers are in the log was seen to take, microseconds; nil where calls are not
  /// nested. Who waits for such a caller may give up sooner than a candidate would let it retry.
  var longestWaitAbove: Int64? {
    let inner = Set(edges.map(\.caller))
    var longest: Int64?
    for episode in 0..<count where inner.contains(edges[Int(edge[episode])].callee) {
      for i in attempts(of: episode) { longest = max(longest ?? 0, duration[i]) }
    }
    return longest
  }

  /// The same log as if some edges' clients had never retried.
  func withoutRetries(on hidden: [Bool]) -> CallLog {
    var copy = self
    copy.first = [0]
    copy.start = []
    copy.duration = []
    copy.failure = []
    copy.answered = []
    copy.answerFailure = []
    copy.lead = []
    copy.asked = []
    for episode in 0..<count {
      let range = attempts(of: episode)
      for i in hidden[Int(edge[episode])] ? range.prefix(1) : range {
        copy.start.append(start[i])
        copy.duration.append(duration[i])
        copy.failure.append(failure[i])
        copy.answered.append(answered[i])
        copy.answerFailure.append(answerFailure[i])
        copy.lead.append(lead[i])
        if !asked.isEmpty { copy.asked.append(asked[i]) }
      }
      copy.first.append(Int32(truncatingIfNeeded: copy.start.count))
    }
    return copy
  }

  /// Counts what the attempts of one edge hide.
  private mutating func inspect(_ attempts: [LoggedAttempt], isJoined: Bool, isRead: Bool) {
    overlapping += attempts.count { $0.marks.contains(.overlapping) }
    countedOnly += attempts.count { $0.isFirst && $0.marks.contains(.countedOnly) }
    if !isJoined, !attempts.contains(where: { $0.counted > 1 }) { rootsApart += SpanlessAttempts.rootsApart(attempts) }
    if !isRead { refused += SpanlessAttempts.refusals(attempts) }
  }

  /// What the client took for itself around the wait after an attempt, microseconds: from the callee's answer to the end of
  /// its span, and from the start of its next one to the callee's; a refusal takes nothing else. Below 0 where nothing tells.
  func busyness(around i: Int) -> Int32 {
    func own(_ attempt: Int, _ told: Int64?) -> Int64? {
      told ?? (failure[attempt] == FailureKind.targetUnreachable.rawValue ? duration[attempt] : nil)
    }
    // Below one client span nothing tells what the client did between its attempts.
    if answered[i + 1] >= 0, lead[i + 1] == .max { return -1 }
    let before = own(i, answered[i] < 0 ? nil : max(duration[i].subtractingSaturated(Int64(answered[i])), 0))
    let after = own(i + 1, lead[i + 1] == .max ? nil : Int64(lead[i + 1]) * 100)
    guard before != nil || after != nil else { return -1 }
    return Int32(clamping: (before ?? 0).addingSaturated(after ?? 0))
  }

  /// The longest that a caller was seen to wait for a call with all its attempts, microseconds.
  var longestWait: Int64 {
    (0..<count).reduce(0) { max($0, end($1).subtractingSaturated(arrival[$1])) }
  }

  /// Calls that failed for good after so many attempts.
  func callsThatStopped(after attempts: Int) -> Int {
    (0..<count).count { self.attempts(of: $0).count == attempts && !succeeded($0) }
  }

  /// Why nothing about the log is called exact.
  package var doubts: [PolicyFindings.Doubt] {
    var doubts: [PolicyFindings.Doubt] = []
    if countedOnly + refused + restored + overlapping > 0 { doubts.append(.hiddenAttempts) }
    if callersUnseen > 0 { doubts.append(.callersUnseen) }
    if refusedByBreaker > 0 { doubts.append(.breakerRefusals) }
    if rootsApart + joinedByTime + clustered > 0 { doubts.append(.rootsApart) }
    return doubts
  }

  /// The same calls with other attempts: those of all calls, one call after the other, and where each call's end.
  func replacing(_ attempts: [LoggedAttempt], ends: [Int]) -> CallLog {
    var copy = self
    copy.first = [0] + ends.map { Int32(truncatingIfNeeded: $0) }
    copy.start = attempts.map(\.start)
    copy.duration = attempts.map { Self.sane($0.duration) }
    copy.failure = attempts.map(\.failure)
    copy.answered = attempts.map { _ in -1 }
    copy.answerFailure = attempts.map { _ in 0 }
    copy.lead = attempts.map { _ in .max }
    copy.asked = asked.isEmpty ? [] : attempts.map(\.asked)
    for episode in 0..<count { copy.firstFailure[episode] = copy.failure[Int(copy.first[episode])] }
    return copy
  }

  /// A time from the epoch to 18,000 years later: the difference of any two is a number too.
  private static func sane(_ time: Int64) -> Int64 { min(max(time, 0), 1 << 59) }

  private mutating func append(
    component: String, columns: [(key: Int64, edge: Int32, range: Range<Int>)], arena: [LoggedAttempt]
  ) {
    let sorted = columns.sorted { a, b in
      if a.key != b.key { return a.key < b.key }
      if a.edge != b.edge { return a.edge < b.edge }
      return arena[a.range].lexicographicallyPrecedes(arena[b.range])
    }
    let begin = arrival.count
    for episode in sorted {
      arrival.append(Self.sane(episode.key))
      edge.append(episode.edge)
      firstFailure.append(arena[episode.range.lowerBound].failure)
      isRefused.append(arena[episode.range.lowerBound].marks.contains(.refused))
      isCounted.append(arena[episode.range].contains { $0.marks.contains(.countedOnly) })
      isRestored.append(arena[episode.range].contains { $0.marks.contains(.restored) })
      for attempt in arena[episode.range] {
        let asks = attempt.failure == 0 ? .none : attempt.asked
        if !asked.isEmpty {
          asked.append(asks)
        } else if asks != .none {
          asked = Array(repeating: .none, count: start.count) + [asks]
        }
        let time = Self.sane(attempt.start)
        let length = Self.sane(attempt.duration)
        start.append(time)
        duration.append(length)
        failure.append(attempt.failure)
        answered.append(attempt.answered)
        answerFailure.append(attempt.answerFailure)
        lead.append(attempt.lead)
        window = (min(window?.start ?? time, time), max(window?.end ?? time, time + length))
      }
      first.append(Int32(truncatingIfNeeded: start.count))
    }
    components.append(component)
    ranges.append(begin..<arrival.count)
  }
}
