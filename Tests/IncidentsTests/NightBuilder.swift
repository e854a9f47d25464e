import Incidents
import Model
import Support

/// Builds a night's requests by hand for tests: a request is a tree of calls, written down call by call.
struct NightBuilder {
  var context = AggregateContext(symbols: SymbolTable(), sources: SourceTable())
  private(set) var trees: [CallTree] = []
  private(set) var logs: [LogRow] = []
  private(set) var metrics: [MetricRow] = []
  private(set) var events: [StructuralEvent] = []
  private var line = 0

  init() { _ = context.sources.add(input: "night.tar", member: "spans.csv") }

  /// One call and the calls beneath it; times in microseconds, relative to the request's start.
  struct Call {
    var component: String
    var operation = "handle"
    var kind = SpanKind.server
    var at: Int64 = 0
    var duration: Int64 = 1000
    var failure: FailureKind?
    var peer = ""
    /// What an answered call named its target.
    var calledAs = ""
    var attempt: UInt8 = 1
    /// Whether nothing says how long it took.
    var isUntimed = false
    /// What it logs as errors before it ends.
    var errors: [String] = []
    /// What it notes at a time after its start.
    var notes: [(at: Int64, text: String)] = []
    var calls: [Call] = []
  }

  mutating func symbol(_ text: String) -> Symbol { context.symbols.intern(text) }

  mutating func source() -> SourceRef {
    line += 1
    return SourceRef(member: 0, value: line, isLine: true)
  }

  /// Adds a request that begins at a time.
  mutating func request(_ number: UInt64, at time: Int64, _ root: Call, weight: Double = 1) {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: number)
    append(root, parent: -1, start: time, request: tree.request, to: &tree)
    tree.nodes[0].weight = SampleWeight(weight)
    trees.append(tree)
  }

  /// Adds a request of several roots.
  mutating func requests(_ number: UInt64, at time: Int64, _ roots: [Call]) {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: number)
    for root in roots { append(root, parent: -1, start: time, request: tree.request, to: &tree) }
    trees.append(tree)
  }

  /// Marks the root of the last request.
  mutating func mark(_ flag: SpanRow.Flags) { trees[trees.count - 1].nodes[0].flags.insert(flag) }

  /// Gives a span of the last request an id.
  mutating func setSpan(_ span: UInt64, of node: Int) { trees[trees.count - 1].nodes[node].span = span }

  /// Lets the last request follow from a span of another trace.
  mutating func follow(_ span: UInt64) { trees[trees.count - 1].nodes[0].linkedTo = span }

  private mutating func append(
    _ call: Call, parent: Int32, start: Int64, request: RequestID, to tree: inout CallTree
  ) {
    let row = SpanRow(
      request: request, span: UInt64(tree.nodes.count + 1), parent: UInt64(parent + 1), start: start + call.at,
      duration: call.duration, source: source(), component: symbol(call.component),
      operation: symbol(call.operation), peer: symbol(call.peer), kind: call.kind,
      failureCode: call.failure?.rawValue ?? 0, attempt: call.attempt, flags: call.isUntimed ? [.untimed] : [])
    let index = tree.nodes.count
    tree.nodes.append(CallNode(row: row, parent: parent))
    tree.nodes[index].calledAs = symbol(call.calledAs)
    for error in call.errors {
      tree.logs.append(
        LogRow(
          time: row.start + row.duration - 1, request: request, span: row.span, source: source(),
          component: row.component, message: symbol(error), severity: .error))
    }
    for note in call.notes {
      tree.logs.append(
        LogRow(
          time: row.start + note.at, request: request, span: row.span, source: source(), component: row.component,
          message: symbol(note.text), severity: .info))
    }
    for child in call.calls {
      append(child, parent: Int32(index), start: start + call.at, request: request, to: &tree)
    }
    tree.nodes[index].subtreeEnd = Int32(tree.nodes.count)
  }

  /// Adds a request that only log lines tell of, 0 for lines of no request: component, message, severity, the duration that is told,
  /// and microseconds after its begin.
  mutating func told(_ number: UInt64, at time: Int64, _ lines: [(String, String, Severity, UInt32, Int64)]) {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: number)
    for (component, message, severity, took, at) in lines {
      var row = LogRow(
        time: time + at, request: tree.request, span: 0, source: source(), component: symbol(component),
        message: symbol(message), severity: severity)
      row.took = took
      if number == 0 { logs.append(row) } else { tree.logs.append(row) }
    }
    if number != 0 { trees.append(tree) }
  }

  mutating func log(_ component: String, at time: Int64, _ severity: Severity, _ message: String) {
    logs.append(
      LogRow(
        time: time, request: .none, span: 0, source: source(), component: symbol(component),
        message: symbol(message), severity: severity))
  }

  mutating func metric(_ component: String, _ metric: String, at time: Int64, _ value: Double) {
    metrics.append(
      MetricRow(
        time: time, value: value, source: source(), component: symbol(component), metric: symbol(metric)))
  }

  mutating func event(_ component: String, _ kind: EventKind, at time: Int64, subject: String = "", value: Double = 0) {
    events.append(
      StructuralEvent(
        time: time, component: symbol(component), kind: kind, subject: symbol(subject), value: value, source: source())
    )
  }

  /// The partial of everything, or of one share of the requests and the records.
  func partial(share: Int = 0, of shares: Int = 1) -> IncidentPartial {
    var digester = IncidentAggregator(settings: IncidentSettings())
    for (index, tree) in trees.enumerated() where index % shares == share { digester.observe(tree, context) }
    for (index, log) in logs.enumerated() where index % shares == share { digester.observe(log: log, context) }
    for (index, row) in metrics.enumerated() where index % shares == share { digester.observe(metric: row, context) }
    for (index, row) in events.enumerated() where index % shares == share { digester.observe(event: row, context) }
    return digester.finish(context)
  }

  /// Twenty minutes in which a shop asks stock and billing, with one bad stretch of the caller's making.
  static func shop(minutes: Int = 20, _ change: (inout Call, Int64) -> Void = { _, _ in }) -> NightBuilder {
    var night = NightBuilder()
    let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
    for second in 0..<Int64(minutes * 60) {
      let time = begin + second * 1_000_000
      let noise = Int64(second * 7919 % 400)
      var root = Call(
        component: "front", operation: "GET /", duration: 20_000 + noise,
        calls: [
          Call(
            component: "front", operation: "call stock", kind: .client, at: 1000, duration: 8000 + noise,
            peer: "stock",
            calls: [Call(component: "stock", operation: "reserve", at: 500, duration: 7000 + noise)]),
          Call(
            component: "front", operation: "call billing", kind: .client, at: 10_000, duration: 8000,
            peer: "billing",
            calls: [Call(component: "billing", operation: "charge", at: 500, duration: 7000)]),
        ])
      change(&root, second)
      night.request(UInt64(second + 1), at: time, root)
    }
    return night
  }
}

/// The bytes of a partial: equal partials have equal bytes.
func bytes(_ partial: IncidentPartial) -> [UInt8] {
  var writer = ByteWriter()
  partial.encode(to: &writer)
  return writer.bytes
}
