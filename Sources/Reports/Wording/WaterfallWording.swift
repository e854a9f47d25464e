/// The words about a request's spans, the same wherever they are shown: a page, the terminal, `hindcast trace`.

package import Model

package enum WaterfallWording {
  static func title(_ request: ExemplarRequest) -> String {
    guard request.isBad else { return "A request of the same operation that went well, for comparison" }
    return request.spans.contains { $0.failure != nil } ? "A request that failed" : "The slowest request that was kept"
  }

  /// That an incident's bad request spent its time elsewhere than in the first cause; nil where it did not.
  static func elsewhere(_ request: ExemplarRequest, of incident: Incident) -> InlineText? {
    guard let cause = incident.rootCauses.first?.component,
      request.isHeldElsewhere(than: cause, beside: incident.exemplars.first { !$0.isBad })
    else { return nil }
    return "It passed \(cause), and most of its time was spent elsewhere: it shows the way, not the trouble."
  }

  /// How many spans are left out; nil where none is.
  static func omitted(_ request: ExemplarRequest) -> InlineText? {
    request.omitted > 0 ? "\(request.omitted) more spans are not shown." : nil
  }

  /// What went wrong in a span, and whether the trouble began there; nil where it is a span like others.
  package static func mark(_ span: ExemplarRequest.Span) -> String? {
    guard let failure = span.failure else { return span.isOrigin ? "◀ the longest time was spent here" : nil }
    return (span.isOrigin ? "✗ it began here: " : "✗ ") + failure.name
  }
}
