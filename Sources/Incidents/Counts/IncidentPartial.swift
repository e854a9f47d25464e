package import Support

/// What the cascade analysis keeps of one partition: integer counts by component, edge and time slot, and a bounded
/// number of records as evidence. It merges in any order.
package struct IncidentPartial: Sendable {
  /// Lengths of the two kinds of time slots, microseconds.
  static let fine: Int64 = 10_000_000
  static let coarse: Int64 = 60_000_000

  /// The form's version.
  static let version: UInt8 = 11

  var names = NameTable()
  /// First and last record, microseconds; empty where `first > last`.
  var first = Int64.max
  var last = Int64.min
  var events = 0

  // By fine slot.
  /// (component): its own requests.
  var activity = CellTable<Activity>()
  /// (culprit, its operation or none, none, what the failed span's log complains of or none), 1 where only a silent callee takes
  /// its place: requests that failed because of it. See `FailureBlame` for the operation.
  var blame = CellTable<Activity>()
  /// (culprit, its operation or none, component, complaint): the component's requests that failed because of the culprit.
  var impact = CellTable<Activity>()
  /// (component): time spent in the component itself per request.
  var pace = CellTable<DurationSum>()
  /// (caller, callee): time between the caller's span and the callee's.
  var ways = CellTable<DurationSum>()
  /// (component, kind, subject): structural events that are no spans, with their values.
  var signals = CellTable<Reading>()

  /// (component, template), by severity; warnings and worse only.
  var logs = CellTable<Exemplified>()
  /// (entry component, operation, no name, a name where it failed), by bucket of the request's duration.
  var entries = CellTable<Tally>()

  /// (entry component, operation, no name, a name where it failed), by weight: sampled requests that stand for others.
  var weights = CellTable<Tally>()

  // By coarse slot.
  /// A few whole requests, by whether they failed (1) or not.
  var samples = CellTable<RequestSamples>()
  /// (component): whole requests that passed it, and how many of them failed at the root. Component 0: all requests.
  var visits = CellTable<Activity>()
  /// (component, operation).
  var operations = CellTable<Tally>()
  /// (component, operation, event, next event): spans in which the one followed the other.
  var pairs = CellTable<Exemplified>()
  /// (component, operation, no name, a name where the span had no children), by bucket of the span's own time.
  var selfTimes = CellTable<Tally>()
  /// (caller, callee, operation), by bucket of the time between the caller's span and the callee's.
  var gaps = CellTable<Tally>()
  /// (component, operation), by bucket of its requests' durations.
  var durations = CellTable<Tally>()
  /// (caller, callee).
  var edges = CellTable<EdgeCount>()
  /// (component, no name, no name, a name where it consumed): messages sent and taken.
  var links = CellTable<LinkSample>()
  /// (component, component): requests in which both failed as roots, beneath no common caller.
  var together = CellTable<Tally>()
  /// (culprit, its operation or none, none, complaint).
  var blameEvidence = CellTable<Sightings>()
  /// (component): failed spans.
  var failureEvidence = CellTable<Sightings>()
  /// (component): slowest requests.
  var slowEvidence = CellTable<Sightings>()
  /// (component): all log records.
  var logVolume = CellTable<Tally>()
  /// (component, metric).
  var metrics = CellTable<MetricReading>()

  /// (component), no component for all: requests known by the ids in their log lines alone, failed where a line is an error; by fine slot.
  var told = CellTable<Activity>()
  /// (component, statement), by bucket of how long its lines say that something took; by coarse slot.
  var toldTimes = CellTable<Tally>()
  /// (component), by fine slot: the same times.
  var toldPace = CellTable<DurationSum>()
  /// (component), by coarse slot: the lines with the longest of them.
  var toldEvidence = CellTable<Sightings>()
  /// (component, component or none, operation of the first): the second was met in a request that failed in the first, for requests of
  /// nothing but roots; by coarse slot.
  var besideFailed = CellTable<Tally>()
  /// (component, component): the first failed and the second did not, and took longer or, where that ran into a time limit, most of its
  /// time; by coarse slot.
  var outlived = CellTable<Tally>()
  /// (component, component), by bucket of how much longer the first took in one request; where lines tell the times (component, component,
  /// statement of the first, a name where less of its time lay behind the second's than before it), by bucket of that time, whichever is
  /// less; by coarse slot.
  var besideGaps = CellTable<Tally>()
  /// (component, component), by fine slot: the same times.
  var besidePace = CellTable<DurationSum>()
  /// (component, component, operation or statement of the first, a name where lines tell that the second worked at another time), by
  /// bucket of how long the first took where it was the longer one or gave up waiting; by coarse slot.
  var besideTimes = CellTable<Tally>()
  /// (component): seconds with lines of it, for requests of nothing but roots; by fine slot of their ends.
  var seconds = CellTable<SecondMask>()

  /// (component, component, operation, operation), by ten minutes: durations in requests of nothing but roots in which neither failed. No
  /// second component: all in which the first did not.
  var beside = CellTable<PairSums>()

  // Over the whole night.
  /// (name that callers call it by, component): answered calls.
  var addresses = CellTable<Tally>()
  /// (component): durations of its requests.
  var latency: [Int32: Sketch] = [:]

  /// Whether what spans would tell was read off log lines; never stored.
  var isTold = false
  /// Whether who calls whom was read off durations; never stored.
  var isSideBySide = false

  package init() {}

  /// The bytes of a partial of nothing.
  package static let none: [UInt8] = {
    var writer = ByteWriter()
    IncidentPartial().encode(to: &writer)
    return writer.bytes
  }()

  /// The slot of a time.
  static func slot(_ time: Int64, _ length: Int64) -> Int32 {
    let quotient = time / length
    return Int32(clamping: time % length < 0 ? quotient - 1 : quotient)
  }

  /// The start of a slot, microseconds.
  static func start(_ slot: Int32, _ length: Int64) -> Int64 { Int64(slot) * length }

  /// The coarse slot that a fine one lies in.
  static func minute(ofFine slot: Int32) -> Int32 { self.slot(start(slot, fine), coarse) }

  /// The bucket of a duration: every fifth border of the sketch, steps of 10 %.
  static func bucket(_ duration: Int64) -> Int32 { duration <= 0 ? 0 : SketchBuckets.index(of: duration) / 5 + 1 }

  /// In place of a bucket where a duration is not known: slow it is not, and says nothing of what is usual.
  static let untimed: Int32 = -1

  /// The middle of a bucket, microseconds.
  static func value(ofBucket bucket: Int32) -> Int64 { bucket <= 0 ? 0 : SketchBuckets.value(of: (bucket - 1) * 5 + 2) }
}

extension IncidentPartial: Mergeable {
  package mutating func merge(_ other: IncidentPartial) {
    let map = other.names.texts.map { names.intern($0) }
    first = min(first, other.first)
    last = max(last, other.last)
    events += other.events
    var merging = TableJoin(other: other, map: map)
    visitTables(&merging)
    for (component, sketch) in other.latency { latency[map.name(component), default: Sketch()].merge(sketch) }
  }
}

extension IncidentPartial {
  /// The same partial with its names in byte order, so that no later order depends on how it was merged.
  consuming func canonical() -> IncidentPartial {
    var partial = self
    let map = partial.names.sort()
    // They come so where the partial was read.
    if map.indices.allSatisfy({ map[$0] == $0 }) { return partial }
    var renaming = TableRenaming(map: map)
    partial.visitTables(&renaming)
    partial.latency = Dictionary(partial.latency.map { (map.name($0.key), $0.value) }) { first, _ in first }
    return partial
  }
}

extension IncidentPartial: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    let map = names.sortedNumbers
    var header = IncidentHeader()
    header.texts = names.sortedTexts
    (header.first, header.last, header.events) = (first, last, events)
    header.encode(to: &writer)
    var encoding = TableEncoding(map: map)
    // Visiting lends each table for change; none is changed, and so none is copied.
    var partial = self
    partial.visitTables(&encoding)
    encoding.shared.encode(to: &writer)
    writer.raw(encoding.cells.bytes.span)
    IncidentHeader.encode(Dictionary(latency.map { (map.name($0.key), $0.value) }) { a, _ in a }, to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) { try merge(from: &reader) }

  /// Merges a partial as it is read, without holding both.
  ///
  /// - Throws: `DecodeFailure` where the bytes are damaged or of another version; some of them are merged then.
  package mutating func merge(from reader: inout ByteReader) throws(DecodeFailure) {
    let header = try IncidentHeader(from: &reader)
    let map = header.texts.map { names.intern($0) }
    first = min(first, header.first)
    last = max(last, header.last)
    events += header.events
    let tables = try SampleTables(from: &reader)
    var decoding = TableDecoding(reader: reader, map: map, shared: tables)
    try visitTables(&decoding)
    reader = decoding.reader
    try IncidentHeader.merge(from: &reader, map, into: &latency)
  }
}
