// What is kept of one variant: one way in which a request's calls fit together.

package import Model
package import Support

/// One call of a variant's form.
package struct FormNode: Hashable, Sendable {
  /// The call point's hash.
  package var point: UInt64
  /// Index of the caller in the form, -1 for a root.
  package var parent: Int32
  package var kind: SpanKind
  package var failed: Bool
}

/// Durations of one call path in one variant.
package struct PathLatency: Hashable, Sendable {
  package var sketch = Sketch()
  /// The slowest call seen.
  package var slowest: Exemplar?
}

extension PathLatency: Mergeable {
  package mutating func merge(_ other: PathLatency) {
    sketch.merge(other.sketch)
    if let theirs = other.slowest, slowest.map({ Exemplar.larger(theirs, $0) }) ?? true { slowest = theirs }
  }
}

/// One variant: requests whose trees of calls are equal but for the order of siblings and the exact number of repetitions.
package struct VariantStats: Sendable, Weighted {
  /// At most this many calls of a form are kept.
  package static let formLimit = 256
  package static let slowestLimit = 3
  /// Paths whose durations are kept, those with the smallest hashes: a trace of a million calls, each on a path of its own, is no
  /// pattern that a night is held against.
  package static let pathLimit = 4_096

  package var count = 0
  /// Requests that failed as a whole.
  package var failed = 0
  /// The hash of the set of call paths.
  package var shape: UInt64 = 0
  /// Durations of the requests, by window.
  package var windows: [Int64: Sketch] = [:]
  package var exemplar: Exemplar?
  /// The exemplar's calls in preorder.
  package var form: [FormNode] = []
  /// The slowest requests, slowest first.
  package var slowest: [Exemplar] = []
  /// By the path's hash, at most `pathLimit`.
  package var paths: [UInt64: PathLatency] = [:]

  package init() {}

  package var weight: Int { count }

  /// Durations of the requests of the whole night, first start to last end.
  package var latency: Sketch {
    var all = Sketch()
    for (_, sketch) in windows { all.merge(sketch) }
    return all
  }

  mutating func keepSlowest(_ candidates: [Exemplar]) {
    guard !candidates.isEmpty else { return }
    slowest = Array((slowest + candidates).sorted(by: Exemplar.larger).prefix(Self.slowestLimit))
  }
}

extension VariantStats: Mergeable {
  package mutating func merge(_ other: VariantStats) {
    count += other.count
    failed += other.failed
    if let theirs = other.exemplar, exemplar.map({ theirs < $0 }) ?? true {
      exemplar = theirs
      form = other.form
    } else if exemplar == nil, other.exemplar == nil, Self.precedes(other.form, form) {
      form = other.form
    }
    for (window, sketch) in other.windows { windows[window, default: Sketch()].merge(sketch) }
    keepSlowest(other.slowest)
    for (path, theirs) in other.paths { paths[path, default: PathLatency()].merge(theirs) }
  }

  /// An order of forms, for nights whose exemplars were forgotten.
  private static func precedes(_ a: [FormNode], _ b: [FormNode]) -> Bool {
    if a.isEmpty || b.isEmpty { return b.isEmpty && !a.isEmpty }
    return a.lexicographicallyPrecedes(b) {
      ($0.point, $0.parent, $0.kind.rawValue, $0.failed ? 1 : 0)
        < ($1.point, $1.parent, $1.kind.rawValue, $1.failed ? 1 : 0)
    }
  }
}

extension VariantStats: BinaryCodable {
  package func encode(to writer: inout ByteWriter) {
    writer.int(count)
    writer.int(failed)
    writer.fixed64(shape)
    writer.dictionary(windows) { writer, window, sketch in
      writer.signed(window)
      sketch.encode(to: &writer)
    }
    Exemplar.encode(exemplar, to: &writer)
    writer.array(form) { writer, node in
      writer.fixed64(node.point)
      writer.int(Int(node.parent))
      writer.byte(node.kind.rawValue)
      writer.bool(node.failed)
    }
    writer.array(slowest)
    writer.dictionary(paths) { writer, path, latency in
      writer.fixed64(path)
      latency.sketch.encode(to: &writer)
      Exemplar.encode(latency.slowest, to: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(DecodeFailure) {
    count = try reader.int()
    failed = try reader.int()
    shape = try reader.fixed64()
    windows = try reader.dictionary { reader throws(DecodeFailure) in
      (try reader.signed(), try Sketch(from: &reader))
    }
    exemplar = try Exemplar.decode(&reader)
    var position = 0
    form = try reader.array { reader throws(DecodeFailure) in
      let point = try reader.fixed64()
      guard let parent = Int32(exactly: try reader.int()), parent >= -1, Int(parent) < position else {
        throw reader.failure("form is no tree")
      }
      position += 1
      guard let kind = SpanKind(rawValue: try reader.byte()) else { throw reader.failure("unknown span kind") }
      return FormNode(point: point, parent: parent, kind: kind, failed: try reader.bool())
    }
    slowest = try reader.array()
    paths = try reader.dictionary { reader throws(DecodeFailure) in
      let path = try reader.fixed64()
      return (path, PathLatency(sketch: try Sketch(from: &reader), slowest: try Exemplar.decode(&reader)))
    }
  }
}
