// Attempts that lie inside one client span.
internal import Model
internal import Support

extension CallAggregator {
  /// Server spans one after the other below one client span are its attempts: all but the last failed, whatever the
  /// server says, because the client went on; the last one ends as the client's span does.
  func splitBySpans(_ call: inout Call, _ tree: borrowing CallTree, _ servers: [Int]) {
    guard let final = servers.last.map({ tree.nodes[$0] }) else { return }
    let whole = call.attempt
    var attempts: [LoggedAttempt] = []
    for (number, index) in servers.enumerated() {
      let node = tree.nodes[index]
      guard node.hasDuration, node.operation == tree.nodes[servers[0]].operation else { return }
      if let last = attempts.last, last.end > node.start.addingSaturated(Self.tolerance) {
        // The client went on while the callee was still at work: its own timeout cut the attempt, of which only the
        // callee's span tells how it would have gone on.
        // Where its own success ended the call, and not the last one's, the next one was a hedge.
        let isHedge =
          whole.failure == 0 && last.failure == 0 && abs(whole.end.subtractingSaturated(last.end)) <= Self.hedgeEnd
          && (final.failed || final.end > whole.end.addingSaturated(Self.tolerance))
        guard node.start > last.start.addingSaturated(Self.tolerance), !isHedge else { return }
        attempts[number - 1].duration = node.start.subtractingSaturated(last.start)
        attempts[number - 1].failure = FailureKind.timeout.rawValue
        attempts[number - 1].marks.insert(.overlapping)
      }
      let start = number == 0 ? min(whole.start, node.start) : node.start
      var attempt = LoggedAttempt(
        start: start, duration: max(node.end.subtractingSaturated(start), 0),
        failure: node.failureCode, isFirst: number == 0,
        isRoot: number == 0 && whole.isRoot)
      attempt.marks = .inner
      attempt.note(callee: node.start, duration: node.duration, failure: node.failureCode)
      attempt.asked = node.retryEvidence.asked
      if number > 0 { attempt.lead = .max }
      attempts.append(attempt)
    }
    for number in attempts.indices where attempts[number].failure == 0 {
      attempts[number].failure = FailureKind.networkTransient.rawValue
    }
    guard var last = attempts.popLast(), var first = attempts.first else { return }
    last.failure = whole.failure
    if last.asked == .none { last.asked = whole.asked }
    // What the callee still did after its client had given up is the callee's affair.
    last.duration = max(whole.end.subtractingSaturated(last.start), 0)
    first.target = whole.target
    attempts.append(last)
    call.attempt = first
    call.inner = Array(attempts.dropFirst())
  }

  /// The client counted attempts and timed none: they are spread over its span, and marked. What the callee asked to wait is
  /// of its last answer, and so of the last attempt.
  func splitByCount(_ call: inout Call, _ hidden: Int) {
    let whole = call.attempt
    let most = min(hidden, Self.countedLimit)
    let step = max(whole.duration / Int64(most + 1), 0)
    call.inner = (1...most).map { number in
      var attempt = LoggedAttempt(
        start: whole.start.addingSaturated(step * Int64(number)), duration: step / 2,
        failure: number == most
          ? whole.failure : whole.failure != 0 ? whole.failure : FailureKind.unavailable.rawValue, isFirst: false)
      attempt.marks = .countedOnly
      return attempt
    }
    if let last = call.inner.last {
      call.inner[most - 1].duration = max(whole.end.subtractingSaturated(last.start), 0)
      call.inner[most - 1].asked = whole.asked
    }
    call.attempt.asked = .none
    call.attempt.duration = step / 2
    call.attempt.failure = whole.failure != 0 ? whole.failure : FailureKind.unavailable.rawValue
    call.attempt.marks = .countedOnly
    call.attempt.answered = -1
    call.attempt.lead = .max
  }
}
