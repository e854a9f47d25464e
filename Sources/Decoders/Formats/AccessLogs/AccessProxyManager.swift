// Requests as Nginx Proxy Manager logs them.

internal import Model
internal import Support

/// Reads `[TIME] CACHE UPSTREAM-STATUS STATUS - METHOD SCHEME HOST "URI" [Client ADDRESS] [Length BYTES] [Gzip RATIO] [Sent-to SERVER] …` of
/// proxy hosts, and `[TIME] STATUS - METHOD SCHEME HOST "URI" [Client ADDRESS] …` of redirections and dead hosts: the formats `proxy` and
/// `standard` of Nginx Proxy Manager (docker/rootfs/etc/nginx/nginx.conf).
enum AccessProxyManager {
  static func read(_ b: Span<UInt8>, _ tokens: AccessTokens, zoneSeconds: Int) -> AccessRecord? {
    guard tokens.count >= 8, tokens[0].kind == .bracket,
      let client = (6..<min(tokens.count, 12)).first(where: {
        tokens[$0].kind == .bracket && JSONScanner.matches(b, tokens[$0].start, "[Client ")
      }), tokens[client - 1].kind == .quoted, AccessShapes.isDash(b, tokens[client - 5].whole),
      let time = AccessTime.common(b, tokens[0].inner, zoneSeconds: zoneSeconds)
    else { return nil }
    // The statuses of several tries are one token, for commas join them.
    guard client == 7 || client == 9 else { return nil }
    let status = tokens[client - 6].whole
    let method = tokens[client - 4].whole
    guard AccessShapes.isStatus(b, status), AccessServers.isMethod(b, method) else { return nil }
    var record = AccessRecord()
    record.time = time
    record.status = AccessShapes.status(b, status)
    record.method = method
    record.target = tokens[client - 1].inner
    record.server = tokens[client - 2].whole
    if client == 9 {
      let tries = tokens[2].whole
      guard AccessShapes.isDash(b, tries) || AccessShapes.isList(b, tries, .statuses) else { return nil }
      let count = AccessList.count(b, tries)
      record.attempts = count > 1 ? count : 0
    }
    for place in client + 1..<min(tokens.count, client + 4)
    where tokens[place].kind == .bracket && JSONScanner.matches(b, tokens[place].start, "[Sent-to ") {
      let server = tokens[place].start + 9..<tokens[place].end - 1
      // An address is a machine's, and nobody's name.
      if !server.isEmpty, !AccessShapes.isDash(b, server), !AccessShapes.isNumericHost(b, server) {
        record.upstream = server
      }
    }
    return record
  }
}
