// The keys by which an object is a line of an access log.

internal import Model

extension JSONClassifier {
  /// Method and status of a request, in the spellings of access logs.
  func noteAccess(_ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, value: Int, _ keys: inout Keys) {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, key.start, literal) }
    switch key.count {
    case 4 where isKey("verb"): keys.insert(.accessMethod)
    case 4 where isKey("code"): if byte == 0x22 || byte &- 0x30 <= 9 { keys.insert(.accessStatus) }
    case 4 where byte == 0x7B && isKey("http"): noteECS(b, value, &keys)
    case 6 where isKey("status"): if byte != 0x7B { keys.insert(.accessStatus) }
    case 6 where isKey("method"): keys.insert(.accessMethod)
    case 7 where isKey("request"): keys.insert(.accessMethod)
    case 8 where isKey("CsMethod"): keys.insert(.accessMethod)
    case 8 where isKey("ScStatus"): keys.insert(.accessStatus)
    case 9 where isKey("cs-method") || isKey("reqMethod"): keys.insert(.accessMethod)
    case 9 where isKey("sc-status"): keys.insert(.accessStatus)
    // Kong's and APISIX' records have their status in the answer.
    case 9 where byte == 0x7B && isKey("latencies"): keys.insert(.gateway)
    case 12 where byte == 0x7B && isKey("protoPayload"): noteProperties(b, value, &keys)
    case 14 where isKey("apisix_latency"): keys.insert(.gateway)
    case 10 where isKey("statusCode") || isKey("StatusCode") || isKey("httpStatus"): keys.insert(.accessStatus)
    case 10 where byte == 0x7B && isKey("properties"): noteProperties(b, value, &keys)
    case 10 where byte == 0x22 && isKey("properties"):
      if EmbeddedProperties.begin(b, value + 1) { keys.insert(.embedded) }
    case 15 where isKey("response_status"): keys.insert(.accessStatus)
    case 10 where isKey("httpMethod"): keys.insert(.accessMethod)
    case 11 where isKey("status_code") || isKey("http_status"): keys.insert(.accessStatus)
    case 11 where isKey("http_method"): keys.insert(.accessMethod)
    case 11 where isKey("httpRequest"): if byte == 0x7B { keys.insert(.access) }
    case 12 where isKey("responseCode") || isKey("OriginStatus"): keys.insert(.accessStatus)
    case 12 where isKey("request_line"): keys.insert(.accessMethod)
    // How long an answer took: Fastify tells the request's method in another line.
    case 12 where isKey("responseTime"): keys.insert(.deepMethod)
    case 13 where isKey("response_code"): keys.insert(.accessStatus)
    case 13 where isKey("requestMethod") || isKey("RequestMethod"): keys.insert(.accessMethod)
    case 14 where isKey("request_method"): keys.insert(.accessMethod)
    case 14 where isKey("httpStatusCode"): keys.insert(.accessStatus)
    case 16 where isKey("DownstreamStatus") || isKey("ibm_responseCode"): keys.insert(.accessStatus)
    case 17 where isKey("ibm_requestMethod"): keys.insert(.accessMethod)
    case 18 where isKey("EdgeResponseStatus"): keys.insert(.accessStatus)
    case 19 where isKey("ClientRequestMethod"): keys.insert(.accessMethod)
    default: break
    }
  }

  /// The object in which the Elastic Common Schema keeps a request and its response.
  private func noteECS(_ b: Span<UInt8>, _ start: Int, _ keys: inout Keys) {
    var reader = JSONScanner(at: start)
    var (hasMethod, hasStatus) = (false, false)
    _ = reader.eachMember(b) { reader, key in
      let isRequest = JSONScanner.equals(b, key, "request")
      guard isRequest || JSONScanner.equals(b, key, "response"), reader.peek(b) == 0x7B else {
        return reader.skipValue(b)
      }
      return reader.eachMember(b) { reader, key in
        if isRequest {
          hasMethod = hasMethod || JSONScanner.equals(b, key, "method")
        } else {
          hasStatus = hasStatus || JSONScanner.equals(b, key, "status_code")
        }
        return reader.skipValue(b)
      }
    }
    if hasMethod && hasStatus { keys.insert(.access) }
  }

  /// The object in which Azure's resource logs keep what they tell.
  private func noteProperties(_ b: Span<UInt8>, _ start: Int, _ keys: inout Keys) {
    var reader = JSONScanner(at: start + 1)
    var isFirst = true
    var inner: Keys = []
    while let key = reader.nextKey(b, &isFirst) {
      guard let byte = reader.peek(b) else { return }
      noteAccess(b, key, byte == 0x7B ? 0x5B : byte, value: 0, &inner)
      guard reader.skipValue(b) else { return }
    }
    if inner.contains(.access) { keys.insert(.access) }
  }

  /// Whether method and status of a request stand somewhere in an object, not both at its top.
  func isServed(_ keys: Keys) -> Bool {
    !keys.isDisjoint(with: [.accessMethod, .deepMethod]) && !keys.isDisjoint(with: [.accessStatus, .deepStatus])
  }

  /// What an object in which programs keep requests holds, and what a name with dots says.
  func noteDeep(_ b: Span<UInt8>, _ key: JSONStringSlice, _ byte: UInt8, value: Int, _ keys: inout Keys) {
    guard byte == 0x7B else {
      guard key.count >= 6, byte == 0x22 || byte &- 0x30 <= 9, Self.mayTell(b, key),
        let found = AccessKeys.find(b, key.start..<key.end)
      else { return }
      noteDeep(found, &keys)
      return
    }
    guard let side = AccessSide.of(b, key.start..<key.end) else { return }
    var work = [(at: value, side: side, depth: 1)]
    while let (at, side, depth) = work.popLast() {
      var reader = JSONScanner(at: at)
      _ = reader.eachMember(b) { reader, key in
        guard let byte = reader.peek(b) else { return false }
        if byte == 0x7B {
          if depth < AccessSide.deepest, let inner = AccessSide.of(b, key.start..<key.end) {
            work.append((reader.position, inner.within(side), depth + 1))
          }
        } else if byte == 0x22 || byte &- 0x30 <= 9, key.count <= 40,
          let found = AccessKeys.find(b, key.start..<key.end),
          side.holds(found)
        {
          noteDeep(found, &keys)
        }
        return reader.skipValue(b)
      }
    }
  }

  /// Whether a name ends like one of a method or a status, without regard to case: no other is looked up.
  private static func mayTell(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Bool {
    var tail: UInt32 = 0
    for i in key.end - 4..<key.end { tail = tail << 8 | UInt32(b[i] | 0x20) }
    switch tail {
    // method, verb, request, line, status, code
    case 0x7468_6F64, 0x7665_7262, 0x7565_7374, 0x6C69_6E65, 0x6174_7573, 0x636F_6465: return true
    default: return false
    }
  }

  private func noteDeep(_ found: AccessKey, _ keys: inout Keys) {
    switch found {
    case .method, .request, .grpcMethod: keys.insert(.deepMethod)
    case .status, .grpcCode: keys.insert(.deepStatus)
    default: break
    }
  }
}
