internal import Model
internal import Reports
package import Runs
internal import Segments
internal import Support
internal import Traces

/// `trace`: one request's tree with its log records, out of the inputs themselves.
package enum TraceVerb {
  private static let partitions = 64

  /// - Parameters:
  ///   - request: the request's id, or the beginning of one that no other has.
  ///   - options: what to read.
  ///   - asJSON: whether to print it for programs.
  /// - Returns: the exit code.
  package static func trace(_ request: String, _ options: RunSetup.Options, asJSON: Bool) -> Int32 {
    do {
      let wanted = request.lowercased()
      guard !wanted.isEmpty else { throw RunSetup.Failure("trace takes the id of a request") }
      // A UUID stands with its dashes in the log, and without them in the report.
      let bare = wanted.filter { $0 != "-" }
      let extraction = try Progress.shown(try RunSetup.request(options)) { request in
        try Extraction.run(request, partitions: partitions)
      }
      var found: [(id: String, spans: [ExemplarRequest.Span], logs: [Log], start: Int64, duration: Int64)] = []
      for partition in 0..<partitions {
        let segment = try extraction.store.segment([partition])
        extraction.store.drop(partition)
        let context = AggregateContext(symbols: segment.symbols, sources: segment.sources)
        var assembler = TraceAssembler()
        assembler.assemble(segment) { tree in
          let id = tree.requestText.isNone ? tree.request.hex : context.text(tree.requestText)
          // Programs that know 64 bits of a trace's id write its lower half.
          let isHalf = wanted.utf8.count == 16 && tree.request.hex.hasSuffix(wanted)
          let isBare = tree.requestText.isNone && id.hasPrefix(bare)
          guard isHalf || isBare || id.lowercased().hasPrefix(wanted), found.count < 100 else { return }
          let whole = ExemplarAggregator.whole(tree, context)
          found.append((id, whole.spans, logs(tree, context), whole.start, whole.duration))
        }
      }
      if let exact = found.first(where: { $0.id.lowercased() == wanted || $0.id == bare }) { found = [exact] }
      guard let one = found.first, found.count == 1 else {
        let ids = found.map(\.id).sorted().prefix(20).joined(separator: "\n")
        throw RunSetup.Failure(
          found.isEmpty
            ? "no request of these inputs begins with '\(request)'; hindcast events lists them"
            : "several requests begin with '\(request)':\n\(ids)", code: Exit.missingInput)
      }
      try Console.print(
        asJSON
          ? json(one.id, one.spans, one.logs, start: one.start)
          : text(one.id, one.spans, one.logs, start: one.start, one.duration))
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// A log record of the request.
  private struct Log {
    var time: Int64
    var component: String
    var severity: String
    var message: String
    var place: SourceLocation
  }

  private static func logs(_ tree: borrowing CallTree, _ context: AggregateContext) -> [Log] {
    tree.logs.map { log in
      Log(
        time: log.time, component: context.text(log.component), severity: log.severity.name,
        message: context.text(log.message), place: context.location(log.source))
    }
  }

  private static func text(
    _ id: String, _ spans: [ExemplarRequest.Span], _ logs: [Log], start: Int64, _ duration: Int64
  ) -> String {
    var out =
      "request \(Console.inert(id)), \(NumberFormat.duration(logged: duration)), from \(Timestamp(start).rfc3339)\n"
    var lines: [(at: Int64, text: String)] = spans.map { span in
      var line = String(repeating: "  ", count: min(span.depth, 40)) + Console.inert(span.component.text)
      line += " " + Console.inert(span.operation.text)
      if !span.peer.isEmpty, span.peer != span.component { line += " → " + Console.inert(span.peer.text) }
      line += ", \(NumberFormat.duration(logged: span.duration))"
      if let mark = WaterfallWording.mark(span) { line += ", " + mark }
      if span.failure != nil, !span.message.isEmpty { line += " (\(Console.inert(span.message.text)))" }
      return (span.offset, line + "  [\(Console.inert(span.location.description))]")
    }
    // A log record stands behind the spans that had begun when it was written.
    for log in logs {
      let at = log.time == .min ? 0 : log.time.subtractingSaturated(start)
      let line =
        "  · \(Console.inert(log.component)) \(log.severity): \(Console.inert(log.message).replacing("\n", with: " ⏎ "))"
      let index = lines.lastIndex { $0.at <= at }.map { $0 + 1 } ?? lines.count
      lines.insert((at, line + "  [\(Console.inert(log.place.description))]"), at: index)
    }
    for line in lines {
      let offset = NumberFormat.delay(line.at)
      out +=
        String(repeating: " ", count: max(0, 10 - offset.count)) + (line.at <= 0 ? "0" : "+" + offset)
        + "  \(line.text)\n"
    }
    return out
  }

  private static func json(_ id: String, _ spans: [ExemplarRequest.Span], _ logs: [Log], start: Int64) -> String {
    let document: JSONValue = .object([
      "request": .string(id), "start": .string(Timestamp(start).rfc3339),
      "spans": .array(
        spans.map { span in
          .object([
            "depth": .int(span.depth), "component": .string(span.component.text),
            "operation": .string(span.operation.text), "peer": span.peer.isEmpty ? nil : .string(span.peer.text),
            "offsetUs": .int(span.offset), "durationUs": .duration(logged: span.duration),
            "failure": span.failure.map { .string($0.name) },
            "message": span.message.isEmpty ? nil : .string(span.message.text),
            "evidence": .string(span.location.description),
          ])
        }),
      "logs": .array(
        logs.map { log in
          .object([
            "time": log.time == .min ? nil : .string(Timestamp(log.time).rfc3339), "component": .string(log.component),
            "severity": .string(log.severity), "message": .string(log.message),
            "evidence": .string(log.place.description),
          ])
        }),
    ])
    return document.pretty
  }
}
