internal import Support

/// A plain count.
struct Tally: CellValue {
  var count = 0

  mutating func merge(_ other: Tally) { count += other.count }
  static var columns: Int { 1 }
  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) { columns[0].int(count) }
  init(_ count: Int = 1) { self.count = count }
  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = try columns[0].tally()
  }
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

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    // Most hold no failure, and with it no ends.
    let hasEnds = first != .max || last != .min
    columns[0].int(hasEnds ? ~requests : requests)
    columns[1].int(failures)
    guard hasEnds else { return }
    columns[2].signed(first)
    columns[3].signed(last &- first)
  }

  static var columns: Int { 4 }

  init(requests: Int = 0, failures: Int = 0, first: Int64 = .max, last: Int64 = .min) {
    self.requests = requests
    self.failures = failures
    self.first = first
    self.last = last
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    let marked = try columns[0].int()
    requests = marked < 0 ? ~marked : marked
    guard requests <= 1 << 40 else { throw columns[0].failure("count out of range") }
    failures = try columns[1].tally()
    guard marked < 0 else { return }
    first = try columns[2].signed()
    last = try columns[3].signed() &+ first
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

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    let counts = [calls, failures, timeouts, unanswered, repeats, fastFailures]
    columns[0].byte(counts.enumerated().reduce(0) { $1.element == 0 ? $0 : $0 | 1 << UInt8($1.offset) })
    for (place, count) in counts.enumerated() where count != 0 { columns[place + 1].int(count) }
  }

  static var columns: Int { 7 }

  init() {}

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    let mask = try columns[0].byte()
    func next(_ bit: Int) throws(DecodeFailure) -> Int {
      mask & 1 << UInt8(bit) == 0 ? 0 : try columns[bit + 1].tally()
    }
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

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].int(count)
    columns[1].signed(sum)
  }

  static var columns: Int { 2 }

  init(count: Int, sum: Int64) {
    self.count = count
    self.sum = sum
  }

  init(_ duration: Int64) {
    count = 1
    sum = duration
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = try columns[0].tally()
    sum = try columns[1].signed()
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

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].int(count)
    columns[1].signed(sum)
    columns[2].signed(most)
    source.encode(to: &columns, from: 3, &tables)
  }

  static var columns: Int { 3 + EvidenceSample.columns }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = try columns[0].tally()
    sum = try columns[1].signed()
    most = try columns[2].signed()
    source = try EvidenceSample(from: &columns, at: 3, tables)
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

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].int(count)
    example.encode(to: &columns, from: 1, &tables)
  }

  static var columns: Int { 1 + EvidenceSample.columns }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = try columns[0].tally()
    example = try EvidenceSample(from: &columns, at: 1, tables)
  }
}

extension CellTable<Exemplified> {
  /// Counts one more where that can be done without its record: where the cell has an example that comes before it.
  ///
  /// - Returns: whether it was counted.
  mutating func count(at cell: CubeKey, rank: Int64) -> Bool {
    let place = cells.map.find(cell)
    guard place >= 0, cells.map.values[place].example.rank < rank else { return false }
    cells.changed { $0.change(place) { $0.count += 1 } }
    return true
  }
}

extension CellTable<Sightings> {
  /// Whether a cell already holds as many records as it keeps, all of a smaller rank.
  func isFull(at cell: CubeKey, below rank: Int64) -> Bool {
    let place = cells.map.find(cell)
    return place >= 0 && cells.map.values[place].isFull(below: rank)
  }
}

/// The few records that stand for a cell, smallest first.
struct Sightings: CellValue {
  /// How many are kept.
  static let bound = 3
  var kept: [EvidenceSample]

  init(_ one: EvidenceSample) { kept = [one] }

  mutating func merge(_ other: Sightings) {
    for sighting in other.kept { insert(sighting) }
  }

  /// Keeps one more, or puts it in the place of the last.
  mutating func insert(_ sighting: EvidenceSample) {
    if kept.count >= Self.bound, let last = kept.last, !(sighting < last) { return }
    kept.insert(sighting, at: kept.firstIndex { sighting < $0 } ?? kept.count)
    if kept.count > Self.bound { kept.removeLast() }
  }

  /// Whether as many are kept as may be, all of a smaller rank.
  func isFull(below rank: Int64) -> Bool { kept.count >= Self.bound && kept[Self.bound - 1].rank < rank }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) {
    for i in kept.indices { kept[i].rename(map) }
  }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].unsigned(UInt64(kept.count))
    for sample in kept { sample.encode(to: &columns, from: 1, &tables) }
  }

  static var columns: Int { 1 + EvidenceSample.columns }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    kept = []
    let count = try columns[0].unsigned()
    guard count <= UInt64(Self.bound) else { throw columns[0].failure("more records than a cell keeps") }
    for _ in 0..<count { kept.append(try EvidenceSample(from: &columns, at: 1, tables)) }
  }
}
