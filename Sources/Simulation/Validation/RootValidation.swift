// Where times alone tell of retries: is the number of requests right, and is nothing joined where nobody retries?
internal import Glibc
internal import Model
internal import Policies
internal import Support

/// Chooses the constant of `RootClusters` on worlds of kinds that leave out the one that is judged, and says what the evaluator makes
/// of each.
package enum RootValidation {
  /// A log of one kind.
  private struct Trial {
    var kind: String
    var isRetried: Bool
    var calls: Int
    /// True requests.
    var requests: Int
    /// Requests and excess by attempts, from one on.
    var tried: [(requests: Double, excess: Double)]
    /// What the evaluator made of it: requests, and whether the median wait or a branching process joined them.
    var found: Int
    var byGap: Bool

    /// Requests under a constant.
    func requests(_ chance: Double) -> Double {
      guard let first = tried.first, first.excess > chance else { return Double(calls) }
      return tried.dropFirst().first { $0.excess <= chance }?.requests ?? Double(calls)
    }

    /// Whether requests are counted to a twentieth, and nothing is joined where nobody retries.
    func isRight(_ requests: Double) -> Bool {
      isRetried ? abs(requests / Double(self.requests) - 1) <= 0.05 : requests == Double(calls)
    }
  }

  private static let constants = stride(from: 2.0, through: 8.0, by: 0.2).map { ($0 * 10).rounded() / 10 }

  package static func run(seeds: Int, from seed: UInt64, only: Set<String> = []) -> String {
    var trials: [Trial] = []
    for (kind, world) in kinds where only.isEmpty || only.contains(kind) {
      for number in 0..<UInt64(max(seeds, 1)) { trials.append(trial(kind, world, seed: seed + number)) }
    }
    var lines = ["kind; calls, true requests, found; excess by attempts 1 to 6"]
    for trial in trials {
      let excess = trial.tried.map { "\(($0.excess * 10).rounded() / 10)" }.joined(separator: " ")
      lines.append(
        "\(trial.kind); \(trial.calls), \(trial.requests), \(trial.found)\(trial.byGap ? " by gaps" : ""); \(excess); "
          + (trial.isRight(Double(trial.found)) ? "right" : "WRONG"))
    }
    lines.append("constant: logs right with retries, without")
    for constant in constants {
      let right = trials.filter { $0.isRight($0.requests(constant)) }
      lines.append("\(constant): \(right.count { $0.isRetried }), \(right.count { !$0.isRetried })")
    }
    lines += leftOut(trials)
    let right = trials.filter { $0.isRight(Double($0.found)) }
    lines.append(
      "as the evaluator does: with retries \(right.count { $0.isRetried }) of \(trials.count { $0.isRetried }), without "
        + "\(right.count { !$0.isRetried }) of \(trials.count { !$0.isRetried })")
    return lines.joined(separator: "\n")
  }

  /// The constant chosen on the other kinds, and what it makes of the one left out.
  private static func leftOut(_ trials: [Trial]) -> [String] {
    var lines = ["kind left out: constant chosen on the others, right of its logs"]
    var (with, without, all) = (0, 0, (with: 0, without: 0))
    for kind in kinds.map(\.0) {
      let judged = trials.filter { $0.kind == kind }
      guard !judged.isEmpty else { continue }
      let chosen = choice(trials.filter { $0.kind != kind })
      let right = judged.count { $0.isRight($0.requests(chosen)) }
      lines.append("\(kind): \(chosen), \(right) of \(judged.count)")
      if judged[0].isRetried { (with, all.with) = (with + right, all.with + judged.count) }
      if !judged[0].isRetried { (without, all.without) = (without + right, all.without + judged.count) }
    }
    return lines + ["left out in turn: with retries \(with) of \(all.with), without \(without) of \(all.without)"]
  }

  /// The middle of the constants that are right most often, each side weighing the same.
  private static func choice(_ trials: [Trial]) -> Double {
    let with = Double(max(trials.count { $0.isRetried }, 1))
    let without = Double(max(trials.count { !$0.isRetried }, 1))
    let scores = constants.map { constant in
      trials.reduce(0.0) {
        $0 + ($1.isRight($1.requests(constant)) ? ($1.isRetried ? 1 / with : 1 / without) : 0)
      }
    }
    let best = scores.max() ?? 0
    let places = scores.indices.filter { scores[$0] >= best - 1e-9 }
    return places.isEmpty ? 0 : constants[places[places.count / 2]]
  }

  private static func trial(_ kind: String, _ world: RootWorld, seed: UInt64) -> Trial {
    let (calls, requests) = world.play(seed: seed)
    var partial = CallPartial(limit: .max)
    partial.add(
      all: calls.map { call in
        LoggedAttempt(
          start: 1_700_000_000_000_000 + Int64(call.start * 1e6), duration: Int64((call.end - call.start) * 1e6),
          failure: call.failed ? FailureKind.unavailable.rawValue : 0, isFirst: true, isRoot: true)
      }, to: CallEdge(caller: "client", callee: "service", operation: "call"))
    let log = CallLog(partial)
    return Trial(
      kind: kind, isRetried: world.retry != nil, calls: calls.count, requests: requests,
      tried: RootClusters.trials(calls), found: log.count, byGap: log.joinedByTime > 0)
  }

  /// Kinds of logs: those with retries first.
  private static let kinds = retried + plain

  /// Clients that retry.
  private static let retried: [(String, RootWorld)] = {
    var kinds: [(String, RootWorld)] = []
    func add(_ law: String, _ attempts: Int, _ backoff: Backoff, _ change: (inout RootWorld) -> Void) {
      var world = RootWorld()
      world.retry = RetryPolicy(attempts: attempts, backoff: backoff)
      change(&world)
      kinds.append(("\(attempts) attempts, \(law)", world))
    }
    let short = Backoff(.exponential(base: 50_000, factor: 2), jitter: .full)
    let middle = Backoff(.exponential(base: 200_000, factor: 2), jitter: .full)
    add("full jitter of 50 ms", 3, short) { _ in }
    add("full jitter of 200 ms", 3, middle) { _ in }
    add("doubling from 100 ms", 3, Backoff(.exponential(base: 100_000, factor: 2))) { _ in }
    add("fixed 200 ms, long outages", 3, Backoff(.fixed(200_000))) { world in
      world.outages = 4
      world.outage = 6
    }
    add("fixed 1 s", 2, Backoff(.fixed(1_000_000))) { $0.rate = 8 }
    add("at once, then 100 ms", 3, Backoff(.immediateThenExponential(base: 100_000, factor: 2))) { _ in }
    add("full jitter of 50 ms", 5, short) { _ in }
    add("equal jitter of 400 ms", 4, Backoff(.exponential(base: 400_000, factor: 2), jitter: .equal)) { $0.rate = 8 }
    add("outages of one half", 3, middle) { world in
      world.outageFailure = 0.5
      world.outages = 20
    }
    add("surges beyond a capacity", 3, short) { world in
      world.arrivals = .surges(times: 4, length: 2)
      world.outages = 0
      world.capacity = 40
    }
    add("users who ask on", 3, short) { $0.arrivals = .users(think: 4) }
    return kinds
  }()

  /// Clients that do not.
  private static let plain: [(String, RootWorld)] = {
    var kinds: [(String, RootWorld)] = []
    func add(_ name: String, outages: Double = 12, _ change: (inout RootWorld) -> Void) {
      var world = RootWorld()
      world.outages = outages
      change(&world)
      kinds.append(("none, " + name, world))
    }
    add("a tenth fails", outages: 0) { $0.healthyFailure = 0.1 }
    add("short outages", outages: 20) { _ in }
    add("outages of one half", outages: 20) { $0.outageFailure = 0.5 }
    add("long outages", outages: 4) { $0.outage = 10 }
    add("swinging") { $0.arrivals = .poisson(swing: 0.9) }
    add("surges beyond a capacity", outages: 0) { world in
      world.arrivals = .surges(times: 4, length: 2)
      world.capacity = 40
    }
    add("near its capacity", outages: 0) { $0.capacity = 22 }
    add("periodic callers") { $0.arrivals = .periodic(clients: 40, together: false) }
    add("periodic callers together beyond a capacity", outages: 2) { world in
      world.arrivals = .periodic(clients: 40, together: true)
      world.capacity = 30
    }
    add("batches") { $0.arrivals = .batches(12) }
    add("users who ask on", outages: 20) { $0.arrivals = .users(think: 4) }
    add("failures of a second", outages: 20) { $0.failureTime = 1 }
    return kinds
  }()
}
