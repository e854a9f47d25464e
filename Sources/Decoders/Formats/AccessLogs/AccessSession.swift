// Connections as nginx' stream servers log them.

internal import Model
internal import Support

/// Reads `CLIENT [TIME] PROTOCOL STATUS SENT RECEIVED SECONDS`, perhaps with `"UPSTREAM" "SENT" "RECEIVED" "CONNECT TIME"` behind: the
/// formats `basic` and `proxy` of nginx' documents (ngx_stream_log_module; admin guide, "Logging", TCP and UDP).
enum AccessSession {
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    guard tokens.count >= 7, tokens[1].kind == .bracket, isProtocol(b, tokens[2].whole) else { return nil }
    guard let time = AccessTime.common(b, tokens[1].inner, zoneSeconds: zoneSeconds) else { return nil }
    for place in 4...5 where !AccessShapes.isDigits(b, tokens[place].whole) { return nil }
    var record = AccessRecord()
    record.time = time
    record.status = AccessShapes.status(b, tokens[3].whole)
    record.latency = AccessShapes.seconds(b, tokens[6].whole)
    guard record.status > 0, record.latency >= 0 else { return nil }
    record.isConnection = true
    if tokens.count > 7, AccessShapes.isList(b, tokens[7].inner, .addresses) { record.addresses = tokens[7].inner }
    return record
  }

  /// `$protocol` is one of two words.
  private static func isProtocol(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count == 3
      && (JSONScanner.matches(b, word.lowerBound, "TCP") || JSONScanner.matches(b, word.lowerBound, "UDP"))
  }
}
