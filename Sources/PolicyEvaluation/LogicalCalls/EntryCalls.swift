// What requests at one entry of a server call: a request that failed without the call that its kind always makes was
// refused before it, by a breaker or its like, and left no span of it.
internal import Model
internal import Support

/// An operation of a server.
package struct EntryPoint: Hashable, Comparable, Sendable {
  package var component: String
  package var operation: String

  package init(component: String, operation: String) {
    self.component = component
    self.operation = operation
  }

  package static func < (a: EntryPoint, b: EntryPoint) -> Bool {
    (a.component, a.operation) < (b.component, b.operation)
  }

  func encode(to writer: inout ByteWriter) {
    writer.text(component)
    writer.text(operation)
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    component = try reader.text()
    operation = try reader.text()
  }
}

/// A failed request without a call. Times are microseconds.
package struct LoggedRefusal: Hashable, Comparable, Sendable {
  package var start: Int64
  package var duration: Int64
  package static func < (a: LoggedRefusal, b: LoggedRefusal) -> Bool { (a.start, a.duration) < (b.start, b.duration) }
}

/// The requests of one entry.
package struct EntryCalls: Hashable, Sendable {
  /// Failed requests without a call that are kept; of more, the earliest.
  static let limit = 200_000
  /// Requests below which no kind of request is known by its calls.
  static let least = 30
  /// How many of them must make the same call.
  static let share = 0.98

  /// Requests with a call, and successful ones without.
  package var calls: Int
  package var silent: Int
  /// Requests by the calls they made.
  package var edges: [CallEdge: Int]
  package var refused: [LoggedRefusal]

  mutating func merge(_ other: EntryCalls) {
    calls += other.calls
    silent += other.silent
    edges.merge(other.edges, uniquingKeysWith: +)
    refused += other.refused
    if refused.count > 2 * Self.limit { refused = Array(refused.sorted().prefix(Self.limit)) }
  }

  /// The call that such requests always make; nil where there is none.
  var usual: CallEdge? {
    guard calls >= Self.least, Double(silent) <= (1 - Self.share) * Double(calls) else { return nil }
    let most = edges.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }
    return most.flatMap { Double($0.value) >= Self.share * Double(calls) ? $0.key : nil }
  }

  func encode(to writer: inout ByteWriter) {
    writer.int(calls)
    writer.int(silent)
    writer.dictionary(edges) { writer, edge, count in
      writer.text(edge.caller)
      writer.text(edge.callee)
      writer.text(edge.operation)
      writer.int(count)
    }
    writer.array(Array(refused.sorted().prefix(Self.limit))) { writer, refusal in
      writer.signed(refusal.start)
      writer.signed(refusal.duration)
    }
  }

  init(calls: Int, silent: Int, edges: [CallEdge: Int], refused: [LoggedRefusal]) {
    self.calls = calls
    self.silent = silent
    self.edges = edges
    self.refused = refused
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    calls = try reader.int()
    silent = try reader.int()
    edges = try reader.dictionary { reader throws(DecodeFailure) in
      let caller = try reader.text()
      let callee = try reader.text()
      let operation = try reader.text()
      return (CallEdge(caller: caller, callee: callee, operation: operation), try reader.int())
    }
    refused = try reader.array { reader throws(DecodeFailure) in
      let start = try reader.signed()
      return LoggedRefusal(start: start, duration: try reader.signed())
    }
  }
}
