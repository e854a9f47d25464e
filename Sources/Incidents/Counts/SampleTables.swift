internal import Model
internal import Support

/// What the records of a partial share: requests and files, each written once. A minute's records are of few requests, and a
/// request's lie close together in time and in their file.
struct SampleTables {
  /// A request, with the time and place of the record that was written first.
  struct Request {
    var id: RequestID
    /// A name.
    var text: Int32
    var time: Int64
    var place: Int64
  }

  struct Source: Hashable {
    /// Names.
    var input: Int32
    var member: Int32
    /// See `EvidenceSample.origin`.
    var origin: UInt32
  }

  private struct RequestName: Hashable {
    var id: RequestID
    var text: Int32
    /// Records without a request share one for each stretch of time, so that they too lie close to it.
    var stretch: Int64
  }

  private(set) var requests: [Request] = []
  private(set) var sources: [Source] = []
  private var requestNumbers: [RequestName: Int] = [:]
  private var sourceNumbers: [Source: Int] = [:]

  init() {}

  /// The number of a request, which is kept as it is where it is new.
  mutating func number(of request: Request) -> Int {
    let stretch = request.id.isNone ? request.time >> 30 : 0
    let name = RequestName(id: request.id, text: request.text, stretch: stretch)
    if let number = requestNumbers[name] { return number }
    requestNumbers[name] = requests.count
    requests.append(request)
    return requests.count - 1
  }

  mutating func number(of source: Source) -> Int {
    if let number = sourceNumbers[source] { return number }
    sourceNumbers[source] = sources.count
    sources.append(source)
    return sources.count - 1
  }

  func encode(to writer: inout ByteWriter) {
    writer.unsigned(UInt64(requests.count))
    var columns = ByteColumns(count: 5)
    var last: Int64 = 0
    for request in requests {
      // Many tracers leave the upper half of an id empty.
      columns[0].unsigned(request.id.high)
      columns[1].fixed64(request.id.low)
      columns[2].signed(Int64(request.text))
      columns[3].signed(request.time &- last)
      columns[4].signed(request.place)
      last = request.time
    }
    columns.encode(to: &writer)
    writer.array(sources) { writer, source in
      writer.signed(Int64(source.input))
      writer.signed(Int64(source.member))
      writer.fixed32(source.origin)
    }
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    let count = try reader.count(minimumBytes: 12)
    var columns = try ByteColumnReaders(from: &reader, count: 5)
    var last: Int64 = 0
    for _ in 0..<count {
      let id = RequestID(high: try columns[0].unsigned(), low: try columns[1].fixed64())
      let text = Int32(truncatingIfNeeded: try columns[2].signed())
      last = last &+ (try columns[3].signed())
      requests.append(Request(id: id, text: text, time: last, place: try columns[4].signed()))
    }
    try columns.close()
    func name() throws(DecodeFailure) -> Int32 { Int32(truncatingIfNeeded: try reader.signed()) }
    for _ in 0..<(try reader.count(minimumBytes: 6)) {
      sources.append(Source(input: try name(), member: try name(), origin: try reader.fixed32()))
    }
  }

  func request(_ reader: inout ByteReader) throws(DecodeFailure) -> Request {
    guard let number = Int(exactly: try reader.unsigned()), number < requests.count else {
      throw reader.failure("request out of range")
    }
    return requests[number]
  }

  func source(_ reader: inout ByteReader) throws(DecodeFailure) -> Source {
    guard let number = Int(exactly: try reader.unsigned()), number < sources.count else {
      throw reader.failure("source out of range")
    }
    return sources[number]
  }
}
