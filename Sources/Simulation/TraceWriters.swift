internal import Model

/// Spans in the wire formats of the field, as their exporters write them.
struct TraceWriter {
  let graph: ServiceGraph
  var namesPeers = true
  var detail = WorldSpec.Detail.few

  /// The peer that a span names.
  func peer(_ span: WorldSpan) -> ServiceGraph.Service? {
    guard span.peer >= 0, namesPeers || graph.services[span.peer].isVirtual else { return nil }
    return graph.services[span.peer]
  }

  /// The HTTP route of an operation.
  func operation(_ span: WorldSpan) -> String {
    let service = span.peer >= 0 ? graph.services[span.peer] : graph.services[span.service]
    let operations = service.operations
    let name = operations[min(span.operation, operations.count - 1)].name
    if service.isVirtual { return service.system.isEmpty ? "GET /\(name)" : "\(name) \(service.name)" }
    return "GET /\(service.name)/\(name)"
  }

  // MARK: Jaeger

  /// A UI export with the traces of a batch; spans of one trace stand together.
  func jaeger(_ traces: [[WorldSpan]], into out: inout TextBuffer) {
    out.text(#"{"data":["#)
    for (i, spans) in traces.enumerated() {
      if i > 0 { out.text(",\n") }
      guard let first = spans.first else { continue }
      out.text(#"{"traceID":""#)
      out.hex(first.traceHigh)
      out.hex(first.traceLow)
      out.text(#"","spans":["#)
      for (j, span) in spans.enumerated() {
        if j > 0 { out.byte(0x2C) }
        jaeger(span, into: &out)
      }
      out.text(#"],"processes":{"#)
      for (j, service) in Set(spans.map(\.service)).sorted().enumerated() {
        if j > 0 { out.byte(0x2C) }
        out.text("\"p\(service)\":{\"serviceName\":")
        out.quoted(graph.services[service].name)
        out.text(#","tags":[]}"#)
      }
      out.text(#"},"warnings":null}"#)
    }
    out.text("],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}\n")
  }

  private func jaeger(_ span: WorldSpan, into out: inout TextBuffer) {
    out.text(#"{"traceID":""#)
    out.hex(span.traceHigh)
    out.hex(span.traceLow)
    out.text(#"","spanID":""#)
    out.hex(span.id)
    out.text(#"","operationName":""#)
    out.text(operation(span))
    out.text(#"","references":["#)
    if span.parent != 0 {
      out.text(#"{"refType":"CHILD_OF","traceID":""#)
      out.hex(span.traceHigh)
      out.hex(span.traceLow)
      out.text(#"","spanID":""#)
      out.hex(span.parent)
      out.text(#""}"#)
    }
    out.text(#"],"startTime":"#)
    out.int(span.start)
    out.text(#","duration":"#)
    out.int(span.end - span.start)
    out.text(#","tags":["#)
    var tags = AttributeList(.jaeger)
    tags.add("span.kind", span.kind == .server ? "server" : "client", &out)
    let peer = peer(span)
    if let peer {
      tags.add("peer.service", peer.name, &out)
      if !peer.system.isEmpty { tags.add("db.system", peer.system, &out) }
    }
    if span.resend > 0 { tags.add("http.resend_count", span.resend, &out) }
    if let failure = span.failure {
      tags.add("error", true, &out)
      tags.add("error.type", failure.errorType, &out)
      if span.kind == .server { tags.add("http.status_code", failure.httpStatus, &out) }
    }
    if detail == .agent { agent(span, peer, &tags, &out) }
    out.text(#"],"logs":[],"processID":"p"#)
    out.int(span.service)
    out.text(#"","warnings":null}"#)
  }

  // MARK: Zipkin

  /// A v2 array.
  func zipkin(_ spans: [WorldSpan], into out: inout TextBuffer) {
    out.byte(0x5B)
    for (i, span) in spans.enumerated() {
      if i > 0 { out.text(",\n") }
      out.text(#"{"traceId":""#)
      out.hex(span.traceHigh)
      out.hex(span.traceLow)
      out.text(#"","id":""#)
      out.hex(span.id)
      if span.parent != 0 {
        out.text(#"","parentId":""#)
        out.hex(span.parent)
      }
      out.text(#"","name":""#)
      out.text(operation(span).lowercased())
      out.text(span.kind == .server ? #"","kind":"SERVER","timestamp":"# : #"","kind":"CLIENT","timestamp":"#)
      out.int(span.start)
      out.text(#","duration":"#)
      out.int(max(span.end - span.start, 1))
      out.text(#","localEndpoint":{"serviceName":"#)
      out.quoted(graph.services[span.service].name)
      out.byte(0x7D)
      let peer = peer(span)
      if let peer {
        out.text(#","remoteEndpoint":{"serviceName":"#)
        out.quoted(peer.name)
        out.byte(0x7D)
      }
      out.text(#","tags":{"#)
      var tags = AttributeList(.zipkin)
      tags.add("http.method", "GET", &out)
      if span.resend > 0 { tags.add("http.resend_count", span.resend, &out) }
      if let failure = span.failure {
        tags.add("error", failure.errorType, &out)
        if span.kind == .server { tags.add("http.status_code", failure.httpStatus, &out) }
      }
      if detail == .agent { agent(span, peer, &tags, &out) }
      out.text("}}")
    }
    out.text("]\n")
  }
}
