package import Model
package import Segments
package import Support

/// What extract says of one input beside its rows: identity, record counts and diagnostics. It travels with the input's first
/// partition.
package struct InputOutcome: Sendable {
  package var name: String
  package var sha256: String
  /// The word of the command line that it was found under.
  package var root = ""
  /// The word of the command line or the pattern of the pipeline file that it was named by, and whether that may give nothing.
  package var argument = ""
  package var mayBeEmpty = false
  /// The call of extract that read it.
  package var batch = InputBatch(names: 0, content: 0)
  /// As stored.
  package var bytes = 0
  package var members = 0
  package var events = 0
  /// First and last time seen, microseconds; `first > last` while there is none.
  package var first = Int64.max
  package var last = Int64.min
  /// The times by day.
  package var times = TimeSpread()
  package var memberCounts: [NightReport.MemberCounts] = []
  package var diagnostics: [Diagnostic] = []
  /// Names of containers that it tells; the rows have them already where it comes out of a segment.
  var containers = ContainerNames()

  package init(name: String, sha256: String) {
    self.name = name
    self.sha256 = sha256
  }

  /// The record counts of all members together.
  package var recordCounts: RecordCounts {
    var recordCounts = RecordCounts()
    for member in memberCounts { recordCounts.merge(member.recordCounts) }
    return recordCounts
  }
}

extension InputOutcome {
  /// The outcomes of two calls of extract, in order.
  ///
  /// - Throws: `CoverageFailure` where one input was read by both: once is enough, and where its content changed between them,
  ///   neither is the night.
  package static func joined(_ a: [Self], _ b: [Self]) throws(CoverageFailure) -> [Self] {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    var joined = (a + b).sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
    for (one, next) in zip(joined, joined.dropFirst()) where one.name == next.name && one.batch != next.batch {
      // What became no input at all, such as a folder without files, may be named by several.
      if one.sha256.isEmpty, next.sha256.isEmpty { continue }
      throw CoverageFailure(
        one.sha256 == next.sha256
          ? "the input \(one.name) is there twice"
          : "the input \(one.name) is there with two checksums: it changed between two calls of extract")
    }
    var last: Self?
    joined = joined.compactMap { outcome in
      defer { last = outcome }
      let isCopy = outcome.sha256.isEmpty && last?.name == outcome.name && last?.diagnostics == outcome.diagnostics
      return isCopy ? nil : outcome
    }
    return joined
  }
}

extension InputOutcome: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(name)
    writer.text(sha256)
    writer.text(root)
    writer.text(argument)
    writer.bool(mayBeEmpty)
    writer.fixed64(batch.names)
    writer.fixed64(batch.content)
    writer.int(bytes)
    writer.int(members)
    writer.int(events)
    writer.signed(first)
    writer.signed(last)
    writer.array(times.days.sorted { $0.key < $1.key }) { writer, day in
      writer.signed(day.key)
      writer.int(day.value.count)
      writer.signed(day.value.first)
      writer.signed(day.value.last)
    }
    writer.int(times.uncounted)
    writer.array(memberCounts) { writer, member in
      writer.text(member.member.text)
      writer.text(member.format.text)
      writer.int(member.bytes)
      member.recordCounts.encode(to: &writer)
    }
    writer.array(diagnostics)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    name = try reader.text()
    sha256 = try reader.text()
    root = try reader.text()
    argument = try reader.text()
    mayBeEmpty = try reader.bool()
    batch = InputBatch(names: try reader.fixed64(), content: try reader.fixed64())
    bytes = try reader.int()
    members = try reader.int()
    events = try reader.int()
    first = try reader.signed()
    last = try reader.signed()
    for _ in 0..<(try reader.count(minimumBytes: 4)) {
      let number = try reader.signed()
      var day = TimeSpread.Day()
      day.count = try reader.int()
      day.first = try reader.signed()
      day.last = try reader.signed()
      times.merge(number, day)
    }
    times.addUncounted(try reader.int())
    for _ in 0..<(try reader.count(minimumBytes: 4)) {
      let member = try reader.text()
      let format = try reader.text()
      let bytes = try reader.int()
      memberCounts.append(
        NightReport.MemberCounts(
          member: ForeignName(member), format: OwnName(format), bytes: bytes,
          recordCounts: try RecordCounts(from: &reader)))
    }
    diagnostics = try reader.array()
  }
}

extension RecordCounts: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(records)
    writer.int(used)
    for counts in [skipped, repaired] {
      writer.dictionary(counts) { writer, reason, count in
        writer.text(reason)
        writer.int(count)
      }
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    self.init()
    records = try reader.int()
    used = try reader.int()
    skipped = try reader.dictionary { reader throws(DecodeFailure) in (try reader.text(), try reader.int()) }
    repaired = try reader.dictionary { reader throws(DecodeFailure) in (try reader.text(), try reader.int()) }
  }
}

extension Diagnostic: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.text(code)
    writer.byte(severity.rawValue)
    Evidence(location).encode(to: &writer)
    message.encode(to: &writer)
    writer.int(count)
    writer.bool(limit != nil)
    if let limit { writer.text(limit) }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    let code = try reader.text()
    guard let severity = Severity(rawValue: try reader.byte()) else { throw reader.failure("unknown severity") }
    let place = try Evidence(from: &reader)
    let message = try MessageText(from: &reader)
    let count = try reader.int()
    self.init(code, severity, at: place.location, message, count: count)
    if try reader.bool() { limit = try reader.text() }
  }
}
