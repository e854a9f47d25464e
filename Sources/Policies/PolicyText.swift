// Numbers and durations as configuration files write them.

/// Values in the syntax of configuration files.
package enum PolicyText {
  /// A duration as policy files write it: `200ms`.
  package static func setting(_ microseconds: Int64) -> String {
    if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
    if microseconds % 1000 == 0 { return "\(microseconds / 1000)ms" }
    return "\(microseconds)us"
  }

  /// A number with at most four significant digits and no trailing zeros.
  package static func number(_ value: Double) -> String {
    guard value.isFinite else { return "unknown" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e9 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : rounded.description
  }
}
