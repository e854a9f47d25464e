// The law behind few waits: too few for a shape before each retry, enough to say which of the usual laws made all of them.
internal import Glibc
internal import Model
internal import Support

/// A wait before a retry as the log shows it.
struct SeenWait: Hashable, Sendable {
  /// Microseconds.
  var time: Int64
  /// What the client itself took right before and after it, microseconds, where the callee's spans tell: a client that is
  /// slow to read an answer and to send its next call is late between the two as well. Below 0 where nothing tells.
  var busy: Int32
}

/// Chooses among the laws that client libraries have, by the likelihood of all waits together.
///
/// Each wait is uniform between the ends that the law gives its retry, and late on top (`Lateness`, or as its client was
/// busy around it). Laws are compared by likelihood and by how usual they are in the libraries that the presets come from:
/// doubling waits, exact or with full jitter, are most clients' default, and their bases are round numbers. Lateness has
/// the prior that was measured for its scales: each half as likely as the one before. The largest posterior decides
/// (H. Jeffreys, "Theory of probability", 1939).
struct LawLikelihood {
  /// Waits below which no law is named.
  static let least = 8
  /// Waits that are looked at for each retry.
  private static let most = 40

  let backoff: Backoff?
  /// The bases that make the waits nearly as likely, microseconds; nil where no law is named.
  let bases: PolicyFindings.ClosedInterval?

  /// - Parameters:
  ///   - waits: by retry.
  ///   - ended: by retry, calls that ended in its place although others went on.
  init(_ waits: [[SeenWait]], ended: [Int] = []) {
    var sample: [Wait] = []
    let calm = Self.usualBusyness(waits)
    for (k, all) in waits.enumerated() {
      // Where more calls ended than went on, such as at an open breaker, those that went on waited less than others.
      if k > 0, ended.indices.contains(k), ended[k] > all.count { break }
      let sorted = all.sorted { ($0.time, $0.busy) < ($1.time, $1.busy) }
      let n = min(sorted.count, Self.most)
      sample += (0..<n).map {
        let wait = sorted[($0 * 2 + 1) * sorted.count / (2 * n)]
        return Wait(retry: k + 1, time: Double(wait.time), busy: wait.busy < 0 ? nil : Double(max(wait.busy - calm, 0)))
      }
    }
    guard sample.count >= Self.least, sample.count(where: { $0.retry == 1 }) >= Self.least / 2 else {
      (backoff, bases) = (nil, nil)
      return
    }
    (backoff, bases) = LawSearch(sample).best() ?? (nil, nil)
  }

  /// What clients take around a wait where they have nothing else to do, and how far their clock is off their callees'.
  static func usualBusyness(_ waits: [[SeenWait]]) -> Int32 {
    let told = waits.flatMap { $0 }.map(\.busy).filter { $0 >= 0 }.sorted()
    return told.isEmpty ? 0 : told[told.count / 10]
  }

  struct Wait {
    var retry: Int
    var time: Double
    var busy: Double?
  }
}

/// A kind of law, all but its base.
struct LawForm: Sendable {
  enum Envelope { case exponential, firstAtOnce, linear, doublingLessOne }

  var envelope = Envelope.exponential
  var jitter = Backoff.Jitter.none
  var factor = 2.0
  /// What `additive` jitter adds at most, as a share of the base.
  var added = 0.0
  /// The logarithm of how usual it is among clients.
  var prior = 0.0

  func range(_ k: Int, base: Double) -> (low: Double, high: Double) {
    let e: Double
    switch envelope {
    case .exponential: e = base * Backoff.power(factor, k - 1)
    case .firstAtOnce:
      if k == 1 { return (0, 0) }
      e = base * Backoff.power(factor, k - 2)
    case .linear: e = base * Double(k)
    case .doublingLessOne: e = base * (Backoff.power(2, k) - 1)
    }
    switch jitter {
    case .full: return (0, e)
    case .equal: return (e / 2, e)
    case .proportional(let below, let above): return (e * (1 - below), e * (1 + above))
    case .additive: return (e, e + added * base)
    default: return (e, e)
    }
  }

  /// What a wait says the base is, if it was drawn at the end of its range.
  func base(of wait: LawLikelihood.Wait) -> Double {
    let unit = range(wait.retry, base: 1).high
    return unit > 0 ? wait.time / unit : 0
  }

  func backoff(base: Int64, added: Int64) -> Backoff {
    let law: Backoff.Law =
      switch envelope {
      case .exponential: factor == 1 ? .fixed(base) : .exponential(base: base, factor: factor)
      case .firstAtOnce: .immediateThenExponential(base: base, factor: factor)
      case .linear: .linear(base: base, step: base)
      case .doublingLessOne: .doublingLessOne(base: base)
      }
    if case .additive = jitter { return Backoff(law, jitter: .additive(added)) }
    return Backoff(law, jitter: jitter)
  }

  /// What clients are known to have, those of most clients first.
  static let all: [LawForm] = {
    let jitters: [(Backoff.Jitter, Double)] = [
      (.none, 0), (.full, 0), (.equal, -log(4)), (.proportional(below: 0.2, above: 0.2), -log(4)),
      (.proportional(below: 0.1, above: 0.1), -log(16)), (.proportional(below: 0.5, above: 0.5), -log(8)),
      (.proportional(below: 0.25, above: 0.25), -log(16)),
    ]
    let factors: [(Double, Double)] = [(2, 0), (1, -log(2)), (1.5, -log(8)), (3, -log(8))]
    var forms = jitters.flatMap { jitter, usual in
      factors.map { LawForm(jitter: jitter, factor: $0, prior: usual + $1) }
    }
    forms += factors.map { LawForm(envelope: .firstAtOnce, factor: $0, prior: -log(2) + $1) }
    // As usual as other jitters, all of its widths together.
    let widths = [0.25, 0.5, 1, 1.5, 2, 4, 10]
    for added in widths {
      forms.append(LawForm(jitter: .additive(0), added: added, prior: -log(16 * Double(widths.count))))
    }
    forms.append(LawForm(envelope: .linear, prior: -log(8)))
    forms.append(LawForm(envelope: .doublingLessOne, jitter: .full, prior: -log(8)))
    return forms
  }()
}

/// Looks for the form and the base that make few waits likeliest.
private struct LawSearch {
  private let waits: [LawLikelihood.Wait]
  private let longest: Double
  /// Scales of lateness: those of `Lateness`, and three that go with what the client was busy with around the wait.
  private static let scales = Lateness.scales.count + 3
  /// How much a wait's own lateness goes with that: half of it, all, or twice as much.
  private static let shares = [0.5, 1, 2]
  /// As firm as eight waits of its own: few waits could else be late as it suits any law.
  private static let firmness = 8.0

  init(_ waits: [LawLikelihood.Wait]) {
    self.waits = waits
    longest = max(waits.reduce(0) { max($0, $1.time) }, 1)
  }

  func best() -> (backoff: Backoff?, bases: PolicyFindings.ClosedInterval?)? {
    let later = waits.filter { $0.time > 500 }
    guard let shortest = later.map(\.time).min() else { return (.immediate, nil) }
    let step = max(later.count / 12, 1)
    var best: (value: Double, form: LawForm, base: Double)?
    for form in LawForm.all {
      var bases = stride(from: 0, to: later.count, by: step).map { form.base(of: later[$0]) }
      var base = max(shortest / 4, 250)
      while base <= longest * 1.1 {
        bases.append(base)
        base *= 1.12
      }
      for base in bases where base >= 100 {
        let value = likelihood(form, base: base, rounds: 3) + form.prior
        if value > best?.value ?? -.infinity { best = (value, form, base) }
      }
    }
    guard let best else { return nil }
    let (base, form) = rounded(best.form, around: best.base)
    let added = form.added * Double(base)
    return (form.backoff(base: base, added: LawFitting.round(added, waits.count)), near(form, base: Double(base)))
  }

  /// How much less likely the waits may be at the ends of what is named: twice what a probability of 95 % takes (1.92;
  /// S. Wilks, 1938), for calls that fail together are late together, two by two.
  private static let drop = 3.84

  /// The bases of a form that make the waits nearly as likely as the best of them.
  private func near(_ form: LawForm, base: Double) -> PolicyFindings.ClosedInterval {
    let steps = (-30...30).map { base * Backoff.power(1.05, $0) }
    let values = steps.map { likelihood(form, base: $0, rounds: 6) }
    let most = values.max() ?? 0
    let fitting = zip(steps, values).filter { $0.1 >= most - Self.drop }.map(\.0)
    return PolicyFindings.ClosedInterval(low: min(fitting.first ?? base, base), high: max(fitting.last ?? base, base))
  }

  /// The base near a coarse one, where a round number needs less evidence than another.
  private func rounded(_ form: LawForm, around coarse: Double) -> (base: Int64, form: LawForm) {
    var best = (value: -Double.infinity, base: coarse, form: form)
    func tried(_ base: Double, _ form: LawForm, _ prior: Double) {
      let value = likelihood(form, base: base, rounds: 6) + prior
      if value > best.value { best = (value, base, form) }
    }
    for step in -12...12 { tried(coarse * (1 + 0.01 * Double(step)), form, Self.oddness) }
    var unit = 1.0
    while unit * 10 <= coarse * 0.6 { unit *= 10 }
    for scale in [unit, unit * 10] {
      for (number, prior) in Self.roundness {
        let base = number * scale
        if base > coarse * 0.6, base < coarse * 1.5 { tried(base, form, prior) }
      }
    }
    // A timer and an event loop add a little to every wait: the round number just below is meant.
    for (number, _) in Self.roundness {
      for scale in [unit, unit * 10] where number * scale < best.base && number * scale > 0.97 * best.base {
        best.base = number * scale
      }
    }
    guard case .additive = form.jitter else { return (Backoff.saturated(best.base), best.form) }
    for share in [0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.3, 1.4] {
      var form = form
      form.added *= share
      tried(best.base, form, -log(16))
    }
    return (Backoff.saturated(best.base), best.form)
  }

  /// Leading digits of the first wait in the defaults of 22 clients (those of the presets; stamina, backoff, aiohttp-retry,
  /// Kafka, Spring Retry, Go's cenkalti/backoff and retryablehttp, Azure's and Akka's): eighteen times 1, 2 or 5, once each
  /// 2.5, 3 and 8; a digit that none has is taken for half as likely as one of four that two have.
  private static let roundness: [(Double, Double)] =
    [(1, 0), (2, 0), (5, 0), (2.5, -log(6))] + [3, 4, 6, 8].map { ($0, -log(12)) }
    + [1.2, 1.5, 7, 7.5, 9].map { ($0, -log(24)) }
  /// Of a number that is not round at all: half of what one of the 22 has, over the steps that are tried.
  private static let oddness = -log(300.0)

  /// The likelihood of all waits, the weights of lateness by expectation maximisation under their prior, which counts.
  private func likelihood(_ form: LawForm, base: Double, rounds: Int) -> Double {
    let parts = Self.scales
    let fixed = Lateness.scales.count
    var densities = [Double](repeating: 0, count: waits.count * parts)
    for (i, wait) in waits.enumerated() {
      let (low, high) = form.range(wait.retry, base: base)
      guard wait.time >= low else { continue }
      for s in 0..<fixed { densities[i * parts + s] = WaitShape.density(wait.time, low, high, Lateness.scales[s]) }
      guard let busy = wait.busy else { continue }
      for (s, share) in Self.shares.enumerated() {
        densities[i * parts + fixed + s] = WaitShape.density(wait.time, low, high, max(busy * share, 300))
      }
    }
    let knowsBusyness = waits.contains { $0.busy != nil }
    let prior =
      knowsBusyness
      ? Lateness.usual.weights.map { $0 / 2 } + Self.shares.map { _ in 1 / 6 } : Lateness.usual.weights + [0, 0, 0]
    var weights = prior
    var likelihood = -Double.infinity
    let floor = 0.01 / longest
    for _ in 0..<rounds {
      var sums = prior.map { Self.firmness * $0 }
      var total = 0.0
      for i in waits.indices {
        var all = floor
        for s in 0..<parts { all += 0.99 * weights[s] * densities[i * parts + s] }
        total += log(all)
        for s in 0..<parts { sums[s] += 0.99 * weights[s] * densities[i * parts + s] / all }
      }
      for s in 0..<parts where prior[s] > 0 { total += Self.firmness * prior[s] * log(weights[s] / prior[s]) }
      likelihood = total
      let sum = sums.reduce(0, +)
      weights = sums.map { $0 / sum }
    }
    return likelihood
  }
}
