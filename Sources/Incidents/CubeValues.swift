internal import Support

/// A plain count.
struct Tally: CellValue {
  var count = 0

  mutating func merge(_ other: Tally) { count += other.count }
  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) { writer.int(count) }
  init(_ count: Int = 1) { self.count = count }
  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) { count = try reader.tally() }
}

/// Requests of a component, or of a component because of a culprit, in one slot, with the exact ends of what failed.
struct Activity: CellValue {
  var requests = 0
  var failures = 0
  /// Ends of the first and of the last failed one, microseconds.
  var first = Int64.max
  var last = Int64.min

  mutating func merge(_ other: Activity) {
    requests += other.requests
    failures += other.failures
    first = min(first, other.first)
    last = max(last, other.last)
  }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    // Most hold no failure, and with it no ends.
    let hasEnds = first != .max || last != .min
    writer.int(hasEnds ? ~requests : requests)
    writer.int(failures)
    guard hasEnds else { return }
    writer.signed(first)
    writer.signed(last &- first)
  }

  init(requests: Int = 0, failures: Int = 0, first: Int64 = .max, last: Int64 = .min) {
    self.requests = requests
    self.failures = failures
    self.first = first
    self.last = last
  }

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    let marked = try reader.int()
    requests = marked < 0 ? ~marked : marked
    guard requests <= 1 << 40 else { throw reader.failure("count out of range") }
    failures = try reader.tally()
    guard marked < 0 else { return }
    first = try reader.signed()
    last = try reader.signed() &+ first
  }
}

/// Calls over one edge in one slot.
struct EdgeCount: CellValue {
  var calls = 0
  var failures = 0
  var timeouts = 0
  /// Calls under which no span of the callee was found.
  var unanswered = 0
  /// Attempts beyond the first.
  var repeats = 0
  /// Failures that came back in under a millisecond: what an open breaker answers.
  var fastFailures = 0

  mutating func merge(_ other: EdgeCount) {
    calls += other.calls
    failures += other.failures
    timeouts += other.timeouts
    unanswered += other.unanswered
    repeats += other.repeats
    fastFailures += other.fastFailures
  }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    let counts = [calls, failures, timeouts, unanswered, repeats, fastFailures]
    writer.byte(counts.enumerated().reduce(0) { $1.element == 0 ? $0 : $0 | 1 << UInt8($1.offset) })
    for count in counts where count != 0 { writer.int(count) }
  }

  init() {}

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    let mask = try reader.byte()
    func next(_ bit: UInt8) throws(DecodeFailure) -> Int { mask & 1 << bit == 0 ? 0 : try reader.tally() }
    calls = try next(0)
    failures = try next(1)
    timeouts = try next(2)
    unanswered = try next(3)
    repeats = try next(4)
    fastFailures = try next(5)
  }
}

/// A count and a sum of durations, microseconds.
struct DurationSum: CellValue {
  var count = 0
  var sum: Int64 = 0

  mutating func merge(_ other: DurationSum) {
    count += other.count
    sum = sum.addingSaturated(other.sum)
  }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    writer.int(count)
    writer.signed(sum)
  }

  init(count: Int, sum: Int64) {
    self.count = count
    self.sum = sum
  }

  init(_ duration: Int64) {
    count = 1
    sum = duration
  }

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    count = try reader.tally()
    sum = try reader.signed()
  }
}

/// Structural events of one kind in one slot, their values in millionths, and the first of them.
struct Reading: CellValue {
  var count = 1
  var sum: Int64
  var most: Int64
  var source: EvidenceSample

  init(_ value: Int64, _ source: EvidenceSample) {
    sum = value
    most = value
    self.source = source
  }

  mutating func merge(_ other: Reading) {
    count += other.count
    sum = sum.addingSaturated(other.sum)
    most = max(most, other.most)
    if other.source < source { source = other.source }
  }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) { source.rename(map) }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    writer.int(count)
    writer.signed(sum)
    writer.signed(most)
    source.encode(to: &writer, &tables)
  }

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    count = try reader.tally()
    sum = try reader.signed()
    most = try reader.signed()
    source = try EvidenceSample(from: &reader, tables)
  }
}

/// A count with one example.
struct Exemplified: CellValue {
  var count = 1
  var example: EvidenceSample

  init(_ example: EvidenceSample) { self.example = example }

  mutating func merge(_ other: Exemplified) {
    count += other.count
    if other.example < example { example = other.example }
  }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) { example.rename(map) }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    writer.int(count)
    example.encode(to: &writer, &tables)
  }

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    count = try reader.tally()
    example = try EvidenceSample(from: &reader, tables)
  }
}

extension CellTable<Exemplified> {
  /// Counts one more where that can be done without its record: where the cell has an example that comes before it.
  ///
  /// - Returns: whether it was counted.
  mutating func count(at cell: CubeKey, rank: Int64) -> Bool {
    let place = cells.find(cell)
    guard place >= 0, cells.values[place].example.rank < rank else { return false }
    cells.change(place) { $0.count += 1 }
    return true
  }
}

extension CellTable<Sightings> {
  /// Whether a cell already holds as many records as it keeps, all of a smaller rank.
  func isFull(at cell: CubeKey, below rank: Int64) -> Bool {
    let place = cells.find(cell)
    guard place >= 0, cells.values[place].kept.count >= Sightings.bound else { return false }
    return cells.values[place].kept[Sightings.bound - 1].rank < rank
  }
}

/// The few records that stand for a cell, smallest first.
struct Sightings: CellValue {
  /// How many are kept.
  static let bound = 3
  var kept: [EvidenceSample]

  init(_ one: EvidenceSample) { kept = [one] }

  mutating func merge(_ other: Sightings) {
    for sighting in other.kept {
      if kept.count >= Self.bound, let last = kept.last, !(sighting < last) { continue }
      kept.insert(sighting, at: kept.firstIndex { sighting < $0 } ?? kept.count)
      if kept.count > Self.bound { kept.removeLast() }
    }
  }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) {
    for i in kept.indices { kept[i].rename(map) }
  }

  func encode(to writer: inout ByteWriter, _ tables: inout SampleTables) {
    writer.unsigned(UInt64(kept.count))
    for sample in kept { sample.encode(to: &writer, &tables) }
  }

  init(from reader: inout ByteReader, _ tables: SampleTables) throws(DecodeFailure) {
    kept = try reader.array { reader throws(DecodeFailure) in try EvidenceSample(from: &reader, tables) }
  }
}
