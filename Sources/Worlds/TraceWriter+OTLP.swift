internal import Core

/// Spans as the Collector's file exporter writes them: one line of OTLP/JSON per batch.
extension TraceWriter {
  /// One line: the spans of a batch by service.
  func otlp(_ spans: [WorldSpan], into out: inout TextBuffer) {
    let byService = Dictionary(grouping: spans, by: \.service).sorted { $0.key < $1.key }
    out.text(#"{"resourceSpans":["#)
    for (i, (service, spans)) in byService.enumerated() {
      if i > 0 { out.byte(0x2C) }
      out.text(#"{"resource":{"attributes":["#)
      var attributes = AttributeList()
      attributes.add("service.name", graph.services[service].name, &out)
      attributes.add("telemetry.sdk.language", "java", &out)
      if detail == .agent { process(service, &attributes, &out) }
      out.text(#"]},"scopeSpans":[{"scope":{"name":"io.opentelemetry.http"},"spans":["#)
      for (j, span) in spans.enumerated() {
        if j > 0 { out.byte(0x2C) }
        otlp(span, into: &out)
      }
      out.text("]}]}")
    }
    out.text("]}\n")
  }

  private func otlp(_ span: WorldSpan, into out: inout TextBuffer) {
    out.text(#"{"traceId":""#)
    out.hex(span.traceHigh)
    out.hex(span.traceLow)
    out.text(#"","spanId":""#)
    out.hex(span.id)
    out.text(#"","parentSpanId":""#)
    if span.parent != 0 { out.hex(span.parent) }
    if detail == .agent { out.text(#"","flags":257,"name":""#) } else { out.text(#"","name":""#) }
    out.text(operation(span))
    out.text(span.kind == .server ? #"","kind":2,"startTimeUnixNano":""# : #"","kind":3,"startTimeUnixNano":""#)
    out.int(span.start)
    out.text(#"000","endTimeUnixNano":""#)
    out.int(span.end)
    out.text(#"000","attributes":["#)
    var attributes = AttributeList()
    let peer = peer(span)
    if let peer {
      attributes.add("server.address", peer.name, &out)
      if peer.isVirtual, !peer.system.isEmpty { attributes.add("db.system.name", peer.system, &out) }
    } else {
      attributes.add("http.request.method", "GET", &out)
    }
    if detail == .agent { agent(span, peer, &attributes, &out) }
    if span.resend > 0 { attributes.add("http.request.resend_count", span.resend, &out) }
    let isHTTP = peer.map { !$0.isVirtual || $0.system.isEmpty } ?? true
    let answered = span.failure.map { span.kind == .server || ($0 != .refused && $0 != .timeout) } ?? true
    if isHTTP, answered {
      attributes.add("http.response.status_code", span.failure?.httpStatus ?? 200, &out)
    }
    if let failure = span.failure { attributes.add("error.type", failure.errorType, &out) }
    out.text(span.failure == nil ? #"],"status":{}}"# : #"],"status":{"code":2}}"#)
  }

  /// What an agent says of the process, by the semantic conventions 1.30.
  private func process(_ service: Int, _ attributes: inout AttributeList, _ out: inout TextBuffer) {
    let name = graph.services[service].name
    attributes.add("service.version", "1.\(service % 7).\(service % 11)", &out)
    attributes.add("service.namespace", "shop", &out)
    attributes.add("deployment.environment.name", "production", &out)
    attributes.add("host.name", "node-\(service % 5).eu-west-1.internal", &out)
    attributes.add("host.arch", "amd64", &out)
    attributes.add("os.type", "linux", &out)
    attributes.add("k8s.pod.name", "\(name)-7d9f8b6c5d-x\(service)k2q", &out)
    attributes.add("process.pid", service + 7, &out)
    attributes.add("process.runtime.name", "OpenJDK Runtime Environment", &out)
    attributes.add("telemetry.sdk.name", "opentelemetry", &out)
    attributes.add("telemetry.sdk.version", "1.46.0", &out)
  }

  /// What an agent says of a call beyond what the analysis needs.
  private func agent(
    _ span: WorldSpan, _ peer: ServiceGraph.Service?, _ attributes: inout AttributeList, _ out: inout TextBuffer
  ) {
    let lot = Int(span.id >> 40)
    if let peer, peer.isVirtual, !peer.system.isEmpty {
      attributes.add("server.port", 3306, &out)
      attributes.add("db.namespace", peer.name, &out)
      attributes.add("db.operation.name", "SELECT", &out)
      attributes.add(
        "db.query.text", "SELECT id, name, state FROM items WHERE owner = ? AND state <> ? LIMIT 100", &out)
    } else {
      let path = "/api/v1/items/\(lot % 50_000)"
      if span.kind == .server {
        attributes.add("url.scheme", "http", &out)
        attributes.add("url.path", path, &out)
        attributes.add("http.route", "/api/v1/items/{id}", &out)
        attributes.add("client.address", "10.8.\(lot % 13).\(lot % 251)", &out)
        attributes.add(
          "user_agent.original", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", &out)
      } else {
        attributes.add("http.request.method", "GET", &out)
        attributes.add("url.full", "http://\(peer?.name ?? "localhost"):8080\(path)", &out)
        attributes.add("server.port", 8080, &out)
      }
      attributes.add("network.protocol.version", "1.1", &out)
    }
    attributes.add("network.peer.address", "10.8.\(span.service % 13).\(span.peer & 127)", &out)
    attributes.add("network.peer.port", 32_768 + lot % 28_000, &out)
    attributes.add("thread.id", 20 + lot % 180, &out)
    attributes.add("thread.name", "http-nio-8080-exec-\(lot % 180)", &out)
  }
}

/// OTLP attributes, one behind the other.
private struct AttributeList {
  private var isEmpty = true

  private mutating func key(_ key: String, _ out: inout TextBuffer) {
    out.text(isEmpty ? #"{"key":""# : #",{"key":""#)
    isEmpty = false
    out.text(key)
  }

  mutating func add(_ name: String, _ value: String, _ out: inout TextBuffer) {
    key(name, &out)
    out.text(#"","value":{"stringValue":""#)
    out.text(value)
    out.text(#""}}"#)
  }

  mutating func add(_ name: String, _ value: Int, _ out: inout TextBuffer) {
    key(name, &out)
    out.text(#"","value":{"intValue":""#)
    out.int(value)
    out.text(#""}}"#)
  }
}
