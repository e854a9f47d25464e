// Ids of Datadog's traces as its tracers inject them into logs.

internal import Model

/// Datadog's tracers write the ids of the trace at hand beside every record ("Connect Logs and Traces"): in decimal, or, where ids of 128
/// bits were asked for, with 32 hexadecimal digits. Its own spans carry the lower 64 bits, which is what joins.
enum DatadogID {
  /// The value of an id; nil for a text that is none, 0 where there is no trace.
  static func parse(_ b: Span<UInt8>) -> UInt64? {
    b.count == 32 ? HexDigits.sixteen(b, 16) : FieldText.unsigned(b)
  }
}
