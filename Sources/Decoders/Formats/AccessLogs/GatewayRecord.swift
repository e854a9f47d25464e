// Requests as API gateways log them: what was asked, what was answered and how long it took in objects of their own.

internal import Model
internal import Support

/// Records of Kong (http-log, file-log and their like: "Log format"; kong/pdk/log.lua, `serialize`) and of Apache APISIX
/// (apisix/utils/log-util.lua, `get_full_log`), turned into the flat form of the proxies that they are built on.
///
/// One is told by `request` with method and URI, `response` with a status, and latencies under Kong's or APISIX' own names, which are
/// milliseconds. Kong's `tries` become the lists that nginx writes of its tries: a failed one has its code, each lasts up to the next one.
struct GatewayRecord {
  private var flat: [UInt8] = [0x7B]
  private var method: JSONStringSlice?
  private var target: JSONStringSlice?
  private var status: JSONStringSlice?
  private var latency: JSONStringSlice?
  private var start: JSONStringSlice?
  private var upstream: JSONStringSlice?
  private var isGateway = false
  private var tries: [Try] = []

  /// A try of Kong's balancer.
  private struct Try {
    var address = ""
    var start: Int64?
    var code = ""
    var failed = false
  }

  /// More tries are none: nobody reads them.
  private static let mostTries = 64

  /// The object at a place as a flat one; nil where it is no such record.
  static func flattened(_ b: Span<UInt8>, at start: Int) -> [UInt8]? {
    var record = GatewayRecord()
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in record.take(b, key, &reader) }
    return record.finish(b)
  }

  private mutating func take(_ b: Span<UInt8>, _ key: JSONStringSlice, _ reader: inout JSONScanner) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    if isKey("request") { return reader.eachMember(b) { takeRequest(b, $1, &$0) } }
    if isKey("response") { return reader.eachMember(b) { Self.text(b, &$0, $1, "status", into: &status) } }
    if isKey("latencies") {
      return reader.eachMember(b) { reader, key in
        isGateway = isGateway || JSONScanner.equals(b, key, "kong") || JSONScanner.equals(b, key, "proxy")
        return Self.text(b, &reader, key, "request", into: &latency)
      }
    }
    if isKey("service") {
      var name: JSONStringSlice?
      let isRead = reader.eachMember(b) { Self.text(b, &$0, $1, "name", into: &name) }
      if let name { add("upstream_service", b, name) }
      return isRead
    }
    if isKey("tries") { return reader.eachElement(b) { takeTry(b, &$0) } }
    if isKey("apisix_latency") { isGateway = true }
    if isKey("latency") { return Self.value(b, &reader, into: &latency) }
    if isKey("started_at") { return Self.value(b, &reader, into: &start) }
    if isKey("start_time") { return Self.value(b, &reader, into: &start) }
    if isKey("upstream") { return Self.value(b, &reader, into: &upstream) }
    if isKey("upstream_latency") {
      var time: JSONStringSlice?
      let isRead = Self.value(b, &reader, into: &time)
      if let time { add("upstream_service_time", b, time) }
      return isRead
    }
    return reader.skipValue(b)
  }

  private mutating func takeRequest(_ b: Span<UInt8>, _ key: JSONStringSlice, _ reader: inout JSONScanner) -> Bool {
    if JSONScanner.equals(b, key, "headers") {
      return reader.eachMember(b) { reader, key in
        for name: StaticString in ["host", "traceparent", "x-request-id"] where JSONScanner.equals(b, key, name) {
          var value: JSONStringSlice?
          let isRead = Self.value(b, &reader, into: &value)
          if let value { add(name, b, value) }
          return isRead
        }
        return reader.skipValue(b)
      }
    }
    if JSONScanner.equals(b, key, "uri") { return Self.value(b, &reader, into: &target) }
    return Self.text(b, &reader, key, "method", into: &method)
  }

  private mutating func takeTry(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    var one = Try()
    var port = ""
    let isRead = reader.eachMember(b) { reader, key in
      guard let value = reader.scalar(b) else { return false }
      guard case .text(let text) = value else {
        guard case .number(let number) = value else { return true }
        let digits = b.extracting(number.start..<number.end)
        if JSONScanner.equals(b, key, "port") { port = FieldText.text(digits) }
        if JSONScanner.equals(b, key, "balancer_start") { one.start = FieldText.int(digits) }
        if JSONScanner.equals(b, key, "code") { one.code = FieldText.text(digits) }
        return true
      }
      if JSONScanner.equals(b, key, "ip"), !text.isEscaped {
        one.address = FieldText.text(b.extracting(text.start..<text.end))
      } else if JSONScanner.equals(b, key, "state") {
        one.failed = !text.isEmpty
      }
      return true
    }
    if one.address.contains(":") { one.address = "[\(one.address)]" }
    if !port.isEmpty { one.address += ":" + port }
    if !one.address.isEmpty, tries.count < Self.mostTries { tries.append(one) }
    return isRead
  }

  /// Takes the value of a key if it is the one that is wanted.
  private static func text(
    _ b: Span<UInt8>, _ reader: inout JSONScanner, _ key: JSONStringSlice, _ name: StaticString,
    into found: inout JSONStringSlice?
  ) -> Bool {
    JSONScanner.equals(b, key, name) ? value(b, &reader, into: &found) : reader.skipValue(b)
  }

  /// Takes a value, a text or a number; any other is passed over.
  private static func value(_ b: Span<UInt8>, _ reader: inout JSONScanner, into found: inout JSONStringSlice?) -> Bool {
    guard let value = reader.scalar(b) else { return false }
    switch value {
    case .text(let text), .number(let text): found = text
    case .bool, .other: break
    }
    return true
  }

  // MARK: The flat record.

  private mutating func add(_ name: StaticString, _ b: Span<UInt8>, _ value: JSONStringSlice) {
    add(name)
    flat.append(copying: b.extracting(value.start..<value.end))
    flat += [0x22, 0x2C]
  }

  private mutating func add(_ name: StaticString, _ value: String) {
    add(name)
    flat += Array(value.utf8)
    flat += [0x22, 0x2C]
  }

  /// A name, a colon and the quote that opens its value.
  private mutating func add(_ name: StaticString) {
    flat.append(0x22)
    flat += Array(name.description.utf8)
    flat += [0x22, 0x3A, 0x22]
  }

  private mutating func finish(_ b: Span<UInt8>) -> [UInt8]? {
    guard isGateway, let method, let target, let status, let latency else { return nil }
    add("request_method", b, method)
    add("request_uri", b, target)
    add("duration_ms", b, latency)
    if let start { add("start_time", b, start) }
    if let upstream { add("upstream_addr", b, upstream) }
    if !tries.isEmpty { addTries(b, status: status, latency: latency) }
    add("status", b, status)
    flat.removeLast()
    flat.append(0x7D)
    return flat
  }

  private mutating func addTries(_ b: Span<UInt8>, status: JSONStringSlice, latency: JSONStringSlice) {
    let last = FieldText.text(b.extracting(status.start..<status.end))
    func number(_ text: JSONStringSlice?) -> Int64? {
      text.flatMap { FieldText.double(b.extracting($0.start..<$0.end)) }.flatMap { Int64(checked: $0.rounded()) }
    }
    var end = number(start).flatMap { begin in number(latency).map { begin.addingSaturated($0) } }
    var times: [String] = []
    for one in tries.reversed() {
      if let begin = one.start, let end {
        let length = max(0, end.subtractingSaturated(begin))
        times.insert("\(length / 1000).\(String(1000 + length % 1000).dropFirst())", at: 0)
      }
      end = one.start
    }
    add("upstream_addr", tries.map(\.address).joined(separator: ", "))
    let statuses = tries.enumerated().map { place, one in
      !one.code.isEmpty ? one.code : one.failed || place + 1 < tries.count ? "-" : last
    }
    add("upstream_status", statuses.joined(separator: ", "))
    if times.count == tries.count { add("upstream_response_time", times.joined(separator: ", ")) }
  }
}
