internal import Model
internal import Support

/// Turns the structural events of one request into spans: a start and its end become one.
///
/// Events that carry a span id pair by it. Without ids, a `requestStart` of a component pairs with the next `requestEnd`
/// of it, a `call` with the next `callReturn` from its target, and a request is taken as the callee of the latest open
/// call to its component. An end alone is a span of its latency; a start alone has no end.
struct EventPairing {
  /// Events that are no starts or ends, by time.
  private(set) var rest: [StructuralEvent] = []
  private let events: [StructuralEvent]

  init(_ events: [StructuralEvent]) {
    self.events = events.sorted { a, b in
      if a.time != b.time { return a.time < b.time }
      if Self.rank(a.kind) != Self.rank(b.kind) { return Self.rank(a.kind) < Self.rank(b.kind) }
      return a.source.bits < b.source.bits
    }
  }

  /// Starts come before ends at one instant, calls before the requests they cause.
  private static func rank(_ kind: EventKind) -> Int {
    switch kind {
    case .call: 0
    case .requestStart: 1
    case .requestEnd: 3
    case .callReturn: 4
    default: 2
    }
  }

  private struct Key: Hashable {
    var component: Symbol
    var isCall: Bool
    /// The span id, or the call's target where there is none.
    var id: UInt64
  }

  /// The spans of the paired events; `rest` holds what is left.
  mutating func spans(_ repairs: inout RepairLog) -> [SpanRow] {
    var spans: [SpanRow] = []
    var open: [Key: [Int]] = [:]
    for event in events {
      let isCall = event.kind == .call || event.kind == .callReturn
      let id = event.span != 0 ? event.span : isCall ? UInt64(event.subject.index) | 1 << 63 : 0
      let key = Key(component: event.component, isCall: isCall, id: id)
      switch event.kind {
      case .requestStart, .call:
        var row = start(of: event, isCall: isCall, ordinal: spans.count)
        if row.parent == 0, event.span == 0 { row.parent = caller(of: event, isCall: isCall, spans, open) }
        open[key, default: []].append(spans.count)
        spans.append(row)
      case .requestEnd, .callReturn:
        if var waiting = open[key], !waiting.isEmpty {
          let index = waiting.removeFirst()
          open[key] = waiting
          finish(&spans[index], with: event)
        } else {
          var row = start(of: event, isCall: isCall, ordinal: spans.count)
          row.start = event.time.subtractingSaturated(max(event.latency, 0))
          finish(&row, with: event)
          if event.latency < 0 {
            repairs.add(.unpairedEvent, at: event.source)
            row.duration = -1
            row.flags.insert(.untimed)
          }
          spans.append(row)
        }
      default: rest.append(event)
      }
    }
    for index in open.values.joined().sorted() { repairs.add(.unpairedEvent, at: spans[index].source) }
    return spans
  }

  private func start(of event: StructuralEvent, isCall: Bool, ordinal: Int) -> SpanRow {
    var flags: SpanRow.Flags = [.fromEvents]
    if event.attempt > 1 { flags.insert(.countedAttempt) }
    let made = StableHash.combine(event.request.stableHash, UInt64(ordinal) + 1)
    return SpanRow(
      request: event.request, span: event.span != 0 ? event.span : made, parent: event.parent, start: event.time,
      duration: -1, source: event.source, component: event.component, operation: event.operation,
      peer: isCall ? event.subject : .none, requestText: event.requestText, kind: isCall ? .client : .server,
      attempt: max(1, event.attempt), flags: flags)
  }

  private func finish(_ row: inout SpanRow, with event: StructuralEvent) {
    row.duration = event.latency >= 0 ? event.latency : max(0, event.time.subtractingSaturated(row.start))
    if row.operation.isNone { row.operation = event.operation }
    if row.parent == 0 { row.parent = event.parent }
    if event.attempt > 1 {
      row.attempt = event.attempt
      row.flags.insert(.countedAttempt)
    }
    guard !event.succeeded else { return }
    row.failureCode = (event.failure ?? .unknown).rawValue
    row.message = event.message
  }

  /// For events without ids: the open call that this one answers, or the open request that makes it.
  private func caller(of event: StructuralEvent, isCall: Bool, _ spans: [SpanRow], _ open: [Key: [Int]]) -> UInt64 {
    let candidates = open.lazy.filter { key, indices in
      guard !indices.isEmpty, key.isCall != isCall else { return false }
      return isCall
        ? key.component == event.component : spans[indices[0]].peer == event.component
    }
    let latest = candidates.compactMap { $0.value.last }.max()
    return latest.map { spans[$0].span } ?? 0
  }
}
