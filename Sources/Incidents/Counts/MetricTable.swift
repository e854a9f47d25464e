internal import Model
internal import Support

/// The readings of one metric of one component in one minute: their sum in millionths of the unit, and where the first
/// of them stands. A night has a cell for every metric and minute, so this is kept small.
struct MetricReading: CellValue {
  var sum: Int64
  /// Microseconds since the epoch.
  var time: Int64
  /// As `EvidenceSample.place`, with its input and member.
  var place: Int64
  var input: Int32
  var member: Int32
  var origin: UInt32
  var count: Int32 = 1

  init(_ value: Int64, _ sighting: EvidenceSample) {
    sum = value
    time = sighting.time
    place = sighting.place
    input = sighting.input
    member = sighting.member
    origin = sighting.origin
  }

  /// The mean, in the metric's own unit.
  var value: Double { Double(sum) / Double(max(count, 1)) / 1e6 }

  mutating func merge(_ other: MetricReading) {
    sum = sum.addingSaturated(other.sum)
    count = Int32(clamping: Int64(count) + Int64(other.count))
    if (other.time, other.place, other.origin) < (time, place, origin) {
      time = other.time
      place = other.place
      input = other.input
      member = other.member
      origin = other.origin
    }
  }

  static var holdsNames: Bool { true }

  mutating func rename(_ map: [Int32]) {
    input = map.name(input)
    member = map.name(member)
  }

  /// The reading as evidence.
  func sighting(metric: Int32) -> EvidenceSample {
    var sighting = EvidenceSample(rank: time, time: time, input: input, member: member, place: place, origin: origin)
    sighting.subject = metric
    return sighting
  }

  static var columns: Int { 6 }

  func encode(to columns: inout ByteColumns, _ tables: inout SampleTables) {
    columns[0].signed(Int64(count))
    columns[1].signed(sum)
    let number = tables.number(of: .init(id: .none, text: 0, time: time, place: place))
    columns[2].unsigned(UInt64(number))
    columns[3].unsigned(UInt64(tables.number(of: .init(input: input, member: member, origin: origin))))
    columns[4].signed(time &- tables.requests[number].time)
    columns[5].signed(place &- tables.requests[number].place)
  }

  init(from columns: inout ByteColumnReaders, _ tables: SampleTables) throws(DecodeFailure) {
    count = Int32(clamping: try columns[0].signed())
    sum = try columns[1].signed()
    let base = try tables.request(&columns[2])
    let source = try tables.source(&columns[3])
    time = try columns[4].signed() &+ base.time
    place = try columns[5].signed() &+ base.place
    (input, member, origin) = (source.input, source.member, source.origin)
  }
}

/// A night's metrics laid out by series: every component's every metric with its readings in time order, all flat.
struct MetricTable {
  struct Series {
    var component: Int32
    var metric: Int32
    /// Where its points lie.
    var points: Range<Int>
  }

  struct Point {
    var slot: Int32
    /// Index of the reading.
    var reading: Int32
  }

  /// By component and metric, in the order of their names.
  private(set) var series: [Series] = []
  private(set) var points: [Point] = []
  private let readings: [MetricReading]

  /// - Complexity: O(readings · log readings per series)
  init(_ table: CellTable<MetricReading>) {
    readings = table.cells.map(\.1)
    var numbers = CubeMap<Tally>()
    var seriesOf: [Int32] = []
    seriesOf.reserveCapacity(readings.count)
    for cell in table.cells.keys {
      let number = numbers.add(Tally(), at: CubeKey(a: cell.a, b: cell.b)) { $0.merge(Tally()) }
      seriesOf.append(Int32(truncatingIfNeeded: number))
    }
    // A counting sort by series, then by time within each.
    var starts: [Int] = [0]
    for tally in numbers.values { starts.append((starts.last ?? 0) + tally.count) }
    var next = starts
    points = Array(repeating: Point(slot: 0, reading: 0), count: readings.count)
    for (index, cell) in table.cells.keys.enumerated() {
      let number = Int(seriesOf[index])
      points[next[number]] = Point(slot: cell.slot, reading: Int32(truncatingIfNeeded: index))
      next[number] += 1
    }
    series = numbers.keys.enumerated().map { number, key in
      Series(component: key.a, metric: key.b, points: starts[number]..<starts[number + 1])
    }
    series.sort { ($0.component, $0.metric) < ($1.component, $1.metric) }
    for one in series { points[one.points].sort { $0.slot < $1.slot } }
  }

  func value(_ point: Point) -> Double { readings[Int(point.reading)].value }

  /// How many readings of the minute the value is the mean of.
  func count(_ point: Point) -> Int { Int(readings[Int(point.reading)].count) }

  func time(_ point: Point) -> Int64 { readings[Int(point.reading)].time }

  func sighting(_ point: Point, of series: Series) -> EvidenceSample {
    readings[Int(point.reading)].sighting(metric: series.metric)
  }
}
