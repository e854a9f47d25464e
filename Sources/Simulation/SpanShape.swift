internal import Model

/// Which of a request's spans are written, and what hangs beneath what: as instrumentations differ in the field.
struct SpanShape {
  let graph: ServiceGraph
  let spec: WorldSpec

  /// The spans of one request as they are written, in their order.
  func written(_ spans: ArraySlice<WorldSpan>) -> [WorldSpan] {
    if spec.hasClientSpans, !spec.losesLateSpans { return marked(Array(spans)) }
    var byID: [UInt64: WorldSpan] = [:]
    for span in spans { byID[span.id] = span }
    var kept: [WorldSpan] = []
    for var span in spans {
      if spec.losesLateSpans, span.kind == .server, let caller = byID[span.parent], caller.failure == .timeout,
        span.end > caller.end
      {
        continue
      }
      if !spec.hasClientSpans {
        if isCall(span) { continue }
        if let caller = byID[span.parent], isCall(caller) { span.parent = caller.parent }
      }
      kept.append(span)
    }
    return marked(kept)
  }

  /// The spans without a word of failures, where these say none.
  private func marked(_ spans: [WorldSpan]) -> [WorldSpan] {
    guard !spec.marksFailures else { return spans }
    return spans.map { span in
      var span = span
      span.failure = nil
      return span
    }
  }

  /// Whether a span is a caller's, for a service that has spans of its own.
  private func isCall(_ span: WorldSpan) -> Bool { span.peer >= 0 && !graph.services[span.peer].isVirtual }
}
