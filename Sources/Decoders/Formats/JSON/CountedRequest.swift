// Ids of requests that every process counts from one.

internal import Model
internal import Support

extension RequestID {
  /// Whether the id of a request is a process's own count, which another process counts the same, and this one once more after a restart:
  /// `req-1a` (Fastify's `genReqId`, lib/reqIdGenFactory.js), or a number (pino-http's `genReqId`).
  ///
  /// - Parameters:
  ///   - b: the id.
  ///   - isOwn: whether it stands where those two write theirs; elsewhere a longer number may be one that is handed on.
  /// - Returns: whether it is one.
  static func isCounted(_ b: Span<UInt8>, isOwn: Bool) -> Bool {
    if (1...(isOwn ? 9 : 4)).contains(b.count), AccessShapes.isDigits(b, 0..<b.count) { return true }
    guard (5...11).contains(b.count), JSONScanner.matches(b, 0, "req-") else { return false }
    for i in 4..<b.count where b[i] &- 0x30 > 9 && b[i] &- 0x61 > 25 { return false }
    return true
  }

  /// Whether a key names a request and not a trace: `reqId`, `request_id`, `x-request-id`.
  static func isKey(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    guard key.count > 3 else { return false }
    return (key.start..<key.end - 2).contains {
      b[$0] | 0x20 == 0x72 && b[$0 + 1] | 0x20 == 0x65 && b[$0 + 2] | 0x20 == 0x71
    }
  }

  /// The same count in one member alone.
  func counted(in member: UInt64, beginning: UInt64 = 0) -> RequestID {
    RequestID(high: StableHash.combine(member, high), low: low).begun(beginning)
  }

  /// The same count behind one of its beginnings alone; 0 for none that is known.
  func begun(_ beginning: UInt64) -> RequestID {
    beginning == 0 ? self : RequestID(high: StableHash.combine(high, beginning), low: low)
  }
}
