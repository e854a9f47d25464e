// What the tags of a span say that stand in one column.

internal import Model
internal import Support

extension TableRows {
  /// Takes the attributes of a row's span: JSON, or what else `PrintedValue` knows, as an object or as a list of keys and values
  /// (Grafana's traces, ClickHouse's maps, Jaeger's table in Cassandra).
  mutating func takeTags(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ builder: inout SpanBuilder, into batch: inout RecordBatch
  ) {
    let value = printed(b, row, mapping.tags)
    guard value.count > 4, value[0] == 0x7B || value[0] == 0x5B else { return }
    var check = JSONScanner(at: 0)
    guard check.skipValue(value.span), check.position == value.count else { return }
    tagTexts.exchange(with: &batch)
    defer { tagTexts.exchange(with: &batch) }
    let b = value.span
    var reader = JSONScanner(at: 0)
    if value[0] == 0x7B {
      _ = reader.eachMember(b) { reader, key in
        guard let value = reader.scalar(b) else { return false }
        builder.take(SpanBuilder.name(b, key), value, b, &tagTexts)
        return true
      }
    } else {
      _ = reader.eachElement(b) { reader in
        guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
        guard let pair = NamedSpans.pair(b, &reader) else { return reader.failure == .none }
        builder.take(SpanBuilder.name(b, pair.key), pair.value, b, &tagTexts)
        return true
      }
    }
    builder.settleException()
  }

  /// A cell of several parts as JSON; empty where it is none.
  func printed(_ b: Span<UInt8>, _ row: DelimitedRow, _ column: Int) -> [UInt8] {
    let range = field(b, row, column)
    guard range.count > 4, b[range.lowerBound] == 0x7B || b[range.lowerBound] == 0x5B else { return [] }
    guard row.fields[column].isDoubled else { return PrintedValue.json(b.extracting(range)) }
    var plain: [UInt8] = []
    Self.undouble(b.extracting(range), into: &plain)
    return PrintedValue.json(plain.span)
  }

  /// Takes what Jaeger's table in Cassandra keeps in columns of several parts (jaeger, plugin/storage/cassandra/schema): the process, and
  /// the references, of which the first one in the span's own trace is the parent.
  func takeCassandra(_ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan, _ symbols: inout SymbolTable) {
    let process = printed(b, row, mapping.process)
    var reader = JSONScanner(at: 0)
    _ = reader.eachMember(process.span) { reader, key in
      guard JSONScanner.equals(process.span, key, "service_name") else { return reader.skipValue(process.span) }
      guard let text = reader.keyText(process.span) else { return false }
      if !text.isEmpty { span.service = symbols.intern(process.span.extracting(text.start..<text.end)) }
      return true
    }
    let references = printed(b, row, mapping.references)
    guard span.parent == 0, !references.isEmpty else { return }
    var parent: UInt64 = 0
    reader = JSONScanner(at: 0)
    _ = reader.eachElement(references.span) { reader in
      reader.eachMember(references.span) { reader, key in
        guard JSONScanner.equals(references.span, key, "span_id") else { return reader.skipValue(references.span) }
        guard let value = reader.scalar(references.span) else { return false }
        if parent == 0, let text = value.slice { parent = id(references.span.extracting(text.start..<text.end)) }
        return true
      }
    }
    span.parent = parent
  }
}
