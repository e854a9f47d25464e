// What a program logged while it served a request, in a list of the request's own record.

internal import Model
internal import Support

/// App Engine's request log holds the lines of its application (google.appengine.logging.v1.RequestLog, `line`): each is a record of the
/// service that served, and of the request.
enum ServedLines {
  /// The list with the service and the request in each of its objects.
  static func named(_ b: Span<UInt8>, _ record: AccessRecord) -> [UInt8] {
    var head: [UInt8] = [0x7B]
    if record.serverIsConfigured { add("service_name", b.extracting(record.server), to: &head) }
    if !record.requestID.isEmpty {
      add("request_id", b.extracting(record.requestID), to: &head)
    } else if !record.traceParent.isEmpty {
      add("traceparent", b.extracting(record.traceParent), to: &head)
    }
    var out: [UInt8] = [0x5B]
    var reader = JSONScanner(at: record.lines.lowerBound)
    _ = reader.eachElement(b) { reader in
      reader.skipSpace(b)
      let at = reader.position
      guard reader.skipValue(b) else { return false }
      if out.count > 1 { out.append(0x2C) }
      var first = at + 1
      while first < reader.position, b[first] <= 0x20 { first += 1 }
      if b[at] == 0x7B, first < reader.position, b[first] == 0x22, head.count > 1 {
        out += head
        out.append(0x2C)
        out.append(copying: b.extracting(first..<reader.position))
      } else {
        out.append(copying: b.extracting(at..<reader.position))
      }
      return true
    }
    out.append(0x5D)
    return out
  }

  private static func add(_ name: String, _ value: Span<UInt8>, to out: inout [UInt8]) {
    if value.isEmpty { return }
    if out.count > 1 { out.append(0x2C) }
    out += Array("\"\(name)\":\"".utf8)
    out.append(copying: value)
    out.append(0x22)
  }
}
