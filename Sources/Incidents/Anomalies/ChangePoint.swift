/// The onset of a change by CUSUM (Page, Biometrika 1954): the slot after the last one at which the sum of what
/// exceeded the expectation was zero, before that sum passed its threshold.
enum ChangePoint {
  /// - Parameters:
  ///   - excess: by slot, what was seen beyond what was expected; slack already taken off.
  ///   - threshold: the sum at which the change is certain.
  /// - Returns: the index of the slot in which the change began, nil where the sum never gets there.
  static func onset(_ excess: [Double], threshold: Double) -> Int? {
    var sum = 0.0
    var begin = 0
    for (index, value) in excess.enumerated() {
      if sum <= 0 { begin = index }
      sum = max(0, sum + value)
      if sum >= threshold { return begin }
    }
    return nil
  }
}
