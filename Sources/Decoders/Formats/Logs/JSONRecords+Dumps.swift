// What a collector prints of its own telemetry, between the lines of a stream.

internal import Model
internal import Support

extension JSONRecords {
  /// Opens what a collector's debug exporter prints; false for any other message.
  mutating func opensDump(
    _ message: Span<UInt8>, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    if CollectorDump.isNormal(message) {
      context.report(
        "unknownRecord", .warning, at: place.position,
        "the collector's debug exporter with verbosity normal prints records without times: they cannot be read; export with verbosity detailed or to a file",
        into: &batch)
      return false
    }
    return CollectorDump.opens(message) && takeDump(message, stream, at: place, into: &batch)
  }

  /// Passes over a span as OpenTelemetry Java's LoggingSpanExporter prints it (`OTEL_TRACES_EXPORTER=logging`): it has no times, and is
  /// nobody's log line.
  mutating func passesPrintedSpan(
    _ message: Span<UInt8>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard CollectorDump.isPrintedSpan(message) else { return false }
    batch.recordCounts.skip("noTime")
    recognized &+= 1
    context.report(
      "unknownRecord", .warning, at: place.position,
      "spans that OpenTelemetry's logging exporter prints have no times: they cannot be read; export them as otlp or logging-otlp",
      into: &batch)
    return true
  }

  /// Takes a line of what a collector prints; false where it is none any more.
  mutating func takeDump(
    _ line: Span<UInt8>, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    var end = line.count
    while end > 0, line[end - 1] == 0x0D || line[end - 1] == 0x0A { end &-= 1 }
    guard end > 0 else { return false }
    let step = intake.streams[stream].dump.take(line.extracting(0..<end), intake.unwrapper.times)
    endDump(stream, at: place.position, into: &batch)
    if step == .taken { batch.recordCounts.repair("continuationLine") }
    return step == .taken
  }

  /// Hands on the records of a dump that are whole.
  mutating func endDump(_ stream: Int, at position: SourceLocation.Position, into batch: inout RecordBatch) {
    let before = intake.streams[stream].dump.passedOver
    let (documents, cut) = intake.streams[stream].dump.takeDocuments()
    pendingDocuments += documents
    if cut > 0 { batch.recordCounts.repair("textCut", cut) }
    if before > 0, !intake.saidPassedOver {
      intake.saidPassedOver = true
      context.report(
        "unknownRecord", .warning, at: position,
        "metrics that a collector prints for people are not read: export them to a file", into: &batch)
    }
  }
}
