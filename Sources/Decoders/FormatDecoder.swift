// What a decoder is, and what it knows about the member it reads.

package import Model

/// Reads one member of one format, chunk by chunk.
///
/// A chunk may end anywhere, inside a character too; what is not complete yet is the decoder's to keep. Records go to the
/// batch as soon as they are complete, and the caller takes them out of it after each call.
package protocol FormatDecoder {
  /// The format's name in notes and statistics.
  var format: String { get }

  /// Reads the next bytes of the member.
  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch)

  /// The member has ended; `complete` is false where the archive said that it is damaged or cut.
  mutating func finish(complete: Bool, into batch: inout RecordBatch)
}

/// The member that a decoder reads: its names, its number in the batch's source table, the settings, and its problems.
package struct MemberContext: Sendable {
  package let input: String
  package let member: String
  /// The member's number in `RecordBatch.sources`.
  package let number: Int
  package let settings: DecoderSettings

  /// Problems per code: the first ones go to the log with their place, the rest are counted here until `close`.
  private var seen: [Problem: Int] = [:]

  private struct Problem: Hashable {
    var code: String
    var severity: Diagnostic.Severity
    var limit: String?
  }

  package init(input: String, member: String, number: Int, settings: DecoderSettings) {
    self.input = input
    self.member = member
    self.number = number
    self.settings = settings
  }

  /// The reference of a 1-based line of this member.
  @inlinable package func line(_ line: Int) -> SourceRef { SourceRef(member: number, value: line, isLine: true) }

  /// The reference of a 0-based byte offset of this member.
  @inlinable package func offset(_ offset: Int) -> SourceRef {
    SourceRef(member: number, value: offset, isLine: false)
  }

  /// Whether anything was said of this member since the last `close`.
  package var hasReported: Bool { !seen.isEmpty }

  /// Names a problem of this member.
  ///
  /// However many there are of one code, the cost is bounded: after the first few only the count grows, which `close`
  /// hands over.
  package mutating func report(
    _ code: String, _ severity: Diagnostic.Severity, at position: SourceLocation.Position, _ message: MessageText,
    limit: String? = nil, into batch: inout RecordBatch
  ) {
    let problem = Problem(code: code, severity: severity, limit: limit)
    let count = seen[problem, default: 0] + 1
    seen[problem] = count
    if count > DiagnosticLog.listed { return }
    let location = SourceLocation(input: input, member: member, position: position)
    batch.diagnostics.add(Diagnostic(code, severity, at: location, message, limit: limit))
  }

  /// Hands over the counts of problems that were not listed one by one; decoders call it once, when they finish.
  package mutating func close(into batch: inout RecordBatch) {
    let location = SourceLocation(input: input, member: member, position: .whole)
    for (problem, count) in seen.sorted(by: { ($0.key.code, $0.key.limit ?? "") < ($1.key.code, $1.key.limit ?? "") })
    where count > DiagnosticLog.listed {
      batch.diagnostics.add(
        Diagnostic(
          problem.code, problem.severity, at: location, "more of this kind", count: count - DiagnosticLog.listed,
          limit: problem.limit))
    }
    seen.removeAll()
  }
}
