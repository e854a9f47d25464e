// Which format an object is of, told by its keys in one pass over it.

internal import Model

/// Looks through the keys of one object.
struct JSONClassifier {
  enum Result {
    /// The object's parts are to be read one by one.
    case descend(JSONNode)
    /// The object is one record, and ends here.
    case unit(JSONShape, end: Int)
    /// See the reader's failure.
    case failed
  }

  struct Keys: OptionSet {
    var rawValue: UInt64
    static let traceId = Keys(rawValue: 1)
    static let traceID = Keys(rawValue: 2)
    static let spanId = Keys(rawValue: 4)
    static let spanID = Keys(rawValue: 8)
    static let id = Keys(rawValue: 16)
    static let jaeger = Keys(rawValue: 32)
    static let nanos = Keys(rawValue: 64)
    static let zipkin = Keys(rawValue: 128)
    static let body = Keys(rawValue: 256)
    static let kind = Keys(rawValue: 512)
    static let eventKind = Keys(rawValue: 1024)
    static let component = Keys(rawValue: 2048)
    static let time = Keys(rawValue: 4096)
    static let logTime = Keys(rawValue: 8192)
    static let logMessage = Keys(rawValue: 16384)
    static let logSeverity = Keys(rawValue: 32768)
    static let mapped = Keys(rawValue: 65536)
    static let duration = Keys(rawValue: 131_072)
    static let flatSpan = Keys(rawValue: 262_144)
    static let accessMethod = Keys(rawValue: 1 << 19)
    static let accessStatus = Keys(rawValue: 1 << 20)
    /// Something that names a trace, alone or in an object.
    static let named = Keys(rawValue: 1 << 21)
    static let traceSegment = Keys(rawValue: 1 << 22)
    static let spanList = Keys(rawValue: 1 << 23)
    static let document = Keys(rawValue: 1 << 24)
    static let startTime = Keys(rawValue: 1 << 25)
    static let intake = Keys(rawValue: 1 << 26)
    static let traceSnake = Keys(rawValue: 1 << 27)
    static let access: Keys = [.accessMethod, .accessStatus]
    static let lokiLabels = Keys(rawValue: 1 << 28)
    static let lokiValues = Keys(rawValue: 1 << 29)
    static let agent = Keys(rawValue: 1 << 30)
    /// A document of a search store.
    static let stored = Keys(rawValue: 1 << 31)
    static let eventID = Keys(rawValue: 1 << 32)
    static let startTimestamp = Keys(rawValue: 1 << 33)
    static let flow = Keys(rawValue: 1 << 34)
    static let embedded = Keys(rawValue: 1 << 35)
    /// The latencies of Kong or APISIX.
    static let gateway = Keys(rawValue: 1 << 36)
    /// Method and status of a request in objects of their own or under names with dots.
    static let deepMethod = Keys(rawValue: 1 << 37)
    static let deepStatus = Keys(rawValue: 1 << 38)
    /// Elastic APM's object of a span or a transaction, with its duration.
    static let timedSpan = Keys(rawValue: 1 << 39)
    /// The message of an error, which a record and a span may have.
    static let errorMessage = Keys(rawValue: 1 << 40)
    static let zapDevelopment: Keys = [Keys(rawValue: 1 << 41), Keys(rawValue: 1 << 42)]
    /// tslog's object of what it says of a record.
    static let tslog = Keys(rawValue: 1 << 43)
    /// The parent and the nanoseconds of a span, as tables of spans have them beside columns of its request.
    static let spanRow: Keys = [Keys(rawValue: 1 << 44), Keys(rawValue: 1 << 45)]
    static let rowParent = Keys(rawValue: 1 << 44)
    static let rowLength = Keys(rawValue: 1 << 45)
  }

  let logKeys: LogKeyTable
  let mapped: MappedJSON?

  /// Classifies the object that starts at the reader's place, and checks it as far as it is read.
  func classify(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Result {
    reader.position += 1
    var keys: Keys = []
    var isFirst = true
    var count = 0
    while let key = reader.nextKey(b, &isFirst) {
      count += 1
      guard let byte = reader.peek(b) else { return .failed }
      if byte == 0x5B || byte == 0x7B {
        if let node = wrapper(b, key, byte, keys: keys, &reader) { return .descend(node) }
        if reader.failure != .none { return .failed }
      }
      note(b, key, byte, value: reader.position, &keys)
      guard reader.skipValue(b) else { return .failed }
    }
    guard reader.failure == .none else { return .failed }
    return .unit(shape(keys, count), end: reader.position)
  }

  private func shape(_ found: Keys, _ count: Int) -> JSONShape {
    var keys = found
    // A failed span tells of its error: what lasted is no log record, unless it has a level.
    if keys.contains(.errorMessage), !keys.contains([.named, .duration]) || keys.contains(.logSeverity) {
      keys.insert(.logMessage)
    }
    if keys.contains(.mapped) { return .mapped }
    if keys.contains(.zapDevelopment) { return .zapDevelopment }
    if keys.contains(.tslog) { return .tslog }
    if keys.contains([.eventKind, .component, .time]) { return .eventLine }
    if keys.contains([.flow, .time]) { return .flow }
    if keys.contains([.eventID, .startTimestamp]) { return .sentryTransaction }
    if keys.contains([.lokiLabels, .lokiValues]) { return .lokiStream }
    if keys.contains([.traceId, .spanId]), keys.contains(.nanos), !keys.contains(.body) { return .otlpSpan }
    if keys.contains(.nanos), keys.contains(.body) { return .otlpLog }
    if keys.contains(.embedded), keys.contains(.time) || keys.contains(.logTime) { return .embedded }
    if keys.contains([.named, .timedSpan]), !keys.contains(.logMessage) { return .named(.served(isLog: false)) }
    if keys.contains([.named, .spanRow]), !keys.contains(.logMessage) { return .named(.served(isLog: false)) }
    if keys.contains(.access) { return .access }
    if keys.contains([.gateway, .accessMethod]) { return .gateway }
    if let shape = foreign(keys, count) { return shape }
    if keys.contains([.traceID, .spanID]), !keys.contains(.logMessage) || keys.contains(.jaeger) {
      return keys.contains(.jaeger) ? .jaegerSpan : .named(.jaegerSpan)
    }
    if keys.contains([.traceId, .spanId, .jaeger]) { return .jaegerSpan }
    if keys.contains([.traceId, .id]), !keys.contains(.logMessage) || keys.contains(.zipkin),
      keys.contains(.zipkin) || !keys.contains(.time)
    {
      return .zipkinSpan
    }
    if keys.contains([.flatSpan, .duration]), keys.contains(.logTime), !keys.contains(.logMessage) {
      return .named(.mapped)
    }
    if keys.contains(.named), !keys.contains(.logMessage) {
      let isLog = keys.contains([.logTime, .logSeverity])
      return .named(isServed(keys) ? .served(isLog: isLog) : isLog ? .log : .unknown)
    }
    let isLog = keys.contains(.logMessage) || keys.contains([.logTime, .logSeverity])
    if isServed(keys) { return .served(isLog: isLog) }
    return isLog ? .log : .unknown
  }

  /// Objects of formats with a structure of their own.
  private func foreign(_ keys: Keys, _ count: Int) -> JSONShape? {
    if keys.contains(.intake), count == 1 { return .intake }
    if keys.contains(.document), count <= 3 { return .xrayDocument }
    if keys.contains(.spanList), keys.contains(.traceSegment) || keys.contains(.traceId) { return .segment }
    if keys.contains([.traceSegment, .spanId]) { return .segmentSpan }
    if keys.contains([.traceSnake, .id, .startTime]), keys.isDisjoint(with: [.flatSpan, .logMessage]) {
      return .xraySegment
    }
    return nil
  }

  /// Marks what a key tells of its object.
  func note(_ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, value: Int, _ keys: inout Keys) {
    if let mapped, mapped.isIdentity(b, key) { keys.insert(.mapped) }
    // What is an event line already is nothing else.
    if keys.contains([.eventKind, .component, .time]) { return }
    noteDeep(b, key, byte, value: value, &keys)
    if key.count < 24, !key.isEmpty, Self.firsts[key.count] & 1 << UInt32(b[key.start] & 31) != 0 {
      noteSpan(b, key, byte, value: value, &keys)
      noteAccess(b, key, byte, value: value, &keys)
      noteForeign(b, key, byte, value: value, &keys)
    }
    switch logKeys.role(b, key)?.role {
    case .time: keys.insert(.logTime)
    case .message where JSONScanner.equals(b, key, "error.message"): keys.insert(.errorMessage)
    case .message: if byte != 0x7B || JSONScanner.equals(b, key, "body") { keys.insert(.logMessage) }
    case .wrapped: if byte == 0x22 { keys.insert(.logMessage) }
    case .levelWord: keys.insert(.logSeverity)
    case let role?: if role.isLevel { keys.insert(.logSeverity) }
    case nil: break
    }
  }

  /// For each length, a bit for the last five bits of the first letter of every key that is noted below (see
  /// `SpanBuilder.firsts`): other keys need no comparison.
  private static let firsts: InlineArray<24, UInt32> = [
    0, 0x3000, 0x200, 0x1000, 0x58095C, 0x8018_0020, 0x8048_2000, 0x1D0008,
    0x142030, 0xC3008, 0xD0100, 0x188112, 0x158010, 0x49010, 0x150102, 0xC0000,
    0x210, 0x80204, 0x20, 0x8, 0x8000, 0, 0, 0,
  ]

  /// The keys of spans, event lines and OTLP's records.
  private func noteSpan(_ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, value: Int, _ keys: inout Keys) {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 1 where byte == 0x22: keys.formUnion(ZapDevelopment.keys(b[key.start]))
    case 2 where isKey("id"): keys.insert(.id)
    case 4 where isKey("kind"):
      keys.insert(.kind)
      if byte == 0x22, Self.isEventKind(b, value + 1) { keys.insert(.eventKind) }
    case 4 where isKey("time"): keys.insert(.time)
    case 4 where isKey("body"): keys.insert(.body)
    case 6 where isKey("spanId"): keys.insert(.spanId)
    case 6 where isKey("_index"): keys.insert(.stored)
    case 6 where isKey("stream"): if byte == 0x7B { keys.insert(.lokiLabels) }
    case 6 where isKey("values"): if byte == 0x5B { keys.insert(.lokiValues) }
    case 6 where isKey("spanID"): keys.insert(.spanID)
    case 7 where isKey("traceId"): keys.insert(.traceId)
    case 7 where isKey("traceID"): keys.insert(.traceID)
    case 7 where isKey("span_id"): keys.insert(.flatSpan)
    case 7 where isKey("process"): if byte == 0x7B { keys.insert(.jaeger) }
    case 8 where isKey("duration"): keys.insert(.duration)
    case 8 where isKey("end_time"): keys.insert(.duration)
    case 9 where isKey("component"): keys.insert(.component)
    case 10 where isKey("references"): keys.insert(.jaeger)
    case 10 where isKey("durationMs"): keys.insert(.duration)
    case 11 where isKey("duration_ms") || isKey("duration_us") || isKey("duration_ns") || isKey("duration.ms"):
      keys.insert(.duration)
    case 11 where isKey("annotations"): if byte == 0x5B { keys.insert(.zipkin) }
    case 12 where isKey("timeUnixNano"): keys.insert(.nanos)
    case 12 where isKey("parentSpanID"), 14 where isKey("parent_span_id"): keys.insert(.rowParent)
    case 12 where isKey("durationNano"), 13 where isKey("duration_nano"): keys.insert(.rowLength)
    case 13 where isKey("operationName"): keys.insert(.jaeger)
    case 13 where isKey("localEndpoint"): keys.insert(.zipkin)
    case 14 where isKey("remoteEndpoint"): keys.insert(.zipkin)
    case 17 where isKey("startTimeUnixNano"): keys.insert(.nanos)
    case 17 where isKey("binaryAnnotations"): keys.insert(.zipkin)
    case 20 where isKey("observedTimeUnixNano"): keys.insert(.nanos)
    default: break
    }
  }

  /// What names a trace in documents of exporters and stores.
  private func noteForeign(
    _ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, value: Int, _ keys: inout Keys
  ) {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    let isObject = byte == 0x7B
    switch key.count {
    case 3 where isObject && isKey("log"): if Self.has("message", b, value) { keys.insert(.intake) }
    case 4 where isObject && isKey("span"):
      keys.insert(Self.has("duration", b, value) ? [.intake, .timedSpan] : .intake)
    case 4 where isObject && isKey("data"): keys.insert(.named)
    case 4 where isObject && isKey("flow"): keys.insert(.flow)
    case 5 where isObject && isKey("error"): keys.insert(.intake)
    case 5 where isObject && isKey("_meta"): if TslogRecords.hasLevel(b, at: value) { keys.insert(.tslog) }
    case 5 where isObject && isKey("trace"): keys.insert(.named)
    case 5 where byte == 0x5B && isKey("spans"): keys.insert(.spanList)
    case 7 where isKey("TraceId") || isKey("traceId") || isKey("traceID"): keys.insert(.named)
    case 7 where isObject && isKey("context"): keys.insert(.named)
    case 8 where byte == 0x22 && isKey("resource"): keys.insert(.agent)
    case 8 where byte == 0x22 && isKey("event_id"): keys.insert(.eventID)
    case 15 where isKey("start_timestamp"): keys.insert(.startTimestamp)
    case 8 where isKey("trace_id"): keys.insert([.named, .traceSnake])
    case 8 where isKey("trace.id"): keys.insert(.named)
    case 8 where byte == 0x22 && isKey("Document"): keys.insert(.document)
    case 8 where isObject && isKey("metadata"): keys.insert(.intake)
    case 9 where isKey("segmentId"): keys.insert(.traceSegment)
    case 9 where isObject && isKey("metricset"): keys.insert(.intake)
    case 10 where isKey("start_time"): keys.insert(.startTime)
    case 11 where isObject && isKey("displayName"): keys.insert(.named)
    case 11 where isKey("OperationId"): keys.insert(.named)
    case 12 where isKey("operation_Id"): keys.insert(.named)
    case 11 where isObject && isKey("SpanContext"): keys.insert(.named)
    case 11 where isObject && isKey("transaction"):
      keys.insert(Self.has("duration", b, value) ? [.intake, .timedSpan] : .intake)
    case 14 where isKey("traceSegmentId"): keys.insert(.traceSegment)
    case 14 where isKey("trace.trace_id"): keys.insert(.named)
    default: break
    }
  }

  /// Whether an object has a member: a log record names its span without a duration, and its logger without a message.
  private static func has(_ name: StaticString, _ b: Span<UInt8>, _ start: Int) -> Bool {
    var reader = JSONScanner(at: start)
    var isFound = false
    _ = reader.eachMember(b) { reader, key in
      isFound = isFound || JSONScanner.equals(b, key, name)
      return reader.skipValue(b)
    }
    return isFound
  }

  private static let eventKinds = EventKind.allCases.map { Array($0.name.utf8) }

  private static func isEventKind(_ b: Span<UInt8>, _ start: Int) -> Bool {
    eventKinds.contains { name in
      guard start + name.count < b.count, b[start + name.count] == 0x22 else { return false }
      for i in name.indices where b[start + i] != name[i] { return false }
      return true
    }
  }
}
