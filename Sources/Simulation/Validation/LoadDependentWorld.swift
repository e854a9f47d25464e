// A world in which retries are their own trouble: one component with a capacity, and an outage that a storm follows.
internal import Glibc
internal import Model
package import Policies
internal import Support

/// A component that answers all attempts of a second up to its capacity, and fewer with every attempt beyond it.
package struct LoadDependentWorld: Sendable {
  /// Requests per second.
  package var rate = 80.0
  /// Attempts per second that it can answer.
  package var capacity = 100.0
  /// Answers lost per attempt beyond the capacity.
  package var loss = 0.5
  /// Seconds.
  package var length = 600.0
  package var outages: [Range<Double>] = [60.0..<72.0]
  /// The share of attempts that an outage answers, whatever comes.
  package var answered = 0.0
  package var logged = RetryPolicy(
    attempts: 3, backoff: Backoff(.exponential(base: 200_000, factor: 2), jitter: .full))

  package init() {}

  /// The world of the method's README: 80 requests per second against a capacity of 100, an outage of twelve seconds in
  /// the middle of ten minutes. Its loss beyond the capacity is not written down; .3 gives the figures that are.
  package static var published: LoadDependentWorld {
    var world = LoadDependentWorld()
    world.loss = 0.3
    world.outages = [300.0..<312.0]
    return world
  }

  /// The log under a policy, with its success per request and attempts per request; of requests that came before `begin`
  /// (seconds) the log holds nothing.
  package func play(
    _ policy: RetryPolicy, seed: UInt64, from begin: Double = 0
  ) -> (log: CallPartial, success: Double, attempts: Double) {
    var random = SplitMix64(seed: StableHash.mix(seed))
    var arrivals: [Int64] = []
    var t = 0.0
    while true {
      t += -log(1 - random.unit()) / rate
      guard t < length else { break }
      arrivals.append(Int64(t * 1e6))
    }
    var episodes = [[LoggedAttempt]](repeating: [], count: arrivals.count)
    var runs = [RetryPolicy.Run](repeating: RetryPolicy.Run(), count: arrivals.count)
    var pending: [(at: Int64, request: Int)] = []
    var recent: [Int64] = []
    var head = 0
    var next = 0
    while next < arrivals.count || !pending.isEmpty {
      let at: Int64
      let request: Int
      if next < arrivals.count, pending.last.map({ arrivals[next] <= $0.at }) ?? true {
        (at, request) = (arrivals[next], next)
        next += 1
      } else if let last = pending.popLast() {
        (at, request) = (last.at, last.request)
      } else {
        break
      }
      recent.append(at)
      while recent[head] <= at - 1_000_000 { head += 1 }
      let load = Double(recent.count - head)
      var share = load <= capacity ? 1 : max(0, capacity - loss * (load - capacity)) / load
      if outages.contains(where: { $0.contains(Double(at) / 1e6) }) { share = answered }
      let failed = random.unit() >= share
      let duration = Int64((failed ? 20_000 : 50_000) * (0.5 + random.unit()))
      episodes[request].append(
        LoggedAttempt(
          start: at + 1_700_000_000_000_000, duration: duration, failure: failed ? FailureKind.unavailable.rawValue : 0,
          isFirst: episodes[request].isEmpty))
      let elapsed = at + duration - arrivals[request]
      guard failed,
        case .retry(let delay) = policy.decide(
          &runs[request], failure: FailureKind.unavailable.rawValue, elapsed: elapsed, u: random.unit())
      else { continue }
      // Latest first, so that the earliest is popped.
      let entry = (at: at + duration + delay, request: request)
      pending.insert(entry, at: pending.partitioningIndex { $0 <= entry })
    }
    var partial = CallPartial(limit: .max)
    var (requests, good, made) = (0, 0, 0)
    for (arrival, episode) in zip(arrivals, episodes) where Double(arrival) >= begin * 1e6 {
      requests += 1
      made += episode.count
      good += episode.last?.failure == 0 ? 1 : 0
      partial.add(episode, to: CallEdge(caller: "client", callee: "service", operation: "call"))
    }
    let n = Double(max(requests, 1))
    return (partial, Double(good) / n, Double(made) / n)
  }
}
