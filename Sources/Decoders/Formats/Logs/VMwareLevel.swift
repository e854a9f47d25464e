// Levels as VMware's hosts write them.

internal import Model

/// `In(182)`, `Er(02)`: two letters of a level and a number, in ESXi 8 and later the priority of syslog (Broadcom, "ESXi log format"), in
/// the logs of virtual machines the level of their own.
enum VMwareLevel {
  /// What such a word says; `unknown` for any other word.
  static func severity(_ word: Span<UInt8>) -> Severity {
    guard word.count >= 5, word.count <= 7, word[2] == 0x28, word[word.count - 1] == 0x29 else { return .unknown }
    for i in 3..<word.count - 1 where word[i] &- 0x30 > 9 { return .unknown }
    switch UInt16(word[0]) << 8 | UInt16(word[1]) {
    case 0x496E, 0x4E6F: return .info
    case 0x5761: return .warning
    case 0x4572: return .error
    case 0x4462: return .debug
    case 0x5472, 0x5662: return .trace
    case 0x416C, 0x4372, 0x456D: return .fatal
    default: return .unknown
    }
  }
}
