package import Support

/// One request's spans after assembly and repair, in one flat array.
///
/// Nodes stand in preorder: a parent before its children, siblings by (start, end, span id), so `subtreeEnd` walks a tree
/// without recursion: the first child of node i is i+1 where `i + 1 < subtreeEnd`, the next sibling of a child c is
/// `nodes[c].subtreeEnd`. A trace with several roots is a forest in the same array.
@usableFromInline package struct CallTree: Sendable {
  package var request: RequestID = .none
  /// The text of a request id that is not hex.
  package var requestText: Symbol = .none
  @usableFromInline package var nodes: [CallNode] = []
  /// The log records of the request, by time.
  package var logs: [LogRow] = []
  /// Structural events of the request that are no spans, by time.
  package var events: [StructuralEvent] = []

  package init() {}

  /// First start, microseconds.
  package var start: Int64 { nodes.first.map { first in nodes.reduce(first.start) { min($0, $1.start) } } ?? 0 }
  /// Last end, microseconds.
  package var end: Int64 { nodes.reduce(.min) { max($0, $1.end) } }

  /// The direct children of a node, as indices.
  @inlinable package func children(of index: Int) -> CallTreeChildren {
    CallTreeChildren(nodes: nodes, cursor: index + 1, end: Int(nodes[index].subtreeEnd))
  }

  /// The roots, as indices.
  @inlinable package var roots: CallTreeChildren { CallTreeChildren(nodes: nodes, cursor: 0, end: nodes.count) }
}

/// The indices of a node's direct children, in order.
@usableFromInline package struct CallTreeChildren: Sequence, IteratorProtocol {
  @usableFromInline let nodes: [CallNode]
  @usableFromInline var cursor: Int
  @usableFromInline let end: Int

  @inlinable init(nodes: [CallNode], cursor: Int, end: Int) {
    self.nodes = nodes
    self.cursor = cursor
    self.end = end
  }

  @inlinable package mutating func next() -> Int? {
    guard cursor < end else { return nil }
    defer { cursor = Int(nodes[cursor].subtreeEnd) }
    return cursor
  }
}

/// One span in a call tree.
@usableFromInline package struct CallNode: Sendable {
  package var span: UInt64
  /// Index of the parent, -1 for a root.
  package var parent: Int32
  /// One past the last descendant.
  @usableFromInline package var subtreeEnd: Int32
  /// Microseconds, corrected for clock skew.
  @usableFromInline package var start: Int64
  /// Microseconds, never negative.
  @usableFromInline package var duration: Int64
  package var component: Symbol
  package var operation: Symbol
  /// The component called, where the span is a call to one without spans of its own; else none.
  package var peer: Symbol
  /// What an answered call named the component that it called, else none.
  package var calledAs = Symbol.none
  /// Failure or status message.
  package var message: Symbol
  package var kind: SpanKind
  /// 0 where the span did not fail, else `FailureKind.rawValue`.
  @usableFromInline package var failureCode: UInt8
  /// 1-based.
  package var attempt: UInt8
  @usableFromInline package var flags: SpanRow.Flags
  package var source: SourceRef
  package var retryEvidence: RetryEvidence
  /// How many requests it stands for.
  package var weight: SampleWeight
  /// The span in another trace that a root follows from (a link, a reference), 0 for none.
  package var linkedTo: UInt64

  package init(row: SpanRow, parent: Int32 = -1) {
    span = row.span
    self.parent = parent
    subtreeEnd = 0
    start = row.start
    duration = max(row.duration, 0)
    component = row.component
    operation = row.operation
    peer = row.peer
    message = row.message
    kind = row.kind
    failureCode = row.failureCode
    attempt = row.attempt
    flags = row.flags
    source = row.source
    retryEvidence = row.retryEvidence
    weight = row.weight
    linkedTo = parent < 0 && row.flags.contains(.foreignParent) ? row.parent : 0
  }

  @inlinable package var end: Int64 {
    let (end, isBeyond) = start.addingReportingOverflow(duration)
    return isBeyond ? .max : end
  }
  @inlinable package var failed: Bool { failureCode != 0 }
  /// Whether anything tells how long it took: its record does, or, where that only tells that it ended, a child that ended after
  /// it began. Where nothing tells that it ended, its last child's end is a lower bound, and no latency.
  @inlinable package var hasDuration: Bool {
    switch flags.rawValue & (SpanRow.Flags.untimed.rawValue | SpanRow.Flags.unfinished.rawValue) {
    case 0: true
    case SpanRow.Flags.untimed.rawValue: duration > 0
    default: false
    }
  }
  /// The duration, `ExemplarRequest.unknownDuration` where nothing tells it.
  package var loggedDuration: Int64 { hasDuration ? duration : ExemplarRequest.unknownDuration }
  package var failure: FailureKind? { FailureKind(rawValue: failureCode) }
}
