// The flat tables of the digest's hot path: open addressing over 64-bit keys, no boxes, no text.

internal import Core

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

/// Many sketches in one table: the bins of all of them are counters keyed by (sketch, bucket).
struct SketchArena {
  /// A bin beside its count, which is 0 where the slot is free.
  private struct Bin {
    var key: UInt64
    var count: Int
  }
  private static let free = Bin(key: 0, count: 0)

  private var bins: [Bin] = Array(repeating: free, count: 256)
  private var used = 0
  private var totals: [Total] = []

  struct Total {
    var zeros = 0
    var sum: Int64 = 0
    var minimum: Int64 = .max
    var maximum: Int64 = .min
  }

  init() {}

  /// Adds a value to a sketch; sketches are numbered from zero by the caller.
  mutating func add(_ value: Int64, bucket: Int32, to sketch: Int) {
    if sketch >= totals.count {
      totals.append(contentsOf: repeatElement(Total(), count: sketch + 1 - totals.count))
    }
    totals[sketch].sum = totals[sketch].sum.addingSaturated(value)
    totals[sketch].minimum = min(totals[sketch].minimum, value)
    totals[sketch].maximum = max(totals[sketch].maximum, value)
    if value <= 0 {
      totals[sketch].zeros += 1
      return
    }
    let key = UInt64(truncatingIfNeeded: sketch) << 16 | UInt64(truncatingIfNeeded: bucket)
    let slot = Self.slot(of: key, in: bins)
    if bins[slot].count == 0 {
      bins[slot].key = key
      used += 1
    }
    bins[slot].count += 1
    if used * 2 > bins.count { grow() }
  }

  private static func slot(of key: UInt64, in bins: [Bin]) -> Int {
    let mask = bins.count - 1
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while bins[slot].count > 0, bins[slot].key != key { slot = (slot &+ 1) & mask }
    return slot
  }

  private mutating func grow() {
    var larger = Array(repeating: Self.free, count: bins.count * 2)
    for bin in bins where bin.count > 0 { larger[Self.slot(of: bin.key, in: larger)] = bin }
    bins = larger
  }

  /// All sketches, by number.
  func sketches(count: Int) -> [Sketch] {
    var buckets = Array(repeating: [Int32: Int](), count: count)
    for bin in bins where bin.count > 0 && Int(bin.key >> 16) < count {
      buckets[Int(bin.key >> 16)][Int32(truncatingIfNeeded: bin.key & 0xFFFF)] = bin.count
    }
    return (0..<count).map { sketch in
      let total = sketch < totals.count ? totals[sketch] : Total()
      return Sketch(
        buckets: buckets[sketch], zeros: total.zeros, sum: total.sum, minimum: total.minimum, maximum: total.maximum)
    }
  }
}

/// The bucket of a value for `SketchArena`, zero for values of zero or less.
@inline(__always) func sketchBucket(_ value: Int64) -> Int32 { value > 0 ? SketchBuckets.index(of: value) : 0 }
