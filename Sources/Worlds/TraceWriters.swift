internal import Core

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
    out.text(#","tags":[{"key":"span.kind","type":"string","value":""#)
    out.text(span.kind == .server ? "server\"}" : "client\"}")
    if let peer = peer(span) {
      out.text(#",{"key":"peer.service","type":"string","value":"#)
      out.quoted(peer.name)
      out.byte(0x7D)
      if !peer.system.isEmpty {
        out.text(#",{"key":"db.system","type":"string","value":"#)
        out.quoted(peer.system)
        out.byte(0x7D)
      }
    }
    if span.resend > 0 {
      out.text(#",{"key":"http.resend_count","type":"int64","value":"#)
      out.int(span.resend)
      out.byte(0x7D)
    }
    if let failure = span.failure {
      out.text(#",{"key":"error","type":"bool","value":true},{"key":"error.type","type":"string","value":"#)
      out.quoted(failure.errorType)
      out.byte(0x7D)
      if span.kind == .server {
        out.text(#",{"key":"http.status_code","type":"int64","value":"#)
        out.int(failure.httpStatus)
        out.byte(0x7D)
      }
    }
    if detail == .agent {
      var tags = AttributeList(.jaeger, isEmpty: false)
      agent(span, peer(span), &tags, &out)
    }
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
      if let peer = peer(span) {
        out.text(#","remoteEndpoint":{"serviceName":"#)
        out.quoted(peer.name)
        out.byte(0x7D)
      }
      out.text(#","tags":{"http.method":"GET""#)
      if span.resend > 0 {
        out.text(#","http.resend_count":""#)
        out.int(span.resend)
        out.byte(0x22)
      }
      if let failure = span.failure {
        out.text(#","error":"#)
        out.quoted(failure.errorType)
        if span.kind == .server {
          out.text(#","http.status_code":""#)
          out.int(failure.httpStatus)
          out.byte(0x22)
        }
      }
      if detail == .agent {
        var tags = AttributeList(.zipkin, isEmpty: false)
        agent(span, peer(span), &tags, &out)
      }
      out.text("}}")
    }
    out.text("]\n")
  }
}
