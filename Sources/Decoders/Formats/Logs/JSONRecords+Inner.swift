// Records of JSON or pairs behind a plain header: what `ts`, PM2 and loggers without a formatter of their own leave.

internal import Model
internal import Support

extension JSONRecords {
  /// Takes the message behind a header where it is a record itself; nil for any other message.
  ///
  /// Its level counts before the header's. Its time does where it may be the same moment: what a logger prints of an event that
  /// happened long ago is not when it was printed.
  mutating func takeInner(
    _ header: TextRecord, _ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int, at place: RecordPlace,
    into batch: inout RecordBatch
  ) -> TextOutcome? {
    let message = line.extracting(header.message)
    guard message.count > 8, depth < Self.mostLayers else { return nil }
    let isObject = message[0] == 0x7B && message[1] == 0x22 && message[message.count - 1] == 0x7D
    let pairs = isObject ? nil : KnownLines.pairs(message, intake.unwrapper.times, classifier.logKeys)
    guard isObject || pairs != nil else { return nil }
    var inner = around
    if around.givesWay(to: header.time, hasZone: header.hasZone) {
      (inner.time, inner.hasZone) = (header.time, header.hasZone)
    }
    if !header.severity.isUnknown { inner.severity = header.severity }
    if header.rank > inner.rank { inner.name(batch.symbols.intern(line.extracting(header.name)), header.rank) }
    if let named = request(of: header, line, into: &batch) {
      (inner.request, inner.requestText, inner.span) = named
    }
    depth += 1
    defer { depth -= 1 }
    let logs = batch.logs.count
    let outcome =
      pairs.map { takeKnown($0, message, inner, stream, at: place, into: &batch) }
      ?? takeObject(message, inner, opensDocuments: false, at: place, into: &batch)
    guard outcome != nil else { return nil }
    if header.yearAssumed { batch.recordCounts.repair("yearAssumed") }
    if batch.logs.count == logs + 1, inner.time != .min, !LineEnvelope.maySame(batch.logs[logs].time, inner.time) {
      batch.logs[logs].time = inner.time
    }
    return outcome
  }
}
