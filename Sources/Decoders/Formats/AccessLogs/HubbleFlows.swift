// Flows of Cilium as Hubble exports them: requests that a proxy saw, and packets.

internal import Model
internal import Support

/// Reads `{"flow": {…}, "node_name": …, "time": …}` (Hubble's exporter; the fields are those of `flow.proto`).
///
/// An answer of HTTP is a served request of what answered: in a reply that is the flow's source. Any other flow is a log line of its
/// source: the verdict, the reason of a drop, and Hubble's summary of the packet.
struct HubbleFlow {
  /// Who sent or got it: the workload, else the pod.
  struct Endpoint {
    var workload: JSONStringSlice?
    var pod: JSONStringSlice?

    /// The name and whether it is a pod's, which its controller made longer.
    var name: (text: JSONStringSlice, isPod: Bool)? { workload.map { ($0, false) } ?? pod.map { ($0, true) } }
  }

  var time: JSONStringSlice?
  var verdict: JSONStringSlice?
  var reason: JSONStringSlice?
  var summary: JSONStringSlice?
  var isReply = false
  var source = Endpoint()
  var destination = Endpoint()
  var code: JSONStringSlice?
  var method: JSONStringSlice?
  var url: JSONStringSlice?
  var latency: JSONStringSlice?
  var isResponse = false

  /// The endpoint that answers.
  var server: Endpoint { isReply ? source : destination }
  var client: Endpoint { isReply ? destination : source }

  /// Reads the object under `flow`, which was checked before.
  init?(_ b: Span<UInt8>, at start: Int) {
    var outer = JSONScanner(at: start)
    var place: Int?
    _ = outer.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "flow"), reader.peek(b) == 0x7B { place = reader.position }
      return reader.skipValue(b)
    }
    guard let place else { return nil }
    var reader = JSONScanner(at: place)
    _ = reader.eachMember(b) { reader, key in member(key, b, &reader) }
    guard verdict != nil, time != nil else { return nil }
  }

  private mutating func member(_ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    let isObject = reader.peek(b) == 0x7B
    if isObject, isKey("source") { return Self.endpoint(b, &reader, &source) }
    if isObject, isKey("destination") { return Self.endpoint(b, &reader, &destination) }
    if isObject, isKey("l7") { return reader.eachMember(b) { reader, key in inner(key, b, &reader) } }
    guard
      isKey("time") || isKey("verdict") || isKey("drop_reason_desc") || isKey("Summary") || isKey("summary")
        || isKey("is_reply")
    else { return reader.skipValue(b) }
    let isReplyKey = isKey("is_reply")
    switch reader.scalar(b) {
    case .bool(let flag)? where isReplyKey: isReply = flag
    case .text(let text)?:
      if isKey("time") {
        time = text
      } else if isKey("verdict") {
        verdict = text
      } else if isKey("drop_reason_desc") {
        reason = text
      } else {
        summary = text
      }
    case nil: return false
    default: break
    }
    return true
  }

  private mutating func inner(_ key: JSONStringSlice, _ b: Span<UInt8>, _ reader: inout JSONScanner) -> Bool {
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.equals(b, key, literal) }
    if isKey("http"), reader.peek(b) == 0x7B {
      return reader.eachMember(b) { reader, key in
        guard let value = reader.scalar(b) else { return false }
        if JSONScanner.equals(b, key, "code") { code = value.slice }
        if JSONScanner.equals(b, key, "method") { method = value.slice }
        if JSONScanner.equals(b, key, "url") { url = value.slice }
        return true
      }
    }
    guard isKey("type") || isKey("latency_ns") else { return reader.skipValue(b) }
    let isType = isKey("type")
    guard let value = reader.scalar(b) else { return false }
    if isType {
      isResponse = value.slice.map { JSONScanner.equals(b, $0, "RESPONSE") } ?? false
    } else {
      latency = value.slice
    }
    return true
  }

  private static func endpoint(_ b: Span<UInt8>, _ reader: inout JSONScanner, _ endpoint: inout Endpoint) -> Bool {
    reader.eachMember(b) { reader, key in
      if JSONScanner.equals(b, key, "pod_name") {
        guard let value = reader.scalar(b) else { return false }
        endpoint.pod = value.slice.flatMap { $0.isEmpty ? nil : $0 }
        return true
      }
      guard JSONScanner.equals(b, key, "workloads"), reader.peek(b) == 0x5B else { return reader.skipValue(b) }
      return reader.eachElement(b) { reader in
        guard reader.peek(b) == 0x7B else { return reader.skipValue(b) }
        return reader.eachMember(b) { reader, key in
          guard JSONScanner.equals(b, key, "name"), endpoint.workload == nil else { return reader.skipValue(b) }
          guard let value = reader.scalar(b) else { return false }
          endpoint.workload = value.slice
          return true
        }
      }
    }
  }
}

extension JSONRecords {
  /// Takes a flow; false where the object is none.
  mutating func takeFlow(
    _ b: Span<UInt8>, _ range: Range<Int>, at place: RecordPlace, into batch: inout RecordBatch
  ) -> Bool {
    guard let flow = HubbleFlow(b, at: range.lowerBound), let stamp = flow.time,
      let time = FieldText.time(
        b.extracting(stamp.start..<stamp.end), unit: .inferred, zoneSeconds: context.settings.assumedZoneSeconds)
    else { return false }
    func symbol(_ endpoint: HubbleFlow.Endpoint, _ symbols: inout SymbolTable) -> Symbol {
      guard let (text, isPod) = endpoint.name else { return .none }
      let bytes = b.extracting(text.start..<text.end)
      return symbols.intern(isPod ? bytes.extracting(0..<LogOrigin.workload(ofPod: bytes)) : bytes)
    }
    guard flow.isResponse, let code = flow.code, let method = flow.method, let url = flow.url else {
      var log = LogLine()
      log.source = place.source
      log.time = time
      log.component = symbol(flow.source, &batch.symbols)
      if log.component.isNone { log.component = origin(into: &batch).component }
      log.textStart = batch.text.count
      for part in [flow.verdict, flow.reason, flow.summary] {
        guard let part, !part.isEmpty, !part.isEscaped else { continue }
        if batch.text.count > log.textStart { batch.text.append(0x20) }
        batch.text.append(copying: b.extracting(part.start..<part.end))
      }
      log.textCount = batch.text.count - log.textStart
      batch.logs.append(log)
      used("Hubble flows", [], place.position, into: &batch)
      return true
    }
    var record = AccessRecord()
    record.method = method.start..<method.end
    record.target = url.start..<url.end
    record.status = AccessShapes.status(b, code.start..<code.end)
    record.time = time
    record.format = "Hubble flows"
    if let latency = flow.latency, let value = FieldText.int(b.extracting(latency.start..<latency.end)), value >= 0 {
      record.latency = value / 1000
    }
    var envelope = origin(into: &batch)
    envelope.source = place.source
    envelope.name(symbol(flow.server, &batch.symbols), .service)
    access.append(record, b, envelope, into: &batch)
    used("Hubble flows", [], place.position, into: &batch)
    return true
  }
}
