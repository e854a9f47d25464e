// What trouble cost at the entry points, and what the requests that it hit have in common.

/// Requests of one operation of a component that nobody calls.
package struct EntryImpact: Hashable, Sendable {
  package var component: ForeignName
  package var operation: ForeignName
  package var requests: Int
  package var failed: Int
  /// Slow beyond the operation's own upper fence, and not failed; of an incident's time those beyond the usual share of such.
  package var slow: Int
  /// Requests that met trouble: those that failed and those that were slow.
  package var hit: Int { failed + slow }
  package init(component: ForeignName, operation: ForeignName, requests: Int, failed: Int, slow: Int) {
    self.component = component
    self.operation = operation
    self.requests = requests
    self.failed = failed
    self.slow = slow
  }
}

/// Requests at the entry points, in all and by operation; those hit hardest first.
package struct Impact: Hashable, Sendable {
  package var requests = 0
  package var failed = 0
  package var slow = 0
  package var entryPoints: [EntryImpact] = []
  /// What the requests stand for, where sampling kept some in place of others; nil where each stands for itself.
  package var weighed: Weighed?
  /// Requests that met trouble: those that failed and those that were slow.
  package var hit: Int { failed + slow }
  package init() {}

  package init(_ entryPoints: [EntryImpact]) {
    self.entryPoints = entryPoints.sorted { a, b in
      a.hit != b.hit ? a.hit > b.hit : (a.component, a.operation) < (b.component, b.operation)
    }
    for entry in entryPoints {
      requests += entry.requests
      failed += entry.failed
      slow += entry.slow
    }
  }

  /// Sums of the weights (Horvitz and Thompson 1952): unbiased whatever decided on what was kept, if the weights are true.
  package struct Weighed: Hashable, Sendable {
    package var requests: Int
    package var failed: Int

    package init(requests: Int, failed: Int) {
      self.requests = requests
      self.failed = failed
    }
  }
}

/// What may be said of a request, so that those which went wrong can be held against the others.
package enum RequestTrait: Hashable, Sendable {
  /// Which operation it entered by.
  case entry(component: ForeignName, operation: ForeignName)
  /// A component that it reached.
  case passed(component: ForeignName)
  /// A value that a span or its process carries: a version, a host, a zone, a tenant, a route.
  case attribute(name: ForeignName, value: ForeignText)
}

/// A trait that failed or slow requests have more often than the others of the same time (the question of BubbleUp, Honeycomb,
/// 2018: which attribute values are over-represented in the selection).
package struct CommonTrait: Hashable, Sendable {
  package var trait: RequestTrait
  /// Failed or slow requests with it, out of all failed or slow ones.
  package var requests: Int
  package var of: Int
  /// Its share of the other requests.
  package var usualShare: Double
  package var share: Double { of == 0 ? 0 : Double(requests) / Double(of) }
  package init(_ trait: RequestTrait, requests: Int, of: Int, usualShare: Double) {
    self.trait = trait
    self.requests = requests
    self.of = of
    self.usualShare = usualShare
  }
}
