// Requests in JSON: an access log's own record, perhaps in what a collector put around it.

internal import Model
internal import Support

extension JSONRecords {
  /// Takes an object as a request, and as a log line where it has a message of its own that says more than the request does.
  mutating func takeServed(
    _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard let request = takeAccess(b, range, at: place, into: &batch) else { return false }
    guard request.hasMessage else { return true }
    isServed = true
    defer { isServed = false }
    // One record is counted once.
    if takeLog(b, at: range.lowerBound, place, needing: .message, into: &batch) { batch.recordCounts.use(-1) }
    return true
  }

  /// Takes an object as a request of an access log; nil where it is none.
  mutating func takeAccess(
    _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> AccessRecord? {
    let zone = context.settings.assumedZoneSeconds
    guard let record = AccessObject.read(b, at: range.lowerBound, zoneSeconds: zone) else { return nil }
    if record.method.isEmpty, !record.requestID.isEmpty, let found = begun.completed(b, range),
      var both = AccessObject.read(found.record.span, at: 0, zoneSeconds: zone)
    {
      both.beginning = found.number
      return takeFound(both, found.record.span, 0..<found.record.count, at: place, into: &batch)
    }
    return takeFound(record, b, range, at: place, into: &batch)
  }

  private mutating func takeFound(
    _ record: AccessRecord, _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> AccessRecord? {
    let zone = context.settings.assumedZoneSeconds
    var around = (depth == 0 ? origin(into: &batch) : envelope).withoutFileName(at: place.source)
    if record.isEscaped {
      let plain = JSONEscapes.simplified(b, range)
      guard var plainRecord = AccessObject.read(plain.span, at: 0, zoneSeconds: zone) else { return nil }
      plainRecord.beginning = record.beginning
      complete(&around, plainRecord, plain.span, at: 0, into: &batch)
      access.append(plainRecord, plain.span, around, into: &batch)
    } else {
      complete(&around, record, b, at: range.lowerBound, into: &batch)
      access.append(record, b, around, into: &batch)
    }
    if !record.lines.isEmpty { pendingDocuments.append(ServedLines.named(b, record)) }
    used(record.format.description, record.hasUnitlessDuration ? .durationUnit : [], place.position, into: &batch)
    return record
  }

  /// Takes the object behind the message of Caddy's console encoder as a request.
  mutating func takeConsole(
    _ object: Span<UInt8>, of around: LineEnvelope, into batch: inout RecordBatch
  ) -> Bool {
    var check = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    let zone = context.settings.assumedZoneSeconds
    guard check.skipValue(object), check.position == object.count,
      let record = AccessObject.read(object, at: 0, zoneSeconds: zone, signs: .handled)
    else { return false }
    if record.isEscaped {
      // zap escapes `&` of a path, and the quotes of the `common_log` that earlier versions of Caddy have.
      let plain = JSONEscapes.simplified(object, 0..<object.count)
      guard let record = AccessObject.read(plain.span, at: 0, zoneSeconds: zone, signs: .handled) else { return false }
      access.append(record, plain.span, around, into: &batch)
    } else {
      access.append(record, object, around, into: &batch)
    }
    batch.recordCounts.use()
    recognized &+= 1
    return true
  }

  /// Adds to the layers around a request what its record says under the keys of log records: a time that no key of access logs holds,
  /// and the container or program, which collectors merge into it (Fluent Bit's `Merge_Log`, Filebeat, Docker's fluentd driver).
  private mutating func complete(
    _ around: inout LineEnvelope, _ record: AccessRecord, _ b: Span<UInt8>, at start: Int,
    into batch: inout RecordBatch
  ) {
    // A layer's time is that of the record's end, and needs no other.
    guard record.time == .min && around.time == .min || record.namesWriter else { return }
    texts.exchange(with: &batch)
    let fields = logs.readRequest(b, at: start, &texts)
    texts.exchange(with: &batch)
    if around.time == .min {
      (around.time, around.hasZone) = (fields.time, fields.hasZone)
    }
    if record.namesWriter { around.name(fields.name, fields.rank) }
  }
}
