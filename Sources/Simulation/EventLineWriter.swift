internal import Model

/// Spans as the project's own event lines: one structural event a line.
struct EventLineWriter {
  let graph: ServiceGraph

  func write(_ spans: [WorldSpan], into out: inout TextBuffer) {
    var events: [(time: Int64, id: UInt64, order: Int, index: Int)] = []
    for (i, span) in spans.enumerated() {
      events.append((span.start, span.id, span.peer >= 0 ? 0 : 1, i))
      events.append((span.end, span.id, span.peer >= 0 ? 3 : 2, i))
    }
    events.sort { ($0.time, $0.order, $0.id) < ($1.time, $1.order, $1.id) }
    for event in events { write(spans[event.index], order: event.order, into: &out) }
  }

  private func write(_ span: WorldSpan, order: Int, into out: inout TextBuffer) {
    let isEnd = order >= 2
    out.text(#"{"time":"#)
    out.int(isEnd ? span.end : span.start)
    out.text(#","component":"#)
    out.quoted(graph.services[span.service].name)
    out.text(#","request":""#)
    out.hex(span.traceHigh)
    out.hex(span.traceLow)
    out.text(#"","span":""#)
    out.hex(span.id)
    if span.parent != 0 {
      out.text(#"","parent":""#)
      out.hex(span.parent)
    }
    out.text(#"","kind":""#)
    out.text(["call", "requestStart", "requestEnd", "callReturn"][order])
    out.byte(0x22)
    if span.peer >= 0 {
      out.text(isEnd ? #","source":"# : #","target":"#)
      out.quoted(graph.services[span.peer].name)
      if span.resend > 0 {
        out.text(#","attempt":"#)
        out.int(span.resend + 1)
      }
    }
    if isEnd {
      out.text(span.failure == nil ? #","success":true,"latency":"# : #","success":false,"latency":"#)
      out.int(span.end - span.start)
      if let failure = span.failure {
        out.text(#","failure":""#)
        out.text(failure.kind.name)
        out.byte(0x22)
      }
    }
    out.text("}\n")
  }
}

extension WorldFailureWord {
  var kind: FailureKind {
    switch self {
    case .internalError: .runtime
    case .unavailable: .unavailable
    case .timeout: .timeout
    case .refused: .targetUnreachable
    }
  }
}
