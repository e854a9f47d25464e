internal import Model
package import Support

/// The binary form of a segment, version 6: header, symbols in use, members in use, rows, checksum.
///
/// It holds no times of writing, host names or absolute paths: equal rows from equal inputs are equal bytes.
extension Segment {
  static let magic: UInt32 = 0x4753_4348  // "HCSG"
  static let version: UInt8 = 6

  /// The bytes of the segment.
  package func encoded() -> [UInt8] {
    var encoder = SegmentEncoder()
    encoder.encode([SegmentPart(symbols: symbols, sources: sources, rows: [rows])])
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoder.count)
    for piece in encoder.pieces() { bytes += piece }
    return bytes
  }

  /// Reads the bytes of a segment.
  ///
  /// - Throws: `DecodeFailure` where the bytes are cut, changed, or of another version.
  package init(encoded bytes: [UInt8]) throws(DecodeFailure) { try self.init(from: ByteReader(bytes)) }

  /// Reads a segment that stands among other bytes.
  ///
  /// - Throws: `DecodeFailure` where the bytes are cut, changed, or of another version.
  package init(from section: ByteReader) throws(DecodeFailure) {
    var reader = section
    let size = section.remaining
    guard size > 13 else { throw DecodeFailure("too short for a segment", at: section.offset) }
    var trailer = section
    _ = trailer.part(size - 8)
    guard try trailer.fixed64() == section.hash(size - 8) else {
      throw DecodeFailure("the checksum does not match: the segment is damaged", at: trailer.offset)
    }
    guard try reader.fixed32() == Self.magic else { throw DecodeFailure("not a segment", at: 0) }
    let version = try reader.byte()
    guard version == Self.version else { throw DecodeFailure("segment version \(version) is not known", at: 4) }
    self.init()
    let count = try reader.count()
    for _ in 0..<count {
      let text = try reader.blob()
      _ = symbols.intern(text.span)
    }
    guard symbols.count == count + 1 else { throw reader.failure("a symbol appears twice") }
    for _ in 0..<(try reader.count(minimumBytes: 2)) {
      let input = try reader.text()
      _ = sources.add(input: input, member: try reader.text())
    }
    var body = reader.part(try reader.count())
    try decodeRows(from: &body)
  }

  private mutating func decodeRows(from reader: inout ByteReader) throws(DecodeFailure) {
    let tables = RowTables(symbols: symbols.count, members: sources.entries.count)
    try decodeSpans(from: &reader, tables)
    try decodeReadings(from: &reader, tables)
    try decodeEvents(from: &reader, tables)
    for _ in 0..<(try reader.count(minimumBytes: 2)) {
      let report = try ReportRow(from: &reader)
      guard report.source.member < tables.members else { throw reader.failure("member out of range") }
      rows.append(report)
    }
    guard reader.remaining == 0 else { throw reader.failure("trailing bytes in a segment") }
  }

  private mutating func decodeSpans(from reader: inout ByteReader, _ tables: RowTables) throws(DecodeFailure) {
    var identity = RowIdentity()
    let spans = try reader.count(minimumBytes: 8)
    // Rows take some twenty bytes and more: a count alone makes no room for as many as it says.
    rows.spans.reserveCapacity(min(spans, reader.remaining / 16))
    for _ in 0..<spans {
      let hasUsualRest = try identity.readNext(from: &reader, members: tables.members)
      var row = SpanRow(
        request: identity.request, span: identity.span, parent: identity.parent, start: identity.time,
        duration: try reader.signed(), source: identity.source, component: try tables.symbol(&reader),
        operation: try tables.symbol(&reader), peer: try tables.symbol(&reader))
      let kindByte = try reader.byte()
      guard let kind = SpanKind(rawValue: kindByte & 0x0F) else { throw reader.failure("unknown span kind") }
      row.kind = kind
      if !hasUsualRest {
        row.message = try tables.symbol(&reader)
        row.requestText = try tables.symbol(&reader)
        row.failureCode = try reader.byte()
        guard row.failureCode == 0 || FailureKind(rawValue: row.failureCode) != nil else {
          throw reader.failure("unknown failure kind")
        }
        row.attempt = try reader.byte()
        row.flags = SpanRow.Flags(rawValue: UInt16(try reader.byte()))
      }
      if kindByte & 0x40 != 0 { row.flags.insert(.untimed) }
      if kindByte & 0x10 != 0 { row.flags.insert(.maybeCallee) }
      if kindByte & 0x20 != 0 {
        guard let weight = SampleWeight(code: try reader.unsigned()) else {
          throw reader.failure("a weight out of range")
        }
        row.weight = weight
      }
      if kindByte & 0x80 != 0 {
        guard let evidence = UInt32(exactly: try reader.unsigned()), evidence != 0 else {
          throw reader.failure("evidence of retries out of range")
        }
        row.retryEvidence = RetryEvidence(rawValue: evidence)
      }
      rows.spans.append(row)
    }
  }

  /// Logs, then metrics.
  private mutating func decodeReadings(from reader: inout ByteReader, _ tables: RowTables) throws(DecodeFailure) {
    var log = RowIdentity()
    for _ in 0..<(try reader.count(minimumBytes: 6)) {
      _ = try log.readNext(from: &reader, members: tables.members)
      let component = try tables.symbol(&reader)
      let message = try tables.symbol(&reader)
      let marked = try reader.byte()
      guard let severity = Severity(rawValue: marked & 0x7F) else { throw reader.failure("unknown severity") }
      var row = LogRow(
        time: log.time, request: log.request, span: log.span, source: log.source, component: component,
        message: message, severity: severity)
      if marked & 0x80 != 0 {
        guard let took = UInt32(exactly: try reader.unsigned()), took != 0 else {
          throw reader.failure("a duration out of range")
        }
        row.took = took
      }
      rows.logs.append(row)
    }
    var reading = RowIdentity()
    for _ in 0..<(try reader.count(minimumBytes: 13)) {
      _ = try reading.readNext(from: &reader, members: tables.members)
      rows.metrics.append(
        MetricRow(
          time: reading.time, value: Double(bitPattern: try reader.fixed64()), source: reading.source,
          component: try tables.symbol(&reader), metric: try tables.symbol(&reader)))
    }
  }

  private mutating func decodeEvents(from reader: inout ByteReader, _ tables: RowTables) throws(DecodeFailure) {
    var identity = RowIdentity()
    for _ in 0..<(try reader.count(minimumBytes: 22)) {
      _ = try identity.readNext(from: &reader, members: tables.members)
      guard let kind = EventKind(rawValue: try reader.byte()) else { throw reader.failure("unknown event kind") }
      var event = StructuralEvent(
        time: identity.time, component: .none, kind: kind, request: identity.request, span: identity.span,
        parent: identity.parent)
      event.succeeded = try reader.bool()
      event.attempt = try reader.byte()
      let failure = try reader.byte()
      event.failure = FailureKind(rawValue: failure)
      guard failure == 0 || event.failure != nil else { throw reader.failure("unknown failure kind") }
      guard let severity = Severity(rawValue: try reader.byte()) else { throw reader.failure("unknown severity") }
      event.severity = severity
      event.value = Double(bitPattern: try reader.fixed64())
      event.latency = try reader.signed()
      event.source = identity.source
      event.component = try tables.symbol(&reader)
      event.requestText = try tables.symbol(&reader)
      event.subject = try tables.symbol(&reader)
      event.operation = try tables.symbol(&reader)
      event.message = try tables.symbol(&reader)
      rows.events.append(event)
    }
  }
}

/// Reads symbols of rows, checked against the table they refer to.
private struct RowTables {
  let symbols: Int
  let members: Int

  func symbol(_ reader: inout ByteReader) throws(DecodeFailure) -> Symbol {
    let number = try reader.unsigned()
    guard number < UInt64(symbols) else { throw reader.failure("symbol out of range") }
    return Symbol(UInt32(number))
  }
}
