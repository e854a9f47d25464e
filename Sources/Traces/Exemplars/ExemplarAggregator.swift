// Chooses the requests that a report shows whole.

package import Model
internal import Support

/// Sees every request of a partition once and keeps the few that stand for the others.
package struct ExemplarAggregator: Sendable {
  /// Most spans kept of one request.
  static let spanLimit = 40
  /// Good requests kept for an entry point, of different ways behind it: a gateway has one operation for all.
  private static let ways: UInt64 = 16
  private static let minute: Int64 = 60_000_000

  private struct Place: Hashable {
    var kind: ExemplarPartial.Key.Kind
    var slot: Int64
    var component: Symbol
    var operation: Symbol
  }

  /// The request that stands for a place so far. Most are followed by a better one: texts are made of those that stay.
  private struct Candidate {
    var key: ExemplarPartial.Key
    /// Of the key.
    var hash: UInt64
    var rank: UInt64
    var extract: ExemplarExtract
  }

  /// The best rank so far, so that most requests cost a look and no text.
  private var best: [Place: UInt64] = [:]
  private var candidates: [Place: Candidate] = [:]
  /// Places whose key has a larger hash will not be kept.
  private var threshold = UInt64.max

  package init() {}

  package mutating func observe(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) {
    guard let root = tree.nodes.first else { return }
    let slot = root.start / Self.minute
    let rank = StableHash.mix(tree.request.high ^ tree.request.low &* 0x9E37_79B9_7F4A_7C15)
    if let failing = ExemplarExtract.failedLast(tree) {
      let node = tree.nodes[failing]
      let culprit = node.peer.isNone ? node.component : node.peer
      offer(Place(kind: .failed, slot: slot, component: culprit, operation: .none), rank, tree, context)
    } else {
      let way = Int64(Self.way(tree, context) % Self.ways)
      offer(Place(kind: .good, slot: way, component: root.component, operation: root.operation), rank, tree, context)
      // The slowest has the smallest rank.
      let slowness = UInt64.max - UInt64(max(root.duration, 0))
      offer(
        Place(kind: .slow, slot: slot, component: root.component, operation: root.operation), slowness, tree, context)
    }
  }

  /// What the entry point first asks of another component, as a number.
  private static func way(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) -> UInt64 {
    guard tree.nodes.count > 1 else { return 0 }
    let own = tree.nodes[0].component
    let first = tree.nodes[tree.nodes.firstIndex { $0.component != own } ?? 1]
    return StableHash.combine(context.symbols.hash(first.component), context.symbols.hash(first.operation))
  }

  private mutating func offer(
    _ place: Place, _ rank: UInt64, _ tree: borrowing CallTree, _ context: borrowing AggregateContext
  ) {
    if let there = best[place], there < rank { return }
    // What is forgotten here costs a look at the candidates, nothing else.
    if best.count == 1 << 16 { best.removeAll(keepingCapacity: true) }
    best[place] = rank
    let (key, hash): (ExemplarPartial.Key, UInt64)
    if let there = candidates[place] {
      let isTie = rank == there.rank
      guard rank < there.rank || isTie && Self.id(tree, context) < there.extract.id(context) else { return }
      (key, hash) = (there.key, there.hash)
    } else {
      key = ExemplarPartial.Key(
        kind: place.kind, slot: place.slot, component: context.text(place.component),
        operation: place.operation.isNone ? "" : context.text(place.operation))
      hash = key.hash
      guard hash <= threshold else { return }
    }
    candidates[place] = Candidate(
      key: key, hash: hash, rank: rank,
      extract: ExemplarExtract(tree, isBad: place.kind != .good, limit: Self.spanLimit))
    if candidates.count > 2 * ExemplarPartial.limit { trim() }
  }

  /// A tie is broken by the request's own id: requests come in an order that another partitioning does not have.
  private static func id(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) -> String {
    tree.requestText.isNone ? tree.request.hex : context.text(tree.requestText)
  }

  /// Keeps the places of the smallest keys. Several of them may have one key, where masking made two names one.
  private mutating func trim() {
    let ranked = candidates.map { (place: $0.key, key: $0.value.key, hash: $0.value.hash) }
      .sorted { ($0.hash, $0.key) < ($1.hash, $1.key) }
    var keys = 0
    for (index, entry) in ranked.enumerated() {
      if index == 0 || entry.key != ranked[index - 1].key { keys += 1 }
      if keys <= ExemplarPartial.limit {
        threshold = entry.hash
      } else {
        candidates[entry.place] = nil
      }
    }
  }

  /// A whole request with every span.
  package static func whole(_ tree: borrowing CallTree, _ context: borrowing AggregateContext) -> ExemplarRequest {
    ExemplarExtract(tree, isBad: ExemplarExtract.failedLast(tree) != nil, limit: .max).request(context)
  }

  package consuming func finish(_ context: borrowing AggregateContext) -> ExemplarPartial {
    var partial = ExemplarPartial()
    for candidate in candidates.values {
      partial.add(
        candidate.key, ExemplarPartial.Kept(rank: candidate.rank, request: candidate.extract.request(context)))
    }
    partial.trim()
    return partial
  }
}
