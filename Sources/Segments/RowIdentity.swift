internal import Model
internal import Support

/// What tells a row from others: when it was, whose request it belongs to, where it stands in the input.
///
/// A segment writes of it only what the row before does not tell already, for rows stand in the order of their places: the spans of a
/// trace are mostly together, and the requests of an access log have ids that their places make. Written out, these fields are
/// forty bytes of the fifty that a row takes, and writing them was an eighth of the time that access lines took.
struct RowIdentity {
  /// Microseconds since the epoch.
  var time: Int64 = 0
  var request = RequestID.none
  var span: UInt64 = 0
  /// 0 in rows that have none.
  var parent: UInt64 = 0
  var source = SourceRef(bits: 0)

  /// What is left out.
  struct Known: OptionSet {
    var rawValue: UInt8
    /// The request is that of the row before.
    static let request = Known(rawValue: 1)
    /// The upper half of the request is.
    static let upperRequest = Known(rawValue: 2)
    /// There is no span.
    static let noSpan = Known(rawValue: 4)
    /// The span is made of the request, as it is where both are made of the row's place.
    static let spanOfRequest = Known(rawValue: 8)
    /// There is no parent.
    static let noParent = Known(rawValue: 16)
    /// The parent is the span before.
    static let childOfLast = Known(rawValue: 32)
    /// The parent is that of the row before.
    static let sibling = Known(rawValue: 64)
    /// The fields behind the identity have their usual values: the meaning is the row's own.
    static let usualRest = Known(rawValue: 128)
  }

  /// The span that is made of a request.
  @inline(__always) private static func span(of request: RequestID) -> UInt64 { request.low | 1 }

  /// Writes the row behind another one. It takes up to 53 bytes.
  ///
  /// - Parameters:
  ///   - out: has room for it.
  ///   - before: the row before, the empty one in front of the first.
  ///   - hasUsualRest: to be found again by who reads the row.
  @inline(__always) func encode(
    to out: inout OutputSpan<UInt8>, after before: RowIdentity, hasUsualRest: Bool = false
  ) {
    var known: Known = hasUsualRest ? .usualRest : []
    if request == before.request {
      known.insert(.request)
    } else if request.high == before.request.high {
      known.insert(.upperRequest)
    }
    if span == 0 {
      known.insert(.noSpan)
    } else if span == Self.span(of: request) {
      known.insert(.spanOfRequest)
    }
    if parent == 0 {
      known.insert(.noParent)
    } else if parent == before.span {
      known.insert(.childOfLast)
    } else if parent == before.parent {
      known.insert(.sibling)
    }
    out.byte(known.rawValue)
    out.signed(time &- before.time)
    out.signed(Int64(bitPattern: source.bits &- before.source.bits))
    if !known.contains(.request) {
      if !known.contains(.upperRequest) { out.fixed64(request.high) }
      out.fixed64(request.low)
    }
    if known.isDisjoint(with: [.noSpan, .spanOfRequest]) { out.fixed64(span) }
    if known.isDisjoint(with: [.noParent, .childOfLast, .sibling]) { out.fixed64(parent) }
  }

  /// Reads the row behind this one into it.
  ///
  /// - Parameters:
  ///   - reader: stands at the row.
  ///   - members: how many members the segment has.
  /// - Returns: whether the rest of the row has its usual values.
  /// - Throws: `DecodeFailure` where the row is cut or its member is none of the segment's.
  mutating func readNext(from reader: inout ByteReader, members: Int) throws(DecodeFailure) -> Bool {
    let known = Known(rawValue: try reader.byte())
    time &+= try reader.signed()
    source.bits &+= UInt64(bitPattern: try reader.signed())
    guard source.member < members else { throw reader.failure("member out of range") }
    if !known.contains(.request) {
      let high = known.contains(.upperRequest) ? request.high : try reader.fixed64()
      request = RequestID(high: high, low: try reader.fixed64())
    }
    let last = span
    if known.contains(.noSpan) {
      span = 0
    } else {
      span = known.contains(.spanOfRequest) ? Self.span(of: request) : try reader.fixed64()
    }
    if known.contains(.noParent) {
      parent = 0
    } else if known.contains(.childOfLast) {
      parent = last
    } else if !known.contains(.sibling) {
      parent = try reader.fixed64()
    }
    return known.contains(.usualRest)
  }
}
