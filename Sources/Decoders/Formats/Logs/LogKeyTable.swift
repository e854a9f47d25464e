// Which role a key plays in a JSON log record.

internal import Model

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

  private struct Slot {
    var hash: UInt64 = 0
    var role = Role.time
    var rank = 0
  }

  /// Open addressing, at most half full; a hash of 0 marks a free slot.
  private var slots: [Slot]
  /// For each length, a bit for the last five bits of every name's first byte, which its case does not change: most keys
  /// need no hash.
  private var firsts: [UInt32] = []

  init(_ keys: LogKeys) {
    let lists = [keys.time, keys.severity, keys.message, keys.component, keys.trace, keys.span]
    let count = lists.reduce(0) { $0 + $1.count }
    var size = 64
    while size < 4 * count { size *= 2 }
    slots = Array(repeating: Slot(), count: size)
    for (role, names) in [
      (Role.time, keys.time), (.severity, keys.severity), (.message, keys.message), (.component, keys.component),
      (.trace, keys.trace), (.span, keys.span),
    ] {
      for (rank, name) in names.enumerated() {
        let bytes = Array(name.lowercased().utf8)
        var hash = Self.seed
        for byte in bytes { hash = Self.step(hash, byte) }
        var slot = Int(truncatingIfNeeded: hash >> 32) & (size - 1)
        while slots[slot].hash != 0, slots[slot].hash != hash { slot = (slot + 1) & (size - 1) }
        if slots[slot].hash == 0 { slots[slot] = Slot(hash: hash, role: role, rank: rank) }
        if firsts.count <= bytes.count { firsts += Array(repeating: 0, count: bytes.count + 1 - firsts.count) }
        firsts[bytes.count] |= 1 << UInt32((bytes.first ?? 0) & 31)
      }
    }
  }

  private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always) private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  /// The role of a key, and how far down it stands in its list.
  func role(_ b: Span<UInt8>, _ key: JSONStringSlice) -> (role: Role, rank: Int)? {
    guard !key.isEmpty, key.count < firsts.count, firsts[key.count] & 1 << UInt32(b[key.start] & 31) != 0 else {
      return nil
    }
    var hash = Self.seed
    for i in key.start..<key.end {
      let byte = b[i]
      hash = Self.step(hash, byte &- 0x41 < 26 ? byte | 0x20 : byte)
    }
    var slot = Int(truncatingIfNeeded: hash &>> 32) & (slots.count &- 1)
    while slots[slot].hash != 0 {
      if slots[slot].hash == hash { return (slots[slot].role, slots[slot].rank) }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }
}
