// Spans of Zipkin, one after another.

internal import Model
internal import Support

extension JSONRecords {
  /// Reads a span of Zipkin, appends it, and tells what its keys say; nil on a failure.
  mutating func readZipkin(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> ZipkinSpan.Keys? {
    texts.exchange(with: &batch)
    var span = ZipkinSpan()
    let isRead = span.read(b, &reader, &texts)
    texts.exchange(with: &batch)
    guard isRead else { return nil }
    span.append(source: place.source, to: &batch.spans)
    used("Zipkin", span.issues, place.position, into: &batch)
    return span.keys
  }

  /// Takes the object at the reader's place as one more span of Zipkin, where the last one was one: its keys are looked
  /// through while it is read, not before.
  ///
  /// - Returns: false where it is anything else than a whole, usual span; then nothing was taken.
  mutating func takeZipkin(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    let before = (reader: reader, repairs: texts.repairs)
    // The deepest values stand three levels down; classifying counts from the top one.
    reader.depthLimit -= 3
    texts.exchange(with: &batch)
    var span = ZipkinSpan()
    let isRead = span.read(b, &reader, &texts)
    texts.exchange(with: &batch)
    if isRead, span.keys == .certain, !reader.sawEscapedKey, !reader.sawBadUTF8, !reader.sawControl {
      reader.depthLimit += 3
      span.append(source: place.source, to: &batch.spans)
      noteWidth(batch.spans.last)
      used("Zipkin", span.issues, place.position, into: &batch)
      return true
    }
    (reader, texts.repairs) = before
    expectsZipkin = false
    return false
  }
}
