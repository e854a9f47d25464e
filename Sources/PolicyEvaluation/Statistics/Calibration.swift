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

  /// What to add to a prediction, drawn to 0 as by `trust` attempts that met what was predicted.
  func correction(trust: Double) -> Double { (failed - predicted) / (weight + trust) }
}
