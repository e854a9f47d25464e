// The places of an access line's fields, learned from one line and read straight from the ones that follow.

internal import Model
internal import Support

/// What each token of a line of the Common Log Format's family holds.
///
/// An operator's `log_format` is one for a whole file: what `AccessCommon` found by the forms of one line's tokens stands at the same
/// places in the next. A line is then read token by token, each end found sixteen bytes at a time, each form checked on the way; any
/// surprise (a list of tries, a dash where a number was, a token more or less) gives the line back to `AccessCommon`.
struct AccessLayout {
  private enum Role: UInt8 {
    /// A bare word that says nothing: client, user.
    case word
    case dash
    case digits
    case count
    /// Words of the client: referrer, agent.
    case text
    case emptyBracket
    case bracket
    case time
    case request
    case status
    case latency
    case upstream
    case address
    case tryTime
    case tryStatus
    case requestID
  }

  private let roles: [Role]
  private let hasUnitlessDuration: Bool
  /// The last time stamp, and what it meant: busy servers write many lines in a second.
  private var stamp: [UInt8] = []
  private var stampTime: Int64 = 0

  /// Learns from a line that was read; nil where something of it has no fixed place.
  init?(_ record: AccessRecord, _ b: Span<UInt8>, _ tokens: AccessTokens) {
    guard tokens.count >= 7, tokens[3].kind == .bracket, AccessTime.isCommon(b, tokens[3].start),
      tokens[4].kind == .quoted, AccessShapes.isDash(b, tokens[1].whole), record.server.isEmpty, record.attempts == 0,
      record.traceParent.isEmpty, !record.isConnection, !record.isEscaped, record.timeIsEnd,
      record.latency < 0 || !record.latencyField.isEmpty
    else { return nil }
    var roles: [Role] = [.word, .dash, .word, .time, .request, .status, .count]
    var hasUpstream = false
    var hasAddress = false
    var quoted = 1
    for at in 7..<max(tokens.count, 7) {
      let field = tokens[at].inner
      if tokens[at].kind == .quoted { quoted += 1 }
      let role: Role
      if tokens[at].kind == .bracket {
        role = field.isEmpty ? .emptyBracket : field == record.upstream ? .upstream : .bracket
        guard role != .bracket || hasUpstream else { return nil }
        hasUpstream = hasUpstream || role == .upstream
      } else if !record.addresses.isEmpty, field == record.addresses {
        role = .address
        hasAddress = true
      } else if !record.latencyField.isEmpty, field == record.latencyField {
        role = .latency
      } else if !record.times.isEmpty, field == record.times {
        role = .tryTime
      } else if !record.statuses.isEmpty, field == record.statuses {
        role = .tryStatus
      } else if !record.requestID.isEmpty, field == record.requestID {
        role = .requestID
      } else if tokens[at].kind == .quoted {
        guard quoted <= 3, !hasAddress else { return nil }
        role = .text
      } else if AccessShapes.isDigits(b, field) {
        role = .digits
      } else {
        return nil
      }
      if tokens[at].kind == .quoted, role != .text { return nil }
      roles.append(role)
    }
    self.roles = roles
    hasUnitlessDuration = record.hasUnitlessDuration
  }

  /// Reads a line of the layout; false for any other line, then nothing is known of it.
  mutating func read(_ b: Span<UInt8>, zoneSeconds: Int, into record: inout AccessRecord) -> Bool {
    record = AccessRecord()
    record.hasUnitlessDuration = hasUnitlessDuration
    record.isSingleTry = true
    var i = 0
    for role in roles {
      guard i < b.count, b[i] > 0x20 else { return false }
      guard let field = field(b, &i, role) else { return false }
      switch role {
      case .word, .text, .bracket: break
      case .dash: guard field.count == 1, b[field.lowerBound] == 0x2D else { return false }
      case .count: guard AccessShapes.isDigits(b, field) || AccessShapes.isDash(b, field) else { return false }
      case .digits: guard AccessShapes.isDigits(b, field) else { return false }
      case .emptyBracket: guard field.isEmpty else { return false }
      case .time:
        guard let time = time(b, field, zoneSeconds) else { return false }
        record.time = time
      case .request:
        guard let (method, target) = AccessShapes.request(b, field) else { return false }
        (record.method, record.target) = (method, target)
      case .status:
        record.status = AccessShapes.status(b, field)
        guard record.status > 0 else { return false }
      case .latency:
        record.latency = AccessShapes.seconds(b, field)
        record.latencyField = field
        record.mayBeRatio = AccessDecimals.isTwoPlaces(b, field)
        guard record.latency >= 0 else { return false }
      case .tryTime:
        record.tryTime = AccessShapes.seconds(b, field)
        guard record.tryTime >= 0 else { return false }
        record.times = field
      case .tryStatus:
        record.tryStatus = AccessShapes.status(b, field)
        guard record.tryStatus > 0 else { return false }
        record.statuses = field
      case .upstream:
        guard !field.isEmpty, !AccessShapes.isDash(b, field) else { return false }
        record.upstream = field
      case .address:
        guard AccessShapes.isAddress(b, field) else { return false }
        record.addresses = field
      case .requestID:
        guard AccessShapes.isRequestID(b, field) else { return false }
        record.requestID = field
      }
    }
    // Beside the time of a try it is the request's.
    if !record.times.isEmpty { record.mayBeRatio = false }
    // A layout learned from a line whose two times are one may have taken one for the other: no request takes less than its try.
    return i >= b.count && (record.latency < 0 || record.tryTime &- record.latency <= Self.rounding)
  }

  /// What two clocks that count milliseconds may differ by, microseconds.
  private static let rounding: Int64 = 1000

  /// The text of the token at a place, and behind it the next one's; nil where the token is of another kind, or part of a list.
  @inline(__always) private func field(_ b: Span<UInt8>, _ i: inout Int, _ role: Role) -> Range<Int>? {
    let start = i
    let first = b[start]
    let close: UInt8
    switch role {
    case .text, .request: close = 0x22
    case .time, .bracket, .emptyBracket, .upstream: close = 0x5D
    default:
      guard first != 0x22, first != 0x5B, first != 0x7B else { return nil }
      let end = ByteScan.find(0x20, in: b, from: start)
      // `a, b` and `a : b` are lists.
      if b[end &- 1] == 0x2C || end &- start == 1 && first == 0x3A { return nil }
      i = end &+ 1
      return start..<end
    }
    guard first == (close == 0x22 ? 0x22 : 0x5B) else { return nil }
    let end = ByteScan.find(close, in: b, from: start &+ 1)
    guard end < b.count, b[end &- 1] != 0x5C else { return nil }
    if end &+ 1 < b.count, b[end &+ 1] != 0x20 { return nil }
    i = end &+ 2
    return start &+ 1..<end
  }

  /// Forgets what the last stamp meant, for it may mean another time in another zone.
  mutating func forgetTime() { stamp.removeAll(keepingCapacity: true) }

  private mutating func time(_ b: Span<UInt8>, _ field: Range<Int>, _ zoneSeconds: Int) -> Int64? {
    if field.count == stamp.count {
      var isSame = true
      var at = field.lowerBound
      for k in stamp.indices {
        if stamp[k] != b[at] {
          isSame = false
          break
        }
        at &+= 1
      }
      if isSame { return stampTime }
    }
    guard let time = AccessTime.common(b, field, zoneSeconds: zoneSeconds) else { return nil }
    stamp.removeAll(keepingCapacity: true)
    stamp.append(copying: b.extracting(field))
    stampTime = time
    return time
  }
}
