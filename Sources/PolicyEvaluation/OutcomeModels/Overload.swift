// Does load itself make failures, and how does a component answer to it? Load is what would have come anyway: first
// attempts, never the retries that an outage made.
internal import Glibc
internal import Model
internal import Support

/// The answer of one component to load; a class, because plays ask it at every attempt and each would copy its tables.
final class Overload: Sendable {
  /// How attempts fail by what is under way, or by what came in the last second.
  enum Response: Sendable {
    /// Failure probability by the attempts under way at an attempt's start; the last entry holds for all beyond.
    case concurrency(failure: [Double], limit: Int)
    /// Success up to the capacity (attempts in a second), beyond it so much less for each more.
    case rate(LoadResponse.Fit)
  }

  let component: Int
  let t: Double
  let response: Response
  /// The mildest and the most severe response to a rate that the log does not contradict.
  let ends: (mild: LoadResponse.Fit, severe: LoadResponse.Fit)?
  /// Servers that work side by side, and the time each served attempt took one of them, microseconds.
  let workers: Int
  let services: [Int64]
  /// The service of a logged attempt (index of the log's columns), -1 where it has none.
  let own: [Int32: Int64]
  /// The failure that most attempts met.
  let kind: UInt8
  /// When nothing got through: outages of their own making.
  let dead: DeadTimes
  /// The load at first attempts as it was logged.
  private let loads: LoggedLoads

  /// What makes a component overloaded: the one-sided t of first attempts before against failures of first attempts. On 42
  /// logs of real servers it was at most 2.3 where the load did not matter and at least 4.3 where it did.
  static let threshold = 3.5
  /// The same where a capacity explains the busy seconds by itself (`LoadResponse`), which is evidence of its own.
  static let fittedThreshold = 2.0
  /// Windows before an attempt in which first attempts count as its load, microseconds.
  static let windows: [Int64] = [250_000, 500_000, 1_000_000, 2_000_000]
  /// Stretches of time that the slope of failures over load rests on at least, as many of equal load as it is worth (A. Carter,
  /// K. Schnepel and D. Steigerwald, "Asymptotic behavior of a t-test robust to cluster heterogeneity", 2017): where one or two
  /// have nearly all the load that varies, as in a log of a call a minute, its error is no error.
  static let leastStretches = 5.0
  /// Failing first attempts below which nothing is tested.
  static let least = 30

  /// Whether so many first attempts failed, and did not, that something can be said.
  static func isTested(_ log: borrowing CallLog, _ component: Int) -> Bool {
    let (all, failing) = firsts(log, component)
    return failing >= least && all - failing >= least
  }

  /// Whether so many first attempts failed that something can be said of that.
  static func hasFailures(_ log: borrowing CallLog, _ component: Int) -> Bool {
    firsts(log, component).failing >= least
  }

  private static func firsts(_ log: borrowing CallLog, _ component: Int) -> (all: Int, failing: Int) {
    let range = log.ranges[component]
    return (range.count, range.reduce(0) { $0 + (log.firstFailure[$1] != 0 ? 1 : 0) })
  }

  /// Nil where the log does not show that load makes failures, or not how; `seconds` and `storms` are of the component.
  init?(_ log: borrowing CallLog, component: Int, origin: Int64, _ seconds: SecondCounts, _ storms: Storms) {
    let range = log.ranges[component]
    let silent = seconds.dead
    var t = 0.0
    for window in Self.windows { t = max(t, Self.test(log, range, window: window, dead: silent, origin: origin)) }
    guard t >= Self.fittedThreshold || storms.hasEnded || storms.open != nil else { return nil }
    self.component = component
    self.t = t
    var kinds = [Int](repeating: 0, count: 256)
    for episode in range where log.firstFailure[episode] != 0 { kinds[Int(log.firstFailure[episode])] += 1 }
    kind = UInt8(truncatingIfNeeded: kinds.indices.max { kinds[$0] < kinds[$1] } ?? 0)
    let attempts = Self.attempts(log, range)
    let rough = t >= Self.threshold ? Self.concurrency(log, attempts, dead: nil) : nil
    dead = DeadTimes(log, attempts, seconds: silent, origin: origin, limit: rough?.limit)
    // Once more without the outages that a limit tells apart from load.
    let limited = rough == nil ? nil : Self.concurrency(log, attempts, dead: dead)
    let table = LoadResponse.LoadTable(log, attempts, dead: dead)
    // Retries come after failures, so a load of all attempts is always higher where more fail: without a storm, first attempts
    // must tell of a capacity by themselves.
    let tells =
      storms.hasEnded || t >= Self.threshold && LoadResponse.likeliest(.init(firstOf: log, range, dead: dead)) != nil
    let bySeconds = LoadResponse.fit(seconds, dead: silent).map { LoadResponse.refine($0, table) }
    var fit = t >= Self.fittedThreshold || storms.hasEnded ? bySeconds : nil
    if fit == nil, tells { fit = LoadResponse.likeliest(table) }
    if fit == nil, let open = storms.open, let response = bySeconds ?? LoadResponse.likeliest(table) {
      // Nobody saw it end: its own attempts must tell that load made it.
      let from = open.begin
      let strained = LoadResponse.LoadTable(log, attempts, dead: dead) { ($0 - origin) / 1_000_000 >= from }
      let isSteady = Self.dispersion(log, attempts, response, dead: dead, origin: origin, from: from) <= Self.steady
      if strained.supports(response), isSteady { fit = response }
    }
    let likelihoods = Self.likelihoods(log, attempts, fit, limited?.failure, dead: dead)
    if let limited, likelihoods.limited >= likelihoods.fitted {
      response = .concurrency(failure: limited.failure, limit: limited.limit)
      (workers, services, own) = Self.services(log, attempts, limit: limited.limit)
      ends = nil
      loads = LoggedLoads(underWay: log, range, attempts)
    } else if let fit {
      response = .rate(fit)
      (workers, services, own) = (0, [], [:])
      ends = LoadResponse.ends(fit, table)
      loads = LoggedLoads(inASecond: log, range, attempts)
    } else {
      return nil
    }
  }

  /// The same component, answering to a rate as an end of what the log does not contradict.
  func answering(_ fit: LoadResponse.Fit) -> Overload {
    Overload(self, answering: fit)
  }

  private init(_ other: Overload, answering fit: LoadResponse.Fit) {
    component = other.component
    t = other.t
    response = .rate(fit)
    ends = other.ends
    (workers, services, own) = (other.workers, other.services, other.own)
    kind = other.kind
    dead = other.dead
    loads = other.loads
  }

  /// How likely an attempt fails under a load, outside outages of their own making.
  func failure(under load: Int) -> Double {
    switch response {
    case .concurrency(let failure, _): failure[min(load, failure.count - 1)]
    case .rate(let fit): 1 - fit.success(Double(load))
    }
  }

  /// The time that a served attempt took of a server, 0 where no server is told; nil where it was not served.
  func service(of attempt: Int32) -> Int64? {
    guard case .concurrency = response else { return 0 }
    return own[attempt]
  }

  /// How likely an episode's first attempt failed under the load that it met at a time.
  func logged(_ episode: Int, at time: Int64) -> Double {
    dead.contains(time) ? 1 : failure(under: loads.seen(episode))
  }

  /// Whether an episode's first attempt would have met the same answer without any retry around it.
  func isQuiet(_ episode: Int, at time: Int64) -> Bool {
    guard let firsts = loads.firsts(episode), !dead.contains(time) else { return false }
    return failure(under: firsts) == failure(under: loads.seen(episode))
  }

  /// How likely the attempts' outcomes are by what is under way, and by what came in the last second.
  private static func likelihoods(
    _ log: borrowing CallLog, _ attempts: [Int32], _ fit: LoadResponse.Fit?, _ failure: [Double]?, dead: DeadTimes
  ) -> (limited: Double, fitted: Double) {
    var ends = BinaryHeap<Int64>()
    var head = 0
    var (limited, fitted) = (0.0, 0.0)
    for (number, raw) in attempts.enumerated() {
      let i = Int(raw)
      while let end = ends.first, end <= log.start[i] { _ = ends.pop() }
      while log.start[Int(attempts[head])] <= log.start[i] - 1_000_000 { head += 1 }
      let load = Double(number - head + 1)
      let under = ends.count
      ends.push(log.start[i].addingSaturated(log.duration[i]))
      if dead.contains(log.start[i]) { continue }
      func gain(_ p: Double) -> Double { Glibc.log(min(max(log.failure[i] != 0 ? p : 1 - p, 0.01), 1)) }
      if let failure { limited += gain(failure[min(under, failure.count - 1)]) }
      if let fit {
        fitted += gain(1 - fit.success(load))
      }
    }
    return (failure == nil ? -.infinity : limited, fit == nil ? -.infinity : fitted)
  }

  /// The t of the slope of failures of first attempts over first attempts in the window before, its error from sums over
  /// stretches of time (K. Liang and S. Zeger, 1986), outside outages of their own making.
  static func test(
    _ log: borrowing CallLog, _ range: Range<Int>, window: Int64, dead: Set<Int64>, origin: Int64
  ) -> Double {
    slope(log, range, window: window, dead: dead, origin: origin).map { $0.value / $0.error } ?? 0
  }

  /// The slope itself and its error; nil where too few attempts or stretches tell.
  static func slope(
    _ log: borrowing CallLog, _ range: Range<Int>, window: Int64, dead: Set<Int64>, origin: Int64
  ) -> (value: Double, error: Double)? {
    var loads: [Double] = []
    var failed: [Double] = []
    var places: [Int64] = []
    var head = range.lowerBound
    // What came before the log began is not told.
    let whole = log.arrival[range.lowerBound].addingSaturated(window)
    for episode in range where log.arrival[episode] >= whole {
      let time = log.arrival[episode]
      while log.arrival[head] < time - window { head += 1 }
      let second = (time - origin) / 1_000_000
      if dead.contains(second) || dead.contains(second - 1) || dead.contains(second + 1) { continue }
      loads.append(Double(episode - head))
      failed.append(log.firstFailure[episode] != 0 ? 1 : 0)
      places.append((time - origin) / max(4_000_000, 2 * window))
    }
    let n = Double(loads.count)
    guard n >= 100 else { return nil }
    let meanLoad = loads.reduce(0, +) / n
    let meanFailed = failed.reduce(0, +) / n
    var (sxx, sxy) = (0.0, 0.0)
    for (x, y) in zip(loads, failed) {
      sxx += (x - meanLoad) * (x - meanLoad)
      sxy += (x - meanLoad) * (y - meanFailed)
    }
    guard sxx > 0 else { return nil }
    let slope = sxy / sxx
    var square = 0.0
    var sum = 0.0
    var lever = 0.0
    var levers = 0.0
    var blocks = 0
    for i in loads.indices {
      sum += (loads[i] - meanLoad) * (failed[i] - meanFailed - slope * (loads[i] - meanLoad))
      lever += (loads[i] - meanLoad) * (loads[i] - meanLoad)
      if i + 1 == loads.count || places[i + 1] != places[i] {
        square += sum * sum
        levers += lever * lever
        (sum, lever) = (0, 0)
        blocks += 1
      }
    }
    guard blocks >= 20, square > 0, sxx * sxx >= leastStretches * levers else { return nil }
    return (slope, square.squareRoot() / sxx)
  }

  /// Pearson's chi-square of the middle second up to which a response tells what is answered: .45 where only chance is left. Short
  /// outages one after the other have retries in each of them too, but their attempts fail together.
  private static let steady = 2.0

  /// Pearson's chi-square of the middle one of the seconds since one, under a response to load.
  private static func dispersion(
    _ log: borrowing CallLog, _ attempts: [Int32], _ fit: LoadResponse.Fit, dead: DeadTimes, origin: Int64, from: Int64
  ) -> Double {
    var seconds: [Int64: (good: Double, expected: Double, variance: Double)] = [:]
    var head = 0
    for (number, raw) in attempts.enumerated() {
      let start = log.start[Int(raw)]
      while log.start[Int(attempts[head])] <= start - 1_000_000 { head += 1 }
      let second = (start - origin) / 1_000_000
      guard second >= from, !dead.contains(start) else { continue }
      let p = min(max(fit.success(Double(number - head + 1)), 0.001), 0.999)
      let sum = seconds[second] ?? (0, 0, 0)
      seconds[second] = (
        sum.good + (log.failure[Int(raw)] == 0 ? 1 : 0), sum.expected + p, sum.variance + p * (1 - p)
      )
    }
    guard !seconds.isEmpty else { return .infinity }
    let squares = seconds.values.map { ($0.good - $0.expected) * ($0.good - $0.expected) / $0.variance }.sorted()
    // The median, for an outage ends within one second and requests within another.
    return squares[squares.count / 2]
  }

  /// All attempts of a component in the order of time.
  private static func attempts(_ log: borrowing CallLog, _ range: Range<Int>) -> [Int32] {
    guard let first = range.first, let last = range.last else { return [] }
    let all = log.attempts(of: first).lowerBound..<log.attempts(of: last).upperBound
    let starts = log.start
    return all.map { Int32($0) }.sorted {
      starts[Int($0)] != starts[Int($1)] ? starts[Int($0)] < starts[Int($1)] : $0 < $1
    }
  }

  /// Failures by attempts under way: a limit that most failures lie at or beyond, and most successes below.
  private static func concurrency(
    _ log: borrowing CallLog, _ attempts: [Int32], dead: DeadTimes?
  ) -> (failure: [Double], limit: Int)? {
    var ends = BinaryHeap<Int64>()
    var table: [(all: Int, failed: Int)] = []
    for raw in attempts {
      let i = Int(raw)
      while let end = ends.first, end <= log.start[i] { _ = ends.pop() }
      let under = min(ends.count, 10_000)
      if dead?.contains(log.start[i]) ?? false {
        ends.push(log.start[i].addingSaturated(log.duration[i]))
        continue
      }
      while table.count <= under { table.append((0, 0)) }
      table[under].all += 1
      if log.failure[i] != 0 { table[under].failed += 1 }
      ends.push(log.start[i].addingSaturated(log.duration[i]))
    }
    let failures = table.reduce(0) { $0 + $1.failed }
    let successes = table.reduce(0) { $0 + $1.all - $1.failed }
    var best: (gap: Double, limit: Int) = (0, 0)
    var (failedBelow, goodBelow) = (0, 0)
    for limit in 1..<max(table.count, 1) {
      failedBelow += table[limit - 1].failed
      goodBelow += table[limit - 1].all - table[limit - 1].failed
      let gap =
        Double(goodBelow) / Double(max(successes, 1)) - Double(failedBelow) / Double(max(failures, 1))
      if gap > best.gap { best = (gap, limit) }
    }
    // W. Youden's index (1950): most of what fails lies beyond the limit and most of what succeeds below.
    guard best.gap >= 0.6 else { return nil }
    let top = min(table.count, best.limit + 2)
    var failure = table.prefix(top).map { Double($0.failed) / Double(max($0.all, 1)) }
    let rest = table[best.limit...].reduce((all: 0, failed: 0)) { ($0.all + $1.all, $0.failed + $1.failed) }
    // Seldom seen numbers take what all beyond the limit show.
    for n in best.limit..<top where table[n].all < 20 { failure[n] = Double(rest.failed) / Double(max(rest.all, 1)) }
    failure[top - 1] = max(failure[top - 1], Double(rest.failed) / Double(max(rest.all, 1)))
    return (failure, best.limit)
  }

  /// The fewest servers under which every served attempt took some time of one of them: first come, first served.
  private static func services(
    _ log: borrowing CallLog, _ attempts: [Int32], limit: Int
  ) -> (workers: Int, services: [Int64], own: [Int32: Int64]) {
    for workers in 1...max(limit, 1) {
      var free = [Int64](repeating: .min, count: workers)
      var services: [Int64] = []
      var own: [Int32: Int64] = [:]
      var early = 0
      for raw in attempts where log.failure[Int(raw)] == 0 {
        let i = Int(raw)
        let worker = free.indices.min { free[$0] < free[$1] } ?? 0
        let end = log.start[i].addingSaturated(log.duration[i])
        let service = end.subtractingSaturated(max(log.start[i], free[worker]))
        if service < 0 { early += 1 }
        services.append(max(service, 0))
        own[raw] = max(service, 0)
        free[worker] = max(end, free[worker])
      }
      if early * 50 <= services.count || workers == limit { return (workers, services, own) }
    }
    return (1, [], [:])
  }

  /// As a finding.
  func fact(_ log: borrowing CallLog) -> PolicyFindings.Capacity {
    switch response {
    case .concurrency(_, let limit):
      PolicyFindings.Capacity(component: ForeignName(log.components[component]), limit: .concurrency(limit))
    case .rate(let fit):
      PolicyFindings.Capacity(
        component: ForeignName(log.components[component]), limit: .rate(perSecond: fit.capacity, loss: fit.loss))
    }
  }
}

/// What a run of a replay knows about the load of its components.
struct OverloadState: Sendable {
  // By component.
  private var ends: [BinaryHeap<Int64>]
  private var free: [[Int64]]
  private var recent: [[Int64]]
  private var head: [Int]

  init(_ overloads: [Overload?]) {
    ends = overloads.map { _ in BinaryHeap() }
    free = overloads.map { Array(repeating: .min, count: max($0?.workers ?? 1, 1)) }
    recent = overloads.map { _ in [] }
    head = overloads.map { _ in 0 }
  }

  /// The failure probability of an attempt at a time.
  mutating func failure(_ overload: Overload, at time: Int64) -> Double {
    let c = overload.component
    let load: Int
    switch overload.response {
    case .concurrency:
      while let end = ends[c].first, end <= time { _ = ends[c].pop() }
      load = ends[c].count
    case .rate:
      come(c, at: time)
      while recent[c][head[c]] <= time - 1_000_000 { head[c] += 1 }
      if head[c] > 65_536 {
        recent[c].removeFirst(head[c])
        head[c] = 0
      }
      load = recent[c].count - head[c]
    }
    return overload.dead.contains(time) ? 1 : overload.failure(under: load)
  }

  /// An attempt comes to a component that answers to a rate.
  mutating func come(_ component: Int, at time: Int64) { recent[component].append(time) }

  /// Takes a served attempt in; how long it lasts, microseconds, nil where the response does not tell.
  mutating func serve(_ overload: Overload, at time: Int64, service: Int64) -> Int64? {
    let c = overload.component
    guard case .concurrency = overload.response, let worker = free[c].indices.min(by: { free[c][$0] < free[c][$1] })
    else { return nil }
    let end = max(time, free[c][worker]).addingSaturated(service)
    free[c][worker] = end
    ends[c].push(end)
    return end - time
  }

  /// A refused attempt is under way until a time.
  mutating func hold(_ overload: Overload, until end: Int64) {
    guard case .concurrency = overload.response else { return }
    ends[overload.component].push(end)
  }
}
