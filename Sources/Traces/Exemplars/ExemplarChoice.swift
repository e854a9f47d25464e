// Which of the kept requests an incident is shown with.

package import Model
internal import Support

extension ExemplarPartial {
  /// A bad request of the incident's time, with the cause in it where there is one, and a good one of the same entry point that
  /// took the same way: the two are there to be compared.
  package func pair(for incident: Incident) -> [ExemplarRequest] {
    let causes = incident.rootCauses.prefix(3).map(\.component.text)
    guard let cause = causes.first, let bad = bad(in: incident.start...max(incident.end, incident.start), cause) else {
      return []
    }
    let root = bad.spans.first
    let good = kept.filter { key, one in
      key.kind == .good && key.component == root?.component.text && key.operation == root?.operation.text
        && Self.firstCall(one.request) == Self.firstCall(bad)
    }.map { (likeness: Self.likeness($0.value.request, bad), request: $0.value.request) }
      .max { a, b in (a.likeness, b.request.request) < (b.likeness, a.request.request) }?.request
    return [good, bad].compactMap { $0 }
  }

  /// The operation that a request was for, where its entry point has one for all: the first that it asked of another component.
  private static func firstCall(_ request: ExemplarRequest) -> [ForeignName] {
    guard let root = request.spans.first else { return [] }
    let first = request.spans.first { $0.component != root.component } ?? request.spans.dropFirst().first
    return first.map { [$0.component, $0.operation] } ?? []
  }

  /// The share of operations that two requests have in common (Jaccard).
  private static func likeness(_ a: ExemplarRequest, _ b: ExemplarRequest) -> Double {
    let a = Set(a.spans.map { [$0.component, $0.operation] })
    let b = Set(b.spans.map { [$0.component, $0.operation] })
    return Double(a.intersection(b).count) / Double(max(a.union(b).count, 1))
  }

  /// Of slow requests the one that the cause held up longest: the slowest of all may have waited for something else.
  private func slow(_ kept: [Kept], _ cause: String) -> ExemplarRequest? {
    kept.map { (held: $0.request.time(heldBy: ForeignName(cause)), one: $0) }
      .min { a, b in a.held != b.held ? a.held > b.held : a.one < b.one }?.one.request
  }

  private func bad(in range: ClosedRange<Int64>, _ cause: String) -> ExemplarRequest? {
    let inside = kept.filter { $0.key.kind != .good && range.contains($0.value.request.start) }
    func best(_ kind: Key.Kind, _ isRight: (Key, ExemplarRequest) -> Bool) -> ExemplarRequest? {
      inside.filter { $0.key.kind == kind && isRight($0.key, $0.value.request) }.min { a, b in
        a.value < b.value
      }?.value.request
    }
    let touches = { (request: ExemplarRequest) in
      request.spans.contains { $0.component.text == cause || $0.peer.text == cause }
    }
    return best(.failed) { key, _ in key.component == cause } ?? best(.failed) { touches($1) }
      ?? slow(inside.filter { $0.key.kind == .slow && touches($0.value.request) }.map(\.value), cause)
  }
}
