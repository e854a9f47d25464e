internal import Support
// A variant's form as people read it: who takes part, and who calls whom in which order.

/// Reads forms of variants with the order of siblings that all requests have taught.
///
/// Two callees stand in order where nine of ten callers that made both made them in that order without overlap; else they
/// are concurrent and stand side by side, by name. So one form is printed for a pattern, whatever its exemplar's jitter.
struct PatternForms {
  let partial: PatternPartial

  /// Indices of a form in canonical order, parents before children.
  func order(_ form: [FormNode]) -> [Int] {
    var children = Array(repeating: [Int](), count: form.count)
    var roots: [Int] = []
    for (i, node) in form.enumerated() {
      if node.parent < 0 { roots.append(i) } else { children[Int(node.parent)].append(i) }
    }
    var order: [Int] = []
    var stack = Array(roots.reversed())
    while let i = stack.popLast() {
      order.append(i)
      stack += sorted(children[i], under: form[i], form).reversed()
    }
    return order
  }

  /// Siblings by how many others come before them, then by name.
  private func sorted(_ siblings: [Int], under caller: FormNode, _ form: [FormNode]) -> [Int] {
    guard siblings.count > 1 else { return siblings }
    let key = CallTreeScan.label(point: caller.point, kind: caller.kind, failed: caller.failed)
    let points = Set(siblings.map { form[$0].point }).sorted()
    var ahead: [UInt64: Int] = [:]
    if let stats = partial.callers[key] {
      for (_, pair) in stats.pairs.sorted where points.contains(pair.a) && points.contains(pair.b) {
        // Twice the number of siblings that come before, so that a concurrent one counts half.
        let total = pair.total
        if pair.before * 10 >= total * 9 {
          ahead[pair.b, default: 0] += 2
        } else if pair.after * 10 >= total * 9 {
          ahead[pair.a, default: 0] += 2
        } else {
          ahead[pair.a, default: 0] += 1
          ahead[pair.b, default: 0] += 1
        }
      }
    }
    return siblings.sorted { x, y in
      let a = form[x].point
      let b = form[y].point
      if a == b { return x < y }
      return (ahead[a] ?? 0, partial.point(a), a) < (ahead[b] ?? 0, partial.point(b), b)
    }
  }

  /// Unique components in order of first appearance, and the calls between different ones; a run of equal calls once.
  func reading(_ form: [FormNode]) -> (participants: [String], sequence: [[String]]) {
    var participants: [String] = []
    var sequence: [[String]] = []
    func meet(_ component: String) {
      if !participants.contains(component) { participants.append(component) }
    }
    func call(_ from: String, _ to: String) {
      meet(from)
      meet(to)
      if sequence.last != [from, to] { sequence.append([from, to]) }
    }
    for i in order(form) {
      let point = partial.point(form[i].point)
      meet(point.component)
      if form[i].parent >= 0 {
        let caller = partial.point(form[Int(form[i].parent)].point).component
        if caller != point.component { call(caller, point.component) }
      }
      if let peer = point.peer, peer != point.component { call(point.component, peer) }
    }
    return (participants, sequence)
  }

  /// The root's name with the other participants.
  func name(_ variant: VariantStats, _ participants: [String]) -> String {
    guard let root = variant.form.first else { return "unknown" }
    let point = partial.point(root.point)
    let others = participants.filter { $0 != point.component }
    var name = point.name
    if !others.isEmpty {
      name += " → " + others.prefix(4).joined(separator: ", ")
      if others.count > 4 { name += " and \(others.count - 4) more" }
    }
    if variant.form.contains(where: \.failed) { name += root.failed ? " (failed)" : " (with a failed call)" }
    return name
  }
}
