// XML test reports.

internal import Core

struct XMLReportDecoder: FormatDecoder {
  let format = "xml"
  var context: MemberContext

  init(context: MemberContext) { self.context = context }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {}

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    context.report("unrecognizedFormat", .note, at: .whole, "XML of no known report format", into: &batch)
    context.close(into: &batch)
  }
}
