// When a component was up and when it was down, as far as the first attempts of all requests tell: a hidden Markov chain in
// continuous time, of two states or, where outages are of two kinds, of three.
internal import Glibc

/// The state of one component over the log.
///
/// The chain goes down at rate lambda and up again at rate mu; an attempt fails with one probability while it is up and
/// another while it is down. All four are fitted by expectation maximisation (L. Rabiner, "A tutorial on hidden Markov
/// models", 1989, with the transition matrix of a continuous-time chain between observations). What is kept is the
/// probability of being down given everything before each observation, and the evidence of everything after it.
///
/// Where the lengths of outages are no single exponential, a chain with two ways of being down is fitted too, and kept where
/// it makes the log more likely than its two parameters more are worth (`OutageKinds`).
struct StateTimeline: Sendable {
  /// Observations that the fit looks at; the smoothing always covers all.
  static let fitLimit = 300_000
  static let rounds = 6
  /// The same for two kinds of outages.
  static let splitRounds = 12

  let range: Range<Int>
  /// lambda + mu, per microsecond.
  private(set) var speed: Double
  /// lambda / (lambda + mu): the share of time down.
  private(set) var share: Double
  /// Failure probabilities of first attempts.
  private(set) var up: Double
  private(set) var down: Double
  /// The two kinds of outages, where there are two.
  private(set) var kinds: OutageKinds?
  /// P(down | observations up to and including i), by i - range.lowerBound; of short outages where there are two kinds.
  private(set) var forward: [Double] = []
  /// The evidence after i for down, as its part of that for down and up together.
  private(set) var backward: [Double] = []
  // The same for long outages; empty where there is one kind.
  private var forwardLong: [Double] = []
  private var backwardLong: [Double] = []

  init(_ log: borrowing CallLog, component: Int, outages: Outages) {
    range = log.ranges[component]
    let spans = outages.spans[component]
    let length = max(Double((log.arrival[range.upperBound - 1]) - log.arrival[range.lowerBound]), 1)
    let dark = spans.reduce(0.0) { $0 + Double($1.upperBound - $1.lowerBound) }
    // One outage of ten seconds more than was seen, so that none of the rates is zero.
    let count = Double(spans.count) + 1
    let darkness = dark + min(10e6, length / 10)
    let lambda = count / max(length - dark, length / 10)
    let mu = count / darkness
    speed = lambda + mu
    share = lambda / speed
    var inside = (failed: 1.8, all: 2.0)
    var outside = (failed: 0.5, all: 100.0)
    var next = 0
    for i in range where !log.isRefused[i] {
      while next < spans.count, spans[next].upperBound <= log.arrival[i] { next += 1 }
      let isDark = next < spans.count && spans[next].contains(log.arrival[i])
      let failed = log.firstFailure[i] != 0 ? 1.0 : 0
      if isDark {
        inside = (inside.failed + failed, inside.all + 1)
      } else {
        outside = (outside.failed + failed, outside.all + 1)
      }
    }
    up = min(outside.failed / outside.all, 0.4)
    down = max(inside.failed / inside.all, 0.5)
    let fitted = min(range.count, Self.fitLimit)
    for _ in 0..<Self.rounds { fit(log, fitted) }
    if let lengths = OutageLengths(spans) { split(log, lengths, fitted) }
    smooth(log, range.count)
  }

  /// Fits two kinds of outages, and takes them where the log is that much more likely with them.
  private mutating func split(_ log: borrowing CallLog, _ lengths: OutageLengths, _ count: Int) {
    let one = self
    let single = smooth(log, count)
    let falls = speed * share
    let total = falls * lengths.share
    kinds = OutageKinds(
      OutageKinds.Rates(
        falls: DownBelief(short: total, long: max(falls - total, total / 100)),
        rises: DownBelief(short: 1 / lengths.short, long: 1 / lengths.long)))
    forwardLong = Array(repeating: 0, count: forward.count)
    backwardLong = forwardLong
    for _ in 0..<Self.splitRounds { fit(log, count) }
    let both = smooth(log, count)
    // G. Schwarz's criterion (1978).
    guard both - single > Glibc.log(Double(max(count, 2))) else {
      self = one
      return
    }
    forwardLong = Array(repeating: 0, count: range.count)
    backwardLong = forwardLong
  }

  /// What is known before any observation.
  var usual: DownBelief { kinds?.share ?? DownBelief(short: share, long: 0) }

  /// What is known after observation k, counted from the first.
  @inline(__always)
  func known(_ k: Int) -> DownBelief {
    DownBelief(short: forward[k], long: forwardLong.isEmpty ? 0 : forwardLong[k])
  }

  /// The evidence where nothing follows.
  var noEvidence: DownBelief { kinds == nil ? DownBelief(short: 0.5, long: 0) : DownBelief(short: 1 / 3, long: 1 / 3) }

  /// How much of what is known now is left after a time.
  @inline(__always)
  func memory(_ time: Int64) -> DownBelief {
    guard let kinds else { return DownBelief(short: exp(-speed * Double(max(time, 0))), long: 0) }
    return kinds.memory(Double(max(time, 0)))
  }

  /// The state a while later.
  @inline(__always)
  func after(_ p: DownBelief, _ memory: DownBelief) -> DownBelief {
    guard let kinds else { return DownBelief(short: share + (p.short - share) * memory.short, long: 0) }
    return kinds.after(p, memory)
  }

  /// The state after an observation.
  @inline(__always)
  func observed(_ p: DownBelief, failed: Bool) -> DownBelief { weighed(p, failed: failed).belief }

  /// The same of any failure probabilities, and how likely the observation was.
  @inline(__always)
  private func weighed(_ p: DownBelief, failed: Bool) -> (belief: DownBelief, chance: Double) {
    let isDown = failed ? down : 1 - down
    let (short, long) = (p.short * isDown, p.long * isDown)
    let u = (1 - p.short - p.long) * (failed ? up : 1 - up)
    let all = max(short + long + u, .leastNormalMagnitude)
    return (DownBelief(short: short / all, long: long / all), all)
  }

  /// The evidence a while before evidence of a time.
  @inline(__always)
  func before(_ evidence: DownBelief, _ memory: DownBelief) -> DownBelief {
    if let kinds { return kinds.before(evidence, memory) }
    let d = evidence.short
    let u = 1 - d
    let average = share * d + (1 - share) * u
    let fromDown = average + (d - average) * memory.short
    let fromUp = average + (u - average) * memory.short
    return DownBelief(short: fromDown / max(fromDown + fromUp, .leastNormalMagnitude), long: 0)
  }

  /// The evidence of observation j and all after it, at its time.
  @inline(__always)
  func evidence(_ log: borrowing CallLog, _ j: Int) -> DownBelief {
    let k = j - range.lowerBound
    let later = DownBelief(short: backward[k], long: backwardLong.isEmpty ? 0 : backwardLong[k])
    return log.isRefused[j] ? later : observed(later, failed: log.firstFailure[j] != 0)
  }

  /// Runs through the observations both ways; how likely they are, its logarithm, where there are two kinds to weigh.
  @discardableResult
  private mutating func smooth(_ log: borrowing CallLog, _ count: Int) -> Double {
    let first = range.lowerBound
    if forward.count < count {
      forward = Array(repeating: 0, count: count)
      backward = Array(repeating: 0.5, count: count)
    }
    var p = usual
    // The product of the chances and its logarithm so far: one logarithm for many observations.
    var (product, likelihood) = (1.0, 0.0)
    for k in 0..<count {
      if k > 0 { p = after(p, memory(log.arrival[first + k] - log.arrival[first + k - 1])) }
      if !log.isRefused[first + k] {
        let (belief, chance) = weighed(p, failed: log.firstFailure[first + k] != 0)
        p = belief
        product *= chance
        if product < 1e-200 { (product, likelihood) = (1, likelihood + Glibc.log(max(product, .leastNormalMagnitude))) }
      }
      forward[k] = p.short
      if !forwardLong.isEmpty { forwardLong[k] = p.long }
    }
    var evidence = noEvidence
    backward[count - 1] = evidence.short
    if !backwardLong.isEmpty { backwardLong[count - 1] = evidence.long }
    for k in stride(from: count - 2, through: 0, by: -1) {
      evidence = before(
        self.evidence(log, first + k + 1), memory(log.arrival[first + k + 1] - log.arrival[first + k]))
      backward[k] = evidence.short
      if !backwardLong.isEmpty { backwardLong[k] = evidence.long }
    }
    return likelihood + Glibc.log(product)
  }

  /// First attempts in each state and those of them that failed; it begins with weak opinions that keep a quiet component's table sane.
  private struct AttemptCounts {
    private var down = (failed: 1.8, all: 2.0)
    private var up = (failed: 0.02, all: 4.0)

    mutating func take(failed: Bool, down isDown: Double) {
      let failed = failed ? 1.0 : 0
      down.all += isDown
      up.all += 1 - isDown
      down.failed += isDown * failed
      up.failed += (1 - isDown) * failed
    }

    /// The failure probabilities: that of being down is at least twice the other.
    var rates: (up: Double, down: Double) {
      let rate = min(max(up.failed / up.all, 1e-6), 0.5)
      return (rate, min(max(down.failed / down.all, max(2 * rate, 0.3)), 1 - 1e-6))
    }
  }

  private mutating func fit(_ log: borrowing CallLog, _ count: Int) {
    smooth(log, count)
    if let kinds { return fit(log, count, kinds) }
    let first = range.lowerBound
    var attempts = AttemptCounts()
    var (falls, rises, timeUp, timeDown) = (
      0.5, 0.5, 0.5 / max(speed * share, 1e-15), 0.5 / max(speed * (1 - share), 1e-15)
    )
    for k in 0..<count {
      let f = forward[k]
      let b = backward[k]
      let d = f * b / max(f * b + (1 - f) * (1 - b), .leastNormalMagnitude)
      if !log.isRefused[first + k] { attempts.take(failed: log.firstFailure[first + k] != 0, down: d) }
      guard k + 1 < count else { continue }
      let gap = Double(log.arrival[first + k + 1] - log.arrival[first + k])
      let e = memory(Int64(gap)).short
      let next = evidence(log, first + k + 1).short
      // Joint weights of the states at both ends.
      let dd = f * (share + (1 - share) * e) * next
      let du = f * (1 - share) * (1 - e) * (1 - next)
      let ud = (1 - f) * share * (1 - e) * next
      let uu = (1 - f) * (1 - share + share * e) * (1 - next)
      let all = max(dd + du + ud + uu, .leastNormalMagnitude)
      falls += ud / all
      rises += du / all
      timeUp += gap * (uu + 0.5 * (ud + du)) / all
      timeDown += gap * (dd + 0.5 * (ud + du)) / all
    }
    let lambda = falls / max(timeUp, 1)
    let mu = rises / max(timeDown, 1)
    speed = lambda + mu
    share = lambda / speed
    (up, down) = attempts.rates
  }

  /// A round of expectation maximisation with two kinds of outages.
  private mutating func fit(_ log: borrowing CallLog, _ count: Int, _ kinds: OutageKinds) {
    let first = range.lowerBound
    var attempts = AttemptCounts()
    var chain = ChainCounts(kinds.rates)
    for k in 0..<count {
      let f = known(k)
      let later = DownBelief(short: backward[k], long: backwardLong[k])
      let d = f.short * later.short + f.long * later.long
      let u = (1 - f.down) * (1 - later.down)
      let isDown = d / max(d + u, .leastNormalMagnitude)
      if !log.isRefused[first + k] { attempts.take(failed: log.firstFailure[first + k] != 0, down: isDown) }
      guard k + 1 < count else { continue }
      chain.add(
        Double(log.arrival[first + k + 1] - log.arrival[first + k]), from: f, to: evidence(log, first + k + 1), kinds)
    }
    self.kinds = OutageKinds(chain.rates)
    (up, down) = attempts.rates
  }
}
