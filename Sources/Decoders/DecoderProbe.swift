// The entry of the fuzz targets: any bytes as one member of one family, with the promises that must hold for all of them.

internal import Model

/// Decodes arbitrary bytes and checks what must be true of any input.
package enum DecoderProbe: String, CaseIterable, Sendable {
  case json
  case mappedJSON
  case table
  case logLines
  case xml
  /// Binary OTLP behind lengths of four bytes, whichever signal.
  case protobuf
  /// Whatever the bytes look like.
  case any

  /// Decodes the bytes, whole and in pieces, and returns the promise that was broken, nil where all hold.
  ///
  /// The promises: no trap; the record counts balance; texts lie inside the arena; every member without records says why; where
  /// the pieces end makes no difference.
  package func brokenPromise(_ bytes: [UInt8], piece: Int = 61) -> String? {
    let whole = decode(bytes, piece: max(bytes.count, 1))
    if whole.recordCounts.records != whole.recordCounts.used + whole.recordCounts.skippedTotal {
      return "the books do not balance"
    }
    let count = whole.spans.count + whole.logs.count + whole.metrics.count + whole.events.count + whole.reports.count
    if count == 0, whole.diagnostics.isEmpty { return "nothing read and nothing said" }
    if whole.recordCounts.skippedTotal > 0, whole.diagnostics.isEmpty { return "something skipped and nothing said" }
    for log in whole.logs where log.textStart < 0 || log.textStart + log.textCount > whole.text.count {
      return "a text outside its arena"
    }
    let pieces = decode(bytes, piece: max(piece, 1))
    if pieces.recordCounts != whole.recordCounts { return "other books in pieces" }
    if pieces.text != whole.text { return "other texts in pieces" }
    if pieces.spans.map(\.start) != whole.spans.map(\.start) { return "other spans in pieces" }
    if pieces.metrics.map(\.time) != whole.metrics.map(\.time) { return "other readings in pieces" }
    if Self.results(pieces) != Self.results(whole) { return "other results in pieces" }
    return nil
  }

  private static func results(_ batch: RecordBatch) -> [String] {
    batch.reports.flatMap(\.records).map { "\($0.name)\u{0}\($0.outcome)\u{0}\($0.message)\u{0}\($0.source.value)" }
  }

  private func decode(_ bytes: [UInt8], piece: Int) -> RecordBatch {
    var settings = DecoderSettings()
    settings.limits.line = 1 << 16
    if let rule { settings.rules = [rule] }
    var batch = RecordBatch()
    let number = batch.sources.add(input: "probe", member: "")
    let context = MemberContext(input: "probe", member: "", number: number, settings: settings)
    var decoder: any FormatDecoder =
      switch self {
      case .json, .mappedJSON: JSONMemberDecoder(context: context, rule: rule)
      case .table: TableDecoder(context: context, rule: nil, delimiter: 0x2C)
      case .logLines: PlainLogDecoder(context: context)
      case .xml: XMLReportDecoder(context: context)
      case .protobuf:
        OTLPProtobufDecoder(
          context: context, wire: OTLPWire.sniff(bytes.span) ?? OTLPWire(framing: .length32, signal: .traces))
      case .any: AnyDecoder(settings: settings, batch: &batch)
      }
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + piece)
      decoder.feed(bytes.span.extracting(start..<end), into: &batch)
      start = end
    }
    decoder.finish(complete: true, into: &batch)
    return batch
  }

  private var rule: FormatRule? {
    guard self == .mappedJSON else { return nil }
    var rule = FormatRule(match: "*", records: .spans)
    rule.keys = [.trace: "trace_id", .span: "span_id", .start: "time.start", .durationMs: "duration_ms"]
    return rule
  }

  /// The member decoder as a format of its own.
  private struct AnyDecoder: FormatDecoder {
    private var member: MemberDecoder
    var format: String { member.format }

    init(settings: DecoderSettings, batch: inout RecordBatch) {
      member = MemberDecoder(input: "probe", member: "", settings: settings, batch: &batch)
    }

    mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) { member.feed(bytes, into: &batch) }

    mutating func finish(complete: Bool, into batch: inout RecordBatch) {
      member.finish(complete: complete, into: &batch)
    }
  }
}
