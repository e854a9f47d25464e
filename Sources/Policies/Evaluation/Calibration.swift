// How far predictions of one height are off, by what was met and what was predicted.

/// Attempts whose predicted failure probability falls into one bin.
struct Calibration: Sendable {
  /// Attempts, each with the chance that its request is not persistently bad.
  private(set) var weight = 0.0
  private(set) var predicted = 0.0
  private(set) var failed = 0.0

  mutating func add(_ predicted: Double, failed: Bool, weight: Double) {
    self.weight += weight
    self.predicted += weight * predicted
    if failed { self.failed += weight }
  }

  private var bias: Double { (failed - predicted) / max(weight, .leastNormalMagnitude) }

  /// What to add to a prediction, drawn to 0 as by `trust` attempts that met what was predicted.
  func correction(trust: Double) -> Double { (failed - predicted) / (weight + trust) }

  /// The same with the help of other attempts that may be of another kind: the variance between the two beyond chance
  /// weighs against the others (random effects, R. DerSimonian and N. Laird, "Meta-analysis in clinical trials", 1986).
  func correction(beside other: Calibration, trust: Double) -> Double {
    let share = (other.failed + failed + 0.5) / (other.weight + weight + 1)
    let chance = max(share * (1 - share), 1e-9)
    let (mine, theirs) = (chance / max(weight, 1), chance / max(other.weight, 1))
    let distance = bias - other.bias
    let between = max(distance * distance - mine - theirs, 0)
    let others = chance / (theirs + between)
    return (failed - predicted + others * other.bias) / (weight + others + trust)
  }
}
