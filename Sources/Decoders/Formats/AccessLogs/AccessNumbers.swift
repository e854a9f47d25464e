// Numbers of an access line that only the other lines of its stream tell apart.

internal import Support

/// What the lines of a stream so far say of their numbers: all of them are of one `log_format`.
struct AccessNumbers {
  /// Whether the only number behind a request is the bytes of its answer: one was no status.
  private var areBytes = false
  /// Whether the only number with a fraction was a time: it had other decimals than a ratio's two.
  private var areTimes = false

  /// Takes back what a line's number is not, or may not be.
  mutating func settle(_ record: inout AccessRecord, _ b: Span<UInt8>) {
    if !record.onlyNumber.isEmpty {
      if record.onlyNumber.count > 3 { areBytes = true }
      // In doubt there is no status: a failure that was none is worse than one that is not seen.
      if areBytes || !AccessShapes.isUsualStatus(record.status) { record.status = 0 }
    }
    if record.latencyField.isEmpty { return }
    if !record.mayBeRatio {
      areTimes = true
    } else if !areTimes {
      // `$gzip_ratio` of nginx: a ratio takes no time.
      record.latency = -1
      record.latencyField = 0..<0
    }
  }
}
