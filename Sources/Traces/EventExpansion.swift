package import Model
package import Support

/// Rows back into structural events: the form in which `events` shows what was understood.
package enum EventExpansion {
  /// The events of a request by time: a span is a start and, if it ended or failed, an end, a client's span a call and its return.
  package static func events(of tree: CallTree) -> [StructuralEvent] {
    var events: [(order: Int, event: StructuralEvent)] = []
    for (i, node) in tree.nodes.enumerated() {
      let isCall = node.kind == .client || node.kind == .producer
      var target = node.peer
      if isCall, target.isNone {
        target =
          tree.children(of: i).first { tree.nodes[$0].component != node.component }
          .map { tree.nodes[$0].component } ?? .none
      }
      var event = StructuralEvent(
        time: node.start, component: node.component, kind: isCall ? .call : .requestStart, request: tree.request,
        requestText: tree.requestText, span: node.span,
        parent: node.parent < 0 ? node.linkedTo : tree.nodes[Int(node.parent)].span,
        attempt: node.attempt, subject: isCall ? target : .none, operation: node.operation, source: node.source)
      events.append((2 * i, event))
      // What nothing tells to have ended has no end to show.
      if node.flags.isOpen, !node.failed { continue }
      // Without a beginning there is no end either.
      event.time = node.start == 0 ? 0 : node.end
      event.kind = isCall ? .callReturn : .requestEnd
      event.succeeded = !node.failed
      event.failure = node.failure
      event.message = node.failed ? node.message : .none
      // An end before the beginning is shown as one at once, or with the last child, and is no latency to any analysis.
      event.latency = node.flags.isReversed ? node.duration : node.loggedDuration
      // Ends of one instant come innermost first.
      events.append((4 * tree.nodes.count - i, event))
    }
    for event in tree.events { events.append((2 * tree.nodes.count, event)) }
    for log in tree.logs {
      var event = event(of: log)
      event.requestText = tree.requestText
      events.append((2 * tree.nodes.count, event))
    }
    events.sort { a, b in
      (a.event.time, a.order, a.event.source.bits) < (b.event.time, b.order, b.event.source.bits)
    }
    return events.map(\.event)
  }

  /// A log record as an event.
  package static func event(of log: LogRow) -> StructuralEvent {
    var event = StructuralEvent(
      time: log.time, component: log.component, kind: .logMessage, request: log.request, span: log.span,
      succeeded: log.severity < .error, message: log.message, source: log.source)
    event.severity = log.severity
    return event
  }

  /// A metric reading as an event: a queue's depth where its name says so, else a resource's reading.
  package static func event(of metric: MetricRow, _ symbols: SymbolTable) -> StructuralEvent {
    let name = symbols.text(metric.metric).lowercased()
    let isQueue = name.contains("queue") && (name.contains("depth") || name.contains("length") || name.contains("size"))
    return StructuralEvent(
      time: metric.time, component: metric.component, kind: isQueue ? .queueDepth : .resourceSpike,
      subject: isQueue ? .none : metric.metric, value: metric.value, source: metric.source)
  }
}
