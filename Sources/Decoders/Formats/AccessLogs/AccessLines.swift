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
  private var numbers = AccessNumbers()
  /// Of the line at hand: what one program's numbers are says nothing of another's.
  private var component = Symbol.none
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
    component = envelope.component
    guard read(line),
      !record.needsTime || (record.time != .min || envelope.time != .min) && envelope.severity < .warning
    else {
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
    if record.hasLostStatus { batch.recordCounts.repair("bytesOnly") }
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
        // The layout may be another program's.
        numbers.settle(&record, of: component)
        return true
      }
      strangers &+= 1
    }
    guard let other = readByForm(b) else { return false }
    record = other
    return true
  }

  private var learnsLayout: Bool {
    (layout == nil || strangers > Self.strangersUntilNew) && lessons < Self.mostLessons
  }

  private mutating func readByForm(_ b: Span<UInt8>) -> AccessRecord? {
    if columns.isActive, let record = columns.read(b) { return record }
    let form = AccessForm(b)
    if form == .none { return nil }
    if form == .commas { return AccessIIS.read(b, zoneSeconds: zoneSeconds, isDayFirst: &isDayFirst) }
    if form == .pairs, let record = AccessPairs.read(b, zoneSeconds: zoneSeconds) { return record }
    if form == .scoped { return AccessPairs.readScoped(b, zoneSeconds: zoneSeconds) }
    if form == .fields, var record = AccessFields.read(b, zoneSeconds: zoneSeconds) {
      numbers.settle(&record, of: component)
      return record
    }
    guard tokens.cut(b, from: 0) else { return nil }
    switch form {
    case .none, .pairs, .commas, .scoped, .fields: return nil
    case .server: return AccessServers.read(b, tokens, zoneSeconds: zoneSeconds)
    case .timed:
      guard var record = AccessCommon.read(b, tokens, clock: 0, zoneSeconds: zoneSeconds) else { return nil }
      numbers.settle(&record, of: component)
      return record
    case .quoted:
      for clock in 0..<min(tokens.count, 4) where tokens[clock].kind == .quoted {
        guard AccessTime.common(b, tokens[clock].inner, zoneSeconds: zoneSeconds) != nil else { continue }
        return AccessCommon.read(b, tokens, clock: clock, zoneSeconds: zoneSeconds)
      }
      return nil
    case .envoy: return AccessEnvoy.read(b, tokens, zoneSeconds: zoneSeconds)
    case .fixed:
      for grammar in AccessGrammar.all {
        if let record = grammar.read(b, tokens, zoneSeconds: zoneSeconds) { return record }
      }
      return nil
    case .common:
      if let record = readOwnForm(b) { return record }
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
        guard var record = AccessCommon.read(b, tokens, clock: clock, zoneSeconds: zoneSeconds) else { return nil }
        numbers.settle(&record, of: component)
        if clock == 3, learnsLayout, !record.mayBeRatio {
          layout = AccessLayout(record, b, tokens)
          lessons &+= 1
          strangers = 0
        }
        return record
      }
      return nil
    }
  }

  /// Reads a line with a bracketed date whose other fields stand as one program alone has them.
  private func readOwnForm(_ b: Span<UInt8>) -> AccessRecord? {
    AccessServers.authorized(b, tokens, zoneSeconds: zoneSeconds)
      ?? AccessSession.read(b, tokens, zoneSeconds: zoneSeconds)
      ?? AccessProxyManager.read(b, tokens, zoneSeconds: zoneSeconds)
  }

  /// Whether a line's time names no zone, so that it is another one where the zone is assumed to be another one.
  private mutating func isZoneless(_ line: Span<UInt8>, _ time: Int64) -> Bool {
    let before = (layout, strangers, lessons, numbers)
    layout = nil
    zoneSeconds += 3600
    let other = readByForm(line)?.time
    zoneSeconds -= 3600
    (layout, strangers, lessons, numbers) = before
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
      "a number that may be a duration has no unit, or may be a ratio: name it in the log's format (request_time=, duration_us=)",
      into: &batch)
  }
}
