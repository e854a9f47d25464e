internal import Model
internal import Support

/// Numbers as people read them: always in the same form, without a locale.
package enum NumberFormat {
  /// Thousands separated by commas.
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var out = value < 0 ? "-" : ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return out
  }

  /// A number with a fixed count of digits behind the point.
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

  /// A share of one as a percentage.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "unknown" }
    let value = share * 100
    return fixed(value, abs(value) >= 10 || value == 0 ? 1 : 2) + " %"
  }

  /// Microseconds in the unit that fits.
  package static func duration(_ microseconds: Int64) -> String {
    let value = Double(microseconds)
    switch microseconds.magnitude {
    case 0..<1000: return "\(microseconds) µs"
    case 1000..<1_000_000: return fixed(value / 1e3, microseconds.magnitude < 100_000 ? 1 : 0) + " ms"
    case 1_000_000..<120_000_000: return fixed(value / 1e6, 1) + " s"
    case 120_000_000..<7_200_000_000: return fixed(value / 60e6, 1) + " min"
    default: return fixed(value / 3600e6, 1) + " h"
    }
  }

  /// Bytes in the unit that fits.
  static func bytes(_ count: Int) -> String {
    switch count.magnitude {
    case 0..<1000: "\(count) B"
    case 1000..<1_000_000: fixed(Double(count) / 1e3, 1) + " kB"
    case 1_000_000..<1_000_000_000: fixed(Double(count) / 1e6, 1) + " MB"
    default: fixed(Double(count) / 1e9, 2) + " GB"
    }
  }

  /// `2026-01-01 00:10:01.500 UTC`.
  static func time(_ microseconds: Int64) -> String {
    let text = Timestamp(microseconds).rfc3339
    return text.prefix(10) + " " + text.dropFirst(11).prefix(12) + " UTC"
  }

  /// The time of the day alone, `00:10:01.500`.
  static func clock(_ microseconds: Int64) -> String {
    String(Timestamp(microseconds).rfc3339.dropFirst(11).prefix(12))
  }

  static func estimate(_ estimate: Estimate, _ show: (Double) -> String) -> String {
    let interval = show(estimate.low) + " to " + show(estimate.high)
    guard let value = estimate.value else { return "between " + interval.replacing(" to ", with: " and ") }
    return estimate.low == estimate.high ? show(value) : show(value) + " (" + interval + ")"
  }
}
