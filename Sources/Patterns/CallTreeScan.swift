// One pass over a call tree: signatures from the leaves up, and for each caller its calls in order.

internal import Model
internal import Support

/// The scratch space in which one call tree after another is analysed; nothing is allocated per tree once it has grown.
///
/// A tree's signature is a Merkle hash in the manner of Aho, Hopcroft and Ullman's tree isomorphism: a call's label with the
/// sorted multiset of its children's hashes, repetitions in multiplicity buckets. Sibling order is not part of it: which
/// siblings stand in order and which are concurrent is learned from all requests (`PairStats`), so jitter among concurrent
/// calls does not multiply variants, and an order that never changes is a rule of its own.
struct CallTreeScan {
  /// Per node: call point number, path number, label hash, subtree hash.
  var point: [Int32] = []
  var path: [Int32] = []
  var label: [UInt64] = []
  var tree: [UInt64] = []
  /// The hash of the whole request.
  private(set) var signature: UInt64 = 0

  /// One distinct callee of the caller under examination.
  struct Callee {
    var point: Int32
    var hash: UInt64
    var count: Int32
    var failures: Int32
    var firstStart: Int64
    var lastEnd: Int64
    /// The edge's number, filled in by the digester.
    var edge: Int32
  }

  /// The distinct callees of the caller under examination, by hash.
  var callees: [Callee] = []
  /// Its children in order of start, with each one's callee and gap.
  var children: [(node: Int32, callee: Int32, gap: Int64)] = []
  private(set) var composition: UInt64 = 0
  private(set) var selfTime: Int64 = 0
  private var hashes: [UInt64] = []
  private var stamp: [Int32] = []
  private var place: [Int32] = []
  private var generation: Int32 = 0

  init() {}

  mutating func resize(_ count: Int) {
    if point.count < count {
      let more = count - point.count
      point += Array(repeating: 0, count: more)
      path += Array(repeating: 0, count: more)
      label += Array(repeating: 0, count: more)
      tree += Array(repeating: 0, count: more)
    }
  }

  static func label(point: UInt64, kind: SpanKind, failed: Bool) -> UInt64 {
    StableHash.combine(point, UInt64(kind.rawValue) << 1 | (failed ? 1 : 0))
  }

  /// Looks at one caller; its children must have been looked at before.
  mutating func examine(_ i: Int, _ nodes: [CallNode], hashes pointHashes: [UInt64]) {
    if !callees.isEmpty {
      callees.removeAll(keepingCapacity: true)
      children.removeAll(keepingCapacity: true)
    }
    let stop = Int(nodes[i].subtreeEnd)
    var child = i + 1
    guard child < stop else {
      tree[i] = StableHash.mix(label[i])
      composition = 0
      selfTime = nodes[i].duration
      return
    }
    if stamp.count < pointHashes.count {
      stamp += Array(repeating: 0, count: pointHashes.count - stamp.count)
      place += Array(repeating: 0, count: pointHashes.count - place.count)
    }
    generation &+= 1
    hashes.removeAll(keepingCapacity: true)
    let from = nodes[i].start
    let to = nodes[i].end
    var covered = from
    var busy: Int64 = 0
    while child < stop {
      let start = nodes[child].start
      let end = nodes[child].end
      let p = Int(point[child])
      if stamp[p] != generation {
        stamp[p] = generation
        place[p] = Int32(truncatingIfNeeded: callees.count)
        callees.append(
          Callee(
            point: point[child], hash: pointHashes[p], count: 0, failures: 0, firstStart: start, lastEnd: end, edge: 0))
      }
      let at = Int(place[p])
      callees[at].count += 1
      if nodes[child].failed { callees[at].failures += 1 }
      callees[at].firstStart = min(callees[at].firstStart, start)
      callees[at].lastEnd = max(callees[at].lastEnd, end)
      children.append((Int32(truncatingIfNeeded: child), point[child], max(start.subtractingSaturated(covered), 0)))
      let clippedStart = max(start, covered)
      let clippedEnd = min(end, to)
      if clippedEnd > clippedStart {
        busy += clippedEnd - clippedStart
        covered = clippedEnd
      }
      hashes.append(tree[child])
      child = Int(nodes[child].subtreeEnd)
    }
    selfTime = max(nodes[i].duration - busy, 0)
    fold(into: i)
    order()
  }

  /// The subtree's hash: the label with the multiset of the children's.
  private mutating func fold(into i: Int) {
    sortHashes()
    tree[i] = Self.fold(label[i], hashes)
  }

  private mutating func sortHashes() {
    if hashes.count > 24 {
      hashes.sort()
      return
    }
    var i = 1
    while i < hashes.count {
      let value = hashes[i]
      var j = i
      while j > 0, hashes[j - 1] > value {
        hashes[j] = hashes[j - 1]
        j -= 1
      }
      hashes[j] = value
      i += 1
    }
  }

  private static func fold(_ seed: UInt64, _ sorted: [UInt64]) -> UInt64 {
    var hash = StableHash.mix(seed)
    var i = 0
    while i < sorted.count {
      var j = i + 1
      while j < sorted.count, sorted[j] == sorted[i] { j += 1 }
      hash = StableHash.combine(hash, sorted[i] &+ UInt64(Multiplicity(j - i).rawValue))
      i = j
    }
    return hash
  }

  /// Callees by hash, children pointing at them, and the composition's hash.
  private mutating func order() {
    if callees.count > 1 { callees.sort { $0.hash < $1.hash } }
    for k in callees.indices { place[Int(callees[k].point)] = Int32(truncatingIfNeeded: k) }
    for k in children.indices { children[k].callee = place[Int(children[k].callee)] }
    composition = 0
    for callee in callees {
      composition = StableHash.combine(
        composition, callee.hash &+ UInt64(Multiplicity(Int(callee.count)).rawValue))
    }
  }

  /// The request's hash, once every node has been examined: its root's, or the multiset of its roots'.
  mutating func finish(_ nodes: [CallNode]) {
    hashes.removeAll(keepingCapacity: true)
    var root = 0
    while root < nodes.count {
      hashes.append(tree[root])
      root = max(Int(nodes[root].subtreeEnd), root + 1)
    }
    if hashes.count == 1 {
      signature = hashes[0]
    } else {
      sortHashes()
      signature = Self.fold(0x666F_7265_7374, hashes)
    }
  }
}
