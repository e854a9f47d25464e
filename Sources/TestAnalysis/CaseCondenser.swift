// Test reports into rows, where they are decoded: what a passed test printed is held nowhere.

package import Model
package import Segments
internal import Support

/// Puts the records of reports into the short form that digest and conclude read.
package struct CaseCondenser: TestReportCondensing {
  private var identity = TestIdentity()
  private var signer = FailureSigner()
  private var suites = SuiteTable()
  private var names = SharedNameWriter()
  private var origins = OriginNames()

  package init() {}

  /// The row of a report or of a piece of one.
  ///
  /// - Parameters:
  ///   - report: what the decoder made.
  ///   - path: the name that the report is listed under.
  /// - Returns: the row; its source refers to the decoder's table.
  package mutating func condense(_ report: TestReportFile, path: String) -> ReportRow {
    var row = ReportRow(path: path, source: report.source)
    row.piece = report.piece
    row.isLast = report.isLast
    row.dialect = report.dialect
    row.isComplete = report.complete
    row.isRecovered = report.recovered
    if !report.parser.isEmpty { row.parserStop = report.parserStoppedAt }
    if report.isLast { row.properties = Self.kept(origins.kept(report.properties)) }
    suites = SuiteTable()
    var writer = ByteWriter()
    names = SharedNameWriter()
    let usesFile = report.records.count > 1 || !report.isLast
    let records = report.records.span
    for i in records.indices { add(records[i], usesFile: usesFile, to: &row, &writer) }
    row.count = records.count
    row.suites = suites.notes
    row.cases = writer.bytes
    return row
  }

  /// One record, lent: it has a dozen texts, and each copy counts them all.
  private mutating func add(
    _ record: borrowing TestRecord, usesFile: Bool, to row: inout ReportRow, _ writer: inout ByteWriter
  ) {
    identity.read(record)
    var note = note(record)
    note.suite = suites.key(of: record, usesFile: usesFile, &origins)
    if !identity.masked.isEmpty { note.raw = identity.text }
    names.write(identity.masked.isEmpty ? identity.text : identity.masked, to: &writer)
    note.encode(to: &writer)
    guard record.time != .min else { return }
    row.first = min(row.first, record.time)
    row.last = max(row.last, record.time)
  }

  private mutating func note(_ record: borrowing TestRecord) -> CompactResult {
    var note = CompactResult()
    note.attempt = record.attempt > 0 ? record.attempt : identity.attempt
    note.outcome = record.outcome
    note.marks = record.marks
    note.duration = record.duration
    note.time = record.time
    note.line = record.source.value
    note.isBare =
      record.outcome == .passed && record.message.isEmpty && record.output.isEmpty && record.properties.isEmpty
    let cause = SetupFailure.cause(of: record)
    if note.isFailure, !cause.isEmpty, !cause.hasPrefix("dependency") { note.marks.insert(.setup) }
    if note.isFailure || !cause.isEmpty {
      note.failure = signer.note(
        type: record.failureType, message: record.message, stack: record.stack, cause: cause)
      note.failure?.locate(record)
    }
    if !record.attempts.isEmpty {
      note.inner = record.attempts.map { attempt in
        CompactResult.Inner(
          outcome: attempt.outcome, duration: attempt.duration,
          failure: signer.note(
            type: attempt.failureType, message: attempt.message, stack: attempt.stack, cause: ""))
      }
    }
    return note
  }

  /// Foreign text on its way into a row: the one place that it goes through.
  static func kept(_ text: String) -> String { text }

  private static func kept(_ properties: [TestRecord.Property]) -> [TestRecord.Property] {
    properties.map { TestRecord.Property(name: kept($0.name), value: kept($0.value)) }
  }
}
