// Request lines of oauth2-proxy.

internal import Model
internal import Support

/// `CLIENT - ID - USER [2026/11/25 02:00:01] HOST METHOD UPSTREAM "URI" PROTOCOL "AGENT" STATUS SIZE SECONDS`
/// (oauth2-proxy, "Logging Configuration", request log format; pkg/logger/logger.go: the time is when the request came).
extension AccessServers {
  /// Whether the date of such a line stands in the brackets at a place, and a host and a method behind them.
  static func isAuthorized(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i > 8, i + 28 < b.count, b[i + 5] == 0x2F, b[i + 8] == 0x2F, b[i + 20] == 0x5D, b[i + 21] == 0x20,
      b[i - 1] == 0x20
    else { return false }
    let space = ByteScan.find(0x20, in: b.extracting(first: min(b.count, i + 280)), from: i + 22)
    return space > i + 22 && space + 1 < b.count && isMethod(b, space + 1) > 0
  }

  /// Reads a line of this form; nil for any other.
  static func authorized(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    for clock in 5..<max(5, min(tokens.count, 8))
    where tokens[clock].kind == .bracket && tokens[clock].whole.count == 21 && isAuthorized(b, tokens[clock].start) {
      guard tokens.count == clock + 10, tokens[clock + 4].kind == .quoted, tokens[clock + 6].kind == .quoted,
        AccessShapes.isStatus(b, tokens[clock + 7].whole)
      else { return nil }
      var stamp = [UInt8](copying: b.extracting(tokens[clock].inner))
      (stamp[4], stamp[7], stamp[10]) = (0x2D, 0x2D, 0x54)
      guard let time = Timestamp.parse(stamp.span, assumedOffsetSeconds: zoneSeconds)?.microseconds else { return nil }
      var record = AccessRecord()
      record.time = time
      record.timeIsEnd = false
      record.server = tokens[clock + 1].whole
      record.method = tokens[clock + 2].whole
      record.target = tokens[clock + 4].inner
      record.status = AccessShapes.status(b, tokens[clock + 7].whole)
      record.latency = AccessShapes.seconds(b, tokens[clock + 9].whole)
      if !AccessShapes.isDash(b, tokens[clock + 3].whole) { record.addresses = tokens[clock + 3].whole }
      if !AccessShapes.isDash(b, tokens[clock - 3].whole) { record.requestID = tokens[clock - 3].whole }
      return record
    }
    return nil
  }
}
