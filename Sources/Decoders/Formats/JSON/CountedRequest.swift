// Ids of requests that every process counts from one.

internal import Model
internal import Support

extension RequestID {
  /// Whether an id is a process's own count, `req-1a` under `reqId` (Fastify's `genReqId`, lib/reqIdGenFactory.js): another process counts
  /// the same.
  static func isCounted(_ b: Span<UInt8>) -> Bool {
    guard (5...11).contains(b.count), JSONScanner.matches(b, 0, "req-") else { return false }
    for i in 4..<b.count where b[i] &- 0x30 > 9 && b[i] &- 0x61 > 25 { return false }
    return true
  }

  /// The same count in one member alone.
  func counted(in member: UInt64) -> RequestID { RequestID(high: StableHash.combine(member, high), low: low) }
}
