internal import Model
internal import Support

/// One record as evidence: where it stands, which request it belongs to, and what it says.
struct EvidenceSample: Hashable, Comparable, Sendable {
  /// What sightings are ordered by: a time where the earliest counts, a negated duration where the slowest does.
  var rank: Int64
  /// Microseconds since the epoch.
  var time: Int64
  /// Microseconds, -1 where the record has none.
  var duration: Int64 = -1
  var request = RequestID.none
  /// Names: the request's text where its id is not hex; the input and the member; operation or metric; message.
  var requestText: Int32 = 0
  var input: Int32
  var member: Int32
  var subject: Int32 = 0
  var message: Int32 = 0
  /// Line (odd) or byte offset (even), doubled.
  var place: Int64
  var failureCode: UInt8 = 0
  /// A stable hash of input and member: names are numbered anew by every merge, and records of two files that are equal
  /// in all else must come in the same order whatever was merged first.
  var origin: UInt32

  static func < (a: EvidenceSample, b: EvidenceSample) -> Bool {
    if a.rank != b.rank { return a.rank < b.rank }
    if a.time != b.time { return a.time < b.time }
    if a.request != b.request { return a.request < b.request }
    if a.place != b.place { return a.place < b.place }
    return (a.duration, a.failureCode, a.origin) < (b.duration, b.failureCode, b.origin)
  }

  /// Whether any of what it records lies in a time, microseconds.
  func touches(_ range: ClosedRange<Int64>) -> Bool {
    time <= range.upperBound && time.addingSaturated(max(duration, 0)) >= range.lowerBound
  }

  mutating func rename(_ map: [Int32]) {
    requestText = map.name(requestText)
    input = map.name(input)
    member = map.name(member)
    subject = map.name(subject)
    message = map.name(message)
  }

  func encode(to writer: inout ByteWriter) {
    writer.signed(rank)
    writer.signed(time)
    writer.signed(duration)
    writer.fixed64(request.high)
    writer.fixed64(request.low)
    for name in [requestText, input, member, subject, message] { writer.signed(Int64(name)) }
    writer.signed(place)
    writer.byte(failureCode)
    writer.fixed32(origin)
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    rank = try reader.signed()
    time = try reader.signed()
    duration = try reader.signed()
    request = RequestID(high: try reader.fixed64(), low: try reader.fixed64())
    func name() throws(DecodeFailure) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    requestText = try name()
    input = try name()
    member = try name()
    subject = try name()
    message = try name()
    place = try reader.signed()
    failureCode = try reader.byte()
    origin = try reader.fixed32()
  }

  init(rank: Int64, time: Int64, input: Int32, member: Int32, place: Int64, origin: UInt32) {
    self.rank = rank
    self.time = time
    self.input = input
    self.member = member
    self.place = place
    self.origin = origin
  }

  /// The evidence that reports print.
  func evidence(_ names: NameTable, quote: String) -> Evidence {
    let position: SourceLocation.Position = place & 1 == 1 ? .line(Int(place >> 1)) : .offset(Int(place >> 1))
    let text = request.isNone ? "" : requestText != 0 ? names[requestText] : request.hex
    return Evidence(
      SourceLocation(input: names[input], member: names[member], position: position), request: ForeignName(text),
      quote: ForeignText(quote))
  }
}
