// Attempts that a client only counted: when they most likely were, from how much longer calls with more attempts took.
internal import Model
internal import Support

/// Places attempts of which only the number is known.
enum CountedTimes {
  /// Calls of one number of attempts below which their length tells nothing.
  static let least = 8

  /// Gives the attempts of calls that were only counted the times that calls of one attempt and the lengths of calls of two
  /// and three speak for: attempts last as long as single ones, what is left are waits, which grow as they do from calls of
  /// two attempts to calls of three.
  ///
  /// - Returns: the calls whose attempts' lengths nothing tells: no call was served or given up at once.
  static func place(_ attempts: inout [LoggedAttempt]) -> Int {
    guard attempts.contains(where: { $0.marks.contains(.countedOnly) }) else { return 0 }
    let typical = Typical(attempts)
    var untold = 0
    for call in attempts.calls
    where call.count > 1 && attempts[call].allSatisfy({ $0.marks.contains(.countedOnly) }) {
      place(&attempts, call, typical)
      if typical.failure == 0, typical.success == 0 { untold += 1 }
    }
    return untold
  }

  private struct Typical {
    var success: Int64
    var failure: Int64
    /// How much longer each wait is than the one before.
    var growth = 1.0

    init(_ attempts: [LoggedAttempt]) {
      var good: [Int64] = []
      var bad: [Int64] = []
      var lengths: [Int: [Int64]] = [:]
      for call in attempts.calls {
        let last = attempts[call.upperBound - 1]
        if call.count == 1 {
          if last.failure == 0 { good.append(last.duration) } else { bad.append(last.duration) }
        } else if last.marks.contains(.countedOnly), last.failure == 0 {
          lengths[call.count, default: []].append(last.end.subtractingSaturated(attempts[call.lowerBound].start))
        }
      }
      good.sort()
      bad.sort()
      success = good.isEmpty ? 0 : good[good.count / 2]
      // Failures come back sooner than answers where nothing tells: the shortest answers.
      failure = bad.count >= least ? bad[bad.count / 2] : good.isEmpty ? 0 : good[good.count / 20]
      func wait(_ count: Int) -> Double? {
        guard let all = lengths[count], all.count >= least else { return nil }
        let middle = all.sorted()[all.count / 2] - success - Int64(count - 1) * failure
        return middle > 0 ? Double(middle) : nil
      }
      if let one = wait(2), let two = wait(3) { growth = min(max((two - one) / one, 0.1), 10) }
    }
  }

  private static func place(_ attempts: inout [LoggedAttempt], _ call: Range<Int>, _ typical: Typical) {
    let start = attempts[call.lowerBound].start
    let length = max(attempts[call.upperBound - 1].end.subtractingSaturated(start), 0)
    let isGood = attempts[call.upperBound - 1].failure == 0
    let spent = Int64(call.count - 1) * typical.failure + (isGood ? typical.success : typical.failure)
    let waits = max(length - spent, 0)
    let busy = Double(length - waits) / Double(max(spent, 1))
    var shares = 0.0
    var share = 1.0
    for _ in 1..<call.count {
      shares += share
      share *= typical.growth
    }
    var time = start
    share = 1
    for i in call {
      let isLast = i + 1 == call.upperBound
      attempts[i].start = time
      let own = Backoff.saturated(Double(isLast && isGood ? typical.success : typical.failure) * busy)
      attempts[i].duration = isLast ? max(start + length - time, 0) : own
      time += own + Backoff.saturated(Double(waits) * share / shares)
      share *= typical.growth
    }
  }
}
