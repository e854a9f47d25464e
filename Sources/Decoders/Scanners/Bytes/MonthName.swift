// The months' English short names, as logs write them.

enum MonthName {
  /// The number of the month whose name begins at a place, in either case, 1 to 12; nil where none does.
  static func number(_ b: Span<UInt8>, _ start: Int) -> Int? {
    guard start >= 0, start &+ 3 <= b.count else { return nil }
    switch letters(b, start) {
    case 0x6A616E: return 1
    case 0x666562: return 2
    case 0x6D6172: return 3
    case 0x617072: return 4
    case 0x6D6179: return 5
    case 0x6A756E: return 6
    case 0x6A756C: return 7
    case 0x617567: return 8
    case 0x736570: return 9
    case 0x6F6374: return 10
    case 0x6E6F76: return 11
    case 0x646563: return 12
    default: return nil
    }
  }

  /// Three letters in small form as one number.
  static func letters(_ b: Span<UInt8>, _ start: Int) -> UInt32 {
    UInt32(b[start] | 0x20) << 16 | UInt32(b[start &+ 1] | 0x20) << 8 | UInt32(b[start &+ 2] | 0x20)
  }
}
