// How long a span took, by one rule for all formats.

internal import Model
internal import Support

extension TraceSpan {
  /// Takes how long it took, as its record tells.
  ///
  /// Without a length it has begun, and nobody knows whether it ended. A length that is no number tells that it ended, and not
  /// after how long; one below zero is a clock's that was set back meanwhile. None of them is a latency of nothing.
  ///
  /// - Parameters:
  ///   - length: microseconds, `unreadableLength` where what is written is no number; nil where nothing is written.
  ///   - unreadable: how a length that is no number is noted.
  ///   - issues: what was wrong with it.
  mutating func take(
    length: Int64?, unreadable: SpanIssues = .negativeDuration, _ issues: inout SpanIssues
  ) {
    guard let length else { return }
    flags.subtract([.untimed, .reversed])
    duration = max(length, -1)
    if length >= 0 { return }
    flags.insert(.untimed)
    if length == Self.unreadableLength {
      issues.insert(unreadable)
    } else {
      issues.insert(.negativeDuration)
      flags.insert(.reversed)
    }
  }

  /// The length of a span whose record writes something that is no number.
  static let unreadableLength = Int64.min

  /// Names a time before 1980 or after 2200 and a length over a year, once both are set. Such a length is no latency: as a rule a writer
  /// left out the beginning (zero), and the span is known by its end alone.
  @inline(__always) mutating func settleTimes(_ issues: inout SpanIssues) {
    if start > 315_532_800_000_000 && start < 7_258_118_400_000_000 && duration < Self.year { return }
    settleImplausible(&issues)
  }

  /// Microseconds.
  private static let year: Int64 = 31_536_000_000_000

  /// The year 1900: what lies before it is the zero of some runtime and no time (`FieldText.moment`).
  private static let oldest: Int64 = -2_208_988_800_000_000

  @inline(never) private mutating func settleImplausible(_ issues: inout SpanIssues) {
    issues.insert(.implausibleTime)
    if duration >= Self.year {
      if start <= 0 { start = start.addingSaturated(duration) }
      duration = -1
      flags.insert(.untimed)
    }
    guard start < Self.oldest else { return }
    // Go's exporters write the year 1 where they are told to leave out the times (stdouttrace, `WithoutTimestamps`).
    start = 0
    issues.remove(.implausibleTime)
    issues.insert(.noTime)
  }

  /// Takes when it ended. The epoch and what lies before it stand for no time: writers print their type's zero, Go the year 1.
  mutating func take(end: Int64?, _ issues: inout SpanIssues) {
    guard let end, end > 0 else { return }
    take(length: end.subtractingSaturated(start), &issues)
  }
}
