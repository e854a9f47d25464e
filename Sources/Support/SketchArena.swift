// Sketches while they are counted: no dictionary per value.

/// Many sketches in one table: the bins of all of them are counters keyed by (sketch, bucket).
package struct SketchArena: Sendable {
  /// A bin beside its count, which is 0 where the slot is free.
  @usableFromInline struct Bin: Sendable {
    @usableFromInline var key: UInt64 = 0
    @usableFromInline var count = 0

    @inlinable init() {}
  }

  @usableFromInline var bins = Array(repeating: Bin(), count: 256)
  @usableFromInline var used = 0
  @usableFromInline var totals: [Total] = []

  @usableFromInline struct Total: Sendable {
    @usableFromInline var zeros = 0
    @usableFromInline var sum: Int64 = 0
    @usableFromInline var minimum: Int64 = .max
    @usableFromInline var maximum: Int64 = .min

    @inlinable init() {}
  }

  package init() {}

  /// Adds a value to a sketch; sketches are numbered from zero by the caller.
  @inlinable package mutating func add(_ value: Int64, to sketch: Int) {
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
    let bucket = SketchBuckets.index(of: value)
    let key = UInt64(truncatingIfNeeded: sketch) << 16 | UInt64(truncatingIfNeeded: bucket)
    let slot = Self.slot(of: key, in: bins)
    if bins[slot].count == 0 {
      bins[slot].key = key
      used += 1
    }
    bins[slot].count += 1
    if used * 2 > bins.count { grow() }
  }

  @inlinable static func slot(of key: UInt64, in bins: [Bin]) -> Int {
    let mask = bins.count - 1
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while bins[slot].count > 0, bins[slot].key != key { slot = (slot &+ 1) & mask }
    return slot
  }

  @usableFromInline mutating func grow() {
    var larger = Array(repeating: Bin(), count: bins.count * 2)
    for bin in bins where bin.count > 0 { larger[Self.slot(of: bin.key, in: larger)] = bin }
    bins = larger
  }

  /// All sketches, by number.
  package func sketches(count: Int) -> [Sketch] {
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
