// What may be wrong with a record that is read all the same.

internal import Model
internal import Support

/// What reading one span came to, beside the reader's own failure.
struct SpanIssues: OptionSet {
  var rawValue: UInt16
  static let noTime = SpanIssues(rawValue: 1)
  static let noID = SpanIssues(rawValue: 2)
  static let negativeDuration = SpanIssues(rawValue: 4)
  static let implausibleTime = SpanIssues(rawValue: 8)
  static let enumName = SpanIssues(rawValue: 16)
  static let unknownProcess = SpanIssues(rawValue: 32)
  static let durationUnit = SpanIssues(rawValue: 64)
  static let sampled = SpanIssues(rawValue: 128)
  static let sameTrace = SpanIssues(rawValue: 256)
  static let doubtfulUnit = SpanIssues(rawValue: 512)
  static let durationUnknown = SpanIssues(rawValue: 1024)

  /// How each of them is noted: the issue, its code, its message.
  static let notes: [(SpanIssues, String, MessageText)] = [
    (.noTime, "noTime", "a record without a readable time"),
    (.noID, "invalidID", "a span whose trace or span id is missing or zero"),
    (.negativeDuration, "negativeDuration", "a duration that is negative or no number is not used"),
    (.implausibleTime, "implausibleTime", "a time before 1980 or after 2200, or a duration over a year"),
    (
      .durationUnit, "durationUnit",
      "a duration without a unit is not used: map it in the pipeline file, keys: { durationMs: … } or table: { durationMs: … }"
    ),
    (
      .durationUnknown, "durationUnknown",
      "a duration that is no number, perhaps with a unit behind it, is not used: write it as 200.5 or 200ms"
    ),
    (
      .doubtfulUnit, "doubtfulUnit",
      "a duration without a unit, of which its beginning and the calls of the file do not tell the same: name it in the pipeline file, keys: { durationMs: … } or table: { durationMs: … }"
    ),
    (
      .sampled, "sampledTraces",
      "a span that stands for others like it (tracestate ot=th or p, SampleRate, sampler.param, _sample_rate, itemCount): counts, rates and incidents of this report are of the spans that were kept; what users met is estimated by their weights beside them, where they tell one"
    ),
    (.sameTrace, "sameTrace", "the trace id `same` is read as that of the span before it"),
    (.enumName, "enumName", "an enum by name, where the format wants its number"),
  ]
}

extension SpanIssues {
  /// Whether it says something of the input rather than that something was put right.
  var isOfTheInput: Bool { self == .implausibleTime || self == .sampled }

  /// Counts and notes what was wrong with a span.
  func tell(at place: SourceLocation.Position, _ context: inout MemberContext, into batch: inout RecordBatch) {
    if isEmpty { return }
    for (issue, code, message) in Self.notes where contains(issue) {
      if !issue.isOfTheInput { batch.recordCounts.repair(code) }
      context.report(code, issue == .sampled ? .warning : .note, at: place, message, into: &batch)
    }
  }
}
