// What every candidate is measured against: the log's own sums by block, its latencies, its load and its outages.
internal import Model
internal import Support

/// The log as the evaluator needs it, computed once.
package struct EvaluationBase: Sendable {
  package let log: CallLog
  package let logged: LoggedPolicy
  private(set) var model: OutcomeModel
  /// Where persistence is not identified, the models at the ends of what the log allows: no request is persistent, or as
  /// many as could be.
  private(set) var ends: (none: OutcomeModel, most: OutcomeModel)?
  private(set) package var settings: EvaluationSettings
  let outages: Outages

  /// Microseconds; blocks are counted from `origin`.
  package let origin: Int64
  package let blockLength: Int64
  package let blocks: Int
  /// Requests per block.
  private(set) var requests: [Double]
  /// Requests per block whose first attempt failed.
  private(set) var failingFirst: [Double]
  /// Blocks with requests in them.
  package var occupied: Int { requests.count { $0 > 0 } }
  /// The log's sums.
  private(set) var sums: PolicySums
  /// What the requests whose first attempt succeeded contribute to every retry policy.
  private(set) var untouched: PolicySums
  /// Longest successful first attempt, microseconds.
  private(set) var longestSuccess: Int64 = 0
  /// Failed attempts of each component: when, and how long they took.
  private(set) var failedDurations: [[(at: Int64, duration: Int64)]]
  package let draws: BlockDraws
  /// The longest wait seen above nested calls, microseconds; nil where calls are not nested.
  package let patienceAbove: Int64?

  /// What first attempts leave to chance.
  let chance: FirstAttemptChance
  /// Whether the log was relabelled for another timeout, so that its waits are no client's.
  let isRelabelled: Bool
  /// Components whose failures load makes; nil for all others.
  private(set) var overloads: [Overload?] = []
  /// Outages that the log's end cuts off and that may be of the retries' own making.
  private(set) var openOutages: [PolicyFindings.OpenOutage] = []

  package init(_ log: CallLog, _ logged: LoggedPolicy, settings: EvaluationSettings) {
    self.init(log, logged, settings: settings, like: nil)
  }

  /// The base of a log; blocks and own sums are taken over from `other`, a base of the same calls.
  init(_ log: CallLog, _ logged: LoggedPolicy, settings: EvaluationSettings, like other: EvaluationBase?) {
    self.log = log
    self.logged = logged
    self.settings = settings
    isRelabelled = other != nil
    patienceAbove = log.longestWaitAbove
    outages = Outages(log)
    model = OutcomeModel(log, logged, outages, settings: settings)
    if !model.isIdentified, model.hasRetries {
      ends = (model.assuming(0, log, logged), model.assuming(min(model.mostPersistent, 0.5), log, logged))
    }
    chance = FirstAttemptChance(log, model)
    let window = log.window ?? (0, 0)
    origin = window.start
    let span = max(log.arrival.max().map { $0 - window.start } ?? 0, 1)
    // Twenty blocks at least, as long as they stay ten times longer than an outage; longer where failures hang together
    // over more time than that, as far as twenty are left.
    var length = settings.block
    if span / length < 20 { length = max(span / 20 + 1, 10 * outages.medianLength, 1_000_000) }
    length = min(length, settings.block)
    length = max(length, span / Int64(EvaluationSettings.blockLimit) + 1)
    blockLength =
      other?.blockLength
      ?? max(length, min(Self.dependence(log, from: window.start, span: span, step: length / 10), span / 20))
    blocks = Int(span / blockLength) + 1
    draws = BlockDraws(blocks: blocks, count: settings.resamples, seed: StableHash.mix(settings.seed ^ 0xB10C))
    requests = Array(repeating: 0, count: blocks)
    failingFirst = requests

    let (lowest, highest) = Self.latencyBins(log)
    let load = LoadBins(log, from: origin, through: window.end)
    untouched = PolicySums(
      blocks: blocks, latency: WeightedLatencyHistogram(blocks: blocks, lowest: lowest, highest: highest), load: load)
    failedDurations = Array(repeating: [], count: log.ranges.count)
    for component in log.ranges.indices {
      for episode in log.ranges[component] {
        let b = Int((log.arrival[episode] - origin) / blockLength)
        requests[b] += 1
        if !log.isRefused[episode] { untouched.load.add(component, log.arrival[episode], 1) }
        guard log.firstFailure[episode] == 0 else {
          failingFirst[b] += 1
          continue
        }
        let duration = log.duration[Int(log.first[episode])]
        longestSuccess = max(longestSuccess, duration)
        untouched.attempts[b] += 1
        untouched.exact += 1
        untouched.latency.add(duration, block: b, mass: 1)
      }
    }
    sums = untouched
    for component in log.ranges.indices {
      for episode in log.ranges[component] where log.firstFailure[episode] != 0 {
        sums.addLogged(log, episode, component: component, block: Int((log.arrival[episode] - origin) / blockLength))
        for i in log.attempts(of: episode) where log.failure[i] != 0 && !log.isRefused[episode] {
          failedDurations[component].append((log.start[i], log.duration[i]))
        }
      }
      failedDurations[component].sort { ($0.at, $0.duration) < ($1.at, $1.duration) }
    }
    if let other {
      sums = other.sums
    } else {
      readLoad()
    }
  }

  /// Which components' failures load makes, and which outages may be of its making.
  private mutating func readLoad() {
    // Retries that are taken for first attempts make every outage look like load.
    let isApart = log.rootsApart > 0 && log.joined + log.joinedByTime == 0
    for component in log.ranges.indices {
      guard !isApart, Overload.isTested(log, component) else {
        overloads.append(nil)
        continue
      }
      let seconds = SecondCounts(log, log.ranges[component], origin: origin)
      let storms = Storms(seconds, dead: seconds.dead)
      let overload = Overload(log, component: component, origin: origin, seconds, storms)
      overloads.append(overload)
      if overload == nil, let open = storms.open { openOutages.append(open.fact(log.components[component])) }
    }
  }

  /// The bins that latencies of the log and of its candidates lie in.
  private static func latencyBins(_ log: borrowing CallLog) -> (lowest: Int, highest: Int) {
    var lowest = Int.max
    var highest = 0
    for episode in 0..<log.count {
      let bin = LatencyBins.index(log.duration[Int(log.first[episode])])
      lowest = min(lowest, bin)
      highest = max(highest, LatencyBins.index(log.end(episode).subtractingSaturated(log.arrival[episode])))
    }
    // Room above for what candidates add: another factor of 64.
    return (
      min(lowest, LatencyBins.count - 1),
      min(max(highest, LatencyBins.index(60_000_000)) + 64 * 6, LatencyBins.count - 1)
    )
  }

  /// The same calls under another timeout of an attempt; figures stay set off against this log's own.
  func under(timeout: Int64, applies: [Bool], unknown: RetryPaths.Unknown) -> (base: EvaluationBase, untold: Int) {
    let relabelled = log.under(timeout: timeout, logged, applies: applies, unknown: unknown)
    return (EvaluationBase(relabelled.log, logged, settings: settings, like: self), relabelled.untold)
  }

  /// How long failures hang together, microseconds: the automatic block length of the failed share of first attempts.
  private static func dependence(_ log: CallLog, from origin: Int64, span: Int64, step: Int64) -> Int64 {
    let step = max(step, span / 5_000, 1)
    var failed = [Double](repeating: 0, count: Int(span / step) + 1)
    var all = failed
    for episode in 0..<log.count {
      let bin = Int((log.arrival[episode] - origin) / step)
      all[bin] += 1
      if log.firstFailure[episode] != 0 { failed[bin] += 1 }
    }
    let rate = failed.reduce(0, +) / max(all.reduce(0, +), 1)
    // The sum whose variance the blocks estimate: failures beyond what so many requests have on average.
    let series = failed.indices.map { failed[$0] - rate * all[$0] }
    return Int64(checked: BlockLength.optimal(series) * Double(step)) ?? span
  }

  /// The same log with other answers to load.
  func answering(_ overloads: [Overload?], _ settings: EvaluationSettings) -> EvaluationBase {
    var copy = self
    copy.overloads = overloads
    copy.settings = settings
    return copy
  }

  /// The same log under another model.
  func with(_ other: OutcomeModel?) -> EvaluationBase {
    guard let other else { return self }
    var copy = self
    copy.model = other
    return copy
  }

  @inline(__always)
  package func block(_ episode: Int) -> Int { Int((log.arrival[episode] - origin) / blockLength) }

  /// How long a successful attempt at `time` would take: the duration of a success among the 64 around it, so that a slow
  /// spell's successes are slow.
  func successDuration(_ component: Int, near origin: Int, at time: Int64, seed: UInt64) -> Int64 {
    let range = log.ranges[component]
    let episode = nearest(range, from: origin, to: time)
    var random = SplitMix64(seed: seed)
    for reach in [32, 32, 32, 32, 256, 256, 4096, 4096] {
      let low = max(range.lowerBound, episode - reach)
      let high = min(range.upperBound, episode + reach + 1)
      let candidate = low + Int(random.next() % UInt64(high - low))
      if log.firstFailure[candidate] == 0 { return log.duration[Int(log.first[candidate])] }
    }
    return log.duration[Int(log.first[episode])]
  }

  /// The call that arrived last before a time, found by steps from one that is not far.
  private func nearest(_ range: Range<Int>, from origin: Int, to time: Int64) -> Int {
    var low = min(max(origin, range.lowerBound), range.upperBound - 1)
    guard log.arrival[low] < time else { return low }
    var step = 16
    while low + step < range.upperBound, log.arrival[low + step] <= time {
      low += step
      step *= 2
    }
    let high = min(low + step, range.upperBound)
    return max(log.arrival[low..<high].partitioningIndex { $0 > time } - 1, low)
  }

  /// How long a failing attempt at `time` would take: the duration of a failure among the 16 nearest in time.
  package func failureDuration(_ component: Int, at time: Int64, seed: UInt64) -> Int64 {
    let failures = failedDurations[component]
    guard !failures.isEmpty else { return 0 }
    let later = failures.partitioningIndex { $0.at > time }
    let first = max(0, min(later - 8, failures.count - 16))
    let last = min(failures.count, first + 16)
    return failures[first + Int(StableHash.mix(seed) % UInt64(last - first))].duration
  }
}
