// Attempts below one client span are seen where they were served: the ways there and back belong to them, not to the waits.
internal import Model
internal import Support

/// Lengthens attempts inside one client span by the ways to and from their callee.
enum InnerTimes {
  /// Ways seen, below which they are not known.
  static let least = 20

  /// Begins each attempt but a call's first before its callee's span by the usual way there, and ends each but the last
  /// after it by the usual way back; a gap shorter than both ways is shared out between them.
  static func widen(_ attempts: inout [LoggedAttempt]) {
    guard attempts.contains(where: { $0.marks.contains(.inner) }) else { return }
    var leads: [Int64] = []
    var lags: [Int64] = []
    for call in attempts.calls {
      let head = attempts[call.lowerBound]
      if head.lead != .max { leads.append(Int64(head.lead) * 100) }
      let last = attempts[call.upperBound - 1]
      if last.failure == 0, last.answered >= 0 {
        lags.append(max(last.duration.subtractingSaturated(Int64(last.answered)), 0))
      }
    }
    guard leads.count >= least, lags.count >= least else { return }
    leads.sort()
    lags.sort()
    let (lead, lag) = (leads[leads.count / 2], lags[lags.count / 2])
    guard lead + lag > 0 else { return }
    for i in attempts.indices.dropFirst() where !attempts[i].isFirst {
      guard isServed(attempts[i - 1]), isServed(attempts[i]) else { continue }
      let gap = attempts[i].start.subtractingSaturated(attempts[i - 1].end)
      guard gap > 0 else { continue }
      let share = min(1, Double(gap) / Double(lead + lag))
      let (there, back) = (Int64(Double(lead) * share), Int64(Double(lag) * share))
      attempts[i - 1].duration += back
      attempts[i].start -= there
      attempts[i].duration += there
      attempts[i].answered = Int32(clamping: Int64(attempts[i].answered) + there)
    }
  }

  /// Whether an attempt's times are its callee's own.
  private static func isServed(_ attempt: LoggedAttempt) -> Bool {
    attempt.marks.contains(.inner) && attempt.marks.isDisjoint(with: [.restored, .overlapping]) && attempt.answered >= 0
  }
}
