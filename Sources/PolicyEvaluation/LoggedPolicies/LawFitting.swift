// From the shapes of single waits to one law: which jitter they share, and how their envelopes grow.
internal import Support

/// The law behind a series of wait shapes, one per retry.
struct LawFitting {
  /// Waits shorter than this are none: the time of a function call on a busy machine, microseconds.
  private static let atOnce = 1_000.0
  /// How far envelopes may lie from a law, as a share: what an edge of some hundred waits is uncertain by.
  private static let tolerance = 0.12

  /// Calls are given up by time: long waits are missing among the later ones, which looks like a cap.
  let isBoundedByTime: Bool

  /// The law that made the shapes, nil where none fits.
  func backoff(_ shapes: [WaitShape]) -> Backoff? {
    guard !shapes.isEmpty else { return nil }
    let trusted = shapes.prefix(while: { $0.count >= max(WaitShape.least, shapes[0].count / 20) })
    let rest = trusted.dropFirst()
    if let first = trusted.first, first.low < Self.atOnce, first.high < 2 * Self.atOnce {
      if rest.isEmpty || rest.allSatisfy({ $0.high < 5 * Self.atOnce }) { return .immediate }
      return delayed(Array(rest))
    }
    // However slow the client is, what is a fiftieth of the wait after it is none.
    if let first = trusted.first, first.isPoint || first.high < 3 * Self.atOnce, first.high < 5 * Self.atOnce,
      let second = rest.first, second.isPoint, second.low > 20 * first.high
    {
      return delayed(Array(rest))
    }
    return fit(Array(trusted))
  }

  /// The first retry at once, the later ones by an exponential law (urllib3's `Retry`).
  private func delayed(_ shapes: [WaitShape]) -> Backoff? {
    guard let later = fit(shapes), later.jitter == .none else { return nil }
    switch later.law {
    case .exponential(let base, let factor):
      return Backoff(.immediateThenExponential(base: base, factor: factor), maximum: later.maximum)
    case .fixed(let base): return Backoff(.immediateThenExponential(base: base, factor: shapes.count > 1 ? 1 : 2))
    default: return nil
    }
  }

  private func fit(_ shapes: [WaitShape]) -> Backoff? {
    let weight = shapes.reduce(0) { $0 + $1.count }
    let points = shapes.reduce(0) { $0 + ($1.isPoint ? $1.count : 0) }
    if points * 2 > weight {
      // Where waits before some retries are spread and before others are not, no law of points made them.
      guard (weight - points) * 5 < weight else { return nil }
      return law(shapes.map(\.low), .none, shapes)
    }
    let ranges = shapes.filter { !$0.isPoint }
    let ratio = ranges.reduce(0) { $0 + $1.low / $1.high * Double($1.count) } / Double(max(weight - points, 1))
    if ratio < 0.15 { return law(shapes.map(\.high), .full, shapes) }
    if let decorrelated = decorrelated(ranges) { return decorrelated }
    if let additive = additive(ranges) { return additive }
    if abs(ratio - 0.5) < 0.06 { return law(shapes.map(\.high), .equal, shapes) }
    let share = (1 - ratio) / (1 + ratio)
    let rounded = (share * 20).rounded() / 20
    let jitter = abs(rounded - share) < 0.03 ? rounded : (share * 100).rounded() / 100
    return law(
      shapes.map { ($0.low + $0.high) / 2 }, .proportional(below: jitter, above: jitter), shapes)
  }

  /// U(base, 3·previous): every wait may be as short as the base, the first at most three times as long.
  private func decorrelated(_ shapes: [WaitShape]) -> Backoff? {
    guard shapes.count > 1, abs(shapes[0].low / shapes[0].high - 1 / 3.0) < 0.06,
      shapes[1].low < 1.3 * shapes[0].low, shapes[1].high > 1.5 * shapes[0].high
    else { return nil }
    return Backoff(
      .exponential(base: Self.round(shapes[0].low, shapes[0].count), factor: 2), jitter: .decorrelated)
  }

  /// The same width on envelopes that grow.
  private func additive(_ shapes: [WaitShape]) -> Backoff? {
    guard shapes.count > 1, shapes[1].low > 1.3 * shapes[0].low, shapes[0].low > 2 * Self.atOnce else { return nil }
    let widths = shapes.map { $0.high - $0.low }
    let mean =
      zip(widths, shapes).reduce(0) { $0 + $1.0 * Double($1.1.count) } / Double(shapes.reduce(0) { $0 + $1.count })
    // A jitter that is a share of the wait grows as the wait does.
    let ratios = zip(widths, shapes).map { $0 / $1.low }
    let meanRatio = ratios.reduce(0, +) / Double(ratios.count)
    let spread = widths.reduce(0) { $0 + abs($1 / mean - 1) }
    guard widths.allSatisfy({ abs($0 / mean - 1) < 0.25 }),
      spread < ratios.reduce(0, { $0 + abs($1 / meanRatio - 1) }),
      let grown = law(shapes.map(\.low), .none, shapes)
    else { return nil }
    return Backoff(
      grown.law, jitter: .additive(Self.round(mean, shapes[0].count)), maximum: grown.maximum)
  }

  /// The growth of the envelopes: fixed, exponential, linear, one less than a power of two, or exponential up to a cap.
  private func law(_ envelopes: [Double], _ jitter: Backoff.Jitter, _ shapes: [WaitShape]) -> Backoff? {
    guard let head = envelopes.first, head > 0 else { return nil }
    let base = Self.round(head, shapes[0].count)
    guard envelopes.count > 1 else {
      return Backoff(.exponential(base: base, factor: 2), jitter: jitter)
    }
    func isNear(_ value: Double, _ expected: Double, _ k: Int) -> Bool {
      abs(value / expected - 1) < Self.tolerance + 0.5 / Double(shapes[k].count).squareRoot()
    }
    func fitting(_ factor: Double) -> Int {
      envelopes.indices.prefix(while: { isNear(envelopes[$0], Double(base) * Backoff.power(factor, $0), $0) }).count
    }
    let ratio = envelopes[1] / head
    let factors = [1.0, 1.5, 2, 3, 4, 5, 10].sorted { abs($0 - ratio) < abs($1 - ratio) }
      .filter { isNear(ratio, $0, 1) }
    if let factor = factors.first(where: { fitting($0) == envelopes.count }) {
      return Backoff(factor == 1 ? .fixed(base) : .exponential(base: base, factor: factor), jitter: jitter)
    }
    let step = Self.round(max(envelopes[1] - head, 1), shapes[1].count)
    let isLinear = envelopes.indices.allSatisfy {
      abs(envelopes[$0] / max(head + Double($0) * Double(step), 1) - 1) < Self.tolerance / 2
    }
    if envelopes.count > 2, isLinear { return Backoff(.linear(base: base, step: step), jitter: jitter) }
    let isLessOne = envelopes.indices.allSatisfy {
      isNear(envelopes[$0], Double(base) * (Backoff.power(2, $0 + 1) - 1), $0)
    }
    if envelopes.count > 2, isLessOne { return Backoff(.doublingLessOne(base: base), jitter: jitter) }
    return capped(envelopes, base: base, factors.map { ($0, fitting($0)) }, jitter, shapes)
  }

  /// Where a law bends into a constant, the constant is the cap: unless time ended the calls, which cuts waits as well.
  private func capped(
    _ envelopes: [Double], base: Int64, _ factors: [(factor: Double, bend: Int)], _ jitter: Backoff.Jitter,
    _ shapes: [WaitShape]
  ) -> Backoff? {
    for (factor, bend) in factors where bend >= 2 && bend < envelopes.count {
      if isBoundedByTime, envelopes[bend] < Double(base) * Backoff.power(factor, bend) {
        return Backoff(factor == 1 ? .fixed(base) : .exponential(base: base, factor: factor), jitter: jitter)
      }
      if envelopes[bend...].allSatisfy({ abs($0 / envelopes[bend] - 1) < Self.tolerance }) {
        return Backoff(
          .exponential(base: base, factor: factor), jitter: jitter,
          maximum: Self.round(envelopes[bend], shapes[bend].count))
      }
    }
    // Two envelopes alone grow by whatever factor lies between them.
    let ratio = envelopes[1] / envelopes[0]
    if envelopes.count == 2, ratio > 0.5 {
      return Backoff(.exponential(base: base, factor: (ratio * 10).rounded() / 10), jitter: jitter)
    }
    return nil
  }

  /// The round number that an estimate from n waits speaks for: one digit, a half or quarter of one, two digits.
  static func round(_ value: Double, _ n: Int) -> Int64 {
    let tolerance = min(0.15, 0.01 + 1.5 / Double(n).squareRoot())
    var scale = 1.0
    while value / scale >= 10 { scale *= 10 }
    for (unit, share) in [(scale, 1.0), (scale / 2, 0.5), (scale / 4, 0.25), (scale / 10, 0.2)] {
      let rounded = (value / unit).rounded() * unit
      if rounded > 0, abs(rounded / value - 1) < tolerance * share { return Backoff.saturated(rounded) }
    }
    return Backoff.saturated(value)
  }
}
