// From the shapes of single waits to one law: which jitter they share, and how their envelopes grow.
internal import Support

/// The law behind a series of wait shapes, one per retry.
struct LawFitting {
  let backoff: Backoff?

  /// Waits shorter than this are none: the time of a function call on a busy machine, microseconds.
  private static let atOnce = 1_000.0
  /// How far envelopes may lie from a law, as a share: what an edge of some hundred waits is uncertain by.
  private static let tolerance = 0.12

  init(_ shapes: [WaitShape]) {
    let trusted = shapes.prefix(while: { $0.count >= max(WaitShape.least, shapes[0].count / 20) })
    let rest = trusted.dropFirst()
    if let first = trusted.first, first.low < Self.atOnce, first.high < 2 * Self.atOnce {
      if rest.isEmpty || rest.allSatisfy({ $0.high < 5 * Self.atOnce }) {
        backoff = .immediate
      } else {
        backoff = Self.delayed(Array(rest))
      }
      return
    }
    backoff = Self.fit(Array(trusted))
  }

  /// The first retry at once, the later ones by an exponential law (urllib3's `Retry`).
  private static func delayed(_ shapes: [WaitShape]) -> Backoff? {
    guard let later = fit(shapes), later.jitter == .none else { return nil }
    switch later.law {
    case .exponential(let base, let factor):
      return Backoff(.immediateThenExponential(base: base, factor: factor), maximum: later.maximum)
    case .fixed(let base): return Backoff(.immediateThenExponential(base: base, factor: shapes.count > 1 ? 1 : 2))
    default: return nil
    }
  }

  private static func fit(_ shapes: [WaitShape]) -> Backoff? {
    let weight = shapes.reduce(0) { $0 + $1.count }
    let points = shapes.reduce(0) { $0 + ($1.isPoint ? $1.count : 0) }
    if points * 2 > weight { return law(shapes.map(\.low), .none, shapes) }
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
  private static func decorrelated(_ shapes: [WaitShape]) -> Backoff? {
    guard shapes.count > 1, abs(shapes[0].low / shapes[0].high - 1 / 3.0) < 0.06,
      shapes[1].low < 1.3 * shapes[0].low, shapes[1].high > 1.5 * shapes[0].high
    else { return nil }
    return Backoff(
      .exponential(base: round(shapes[0].low, shapes[0].count), factor: 2), jitter: .decorrelated)
  }

  /// The same width on envelopes that grow.
  private static func additive(_ shapes: [WaitShape]) -> Backoff? {
    guard shapes.count > 1, shapes[1].low > 1.3 * shapes[0].low, shapes[0].low > 2 * atOnce else { return nil }
    let widths = shapes.map { $0.high - $0.low }
    let mean =
      zip(widths, shapes).reduce(0) { $0 + $1.0 * Double($1.1.count) } / Double(shapes.reduce(0) { $0 + $1.count })
    guard widths.allSatisfy({ abs($0 / mean - 1) < 0.25 }),
      let grown = law(shapes.map(\.low), .none, shapes)
    else { return nil }
    return Backoff(
      grown.law, jitter: .additive(round(mean, shapes[0].count)), maximum: grown.maximum)
  }

  /// The growth of the envelopes: fixed, exponential, linear, or exponential up to a cap.
  private static func law(_ envelopes: [Double], _ jitter: Backoff.Jitter, _ shapes: [WaitShape]) -> Backoff? {
    guard let head = envelopes.first, head > 0 else { return nil }
    let base = round(head, shapes[0].count)
    guard envelopes.count > 1 else {
      return Backoff(.exponential(base: base, factor: 2), jitter: jitter)
    }
    func isNear(_ value: Double, _ expected: Double, _ k: Int) -> Bool {
      abs(value / expected - 1) < tolerance + 0.5 / Double(shapes[k].count).squareRoot()
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
    let step = round(max(envelopes[1] - head, 1), shapes[1].count)
    let isLinear = envelopes.indices.allSatisfy {
      abs(envelopes[$0] / max(head + Double($0) * Double(step), 1) - 1) < tolerance / 2
    }
    if envelopes.count > 2, isLinear { return Backoff(.linear(base: base, step: step), jitter: jitter) }
    // Where the law bends into a constant, the constant is the cap.
    for factor in factors {
      let bend = fitting(factor)
      guard bend >= 2, bend < envelopes.count else { continue }
      if envelopes[bend...].allSatisfy({ abs($0 / envelopes[bend] - 1) < tolerance }) {
        return Backoff(
          .exponential(base: base, factor: factor), jitter: jitter, maximum: round(envelopes[bend], shapes[bend].count))
      }
    }
    // Two envelopes alone grow by whatever factor lies between them.
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
