internal import Model
internal import Support

/// Numbers as people read them: the one formatter of durations, shares, counts and times, without a locale.
///
/// Measured values have three significant digits, as many as a reader compares; thousands are separated by commas. What is
/// exact (a setting, a count) loses its trailing zeros.
package enum NumberFormat {
  /// Thousands separated by commas.
  package static func count(_ value: Int) -> String { grouped(String(value.magnitude), isNegative: value < 0) }

  private static func grouped(_ digits: String, isNegative: Bool) -> String {
    let digits = Array(digits)
    var out = isNegative ? "-" : ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return out
  }

  /// A number with a fixed count of digits behind the point: for coordinates and metrics.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "unknown" : value < 0 ? "-∞" : "∞" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    guard let scaled = Int64(checked: (value * scale).rounded()), abs(value) < 1e12 else { return value.description }
    let text = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
    let sign = scaled < 0 ? "-" : ""
    return digits == 0 ? sign + padded : sign + padded.dropLast(digits) + "." + padded.suffix(digits)
  }

  /// A number with three significant digits, whole from a hundred on, thousands separated.
  package static func number(_ value: Double) -> String { significant(value, 3) }

  /// The same with so many significant digits; what is whole stays whole.
  static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "unknown" : value < 0 ? "-∞" : "∞" }
    if value == value.rounded() { return whole(value) }
    var behind = digits - 1
    var size = abs(value)
    while size >= 10, behind > 0 {
      size /= 10
      behind -= 1
    }
    while size < 1, size > 0, behind < digits + 5 {
      size *= 10
      behind += 1
    }
    let text = fixed(value, behind)
    // Rounding may have made 9.996 a 10.00: one digit less then.
    let shown = text.utf8.drop { $0 == 0x2D || $0 == 0x30 || $0 == 0x2E }.count { $0 != 0x2E }
    return separated(shown > digits && behind > 0 ? fixed(value, behind - 1) : text)
  }

  /// Puts commas between the thousands of a number that may have a point.
  private static func separated(_ text: String) -> String {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
    guard let first = parts.first, first.allSatisfy(\.isNumber) else { return text }
    return grouped(String(first), isNegative: isNegative) + (parts.count > 1 ? "." + parts[1] : "")
  }

  private static func whole(_ value: Double) -> String {
    Int64(checked: value).map { grouped(String($0.magnitude), isNegative: $0 < 0) } ?? value.description
  }

  /// A share of one as a percentage: three significant digits, and beside a hundred as many as keep it apart from it.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "unknown" }
    let value = share * 100
    let size = abs(value)
    if size < 1e-9 { return "0 %" }
    if size < 0.001 { return (value < 0 ? "-" : "") + "under 0.001 %" }
    if size > 99.5, size < 100 {
      // Two digits of what is missing to a hundred.
      var behind = 1
      var missing = 100 - size
      while missing < 1, behind < 6 {
        missing *= 10
        behind += 1
      }
      return fixed(value, behind) + " %"
    }
    // Shares come from divisions: what is whole but for the last bits is whole.
    let near = (value * 1e6).rounded() / 1e6
    return significant(near, 3) + " %"
  }

  /// Microseconds in the unit that fits, with three significant digits.
  package static func duration(_ microseconds: Int64) -> String {
    let units: [(size: Double, until: UInt64, name: String)] = [
      (1, 1000, "µs"), (1e3, 1_000_000, "ms"), (1e6, 120_000_000, "s"), (60e6, 7_200_000_000, "min"),
      (3600e6, 259_200_000_000, "h"),
    ]
    guard microseconds != 0 else { return "under 1 µs" }
    let value = Double(microseconds)
    for unit in units where microseconds.magnitude < unit.until {
      // 999,960 µs are a second, not 1,000 ms.
      if unit.size < 1e6, (abs(value) / unit.size).rounded() >= 1000 { continue }
      return number(value / unit.size) + " " + unit.name
    }
    return number(value / 86_400e6) + " days"
  }

  /// How long something took, if that was logged: a log of milliseconds says 0 of what took less than one.
  package static func duration(logged microseconds: Int64) -> String {
    microseconds < 0 ? "not logged" : microseconds == 0 ? "logged as 0" : duration(microseconds)
  }

  /// How much later something happened.
  package static func delay(_ microseconds: Int64) -> String {
    microseconds <= 0 ? "at once" : duration(microseconds)
  }

  /// Bytes in the unit that fits.
  package static func bytes(_ count: Int) -> String {
    switch count.magnitude {
    case 0..<1000: "\(count) B"
    case 1000..<1_000_000: number(Double(count) / 1e3) + " kB"
    case 1_000_000..<1_000_000_000: number(Double(count) / 1e6) + " MB"
    default: number(Double(count) / 1e9) + " GB"
    }
  }

  static func estimate(_ estimate: Estimate, _ show: (Double) -> String) -> String {
    let (low, high) = (show(estimate.low), show(estimate.high))
    guard let value = estimate.value else { return low == high ? low : "between \(low) and \(high)" }
    // An interval that is narrower than its digits says nothing more.
    return low == high ? show(value) : show(value) + " (\(low) to \(high))"
  }
}
