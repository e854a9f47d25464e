// One look at each byte: whether a text can hold a secret at all.

/// The cheap test in front of the engine. It may say yes to a text without a secret, never no to one with a secret.
///
/// A secret has a sign between its name and itself (`:`, `=`, `>`, a quote, `@`), or is a word of sixteen or more letters,
/// digits, `-`, `_`, `~`, or thirteen digits in groups, or stands behind a word or an option without any sign
/// (`password is …`, `Bearer …`, `--token …`, `-u …`).
enum SecretFilter {
  /// Lengths of words from which they are looked at: with a digit among them, in capitals, and of letters alone.
  private static let telling = 16
  private static let letters = 28

  static func mayHold(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 4 else { return false }
    var run = 0
    var digits = 0
    var capitals = 0
    // Digits since the last byte that does not stand in a grouped number.
    var grouped = 0
    var previous: UInt8 = 0x20
    for i in 0..<text.count {
      let byte = text[i]
      let lower = byte | 0x20
      if lower &- 0x61 < 26 {
        if Self.begins(previous, lower) { return true }
        run &+= 1
        grouped = 0
        if byte < 0x60 { capitals &+= 1 }
      } else if byte &- 0x30 < 10 {
        run &+= 1
        digits &+= 1
        grouped &+= 1
        if grouped >= 13 { return true }
      } else {
        switch byte {
        case 0x3A, 0x3D, 0x3E, 0x40, 0x22, 0x27, 0x60, 0x7E: return true
        case 0x2D:
          // An option.
          if previous == 0x2D || previous == 0x20 { return true }
          run &+= 1
        case 0x5F: run &+= 1
        default:
          if byte != 0x20 { grouped = 0 }
          run = 0
          digits = 0
          capitals = 0
        }
      }
      if run >= telling, digits > 0 || capitals >= telling || run >= letters { return true }
      previous = byte &- 0x41 < 26 ? lower : byte
    }
    return false
  }

  /// Two letters that the words in front of a bare secret have: pa-ss, p-w-d, se-cr-et, cr-edential, to-ke-n, ke-y, be-arer,
  /// b-asi-c, c-url, a-uth.
  @inline(__always) private static func begins(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case 0x73: second == 0x73 || second == 0x69
    case 0x70: second == 0x77
    case 0x63: second == 0x72 || second == 0x75
    case 0x6B: second == 0x65
    case 0x62: second == 0x65
    case 0x75: second == 0x74
    default: false
    }
  }
}
