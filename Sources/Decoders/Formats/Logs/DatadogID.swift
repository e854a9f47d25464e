// Ids of Datadog's traces as its tracers inject them into logs and write them into spans.

internal import Model

/// Datadog's tracers write the ids of the trace at hand beside every record ("Connect Logs and Traces"): in decimal, or, where ids of 128
/// bits were asked for, with 32 hexadecimal digits. Its spans carry the lower 64 bits as their `trace_id`, the first of a chunk the upper
/// ones beside it (`_dd.p.tid`; dd-trace-go, ddtrace/tracer/spancontext.go, `keyTraceID128`). What knows only the half is joined with what
/// knows all of it when requests are put together.
enum DatadogID {
  /// The id of a trace; nil for a text that is none, `none` where there is no trace.
  static func trace(_ b: Span<UInt8>) -> RequestID? {
    if b.count == 32 {
      guard let high = HexDigits.sixteen(b, 0), let low = HexDigits.sixteen(b, 16) else { return nil }
      return RequestID(high: high, low: low)
    }
    return FieldText.unsigned(b).map { RequestID(high: 0, low: $0) }
  }

  /// The upper half of a trace's id; 0 for a text that is none.
  static func upper(_ b: Span<UInt8>) -> UInt64 { b.count == 16 ? HexDigits.sixteen(b, 0) ?? 0 : 0 }
}
