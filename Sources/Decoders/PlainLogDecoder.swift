// Plain log lines.

internal import Core

struct PlainLogDecoder: FormatDecoder {
  let format = "log lines"
  var context: MemberContext

  init(context: MemberContext) { self.context = context }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {}

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    context.report("unrecognizedFormat", .note, at: .whole, "text of no known log format", into: &batch)
    context.close(into: &batch)
  }
}
