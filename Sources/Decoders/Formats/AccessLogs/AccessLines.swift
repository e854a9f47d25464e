// Access logs as lines: which format a line has, and its request as spans.

internal import Model
internal import Support

/// Reads the access lines of one stream.
///
/// Every line is told by its own form, so that error lines and banners between them do no harm; only the columns of W3C logs
/// are learned from the line that names them. A stream in which no line of the first thousand was one is not looked at again.
struct AccessLines {
  private var tokens = AccessTokens()
  private var columns = AccessW3C()
  private var spans: AccessSpans
  /// Of times that name no zone: the pipeline's, and for one line its host's where that is known.
  private let assumedZone: Int
  private var zoneSeconds: Int
  /// The places of the fields of the lines before, and how many lines since had others.
  private var layout: AccessLayout?
  /// The record at hand: it is large, and so is read where it stands.
  private var record = AccessRecord()
  private var strangers = 0
  private var lessons = 0
  private var misses = 0
  /// Of IIS's dates.
  private var isDayFirst = false
  private var hasToldUnit = false
  private var hits = 0
  var hasHits: Bool { hits > 0 }
  /// Whether the last line taken has a message of its own beside its request.
  var hasMessage: Bool { record.hasMessage }
  /// The format of the last line taken, for the member's books.
  private(set) var format: StaticString = "access log"

  /// So many lines without a single access line, and the stream is of another kind.
  private static let patience = 1000
  /// Microseconds between the time of a layer that names its zone and a time inside of it, beyond which the one inside is asked for its
  /// zone.
  private static let apart: UInt64 = 600_000_000
  /// So many lines in a row of another layout than the learned one, and it is learned anew.
  private static let strangersUntilNew = 8
  /// How often a layout is learned: a file of many layouts is read by the forms of its lines.
  private static let mostLessons = 64

  init(context: MemberContext) {
    assumedZone = context.settings.assumedZoneSeconds
    zoneSeconds = assumedZone
    spans = AccessSpans(input: context.input, member: context.member)
  }

  /// Whether no line of a long beginning was a request: then none is looked for.
  var isGivenUp: Bool { misses > Self.patience && hits == 0 }

  /// Takes a line as a request.
  ///
  /// - Parameters:
  ///   - line: the content, out of all its wrappers.
  ///   - envelope: what the wrappers said.
  ///   - context: of the member, for notes.
  ///   - batch: gets the request's spans, and the books about it.
  /// - Returns: false where the line is no access line: then nothing was done.
  mutating func take(
    _ line: Span<UInt8>, _ envelope: LineEnvelope, _ context: inout MemberContext, into batch: inout RecordBatch
  ) -> Bool {
    if isGivenUp { return false }
    // Emissary marks its Envoy's lines.
    if line.count > 16, line[0] == 0x41, JSONScanner.matches(line, 0, "ACCESS [") {
      return take(line.extracting(7..<line.count), envelope, &context, into: &batch)
    }
    // OpenLiteSpeed's default format stands in quotes as a whole.
    if line.count > 48, line[0] == 0x22, line[1] &- 0x30 <= 9, line[line.count - 1] == 0x22,
      AccessForm(line.extracting(1..<line.count - 1)) == .common
    {
      return take(line.extracting(1..<line.count - 1), envelope, &context, into: &batch)
    }
    if AccessW3C.isDirective(line) {
      columns.direct(line)
      record.hasMessage = false
      return true
    }
    let wasDayFirst = isDayFirst
    let zone = envelope.zoneSeconds.map { Int($0) } ?? assumedZone
    // A layout remembers what the last stamp meant.
    if zone != zoneSeconds {
      zoneSeconds = zone
      layout?.forgetTime()
    }
    // What development servers print for people is indented.
    if line[0] == 0x20, let start = Self.indentation(line),
      AccessMessages.isIndented(line.extracting(start..<line.count))
    {
      return take(line.extracting(start..<line.count), envelope, &context, into: &batch)
    }
    guard read(line) else {
      guard AccessFields.isBeginning(line) else {
        misses &+= 1
        return false
      }
      batch.recordCounts.repair("requestBegins")
      record.hasMessage = false
      return true
    }
    if envelope.hasZone, record.time != .min, Self.mayDiffer(record, from: envelope.time),
      isZoneless(line, record.time)
    {
      record.time = .min
    }
    if isDayFirst, !wasDayFirst, hits > 0 { noteOrder(envelope, &context, into: &batch) }
    hits &+= 1
    format = record.format
    if record.hasUnitlessDuration { noteUnit(envelope, &context, into: &batch) }
    spans.append(record, line, envelope, into: &batch)
    batch.recordCounts.use()
    return true
  }

  /// Where a line's text begins behind its blanks; nil where there are more than eight.
  private static func indentation(_ line: Span<UInt8>) -> Int? {
    var start = 0
    while start < line.count, line[start] == 0x20 { start &+= 1 }
    return start <= 8 && start < line.count ? start : nil
  }

  /// Whether a line has the form of an access line.
  static func looksLike(_ line: Span<UInt8>) -> Bool {
    AccessForm(line) != .none || AccessW3C.isDirective(line)
  }

  /// Whether the message of a log record may be an access line: by a glance that costs little on messages that are none.
  static func mayBeMessage(_ message: Span<UInt8>) -> Bool {
    guard message.count >= 16 else { return false }
    if AccessServers.looksLike(message) { return true }
    return message[0] &- 0x30 <= 9 && AccessForm(message) == .common
  }

  /// Reads a line into `record`; false where it is no access line.
  private mutating func read(_ b: Span<UInt8>) -> Bool {
    if layout != nil {
      if layout?.read(b, zoneSeconds: zoneSeconds, into: &record) == true {
        strangers = 0
        return true
      }
      strangers &+= 1
    }
    guard let other = readByForm(b) else { return false }
    record = other
    return true
  }

  private mutating func readByForm(_ b: Span<UInt8>) -> AccessRecord? {
    if columns.isActive, let record = columns.read(b) { return record }
    let form = AccessForm(b)
    if form == .none { return nil }
    if form == .commas { return AccessIIS.read(b, zoneSeconds: zoneSeconds, isDayFirst: &isDayFirst) }
    if form == .pairs, let record = AccessPairs.read(b, zoneSeconds: zoneSeconds) { return record }
    if form == .scoped { return AccessPairs.readScoped(b, zoneSeconds: zoneSeconds) }
    if form == .fields { return AccessFields.read(b, zoneSeconds: zoneSeconds) }
    guard tokens.cut(b, from: 0) else { return nil }
    switch form {
    case .none, .pairs, .commas, .scoped, .fields: return nil
    case .server: return AccessServers.read(b, tokens, zoneSeconds: zoneSeconds)
    case .timed: return AccessCommon.read(b, tokens, clock: 0, zoneSeconds: zoneSeconds)
    case .envoy: return AccessEnvoy.read(b, tokens, zoneSeconds: zoneSeconds)
    case .fixed:
      for grammar in AccessGrammar.all {
        if let record = grammar.read(b, tokens, zoneSeconds: zoneSeconds) { return record }
      }
      return nil
    case .common:
      if let record = AccessServers.authorized(b, tokens, zoneSeconds: zoneSeconds) { return record }
      // A logger may have put its own time in front of the request's.
      let hasCommon = (0..<min(tokens.count, 10)).contains { AccessTime.isCommon(b, tokens[$0].start) }
      for clock in 0..<min(tokens.count, 10)
      where AccessTime.isCommon(b, tokens[clock].start)
        || !hasCommon && tokens[clock].kind == .bracket
          && (AccessTime.iso(b, tokens[clock].inner, zoneSeconds: zoneSeconds)
            ?? AccessTime.written(
              b, tokens[clock].inner, zoneSeconds: zoneSeconds)) != nil
      {
        // The canonical id of a bucket's owner.
        if clock == 2, tokens[0].end - tokens[0].start == 64,
          let record = AccessGrammar.objectStore.read(b, tokens, zoneSeconds: zoneSeconds)
        {
          return record
        }
        // A client's address with its port right before the time is HAProxy's, perhaps behind a header of syslog.
        if clock > 0, AccessShapes.isAddress(b, tokens[clock - 1].whole) {
          for grammar in AccessGrammar.all {
            if let record = grammar.read(b, tokens, from: clock - 1, zoneSeconds: zoneSeconds) { return record }
          }
        }
        guard let record = AccessCommon.read(b, tokens, clock: clock, zoneSeconds: zoneSeconds) else { return nil }
        if clock == 3, layout == nil || strangers > Self.strangersUntilNew, lessons < Self.mostLessons {
          layout = AccessLayout(record, b, tokens)
          lessons &+= 1
          strangers = 0
        }
        return record
      }
      return nil
    }
  }

  /// Whether a line's time names no zone, so that it is another one where the zone is assumed to be another one.
  private mutating func isZoneless(_ line: Span<UInt8>, _ time: Int64) -> Bool {
    let before = (layout, strangers, lessons)
    layout = nil
    zoneSeconds += 3600
    let other = readByForm(line)?.time
    zoneSeconds -= 3600
    (layout, strangers, lessons) = before
    return other.map { $0 != time } ?? false
  }

  /// Whether a record's time may be its layer's in another zone: more than minutes apart, by about a whole number of quarters of an hour;
  /// what was sent late is not.
  private static func mayDiffer(_ record: AccessRecord, from time: Int64) -> Bool {
    let end = record.timeIsEnd ? record.time : record.time.addingSaturated(max(record.latency, 0))
    return end.subtractingSaturated(time).magnitude > apart && LineEnvelope.maySame(end, time)
  }

  /// Takes the request line of a field; false where it is neither one nor the sign of a broken one.
  static func takeRequest(_ b: Span<UInt8>, _ field: Range<Int>, into record: inout AccessRecord) -> Bool {
    if let (method, target) = AccessShapes.request(b, field) {
      record.method = method
      record.target = target
      return true
    }
    record.isConnection = true
    return AccessShapes.isBrokenRequest(b, field)
  }

  private func noteOrder(_ envelope: LineEnvelope, _ context: inout MemberContext, into batch: inout RecordBatch) {
    batch.recordCounts.repair("dateOrder")
    context.report(
      "dateOrder", .warning, at: envelope.source.position,
      "the day comes first from this line on: the dates before it were read with the month first, as IIS's document has it",
      into: &batch)
  }

  /// Every such line is counted, and the first is shown: they are all alike.
  private mutating func noteUnit(
    _ envelope: LineEnvelope, _ context: inout MemberContext, into batch: inout RecordBatch
  ) {
    batch.recordCounts.repair("durationUnit")
    if hasToldUnit { return }
    hasToldUnit = true
    context.report(
      "durationUnit", .note, at: envelope.source.position,
      "a whole number that may be a duration has no unit: name it in the log's format (request_time=, duration_us=)",
      into: &batch)
  }
}

/// The family of an access line, by a glance at its beginning.
enum AccessForm {
  case none
  /// `[2026-11-25T02:00:00.137Z] "`.
  case envoy
  /// Fields at fixed places, with the time as the first or second one.
  case fixed
  /// A date of the Common Log Format in brackets.
  case common
  /// One of the forms of application servers: see `AccessServers`.
  case server
  /// Names and values: see `AccessPairs`.
  case pairs
  /// IIS's own format: see `AccessIIS`.
  case commas
  /// Fields between bars, semicolons or tabs: see `AccessFields`.
  case fields
  /// Pairs of a span in braces in front of an event's: see `AccessPairs`.
  case scoped
  /// `TIME CLIENT "GET …`: a log format that begins with nginx's `$time_iso8601`.
  case timed

  init(_ b: Span<UInt8>) {
    self.init(ofMarks: b)
    guard self == .none, b.count >= 24 else { return }
    if AccessFields.looksLike(b) {
      self = .fields
    } else if AccessPairs.looksScoped(b) {
      self = .scoped
    }
  }

  /// By what stands at fixed places.
  private init(ofMarks b: Span<UInt8>) {
    self = .none
    guard b.count >= 16 else { return }
    let first = b[0]
    if first == 0x5B, b[5] == 0x2D, b[8] == 0x2D, b[11] == 0x54 {
      let end = ByteScan.find(0x5D, in: b.extracting(first: 48), from: 12)
      if end &+ 2 < b.count, b[end &+ 1] == 0x20, b[end &+ 2] == 0x22 {
        self = .envoy
      } else if Self.isTimed(b, end &+ 2) {
        self = .timed
      }
      return
    }
    if first == 0x5B, b[5] == 0x2D, b[8] == 0x2D, b[11] == 0x20 {
      // `[2026-11-25 02:00:05 +0000] 10.0.0.9 - "GET`: Granian's.
      let end = ByteScan.find(0x5D, in: b.extracting(first: 48), from: 12)
      if Self.isTimed(b, end &+ 2) {
        self = .timed
        return
      }
    }
    if first &- 0x30 <= 9, b[4] == 0x2D, b[7] == 0x2D, b[10] == 0x54 {
      if Self.hasAddress(b, word: 2), Self.hasAddress(b, word: 3, orDash: true) {
        self = .fixed
      } else if Self.isTimed(b, ByteScan.find(0x20, in: b.extracting(first: 48), from: 11) &+ 1) {
        self = .timed
      }
      return
    }
    if first | 0x20 == 0x68 || first | 0x20 == 0x77 || first == 0x67 || first == 0x74 {
      // `https 2026-…`, `tls 2.0 2026-…`.
      let space = ByteScan.find(0x20, in: b.extracting(first: 12), from: 1)
      if space &+ 12 < b.count, space < 6, Self.isISO(b, space &+ 1) || Self.isISO(b, space &+ 5) {
        self = .fixed
        return
      }
    }
    if AccessServers.looksLike(b) {
      self = .server
      return
    }
    if AccessPairs.looksLike(b) {
      self = .pairs
      return
    }
    // A comma behind the client: the only format that has one there.
    if first &- 0x30 <= 9 || first == 0x3A, AccessIIS.looksLike(b) {
      self = .commas
      return
    }
    // The bracket stands behind the client and the user, which are short; a virtual host may come first.
    let head = b.extracting(first: 320)
    var i = 0
    while true {
      i = ByteScan.find(0x5B, in: head, from: i)
      if i >= head.count { return }
      if AccessTime.isCommon(b, i) && !Self.isLogTime(b, i) || Self.isISORequest(b, i) || Self.isDatedRequest(b, i)
        || AccessServers.isAuthorized(b, i)
      {
        self = .common
        return
      }
      i &+= 1
    }
  }

  /// Whether the date is that of a logger: nothing stands in front of it, or a level's letter, and no request in quotes follows
  /// (CUPS' error_log(5), the errors log of 389 Directory Server, CherryPy's).
  private static func isLogTime(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i == 0 || i == 2 && b[1] == 0x20 && b[0] &- 0x41 < 26 else { return false }
    return ByteScan.find(0x22, in: b, from: i) == b.count
  }

  /// `[2026-11-25T02:00:00+00:00] "GET`: nginx's `$time_iso8601` in place of the common date.
  private static func isISORequest(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i &+ 12 < b.count, isISO(b, i &+ 1) else { return false }
    let end = ByteScan.find(0x5D, in: b, from: i)
    return end &+ 4 < b.count && b[end &+ 1] == 0x20 && b[end &+ 2] == 0x22 && b[end &+ 3] &- 0x41 < 26
  }

  /// `[Wed, 25 Nov 2026 02:00:05 GMT] "GET` (Vert.x), `[2026-11-25 02:00:05] "GET` (Apache's `%{%F %T}t`).
  private static func isDatedRequest(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i &+ 24 < b.count, b[i &+ 1] &- 0x30 <= 9 || b[i &+ 1] &- 0x41 < 26 else { return false }
    let head = b.extracting(first: i &+ 48)
    let end = ByteScan.find(0x5D, in: head, from: i)
    guard end &+ 3 < head.count, b[end &+ 1] == 0x20, b[end &+ 2] == 0x22, AccessServers.isMethod(b, end &+ 3) > 0
    else {
      return false
    }
    return AccessTime.written(b, i &+ 1..<end, zoneSeconds: 0) != nil
  }

  /// Whether a client's address stands at a place, and a request in quotes soon behind it.
  private static func isTimed(_ b: Span<UInt8>, _ start: Int) -> Bool {
    guard start &+ 16 < b.count else { return false }
    let head = b.extracting(first: start &+ 128)
    let space = ByteScan.find(0x20, in: head, from: start)
    let quote = ByteScan.find(0x22, in: head, from: start)
    guard quote < head.count, space < quote, AccessShapes.isNumericHost(b, start..<space) else { return false }
    return AccessServers.isMethod(b, quote &+ 1) > 0
  }

  private static func isISO(_ b: Span<UInt8>, _ i: Int) -> Bool {
    i &+ 11 < b.count && b[i] &- 0x30 <= 9 && b[i &+ 4] == 0x2D && b[i &+ 7] == 0x2D && b[i &+ 10] == 0x54
  }

  /// Whether the word of a number, from 0, is a host with a port.
  private static func hasAddress(_ b: Span<UInt8>, word: Int, orDash: Bool = false) -> Bool {
    var start = 0
    for _ in 0..<word {
      start = ByteScan.find(0x20, in: b, from: start) &+ 1
      if start >= b.count { return false }
    }
    let end = ByteScan.find(0x20, in: b, from: start)
    let field = start..<end
    return AccessShapes.isAddress(b, field) || orDash && AccessShapes.isDash(b, field)
  }
}
