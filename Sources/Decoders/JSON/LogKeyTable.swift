// Which role a key plays in a JSON log record.

internal import Core

/// The settings' log keys, looked up by the key's bytes without regard to case.
struct LogKeyTable {
  enum Role {
    case time
    case severity
    case message
    case component
    case trace
    case span
  }

  private var roles: [UInt64: (role: Role, rank: Int)] = [:]
  private var longest = 0

  init(_ keys: LogKeys) {
    for (role, names) in [
      (Role.time, keys.time), (.severity, keys.severity), (.message, keys.message), (.component, keys.component),
      (.trace, keys.trace), (.span, keys.span),
    ] {
      for (rank, name) in names.enumerated() {
        let bytes = Array(name.lowercased().utf8)
        var hash = Self.seed
        for byte in bytes { hash = Self.step(hash, byte) }
        if roles[hash] == nil { roles[hash] = (role, rank) }
        longest = max(longest, bytes.count)
      }
    }
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always) private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// The role of a key, and how far down it stands in its list.
  func role(_ b: Span<UInt8>, _ key: JSONText) -> (role: Role, rank: Int)? {
    guard key.count <= longest else { return nil }
    var hash = Self.seed
    for i in key.start..<key.end {
      let byte = b[i]
      hash = Self.step(hash, byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    return roles[hash]
  }
}
