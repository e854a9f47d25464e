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

  /// What is usual and takes no room of its own, as bits of the first byte.
  private enum Usual {
    static let rankIsTime: UInt8 = 1
    static let rankIsNegatedDuration: UInt8 = 2
    static let noDuration: UInt8 = 4
    static let noSubject: UInt8 = 8
    static let noMessage: UInt8 = 16
    static let noFailure: UInt8 = 32
  }

  /// Marks, request, source, time, place, duration, rank, subject, message, failure.
  static var columns: Int { 10 }

  /// Writes it into columns from a number on.
  func encode(to columns: inout ByteColumns, from first: Int, _ tables: inout SampleTables) {
    let number = tables.number(of: .init(id: request, text: requestText, time: time, place: place))
    let base = tables.requests[number]
    var usual: UInt8 = 0
    if rank == time {
      usual |= Usual.rankIsTime
    } else if rank == 0 &- duration {
      usual |= Usual.rankIsNegatedDuration
    }
    if duration == -1 { usual |= Usual.noDuration }
    if subject == 0 { usual |= Usual.noSubject }
    if message == 0 { usual |= Usual.noMessage }
    if failureCode == 0 { usual |= Usual.noFailure }
    columns[first].byte(usual)
    columns[first + 1].unsigned(UInt64(number))
    columns[first + 2].unsigned(UInt64(tables.number(of: .init(input: input, member: member, origin: origin))))
    columns[first + 3].signed(time &- base.time)
    columns[first + 4].signed(place &- base.place)
    if duration != -1 { columns[first + 5].signed(duration) }
    if usual & (Usual.rankIsTime | Usual.rankIsNegatedDuration) == 0 { columns[first + 6].signed(rank) }
    if subject != 0 { columns[first + 7].signed(Int64(subject)) }
    if message != 0 { columns[first + 8].signed(Int64(message)) }
    if failureCode != 0 { columns[first + 9].byte(failureCode) }
  }

  init(
    from columns: inout ByteColumnReaders, at first: Int, _ tables: SampleTables
  ) throws(DecodeFailure) {
    let usual = try columns[first].byte()
    let request = try tables.request(&columns[first + 1])
    let source = try tables.source(&columns[first + 2])
    time = try columns[first + 3].signed() &+ request.time
    place = try columns[first + 4].signed() &+ request.place
    if usual & Usual.noDuration == 0 { duration = try columns[first + 5].signed() }
    if usual & Usual.rankIsTime != 0 {
      rank = time
    } else if usual & Usual.rankIsNegatedDuration != 0 {
      rank = 0 &- duration
    } else {
      rank = try columns[first + 6].signed()
    }
    (self.request, requestText) = (request.id, request.text)
    (input, member, origin) = (source.input, source.member, source.origin)
    func name(_ column: Int) throws(DecodeFailure) -> Int32 {
      Int32(truncatingIfNeeded: try columns[first + column].signed())
    }
    if usual & Usual.noSubject == 0 { subject = try name(7) }
    if usual & Usual.noMessage == 0 { message = try name(8) }
    if usual & Usual.noFailure == 0 { failureCode = try columns[first + 9].byte() }
  }

  init(rank: Int64, time: Int64, input: Int32, member: Int32, place: Int64, origin: UInt32) {
    self.rank = rank
    self.time = time
    self.input = input
    self.member = member
    self.place = place
    self.origin = origin
  }

  /// The same, quoting what the record says.
  func evidence(_ names: NameTable) -> Evidence { evidence(names, quote: Quote.of(self, names)) }

  /// The evidence that reports print.
  func evidence(_ names: NameTable, quote: RecordQuote) -> Evidence {
    let position: SourceLocation.Position = place & 1 == 1 ? .line(Int(place >> 1)) : .offset(Int(place >> 1))
    let location = SourceLocation(input: names[input], member: names[member], position: position)
    let text = requestText != 0 ? names[requestText] : request.isMade(for: location) ? "" : request.hex
    return Evidence(
      location, request: ForeignName(request.isNone ? "" : text), quote: quote, time: time,
      duration: duration < 0 ? nil : duration)
  }
}
