// What differs between a good and a bad time, or between two nights.

package struct ComparisonFindings: Hashable, Sendable {
  /// One of the two times.
  package struct Side: Hashable, Sendable {
    /// What the user called it: a night's folder, an input, a time range.
    package var name: ForeignName
    /// Microseconds since the epoch.
    package var start: Int64
    package var end: Int64
    package var requests: Int
    package var failures: Int
    package init(name: ForeignName, start: Int64, end: Int64, requests: Int, failures: Int) {
      self.name = name
      self.start = start
      self.end = end
      self.requests = requests
      self.failures = failures
    }
  }

  /// What is held against what.
  package enum Subject: Hashable, Sendable {
    case component(ForeignName)
    case operation(component: ForeignName, operation: ForeignName)
    case edge(from: ForeignName, to: ForeignName)
    case template(ForeignText)
    case attribute(name: ForeignName, value: ForeignText)
  }

  package enum Measure: String, CaseIterable, Hashable, Sendable {
    /// Share of its requests, calls, or of the requests that carry it, that failed.
    case failureShare
    /// Microseconds that half of its requests stay below.
    case medianLatency
    /// Microseconds that 99 of 100 of its requests stay below.
    case p99Latency
    /// How often it is there, per request of the side (templates: per log record).
    case occurrence
  }

  package struct Difference: Hashable, Sendable {
    package var subject: Subject
    package var measure: Measure
    package var before: Double
    package var after: Double
    /// How sure it is, in about standard deviations.
    package var strength: Double
    package init(_ subject: Subject, _ measure: Measure, before: Double, after: Double, strength: Double) {
      self.subject = subject
      self.measure = measure
      self.before = before
      self.after = after
      self.strength = strength
    }
  }

  package var before: Side
  package var after: Side
  /// The surest first.
  package var differences: [Difference]
  /// Differences beyond those listed.
  package var unlisted: Int

  package init(before: Side, after: Side, differences: [Difference], unlisted: Int = 0) {
    self.before = before
    self.after = after
    self.differences = differences
    self.unlisted = unlisted
  }
}
