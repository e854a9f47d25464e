// Reads test reports out of bytes for the tests of this folder.

@testable import Decoders
import Model

/// What a report gave: its pieces joined, and the batch's record counts and diagnostics.
struct ReadReport {
  var files: [TestReportFile] = []
  var recordCounts = RecordCounts()
  var diagnostics: [Diagnostic] = []
  var format = ""

  var records: [TestRecord] { files.flatMap(\.records) }
  var codes: Set<String> { Set(diagnostics.map(\.code)) }

  func count(_ outcome: TestOutcome) -> Int { records.count { $0.outcome == outcome } }

  /// The counts that the acceptance script compares: a disabled test is none of failed, error and skipped.
  var counts: [String: Int] {
    [
      "tests": records.count,
      "passed": records.count { $0.outcome == .passed || $0.marks.contains(.disabled) },
      "failures": count(.failed), "errors": count(.error), "skipped": count(.skipped),
    ]
  }

  /// Everything that must not depend on how the bytes are cut or encoded.
  var essence: [String] {
    records.map { record in
      [
        record.suites.joined(separator: ">"), record.className, record.name, record.outcome.name, record.message,
        record.failureType, record.stack, record.output, String(record.duration), String(record.time),
        String(record.source.value), record.attempts.map(\.message).joined(separator: "|"),
      ].joined(separator: "\u{1}")
    }
  }

  init(_ bytes: [UInt8], chunk: Int = 1 << 16, complete: Bool = true) {
    var batch = RecordBatch()
    let number = batch.sources.add(input: "in.xml", member: "")
    let context = MemberContext(input: "in.xml", member: "", number: number, settings: DecoderSettings())
    var decoder = XMLReportDecoder(context: context)
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      decoder.feed(bytes.span.extracting(start..<end), into: &batch)
      files += batch.reports
      batch.removeRecords()
      start = end
    }
    decoder.finish(complete: complete, into: &batch)
    files += batch.reports
    recordCounts = batch.recordCounts
    diagnostics = batch.diagnostics.sorted
    format = decoder.format
  }

  init(_ text: String, chunk: Int = 1 << 16) { self.init(Array(text.utf8), chunk: chunk) }
}
