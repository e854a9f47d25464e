// Rows of a mapped table as spans: their times, in whatever units, and what their columns say.

internal import Model
internal import Support

extension TableRows {
  mutating func span(
    _ b: Span<UInt8>, _ row: DelimitedRow, line: Int, _ context: inout MemberContext, into batch: inout RecordBatch
  ) -> String? {
    var builder = SpanBuilder()
    if mapping.tags >= 0 { takeTags(b, row, &builder, into: &batch) }
    var span = builder.span
    (span.trace, span.traceText) = request(b, row, &batch.symbols)
    span.span = id(b.extracting(field(b, row, mapping.span)))
    guard !span.trace.isNone, span.span != 0 else { return "noID" }
    guard let issues = fillTimes(b, row, &span, context) else { return "badTime" }
    issues.tell(at: .line(line), &context, into: &batch)
    if mapping.sampleRate >= 0,
      let weight = SpanBuilder.weight(ofRate: b.extracting(field(b, row, mapping.sampleRate)))
    {
      span.weight = SampleWeight(weight)
      SpanIssues.sampled.tell(at: .line(line), &context, into: &batch)
    }
    if isDoubtful(b, row) { SpanIssues.doubtfulUnit.tell(at: .line(line), &context, into: &batch) }
    let parent = field(b, row, mapping.parent)
    if !parent.isEmpty {
      let text = b.extracting(parent)
      span.parent = mapping.hasDecimalIDs ? id(text) : FieldText.parentID(text)
    }
    span.service = symbol(b, row, mapping.component, &batch.symbols)
    span.operation = symbol(b, row, mapping.operation, &batch.symbols)
    if mapping.peer >= 0 { span.peerService = symbol(b, row, mapping.peer, &batch.symbols) }
    if mapping.statusMessage >= 0 { span.message = symbol(b, row, mapping.statusMessage, &batch.symbols) }
    if mapping.process >= 0 { takeCassandra(b, row, &span, &batch.symbols) }
    takeError(b, row, &span, &batch.symbols)
    if mapping.isInsights {
      takeInsights(b, row, &span)
    } else if mapping.spanKind >= 0 {
      span.kind = SpanWords.kind(b.extracting(field(b, row, mapping.spanKind)))
    } else if mapping.isOfRequests {
      span.kind = .server
    }
    if mapping.httpStatus >= 0 {
      span.httpStatus = SpanWords.httpStatus(b.extracting(field(b, row, mapping.httpStatus)))
    }
    if mapping.grpcStatus >= 0 {
      span.grpcStatus = SpanWords.grpcStatus(b.extracting(field(b, row, mapping.grpcStatus)))
    }
    if mapping.status >= 0, span.status != .error {
      SpanWords.status(b.extracting(field(b, row, mapping.status)), into: &span)
    }
    span.source = context.line(line)
    batch.spans.append(span)
    return nil
  }

  func id(_ text: Span<UInt8>) -> UInt64 {
    guard mapping.hasDecimalIDs else { return FieldText.spanID(text) }
    // Cassandra's are signed.
    return FieldText.unsigned(text) ?? FieldText.int(text).map { UInt64(bitPattern: $0) } ?? FieldText.spanID(text)
  }

  /// Requests are served, everything else is called; what went wrong says so.
  private func takeInsights(_ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan) {
    let kind = b.extracting(field(b, row, mapping.spanKind))
    let isCall =
      mapping.spanKind < 0 ? mapping.peer >= 0 : kind.indices.contains { JSONScanner.matches(kind, $0, "epend") }
    span.kind = isCall ? .client : .server
    if FieldText.isWord(b.extracting(field(b, row, mapping.success)), "false") { span.status = .error }
  }

  /// An error column: a flag, or what went wrong.
  private mutating func takeError(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan, _ symbols: inout SymbolTable
  ) {
    let field = field(b, row, mapping.error)
    let word = b.extracting(field)
    if field.isEmpty || FieldText.isNull(word) { return }
    func isOne(of words: [StaticString]) -> Bool {
      for known in words where FieldText.isWord(word, known) { return true }
      return false
    }
    if isOne(of: ["true", "1", "1.0", "t", "yes", "y"]) {
      span.status = .error
    } else if !isOne(of: ["false", "0", "0.0", "f", "no", "n"]), span.message.isNone {
      span.message = symbol(b, row, mapping.error, &symbols)
    }
  }

  /// Start and duration of a span, and what is wrong with them; nil where there is no start.
  private func fillTimes(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ span: inout TraceSpan, _ context: borrowing MemberContext
  ) -> SpanIssues? {
    let duration = field(b, row, mapping.duration)
    let unit = durationUnit(b, row, duration)
    let length = unit.flatMap {
      SpanWords.duration(b.extracting(duration), unit: $0, isGrouped: mapping.durationIsGrouped)
    }
    let end = time(b, row, mapping.end, in: mapping.endUnit, context)
    var issues: SpanIssues = []
    if let start = time(b, row, mapping.start, in: mapping.startUnit, context) {
      span.start = start
      if length == nil, end != nil {
        span.take(end: end, &issues)
      } else {
        // What is written and no number tells that it ended: `200,5` (a decimal comma, or thousands), or a word.
        let hasEnd = !field(b, row, mapping.end).isEmpty
        let isWritten = !duration.isEmpty || hasEnd
        span.take(
          length: length ?? (isWritten ? TraceSpan.unreadableLength : nil),
          unreadable: unit == nil || hasEnd ? .negativeDuration : .durationUnknown, &issues)
      }
      if unit == nil, !duration.isEmpty, mapping.end < 0 { issues.insert(.durationUnit) }
    } else if let end, let length {
      span.start = end.subtractingReportingOverflow(length).partialValue
      span.take(length: length, &issues)
    } else {
      return nil
    }
    span.settleTimes(&issues)
    return issues
  }

  /// The unit of a duration: the one that its column tells; else a text's own, else that of the beginning where it is a
  /// number. Nil where nothing tells it, and where the end is there, which is more certain.
  private func durationUnit(_ b: Span<UInt8>, _ row: DelimitedRow, _ duration: Range<Int>) -> FieldText.Unit? {
    if duration.isEmpty { return nil }
    guard mapping.durationUnit == .inferred else { return mapping.durationUnit }
    if b[duration.upperBound - 1] > 0x39 { return .microseconds }
    if !field(b, row, mapping.end).isEmpty { return nil }
    let ofStart = FieldText.unit(ofEpoch: b.extracting(field(b, row, mapping.start)))
    return learnedUnit?.unit(besides: ofStart).unit ?? (mapping.isClickHouse ? .nanoseconds : ofStart)
  }

  /// Whether a row's duration is read in a unit that its beginning and the calls of the file do not tell alike.
  private func isDoubtful(_ b: Span<UInt8>, _ row: DelimitedRow) -> Bool {
    guard let learnedUnit, mapping.durationUnit == .inferred, field(b, row, mapping.end).isEmpty else { return false }
    let duration = field(b, row, mapping.duration)
    guard !duration.isEmpty, b[duration.upperBound - 1] <= 0x39 else { return false }
    return learnedUnit.unit(besides: FieldText.unit(ofEpoch: b.extracting(field(b, row, mapping.start)))).isDoubtful
  }

  /// Gives a row's duration to the sample, where its unit has to be found.
  func addDuration(
    _ b: Span<UInt8>, _ row: DelimitedRow, _ context: borrowing MemberContext, to evidence: inout DurationEvidence
  ) {
    guard mapping.kind == .spans, mapping.durationUnit == .inferred, mapping.end < 0,
      let length = FieldText.double(b.extracting(field(b, row, mapping.duration))),
      let start = time(b, row, mapping.start, in: mapping.startUnit, context)
    else { return }
    evidence.add(
      trace: RequestID.parse(b.extracting(field(b, row, mapping.trace))).id,
      span: FieldText.spanID(b.extracting(field(b, row, mapping.span))),
      parent: FieldText.parentID(b.extracting(field(b, row, mapping.parent))), start: start, length: length)
  }
}
