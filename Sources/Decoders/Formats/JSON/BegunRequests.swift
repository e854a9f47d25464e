// Requests that are told of by two records: what was asked for, and how it ended.

internal import Model
internal import Support

/// Joins the end of a request to its beginning.
///
/// Fastify writes `incoming request` with what was asked for (`req`), and `request completed` with how that ended (`res`, `responseTime`), both
/// under one `reqId` and with pino's `pid` and `hostname` (fastify.dev, "Logging"). A process counts its requests, and the next one under
/// its number counts anew: of one id the last beginning counts, and for one end only. Records behind a beginning are that request's and not
/// an earlier one's of the same number. A beginning is forgotten behind so many others.
struct BegunRequests {
  private static let most = 4096
  private static let longest = 2048

  /// The member to add to the record of the end, by whose request it is; none is left once that was written.
  private var begun: [UInt64: (member: [UInt8], turn: Int)] = [:]
  /// The last beginnings, in turn.
  private var turns: [UInt64] = []
  private var turn = 0

  /// Notes what a record asks for, if it is one of a request's beginning.
  ///
  /// - Parameters:
  ///   - b: the bytes.
  ///   - start: where the record's object begins.
  /// - Returns: a number of the beginning that the record belongs to, from 1 on; nil where none is known.
  mutating func note(_ b: Span<UInt8>, at start: Int) -> UInt64? {
    let parts = Parts(b, at: start)
    guard let key = parts.key else { return nil }
    guard !parts.isEnd, let method = parts.method, let target = parts.target,
      method.count + target.count <= Self.longest, !method.isEmpty, !target.isEmpty,
      b[target.start] == 0x2F, (method.start..<method.end).allSatisfy({ b[$0] &- 0x41 < 26 })
    else { return number(of: key) }
    var member = Array(#""req":{"method":""#.utf8)
    member.append(copying: b.extracting(method.start..<method.end))
    member += Array(#"","url":""#.utf8)
    member.append(copying: b.extracting(target.start..<target.end))
    member += Array(#""},"#.utf8)
    let place = turn % Self.most
    if place < turns.count {
      if begun[turns[place]]?.turn == turn - Self.most { begun[turns[place]] = nil }
      turns[place] = key
    } else {
      turns.append(key)
    }
    begun[key] = (member, turn)
    turn += 1
    return number(of: key)
  }

  private func number(of key: UInt64) -> UInt64? { begun[key].map { UInt64(exactly: $0.turn + 1) ?? 0 } }

  /// The record of a request's end together with what was asked for; nil where its beginning is not known.
  mutating func completed(_ b: Span<UInt8>, _ range: Range<Int>) -> (record: [UInt8], number: UInt64)? {
    if begun.isEmpty { return nil }
    let parts = Parts(b, at: range.lowerBound)
    guard let key = parts.key, parts.isEnd, let found = begun[key], !found.member.isEmpty, let number = number(of: key)
    else { return nil }
    begun[key]?.member = []
    var record: [UInt8] = [0x7B]
    record += found.member
    record.append(copying: b.extracting(range.lowerBound + 1..<range.upperBound))
    return (record, number)
  }

  /// What a record says of its request.
  private struct Parts {
    /// Whose request it is; nil where process, host or id are missing.
    var key: UInt64?
    var isEnd = false
    var method: JSONStringSlice?
    var target: JSONStringSlice?

    init(_ b: Span<UInt8>, at start: Int) {
      var (id, process, host): (UInt64?, UInt64?, UInt64?)
      var reader = JSONScanner(at: start)
      _ = reader.eachMember(b) { reader, key in
        let isRequest = JSONScanner.equals(b, key, "req")
        if isRequest || JSONScanner.equals(b, key, "res"), reader.peek(b) == 0x7B {
          if isRequest { return takeRequest(b, &reader) }
          isEnd = true
          return reader.skipValue(b)
        }
        let (isID, isProcess) = (JSONScanner.equals(b, key, "reqId"), JSONScanner.equals(b, key, "pid"))
        guard isID || isProcess || JSONScanner.equals(b, key, "hostname") else { return reader.skipValue(b) }
        guard let slice = reader.scalar(b)?.slice else { return reader.failure == .none }
        let hash = StableHash.hash(b.extracting(slice.start..<slice.end))
        if isID { id = hash } else if isProcess { process = hash } else { host = hash }
        return true
      }
      if let id, let process, let host { key = StableHash.combine(StableHash.combine(id, process), host) }
    }

    private mutating func takeRequest(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
      reader.eachMember(b) { reader, key in
        let isMethod = JSONScanner.equals(b, key, "method")
        guard isMethod || JSONScanner.equals(b, key, "url"), reader.peek(b) == 0x22 else { return reader.skipValue(b) }
        guard let text = reader.string(b) else { return false }
        if isMethod { method = text } else { target = text }
        return true
      }
    }
  }
}
