// What the log tells of tasks under supervision: when each ended, when it was seen alive again, and what belongs together.
internal import Model
internal import Support

/// Children of the log (workers, jobs, test runners) with the troubles that ended them. Times are microseconds.
struct TaskLog: Sendable {
  /// One end of a child.
  struct End: Sendable {
    var at: Int64
    var reason: ExitReason
    /// The first sign of life after it and before the next end; nil where there was none.
    var back: Int64?
  }

  /// Ends of one child that hang together: each start but the last was followed by another end before it had lasted.
  struct Trouble: Sendable {
    var child: Int
    var ends: [End]
    /// Nobody told of an end: the child gave no sign of life.
    var isSilent = false

    var first: Int64 { ends[0].at }
    /// Starts that failed, with how long each then ran.
    var failing: [(start: Int64, run: Int64)] {
      zip(ends, ends.dropFirst()).map { end, next in
        let start = end.back ?? end.at + (next.at - end.at) / 2
        return (start, max(next.at - start, 0))
      }
    }
    /// The last time at which a start is known to have failed.
    var lastFailing: Int64 { failing.last?.start ?? first }
    /// When the child came back for good; nil where it had not by the end of the log.
    var cured: Int64? { ends.last?.back }
    /// Whether every return was seen.
    var isTimed: Bool { ends.dropLast().allSatisfy { $0.back != nil } }
  }

  /// A run at least this long ends a trouble, microseconds: the minute in which supervisors usually count restarts.
  static let stable: Int64 = 60_000_000
  /// A crash and the exit that reports it lie at most so far apart.
  static let sameEnd: Int64 = 1_000_000
  /// Times the usual time between signs of life that make a silence.
  static let silence: Int64 = 5

  let children: [String]
  let start: Int64
  let end: Int64
  private(set) var troubles: [Trouble] = []
  /// Ends that were meant.
  private(set) var intended = 0
  /// The shortest time from an end of each child to its next sign of life: no start takes longer.
  private(set) var quickest: [Int64]
  /// What of that the log's own supervisor waited, and whether that was given.
  private(set) var delay: Int64 = 0
  private(set) var isDelayGiven = false

  /// Waits that supervisors are set to, microseconds.
  private static let roundWaits: [Int64] = [
    100_000, 200_000, 250_000, 500_000, 1_000_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000, 15_000_000, 20_000_000,
    30_000_000, 45_000_000, 60_000_000, 90_000_000, 120_000_000, 300_000_000, 600_000_000,
  ]

  /// Takes what the log's supervisor waits before its first restart: as given, where no return came sooner, else the round
  /// time just below the quickest return, if most of it is explained so.
  ///
  /// - Returns: the quickest return, where it contradicts what is given.
  mutating func take(given: Backoff?) -> Int64? {
    let seen = quickest.min() ?? 0
    if let given {
      let wait = given.envelope(1)
      guard wait <= seen.addingSaturated(seen / 50) else { return seen }
      (delay, isDelayGiven) = (min(wait, seen), true)
      return nil
    }
    if let round = Self.roundWaits.last(where: { $0 <= seen }), round * 10 >= seen * 7 { delay = round }
    return nil
  }

  /// From a start to the first sign of life, microseconds: what the log's supervisor leaves of the quickest return.
  func startUp(_ child: Int, _ unknown: TaskReplay.Unknown) -> Int64 {
    if isDelayGiven || unknown == .usual { return max(quickest[child] - delay, 0) }
    return unknown == .allFail ? quickest[child] : 0
  }

  /// Nil where no child ended.
  init?(_ moments: [ChildMoment]) {
    guard let first = moments.first, moments.contains(where: { $0.kind == .exited }) else { return nil }
    children = Set(moments.map(\.child)).sorted()
    start = first.time
    end = max(moments.last?.time ?? first.time, first.time + 1)
    quickest = Array(repeating: .max, count: children.count)
    let numbers = Dictionary(uniqueKeysWithValues: children.enumerated().map { ($1, $0) })
    var byChild = [[ChildMoment]](repeating: [], count: children.count)
    for moment in moments { if let number = numbers[moment.child] { byChild[number].append(moment) } }
    for (child, moments) in byChild.enumerated() { read(moments, of: child) }
    troubles.sort { ($0.first, $0.child) < ($1.first, $1.child) }
    let known = quickest.filter { $0 < .max }.min() ?? 0
    quickest = quickest.map { $0 < .max ? $0 : known }
  }

  private mutating func read(_ moments: [ChildMoment], of child: Int) {
    let signs = moments.filter { $0.kind == .heartbeat }.map(\.time)
    let gaps = zip(signs, signs.dropFirst()).map { $1 - $0 }.sorted()
    let usual = gaps.count < 5 ? nil : gaps[gaps.count / 2]
    var open: Trouble?
    var lastEnd: Int64?
    var lastSign: Int64?
    func close(_ log: inout TaskLog) {
      if let open { log.troubles.append(open) }
      open = nil
    }
    for moment in moments {
      guard moment.kind == .exited else {
        if let place = open.map({ $0.ends.count - 1 }), open?.ends[place].back == nil {
          let down = moment.time - (open?.ends[place].at ?? moment.time)
          open?.ends[place].back = moment.time
          if open?.isSilent != true { quickest[child] = min(quickest[child], max(down, 0)) }
        } else if let usual, let last = lastSign, moment.time - last > Self.silence * max(usual, 1) {
          close(&self)
          var silent = Trouble(child: child, ends: [End(at: last + usual, reason: .timeout, back: moment.time)])
          silent.isSilent = true
          troubles.append(silent)
        }
        lastSign = moment.time
        continue
      }
      let reason = ExitReason(rawValue: moment.reason) ?? .error
      if let last = lastEnd, moment.time - last <= Self.sameEnd, (lastSign ?? .min) <= last {
        // The exit says why; the crash only that.
        if reason != .error, let place = open.map({ $0.ends.count - 1 }) { open?.ends[place].reason = reason }
        continue
      }
      lastEnd = moment.time
      guard reason.isAbnormal else {
        intended += 1
        close(&self)
        continue
      }
      let ran = open?.ends.last.map { moment.time - ($0.back ?? $0.at) } ?? .max
      if ran >= Self.stable { close(&self) }
      open = open ?? Trouble(child: child, ends: [])
      open?.ends.append(End(at: moment.time, reason: reason))
    }
    close(&self)
  }
}
