// Seeded mutations of a seed corpus: input N of a seed is the same bytes on every machine.

internal import Support

struct Mutation {
  let seeds: [[UInt8]]
  let seed: UInt64

  /// Bytes beyond which an input is cut.
  private static let longest = 1 << 16
  /// Bytes that mean something to some parser.
  private static let odd: [UInt8] = [
    0, 1, 0x09, 0x0A, 0x0D, 0x1B, 0x20, 0x22, 0x26, 0x27, 0x2C, 0x2D, 0x2E, 0x30, 0x39, 0x3A, 0x3C, 0x3E, 0x45, 0x5B,
    0x5C, 0x5D, 0x65, 0x7B, 0x7D, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xED, 0xF0, 0xFE, 0xFF,
  ]
  private static let numbers = [
    "0", "-1", "1e308", "1e999", "-0.0", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
    "4294967296",
    "99999999999999999999999999999999", "NaN",
  ]

  /// The input of a number: a seed with one to six mutations.
  func input(_ number: Int) -> [UInt8] {
    var random = SplitMix64(seed: StableHash.combine(seed, UInt64(truncatingIfNeeded: number)))
    guard var bytes = seeds.randomElement(using: &random) else { return [] }
    for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&bytes, &random) }
    return bytes.count > Self.longest ? Array(bytes[..<Self.longest]) : bytes
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard !bytes.isEmpty else { return bytes.append(Self.odd[Int.random(in: 0..<Self.odd.count, using: &random)]) }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, at + (1 << Int.random(in: 0...10, using: &random)))
    switch Int.random(in: 0..<11, using: &random) {
    case 0, 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes[at] = Self.odd[Int.random(in: 0..<Self.odd.count, using: &random)]
    case 3: bytes.insert(Self.odd[Int.random(in: 0..<Self.odd.count, using: &random)], at: at)
    case 4: bytes.removeSubrange(at..<end)
    case 5:
      // Repeated up to sixty-four times, the longest input aside.
      let times = min(1 << Int.random(in: 0...6, using: &random), Self.longest / (end - at))
      bytes.insert(contentsOf: [[UInt8]](repeating: Array(bytes[at..<end]), count: times).joined(), at: at)
    case 6:
      guard let other = seeds.randomElement(using: &random), !other.isEmpty else { return }
      let from = Int.random(in: 0..<other.count, using: &random)
      let piece = other[from..<min(other.count, from + end - at)]
      bytes.replaceSubrange(at..<min(bytes.count, at + Int.random(in: 0...piece.count, using: &random)), with: piece)
    case 7: bytes.removeSubrange(at...)
    case 8:
      // A binary number of one to eight bytes at the edge of its range.
      let width = min(1 << Int.random(in: 0...3, using: &random), bytes.count - at)
      let value: [UInt64] = [0, 1, .max, .max >> 1, 1 << 31, 1 << 40]
      let chosen = value[Int.random(in: 0..<value.count, using: &random)]
      for i in 0..<width { bytes[at + i] = UInt8(truncatingIfNeeded: chosen >> UInt64(8 * i)) }
    case 9:
      // A decimal number instead of the digits here.
      guard let first = bytes[at...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return }
      let behind = bytes[first...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
      let number = Self.numbers[Int.random(in: 0..<Self.numbers.count, using: &random)]
      bytes.replaceSubrange(first..<behind, with: number.utf8)
    default:
      let other = Int.random(in: 0..<bytes.count, using: &random)
      bytes.swapAt(at, other)
    }
  }
}
