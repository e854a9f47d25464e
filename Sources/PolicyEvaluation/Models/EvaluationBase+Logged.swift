// The log's own policy, played in the overload that the log shows.
internal import Support

extension EvaluationBase {
  /// The law that most failing calls follow; nil where no law fits any.
  var usualLaw: Backoff? {
    var counts: [Backoff: Int] = [:]
    for episode in model.failing {
      if case .known(let law) = logged.delays[Int(log.edge[Int(episode)])] { counts[law, default: 0] += 1 }
    }
    return counts.max {
      $0.value != $1.value ? $0.value < $1.value : $0.key.envelope(1) < $1.key.envelope(1)
    }?.key
  }

  /// Runs of a play at an end of what the log leaves open.
  private static let endReplays = 4

  /// The same log with the mildest and the most severe answers to load that it does not contradict; empty where it leaves
  /// nothing open.
  func overloadEnds() -> [EvaluationBase] {
    guard overloads.contains(where: { $0?.ends != nil }) else { return [] }
    var settings = settings
    settings.replays = min(settings.replays, Self.endReplays)
    return [true, false].map { isMild in
      answering(
        overloads.map { overload in
          overload.flatMap { overload in
            overload.ends.map { overload.answering(isMild ? $0.mild : $0.severe) } ?? overload
          }
        }, settings)
    }
  }

  /// The sums of the log's own policy in overload; nil where no component is overloaded.
  func loggedInOverload() -> PolicySums? {
    guard overloads.contains(where: { $0 != nil }) else { return nil }
    let retry = RetryPolicy(
      attempts: logged.attempts, backoff: usualLaw ?? .immediate, retryOn: logged.retried,
      deadline: logged.deadline)
    let policy = Policy("logged", retry: retry)
    return StatefulReplay(
      self, policy, retry: retry, applies: log.edges.map { _ in true }, unknown: .usual, isOverloaded: true
    ).sums()
  }
}
