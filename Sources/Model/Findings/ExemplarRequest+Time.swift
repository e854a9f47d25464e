// Whose a shown request's time is.

internal import Support

extension ExemplarRequest {
  /// The time that a component held the request: of its spans what they did not wait for others, and of those that called it alone what
  /// they waited beyond its span; microseconds.
  ///
  /// - Complexity: O(spans²) of the few that are shown
  package func time(heldBy component: ForeignName) -> Int64 {
    var held: Int64 = 0
    for (index, span) in spans.enumerated() where span.duration > 0 {
      let beneath = spans[(index + 1)...].prefix { $0.depth > span.depth }.filter { $0.depth == span.depth + 1 }
      var reached = span.offset
      var own = span.duration
      for child in beneath.sorted(by: { ($0.offset, $0.duration) < ($1.offset, $1.duration) }) {
        let begin = max(child.offset, reached)
        let end = min(child.offset.addingSaturated(max(child.duration, 0)), span.offset.addingSaturated(span.duration))
        guard end > begin else { continue }
        own -= end - begin
        reached = end
      }
      let only = beneath.count == 1 ? beneath.first : nil
      let owner = only.map(\.component) ?? (beneath.isEmpty && !span.peer.isEmpty ? span.peer : span.component)
      if owner == component { held = held.addingSaturated(max(own, 0)) }
    }
    return held
  }

  /// Whether most of what it took beyond another request was spent elsewhere than in a component and on the ways to it.
  package func isHeldElsewhere(than component: ForeignName, beside good: ExemplarRequest?) -> Bool {
    guard isBad, duration > 0, !spans.contains(where: { $0.failure != nil }) else { return false }
    let more = duration - max(good?.duration ?? 0, 0)
    let heldMore = time(heldBy: component) - (good?.time(heldBy: component) ?? 0)
    return more <= 0 || heldMore < more / 2
  }
}
