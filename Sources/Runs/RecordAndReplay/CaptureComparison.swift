// Two captures side by side: the first decision and field in which they differ.
internal import Support

/// Where two captures part.
package struct CaptureDifference: Hashable, Sendable {
  /// 0-based, nil where they differ outside the decisions.
  package var decision: Int?
  /// `decisions[3].effects[0].effect.status`, or a field of the head.
  package var field: String
  /// Canonical JSON, `absent` where a side has nothing there.
  package var captured: String
  package var replayed: String

  /// One sentence.
  package var sentence: String {
    let place = decision.map { "decision \($0 + 1)" } ?? "the head"
    return "first difference in \(place), field '\(field)': captured \(captured), replayed \(replayed)"
  }

  /// The first difference, nil where the captures say the same. The hashes are compared last: they differ wherever
  /// anything does.
  package static func first(captured: CaptureBundle, replayed: CaptureBundle) -> CaptureDifference? {
    var a = captured
    var b = replayed
    // Fields in the order in which a run makes them.
    for (name, mine, theirs) in [
      ("captureVersion", JSONValue.string(a.captureVersion), JSONValue.string(b.captureVersion)),
      ("graphID", .string(a.graphID), .string(b.graphID)), ("config", a.config, b.config),
      ("inputs", .array(a.inputs.map(\.json)), .array(b.inputs.map(\.json))),
      ("adapterProvenance", .string(a.adapterProvenance), .string(b.adapterProvenance)),
      ("runtimeProvenance", .string(a.runtimeProvenance), .string(b.runtimeProvenance)),
    ] {
      if let found = difference(mine, theirs, at: name) { return found.in(nil) }
    }
    for index in 0..<max(a.decisions.count, b.decisions.count) {
      let path = "decisions[\(index)]"
      guard index < a.decisions.count else {
        return CaptureDifference(
          decision: index, field: path, captured: "absent", replayed: b.decisions[index].unchained.canonical)
      }
      guard index < b.decisions.count else {
        return CaptureDifference(
          decision: index, field: path, captured: a.decisions[index].unchained.canonical, replayed: "absent")
      }
      if let found = difference(a.decisions[index].unchained, b.decisions[index].unchained, at: path) {
        return found.in(index)
      }
      if let found = difference(
        .string(a.decisions[index].chain), .string(b.decisions[index].chain), at: path + ".chain")
      {
        return found.in(index)
      }
    }
    a.decisions = []
    b.decisions = []
    return difference(a.json, b.json, at: "").map { $0.in(nil) }
  }

  private func `in`(_ decision: Int?) -> CaptureDifference {
    var copy = self
    copy.decision = decision
    return copy
  }

  /// The first place, in key order, where two values differ.
  private static func difference(_ a: JSONValue, _ b: JSONValue, at path: String) -> CaptureDifference? {
    var open = [(a as JSONValue?, b as JSONValue?, path)]
    while let (a, b, path) = open.popLast() {
      if a == b { continue }
      switch (a, b) {
      case (.object(let x)?, .object(let y)?):
        let keys = Set(x.keys).union(y.keys).sorted(by: >)
        open += keys.map { (x[$0], y[$0], path.isEmpty ? $0 : path + "." + $0) }
      case (.array(let x)?, .array(let y)?):
        for index in (0..<max(x.count, y.count)).reversed() {
          open.append((index < x.count ? x[index] : nil, index < y.count ? y[index] : nil, "\(path)[\(index)]"))
        }
      default:
        // 1 and 1.0 are one number in a file.
        if let a, let b, a.canonical == b.canonical { continue }
        return CaptureDifference(
          decision: nil, field: path, captured: a?.canonical ?? "absent", replayed: b?.canonical ?? "absent")
      }
    }
    return nil
  }
}
