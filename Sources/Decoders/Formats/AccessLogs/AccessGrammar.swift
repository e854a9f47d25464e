// Access lines whose fields stand at fixed places: a table of grammars, each a list of cells.

internal import Model
internal import Support

/// The fields of one format in their order. A line is of a format if every cell up to the end of its fixed part fits.
struct AccessGrammar {
  /// One field: the form that it must have, and what it holds.
  enum Cell {
    case type([StaticString])
    case isoTime(isEnd: Bool)
    case bracketTime
    /// A host with a port, or `-`.
    case address(Role)
    case word(Role)
    case number(Role)
    case status(Role)
    case quoted(Role)
    case request
    /// Numbers between slashes.
    case slashed(Int, Role)
    case optionalBrace
    /// From here on a line may end early: later versions of a format add fields at its end.
    case mayEnd
  }

  /// What a field holds.
  enum Role {
    case none
    case server
    case upstream
    case addresses
    case statuses
    case answer
    /// A part of the latency, in seconds; -1 where the part never came.
    case part
    case milliseconds
    case creation
    case trace
    case reason
    /// HAProxy: the last of its timers is the whole.
    case timers
    /// HAProxy: the last of its counters is the number of retries.
    case counters
  }

  let name: StaticString
  let cells: [Cell]
  /// Whether a line without a request is one of a connection.
  var isConnection = false

  /// Formats by their documents: Elastic Load Balancing (application, classic, network load balancer access log entries),
  /// HAProxy configuration manual 8.2 (HTTP, HTTPS and TCP log formats).
  static let all: [AccessGrammar] = [
    AccessGrammar(
      name: "ALB access log",
      cells: [
        .type(["http", "https", "h2", "grpcs", "ws", "wss"]), .isoTime(isEnd: true), .word(.server), .address(.none),
        .address(.addresses), .number(.part), .number(.part), .number(.part), .status(.answer), .status(.statuses),
        .number(.none), .number(.none), .request, .mayEnd, .quoted(.none), .word(.none), .word(.none), .word(.upstream),
        .quoted(.trace), .quoted(.none), .quoted(.none), .number(.none), .isoTime(isEnd: false), .quoted(.none),
        .quoted(.none), .quoted(.reason), .quoted(.addresses), .quoted(.statuses),
      ]),
    AccessGrammar(
      name: "NLB access log",
      cells: [
        .type(["tls"]), .number(.none), .isoTime(isEnd: true), .word(.server), .word(.none), .address(.none),
        .address(.addresses), .number(.milliseconds), .number(.none), .number(.none), .number(.none),
      ], isConnection: true),
    AccessGrammar(
      name: "ELB access log",
      cells: [
        .isoTime(isEnd: false), .word(.server), .address(.none), .address(.addresses), .number(.part), .number(.part),
        .number(.part), .status(.answer), .status(.statuses), .number(.none), .number(.none), .request,
      ]),
    AccessGrammar(
      name: "HAProxy HTTP log",
      cells: [
        .address(.none), .bracketTime, .word(.server), .word(.upstream), .slashed(5, .timers), .status(.answer),
        .number(.none), .word(.none), .word(.none), .word(.reason), .slashed(5, .counters), .slashed(2, .none),
        .optionalBrace, .optionalBrace, .request,
      ]),
    AccessGrammar(
      name: "HAProxy TCP log",
      cells: [
        .address(.none), .bracketTime, .word(.server), .word(.upstream), .slashed(3, .timers), .number(.none),
        .word(.reason), .slashed(5, .counters), .slashed(2, .none),
      ], isConnection: true),
  ]

  /// Amazon S3 server access log format: the time is the request's arrival, the first of the two times behind the sizes its whole.
  static let objectStore = AccessGrammar(
    name: "S3 access log",
    cells: [
      .word(.none), .word(.server), .bracketTime, .word(.none), .word(.none), .word(.none), .word(.none), .word(.none),
      .request, .status(.answer), .word(.reason), .word(.none), .word(.none), .number(.milliseconds), .mayEnd,
    ])

  /// Reads a line by this grammar from a token on; nil where it is of another format.
  func read(_ b: Span<UInt8>, _ tokens: AccessTokens, from first: Int = 0, zoneSeconds: Int) -> AccessRecord? {
    var reading = Reading(zoneSeconds: zoneSeconds)
    var next = first
    var mayEnd = false
    for cell in cells {
      if case .mayEnd = cell {
        mayEnd = true
        continue
      }
      if case .optionalBrace = cell {
        if next < tokens.count, tokens[next].kind == .brace { next += 1 }
        continue
      }
      guard next < tokens.count else {
        if mayEnd { break }
        return nil
      }
      if !reading.take(cell, b, tokens[next]) {
        if mayEnd { break }
        return nil
      }
      next += 1
    }
    return reading.finish(self, b)
  }

  /// The state of reading one line.
  private struct Reading {
    let zoneSeconds: Int
    var record = AccessRecord()
    var parts: Int64 = 0
    var hasAllParts = true
    var hasParts = false
    var hasRequest = false
    var creation: Int64?
    /// HAProxy's server behind the name of the backend.
    var server = 0..<0

    init(zoneSeconds: Int) { self.zoneSeconds = zoneSeconds }

    mutating func take(_ cell: Cell, _ b: Span<UInt8>, _ token: AccessToken) -> Bool {
      let field = token.inner
      switch cell {
      case .type(let words):
        return words.contains {
          token.end - token.start == $0.utf8CodeUnitCount && JSONScanner.matches(b, token.start, $0)
        }
      case .isoTime(let isEnd):
        guard let time = AccessTime.iso(b, field, zoneSeconds: zoneSeconds) else { return false }
        if record.time != .min {
          creation = time
        } else {
          record.time = time
          record.timeIsEnd = isEnd
        }
      case .bracketTime:
        guard token.kind == .bracket, let time = AccessTime.common(b, field, zoneSeconds: zoneSeconds) else {
          return false
        }
        record.time = time
        record.timeIsEnd = false
      case .address(let role):
        guard AccessShapes.isDash(b, field) || AccessShapes.isAddress(b, field) else { return false }
        set(role, field)
      case .word(let role):
        if role == .upstream { return takeUpstream(b, field) }
        set(role, field)
      case .quoted(let role):
        guard token.kind == .quoted else { return false }
        if !AccessShapes.isDash(b, field), !field.isEmpty { set(role, field) }
      case .number(let role): return takeNumber(role, b, field)
      case .status(let role):
        guard AccessShapes.isStatus(b, field) || JSONScanner.matches(b, field.lowerBound, "-1") else { return false }
        if role == .answer { record.status = AccessShapes.status(b, field) } else { set(role, field) }
      case .request:
        guard token.kind == .quoted else { return false }
        hasRequest = true
        return AccessLines.takeRequest(b, field, into: &record)
      case .slashed(let count, let role): return takeSlashed(count, role, b, field)
      case .optionalBrace, .mayEnd: break
      }
      return true
    }

    private mutating func set(_ role: Role, _ field: Range<Int>) {
      switch role {
      case .server:
        record.server = field
        record.serverIsConfigured = true
      case .addresses: record.addresses = field
      case .statuses: record.statuses = field
      case .trace: record.requestID = field
      case .reason: record.reason = field
      default: break
      }
    }

    /// A target group's name out of its ARN, or HAProxy's `backend/server`.
    private mutating func takeUpstream(_ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
      if AccessShapes.isDash(b, field) { return true }
      var first = field.lowerBound
      if let colon = field.last(where: { b[$0] == 0x3A }), JSONScanner.matches(b, colon &+ 1, "targetgroup/") {
        first = colon &+ 13
      }
      let end = (first..<field.upperBound).first { b[$0] == 0x2F } ?? field.upperBound
      record.upstream = first..<end
      if end < field.upperBound { server = end &+ 1..<field.upperBound }
      return true
    }

    private mutating func takeNumber(_ role: Role, _ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
      if role == .part {
        hasParts = true
        if JSONScanner.matches(b, field.lowerBound, "-1"), field.count == 2 || AccessShapes.isDash(b, field) {
          hasAllParts = false
          return true
        }
        let micros = AccessShapes.seconds(b, field)
        if micros >= 0 {
          parts = parts.addingSaturated(micros)
        } else if AccessShapes.isDigits(b, field), let whole = FieldText.int(b.extracting(field)), whole < 1_000_000_000
        {
          parts = parts.addingSaturated(whole &* 1_000_000)
        } else {
          return false
        }
        return true
      }
      if AccessShapes.isDash(b, field) { return true }
      var digits = field
      if b[field.lowerBound] == 0x2B || b[field.lowerBound] == 0x2D {
        digits = field.lowerBound &+ 1..<field.upperBound
      }
      guard AccessShapes.isDigits(b, digits) || AccessShapes.seconds(b, digits) >= 0 else { return false }
      if role == .milliseconds, let value = FieldText.int(b.extracting(digits)), value < 1_000_000_000_000 {
        record.latency = value &* 1000
      }
      return true
    }

    private mutating func takeSlashed(_ count: Int, _ role: Role, _ b: Span<UInt8>, _ field: Range<Int>) -> Bool {
      var parts = 1
      var lastStart = field.lowerBound
      for i in field {
        switch b[i] {
        case 0x2F:
          parts &+= 1
          lastStart = i &+ 1
        case 0x30...0x39, 0x2B, 0x2D: continue
        default: return false
        }
      }
      guard parts == count, lastStart < field.upperBound else { return false }
      if b[lastStart] == 0x2B { lastStart &+= 1 }
      guard let value = FieldText.int(b.extracting(lastStart..<field.upperBound)) else { return false }
      switch role {
      case .timers: if value >= 0, value < 1_000_000_000_000 { record.latency = value &* 1000 }
      case .counters: if value >= 0 { record.attempts = Int(min(value, 254)) &+ 1 }
      default: break
      }
      return true
    }

    func finish(_ grammar: AccessGrammar, _ b: Span<UInt8>) -> AccessRecord? {
      var record = record
      record.format = grammar.name
      record.isConnection = grammar.isConnection || record.isConnection
      if record.latency < 0 {
        if hasParts, hasAllParts, record.reasonIsNotTimers {
          record.latency = parts
        } else if let creation, record.timeIsEnd {
          record.latency = max(0, record.time.subtractingSaturated(creation))
        }
      }
      if grammar.isConnection, !record.reason.isEmpty {
        // HAProxy's termination state: the server, or the proxy towards it, ended a session that was not over.
        let cause = b[record.reason.lowerBound]
        record.failed = cause == 0x53 || cause == 0x73 || cause == 0x50 || cause == 0x52 || cause == 0x44
      }
      // Classic load balancers write a status of 0 for a target that they never asked, and no name of any.
      if record.upstream.isEmpty, AccessShapes.isDash(b, record.addresses) { record.statuses = 0..<0 }
      record.trimServer(b)
      record.leaveOwnAnswer(b, server: server)
      return record
    }
  }
}

extension AccessRecord {
  /// What HAProxy answered itself (`<STATS>`, `<CACHE>`, `<lua.x>` in the server's place), or refused before it chose a backend
  /// (`<NOSRV>` behind the frontend's own name; configuration manual, 8.2.3), is passed on to nobody.
  mutating func leaveOwnAnswer(_ b: Span<UInt8>, server name: Range<Int>) {
    guard !name.isEmpty, b[name.lowerBound] == 0x3C, !upstream.isEmpty else { return }
    let isOwn =
      upstream.count == server.count
      && upstream.indices.allSatisfy { b[$0] == b[server.lowerBound &+ $0 &- upstream.lowerBound] }
    if isOwn || !JSONScanner.matches(b, name.lowerBound, "<NOSRV>") { upstream = 0..<0 }
  }

  /// Whether the latency is the sum of parts: load balancers of AWS; HAProxy has timers.
  fileprivate var reasonIsNotTimers: Bool { time != .min }

  /// `app/shop/0a1b…` is `shop`, HAProxy's `public~` (TLS) is `public`.
  mutating func trimServer(_ b: Span<UInt8>) {
    guard !server.isEmpty else { return }
    if b[server.upperBound &- 1] == 0x7E { server = server.lowerBound..<server.upperBound &- 1 }
    for kind: StaticString in ["app/", "net/", "gwy/"] where JSONScanner.matches(b, server.lowerBound, kind) {
      let first = server.lowerBound &+ 4
      let end = (first..<max(first, server.upperBound)).first { b[$0] == 0x2F } ?? server.upperBound
      if first < end { server = first..<end }
    }
    if server.isEmpty { serverIsConfigured = false }
  }
}
