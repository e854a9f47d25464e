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
}
