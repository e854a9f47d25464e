// Attempts that a client gave up on below its own span: how long it waited for each.
internal import Model
internal import Support

/// Tells the client's patience from its waits, where attempts below one client span overlap.
enum OverlappingAttempts {
  /// Last attempts that a client gave up on, below which its patience is not known.
  static let least = 20

  /// Shortens attempts that were still answered when the next one came to what the client waits for its last ones, which
  /// end with its own span: the rest of the time was its wait before the next attempt.
  static func cut(_ attempts: inout [LoggedAttempt]) {
    guard attempts.contains(where: { $0.marks.contains(.overlapping) }) else { return }
    var patience: [Int64] = []
    for i in attempts.indices {
      let isLast = i + 1 == attempts.count || attempts[i + 1].isFirst
      let attempt = attempts[i]
      guard isLast, attempt.failure != 0, Int64(attempt.answered) > attempt.duration else { continue }
      patience.append(attempt.duration)
    }
    guard patience.count >= least else { return }
    patience.sort()
    let usual = patience[patience.count / 2]
    for i in attempts.indices where attempts[i].marks.contains(.overlapping) {
      attempts[i].duration = min(attempts[i].duration, usual)
    }
  }
}
