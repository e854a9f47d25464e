// What is said of records in JSON: repairs, damage, values of no known kind.

internal import Model
internal import Support

extension JSONRecords {
  /// Whether the member's records are log records.
  var hasLogs: Bool { format == "JSON log lines" && recognized > 0 }

  /// Counts and notes what was wrong with a span.
  mutating func note(
    _ issues: SpanIssues, _ place: SourceLocation.Position, into batch: inout RecordBatch
  ) {
    for (issue, code, message) in SpanIssues.notes where issues.contains(issue) {
      if !issue.isOfTheInput { batch.recordCounts.repair(code) }
      context.report(code, issue == .sampled ? .warning : .note, at: place, message, into: &batch)
    }
  }

  /// Counts and notes the repairs of texts since the last time.
  mutating func noteTexts(_ place: SourceLocation.Position, into batch: inout RecordBatch) {
    for (count, before, code, message) in [
      (texts.loneSurrogates, reported.lone, "loneSurrogate", "half a surrogate pair became U+FFFD"),
      (texts.cut, reported.cut, "textCut", "a text was cut to the kept length"),
      (texts.base64IDs, reported.base64, "base64ID", "an identity in base64, where the format wants hex"),
    ] as [(Int, Int, String, MessageText)] where count != before {
      batch.recordCounts.repair(code, count - before)
      context.report(code, .note, at: place, message, limit: code == "textCut" ? "textBytes" : nil, into: &batch)
    }
    reported = texts.repairs
  }

  /// Notes and forgets what a reader let pass in the texts.
  mutating func noteText(
    _ reader: inout JSONScanner, at place: SourceLocation.Position, into batch: inout RecordBatch
  ) {
    if reader.sawBadUTF8 {
      batch.recordCounts.repair("invalidUTF8")
      context.report("invalidUTF8", .note, at: place, "bytes that are no UTF-8 became U+FFFD", into: &batch)
    }
    if reader.sawControl {
      batch.recordCounts.repair("controlCharacter")
      context.report("controlCharacter", .note, at: place, "a bare control character in a string", into: &batch)
    }
    reader.sawBadUTF8 = false
    reader.sawControl = false
  }

  /// Notes a value that is no record of any known kind; `close` says what that means.
  mutating func noteUnknown(_ place: SourceLocation.Position) {
    if unknown == 0 { firstUnknown = place }
    unknown += 1
  }

  mutating func reportTooLong(at place: SourceLocation.Position, into batch: inout RecordBatch) {
    recognized += 1
    batch.recordCounts.skip("lineTooLong")
    context.report(
      "lineTooLong", .error, at: place,
      "a line or element of more than \(context.settings.limits.line) bytes was left out", limit: "lineBytes",
      into: &batch)
  }

  mutating func reportMalformed(
    _ failure: JSONScanner.Failure, at place: SourceLocation.Position, into batch: inout RecordBatch
  ) {
    recognized += 1
    switch failure {
    case .depth:
      batch.recordCounts.skip("jsonTooDeep")
      context.report(
        "jsonTooDeep", .error, at: place, "nested deeper than \(context.settings.limits.jsonDepth)",
        limit: "jsonDepth", into: &batch)
    case .incomplete:
      batch.recordCounts.skip("cutOff")
      context.report("cutOff", .error, at: place, "the JSON ends in the middle of a value", into: &batch)
    case .syntax, .none:
      batch.recordCounts.skip("malformedJSON")
      context.report("malformedJSON", .error, at: place, "not valid JSON", into: &batch)
    }
  }

  /// Remembers how wide a trace id is: reporters of 64 bits and of 128 bits in one file tell of one request in two ways.
  @inline(__always) mutating func noteWidth(_ span: TraceSpan?) {
    guard let trace = span?.trace, span?.traceText.isNone == true else { return }
    if trace.high == 0 { sawNarrowID = true } else { sawWideID = true }
  }

  /// Says what the member came to: never nothing, where nothing was read.
  mutating func close(isText: Bool, into batch: inout RecordBatch) {
    leaveAll(into: &batch)
    late.handOverBegun(into: &batch)
    for span in apm.giveUp() {
      batch.spans.append(span)
      note(.noTime, .whole, into: &batch)
    }
    if sawNarrowID, sawWideID {
      context.report(
        "mixedTraceIDs", .note, at: .whole,
        "trace ids of 64 and of 128 bits in one file: a request whose reporters differ is one where the lower halves agree",
        into: &batch)
    }
    if unknown > 0 {
      if recognized == 0, !isContinued {
        context.report("unrecognizedFormat", .note, at: .whole, "JSON of no known record format", into: &batch)
      } else {
        batch.recordCounts.skip("unknownShape", unknown)
        context.report(
          "unknownShape", .warning, at: firstUnknown, "\(unknown) JSON values that are no known record", into: &batch)
      }
    } else if recognized == blankLines, !isContinued, !isText || !context.hasReported {
      context.report(
        "noRecords", .note, at: .whole, isText ? "lines without records" : "JSON without records", into: &batch)
    }
    context.close(into: &batch)
  }
}
