// Zipkin spans, version 2 and version 1.

internal import Model
internal import Support

/// One Zipkin span while it is read.
///
/// Version 1 tells roles by the annotations `cs`, `cr`, `sr`, `ss`, `ms`, `mr` and their endpoints; one that holds both
/// halves of a call becomes two spans sharing one id, as Zipkin's own converter does.
struct ZipkinSpan {
  private struct Endpoint {
    var service = Symbol.none
    var address = Symbol.none
  }

  /// A moment of version 1 with where it was recorded.
  private struct Moment {
    var time: Int64
    var endpoint: Endpoint
  }

  private struct Moments {
    var clientSend: Moment?
    var clientReceive: Moment?
    var serverReceive: Moment?
    var serverSend: Moment?
    var messageSend: Moment?
    var messageReceive: Moment?
    /// The first endpoint named by anything.
    var any: Endpoint?
    var local: Endpoint?
    var serverAddress: Endpoint?
  }

  /// What the keys of an object say about its being a span of Zipkin.
  struct Keys: OptionSet {
    var rawValue: UInt8
    static let trace = Keys(rawValue: 1)
    static let id = Keys(rawValue: 2)
    /// An endpoint, which no other format has.
    static let endpoint = Keys(rawValue: 4)
    /// A key that Zipkin does not have.
    static let foreign = Keys(rawValue: 8)

    /// The keys of a span that nothing else can be taken for.
    static let certain: Keys = [.trace, .id, .endpoint]
  }

  private var draft = SpanBuilder()
  private var duration: Int64?
  private var remote = Endpoint()
  private var moments = Moments()
  /// Whether any annotation was read: spans of version 2 rarely have one.
  private var hasMoments = false
  /// What the keys that were read say about the object.
  private(set) var keys: Keys = []
  /// What was wrong with the span.
  private(set) var issues: SpanIssues = []

  /// Reads one span; the reader stands at the object.
  ///
  /// - Returns: false on a failure.
  mutating func read(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts) -> Bool {
    guard reader.take(0x7B, b) else { return false }
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      guard takeMember(key, b, &reader, &texts) else { return false }
    }
    return reader.failure == .none
  }

  /// Appends the span, or both its halves.
  mutating func append(source: SourceRef, to spans: inout [TraceSpan]) {
    if draft.span.trace.isNone || draft.span.span == 0 { issues.insert(.noID) }
    if draft.span.peerService.isNone { draft.span.peerService = remote.service }
    if draft.span.serverAddress.isNone { draft.span.serverAddress = remote.address }
    // Zero stands for "not there" in both.
    if let start = draft.start, start != 0 { draft.span.start = start }
    if let duration, duration != 0 { draft.span.take(length: duration, &issues) }
    draft.span.source = source
    guard hasMoments else {
      issues.formUnion(Self.settle(&draft.span))
      spans.append(draft.span)
      return
    }
    let first = spans.count
    appendHalves(to: &spans)
    for i in first..<spans.count { issues.formUnion(Self.settle(&spans[i])) }
  }

  @inline(__always) private mutating func takeMember(
    _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 7 where isKey("traceId"):
      keys.insert(.trace)
      guard let text = reader.keyText(b) else { return false }
      (draft.span.trace, draft.span.traceText) = texts.request(b, text)
    case 2 where isKey("id"):
      keys.insert(.id)
      guard let text = reader.keyText(b) else { return false }
      draft.span.span = texts.span(b, text)
    case 8 where isKey("parentId"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.parent = texts.span(b, text)
    case 4 where isKey("name"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.operation = texts.symbol(b, text)
    case 4 where isKey("kind"):
      guard let text = reader.keyText(b) else { return false }
      draft.span.kind = SpanWords.kind(b.extracting(text.start..<text.end))
    case 9 where isKey("timestamp"): return reader.integer(b, &draft.start)
    case 8 where isKey("duration"): return reader.integer(b, &duration)
    case 13 where isKey("localEndpoint"):
      keys.insert(.endpoint)
      guard let endpoint = Self.endpoint(b, &reader, &texts) else { return false }
      draft.span.service = endpoint.service
    case 14 where isKey("remoteEndpoint"):
      keys.insert(.endpoint)
      guard let endpoint = Self.endpoint(b, &reader, &texts) else { return false }
      remote = endpoint
    case 4 where isKey("tags"): return takeTags(b, &reader, &texts)
    case 11 where isKey("annotations"): return reader.eachElement(b) { takeAnnotation(b, &$0, &texts) }
    case 17 where isKey("binaryAnnotations"): return reader.eachElement(b) { takeBinaryAnnotation(b, &$0, &texts) }
    case 6 where isKey("shared"):
      guard let value = reader.scalar(b) else { return false }
      if case .bool(true) = value { draft.span.flags.insert(.shared) }
    default:
      if !JSONScanner.equals(b, key, "debug") { keys.insert(.foreign) }
      return reader.skipValue(b)
    }
    return true
  }

  /// Takes back what makes no sense, and says what that was.
  @inline(__always) private static func settle(_ span: inout TraceSpan) -> SpanIssues {
    var issues: SpanIssues = []
    if span.start == 0 {
      issues.insert(.noTime)
    } else {
      span.settleTimes(&issues)
    }
    return issues
  }

  /// One span, or the client and the server half of a version 1 span.
  private mutating func appendHalves(to spans: inout [TraceSpan]) {
    let whole = draft.span
    var span = whole
    let client = moments.clientSend ?? moments.clientReceive
    let server = moments.serverReceive ?? moments.serverSend
    func fill(_ half: inout TraceSpan, _ begin: Moment?, _ end: Moment?, keepsTimes: Bool) {
      if keepsTimes, half.start != 0 { return }
      if let begin { half.start = begin.time }
      if let begin, let end { half.take(length: end.time.subtractingSaturated(begin.time), &issues) }
    }
    if let client, let server {
      span.kind = .client
      if span.service.isNone { span.service = client.endpoint.service }
      if span.peerService.isNone { span.peerService = server.endpoint.service }
      fill(&span, moments.clientSend, moments.clientReceive, keepsTimes: false)
      spans.append(span)
      var half = whole
      half.kind = .server
      half.service = server.endpoint.service
      half.peerService = .none
      half.serverAddress = .none
      half.flags.insert(.shared)
      fill(&half, moments.serverReceive, moments.serverSend, keepsTimes: false)
      spans.append(half)
      return
    }
    if let client {
      span.kind = .client
      if span.service.isNone { span.service = client.endpoint.service }
      fill(&span, moments.clientSend, moments.clientReceive, keepsTimes: true)
    } else if let server {
      span.kind = .server
      if span.service.isNone { span.service = server.endpoint.service }
      fill(&span, moments.serverReceive, moments.serverSend, keepsTimes: true)
    } else if let send = moments.messageSend {
      span.kind = .producer
      if span.service.isNone { span.service = send.endpoint.service }
      fill(&span, send, nil, keepsTimes: true)
    } else if let receive = moments.messageReceive {
      span.kind = .consumer
      if span.service.isNone { span.service = receive.endpoint.service }
      fill(&span, receive, nil, keepsTimes: true)
    }
    if span.service.isNone { span.service = (moments.local ?? moments.any)?.service ?? .none }
    if let address = moments.serverAddress, span.peerService.isNone, span.kind == .client || span.kind == .producer {
      span.peerService = address.service
      span.serverAddress = address.address
    }
    spans.append(span)
  }

  /// The usual bytes of a tag are compared first; any other one is read the general way.
  private mutating func takeTags(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    guard let byte = reader.peek(b) else { return false }
    guard byte == 0x7B else { return reader.skipValue(b) }
    reader.position &+= 1
    var isFirst = true
    while true {
      if let usual = reader.usualMember(b, isFirst: isFirst) {
        isFirst = false
        takeTag(usual.key, .text(usual.value), b, &texts)
        continue
      }
      guard let key = reader.nextKey(b, &isFirst) else { return reader.failure == .none }
      guard let value = reader.scalar(b) else { return false }
      takeTag(key, value, b, &texts)
    }
  }

  /// A tag: the mere presence of `error` tells a failure, its text is the message.
  private mutating func takeTag(
    _ key: JSONStringSlice, _ value: AttributeValue, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    let name = SpanBuilder.name(b, key)
    if name == .none { return }
    if name == .error { draft.span.status = .error }
    draft.take(name, value, b, &texts)
  }

  private static func endpoint(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Endpoint? {
    var endpoint = Endpoint()
    let isRead = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "serviceName") {
        guard let text = reader.keyText(b) else { return false }
        endpoint.service = texts.symbol(b, text)
      } else if JSONScanner.equals(b, key, "ipv4") || JSONScanner.equals(b, key, "ipv6") {
        guard let text = reader.keyText(b) else { return false }
        if endpoint.address.isNone { endpoint.address = texts.symbol(b, text) }
      } else {
        return reader.skipValue(b)
      }
      return true
    }
    return isRead ? endpoint : nil
  }

  private mutating func takeAnnotation(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    hasMoments = true
    var time: Int64?
    var value = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var place: Endpoint?
    let isRead = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "timestamp") { return reader.integer(b, &time) }
      if JSONScanner.equals(b, key, "value") {
        guard let text = reader.keyText(b) else { return false }
        value = text
        return true
      }
      guard JSONScanner.equals(b, key, "endpoint") else { return reader.skipValue(b) }
      guard let found = Self.endpoint(b, &reader, &texts) else { return false }
      place = found
      return true
    }
    guard isRead else { return false }
    if let place, moments.any == nil, !place.service.isNone { moments.any = place }
    guard value.count == 2, let time else { return true }
    let moment = Moment(time: time, endpoint: place ?? Endpoint())
    switch (b[value.start], b[value.start + 1]) {
    case (0x63, 0x73): moments.clientSend = moments.clientSend ?? moment
    case (0x63, 0x72): moments.clientReceive = moments.clientReceive ?? moment
    case (0x73, 0x72): moments.serverReceive = moments.serverReceive ?? moment
    case (0x73, 0x73): moments.serverSend = moments.serverSend ?? moment
    case (0x6D, 0x73): moments.messageSend = moments.messageSend ?? moment
    case (0x6D, 0x72): moments.messageReceive = moments.messageReceive ?? moment
    default: break
    }
    return true
  }

  private mutating func takeBinaryAnnotation(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
  ) -> Bool {
    hasMoments = true
    var name = JSONStringSlice(start: 0, end: 0, isEscaped: false)
    var value = AttributeValue.other
    var place: Endpoint?
    let isRead = reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "key") {
        guard let text = reader.keyText(b) else { return false }
        name = text
        return true
      }
      if JSONScanner.equals(b, key, "value") {
        guard let read = reader.scalar(b) else { return false }
        value = read
        return true
      }
      guard JSONScanner.equals(b, key, "endpoint") else { return reader.skipValue(b) }
      guard let found = Self.endpoint(b, &reader, &texts) else { return false }
      place = found
      return true
    }
    guard isRead else { return false }
    if JSONScanner.equals(b, name, "sa") {
      moments.serverAddress = place
    } else if JSONScanner.equals(b, name, "ca") {
      return true
    } else {
      if JSONScanner.equals(b, name, "lc") { moments.local = place }
      if let place, moments.any == nil, !place.service.isNone { moments.any = place }
      takeTag(name, value, b, &texts)
    }
    return true
  }
}
