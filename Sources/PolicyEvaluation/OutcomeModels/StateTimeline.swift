// When a component was up and when it was down, as far as the first attempts of all requests tell: a two-state hidden
// Markov chain in continuous time.
internal import Glibc

/// The state of one component over the log.
///
/// The chain goes down at rate lambda and up again at rate mu; an attempt fails with one probability while it is up and
/// another while it is down. All four are fitted by expectation maximisation (L. Rabiner, "A tutorial on hidden Markov
/// models", 1989, with the transition matrix of a continuous-time chain between observations). What is kept is the
/// probability of being down given everything before each observation, and the evidence of everything after it.
struct StateTimeline: Sendable {
  /// Observations that the fit looks at; the smoothing always covers all.
  static let fitLimit = 300_000
  static let rounds = 6

  let range: Range<Int>
  /// lambda + mu, per microsecond.
  private(set) var speed: Double
  /// lambda / (lambda + mu): the share of time down.
  private(set) var share: Double
  /// Failure probabilities of first attempts.
  private(set) var up: Double
  private(set) var down: Double
  /// P(down | observations up to and including i), by i - range.lowerBound.
  private(set) var forward: [Double] = []
  /// The evidence after i for down, as its part of that for down and up together.
  private(set) var backward: [Double] = []

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
    smooth(log, range.count)
  }

  /// The probability of staying away from the mean for this long.
  @inline(__always)
  func memory(_ time: Int64) -> Double { exp(-speed * Double(max(time, 0))) }

  /// P(down) a while later.
  @inline(__always)
  func after(_ p: Double, _ memory: Double) -> Double { share + (p - share) * memory }

  /// P(down) after an observation.
  @inline(__always)
  func observed(_ p: Double, failed: Bool) -> Double {
    let d = p * (failed ? down : 1 - down)
    let u = (1 - p) * (failed ? up : 1 - up)
    return d / max(d + u, .leastNormalMagnitude)
  }

  /// The evidence part for down, a while before evidence `d` of down and 1 - d of up.
  @inline(__always)
  func before(_ d: Double, _ memory: Double) -> Double {
    let u = 1 - d
    let average = share * d + (1 - share) * u
    let fromDown = average + (d - average) * memory
    let fromUp = average + (u - average) * memory
    return fromDown / max(fromDown + fromUp, .leastNormalMagnitude)
  }

  /// The evidence of observation j and all after it, at its time.
  @inline(__always)
  func evidence(_ log: borrowing CallLog, _ j: Int) -> Double {
    if log.isRefused[j] { return backward[j - range.lowerBound] }
    let failed = log.firstFailure[j] != 0
    let d = backward[j - range.lowerBound] * (failed ? down : 1 - down)
    let u = (1 - backward[j - range.lowerBound]) * (failed ? up : 1 - up)
    return d / max(d + u, .leastNormalMagnitude)
  }

  private mutating func smooth(_ log: borrowing CallLog, _ count: Int) {
    let first = range.lowerBound
    if forward.count < count {
      forward = Array(repeating: 0, count: count)
      backward = Array(repeating: 0.5, count: count)
    }
    var p = share
    for k in 0..<count {
      if k > 0 { p = after(p, memory(log.arrival[first + k] - log.arrival[first + k - 1])) }
      if !log.isRefused[first + k] { p = observed(p, failed: log.firstFailure[first + k] != 0) }
      forward[k] = p
    }
    backward[count - 1] = 0.5
    guard count > 1 else { return }
    for k in stride(from: count - 2, through: 0, by: -1) {
      backward[k] = before(evidence(log, first + k + 1), memory(log.arrival[first + k + 1] - log.arrival[first + k]))
    }
  }

  private mutating func fit(_ log: borrowing CallLog, _ count: Int) {
    smooth(log, count)
    let first = range.lowerBound
    // Weak opinions that keep a quiet component's table sane.
    var (downFailed, downAll, upFailed, upAll) = (1.8, 2.0, 0.02, 4.0)
    var (falls, rises, timeUp, timeDown) = (
      0.5, 0.5, 0.5 / max(speed * share, 1e-15), 0.5 / max(speed * (1 - share), 1e-15)
    )
    for k in 0..<count {
      let f = forward[k]
      let b = backward[k]
      let d = f * b / max(f * b + (1 - f) * (1 - b), .leastNormalMagnitude)
      let failed = log.firstFailure[first + k] != 0 ? 1.0 : 0
      if !log.isRefused[first + k] {
        downAll += d
        upAll += 1 - d
        downFailed += d * failed
        upFailed += (1 - d) * failed
      }
      guard k + 1 < count else { continue }
      let gap = Double(log.arrival[first + k + 1] - log.arrival[first + k])
      let e = memory(Int64(gap))
      let next = evidence(log, first + k + 1)
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
    up = min(max(upFailed / upAll, 1e-6), 0.5)
    down = min(max(downFailed / downAll, max(2 * up, 0.3)), 1 - 1e-6)
  }
}
