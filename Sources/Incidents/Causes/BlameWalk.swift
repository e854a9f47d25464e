// Where blame that is passed on comes to rest.

/// An absorbing walk along who blames whom: what a component does not pass on stays with somebody.
enum BlameWalk {
  /// What one makes of blame that reaches it.
  struct Step<Component> {
    var settles: [(component: Component, amount: Double)] = []
    /// In an order that is the same every time, as sums of numbers depend on it.
    var passes: [(component: Component, amount: Double)] = []
  }

  /// Where blame of one component ends: shares by component, their sum is 1.
  ///
  /// - Parameters:
  ///   - start: whom it reaches first.
  ///   - steps: how far it is passed on; what is under way then stays where it is.
  ///   - step: what a component makes of an amount that reaches it; nil where it keeps all of it.
  /// - Returns: the shares.
  static func ends<Component: Hashable & Comparable>(
    of start: Component, steps: Int, _ step: (Component, Double) -> Step<Component>?
  ) -> [Component: Double] {
    var mass: [Component: Double] = [start: 1]
    var settled: [Component: Double] = [:]
    for _ in 0..<steps where !mass.isEmpty {
      var next: [Component: Double] = [:]
      for (component, amount) in mass.sorted(by: { $0.key < $1.key }) {
        guard let made = step(component, amount) else {
          settled[component, default: 0] += amount
          continue
        }
        for (other, part) in made.settles { settled[other, default: 0] += part }
        for (other, part) in made.passes { next[other, default: 0] += part }
      }
      mass = next
    }
    for (component, amount) in mass.sorted(by: { $0.key < $1.key }) { settled[component, default: 0] += amount }
    return settled
  }
}
