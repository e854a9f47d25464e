// Which family an access line is of.

internal import Model
internal import Support

/// The family of an access line, by a glance at its beginning.
enum AccessForm {
  case none
  /// `[2026-11-25T02:00:00.137Z] "`.
  case envoy
  /// Fields at fixed places, with the time as the first or second one.
  case fixed
  /// A date of the Common Log Format in brackets.
  case common
  /// One of the forms of application servers: see `AccessServers`.
  case server
  /// Names and values: see `AccessPairs`.
  case pairs
  /// IIS's own format: see `AccessIIS`.
  case commas
  /// Fields between bars, semicolons or tabs: see `AccessFields`.
  case fields
  /// Pairs of a span in braces in front of an event's: see `AccessPairs`.
  case scoped
  /// All fields but numbers in quotes, the date of the Common Log Format among them.
  case quoted
  /// `TIME CLIENT "GET …`: a log format that begins with nginx's `$time_iso8601`.
  case timed

  init(_ b: Span<UInt8>) {
    self.init(ofMarks: b)
    guard self == .none, b.count >= 24 else { return }
    if AccessFields.looksLike(b) {
      self = .fields
    } else if AccessPairs.looksScoped(b) {
      self = .scoped
    }
  }

  /// Whether a name in front of a quoted text stands at a place: that of Kuma's mesh.
  private static func isMesh(_ b: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    while i < b.count, i &- start < 64, b[i] &- 0x61 < 26 || b[i] &- 0x30 <= 9 || b[i] == 0x2D || b[i] == 0x2E {
      i &+= 1
    }
    return i > start && i &+ 2 < b.count && b[i] == 0x20 && b[i &+ 1] == 0x22 && b[i &+ 2] &- 0x41 < 26
  }

  /// By what stands at fixed places.
  private init(ofMarks b: Span<UInt8>) {
    self = .none
    guard b.count >= 16 else { return }
    let first = b[0]
    if first == 0x22, Self.hasQuotedDate(b) {
      self = .quoted
      return
    }
    if first == 0x5B, b[5] == 0x2D, b[8] == 0x2D, b[11] == 0x54 {
      let end = ByteScan.find(0x5D, in: b.extracting(first: 48), from: 12)
      if end &+ 2 < b.count, b[end &+ 1] == 0x20, b[end &+ 2] == 0x22 || Self.isMesh(b, end &+ 2) {
        self = .envoy
      } else if Self.isTimed(b, end &+ 2) {
        self = .timed
      }
      return
    }
    if first == 0x5B, b[5] == 0x2D, b[8] == 0x2D, b[11] == 0x20 {
      // `[2026-11-25 02:00:05 +0000] 10.0.0.9 - "GET`: Granian's.
      let end = ByteScan.find(0x5D, in: b.extracting(first: 48), from: 12)
      if Self.isTimed(b, end &+ 2) {
        self = .timed
        return
      }
    }
    if first &- 0x30 <= 9, b[4] == 0x2D, b[7] == 0x2D, b[10] == 0x54 {
      if Self.hasAddress(b, word: 2), Self.hasAddress(b, word: 3, orDash: true) {
        self = .fixed
      } else if Self.isTimed(b, ByteScan.find(0x20, in: b.extracting(first: 48), from: 11) &+ 1) {
        self = .timed
      }
      return
    }
    if first | 0x20 == 0x68 || first | 0x20 == 0x77 || first == 0x67 || first == 0x74 {
      // `https 2026-…`, `tls 2.0 2026-…`.
      let space = ByteScan.find(0x20, in: b.extracting(first: 12), from: 1)
      if space &+ 12 < b.count, space < 6, Self.isISO(b, space &+ 1) || Self.isISO(b, space &+ 5) {
        self = .fixed
        return
      }
    }
    if AccessServers.looksLike(b) {
      self = .server
      return
    }
    if AccessPairs.looksLike(b) {
      self = .pairs
      return
    }
    // A comma behind the client: the only format that has one there.
    if first &- 0x30 <= 9 || first == 0x3A, AccessIIS.looksLike(b) {
      self = .commas
      return
    }
    // The bracket stands behind the client and the user, which are short; a virtual host may come first.
    let head = b.extracting(first: 320)
    var i = 0
    while true {
      i = ByteScan.find(0x5B, in: head, from: i)
      if i >= head.count { return }
      if AccessTime.isCommon(b, i) && !Self.isLogTime(b, i) || Self.isISORequest(b, i) || Self.isDatedRequest(b, i)
        || AccessServers.isAuthorized(b, i)
      {
        self = .common
        return
      }
      i &+= 1
    }
  }

  /// `"CLIENT" "USER" "25/Nov/2026:02:00:05 +0000" "GET …`: the default of GlassFish and Payara (Payara Server documentation, "Access
  /// Logging": `%client.name% %auth-user-name% %datetime% %request% %status% %response.length%`).
  private static func hasQuotedDate(_ b: Span<UInt8>) -> Bool {
    let head = b.extracting(first: 192)
    var i = 0
    for _ in 0..<8 {
      i = ByteScan.find(0x22, in: head, from: i)
      guard i &+ 24 < head.count else { return false }
      if head[i &+ 1] &- 0x30 <= 9, head[i &+ 3] == 0x2F, head[i &+ 7] == 0x2F, head[i &+ 12] == 0x3A { return true }
      i &+= 1
    }
    return false
  }

  /// Whether the date is that of a logger: nothing stands in front of it, or a level's letter, and no request in quotes follows
  /// (CUPS' error_log(5), the errors log of 389 Directory Server, CherryPy's).
  private static func isLogTime(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i == 0 || i == 2 && b[1] == 0x20 && b[0] &- 0x41 < 26 else { return false }
    return ByteScan.find(0x22, in: b, from: i) == b.count
  }

  /// `[2026-11-25T02:00:00+00:00] "GET`: nginx's `$time_iso8601` in place of the common date.
  private static func isISORequest(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i &+ 12 < b.count, isISO(b, i &+ 1) else { return false }
    let end = ByteScan.find(0x5D, in: b, from: i)
    return end &+ 4 < b.count && b[end &+ 1] == 0x20 && b[end &+ 2] == 0x22 && b[end &+ 3] &- 0x41 < 26
  }

  /// `[Wed, 25 Nov 2026 02:00:05 GMT] "GET` (Vert.x), `[2026-11-25 02:00:05] "GET` (Apache's `%{%F %T}t`).
  private static func isDatedRequest(_ b: Span<UInt8>, _ i: Int) -> Bool {
    guard i &+ 24 < b.count, b[i &+ 1] &- 0x30 <= 9 || b[i &+ 1] &- 0x41 < 26 else { return false }
    let head = b.extracting(first: i &+ 48)
    let end = ByteScan.find(0x5D, in: head, from: i)
    guard end &+ 3 < head.count, b[end &+ 1] == 0x20, b[end &+ 2] == 0x22, AccessServers.isMethod(b, end &+ 3) > 0
    else {
      return false
    }
    return AccessTime.written(b, i &+ 1..<end, zoneSeconds: 0) != nil
  }

  /// Whether a client's address stands at a place, and a request in quotes soon behind it.
  private static func isTimed(_ b: Span<UInt8>, _ start: Int) -> Bool {
    guard start &+ 16 < b.count else { return false }
    let head = b.extracting(first: start &+ 128)
    let space = ByteScan.find(0x20, in: head, from: start)
    let quote = ByteScan.find(0x22, in: head, from: start)
    guard quote < head.count, space < quote, AccessShapes.isNumericHost(b, start..<space) else { return false }
    return AccessServers.isMethod(b, quote &+ 1) > 0
  }

  private static func isISO(_ b: Span<UInt8>, _ i: Int) -> Bool {
    i &+ 11 < b.count && b[i] &- 0x30 <= 9 && b[i &+ 4] == 0x2D && b[i &+ 7] == 0x2D && b[i &+ 10] == 0x54
  }

  /// Whether the word of a number, from 0, is a host with a port.
  private static func hasAddress(_ b: Span<UInt8>, word: Int, orDash: Bool = false) -> Bool {
    var start = 0
    for _ in 0..<word {
      start = ByteScan.find(0x20, in: b, from: start) &+ 1
      if start >= b.count { return false }
    }
    let end = ByteScan.find(0x20, in: b, from: start)
    let field = start..<end
    return AccessShapes.isAddress(b, field) || orDash && AccessShapes.isDash(b, field)
  }
}
