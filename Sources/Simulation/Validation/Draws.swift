// Draws of the validation worlds, by the platform's own logarithm.

internal import Glibc
internal import Support

extension SplitMix64 {
  /// Exponential of a rate; infinite where nothing ever comes.
  mutating func exponential(rate: Double) -> Double { rate > 0 ? -log(1 - unit()) / rate : .infinity }

  /// Standard normal (G. Box and M. Muller, 1958).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }
}
