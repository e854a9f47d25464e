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
    for window in LoadTest.windows {
      t = max(t, LoadTest.t(log, range, window: window, dead: silent, origin: origin))
    }
    guard t >= Self.fittedThreshold || storms.hasEnded || storms.open != nil else { return nil }
    self.component = component
    self.t = t
    var kinds = [Int](repeating: 0, count: 256)
    for episode in range where log.firstFailure[episode] != 0 { kinds[Int(log.firstFailure[episode])] += 1 }
    kind = UInt8(truncatingIfNeeded: kinds.indices.max { kinds[$0] < kinds[$1] } ?? 0)
    let attempts = Self.attempts(log, range)
    let rough = t >= Self.threshold ? ConcurrencyLimit.failures(log, attempts, dead: nil) : nil
    dead = DeadTimes(log, attempts, seconds: silent, origin: origin, limit: rough?.limit)
    // Once more without the outages that a limit tells apart from load.
    let limited = rough == nil ? nil : ConcurrencyLimit.failures(log, attempts, dead: dead)
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
      (workers, services, own) = ConcurrencyLimit.services(log, attempts, limit: limited.limit)
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
