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

  /// Whether a line with such a first byte may belong to what a collector or an exporter prints.
  @inline(__always) func mayBePrinted(_ first: UInt8, _ stream: Int) -> Bool {
    intake.streams[stream].dump.isActive || intake.printing > 0 || DotnetConsole.mayOpen(first)
  }

  /// Takes a line of what a collector or .NET's console exporter prints; false where it is none.
  mutating func takePrintout(
    _ whole: Span<UInt8>, upTo end: Int, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> Bool {
    if intake.streams[stream].dump.isActive, takeDump(whole, stream, at: place, into: &batch) { return true }
    return takeBlock(whole.extracting(0..<end), around.component, stream, at: place, into: &batch)
  }

  /// Takes an empty line, which ends a block.
  mutating func takeEmpty(_ around: LineEnvelope) -> TextOutcome {
    if intake.printing > 0 { intake.streams[intake.stream(around)].printed.takeEmpty() }
    return .continued
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
    let passedOver = intake.streams[stream].dump.passedOver
    handOn(intake.streams[stream].dump.takeDocuments(), passedOver: passedOver, at: position, into: &batch)
  }

  private mutating func handOn(
    _ records: (documents: [[UInt8]], cut: Int), passedOver: Int, at position: SourceLocation.Position,
    into batch: inout RecordBatch
  ) {
    pendingDocuments += records.documents
    if records.cut > 0 { batch.recordCounts.repair("textCut", records.cut) }
    if passedOver > 0 { tellMetrics(at: position, into: &batch) }
  }

  /// Tells once that printed metrics are not read.
  mutating func tellMetrics(at position: SourceLocation.Position, into batch: inout RecordBatch) {
    guard !intake.saidPassedOver else { return }
    intake.saidPassedOver = true
    context.report(
      "unknownRecord", .warning, at: position,
      "metrics that are printed for people are not read: export them to a file", into: &batch)
  }

  /// Takes a line of what .NET's console exporter prints; false where it is none, or none any more.
  private mutating func takeBlock(
    _ line: Span<UInt8>, _ name: Symbol, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let wasActive = intake.streams[stream].printed.isActive
    guard wasActive || DotnetConsole.opens(line) else { return false }
    let isMore =
      line[0] != 0x7B && TraceFollower.crash(line) == nil
      && KnownLines.read(line, intake.unwrapper.times, classifier.logKeys) == nil
      && intake.layouts.header(of: line, name: name).header.messageStart == 0
    let isTaken = intake.streams[stream].printed.take(line, intake.unwrapper.times, isMore: isMore)
    if intake.streams[stream].printed.isActive != wasActive { intake.printing += wasActive ? -1 : 1 }
    handOnBlocks(stream, at: place.position, into: &batch)
    if isTaken { batch.recordCounts.repair("continuationLine") }
    return isTaken
  }

  /// Hands on the records of blocks that are whole.
  mutating func handOnBlocks(_ stream: Int, at position: SourceLocation.Position, into batch: inout RecordBatch) {
    let passedOver = intake.streams[stream].printed.passedOver
    handOn(intake.streams[stream].printed.takeDocuments(), passedOver: passedOver, at: position, into: &batch)
  }
}
