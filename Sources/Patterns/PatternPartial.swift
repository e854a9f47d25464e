// What the digest keeps of a partition's call trees: variants, callers, and the calling-context tree.

package import Support

/// One node of the calling-context tree: a path of call points from a root, over all requests.
package struct ContextStats: Sendable, Weighted {
  /// The hash of the path without its last call, 0 for a root.
  package var parent: UInt64 = 0
  /// The last call point's hash.
  package var point: UInt64 = 0
  package var calls = 0
  /// Calls on their request's critical path.
  package var critical = 0
  /// Microseconds of critical path that were the calls' own, saturating.
  package var criticalTime: Int64 = 0

  package init() {}
  package var weight: Int { calls }
}

extension ContextStats: Mergeable {
  package mutating func merge(_ other: ContextStats) {
    calls += other.calls
    critical += other.critical
    criticalTime = criticalTime.addingSaturated(other.criticalTime)
  }
}

extension ContextStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed64(parent)
    writer.fixed64(point)
    writer.int(calls)
    writer.int(critical)
    writer.signed(criticalTime)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    parent = try reader.fixed64()
    point = try reader.fixed64()
    calls = try reader.int()
    critical = try reader.int()
    criticalTime = try reader.signed()
  }
}

/// The names of a call point, kept in bounded numbers like everything else.
struct PointName: Sendable, Mergeable, Weighted, BinaryCodable {
  var point: CallPoint
  var weight: Int { 1 }
  mutating func merge(_ other: PointName) { point = min(point, other.point) }

  init(_ point: CallPoint) { self.point = point }

  func encode(to writer: inout ByteWriter) {
    writer.text(point.component)
    writer.text(point.operation)
  }

  init(from reader: inout ByteReader) throws(DecodeFailure) {
    point = CallPoint(component: try reader.text(), operation: try reader.text())
  }
}

/// The digest of call trees. It merges in any order and any grouping to the same bytes.
package struct PatternPartial: Sendable {
  package static let version: UInt8 = 1
  package static let variantLimit = 2_048
  package static let callerLimit = 8_192
  package static let contextLimit = 16_384
  static let pointLimit = 65_536

  package var requests = 0
  package var spans = 0
  package var clock = WindowClock()
  /// By the variant's hash.
  package var variants = BoundedMap<VariantStats>(limit: variantLimit)
  /// By the hash of call point, role and outcome.
  package var callers = BoundedMap<CallerStats>(limit: callerLimit)
  /// By the path's hash.
  package var contexts = BoundedMap<ContextStats>(limit: contextLimit)
  var points = BoundedMap<PointName>(limit: pointLimit)

  package init() {}

  /// The call point of a hash; points beyond the limit are all `other`.
  package func point(_ hash: UInt64) -> CallPoint {
    points[hash]?.point ?? CallPoint(component: "other", operation: "")
  }

  /// The partial without anything that belongs to a single request, as history keeps it.
  package var withoutExemplars: PatternPartial {
    var trimmed = self
    trimmed.clock = WindowClock()
    trimmed.variants.update { variant in
      variant.windows = [0: variant.latency]
      variant.exemplar = nil
      variant.slowest = []
      for path in variant.paths.keys { variant.paths[path]?.slowest = nil }
    }
    trimmed.callers.update { caller in
      caller.compositions.update { composition in
        composition.exemplar = nil
        composition.windows = [:]
      }
      caller.edges.update { edge in
        edge.widest = nil
        edge.narrowest = nil
      }
      caller.pairs.update { pair in
        pair.beforeExemplar = nil
        pair.afterExemplar = nil
      }
    }
    return trimmed
  }

  mutating func settle() {
    variants.settle()
    callers.settle()
    contexts.settle()
    points.settle()
  }

  mutating func coarsen(by steps: UInt8) {
    guard steps > 0 else { return }
    variants.update { $0.windows = WindowClock.coarsen($0.windows, by: steps) }
    callers.update { caller in
      caller.compositions.update { $0.windows = WindowClock.coarsen($0.windows, by: steps) }
    }
  }
}

extension PatternPartial: Mergeable {
  package mutating func merge(_ other: PatternPartial) {
    let mine = clock.shift
    clock.merge(other.clock)
    coarsen(by: clock.shift - mine)
    var theirs = other
    theirs.coarsen(by: clock.shift - other.clock.shift)
    requests += theirs.requests
    spans += theirs.spans
    variants.merge(theirs.variants)
    callers.merge(theirs.callers)
    contexts.merge(theirs.contexts)
    points.merge(theirs.points)
  }
}

extension PatternPartial: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.byte(Self.version)
    writer.int(requests)
    writer.int(spans)
    clock.encode(to: &writer)
    variants.encode(to: &writer)
    callers.encode(to: &writer)
    contexts.encode(to: &writer)
    points.encode(to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    guard try reader.byte() == Self.version else { throw reader.failure("unknown version of a pattern partial") }
    requests = try reader.int()
    spans = try reader.int()
    clock = try WindowClock(from: &reader)
    variants = try BoundedMap(limit: Self.variantLimit, from: &reader)
    callers = try BoundedMap(limit: Self.callerLimit, from: &reader)
    contexts = try BoundedMap(limit: Self.contextLimit, from: &reader)
    points = try BoundedMap(limit: Self.pointLimit, from: &reader)
  }
}
