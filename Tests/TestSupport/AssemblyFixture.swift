package import Model
package import Segments
package import Support
internal import Traces

/// A few lines to write call trees down with: rows in, an assembled tree out.
package struct AssemblyFixture {
  package var symbols = SymbolTable()
  package var rows = Rows()
  package var sources = SourceTable()

  package init() { _ = sources.add(input: "night", member: "spans.json") }

  package mutating func span(
    _ id: UInt64, under parent: UInt64 = 0, at start: Int64, for duration: Int64, in component: String,
    _ operation: String = "op", kind: SpanKind = .unspecified, failure: FailureKind? = nil, attempt: UInt8 = 1,
    flags: SpanRow.Flags = [], trace: UInt64 = 1
  ) {
    rows.spans.append(
      SpanRow(
        request: RequestID(high: 0, low: trace), span: id, parent: parent, start: start, duration: duration,
        source: SourceRef(member: 0, value: rows.spans.count, isLine: true), component: symbols.intern(component),
        operation: symbols.intern(operation), kind: kind, failureCode: failure?.rawValue ?? 0, attempt: attempt,
        flags: flags))
  }

  package mutating func event(
    _ kind: EventKind, at time: Int64, in component: String, subject: String = "", succeeded: Bool = true,
    span: UInt64 = 0, latency: Int64 = -1
  ) {
    rows.events.append(
      StructuralEvent(
        time: time, component: symbols.intern(component), kind: kind, request: RequestID(high: 0, low: 1), span: span,
        succeeded: succeeded, failure: succeeded ? nil : .unknown, subject: symbols.intern(subject), latency: latency,
        source: SourceRef(member: 0, value: rows.events.count, isLine: true)))
  }

  package var segment: Segment { Segment(symbols: symbols, sources: sources, rows: rows) }

  /// All trees, and how often each repair was made.
  package func assembled() -> (trees: [CallTree], repairs: [String: Int]) {
    var assembler = TraceAssembler()
    var trees: [CallTree] = []
    assembler.assemble(segment) { trees.append($0) }
    var counts: [String: Int] = [:]
    for diagnostic in assembler.repairs.resolved(sources).diagnostics { counts[diagnostic.code] = diagnostic.count }
    return (trees, counts)
  }

  /// One line per node: depth as dots, component, start and duration.
  package func outline(_ tree: CallTree) -> [String] {
    tree.nodes.map { node in
      var depth = 0
      var above = Int(node.parent)
      while above >= 0 {
        depth += 1
        above = Int(tree.nodes[above].parent)
      }
      return String(repeating: ".", count: depth) + symbols.text(node.component) + " \(node.start)+\(node.duration)"
    }
  }
}
