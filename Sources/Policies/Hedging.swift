internal import Support
// Hedging: another attempt is sent before the first has answered, and the first good answer wins.

/// The settings of hedging (gRPC A6, Polly v8).
package struct Hedging: Hashable, Sendable {
  /// Microseconds after the last attempt's start; 0 sends all at once, nil only after a failure.
  package var after: Int64?
  /// Hedged attempts beside the first, at least 1.
  package var max: Int
  /// Failures that end the call at once; every other failure sends the next attempt immediately.
  package var fatal: KindSet

  package init(after: Int64?, max: Int = 1, fatal: KindSet = KindSet.all.subtracting(.retryable)) {
    self.after = after
    self.max = Swift.max(max, 1)
    self.fatal = fatal
  }

  /// One hedged call: what was sent and what came back.
  package struct Run: Hashable, Sendable {
    /// Starts of the attempts sent, microseconds, first included.
    package private(set) var starts: [Int64]
    private var settled = 0
    package private(set) var isOver = false
    package private(set) var succeeded = false

    package init(start: Int64) { starts = [start] }

    /// When the next attempt is due if nothing comes back before, nil where none is.
    package func due(_ hedging: Hedging) -> Int64? {
      guard !isOver, starts.count <= hedging.max, let after = hedging.after, let last = starts.last else { return nil }
      return last.addingSaturated(after)
    }

    /// Sends the attempt that is due.
    package mutating func send(at time: Int64) { starts.append(time) }

    /// An answer came at `time`. Returns whether the next attempt is sent at once because of it.
    package mutating func answered(failure code: UInt8, at time: Int64, _ hedging: Hedging) -> Bool {
      guard !isOver else { return false }
      settled += 1
      if code == 0 {
        isOver = true
        succeeded = true
        return false
      }
      if hedging.fatal.contains(code: code) {
        isOver = true
        return false
      }
      if starts.count <= hedging.max {
        starts.append(time)
        return true
      }
      if settled == starts.count { isOver = true }
      return false
    }
  }
}
