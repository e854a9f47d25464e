// Storms that a log cuts off must be seen or named, and what is no storm must not be.
internal import Glibc
internal import Model
internal import Policies
internal import Support

/// What the evaluator makes of storms that the log's end or begin cuts off, of steady leaks and of healthy nights.
package enum StormValidation {
  /// What a log was found to be.
  private struct Tally {
    var seen = 0
    var said = 0
    var silent: [String] = []
    /// The logs that were seen, and those that were said.
    var taken: [String] = []
    var told: [String] = []
    var count: Int { seen + said + silent.count }

    mutating func take(_ partial: CallPartial, _ name: String) {
      let settings = EvaluationSettings(replays: 1, resamples: 100)
      let findings = PolicyEvaluator.evaluate(partial, file: PolicyFile(evaluation: settings))
      let warnings = findings?.warnings ?? []
      if warnings.contains(where: { if case .overload = $0 { true } else { false } }) {
        seen += 1
        taken.append(name)
      } else if warnings.contains(where: Self.isSaid) {
        said += 1
        told.append(name)
      } else {
        silent.append(name)
      }
    }

    private static func isSaid(_ warning: PolicyFindings.Warning) -> Bool {
      switch warning {
      case .openOutage, .unendingStrain: true
      default: false
      }
    }

    /// The line of logs that should be seen or named.
    func storms(_ title: String) -> String {
      "\(title): \(count) storms, \(seen) seen, \(said) said, \(silent.count) silent\(Self.names(silent))"
    }

    /// The line of logs that should be neither.
    func calm(_ title: String) -> String {
      "\(title): \(count) logs, \(seen) taken for load\(Self.names(taken)), \(said) said\(Self.names(told))"
    }

    private static func names(_ logs: [String]) -> String {
      logs.isEmpty ? "" : " (" + logs.prefix(12).joined(separator: "; ") + (logs.count > 12 ? "; …)" : ")")
    }
  }

  /// Seconds at which a storm's log ends, from the end of its outage on.
  private static let ends = [42.0, 44, 48, 62, 90, 150, 300]
  /// Seconds at which it begins: in the outage, and in the storm.
  private static let begins = [34.0, 41, 44, 48, 62, 90, 150]

  /// - Parameter seeds: of each kind of log.
  /// - Returns: a line a kind.
  package static func run(seeds: Int) -> String {
    [cutStorms(seeds: seeds), endedStorms(seeds: seeds), leaks(seeds: seeds), healthy(), partOutages(seeds: seeds)]
      .joined(separator: "\n")
  }

  /// Whether a log begins in a storm or outage: a tenth of the requests of its first five seconds fails at first.
  private static func beginsStrained(_ partial: CallPartial) -> Bool {
    let firsts = partial.edges.values.joined().filter(\.isFirst).sorted { $0.start < $1.start }
    guard let begin = firsts.first?.start else { return false }
    let early = firsts.filter { $0.start < begin + 5_000_000 }
    return early.count { $0.failure != 0 } * 10 >= early.count
  }

  /// Storms that do not end by themselves.
  private static func world(loss: Double) -> LoadDependentWorld {
    var world = LoadDependentWorld()
    world.loss = loss
    world.outages = [30.0..<42.0]
    world.logged = RetryPolicy(attempts: 5, backoff: Backoff(.fixed(1_000_000)))
    return world
  }

  private static func cutStorms(seeds: Int) -> String {
    var (atEnd, atBegin) = (Tally(), Tally())
    for loss in [0.2, 0.3, 0.5] {
      for seed in 1...UInt64(max(seeds, 1)) {
        for end in ends {
          var world = world(loss: loss)
          world.length = end
          atEnd.take(world.play(world.logged, seed: seed).log, "loss \(loss), end at \(Int(end)) s, seed \(seed)")
        }
        for begin in begins {
          var world = world(loss: loss)
          world.length = 300
          let log = world.play(world.logged, seed: seed, from: begin).log
          if beginsStrained(log) { atBegin.take(log, "loss \(loss), begin at \(Int(begin)) s, seed \(seed)") }
        }
      }
    }
    return atEnd.storms("cut off by the log's end") + "\n" + atBegin.storms("cut off by its begin, to the end")
  }

  /// Storms that end because less is tried, whose begin the log does not have.
  private static func endedStorms(seeds: Int) -> String {
    var tally = Tally()
    for loss in [0.2, 0.3, 0.5] {
      for seed in 1...UInt64(max(seeds, 1)) {
        for begin in [34.0, 44, 48] {
          var world = LoadDependentWorld()
          world.loss = loss
          world.outages = [30.0..<42.0]
          world.length = 600
          let log = world.play(world.logged, seed: seed, from: begin).log
          if beginsStrained(log) { tally.take(log, "loss \(loss), begin at \(Int(begin)) s, seed \(seed)") }
        }
      }
    }
    return tally.storms("three attempts, begun before the log")
  }

  /// A steady share fails, whatever comes.
  private static func leaks(seeds: Int) -> String {
    var tally = Tally()
    for share in [0.02, 0.05, 0.1] {
      for rate in [5.0, 20, 40] {
        for length in [60.0, 180, 600] {
          for seed in 1...UInt64(max(seeds, 1)) {
            var world = SyntheticRetryWorld()
            (world.components, world.rate, world.length) = (1, rate, length)
            (world.outages, world.healthyFailure, world.persistent) = (0, share, 0)
            tally.take(world.episodes(seed: seed), "share \(share), \(rate) a second, \(length) s, seed \(seed)")
          }
        }
      }
    }
    return tally.calm("steady leaks")
  }

  /// Whether a log ends in an outage: half of the requests of its last five seconds fail at first.
  private static func endsDown(_ partial: CallPartial) -> Bool {
    let firsts = partial.edges.values.joined().filter(\.isFirst)
    guard let end = firsts.map(\.start).max() else { return false }
    let late = firsts.filter { $0.start > end - 5_000_000 }
    return late.count { $0.failure != 0 } * 2 >= late.count
  }

  /// Six kinds of nights with ordinary outages, a dozen each; those whose last outage the log's end cuts off are told apart.
  private static func healthy() -> String {
    var (tally, cut) = (Tally(), Tally())
    for (rate, length, outages) in [
      (0.1, 86_400.0, 12.0), (1, 86_400, 12), (1, 43_200, 40), (5, 14_400, 8), (20, 3_600, 6), (60, 1_200, 3),
    ] {
      for seed in 1...12 as ClosedRange<UInt64> {
        var world = SyntheticRetryWorld()
        (world.components, world.rate, world.length, world.outages) = (1, rate, length, outages)
        let log = world.episodes(seed: seed)
        if endsDown(log) {
          cut.take(log, "\(rate) a second, seed \(seed)")
        } else {
          tally.take(log, "\(rate) a second, seed \(seed)")
        }
      }
    }
    return tally.calm("healthy nights with outages") + "\n" + cut.calm("healthy nights that end in an outage")
  }

  /// Outages to the log's end that answer a part of the attempts, whatever comes.
  private static func partOutages(seeds: Int) -> String {
    var tally = Tally()
    for answered in [0.0, 0.2, 0.4, 0.6, 0.8] {
      for length in [5.0, 12, 30, 120] {
        for seed in 1...UInt64(max(seeds, 1)) * 2 {
          var world = LoadDependentWorld()
          (world.capacity, world.rate) = (.infinity, 40)
          world.length = 60 + length
          world.outages = [60..<60 + length]
          world.answered = answered
          tally.take(world.play(world.logged, seed: seed).log, "\(answered) answered, \(length) s, seed \(seed)")
        }
      }
    }
    return tally.calm("outages to the log's end") + ", \(tally.silent.count) silent"
  }
}
