// What is kept of one caller: which calls it makes, how often, in which order, and how long they take.

package import Model
package import Support

/// One edge: a caller's calls to one call point.
package struct EdgeStats: Sendable, Weighted {
  /// Callers that made the call at least once.
  package var occurrences = 0
  package var calls = 0
  package var failures = 0
  /// Microseconds.
  package var duration = Sketch()
  /// Microseconds between the last thing before the call (an earlier call's end, the caller's start) and the call.
  package var gap = Sketch()
  /// Calls per caller that made any.
  package var fanOut = Sketch()
  /// The caller that made the most calls; `value` is their number.
  package var widest: Exemplar?
  /// The caller that made the fewest calls, at least one; `value` is their number.
  package var narrowest: Exemplar?

  package init() {}
  package var weight: Int { calls }
}

extension EdgeStats: Mergeable {
  package mutating func merge(_ other: EdgeStats) {
    occurrences += other.occurrences
    calls += other.calls
    failures += other.failures
    duration.merge(other.duration)
    gap.merge(other.gap)
    fanOut.merge(other.fanOut)
    if let candidate = other.widest, widest.map({ Exemplar.larger(candidate, $0) }) ?? true { widest = candidate }
    if let candidate = other.narrowest, narrowest.map({ Exemplar.smaller(candidate, $0) }) ?? true {
      narrowest = candidate
    }
  }
}

extension EdgeStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(occurrences)
    writer.int(calls)
    writer.int(failures)
    duration.encode(to: &writer)
    gap.encode(to: &writer)
    fanOut.encode(to: &writer)
    Exemplar.encode(widest, to: &writer)
    Exemplar.encode(narrowest, to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    occurrences = try reader.int()
    calls = try reader.int()
    failures = try reader.int()
    duration = try Sketch(from: &reader)
    gap = try Sketch(from: &reader)
    fanOut = try Sketch(from: &reader)
    widest = try Exemplar.decode(&reader)
    narrowest = try Exemplar.decode(&reader)
  }
}

/// How two calls of one caller stand to each other in time, a being the call point with the smaller hash.
package struct PairStats: Sendable, Weighted {
  package var a: UInt64 = 0
  package var b: UInt64 = 0
  /// Callers in which all calls to a ended before the first to b began.
  package var before = 0
  /// Callers in which it was the other way round.
  package var after = 0
  /// Callers in which they overlapped or alternated.
  package var mixed = 0
  package var beforeExemplar: Exemplar?
  package var afterExemplar: Exemplar?

  package init() {}
  package var weight: Int { total }
  package var total: Int { before + after + mixed }
}

extension PairStats: Mergeable {
  package mutating func merge(_ other: PairStats) {
    before += other.before
    after += other.after
    mixed += other.mixed
    beforeExemplar = Exemplar.first(beforeExemplar, other.beforeExemplar)
    afterExemplar = Exemplar.first(afterExemplar, other.afterExemplar)
  }
}

extension PairStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed64(a)
    writer.fixed64(b)
    writer.int(before)
    writer.int(after)
    writer.int(mixed)
    Exemplar.encode(beforeExemplar, to: &writer)
    Exemplar.encode(afterExemplar, to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    a = try reader.fixed64()
    b = try reader.fixed64()
    before = try reader.int()
    after = try reader.int()
    mixed = try reader.int()
    beforeExemplar = try Exemplar.decode(&reader)
    afterExemplar = try Exemplar.decode(&reader)
  }
}

/// Callers that made the same calls, up to multiplicity buckets.
package struct CompositionStats: Sendable, Weighted {
  package struct Member: Hashable, Sendable {
    /// The call point's hash.
    package var point: UInt64
    package var multiplicity: Multiplicity
  }

  package static let memberLimit = 64

  package var count = 0
  package var windows: [Int64: Count] = [:]
  /// By hash, at most `memberLimit` of them.
  package var members: [Member] = []
  package var exemplar: Exemplar?

  package init() {}
  package var weight: Int { count }

  package func contains(_ point: UInt64) -> Bool { members.contains { $0.point == point } }
}

extension CompositionStats: Mergeable {
  package mutating func merge(_ other: CompositionStats) {
    count += other.count
    windows.merge(other.windows) { Count($0.value + $1.value) }
    if members.isEmpty { members = other.members }
    exemplar = Exemplar.first(exemplar, other.exemplar)
  }
}

extension CompositionStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(count)
    writer.dictionary(windows) { writer, window, count in
      writer.signed(window)
      writer.int(count.value)
    }
    writer.array(members) { writer, member in
      writer.fixed64(member.point)
      writer.byte(member.multiplicity.rawValue)
    }
    Exemplar.encode(exemplar, to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    count = try reader.int()
    windows = try reader.dictionary { reader throws(DecodeFailure) in (try reader.signed(), Count(try reader.int())) }
    members = try reader.array { reader throws(DecodeFailure) in
      let point = try reader.fixed64()
      guard let multiplicity = Multiplicity(rawValue: try reader.byte()) else {
        throw reader.failure("unknown multiplicity")
      }
      return Member(point: point, multiplicity: multiplicity)
    }
    exemplar = try Exemplar.decode(&reader)
  }
}

/// How often like calls are repeated, in buckets that a loop's exact length does not leave.
package enum Multiplicity: UInt8, Comparable, Hashable, Sendable {
  case one = 1
  case few
  case several
  case many

  /// 1, 2–3, 4–9, 10 and more.
  package init(_ count: Int) {
    switch count {
    case ...1: self = .one
    case 2...3: self = .few
    case 4...9: self = .several
    default: self = .many
    }
  }

  package static func < (a: Multiplicity, b: Multiplicity) -> Bool { a.rawValue < b.rawValue }

  /// The smallest and the largest count, where there is one.
  package var bounds: (least: Int, most: Int?) {
    switch self {
    case .one: (1, 1)
    case .few: (2, 3)
    case .several: (4, 9)
    case .many: (10, nil)
    }
  }
}

/// Everything about one caller: a call point in one role, failed or not.
package struct CallerStats: Sendable, Weighted {
  package static let compositionLimit = 128
  package static let edgeLimit = 256
  package static let pairLimit = 512

  package var point: UInt64 = 0
  package var kind: SpanKind = .unspecified
  package var failed = false
  package var count = 0
  /// Microseconds in which none of its calls ran.
  package var selfTime = Sketch()
  package var compositions = BoundedMap<CompositionStats>(limit: compositionLimit)
  /// By the callee's call point.
  package var edges = BoundedMap<EdgeStats>(limit: edgeLimit)
  package var pairs = BoundedMap<PairStats>(limit: pairLimit)

  package init() {}
  package var weight: Int { count }

  mutating func settle() {
    compositions.settle()
    edges.settle()
    pairs.settle()
  }
}

extension CallerStats: Mergeable {
  package mutating func merge(_ other: CallerStats) {
    count += other.count
    selfTime.merge(other.selfTime)
    compositions.merge(other.compositions)
    edges.merge(other.edges)
    pairs.merge(other.pairs)
  }
}

extension CallerStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.fixed64(point)
    writer.byte(kind.rawValue)
    writer.bool(failed)
    writer.int(count)
    selfTime.encode(to: &writer)
    compositions.encode(to: &writer)
    edges.encode(to: &writer)
    pairs.encode(to: &writer)
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    point = try reader.fixed64()
    guard let kind = SpanKind(rawValue: try reader.byte()) else { throw reader.failure("unknown span kind") }
    self.kind = kind
    failed = try reader.bool()
    count = try reader.int()
    selfTime = try Sketch(from: &reader)
    compositions = try BoundedMap(limit: Self.compositionLimit, from: &reader)
    edges = try BoundedMap(limit: Self.edgeLimit, from: &reader)
    pairs = try BoundedMap(limit: Self.pairLimit, from: &reader)
  }
}
