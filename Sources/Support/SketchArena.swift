// Sketches while they are counted: no dictionary per value.

/// Many sketches in one table: their bins in pages of sixteen neighbouring buckets, found by (sketch, page of the sketch).
///
/// Values of one sketch lie close together, so a page is a line of the processor's cache that serves many of them; a bin by
/// itself would cost a line each.
package struct SketchArena: Sendable {
  /// Buckets in a page, as a power of two.
  @usableFromInline static let pageBits = 4

  /// Counts of all pages, sixteen each. No process counts four milliards of values in one arena: groups of rows are bounded.
  @usableFromInline var counts: [UInt32] = []
  /// By page: its sketch and its place in it.
  @usableFromInline var keys: [UInt64] = []
  /// Page numbers by hash, -1 where free.
  @usableFromInline var slots = Array(repeating: Int32(-1), count: 256)
  @usableFromInline var totals: [Total] = []

  @usableFromInline struct Total: Sendable {
    @usableFromInline var zeros = 0
    @usableFromInline var sum: Int64 = 0
    @usableFromInline var minimum: Int64 = .max
    @usableFromInline var maximum: Int64 = .min
    /// The page that was counted in last, by its place in the sketch and by its number.
    @usableFromInline var place: Int32 = -1
    @usableFromInline var page: Int32 = 0

    @inlinable init() {}
  }

  package init() {}

  /// Adds a value to a sketch; sketches are numbered from zero by the caller.
  @inlinable package mutating func add(_ value: Int64, to sketch: Int) {
    if sketch >= totals.count {
      totals.append(contentsOf: repeatElement(Total(), count: sketch + 1 - totals.count))
    }
    // Read once and written once: each look into an array has its checks.
    var total = totals[sketch]
    total.sum = total.sum.addingSaturated(value)
    total.minimum = min(total.minimum, value)
    total.maximum = max(total.maximum, value)
    if value <= 0 {
      total.zeros &+= 1
      totals[sketch] = total
      return
    }
    let bucket = SketchBuckets.index(of: value)
    let place = bucket >> Int32(Self.pageBits)
    if total.place != place {
      total.page = page(UInt64(truncatingIfNeeded: sketch) << 16 | UInt64(truncatingIfNeeded: place))
      total.place = place
    }
    totals[sketch] = total
    counts[Int(total.page) << Self.pageBits | Int(bucket) & 15] &+= 1
  }

  /// The number of a page, new or known.
  @usableFromInline mutating func page(_ key: UInt64) -> Int32 {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    while slots[slot] >= 0 {
      if keys[Int(slots[slot])] == key { return slots[slot] }
      slot = (slot &+ 1) & mask
    }
    let page = Int32(truncatingIfNeeded: keys.count)
    slots[slot] = page
    keys.append(key)
    counts.append(contentsOf: repeatElement(0, count: 1 << Self.pageBits))
    if keys.count * 2 > slots.count { grow() }
    return page
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for (page, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: StableHash.mix(key)) & mask
      while slots[slot] >= 0 { slot = (slot &+ 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: page)
    }
  }

  /// All sketches, by number.
  package func sketches(count: Int) -> [Sketch] {
    var bins = Array(repeating: [Sketch.Bin](), count: count)
    for page in keys.indices.sorted(by: { keys[$0] < keys[$1] }) where Int(keys[page] >> 16) < count {
      let sketch = Int(keys[page] >> 16)
      let first = Int32(truncatingIfNeeded: keys[page] & 0xFFFF) << Int32(Self.pageBits)
      for place in 0..<(1 << Self.pageBits) {
        let times = counts[page << Self.pageBits | place]
        if times > 0 { bins[sketch].append(Sketch.Bin(bucket: first + Int32(place), count: Int(times))) }
      }
    }
    return (0..<count).map { sketch in
      let total = sketch < totals.count ? totals[sketch] : Total()
      return Sketch(
        bins: bins[sketch], zeros: total.zeros, sum: total.sum, minimum: total.minimum, maximum: total.maximum)
    }
  }
}
