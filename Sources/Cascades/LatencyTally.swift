internal import Core

/// Durations by component while they are counted: what becomes a `Sketch` each, without a dictionary per value.
struct LatencyTally: Sendable {
  private struct Row: Sendable {
    var component: Int32
    /// Buckets of the first values, one by one: a component of few spans takes no room for all buckets.
    var few: [Int32] = []
    /// Counts by bucket, as far as buckets were met.
    var counts: [Int] = []
    var zeros = 0
    var sum: Int64 = 0
    var minimum = Int64.max
    var maximum = Int64.min
  }

  /// From so many values on buckets are counted.
  private static let fewValues = 256

  private var rows: [Row] = []
  /// Index into `rows` by name number, -1 where there is none.
  private var places: [Int32] = []

  init() {}

  /// Counts a duration, microseconds.
  mutating func add(_ duration: Int64, of component: Int32) {
    let name = Int(component)
    if name >= places.count { places += Array(repeating: -1, count: name + 1 - places.count) }
    if places[name] < 0 {
      places[name] = Int32(rows.count)
      rows.append(Row(component: component))
    }
    Self.add(duration, to: &rows[Int(places[name])])
  }

  private static func add(_ duration: Int64, to row: inout Row) {
    row.sum = row.sum.addingSaturated(duration)
    row.minimum = min(row.minimum, duration)
    row.maximum = max(row.maximum, duration)
    if duration <= 0 {
      row.zeros += 1
      return
    }
    let bucket = SketchBuckets.index(of: duration)
    if row.counts.isEmpty {
      row.few.append(bucket)
      if row.few.count < fewValues { return }
      for bucket in row.few { count(bucket, in: &row.counts) }
      row.few = []
    } else {
      count(bucket, in: &row.counts)
    }
  }

  private static func count(_ bucket: Int32, in counts: inout [Int]) {
    let index = Int(bucket)
    if index >= counts.count { counts += Array(repeating: 0, count: index + 1 - counts.count) }
    counts[index] += 1
  }

  /// The sketches by name number.
  func sketches() -> [Int32: Sketch] {
    var sketches: [Int32: Sketch] = [:]
    for row in rows {
      var buckets: [Int32: Int] = [:]
      for bucket in row.few { buckets[bucket, default: 0] += 1 }
      for (bucket, count) in row.counts.enumerated() where count > 0 { buckets[Int32(bucket)] = count }
      sketches[row.component] = Sketch(
        buckets: buckets, zeros: row.zeros, sum: row.sum, minimum: row.minimum, maximum: row.maximum)
    }
    return sketches
  }
}
