// Requests whose fields stand between bars, semicolons or tabs.

internal import Model
internal import Support

/// Reads lines of fields between one kind of mark, by the forms of the fields: a method and a path (in two fields, or in one with or
/// without the protocol), a status, a time.
///
/// An operator's `log_format` of nginx, Artifactory's and Bitbucket's request logs, Hiawatha, Negroni and Beego write so. The
/// status is the first one behind the request, else the first one in front of it. A number is a duration if it has a unit, or
/// three decimals as nginx' seconds have; no request takes less than its upstream does. Where the document of a format names the
/// column (Artifactory, Bitbucket), its milliseconds are read. A level among the fields makes it a logger's line.
enum AccessFields {
  /// So far a request is looked for.
  private static let head = 1024
  private static let most = 64

  static func looksLike(_ b: Span<UInt8>) -> Bool { mark(b) != nil }

  /// The mark between the fields; nil where no method stands behind one.
  private static func mark(_ b: Span<UInt8>) -> UInt8? {
    guard b.count >= 24, b[0] &- 0x30 <= 9 || b[0] == 0x5B || b[0] == 0x3A else { return nil }
    let head = b.extracting(first: Self.head)
    // The first field is a time or a client: short.
    guard let first = b.extracting(first: 96).indices.first(where: { isMark(head[$0]) }) else { return nil }
    let mark = head[first]
    var i = first
    while i < head.count {
      i = ByteScan.find(mark, in: head, from: i) &+ 1
      var start = i
      while start < head.count, head[start] == 0x20 || head[start] == 0x22 { start &+= 1 }
      guard start < head.count else { return nil }
      var end = start
      while end < head.count, head[end] != mark, head[end] != 0x20 { end &+= 1 }
      guard end < head.count, AccessServers.isMethod(head, start..<end) else { continue }
      while end < head.count, head[end] == 0x20 || head[end] == mark || head[end] == 0x22 { end &+= 1 }
      if isTarget(head, end) { return mark }
    }
    return nil
  }

  private static func isMark(_ byte: UInt8) -> Bool { byte == 0x7C || byte == 0x3B || byte == 0x09 }

  /// A path; a whole URL is what a client asked for.
  private static func isTarget(_ b: Span<UInt8>, _ i: Int) -> Bool { i < b.count && b[i] == 0x2F }

  private static func isOfClient(_ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
    guard field.count >= 5, field.count <= 64, (b[field.lowerBound] | 0x20) &- 0x61 < 26 else { return false }
    return JSONScanner.matches(b, field.lowerBound, "retry") || JSONScanner.matches(b, field.lowerBound, "attempt ")
      || RequestWords(b.extracting(field)).isOfClient
  }

  /// Reads a line that looks like one; nil where it is none after all.
  static func read(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    guard let mark = mark(b), let fields = fields(b, mark) else { return nil }
    var record = AccessRecord()
    guard let request = request(b, fields, into: &record), let status = status(b, fields, request) else { return nil }
    // A logger's line, or what a client says of its call.
    for (place, field) in fields.enumerated() where !request.contains(place) && place != status {
      if isLevel(b, field) || isOfClient(b, field) { return nil }
    }
    record.status = AccessShapes.status(b, fields[status])
    let clock = time(b, fields, zoneSeconds: zoneSeconds)
    record.time = clock?.time ?? .min
    let hasClient = fields.contains {
      AccessShapes.isNumericHost(b, $0) && $0.contains { b[$0] == 0x2E || b[$0] == 0x3A }
    }
    guard clock != nil || hasClient else { return nil }
    let rest = fields.indices.filter { !request.contains($0) && $0 != status && $0 != clock?.field }
    // What stands in front of the request is the server's own: Negroni's host.
    place(b, fields, rest, status: max(status, request.upperBound - 1), into: &record)
    known(b, fields, status: status, mark, into: &record)
    return record
  }

  private static func fields(_ b: Span<UInt8>, _ mark: UInt8) -> [Range<Int>]? {
    var fields: [Range<Int>] = []
    var i = 0
    while i <= b.count {
      guard fields.count < most else { return nil }
      let end = ByteScan.find(mark, in: b, from: i)
      let inner = FieldText.trimmed(b.extracting(i..<end))
      fields.append((i + inner.lowerBound..<i + inner.upperBound).bare(b))
      i = end + 1
    }
    return fields.count >= 5 ? fields : nil
  }

  /// The fields that hold the method, the target and the protocol.
  private static func request(
    _ b: Span<UInt8>, _ fields: [Range<Int>], into record: inout AccessRecord
  ) -> Range<Int>? {
    for (place, field) in fields.enumerated() where field.count >= 3 {
      if AccessServers.isMethod(b, field) {
        guard place + 1 < fields.count, isTarget(b, fields[place + 1].lowerBound) else { continue }
        (record.method, record.target) = (field, fields[place + 1])
      } else {
        let end = AccessServers.isMethod(b, field.lowerBound)
        guard end > 0, end < field.upperBound else { continue }
        var start = end
        while start < field.upperBound, b[start] == 0x20 { start += 1 }
        guard start < field.upperBound, isTarget(b, start) else { continue }
        let stop = (start..<field.upperBound).first { b[$0] == 0x20 } ?? field.upperBound
        (record.method, record.target) = (field.lowerBound..<end, start..<stop)
      }
      let last = record.target.lowerBound >= field.upperBound ? place + 1 : place
      let isFollowed = last + 1 < fields.count && JSONScanner.matches(b, fields[last + 1].lowerBound, "HTTP/")
      return place..<last + (isFollowed ? 2 : 1)
    }
    return nil
  }

  private static func status(_ b: Span<UInt8>, _ fields: [Range<Int>], _ request: Range<Int>) -> Int? {
    func isStatus(_ field: Range<Int>) -> Bool { (100...599).contains(AccessShapes.status(b, field)) }
    let behind = request.upperBound..<min(request.upperBound + 3, fields.count)
    return behind.first { isStatus(fields[$0]) } ?? (0..<request.lowerBound).first { isStatus(fields[$0]) }
  }

  private static func isLevel(_ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
    guard field.count >= 3, field.count <= 12, (b[field.lowerBound] | 0x20) &- 0x61 < 26 else { return false }
    return !FieldText.severity(b.extracting(field)).isUnknown
  }

  private static func time(
    _ b: Span<UInt8>, _ fields: [Range<Int>], zoneSeconds: Int
  ) -> (time: Int64, field: Int)? {
    let times = LogTimeParser(clock: LogClock(zoneSeconds: zoneSeconds, lastDay: nil))
    for (place, field) in fields.enumerated() where field.count >= 14 {
      var start = field.lowerBound
      // `[negroni] 2026-11-25T02:00:05Z`.
      if b[start] == 0x5B, place == 0 {
        let close = ByteScan.find(0x5D, in: b.extracting(first: field.upperBound), from: start)
        if close + 2 < field.upperBound, b[close + 1] == 0x20, b[start + 1] &- 0x30 > 9 { start = close + 2 }
      }
      if let time = AccessTime.common(b, field, zoneSeconds: zoneSeconds) { return (time, place) }
      if field.count == 14, let time = compact(b, field, zoneSeconds: zoneSeconds) { return (time, place) }
      guard let time = times.parse(b, start), time.isPlaced, time.end == field.upperBound || place == 0 else {
        continue
      }
      return (time.time, place)
    }
    return nil
  }

  /// `20261125020005`.
  private static func compact(_ b: Span<UInt8>, _ field: Range<Int>, zoneSeconds: Int) -> Int64? {
    guard AccessShapes.isDigits(b, field) else { return nil }
    var stamp: [UInt8] = []
    for i in field {
      switch i - field.lowerBound {
      case 4, 6: stamp.append(0x2D)
      case 8: stamp.append(0x54)
      case 10, 12: stamp.append(0x3A)
      default: break
      }
      stamp.append(b[i])
    }
    return Timestamp.parse(stamp.span, assumedOffsetSeconds: zoneSeconds)?.microseconds
  }

  /// Gives the other fields their places by their forms.
  private static func place(
    _ b: Span<UInt8>, _ fields: [Range<Int>], _ rest: [Int], status: Int, into record: inout AccessRecord
  ) {
    var decimals: [Range<Int>] = []
    for place in rest {
      let field = fields[place]
      guard !field.isEmpty, !AccessShapes.isDash(b, field) else { continue }
      if AccessShapes.isRequestID(b, field) || field.count == 16 && HexDigits.sixteen(b, field.lowerBound) != nil {
        record.requestID = field
      } else if b[field.lowerBound] &- 0x30 <= 9, b[field.upperBound - 1] > 0x39,
        let micros = SpanWords.duration(b.extracting(field), unit: .inferred)
      {
        if record.latency < 0 { record.latency = micros }
      } else if place > status, AccessShapes.isList(b, field, .addresses) {
        record.addresses = field
      } else if place > status, AccessShapes.isList(b, field, .seconds) {
        decimals.append(field)
      } else if place > status, !record.addresses.isEmpty, AccessShapes.isList(b, field, .statuses) {
        record.statuses = field
      }
    }
    guard record.latency < 0, !decimals.isEmpty else { return }
    AccessDecimals.place(b, decimals, hasAddress: false, into: &record)
  }

  /// The milliseconds of Artifactory (a trace id in the second field; "Request log" of its documentation; before version 7 behind the
  /// time) and of Bitbucket (`o@` before the request's number; "How to read the Bitbucket Server log formats").
  private static func known(
    _ b: Span<UInt8>, _ fields: [Range<Int>], status: Int, _ mark: UInt8, into record: inout AccessRecord
  ) {
    guard mark == 0x7C, record.latency < 0 else { return }
    var column = -1
    if fields[2].count > 2, JSONScanner.matches(b, fields[2].lowerBound, "o@") {
      column = status + 4
    } else if fields[1] == record.requestID {
      column = status + 3
    } else if fields[2].count == 7, JSONScanner.matches(b, fields[2].lowerBound, "REQUEST") {
      column = 1
    }
    guard column >= 0, column < fields.count, AccessShapes.isDigits(b, fields[column]) else { return }
    record.latency = SpanWords.duration(b.extracting(fields[column]), unit: .milliseconds) ?? -1
  }

  /// Whether a line is the beginning of a request that Bitbucket tells again at its end (`i@`).
  static func isBeginning(_ b: Span<UInt8>) -> Bool {
    guard b.count > 32, b[0] &- 0x30 <= 9, ByteScan.find(0x7C, in: b.extracting(first: 64), from: 0) < 64,
      let fields = fields(b, 0x7C), fields.count >= 12, JSONScanner.matches(b, fields[2].lowerBound, "i@")
    else { return false }
    return AccessServers.isMethod(b, fields[5].lowerBound) > 0 && AccessShapes.isDash(b, fields[7])
  }
}
