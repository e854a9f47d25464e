// What callees asked for around a time: what they would have asked after an attempt that the log does not have.
internal import Model
internal import Support

/// The failures of each component by time, with what was asked after each.
package struct AskedMoments: Sendable {
  /// A failed attempt.
  private struct Failure {
    var at: Int64
    var code: UInt8
    /// Microseconds; nil where nothing was asked.
    var asked: Int64?
  }

  /// Empty where no callee ever asked.
  private let components: [[Failure]]
  /// Neighbours that are looked through on either side for one that failed the same way.
  private static let reach = 64

  init(_ log: borrowing CallLog) {
    guard log.tellsAsked else {
      components = []
      return
    }
    var all: [[Failure]] = []
    for component in log.ranges.indices {
      var failures: [Failure] = []
      for episode in log.ranges[component] where log.firstFailure[episode] != 0 && !log.isRefused[episode] {
        for i in log.attempts(of: episode) where log.failure[i] != 0 {
          failures.append(
            Failure(
              at: log.start[i].addingSaturated(log.duration[i]), code: log.failure[i], asked: log.asked(i)))
        }
      }
      all.append(failures.sorted { ($0.at, $0.code, $0.asked ?? -1) < ($1.at, $1.code, $1.asked ?? -1) })
    }
    components = all
  }

  /// What a component asks for with a failure that ends at a time: as with the nearest failure of the same kind.
  func asked(_ component: Int, at time: Int64, after code: UInt8) -> Int64? {
    guard !components.isEmpty else { return nil }
    let failures = components[component]
    let later = failures.partitioningIndex { $0.at > time }
    var best: (distance: Int64, asked: Int64?)?
    for i in max(0, later - Self.reach)..<min(failures.count, later + Self.reach) where failures[i].code == code {
      let distance = abs(failures[i].at.subtractingSaturated(time))
      if distance < best?.distance ?? .max { best = (distance, failures[i].asked) }
    }
    return best?.asked
  }
}

extension EvaluationBase {
  /// The wait that a callee's asking makes before a retry; nil where it makes none and the law decides.
  ///
  /// - Parameters:
  ///   - attempt: the logged attempt that failed; nil for one that the log does not have.
  ///   - loggedWait: what its client waited after it, where it went on.
  ///   - component: the callee.
  ///   - time: when the attempt ended, microseconds.
  ///   - code: how it failed.
  ///   - edge: whose clients these are.
  ///   - retry: the candidate.
  ///   - late: what its client is late by.
  ///   - own: the wait by the candidate's law.
  /// - Returns: microseconds.
  func askedWait(
    after attempt: Int?, loggedWait: Int64?, _ component: Int, at time: Int64, code: UInt8, edge: Int,
    _ retry: RetryPolicy, late: Int64, own: () -> Int64
  ) -> Int64? {
    guard log.tellsAsked,
      let asked = attempt.map({ log.asked($0) }) ?? askedMoments.asked(component, at: time, after: code)
    else { return nil }
    let before = logged.serverWaits[edge]
    let rule = retry.serverWait ?? before
    if rule == .ignored {
      // What chance would have drawn is not told by a wait that was asked for.
      return before == .ignored ? nil : own().addingSaturated(late)
    }
    // Asked for and kept to: the same wait.
    if let loggedWait, rule == before, rule == .instead { return loggedWait }
    return RetryPolicy.wait(own: own(), asked: asked, rule).addingSaturated(late)
  }
}
