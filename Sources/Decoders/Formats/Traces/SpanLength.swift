// How long a span took, by one rule for all formats.

internal import Model
internal import Support

extension TraceSpan {
  /// Takes how long it took, as its record tells.
  ///
  /// Without a length it has begun, and nobody knows whether it ended. A length that makes no sense tells that it ended, and not
  /// after how long. Neither is a latency of none.
  ///
  /// - Parameters:
  ///   - length: microseconds, negative where what is written is not usable; nil where nothing is written.
  ///   - issues: what was wrong with it.
  mutating func take(length: Int64?, _ issues: inout SpanIssues) {
    guard let length else { return }
    duration = max(length, -1)
    guard length < 0 else {
      flags.remove(.untimed)
      return
    }
    flags.insert(.untimed)
    issues.insert(.negativeDuration)
  }

  /// Takes when it ended. The epoch and what lies before it stand for no time: writers print their type's zero, Go the year 1.
  mutating func take(end: Int64?, _ issues: inout SpanIssues) {
    guard let end, end > 0 else { return }
    take(length: end.subtractingSaturated(start), &issues)
  }
}
