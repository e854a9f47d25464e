// In which seconds a component answered, and in which another failed.

internal import Glibc
internal import Support

/// What the seconds of a night of access logs tell of a component that is missing where its caller fails.
struct SilentSeconds {
  /// Of its usual seconds those in which one that is down seems to answer: times are whole seconds, and a stretch of a few of them has
  /// one at either end that is half in.
  private let halfSeconds: Double
  /// Of the seconds that tell of one that is down all the time, those that tell of failures: at either end it may answer once.
  private static let certainFailure = 0.99

  /// By component: the seconds with lines, by fine slot, and how many there are in all.
  private var masks: [Int32: [Int32: SecondMask]] = [:]
  private var busy: [Int32: Int] = [:]
  private var nightSeconds = 0
  private static let perMinute = Int32(IncidentPartial.coarse / IncidentPartial.fine)
  private static let perSlot = Int(IncidentPartial.fine / 1_000_000)

  /// - Complexity: O(cells)
  init(_ partial: borrowing IncidentPartial, _ constants: DecidingConstants) {
    halfSeconds = constants.halfSeconds
    var slots: Set<Int32> = []
    for (cell, mask) in partial.seconds.cells {
      masks[cell.a, default: [:]][cell.slot] = mask
      busy[cell.a, default: 0] += mask.served.nonzeroBitCount
      slots.insert(cell.slot)
    }
    nightSeconds = slots.count * Self.perSlot
  }

  /// The logarithm of the odds that a callee was down in the seconds in which a caller failed, against that its caller failed before it
  /// asked. `reaching` is, by minute, the share of what usually comes to the callee that comes in spite of the callers' failures.
  func down(_ callee: Int32, _ caller: Int32, _ minutes: ClosedRange<Int32>, reaching: (Int32) -> Double) -> Double {
    guard let mine = masks[caller], let theirs = masks[callee], nightSeconds > 0 else { return 0 }
    let share = Double(busy[callee] ?? 0) / Double(nightSeconds)
    guard share > 0, share < 1 else { return 0 }
    var looked = 0
    var answered = 0
    var come = 0.0
    for minute in minutes {
      let before = looked
      for fine in minute &* Self.perMinute..<minute &* Self.perMinute &+ Self.perMinute {
        guard let mask = mine[fine], mask.failed != 0 else { continue }
        looked += mask.failed.nonzeroBitCount
        answered += (mask.failed & (theirs[fine]?.served ?? 0)).nonzeroBitCount
      }
      come += Double(looked - before) * reaching(minute)
    }
    guard looked > 0 else { return 0 }
    // A second without a line is one in which none of the requests that come at their rate came.
    let asked = 1 - pow(1 - share, come / Double(looked))
    let down = 1 - pow(1 - share, halfSeconds)
    guard asked > down else { return 0 }
    return Double(answered) * log(down / asked) + Double(looked - answered) * log((1 - down) / (1 - asked))
  }

  /// The logarithm of the odds that a callee is down all the time in which a caller fails, or up and down by turns, against that the
  /// caller fails by itself as it falls: then failures and answers are draws of one share that may be any, while one that is down answers
  /// hardly ever and one that goes up and down is a Markov chain of two states (Billingsley, "Statistical methods in Markov chains",
  /// Annals of Mathematical Statistics 32, 1961). Seconds before the first failure and behind the last are not asked.
  func unanswered(_ callee: Int32, _ caller: Int32, _ minutes: ClosedRange<Int32>) -> Double {
    var turns = Turns()
    for second in events(callee, caller, minutes) {
      if second.isFailed && second.isServed {
        // Both within one second: in the order that goes on with what was.
        let first = turns.isDown ?? true
        turns.take(first)
        turns.take(!first)
      } else {
        turns.take(second.isFailed)
      }
    }
    let draws = logBeta(turns.failures, turns.answers)
    let down =
      Double(turns.failures) * log(Self.certainFailure) + Double(turns.answers) * log(1 - Self.certainFailure)
    return (turns.isLasting ? max(down, turns.likelihood) : down) - draws
  }

  /// The seconds in which a caller failed or a callee answered, from the first of the one to its last.
  private func events(
    _ callee: Int32, _ caller: Int32, _ minutes: ClosedRange<Int32>
  ) -> ArraySlice<(isFailed: Bool, isServed: Bool)> {
    var events: [(isFailed: Bool, isServed: Bool)] = []
    for minute in minutes {
      for fine in minute &* Self.perMinute..<minute &* Self.perMinute &+ Self.perMinute {
        let failed = masks[caller]?[fine]?.failed ?? 0
        let served = masks[callee]?[fine]?.served ?? 0
        for second in 0..<Self.perSlot where (failed | served) >> second & 1 != 0 {
          events.append((failed >> second & 1 != 0, served >> second & 1 != 0))
        }
      }
    }
    guard let first = events.firstIndex(where: \.isFailed), let last = events.lastIndex(where: \.isFailed) else {
      return []
    }
    return events[first...last]
  }

  /// Steps from an answer or a failure to the next.
  private struct Turns {
    private(set) var failures = 0
    private(set) var answers = 0
    private(set) var isDown: Bool?
    private var steps = (stayUp: 0, goDown: 0, goUp: 0, stayDown: 0)

    mutating func take(_ next: Bool) {
      if next { failures += 1 } else { answers += 1 }
      switch (isDown, next) {
      case (false?, false): steps.stayUp += 1
      case (false?, true): steps.goDown += 1
      case (true?, false): steps.goUp += 1
      case (true?, true): steps.stayDown += 1
      case (nil, _): break
      }
      isDown = next
    }

    /// Whether failures follow upon failures more often than upon anything: one that is up and down stays so for some seconds.
    var isLasting: Bool {
      let all = failures + answers
      return steps.stayDown * all > failures * (steps.stayDown + steps.goUp)
    }

    /// The logarithm of the chance of the steps, where each chance of one is as likely.
    var likelihood: Double {
      log(0.5) + logBeta(steps.goDown, steps.stayUp) + logBeta(steps.goUp, steps.stayDown)
    }
  }
}

/// The logarithm of the chance of a sequence of so many of one kind and of another, where every share of the one is as likely.
private func logBeta(_ ones: Int, _ others: Int) -> Double {
  IncompleteBeta.logBeta(Double(ones) + 1, Double(others) + 1)
}
