// What every candidate is measured against: the log's own sums by block, its latencies, its load and its outages.
internal import Model
internal import Support

/// The log as the evaluator needs it, computed once; a class, because plays ask it at every attempt and each would copy it.
package final class EvaluationBase: Sendable {
  package let log: CallLog
  package let logged: LoggedPolicy
  let model: OutcomeModel
  /// Where persistence is not identified, the models at the ends of what the log allows: no request is persistent, or as
  /// many as could be.
  let ends: (none: OutcomeModel, most: OutcomeModel)?
  package let settings: EvaluationSettings
  let outages: Outages

  /// Microseconds; blocks are counted from `origin`.
  package let origin: Int64
  package let blockLength: Int64
  package let blocks: Int
  /// Requests per block.
  let requests: [Double]
  /// Requests per block whose first attempt failed.
  let failingFirst: [Double]
  /// Blocks with requests in them.
  package var occupied: Int { requests.count { $0 > 0 } }
  /// The log's sums.
  let sums: PolicySums
  /// What the requests whose first attempt succeeded contribute to every retry policy.
  let untouched: PolicySums
  /// Longest successful first attempt, microseconds.
  let longestSuccess: Int64
  /// Failed attempts of each component: when, and how long they took.
  let failedDurations: [[(at: Int64, duration: Int64)]]
  let askedMoments: AskedMoments
  package let draws: BlockDraws
  /// The longest wait seen above nested calls, microseconds; nil where calls are not nested.
  package let patienceAbove: Int64?

  /// What first attempts leave to chance.
  let chance: FirstAttemptChance
  /// Whether the log was relabelled for another timeout, so that its waits are no client's.
  let isRelabelled: Bool
  /// Components whose failures load makes; nil for all others.
  let overloads: [Overload?]
  /// Outages that the log's end cuts off and that may be of the retries' own making.
  let openOutages: [PolicyFindings.OpenOutage]
  /// Components that failed from the first to the last minute, with nothing that tells whether load makes it.
  let strained: [PolicyFindings.UnendingStrain]

  package convenience init(_ log: CallLog, _ logged: LoggedPolicy, settings: EvaluationSettings) {
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
    let model = OutcomeModel(log, logged, outages, settings: settings)
    self.model = model
    ends =
      model.isIdentified || !model.hasRetries
      ? nil : (model.assuming(0, log, logged), model.assuming(min(model.mostPersistent, 0.5), log, logged))
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
    let tally = LogTally(log, origin: origin, blockLength: blockLength, blocks: blocks, through: window.end)
    (requests, failingFirst) = (tally.requests, tally.failingFirst)
    (untouched, longestSuccess) = (tally.untouched, tally.longestSuccess)
    failedDurations = tally.failedDurations
    askedMoments = AskedMoments(log)
    sums = other?.sums ?? tally.sums
    (overloads, openOutages, strained) = other == nil ? Self.readLoad(log, origin: origin) : ([], [], [])
  }

  /// The base of another log's calls under another model, other answers to load, or other settings.
  private init(
    _ other: EvaluationBase, model: OutcomeModel? = nil, overloads: [Overload?]? = nil,
    settings: EvaluationSettings? = nil
  ) {
    log = other.log
    logged = other.logged
    self.model = model ?? other.model
    ends = other.ends
    self.settings = settings ?? other.settings
    outages = other.outages
    (origin, blockLength, blocks) = (other.origin, other.blockLength, other.blocks)
    (requests, failingFirst) = (other.requests, other.failingFirst)
    (sums, untouched, longestSuccess) = (other.sums, other.untouched, other.longestSuccess)
    failedDurations = other.failedDurations
    askedMoments = other.askedMoments
    draws = other.draws
    patienceAbove = other.patienceAbove
    chance = other.chance
    isRelabelled = other.isRelabelled
    self.overloads = overloads ?? other.overloads
    openOutages = other.openOutages
    strained = other.strained
  }

  /// Which components' failures load makes, and which outages may be of its making.
  private static func readLoad(
    _ log: borrowing CallLog, origin: Int64
  ) -> (overloads: [Overload?], open: [PolicyFindings.OpenOutage], strained: [PolicyFindings.UnendingStrain]) {
    // Retries that are taken for first attempts make every outage look like load.
    if log.clustered > 0 || log.rootsApart > 0 && log.joined + log.joinedByTime == 0 {
      return (Array(repeating: nil, count: log.ranges.count), [], [])
    }
    var overloads: [Overload?] = []
    var openOutages: [PolicyFindings.OpenOutage] = []
    var strained: [PolicyFindings.UnendingStrain] = []
    for component in log.ranges.indices {
      let name = log.components[component]
      guard Overload.isTested(log, component) else {
        overloads.append(nil)
        // What next to nobody got an answer of has nothing to be tested by, and was never seen well.
        if Overload.hasFailures(log, component), let strain = UnendingStrain(log, log.ranges[component]) {
          strained.append(strain.fact(name))
        }
        continue
      }
      let seconds = SecondCounts(log, log.ranges[component], origin: origin)
      let width = SecondCounts.width(log, log.ranges[component])
      let storms = Storms(
        width > 1 ? SecondCounts(log, log.ranges[component], origin: origin, width: width) : seconds)
      let overload = Overload(log, component: component, origin: origin, seconds, storms)
      overloads.append(overload)
      guard overload == nil else { continue }
      if let begun = storms.begun { openOutages.append(begun.fact(name, atBegin: true)) }
      if let open = storms.open { openOutages.append(open.fact(name, atBegin: false)) }
      if storms.begun == nil, storms.open == nil, let strain = UnendingStrain(log, log.ranges[component]) {
        strained.append(strain.fact(name))
      }
    }
    return (overloads, openOutages, strained)
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
    EvaluationBase(self, overloads: overloads, settings: settings)
  }

  /// The same log under another model.
  func with(_ other: OutcomeModel?) -> EvaluationBase {
    other.map { EvaluationBase(self, model: $0) } ?? self
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
