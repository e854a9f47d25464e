internal import Model

/// Spans as the Collector's file exporter writes them: one line of OTLP/JSON per batch.
extension TraceWriter {
  /// One line: the spans of a batch by service.
  func otlp(_ spans: [WorldSpan], into out: inout TextBuffer) {
    let byService = Dictionary(grouping: spans, by: \.service).sorted { $0.key < $1.key }
    out.text(#"{"resourceSpans":["#)
    for (i, (service, spans)) in byService.enumerated() {
      if i > 0 { out.byte(0x2C) }
      out.text(#"{"resource":{"attributes":["#)
      var attributes = AttributeList(.otlp)
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
    var attributes = AttributeList(.otlp)
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
}
