// How long a callee asked its caller to wait, as spans carry it: RFC 9110's `Retry-After` in seconds, and its likes in
// milliseconds (Azure's and AWS's headers, gRPC's pushback of proposal A6).
internal import Model
internal import Support

extension SpanBuilder {
  /// The length from which `longName` knows keys.
  static let longKey = 32

  /// Names beyond the table: what a callee asks its caller to wait, as instrumentations that were told to keep that header
  /// write it, with underscores before version 1.21 of the conventions.
  @inline(never) static func longName(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Name {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    switch key.count {
    case 32:
      return isKey("http.response.header.retry-after") || isKey("http.response.header.retry_after")
        ? .retryAfter : .none
    case 35:
      return isKey("http.response.header.retry-after-ms") || isKey("http.response.header.retry_after_ms")
        ? .retryAfterMilliseconds : .none
    case 38:
      return isKey("http.response.header.x-amz-retry-after") || isKey("http.response.header.x_amz_retry_after")
        ? .retryAfterMilliseconds : .none
    case 40:
      return isKey("http.response.header.x-ms-retry-after-ms") || isKey("http.response.header.x_ms_retry_after_ms")
        ? .retryAfterMilliseconds : .none
    case 44:
      return isKey("rpc.response.metadata.grpc-retry-pushback-ms")
        || isKey("rpc.response.metadata.grpc_retry_pushback_ms") ? .retryAfterMilliseconds : .none
    case 49:
      return isKey("rpc.grpc.response.metadata.grpc-retry-pushback-ms")
        || isKey("rpc.grpc.response.metadata.grpc_retry_pushback_ms") ? .retryAfterMilliseconds : .none
    default: return .none
    }
  }

  /// Takes what a callee asked to wait: a number, alone or the first of a list; a date tells no wait without the callee's
  /// clock.
  ///
  /// - Parameters:
  ///   - text: the value as it was written.
  ///   - unit: of the number, microseconds.
  mutating func takeAsked(_ text: Span<UInt8>, unit: Double) {
    guard let time = Self.firstNumber(text), time >= 0,
      let milliseconds = Int64(checked: (time * unit / 1000).rounded())
    else { return }
    let asked = AskedWait(milliseconds: milliseconds)
    // The longer of two spellings, so that their order does not matter.
    guard span.retryEvidence.asked.time ?? -1 < asked.time ?? -1 else { return }
    span.retryEvidence = .hidden(attempts: span.retryEvidence.hiddenAttempts, asked: asked)
  }

  /// A number, alone or the first of a list; nil where it is part of a longer text.
  private static func firstNumber(_ b: Span<UInt8>) -> Double? {
    var start = 0
    while start < b.count, b[start] &- 0x30 > 9, b[start] != 0x2D { start += 1 }
    guard start == 0 || "\" [:".utf8.contains(b[start - 1]) else { return nil }
    var end = start
    while end < b.count, b[end] &- 0x30 <= 9 || b[end] == 0x2E || b[end] == 0x2D { end += 1 }
    guard end > start, end == b.count || "\\\" ],}".utf8.contains(b[end]), end - start <= 18 else { return nil }
    // Behind a blank a date or a text goes on.
    if end < b.count, b[end] == 0x20, end + 1 < b.count, !"]},".utf8.contains(b[end + 1]) { return nil }
    return FieldText.double(b.extracting(start..<end))
  }
}
