// Whose record it is, and of which request: ids, and the file that a collector read.

internal import Model
internal import Support

extension JSONLogs {
  /// Takes an id of a trace or a span; of several keys the one that stands first in the table counts.
  mutating func takeID(
    _ found: LogKeyTable.Found, _ text: JSONStringSlice, _ b: Span<UInt8>, _ texts: inout JSONTexts
  ) {
    let bytes = b.extracting(text.start..<text.end)
    switch found.role {
    case .span, .decimalSpan:
      guard found.rank <= fields.ranks.span, !text.isEmpty else { return }
      let decimal = found.role == .decimalSpan ? FieldText.unsigned(bytes) : nil
      fields.span = decimal ?? texts.span(b, text)
      fields.ranks.span = found.rank
    case .decimalTrace:
      guard found.rank <= fields.ranks.trace else { return }
      guard let id = DatadogID.trace(bytes) else { return identity(found, text, b, &texts) }
      guard !id.isNone else { return }
      (fields.request, fields.requestText) = (id, .none)
      fields.ranks.trace = found.rank
    default: identity(found, text, b, &texts)
    }
  }

  /// An id of a trace, out of what stands around it.
  mutating func identity(
    _ found: LogKeyTable.Found, _ text: JSONStringSlice, _ b: Span<UInt8>,
    _ texts: inout JSONTexts
  ) {
    guard found.rank <= fields.ranks.trace, !text.isEmpty else { return }
    var text = text
    text.start = CloudTraceName.id(b, text.start..<text.end).lowerBound
    // W3C's header is `00-TRACE-SPAN-01`.
    if text.count == 55, b[text.start + 2] == 0x2D, b[text.start + 35] == 0x2D {
      if fields.span == 0 {
        let start = text.start + 36
        fields.span = texts.span(b, JSONStringSlice(start: start, end: start + 16, isEscaped: false))
      }
      text = JSONStringSlice(start: text.start + 3, end: text.start + 35, isEscaped: false)
    }
    let (id, symbol) = texts.request(b, text)
    if !id.isNone {
      (fields.request, fields.requestText) = (id, symbol)
      fields.ranks.trace = found.rank
    }
  }

  /// The container in the name of a stream of Amazon's container service, `PREFIX/CONTAINER/TASK` (ECS, "Send to CloudWatch",
  /// awslogs-stream-prefix); nil for any other stream: a function's begin with a date.
  static func container(ofStream name: Span<UInt8>) -> Range<Int>? {
    var slashes: [Int] = []
    for i in name.indices where name[i] == 0x2F { slashes.append(i) }
    guard slashes.count == 2, slashes[1] > slashes[0] + 1, slashes[1] + 4 < name.count, name[0] &- 0x30 > 9 else {
      return nil
    }
    for i in slashes[1] + 1..<name.count where hexDigit(name[i]) > 15 && name[i] != 0x2D { return nil }
    return slashes[0] + 1..<slashes[1]
  }

  /// The log in Cloud Logging's name of one, `projects/PROJECT/logs/LOG`: a program's own. Streams say nothing, and what has a path in it is
  /// the platform's.
  static func log(ofName b: Span<UInt8>, _ name: JSONStringSlice) -> JSONStringSlice? {
    guard let slash = (name.start..<name.end).last(where: { b[$0] == 0x2F }), slash + 1 < name.end,
      slash > name.start + 5, JSONScanner.matches(b, slash - 5, "/logs/")
    else { return nil }
    let log = JSONStringSlice(start: slash + 1, end: name.end, isEscaped: false)
    if JSONScanner.equals(b, log, "stdout") || JSONScanner.equals(b, log, "stderr") { return nil }
    for i in log.start..<log.end where b[i] == 0x25 { return nil }
    return log
  }

  /// Takes the program out of a tag of syslog; that of Azure's table names a program only beside a message of syslog,
  /// a source beside an event of Windows.
  mutating func takeTag(
    _ found: LogKeyTable.Found, key: JSONStringSlice, _ text: JSONStringSlice, _ b: Span<UInt8>,
    _ texts: inout JSONTexts
  ) {
    if JSONScanner.equals(b, key, "ProcessName") {
      fields.process = text
    } else if key.count == 6 || JSONScanner.equals(b, key, "source_name") {
      fields.source = text
      fields.others &+= 1
    } else if let end = Self.tagEnd(b.extracting(text.start..<text.end)) {
      let program = JSONStringSlice(start: text.start, end: text.start + end, isEscaped: false)
      named(LogKeyTable.Found(role: .container, rank: 900 + found.rank), b, program, &texts)
    }
  }

  /// Names the program by what stands under a key that names one beside a message of syslog, or an event of Windows, only.
  mutating func nameProcess(_ b: Span<UInt8>, _ texts: inout JSONTexts) {
    guard let name = fields.isSyslog ? fields.process : fields.shape.contains(.windowsEvent) ? fields.source : nil
    else {
      return
    }
    named(LogKeyTable.Found(role: .container, rank: 900), b, name, &texts)
  }

  /// Where the program ends in `pay[1]:` or `pay:`; nil for what is no tag of syslog.
  static func tagEnd(_ tag: Span<UInt8>) -> Int? {
    guard tag.count > 1, tag[tag.count - 1] == 0x3A else { return nil }
    var end = 0
    while end < tag.count, tag[end] != 0x5B, tag[end] != 0x3A, tag[end] > 0x20 { end += 1 }
    var i = end
    if i < tag.count, tag[i] == 0x5B {
      i += 1
      while i < tag.count, tag[i] &- 0x30 <= 9 { i += 1 }
      guard i < tag.count, tag[i] == 0x5D else { return nil }
      i += 1
    }
    return end > 0 && i == tag.count - 1 ? end : nil
  }

  /// Takes the trace and the span out of the scopes around a record, which .NET's JSON console writes as objects in a list
  /// (`IncludeScopes` and ActivityTrackingOptions); a key of the record's own goes before them.
  mutating func takeScopes(_ b: Span<UInt8>, _ range: Range<Int>, _ texts: inout JSONTexts) {
    var reader = JSONScanner(at: range.lowerBound)
    guard reader.take(0x5B, b) else { return }
    var isFirst = true
    while reader.nextElement(b, &isFirst) {
      if reader.peek(b) == 0x7B {
        let at = reader.position
        if let text = member(b, at, ["TraceId"]) { takeID(LogKeyTable.Found(role: .trace, rank: 900), text, b, &texts) }
        if let text = member(b, at, ["SpanId"]) { takeID(LogKeyTable.Found(role: .span, rank: 900), text, b, &texts) }
      }
      guard reader.skipValue(b) else { return }
    }
  }

  /// Names the program by the file that a collector read its line out of.
  mutating func collected(_ path: Span<UInt8>, _ texts: inout JSONTexts) {
    if origin.path.count != path.count || !path.indices.allSatisfy({ path[$0] == origin.path[$0] }) {
      origin = ([UInt8](copying: path), LogOrigin(recorded: path))
    }
    let rank = origin.name.rank == .file ? NameRank.collectedFile : origin.name.rank
    guard rank > fields.rank, !origin.name.name.isEmpty else { return }
    (fields.name, fields.rank) = (texts.symbols.intern(origin.name.name), rank)
    fields.ranks.name = 0
  }
}
