// Records that stand in their member newest first.

internal import Model
internal import Support

/// The order in time of the lines that a member's records carry, as far as they were read.
///
/// Log stores hand out the newest record first (Loki's `direction=backward`, the exports of Kibana and Datadog), and then a trace of several
/// records stands in front of the one that it belongs to, its last line first.
struct RecordOrder {
  enum Direction: UInt8 {
    /// No two times that differ yet.
    case unknown
    case falls
    /// At least once a time was later than the one before it: what does not only fall is read as it stands.
    case rises
  }

  private(set) var direction = Direction.unknown
  private var last = Int64.min
  /// Bytes of the lines that wait.
  fileprivate(set) var waiting = 0

  /// Notes a record's time; gives whether no record that may own its lines stands before it: it is the first one, or earlier than the last.
  mutating func note(_ time: Int64) -> Bool {
    guard time != .min else { return false }
    defer { last = time }
    if last == .min { return true }
    if time > last { direction = .rises }
    if time < last, direction == .unknown { direction = .falls }
    return time < last
  }
}

/// A line that waits for the record it belongs to.
struct WaitingLine {
  var text: [UInt8]
  var around: LineEnvelope
  var place: RecordPlace
}

extension JSONRecords {
  /// Lines of one trace that wait; of more the earliest are read as they stand.
  private static let mostWaiting = 1024

  /// Takes a carried line of a member whose times have not risen: what can only be a part of a trace waits for the record that stands
  /// behind it. Lines of the same time as the record before them are that one's, for stores keep the order of those.
  mutating func takeUnordered(
    _ content: Span<UInt8>, isPartial: Bool, _ around: LineEnvelope, at place: RecordPlace,
    into batch: inout RecordBatch
  ) {
    let isAlone = intake.order.note(around.time)
    if intake.order.direction == .rises {
      for stream in intake.streams.indices { release(stream, into: &batch) }
      _ = takeContent(content, around, isPartial: isPartial, at: place, into: &batch)
      return
    }
    let stream = intake.stream(around)
    let count = intake.streams[stream].waiting.count
    if !isPartial, isAlone || count > 0, count < Self.mostWaiting,
      intake.order.waiting + content.count <= context.settings.limits.line, TraceFollower.isPart(content)
    {
      intake.order.waiting += content.count
      intake.streams[stream].waiting.append(
        WaitingLine(text: Array(copying: content), around: around, place: place))
      return
    }
    if intake.order.direction == .unknown { release(stream, into: &batch) }
    _ = takeContent(content, around, isPartial: isPartial, at: place, into: &batch)
    release(stream, into: &batch)
  }

  /// Notes a record that was read apart from its stream, so that the lines of its trace find it.
  mutating func noteRecord(_ log: LogLine, into batch: inout RecordBatch) {
    if intake.order.direction != .rises { _ = intake.order.note(log.time) }
    recognized &+= 1
    var around = LineEnvelope()
    around.component = log.component
    let stream = intake.stream(around)
    if intake.order.direction != .falls { release(stream, into: &batch) }
    intake.streams[stream].follower.sawRecord(log.severity)
    release(stream, into: &batch)
  }

  /// Takes the lines that wait in a stream, in the order in which they were written.
  mutating func release(_ stream: Int, into batch: inout RecordBatch) {
    guard !intake.streams[stream].waiting.isEmpty else { return }
    var lines: [WaitingLine] = []
    swap(&lines, &intake.streams[stream].waiting)
    if intake.order.direction == .falls { lines.reverse() }
    let before = mayHaveColours
    mayHaveColours = true
    for line in lines {
      intake.order.waiting -= line.text.count
      _ = takeContent(line.text.span, line.around, isPartial: false, at: line.place, into: &batch)
    }
    mayHaveColours = before
  }

  /// Where the lines of a Loki stream begin, if their times only fall; nil where they rise anywhere, or do not differ.
  func placesOfFalling(_ b: Span<UInt8>, _ start: JSONScanner) -> [Int]? {
    var reader = start
    var places: [Int] = []
    var (isFirst, hasFallen, last) = (true, false, Int64.max)
    while reader.nextElement(b, &isFirst) {
      guard reader.peek(b) == 0x5B else { return nil }
      places.append(reader.position)
      var pair = reader
      guard reader.skipValue(b), pair.take(0x5B, b), case .text(let stamp)? = pair.scalar(b),
        let (time, _) = FieldText.moment(b.extracting(stamp.start..<stamp.end), times: logs.times), time <= last
      else { return nil }
      hasFallen = hasFallen || time < last && last != .max
      last = time
    }
    return hasFallen ? places : nil
  }
}
