// Transactions of Sentry: a root and its spans in one event.

internal import Model
internal import Support

/// Reads an event of the type `transaction` (Sentry's event payloads, "Transaction Payloads" and "Span Interface").
///
/// Times are epoch seconds or RFC 3339. The root's identity, operation and status stand under `contexts.trace`. What an operation is, its
/// first words tell (`http.server`, `http.client`, `db.query`, `queue.publish`); a status is a name of gRPC's in lower case.
enum SentryTransactions {
  /// More spans than this in one event are left out.
  private static let most = 100_000

  /// One span while it is read.
  private struct Draft {
    var builder = SpanBuilder()
    var op: JSONStringSlice?
    var status: JSONStringSlice?
    var end: Int64?
    /// Of times without a zone.
    let zoneSeconds: Int

    init(zoneSeconds: Int) { self.zoneSeconds = zoneSeconds }

    mutating func settle(_ b: Span<UInt8>) {
      if let op { builder.span.kind = SentryTransactions.kind(b, op) }
      if let status { SentryTransactions.settle(&builder.span, b, status) }
      guard let start = builder.start else {
        builder.issues.insert(.noTime)
        return
      }
      builder.span.start = start
      builder.span.take(end: end, &builder.issues)
      builder.span.settleTimes(&builder.issues)
      if builder.span.trace.isNone || builder.span.span == 0 { builder.issues.insert(.noID) }
    }

    /// Reads a member of a span, or of the trace's context.
    mutating func member(
      _ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner, _ texts: inout JSONTexts
    ) -> Bool {
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      guard
        isKey("trace_id") || isKey("span_id") || isKey("parent_span_id") || isKey("op") || isKey("status")
          || isKey("description") || isKey("start_timestamp") || isKey("timestamp")
      else { return reader.skipValue(b) }
      let text: JSONStringSlice
      switch reader.scalar(b) {
      case .text(let found)?, .number(let found)?: text = found
      case nil: return false
      default: return true
      }
      if text.isEmpty { return true }
      let bytes = b.extracting(text.start..<text.end)
      if isKey("trace_id") {
        (builder.span.trace, builder.span.traceText) = texts.request(b, text)
      } else if isKey("span_id") {
        builder.span.span = texts.span(b, text)
      } else if isKey("parent_span_id") {
        builder.span.parent = FieldText.parentID(bytes)
      } else if isKey("op") {
        op = text
        if builder.span.operation.isNone { builder.span.operation = texts.symbol(b, text) }
      } else if isKey("status") {
        status = text
      } else if isKey("description") {
        builder.span.operation = texts.symbol(b, text)
      } else if isKey("start_timestamp") {
        builder.start = FieldText.time(bytes, unit: .seconds, zoneSeconds: zoneSeconds)
      } else {
        end = FieldText.time(bytes, unit: .seconds, zoneSeconds: zoneSeconds)
      }
      return true
    }
  }

  /// The spans of an event that was checked before; none where it is no transaction.
  static func read(
    _ b: Span<UInt8>, at start: Int, zoneSeconds: Int, _ texts: inout JSONTexts, _ issues: inout SpanIssues
  ) -> [TraceSpan] {
    var root = Draft(zoneSeconds: zoneSeconds)
    var places: [Int] = []
    var release = Symbol.none
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
      if isKey("spans") {
        return reader.eachElement(b) { reader in
          reader.skipSpace(b)
          if places.count < most { places.append(reader.position) }
          return reader.skipValue(b)
        }
      }
      if isKey("contexts"), reader.peek(b) == 0x7B {
        return reader.eachMember(b) { reader, key in
          guard JSONScanner.equals(b, key, "trace"), reader.peek(b) == 0x7B else { return reader.skipValue(b) }
          return reader.eachMember(b) { reader, key in
            root.member(key, b, &reader, &texts)
          }
        }
      }
      if isKey("transaction") || isKey("project_slug") || isKey("project_name") || isKey("release") {
        let (isName, isRelease) = (isKey("transaction"), isKey("release"))
        guard case .text(let text)? = reader.scalar(b) else { return reader.failure == .none }
        if isName {
          root.builder.span.operation = texts.symbol(b, text)
        } else if isRelease {
          release = Self.package(b, text).map { texts.symbol(b, $0) } ?? .none
        } else {
          root.builder.span.service = texts.symbol(b, text)
        }
        return true
      }
      guard isKey("start_timestamp") || isKey("timestamp") else { return reader.skipValue(b) }
      return root.member(key, b, &reader, &texts)
    }
    guard root.builder.span.span != 0, root.builder.start != nil else { return [] }
    if root.builder.span.service.isNone { root.builder.span.service = release }
    root.settle(b)
    issues.formUnion(root.builder.issues)
    var spans = [root.builder.span]
    for place in places {
      var child = Draft(zoneSeconds: zoneSeconds)
      child.builder.span.trace = root.builder.span.trace
      child.builder.span.traceText = root.builder.span.traceText
      child.builder.span.service = root.builder.span.service
      var inner = JSONScanner(at: place)
      guard inner.peek(b) == 0x7B else { continue }
      _ = inner.eachMember(b) { reader, key in child.member(key, b, &reader, &texts) }
      child.settle(b)
      issues.formUnion(child.builder.issues)
      spans.append(child.builder.span)
    }
    return spans
  }

  /// `pay` of the release `pay@1.2.3+7`: the package, as Sentry's SDKs name their releases; nil where it names none.
  private static func package(_ b: Span<UInt8>, _ release: JSONStringSlice) -> JSONStringSlice? {
    guard let at = (release.start..<release.end).first(where: { b[$0] == 0x40 }), at > release.start else { return nil }
    return JSONStringSlice(start: release.start, end: at, isEscaped: release.isEscaped)
  }

  fileprivate static func kind(_ b: Span<UInt8>, _ op: JSONStringSlice) -> SpanKind {
    func begins(_ words: StaticString...) -> Bool { words.contains { JSONScanner.matches(b, op.start, $0) } }
    if begins("http.server", "rpc.server", "grpc.server", "websocket.server") { return .server }
    if begins("queue.publish", "queue.submit", "queue.create") { return .producer }
    if begins("queue.process", "queue.receive") { return .consumer }
    if begins("http.client", "http.graphql", "rpc", "grpc.client", "db", "cache") { return .client }
    return .internal
  }

  /// `ok` and `cancelled` are no failures; of a served request neither is what its client did wrong.
  fileprivate static func settle(_ span: inout TraceSpan, _ b: Span<UInt8>, _ status: JSONStringSlice) {
    func isOne(of words: [StaticString]) -> Bool { words.contains { JSONScanner.equals(b, status, $0) } }
    if isOne(of: ["ok", "cancelled", "unknown"]) { return }
    let isClients = isOne(of: [
      "invalid_argument", "not_found", "already_exists", "permission_denied", "failed_precondition", "out_of_range",
      "unauthenticated",
    ])
    if span.kind != .server || !isClients { span.status = .error }
  }
}
