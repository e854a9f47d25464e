// Span documents told by the names of their fields: what exporters print and stores hold.

internal import Model
internal import Support

/// Reads one object as a span by its names, wherever in it they stand.
///
/// A document is a span if it names a trace, a span, a beginning, and an end or a duration, and has no message of its own. One
/// reader serves all exporters, agents and stores whose documents are flat or nearly so; `SpanKeys` lists them. Formats with
/// a structure of their own (OTLP, Jaeger, Zipkin, X-Ray, SkyWalking, Elastic's intake) have readers of their own.
struct NamedSpans {
  /// The best value of each field, by the field.
  var found: [SpanKey: (value: AttributeValue, rank: UInt8, at: Int)] = [:]
  var builder = SpanBuilder()
  /// Name of the attribute at hand, with dots, while its object is walked.
  private var name: [UInt8] = []
  private var work: [Level] = []
  /// Whether its end or duration is there and empty: of what never ended, stores keep the column.
  private var hasEmptyEnd = false
  /// Whether its fields have the names of Instana's.
  var isInstana = false
  /// Durations whose unit is unknown, while a sample is read for them.
  var durations: DurationEvidence?
  /// The unit that the sample told.
  var learnedUnit: DurationEvidence.Units?

  /// An object to walk.
  private struct Level {
    var at: Int
    var path: UInt64
    /// Whether its members are attributes: of the span, or of its resource.
    var scope: Scope
    /// Length of `name` that leads to it.
    var prefix: [UInt8]
    var depth: Int
  }

  private enum Scope {
    case fields
    case attributes
    case resource
  }

  private static let deepest = 6

  /// Reads the object at a place that was checked before; nil where it is no span.
  mutating func read(
    _ b: Span<UInt8>, at start: Int, zoneSeconds: Int, _ texts: inout JSONTexts,
    _ issues: inout SpanIssues
  ) -> TraceSpan? {
    found.removeAll(keepingCapacity: true)
    builder = SpanBuilder()
    hasEmptyEnd = false
    isInstana = false
    work.removeAll(keepingCapacity: true)
    work.append(Level(at: start, path: SpanKeys.seed, scope: .fields, prefix: [], depth: 0))
    while let level = work.popLast() { walk(b, level, &texts) }
    if found[.shortTrace] != nil { takeInstana(b) }
    guard isSpan else { return nil }
    return settle(b, zoneSeconds, &texts, &issues)
  }

  private var isSpan: Bool {
    func has(_ keys: SpanKey...) -> Bool { keys.contains { found[$0] != nil } }
    return has(.trace) && has(.span, .transaction) && has(.start, .startNs, .startUs, .startMs)
      && (hasEmptyEnd || SpanKey.ends.contains { found[$0] != nil }) && (!has(.message) || has(.event))
  }

  // MARK: Walking.

  private mutating func walk(
    _ b: Span<UInt8>, _ level: Level, _ texts: inout JSONTexts
  ) {
    var reader = JSONScanner(at: level.at)
    guard reader.peek(b) == 0x7B else { return }
    reader.position &+= 1
    var isFirst = true
    // The `fields` of a search store's answer are lists of values, mostly of one (Elasticsearch, "Retrieve selected fields").
    var (wasFirst, isListed) = (true, false)
    let seed = level.depth == 0 ? SpanKeys.seed : SpanKeys.into(level.path)
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard at < b.count else { return }
      let path = SpanKeys.extend(seed, b, key.start..<key.end)
      if key.count <= 10, level.depth <= 1, b[at] == 0x5B || b[at] == 0x7B,
        level.depth == 0 && Self.isLinks(b, key) || path == SpanKeys.storedLinks
      {
        reader.position = at
        guard builder.takeLinks(b, &reader, &texts) else { return }
        wasFirst = false
        continue
      }
      if b[at] == 0x5B {
        isListed = isListed || wasFirst
        if isListed, level.depth == 0, let only = Self.onlyValue(b, at) {
          take(b, only, of: key, in: level, path: path, at: at, &texts)
          _ = reader.skipValue(b)
        } else {
          list(b, &reader, path, &texts)
        }
        wasFirst = false
        continue
      }
      wasFirst = false
      guard let value = reader.scalar(b) else { return }
      if case .other = value {
        if b[at] == 0x7B { enter(b, level, key, path, at: at) } else if b[at] == 0x6E { takeEmpty(path) }
        continue
      }
      take(b, value, of: key, in: level, path: path, at: at, &texts)
    }
  }

  private static func isLinks(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    JSONScanner.equals(b, key, "links") || JSONScanner.equals(b, key, "Links")
      || JSONScanner.equals(b, key, "span_links")
  }

  /// The only value of the list at a place; nil where it has none or several.
  private static func onlyValue(_ b: Span<UInt8>, _ at: Int) -> AttributeValue? {
    var reader = JSONScanner(at: at + 1)
    guard let value = reader.scalar(b), reader.peek(b) == 0x5D else { return nil }
    if case .other = value { return nil }
    return value
  }

  private mutating func enter(_ b: Span<UInt8>, _ level: Level, _ key: JSONStringSlice, _ path: UInt64, at: Int) {
    guard level.depth < Self.deepest else { return }
    var inner = Level(at: at, path: path, scope: level.scope, prefix: [], depth: level.depth + 1)
    switch level.scope {
    case .fields:
      if SpanKeys.isAttributes(path) {
        inner.scope = .attributes
      } else if SpanKeys.isResource(path) {
        inner.scope = .resource
      }
    case .resource where SpanKeys.isResource(path): break
    case .attributes where SpanKeys.isAttributes(path): break
    case .attributes, .resource:
      inner.prefix = level.prefix + dotted(b, key) + [0x2E]
    }
    work.append(inner)
  }

  /// A key with its `@` as dots.
  private func dotted(_ b: Span<UInt8>, _ key: JSONStringSlice) -> [UInt8] {
    (key.start..<key.end).map { b[$0] == 0x40 ? 0x2E : b[$0] }
  }

  private mutating func take(
    _ b: Span<UInt8>, _ value: AttributeValue, of key: JSONStringSlice, in level: Level, path: UInt64, at: Int,
    _ texts: inout JSONTexts
  ) {
    if case .text(let text) = value, text.isEmpty { return takeEmpty(path) }
    if level.depth == 0, case .text(let text) = value, JSONScanner.matches(b, text.start, "projects/"),
      let trace = Self.traceOfPath(b, text)
    {
      found[.trace] = (.text(trace), 0, at)
      return
    }
    if let entry = SpanKeys.entry(path), entry.rank < found[entry.key]?.rank ?? .max {
      found[entry.key] = (value, entry.rank, at)
    }
    guard level.scope == .attributes || level.depth == 0 else { return }
    name = level.prefix
    name.append(contentsOf: dotted(b, key))
    if name.count == 14, name[0] == 0x5F, name.elementsEqual("_dd.span_links".utf8), case .text(let text) = value {
      builder.takeLinks(b, printed: text, &texts)
      return
    }
    // `span.attributes.http.status_code` flat: the attribute's own name stands behind.
    for prefix in ["span.attributes.", "attributes.", "tags."]
    where name.starts(with: prefix.utf8, by: { $0 == $1 || $0 | 0x20 == $1 && $0 &- 0x41 < 26 }) {
      name.removeFirst(prefix.utf8.count)
      break
    }
    attribute(b, value, &texts)
  }

  private mutating func takeEmpty(_ path: UInt64) {
    if let entry = SpanKeys.entry(path), SpanKey.ends.contains(entry.key) { hasEmptyEnd = true }
  }

  /// The trace in Cloud Trace's name of a span: `projects/P/traces/TRACE/spans/SPAN`.
  private static func traceOfPath(_ b: Span<UInt8>, _ path: JSONStringSlice) -> JSONStringSlice? {
    for i in path.start..<path.end where JSONScanner.matches(b, i, "/traces/") {
      let start = i + 8
      guard start < path.end else { return nil }
      let end = (start..<path.end).first { b[$0] == 0x2F } ?? path.end
      return JSONStringSlice(start: start, end: end, isEscaped: false)
    }
    return nil
  }

  private mutating func attribute(
    _ b: Span<UInt8>, _ value: AttributeValue, _ texts: inout JSONTexts
  ) {
    let meaning = SpanBuilder.name(
      name.span, JSONStringSlice(start: 0, end: name.count, isEscaped: false))
    if meaning == .none || meaning == .error { return }
    builder.take(meaning, value, b, &texts)
  }

  /// Attributes as a list of `{Key, Value}`: Go's console exporter, tags of agents.
  private mutating func list(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ path: UInt64, _ texts: inout JSONTexts
  ) {
    let isResource = SpanKeys.isResource(path)
    guard isResource || SpanKeys.isAttributes(path) else {
      _ = reader.skipValue(b)
      return
    }
    _ = reader.eachElement(b) { reader in
      guard let pair = Self.pair(b, &reader) else { return reader.failure == .none }
      name.removeAll(keepingCapacity: true)
      name.append(contentsOf: dotted(b, pair.key))
      if isResource {
        if name.elementsEqual("service.name".utf8) { found[.service] = (pair.value, 0, pair.key.start) }
      } else {
        // OpenTracing's tag of a failed span.
        if name.elementsEqual("error".utf8), case .bool(true) = pair.value { builder.span.status = .error }
        attribute(b, pair.value, &texts)
      }
      return true
    }
  }

  /// `{"Key": …, "Value": {"Type": …, "Value": …}}` and `{"key": …, "value": …}`; nil where an element is something else.
  static func pair(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> (key: JSONStringSlice, value: AttributeValue)? {
    var key: JSONStringSlice?
    var value = AttributeValue.other
    var type: JSONStringSlice?
    func isName(_ text: JSONStringSlice, _ upper: StaticString, _ lower: StaticString) -> Bool {
      JSONScanner.equals(b, text, upper) || JSONScanner.equals(b, text, lower)
    }
    let isRead = reader.eachMember(b) { reader, name in
      if isName(name, "Key", "key") {
        key = reader.keyText(b)
        return key != nil
      }
      if JSONScanner.equals(b, name, "value_type") {
        type = reader.keyText(b)
        return type != nil
      }
      // Jaeger's tables and its Thrift form have a member for each type.
      let isTyped =
        isName(name, "value_string", "vStr") || isName(name, "value_bool", "vBool")
        || isName(name, "value_long", "vLong") || isName(name, "value_double", "vDouble")
      if isTyped {
        guard let read = reader.scalar(b) else { return false }
        if let type, !isMember(name, of: type, b) { return true }
        if case .text(let text) = read, text.isEmpty { return true }
        if case .other = read { return true }
        value = read
        return true
      }
      guard isName(name, "Value", "value") else { return reader.skipValue(b) }
      reader.skipSpace(b)
      if reader.position < b.count, b[reader.position] == 0x7B {
        return reader.eachMember(b) { reader, inner in
          guard isName(inner, "Value", "stringValue") || isName(inner, "intValue", "value") else {
            return reader.skipValue(b)
          }
          guard let read = reader.scalar(b) else { return false }
          value = read
          return true
        }
      }
      guard let read = reader.scalar(b) else { return false }
      value = read
      return true
    }
    guard isRead, let key else { return nil }
    return (key, value)
  }

  /// Whether the member for one type, `value_bool`, is the one of a tag's own type.
  private static func isMember(_ name: JSONStringSlice, of type: JSONStringSlice, _ b: Span<UInt8>) -> Bool {
    if JSONScanner.equals(b, name, "value_long") { return JSONScanner.equals(b, type, "int64") }
    if JSONScanner.equals(b, name, "value_double") { return JSONScanner.equals(b, type, "float64") }
    return name.end - type.count > name.start
      && b.extracting(name.start..<name.end).holds(b.extracting(type.start..<type.end), at: name.count - type.count)
  }

  // MARK: What was found.

  func text(_ key: SpanKey) -> JSONStringSlice? {
    switch found[key]?.value {
    case .text(let text)?, .number(let text)?: text
    default: nil
    }
  }

  func has(_ key: SpanKey) -> Bool { found[key] != nil }

  /// Whether a field stood under one of the names that it may have.
  func isNamed(_ key: SpanKey, _ path: String) -> Bool {
    guard let rank = found[key]?.rank else { return false }
    return SpanKeys.rank(of: path, key) == rank
  }

  /// Whether a field was written as a number and not as a text.
  func isNumber(_ key: SpanKey) -> Bool {
    if case .number? = found[key]?.value { return true }
    return false
  }
}
