// Attempts that reached nobody below one client span leave nothing but time: they are put back where the client's own law of
// waits, seen where every attempt was answered, explains it.
internal import Model
internal import Support

/// Restores attempts that were refused below a client span that holds several.
struct HiddenRefusals {
  /// Calls whose attempts were all seen, below which no law is read.
  static let least = 20
  /// Attempts of a call beyond which no way to share its time out is looked for.
  static let mostAttempts = 8
  /// What a refusal takes, microseconds: one way to and fro on one machine.
  static let refusal: Int64 = 1_000

  /// Attempts of a call whose attempts were all answered.
  let most: Int
  /// Waits before each retry, ascending, microseconds.
  private let waits: [[Int64]]
  /// Failures that were tried again.
  private let retried: KindSet
  /// From a client's start to its callee's: what is usual, and beyond what something else went before, microseconds.
  private let usualLead: Int64
  private let longestLead: Int64

  /// Nil where clients are not seen to hold attempts in one span, or too few calls show all of theirs.
  init?(_ attempts: [LoggedAttempt]) {
    guard attempts.contains(where: { $0.marks.contains(.inner) }) else { return nil }
    let calls = Self.calls(attempts)
    let most = calls.map(\.count).max() ?? 1
    guard (2...Self.mostAttempts).contains(most) else { return nil }
    let leads = calls.compactMap { call -> Int64? in
      let head = attempts[call.lowerBound]
      return call.count < most || head.lead == .max ? nil : Int64(head.lead) * 100
    }.sorted()
    guard leads.count >= Self.least else { return nil }
    // What is usual among calls that show all their attempts: nothing can have gone before the first of them.
    usualLead = leads[leads.count / 2]
    longestLead = leads[leads.count * 9 / 10] * 3 + 2_000
    var waits = [[Int64]](repeating: [], count: most - 1)
    var retried = KindSet([])
    for call in calls where call.count == most {
      for (k, i) in call.dropLast().enumerated() {
        retried.insert(KindSet(rawValue: 1 << UInt16(attempts[i].failure & 15)))
        waits[k].append(max(attempts[i + 1].start.subtractingSaturated(attempts[i].end), 0))
      }
    }
    self.most = most
    self.retried = retried
    self.waits = waits.map { $0.sorted() }
  }

  private static func calls(_ attempts: [LoggedAttempt]) -> [Range<Int>] {
    var calls: [Range<Int>] = []
    for i in attempts.indices where attempts[i].isFirst {
      if let last = calls.last { calls[calls.count - 1] = last.lowerBound..<i }
      calls.append(i..<attempts.count)
    }
    return calls
  }

  /// The attempts with those that left no span; how many calls had such, and of how many it cannot be told when.
  func restored(_ attempts: [LoggedAttempt]) -> (attempts: [LoggedAttempt], calls: Int, unexplained: Int) {
    var out: [LoggedAttempt] = []
    out.reserveCapacity(attempts.count)
    var (restored, unexplained) = (0, 0)
    for call in Self.calls(attempts) {
      let rows = attempts[call]
      switch ways(rows) {
      case .nothingHidden: out += rows
      case .unexplained:
        unexplained += 1
        out += rows
      case .hidden(let places):
        restored += 1
        out += put(places, into: Array(rows))
      }
    }
    return (out, restored, unexplained)
  }

  private enum Finding {
    case nothingHidden
    case unexplained
    /// Refused attempts before each attempt that was seen, and after the last.
    case hidden([Int])
  }

  /// The times between what was seen: before the first attempt, between attempts, after the last.
  private func gaps(_ rows: ArraySlice<LoggedAttempt>) -> [Int64] {
    guard let first = rows.first, let last = rows.last else { return [] }
    if rows.count == 1, first.answered < 0 { return [first.duration] }
    var gaps = [max(Int64(first.lead == .max ? 0 : first.lead) * 100 - usualLead, 0)]
    for i in rows.indices.dropLast() {
      gaps.append(max(rows[i + 1].start.subtractingSaturated(answerEnd(rows[i])), 0))
    }
    gaps.append(last.failure == 0 ? 0 : max(last.end.subtractingSaturated(answerEnd(last)), 0))
    return gaps
  }

  private func answerEnd(_ attempt: LoggedAttempt) -> Int64 {
    attempt.answered < 0 ? attempt.end : attempt.start.addingSaturated(Int64(attempt.answered))
  }

  private func ways(_ rows: ArraySlice<LoggedAttempt>) -> Finding {
    guard let first = rows.first, let last = rows.last, !first.marks.contains(.countedOnly) else {
      return .nothingHidden
    }
    let isUnseen = rows.count == 1 && first.answered < 0
    let isRetried = last.failure != 0 && (retried.contains(code: last.failure) || Self.reachedNobody(last.failure))
    if isUnseen {
      guard first.failure != 0, first.marks.isEmpty else { return .nothingHidden }
      guard Self.reachedNobody(first.failure) else { return .unexplained }
    } else {
      let isLate = first.lead != .max && Int64(first.lead) * 100 > longestLead
      let isWide = rows.indices.dropLast().contains { i in
        rows[i + 1].start.subtractingSaturated(answerEnd(rows[i])) > longest(i - rows.startIndex) + 2 * Self.refusal
      }
      guard isLate || isWide || isRetried && rows.count < most else { return .nothingHidden }
    }
    let seen = isUnseen ? 0 : rows.count
    let gaps = gaps(rows)
    var best: (cost: Double, places: [Int])?
    for hidden in 0...max(most - seen, 0) {
      each(hidden, over: gaps.count) { places in
        if last.failure == 0, places.last != 0 { return }
        // A call that failed as others that were tried again most likely used all its attempts.
        let cost = cost(places, gaps) + (isRetried && seen + hidden < most ? 0.5 : 0)
        if cost < best?.cost ?? .infinity { best = (cost, places) }
      }
    }
    guard let best, best.cost < 1 else { return .unexplained }
    let isOne = isUnseen && best.places == [1]
    return isOne || best.places.allSatisfy { $0 == 0 } ? .nothingHidden : .hidden(best.places)
  }

  private static func reachedNobody(_ failure: UInt8) -> Bool {
    failure == FailureKind.targetUnreachable.rawValue || failure == FailureKind.networkTransient.rawValue
      || failure == FailureKind.unavailable.rawValue
  }

  /// All ways to deal a number out over places, one after the other (A. Nijenhuis and H. Wilf, 1978, `NEXCOM`).
  private func each(_ number: Int, over places: Int, _ body: ([Int]) -> Void) {
    var counts = [Int](repeating: 0, count: places)
    counts[0] = number
    while true {
      body(counts)
      guard let place = counts.firstIndex(where: { $0 > 0 }), place + 1 < places else { return }
      let moved = counts[place]
      counts[place] = 0
      counts[0] = moved - 1
      counts[place + 1] += 1
    }
  }

  /// The longest wait seen before a retry, from 0.
  private func longest(_ k: Int) -> Int64 {
    guard waits.indices.contains(k), let last = waits[k].last else { return .max / 4 }
    return max(last, waits[k][waits[k].count / 2] * 5 / 4)
  }

  /// How far the waits of a way lie from the times seen, at the worst of them: below 1 it could be.
  private func cost(_ places: [Int], _ gaps: [Int64]) -> Double {
    var worst = 0.0
    var k = 0
    for (place, hidden) in places.enumerated() {
      let isEnd = place == 0 || place == places.count - 1
      // Before the first seen and after the last each hidden attempt brings one wait, between two seen one more.
      let isUnseen = places.count == 1
      let number = isUnseen ? hidden - 1 : isEnd ? hidden : hidden + 1
      if number <= 0 {
        if gaps[place] > longestLead, isEnd { worst = max(worst, 2) }
        continue
      }
      var (low, middle, high) = (Int64(0), Int64(0), Int64(0))
      for _ in 0..<number where waits.indices.contains(k) {
        low += waits[k].first ?? 0
        middle += waits[k][waits[k].count / 2]
        high += waits[k].last ?? 0
        k += 1
      }
      let spent = gaps[place] - Int64(hidden) * Self.refusal
      let slack = Double(max(middle / 4, 3 * Self.refusal))
      let off = Double(spent < low ? low - spent : spent > high ? spent - high : 0) / slack
      worst = max(worst, off + 0.01 * abs(Double(spent - middle)) / slack)
    }
    return worst
  }

  /// The call's rows with its hidden attempts among them, each gap shared out as the waits usually are.
  private func put(_ places: [Int], into rows: [LoggedAttempt]) -> [LoggedAttempt] {
    guard let head = rows.first, let tail = rows.last else { return rows }
    let isUnseen = places.count == 1
    var out: [LoggedAttempt] = []
    var k = 0
    func refused(at time: Int64, _ duration: Int64) -> LoggedAttempt {
      var attempt = LoggedAttempt(
        start: time, duration: max(duration, 0), failure: FailureKind.targetUnreachable.rawValue, isFirst: out.isEmpty,
        isRoot: head.isRoot && out.isEmpty)
      attempt.marks = [.inner, .restored]
      attempt.target = out.isEmpty ? head.target : 0
      return attempt
    }
    for (place, hidden) in places.enumerated() {
      let isFirstPlace = place == 0
      let isLastPlace = place == places.count - 1
      let from = isFirstPlace ? head.start : answerEnd(rows[place - 1])
      let to =
        isUnseen || isLastPlace
        ? tail.end : isFirstPlace ? head.start + Int64(head.lead) * 100 : rows[place].start
      let number = isUnseen ? hidden - 1 : isFirstPlace || isLastPlace ? hidden : hidden + 1
      let usual = (0..<max(number, 0)).map { step -> Int64 in
        waits.indices.contains(k + step) ? waits[k + step][waits[k + step].count / 2] : 0
      }
      k += max(number, 0)
      let free = max(to.subtractingSaturated(from) - Int64(hidden) * Self.refusal, 0)
      let whole = max(usual.reduce(0, +), 1)
      let scale = Double(free) / Double(whole)
      var time = from
      for step in 0..<hidden {
        if !isFirstPlace { time += Int64(Double(usual[step]) * scale) }
        out.append(refused(at: time, min(Self.refusal, max(to - time, 0))))
        time += Self.refusal
        if isFirstPlace, step < usual.count { time += Int64(Double(usual[step]) * scale) }
      }
      guard !isUnseen, !isLastPlace else { continue }
      var row = rows[place]
      if isFirstPlace, hidden > 0 {
        // The seen attempt begins when its callee's span does, less the usual way there.
        let lead = Int64(row.lead) * 100
        let moved = max(min(lead - usualLead, lead), 0)
        row.start += moved
        row.duration = max(row.duration - moved, 0)
        if row.answered >= 0 { row.answered = Int32(clamping: Int64(row.answered) - moved) }
        row.lead = UInt16(clamping: max(usualLead, 0) / 100)
      }
      row.isFirst = out.isEmpty
      if place == rows.count - 1, places[places.count - 1] > 0 {
        row.duration = max(answerEnd(row) - row.start, 0)
      }
      out.append(row)
    }
    if var last = out.last, isUnseen || (places.last ?? 0) > 0 {
      last.duration = max(tail.end - last.start, 0)
      out[out.count - 1] = last
    }
    return out
  }
}
