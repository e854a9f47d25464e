/// A mergeable quantile sketch with integer buckets: DDSketch (Masson, Rim and Lee, VLDB 2019) with relative accuracy
/// 1 % and no collapsing, so that merging in any order gives the same sketch.
///
/// Values are non-negative integers, microseconds as a rule. Bucket i holds (γ^(i-1), γ^i] with γ = (1+α)/(1-α); values
/// of zero or less have a count of their own. At most about 2,200 buckets cover every `Int64`.
package struct Sketch: Hashable, Sendable {
  /// The relative error of every quantile.
  package static let accuracy = 0.01

  /// One bucket with how many values it holds.
  package struct Bin: Hashable, Sendable {
    package var bucket: Int32
    package var count: Int

    package init(bucket: Int32, count: Int) {
      self.bucket = bucket
      self.count = count
    }
  }

  /// The buckets that hold values, lowest first: sketches that merge are walked side by side.
  package private(set) var bins: [Bin] = []
  /// Values of zero or less.
  package private(set) var zeros = 0
  package private(set) var count = 0
  /// Exact sum, saturating.
  package private(set) var sum: Int64 = 0
  package private(set) var minimum: Int64 = .max
  package private(set) var maximum: Int64 = .min

  package init() {}

  /// A sketch of counts that were kept elsewhere.
  ///
  /// - Parameters:
  ///   - bins: bucket numbers of `SketchBuckets` with positive counts, each once, lowest first.
  ///   - zeros: values of zero or less.
  ///   - sum: the sum of all values.
  ///   - minimum: the least value.
  ///   - maximum: the largest value.
  package init(bins: [Bin], zeros: Int, sum: Int64, minimum: Int64, maximum: Int64) {
    self.bins = bins
    self.zeros = zeros
    count = bins.reduce(zeros) { $0 + $1.count }
    self.sum = sum
    self.minimum = minimum
    self.maximum = maximum
  }

  package var isEmpty: Bool { count == 0 }

  /// How many values lie above a value, up to the sketch's accuracy.
  package func count(above value: Int64) -> Int {
    guard maximum > value else { return 0 }
    guard value > 0 else { return count - zeros }
    let border = SketchBuckets.index(of: value)
    return bins.reduce(0) { $1.bucket > border ? $0 + $1.count : $0 }
  }

  package mutating func add(_ value: Int64, count times: Int = 1) {
    guard times > 0 else { return }
    count += times
    let (product, overflow) = value.multipliedReportingOverflow(by: Int64(times))
    sum = sum.addingSaturated(overflow ? (value < 0 ? .min : .max) : product)
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    if value <= 0 {
      zeros += times
    } else {
      let bucket = SketchBuckets.index(of: value)
      let place = bins.partitioningIndex { $0.bucket >= bucket }
      if place < bins.count, bins[place].bucket == bucket {
        bins[place].count += times
      } else {
        bins.insert(Bin(bucket: bucket, count: times), at: place)
      }
    }
  }

  /// The value at rank q·(count-1), within 1 %; nil where the sketch is empty.
  package func quantile(_ q: Double) -> Int64? {
    guard count > 0 else { return nil }
    if q <= 0 { return minimum }
    if q >= 1 { return maximum }
    let rank = min(max(q, 0), 1) * Double(count - 1)
    var seen = zeros
    if Double(seen) > rank { return min(max(0, minimum), maximum) }
    for bin in bins {
      seen += bin.count
      if Double(seen) > rank { return min(max(SketchBuckets.value(of: bin.bucket), minimum), maximum) }
    }
    return maximum
  }

  /// Mean in the values' unit, nil where the sketch is empty.
  package var mean: Double? { count == 0 ? nil : Double(sum) / Double(count) }
}

extension Sketch: Mergeable {
  private mutating func merge(_ others: [Bin]) {
    if bins.isEmpty {
      bins = others
      return
    }
    // As a rule both hold the same buckets: then nothing moves.
    if bins.count == others.count, zip(bins, others).allSatisfy({ $0.bucket == $1.bucket }) {
      for i in bins.indices { bins[i].count += others[i].count }
      return
    }
    var merged: [Bin] = []
    merged.reserveCapacity(bins.count + others.count)
    var mine = 0
    for other in others {
      while mine < bins.count, bins[mine].bucket < other.bucket {
        merged.append(bins[mine])
        mine += 1
      }
      if mine < bins.count, bins[mine].bucket == other.bucket {
        merged.append(Bin(bucket: other.bucket, count: bins[mine].count + other.count))
        mine += 1
      } else {
        merged.append(other)
      }
    }
    merged += bins[mine...]
    bins = merged
  }

  package mutating func merge(_ other: Sketch) {
    merge(other.bins)
    zeros += other.zeros
    count += other.count
    sum = sum.addingSaturated(other.sum)
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }
}

extension Sketch: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(zeros)
    writer.signed(sum)
    writer.signed(minimum)
    writer.signed(maximum)
    var previous: Int32 = 0
    writer.array(bins) { writer, bin in
      writer.signed(Int64(bin.bucket - previous))
      writer.unsigned(UInt64(bin.count))
      previous = bin.bucket
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    zeros = try reader.tally()
    sum = try reader.signed()
    minimum = try reader.signed()
    maximum = try reader.signed()
    count = zeros
    var index: Int64 = 0
    var isFirst = true
    let size = try reader.count(minimumBytes: 2)
    bins.reserveCapacity(min(size, 4098))
    for _ in 0..<size {
      let (next, overflow) = index.addingReportingOverflow(try reader.signed())
      // Each bucket once: otherwise their sum could overflow.
      guard !overflow, (-1...4096).contains(next), isFirst || next > index else {
        throw reader.failure("sketch bucket out of range")
      }
      isFirst = false
      index = next
      let times = try reader.unsigned()
      guard times <= UInt64(Int32.max) * 1024 else { throw reader.failure("sketch count out of range") }
      bins.append(Bin(bucket: Int32(index), count: Int(times)))
      count += Int(times)
    }
  }
}

/// The bucket borders of all sketches, as a table of integers so that no platform's logarithm decides a bucket.
package enum SketchBuckets {
  /// The largest integer of each bucket: floor(γ^i) by exact repeated multiplication, strictly increasing.
  static let borders: [Int64] = {
    var borders: [Int64] = []
    var border = 1.0
    let gamma = (1 + Sketch.accuracy) / (1 - Sketch.accuracy)
    while border < 9.2e18 {
      let value = Int64(border)
      if value > borders.last ?? 0 { borders.append(value) }
      border *= gamma
    }
    borders.append(.max)
    return borders
  }()

  /// For each sixty-fourth of each power of two, the first bucket that can hold its values. A bucket is wider than such a
  /// part, so that at most one border lies within one.
  private static let firstByPart: [Int32] = (0..<64 * 63).map { part in
    let (magnitude, step) = (Int64(part >> 6), Int64(part & 63))
    let value = magnitude >= 6 ? (64 + step) << (magnitude - 6) : (64 + step) >> (6 - magnitude)
    return Int32(borders.partitioningIndex { $0 >= value })
  }

  /// The bucket of a positive value.
  package static func index(of value: Int64) -> Int32 {
    let magnitude = 63 - value.leadingZeroBitCount
    let step = Int(magnitude >= 6 ? value >> Int64(magnitude - 6) : value << Int64(6 - magnitude)) & 63
    var bucket = firstByPart[magnitude << 6 | step]
    while borders[Int(bucket)] < value { bucket += 1 }
    return bucket
  }

  /// The value that stands for a bucket: the middle of its borders.
  package static func value(of index: Int32) -> Int64 {
    let i = min(max(Int(index), 0), borders.count - 1)
    let low = i == 0 ? 0 : borders[i - 1]
    return low + 1 + (borders[i] - low - 1) / 2
  }
}

extension Int64 {
  /// Addition that stops at the ends of the range instead of trapping.
  @inlinable package func addingSaturated(_ other: Int64) -> Int64 {
    let (value, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : value
  }

  /// Subtraction that stops at the ends of the range instead of trapping.
  @inlinable package func subtractingSaturated(_ other: Int64) -> Int64 {
    let (value, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : value
  }

  /// A number from a file as an integer: nil for NaN, infinities and what does not fit.
  @inlinable package init?(checked value: Double) {
    guard value >= -9_223_372_036_854_774_784, value <= 9_223_372_036_854_774_784 else { return nil }
    self = Int64(value)
  }
}
