// What another attempt would have met: the component's state as all other requests saw it, mixed with the possibility
// that the request itself is at fault, and set right by what the logged retries really met.
internal import Support

/// The outcome model.
///
/// A retry fails with a probability that depends on the component's state at its time, given all first attempts of
/// other requests before and after it and this request's own failures so far; unless its request is persistently bad,
/// which has probability pi and is found by expectation maximisation over the logged retries. A table by predicted
/// probability corrects the prediction to what logged retries met.
struct OutcomeModel: Sendable {
  /// Borders of the calibration's bins.
  static let borders = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]
  /// How strongly a bin trusts the prediction, in retries.
  static let trust = 30.0
  static let rounds = 8
  /// Other requests' observations between two attempts beyond which a request's own past adds nothing.
  static let forgetting = 48

  let settings: EvaluationSettings
  let timelines: [StateTimeline]
  /// Requests that arrived while their component was up.
  let quietRequests: Int
  /// The share of persistently bad requests.
  private(set) var persistent = 0.0
  /// Failure probabilities by component while up and while down, persistence aside.
  private(set) var up: [Double]
  private(set) var down: [Double]
  /// Whether retries at healthy moments tell persistent requests from unlucky ones.
  private(set) var isIdentified = false
  /// Whether there are retries enough to say anything.
  private(set) var hasRetries = false
  /// The largest share of persistent requests that the log allows: a persistent request fails at healthy moments too, and
  /// so many failed there for good (upper limit of Clopper and Pearson, 97.5 %).
  private(set) var mostPersistent = 1.0
  /// Posterior of being persistent, by failing episode (index into `failing`).
  private(set) var posterior: [Double] = []
  /// Episodes whose first attempt failed, ascending.
  private(set) var failing: [Int32] = []
  /// Correction of each bin: observed minus predicted.
  private(set) var correction = [Double](repeating: 0, count: borders.count + 1)
  /// Whether the log holds enough retries in a bin or its neighbours.
  private(set) var isSupported = [Bool](repeating: false, count: borders.count + 1)

  init(_ log: borrowing CallLog, _ logged: LoggedPolicy, _ outages: Outages, settings: EvaluationSettings) {
    self.settings = settings
    quietRequests = outages.quietRequests
    var lines: [StateTimeline] = []
    for component in log.ranges.indices { lines.append(StateTimeline(log, component: component, outages: outages)) }
    timelines = lines
    up = timelines.map(\.up)
    down = timelines.map(\.down)
    fit(log, logged, assuming: nil)
  }

  /// The model under a given share of persistent requests.
  ///
  /// - Parameters:
  ///   - share: of all requests.
  ///   - log: what the model was fitted to.
  ///   - logged: the policy that made it.
  /// - Returns: the model with everything else fitted again.
  func assuming(_ share: Double, _ log: borrowing CallLog, _ logged: LoggedPolicy) -> OutcomeModel {
    var copy = self
    copy.correction = Array(repeating: 0, count: correction.count)
    copy.fit(log, logged, assuming: share)
    return copy
  }

  // MARK: A request's way

  /// Where a request stands on its way: what is known about the state at the time of its last attempt.
  struct AttemptState: Sendable {
    var time: Int64
    /// What the past and the request's own failures tell about being down.
    var down: DownBelief
    /// The next observation that lies ahead.
    var next: Int
  }

  /// The failure probability of an attempt that is not persistent.
  struct Prediction: Sendable {
    var failure: Double
    /// Whether neighbours are near enough and the log holds enough retries like it.
    var isSupported: Bool
  }

  /// A request just before its first attempt.
  func begin(_ log: borrowing CallLog, component: Int, episode: Int) -> AttemptState {
    let line = timelines[component]
    let k = episode - line.range.lowerBound
    let time = log.arrival[episode]
    let p =
      k > 0 ? line.after(line.known(k - 1), line.memory(time - log.arrival[episode - 1])) : line.usual
    return AttemptState(time: time, down: p, next: episode + 1)
  }

  /// Moves to another attempt's time and predicts it.
  func advance(_ way: inout AttemptState, _ log: borrowing CallLog, component: Int, episode: Int, to time: Int64)
    -> Prediction
  {
    let range = timelines[component].range
    let speedy = way.next + Self.forgetting
    if speedy < range.upperBound, log.arrival[speedy] <= time {
      var low = speedy
      var step = 64
      while low + step < range.upperBound, log.arrival[low + step] <= time {
        low += step
        step *= 2
      }
      let high = min(low + step, range.upperBound)
      low = log.arrival[low..<high].partitioningIndex { $0 > time } - 1
      way.time = log.arrival[low]
      way.down = timelines[component].known(low - range.lowerBound)
      way.next = low + 1
    }
    while way.next < range.upperBound, log.arrival[way.next] <= time {
      let at = log.arrival[way.next]
      let p = timelines[component].after(way.down, timelines[component].memory(at - way.time))
      way.down = log.isRefused[way.next] ? p : timelines[component].observed(p, failed: log.firstFailure[way.next] != 0)
      way.time = at
      way.next += 1
    }
    way.down = timelines[component].after(way.down, timelines[component].memory(time - way.time))
    way.time = time
    return predict(way, log, component: component, episode: episode)
  }

  /// The failure probability at the way's time, given what comes after it too.
  func predict(_ way: AttemptState, _ log: borrowing CallLog, component: Int, episode: Int) -> Prediction {
    let raw = raw(way, log, component: component)
    let bin = Self.bin(raw)
    let range = timelines[component].range
    let before = way.next - 1 == episode ? episode - 1 : way.next - 1
    let isNear =
      before >= range.lowerBound && way.time - log.arrival[before] <= settings.donorWindow
      && way.next < range.upperBound && log.arrival[way.next] - way.time <= settings.donorWindow
    return Prediction(
      failure: min(max(raw + correction[bin], 1e-6), 1 - 1e-6), isSupported: isNear && isSupported[bin] && hasRetries)
  }

  private func raw(_ way: AttemptState, _ log: borrowing CallLog, component: Int) -> Double {
    var future = timelines[component].noEvidence
    if way.next < timelines[component].range.upperBound {
      future = timelines[component].before(
        timelines[component].evidence(log, way.next),
        timelines[component].memory(log.arrival[way.next] - way.time))
    }
    let d = way.down.short * future.short + way.down.long * future.long
    let u = (1 - way.down.short - way.down.long) * (1 - future.short - future.long)
    let isDown = d / max(d + u, .leastNormalMagnitude)
    return isDown * down[component] + (1 - isDown) * up[component]
  }

  /// The chance that a request's first attempt fails, as all other requests say.
  func chance(_ log: borrowing CallLog, component: Int, episode: Int) -> Double {
    let failure = raw(begin(log, component: component, episode: episode), log, component: component)
    return persistent + (1 - persistent) * failure
  }

  /// The chance that a request whose first attempt failed is persistent, before any retry.
  func prior(_ log: borrowing CallLog, component: Int, episode: Int) -> Double {
    let failure = raw(begin(log, component: component, episode: episode), log, component: component)
    return persistent / max(persistent + (1 - persistent) * failure, .leastNormalMagnitude)
  }

  /// The request's own attempt at the way's time failed.
  func fail(_ way: inout AttemptState, component: Int) {
    let (short, long) = (way.down.short * down[component], way.down.long * down[component])
    let u = (1 - way.down.short - way.down.long) * up[component]
    let all = max(short + long + u, .leastNormalMagnitude)
    way.down = DownBelief(short: short / all, long: long / all)
  }

  static func bin(_ failure: Double) -> Int {
    var bin = 0
    while bin < borders.count, failure >= borders[bin] { bin += 1 }
    return bin
  }

  // MARK: Fitting

  private struct Retry {
    var failing: Int32
    var predicted: Double
    var failed: Bool
  }

  private mutating func fit(_ log: borrowing CallLog, _ logged: LoggedPolicy, assuming given: Double?) {
    failing.removeAll()
    var neverSucceeded: [Bool] = []
    var components: [Int32] = []
    for component in log.ranges.indices {
      for episode in log.ranges[component] where log.firstFailure[episode] != 0 {
        failing.append(Int32(episode))
        components.append(Int32(component))
        // What is never retried tells nothing about persistence.
        neverSucceeded.append(
          !log.isRefused[episode] && !log.succeeded(episode) && logged.retried.contains(code: log.firstFailure[episode])
        )
      }
    }
    let total = Double(max(log.count, 1))
    posterior = neverSucceeded.map { $0 ? 0.2 : 0 }
    var retries: [Retry] = []
    var quietLosses = 0
    for _ in 0..<Self.rounds {
      persistent = given ?? min(posterior.reduce(0, +) / total, 0.5)
      quietLosses = 0
      for c in timelines.indices {
        up[c] = max((timelines[c].up - persistent) / (1 - persistent), timelines[c].up / 50, 1e-6)
        down[c] = min(max((timelines[c].down - persistent) / (1 - persistent), 0.1), 1 - 1e-6)
      }
      retries.removeAll(keepingCapacity: true)
      var likelihood = [Double](repeating: 1, count: failing.count)
      for i in failing.indices where !log.isRefused[Int(failing[i])] {
        let episode = Int(failing[i])
        let component = Int(components[i])
        var way = begin(log, component: component, episode: episode)
        likelihood[i] = raw(way, log, component: component)
        if neverSucceeded[i], likelihood[i] < 0.1 { quietLosses += 1 }
        fail(&way, component: component)
        for attempt in log.attempts(of: episode).dropFirst() {
          _ = advance(&way, log, component: component, episode: episode, to: log.start[attempt])
          let predicted = raw(way, log, component: component)
          let failed = log.failure[attempt] != 0
          retries.append(Retry(failing: Int32(i), predicted: predicted, failed: failed))
          guard failed else { break }
          likelihood[i] *= min(max(predicted + correction[Self.bin(predicted)], 1e-6), 1)
          fail(&way, component: component)
        }
      }
      for i in failing.indices {
        posterior[i] =
          neverSucceeded[i]
          ? persistent / max(persistent + (1 - persistent) * likelihood[i], .leastNormalMagnitude) : 0
      }
      calibrate(retries)
    }
    let healthy = retries.count { $0.predicted < 0.1 }
    isIdentified = healthy >= settings.minimumRetries
    hasRetries = retries.count >= settings.minimumRetries
    if given == nil { mostPersistent = Self.limit(quietLosses, of: quietRequests) }
  }

  /// The upper limit of Clopper and Pearson (1934) of a share seen `count` times in `total`, 97.5 %.
  static func limit(_ count: Int, of total: Int) -> Double {
    total > count ? IncompleteBeta.quantile(0.975, Double(count + 1), Double(total - count)) : 1
  }

  /// Corrects each bin by what retries met in it.
  private mutating func calibrate(_ retries: [Retry]) {
    let bins = Self.borders.count + 1
    var counts = [Int](repeating: 0, count: bins)
    for retry in retries { counts[Self.bin(retry.predicted)] += 1 }
    for (bin, met) in tally(retries).enumerated() {
      correction[bin] = met.correction(trust: Self.trust)
      let near = counts[max(bin - 1, 0)...min(bin + 1, bins - 1)].reduce(0, +)
      // Where a component is surely up or down, first attempts tell what a retry meets (assumption A3); in between the
      // prediction is trusted too where it was held against retries enough elsewhere.
      let isClear = bin <= 1 || bin >= bins - 2 || retries.count >= 5 * settings.minimumRetries
      isSupported[bin] = near >= settings.minimumRetries || isClear
    }
  }

  private func tally(_ retries: [Retry]) -> [Calibration] {
    var met = [Calibration](repeating: Calibration(), count: Self.borders.count + 1)
    for retry in retries {
      met[Self.bin(retry.predicted)].add(
        retry.predicted, failed: retry.failed, weight: 1 - posterior[Int(retry.failing)])
    }
    return met
  }
}
