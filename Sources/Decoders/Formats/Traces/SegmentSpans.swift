// Traces whose spans stand in a list under the object that names their trace: Apache SkyWalking, Google Cloud Trace.

internal import Model
internal import Support

/// Reads `{"traceId": …, "spans": […]}` where the spans themselves do not name their trace.
///
/// SkyWalking (data collect protocol, `SegmentObject`): spans are numbered within their segment, milliseconds; the kinds are
/// Entry, Exit and Local; a segment's first span refers to its parent in another one. Cloud Trace (v1 `Trace`): decimal ids,
/// RFC 3339 times, labels.
enum SegmentSpans {
  /// What the object around the list says.
  struct Segment {
    var trace = RequestID.none
    var traceText = Symbol.none
    /// Hash of SkyWalking's segment id; 0 for Cloud Trace.
    var segment: UInt64 = 0
    var service = Symbol.none
    var spans: [Int] = []
    var zoneSeconds = 0

    init(zoneSeconds: Int) { self.zoneSeconds = zoneSeconds }
  }

  /// The spans of an object that was checked before.
  static func read(
    _ b: Span<UInt8>, at start: Int, zoneSeconds: Int, _ texts: inout JSONTexts, _ issues: inout SpanIssues
  ) -> [TraceSpan] {
    var segment = Segment(zoneSeconds: zoneSeconds)
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("spans") {
        return reader.eachElement(b) { reader in
          reader.skipSpace(b)
          segment.spans.append(reader.position)
          return reader.skipValue(b)
        }
      }
      guard
        isKey("traceId") || isKey("traceSegmentId") || isKey("service") || isKey("serviceCode") || isKey("projectId")
      else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      if isKey("traceId") {
        (segment.trace, segment.traceText) = texts.request(b, text)
      } else if isKey("traceSegmentId") {
        segment.segment = max(StableHash.hash(b.extracting(text.start..<text.end)), 1)
      } else {
        segment.service = texts.symbol(b, text)
      }
      return true
    }
    var spans: [TraceSpan] = []
    for place in segment.spans {
      if let span = span(b, at: place, in: segment, &texts, &issues) { spans.append(span) }
    }
    return spans
  }

  /// Reads one span, under what its segment says; also a span of SkyWalking's query answers, which names all by itself.
  static func span(
    _ b: Span<UInt8>, at start: Int, in segment: Segment, _ texts: inout JSONTexts, _ issues: inout SpanIssues
  ) -> TraceSpan? {
    var reading = Reading(segment: segment)
    var reader = JSONScanner(at: start)
    let isRead = reader.eachMember(b) { reader, key in
      reading.member(b, key, &reader, &texts)
    }
    guard isRead else { return nil }
    return reading.finish(&issues)
  }

  private struct Reading {
    var segment: Segment
    var builder = SpanBuilder()
    var start: Int64?
    var end: Int64?
    var number: Int64?
    var parent: Int64?
    var reference: UInt64 = 0
    var peer = Symbol.none

    init(segment: Segment) {
      self.segment = segment
      builder.span.service = segment.service
    }

    mutating func member(
      _ b: Span<UInt8>, _ key: JSONStringSlice, _ reader: inout JSONScanner, _ texts: inout JSONTexts
    ) -> Bool {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("refs") { return references(b, &reader) }
      if isKey("tags") {
        return reader.eachElement(b) { reader in
          guard let pair = NamedSpans.pair(b, &reader) else { return reader.failure == .none }
          tag(b, pair.key, pair.value, &texts)
          return true
        }
      }
      if isKey("labels") {
        return reader.eachMember(b) { reader, key in
          guard let value = reader.scalar(b) else { return false }
          tag(b, key, value, &texts)
          return true
        }
      }
      guard let value = reader.scalar(b) else { return false }
      let text: JSONStringSlice
      switch value {
      case .text(let found), .number(let found): text = found
      case .bool(let flag):
        if isKey("isError"), flag { builder.span.status = .error }
        return true
      case .other: return true
      }
      if text.isEmpty { return true }
      field(b, key, text, &texts)
      return true
    }

    /// A decimal id by its bits, with a sign or without one.
    private static func id(_ bytes: Span<UInt8>) -> Int64? {
      FieldText.int(bytes) ?? FieldText.unsigned(bytes).map { Int64(bitPattern: $0) }
    }

    private mutating func field(
      _ b: Span<UInt8>, _ key: JSONStringSlice, _ text: JSONStringSlice, _ texts: inout JSONTexts
    ) {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      let bytes = b.extracting(text.start..<text.end)
      if isKey("spanId") {
        number = Self.id(bytes)
      } else if isKey("parentSpanId") {
        parent = Self.id(bytes)
      } else if isKey("segmentId") {
        segment.segment = max(StableHash.hash(bytes), 1)
      } else if isKey("traceId") {
        (segment.trace, segment.traceText) = texts.request(b, text)
      } else if isKey("serviceCode") {
        builder.span.service = texts.symbol(b, text)
      } else if isKey("startTime") {
        start = FieldText.time(bytes, unit: .inferred, zoneSeconds: segment.zoneSeconds)
      } else if isKey("endTime") {
        end = FieldText.time(bytes, unit: .inferred, zoneSeconds: segment.zoneSeconds)
      } else if isKey("operationName") || isKey("endpointName") || isKey("name") {
        builder.span.operation = texts.symbol(b, text)
      } else if isKey("peer") {
        let host = SpanBuilder.withoutPort(b, text)
        peer = texts.symbol(b, host)
      } else if isKey("spanType") || isKey("type") || isKey("kind") {
        builder.span.kind = Self.kind(b, text)
      }
    }

    private mutating func tag(
      _ b: Span<UInt8>, _ key: JSONStringSlice, _ value: AttributeValue, _ texts: inout JSONTexts
    ) {
      if JSONScanner.equals(b, key, "/http/status_code") || JSONScanner.equals(b, key, "status_code") {
        builder.take(.httpStatus, value, b, &texts)
      } else if JSONScanner.equals(b, key, "/error/message") {
        builder.take(.error, value, b, &texts)
      } else if JSONScanner.equals(b, key, "g.co/gae/app/module") || JSONScanner.equals(b, key, "/component")
        || JSONScanner.equals(b, key, "service.name")
        || JSONScanner.equals(b, key, "g.co/r/k8s_container/container_name")
      {
        if builder.span.service.isNone || !JSONScanner.equals(b, key, "/component"),
          case .text(let text) = value
        {
          builder.span.service = texts.symbol(b, text)
        }
      } else {
        builder.take(SpanBuilder.name(b, key), value, b, &texts)
      }
    }

    /// Entry and RPC_SERVER are served, Exit and RPC_CLIENT called; numbers are SkyWalking's.
    private static func kind(_ b: Span<UInt8>, _ text: JSONStringSlice) -> SpanKind {
      func isWord(_ literal: StaticString) -> Bool { JSONScanner.equals(b, text, literal) }
      if isWord("Entry") || isWord("RPC_SERVER") || isWord("0") { return .server }
      if isWord("Exit") || isWord("RPC_CLIENT") || isWord("1") { return .client }
      return isWord("Local") || isWord("2") ? .internal : .unspecified
    }

    private mutating func references(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
      reader.eachElement(b) { reader in
        var segment: UInt64 = 0
        var span: Int64?
        let isRead = reader.eachMember(b) { reader, key in
          if JSONScanner.equals(b, key, "parentTraceSegmentId") || JSONScanner.equals(b, key, "parentSegmentId") {
            guard let text = reader.keyText(b) else { return false }
            segment = max(StableHash.hash(b.extracting(text.start..<text.end)), 1)
            return true
          }
          guard JSONScanner.equals(b, key, "parentSpanId") else { return reader.skipValue(b) }
          return reader.integer(b, &span)
        }
        if reference == 0, segment != 0, let span { reference = SegmentSpans.id(segment, span) }
        return isRead
      }
    }

    mutating func finish(_ issues: inout SpanIssues) -> TraceSpan {
      builder.span.trace = segment.trace
      builder.span.traceText = segment.traceText
      if let number { builder.span.span = SegmentSpans.id(segment.segment, number) }
      if let parent, parent != -1, parent != 0 || segment.segment != 0 {
        builder.span.parent = SegmentSpans.id(segment.segment, parent)
      } else {
        builder.span.parent = reference
      }
      if builder.span.kind == .client, builder.span.peerService.isNone { builder.span.peerService = peer }
      if let start { builder.span.start = start } else { issues.insert(.noTime) }
      if start != nil { builder.span.take(end: end, &issues) }
      if start != nil { builder.span.settleTimes(&issues) }
      if builder.span.trace.isNone || builder.span.span == 0 { issues.insert(.noID) }
      return builder.span
    }
  }

  /// The identity of a numbered span: in a segment its hash with the number, without one the number itself.
  static func id(_ segment: UInt64, _ number: Int64) -> UInt64 {
    segment == 0 ? UInt64(bitPattern: number) : max(StableHash.combine(segment, UInt64(bitPattern: number)), 1)
  }
}
