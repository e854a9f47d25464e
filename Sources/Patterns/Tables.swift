// The flat tables of the digest's hot path: open addressing over 64-bit keys, no boxes, no text.

internal import Core

/// Numbers for 64-bit keys in the order of their first appearance.
struct IndexTable {
  private var slots: [Int32] = Array(repeating: -1, count: 256)
  private var mask = 255
  private(set) var keys: [UInt64] = []

  init() {}

  var count: Int { keys.count }

  /// The number of a key, a new one where the key is new: then it equals the count before the call.
  mutating func index(of key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while true {
      let held = slots[slot]
      if held < 0 { break }
      if keys[Int(held)] == key { return Int(held) }
      slot = (slot &+ 1) & mask
    }
    let index = keys.count
    slots[slot] = Int32(truncatingIfNeeded: index)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return index
  }

  private mutating func grow() {
    mask = slots.count * 4 - 1
    slots = Array(repeating: -1, count: mask + 1)
    for index in keys.indices {
      var slot = Int(truncatingIfNeeded: StableHash.mix(keys[index])) & mask
      while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: index)
    }
  }
}

/// Many sketches in one table: the bins of all of them are counters keyed by (sketch, bucket).
struct SketchArena {
  private var bins = IndexTable()
  private var counts: [Int] = []
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
    let bin = bins.index(of: UInt64(truncatingIfNeeded: sketch) << 16 | UInt64(truncatingIfNeeded: bucket))
    if bin == counts.count { counts.append(0) }
    counts[bin] += 1
  }

  /// All sketches, by number.
  func sketches(count: Int) -> [Sketch] {
    var buckets = Array(repeating: [Int32: Int](), count: count)
    for (bin, key) in bins.keys.enumerated() where Int(key >> 16) < count {
      buckets[Int(key >> 16)][Int32(truncatingIfNeeded: key & 0xFFFF)] = counts[bin]
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
