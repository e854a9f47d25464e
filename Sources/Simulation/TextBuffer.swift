/// Bytes being written: the cheap way to print millions of records.
struct TextBuffer: Sendable {
  var bytes: [UInt8] = []

  mutating func text(_ value: String) { bytes += value.utf8 }
  mutating func texts(_ values: String...) {
    for value in values { bytes += value.utf8 }
  }

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func int(_ value: Int64) {
    if value < 0 {
      bytes += String(value).utf8
      return
    }
    var rest = UInt64(value)
    let first = bytes.count
    repeat {
      bytes.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
      rest /= 10
    } while rest > 0
    bytes[first...].reverse()
  }

  mutating func int(_ value: Int) { int(Int64(value)) }

  /// Sixteen hex digits.
  mutating func hex(_ value: UInt64) {
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift) & 15)
      bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// A number with up to three digits behind the point, from thousandths.
  mutating func thousandths(_ value: Int64) {
    int(value / 1000)
    let rest = value % 1000
    byte(0x2E)
    if rest < 100 { byte(0x30) }
    if rest < 10 { byte(0x30) }
    int(rest)
  }

  /// A JSON text; the generator's own words hold no control characters.
  mutating func quoted(_ value: String) {
    byte(0x22)
    for unit in value.utf8 {
      if unit == 0x22 || unit == 0x5C { byte(0x5C) }
      byte(unit)
    }
    byte(0x22)
  }

  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
