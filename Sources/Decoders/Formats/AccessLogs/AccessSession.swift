// Connections as nginx' stream servers log them.

internal import Model
internal import Support

/// Reads `CLIENT [TIME] PROTOCOL STATUS SENT RECEIVED SECONDS`, perhaps with `"UPSTREAM" "SENT" "RECEIVED" "CONNECT TIME"` behind: the
/// formats `basic` and `proxy` of nginx' documents (ngx_stream_log_module; admin guide, "Logging", TCP and UDP).
enum AccessSession {
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    // Some put dashes behind the client, as the Common Log Format does.
    guard let clock = (1...3).first(where: { $0 < tokens.count && tokens[$0].kind == .bracket }),
      tokens.count >= clock + 6, isProtocol(b, tokens[clock + 1].whole),
      let time = AccessTime.common(b, tokens[clock].inner, zoneSeconds: zoneSeconds)
    else { return nil }
    for place in 3...4 where !AccessShapes.isDigits(b, tokens[clock + place].whole) { return nil }
    var record = AccessRecord()
    record.time = time
    record.status = AccessShapes.status(b, tokens[clock + 2].whole)
    record.latency = AccessShapes.seconds(b, tokens[clock + 5].whole)
    guard record.status > 0, record.latency >= 0 else { return nil }
    record.isConnection = true
    let behind = clock + 6
    if behind < tokens.count, AccessShapes.isList(b, tokens[behind].inner, .addresses) {
      record.addresses = tokens[behind].inner
    }
    return record
  }

  /// `$protocol` is one of two words.
  private static func isProtocol(_ b: Span<UInt8>, _ word: Range<Int>) -> Bool {
    word.count == 3
      && (JSONScanner.matches(b, word.lowerBound, "TCP") || JSONScanner.matches(b, word.lowerBound, "UDP"))
  }
}
