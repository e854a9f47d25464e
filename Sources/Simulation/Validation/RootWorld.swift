// Calls that are traces of their own, of clients that retry and of clients that do not.
internal import Glibc
internal import Model
internal import Policies
internal import Support

/// One log of root calls: who comes when, what fails, and who tries again. Times are seconds.
struct RootWorld {
  /// Who sends new requests.
  enum Arrivals {
    /// On their own, at a rate that swings by a share of it over the log.
    case poisson(swing: Double)
    /// In surges: for a tenth of the time so many times as often.
    case surges(times: Double, length: Double)
    /// Clients that call once a period each, all of them in the same moment or each in its own.
    case periodic(clients: Int, together: Bool)
    /// Batches of so many requests within a fifth of a second.
    case batches(Int)
    /// Users who ask again some time after each answer, whatever it was.
    case users(think: Double)
  }

  var arrivals = Arrivals.poisson(swing: 0)
  /// New requests a second.
  var rate = 20.0
  var length = 150.0
  /// Outages over the log, their median length, and the share of calls that fails in them.
  var outages = 12.0
  var outage = 1.0
  var outageFailure = 0.97
  var healthyFailure = 0.002
  /// Calls in the last second beyond which calls fail, as many as come too many.
  var capacity = Double.infinity
  var successTime = 0.02
  var failureTime = 0.01
  /// Nil where nobody tries again.
  var retry: RetryPolicy?
  /// How late a client is in the mean.
  var lateness = 0.001

  private struct Due: Comparable {
    var time: Double
    /// The request, and its attempt from 1 on; a user's next request has none yet.
    var request: Int
    var number: Int
    static func < (a: Due, b: Due) -> Bool {
      (a.time, a.request, a.number) < (b.time, b.request, b.number)
    }
  }

  /// The calls in the order of their starts, and how many requests they truly are.
  func play(seed: UInt64) -> (calls: [RootClusters.Call], requests: Int) {
    var random = SplitMix64(seed: StableHash.mix(seed))
    let down = spans(&random)
    var due = BinaryHeap<Due>()
    var requests = 0
    for time in first(&random) {
      due.push(Due(time: time, request: requests, number: 1))
      requests += 1
    }
    var runs: [Int: RetryPolicy.Run] = [:]
    var calls: [RootClusters.Call] = []
    var head = 0
    while let next = due.pop() {
      guard next.time < length || next.number > 1 else {
        requests -= 1
        continue
      }
      while head < calls.count, calls[head].start <= next.time - 1 { head += 1 }
      let load = Double(calls.count - head + 1)
      var failure = down.contains { $0.contains(next.time) } ? outageFailure : healthyFailure
      if load > capacity { failure = max(failure, 1 - capacity / load) }
      let failed = random.unit() < failure
      let taken = (failed ? failureTime : successTime) * exp(0.5 * random.normal())
      calls.append(RootClusters.Call(start: next.time, end: next.time + taken, failed: failed))
      var isOver = true
      if failed, let retry {
        var run = runs[next.request] ?? RetryPolicy.Run()
        if case .retry(let delay) = retry.decide(
          &run, failure: FailureKind.unavailable.rawValue, elapsed: 0, u: random.unit())
        {
          runs[next.request] = run
          let late = -lateness * log(1 - random.unit())
          due.push(
            Due(time: next.time + taken + Double(delay) / 1e6 + late, request: next.request, number: next.number + 1))
          isOver = false
        }
      }
      if isOver {
        runs[next.request] = nil
        if case .users(let think) = arrivals {
          let time = next.time + taken - think * log(1 - random.unit())
          due.push(Due(time: time, request: requests, number: 1))
          requests += 1
        }
      }
    }
    return (calls, requests)
  }

  private func spans(_ random: inout SplitMix64) -> [Range<Double>] {
    var spans: [Range<Double>] = []
    guard outages > 0 else { return spans }
    var time = random.exponential(rate: outages / length)
    while time < length {
      let end = time + outage * exp(0.8 * random.normal())
      spans.append(time..<end)
      time = end + random.exponential(rate: outages / length)
    }
    return spans
  }

  /// When new requests come; of users, when each comes first.
  private func first(_ random: inout SplitMix64) -> [Double] {
    var times: [Double] = []
    switch arrivals {
    case .poisson(let swing):
      var time = 0.0
      while time < length {
        time += random.exponential(rate: rate * (1 + swing))
        if random.unit() * (1 + swing) < 1 + swing * sin(2 * Double.pi * time / length) { times.append(time) }
      }
    case .surges(let more, let surge):
      // Rates whose mean is that of all.
      let quiet = rate / (0.9 + 0.1 * more)
      var time = 0.0
      var (isSurge, end) = (false, random.exponential(rate: 1 / (9 * surge)))
      while time < length {
        time += random.exponential(rate: isSurge ? quiet * more : quiet)
        if time >= end {
          time = end
          isSurge.toggle()
          end += isSurge ? surge : random.exponential(rate: 1 / (9 * surge))
        } else {
          times.append(time)
        }
      }
    case .periodic(let clients, let together):
      let period = Double(clients) / rate
      for _ in 0..<clients {
        var time = together ? 0.02 * random.unit() : period * random.unit()
        while time < length {
          times.append(time + 0.002 * random.unit())
          time += period
        }
      }
    case .batches(let size):
      var time = random.exponential(rate: rate / Double(size))
      while time < length {
        for _ in 0..<size { times.append(time + 0.2 * random.unit()) }
        time += random.exponential(rate: rate / Double(size))
      }
    case .users(let think):
      for _ in 0..<max(Int(rate * think), 1) { times.append(think * random.unit()) }
    }
    return times.filter { $0 < length }
  }
}
