// One whole request as a report shows it: the spans of a good and of a bad one, side by side.

/// A request kept whole, or as far as it is shown.
package struct ExemplarRequest: Hashable, Sendable {
  /// The request's id as text.
  package var request: ForeignName
  /// Microseconds since the epoch.
  package var start: Int64
  /// Microseconds; `unknownDuration` where nothing logged tells how long it took.
  package var duration: Int64
  /// Whether it failed or was slow; else it stands for how it should go.
  package var isBad: Bool
  /// In preorder.
  package var spans: [Span]
  /// Spans that are left out.
  package var omitted: Int

  package init(request: ForeignName, start: Int64, duration: Int64, isBad: Bool, spans: [Span], omitted: Int = 0) {
    self.request = request
    self.start = start
    self.duration = duration
    self.isBad = isBad
    self.spans = spans
    self.omitted = omitted
  }

  /// The duration of what was logged without one.
  package static let unknownDuration: Int64 = -1

  package struct Span: Hashable, Sendable {
    /// 0 for a root.
    package var depth: Int
    package var component: ForeignName
    package var operation: ForeignName
    /// What was called, where it has no span of its own.
    package var peer: ForeignName
    /// Microseconds after the request's start.
    package var offset: Int64
    package var duration: Int64
    /// nil where it did not fail.
    package var failure: FailureKind?
    package var message: ForeignText
    /// Whether the trouble began here: it failed, and nothing that it called did; or of a slow request, it spent most of the
    /// time.
    package var isOrigin: Bool
    package var location: SourceLocation

    package init(
      depth: Int, component: ForeignName, operation: ForeignName, peer: ForeignName = "", offset: Int64,
      duration: Int64, failure: FailureKind? = nil, message: ForeignText = "", isOrigin: Bool = false,
      location: SourceLocation
    ) {
      self.depth = depth
      self.component = component
      self.operation = operation
      self.peer = peer
      self.offset = offset
      self.duration = duration
      self.failure = failure
      self.message = message
      self.isOrigin = isOrigin
      self.location = location
    }
  }
}

/// How a component did over the night: requests, failures and time in its own code by time slot.
package struct ComponentCurve: Hashable, Sendable {
  package var component: ForeignName
  package var points: [Point]

  package init(component: ForeignName, points: [Point]) {
    self.component = component
    self.points = points
  }

  /// One slot with requests.
  package struct Point: Hashable, Sendable {
    /// The slot's start, microseconds since the epoch.
    package var at: Int64
    package var requests: Int
    package var failures: Int
    /// Mean time in its own code per request, microseconds; nil where unknown.
    package var ownTime: Int64?
    package init(at: Int64, requests: Int, failures: Int, ownTime: Int64?) {
      self.at = at
      self.requests = requests
      self.failures = failures
      self.ownTime = ownTime
    }
  }
}
