// The flat tables of the digest's hot path: open addressing over 64-bit keys, no boxes, no text.

internal import Support

/// Numbers for 64-bit keys in the order of their first appearance.
struct IndexTable {
  /// A key beside its number: a look-up that hits touches one cache line.
  private struct Slot {
    var key: UInt64
    var number: Int32
  }
  private static let free = Slot(key: 0, number: -1)

  private var slots: [Slot] = Array(repeating: free, count: 256)
  private var mask = 255
  private(set) var keys: [UInt64] = []

  init() {}

  var count: Int { keys.count }

  /// The number of a key, a new one where the key is new: then it equals the count before the call.
  mutating func index(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while true {
      let held = slots[slot]
      if held.number < 0 { break }
      if held.key == key { return Int(held.number) }
      slot = (slot &+ 1) & mask
    }
    let index = keys.count
    slots[slot] = Slot(key: key, number: Int32(truncatingIfNeeded: index))
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return index
  }

  private mutating func grow() {
    mask = slots.count * 2 - 1
    slots = Array(repeating: Self.free, count: mask + 1)
    for index in keys.indices {
      var slot = Int(truncatingIfNeeded: StableHash.mix(keys[index])) & mask
      while slots[slot].number >= 0 { slot = (slot &+ 1) & mask }
      slots[slot] = Slot(key: keys[index], number: Int32(truncatingIfNeeded: index))
    }
  }
}
