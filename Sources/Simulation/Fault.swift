package import Support

/// Something that a generated night does to one of its components.
package struct Fault: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The component answers with errors.
    case errorOutage
    /// It works slowly, and says no word about it.
    case slowdown
    /// It hangs past its callers' patience; its own spans end late and unmarked.
    case callerTimeouts
    /// It is gone: no span, no log line, connections refused.
    case crash
    /// The way to it is slow, not the component.
    case networkDelay
    /// It answers with errors that its callers handle.
    case toleratedBurst
    /// Its callers' retries multiply the load on it.
    case retryStorm
    /// It crashes and restarts again and again.
    case restartStorm
    /// A release of it makes one of its calls over and over for one request ("N+1").
    case repeatedCalls
    /// A cache answers with nothing, so that its callers ask what stands behind it each time.
    case cacheLoss
    /// Its memory grows for minutes until it dies of it, once.
    case memoryGrowth
    /// A short wave of load sets off failures, and its callers' retries keep them going when it is over.
    case metastable
    /// One call to it is held up on its way, once, and nothing else is wrong.
    case oneCall

    /// The kinds of `WorldSpec.everyFault`: what is added later stands in nights of its own, so that equal seeds stay equal nights.
    static let first: [Kind] = [
      .errorOutage, .slowdown, .callerTimeouts, .crash, .networkDelay, .toleratedBurst, .retryStorm, .restartStorm,
    ]
    /// What calls themselves do not show: none is slow, none fails.
    static let calls: [Kind] = [.repeatedCalls, .cacheLoss]
    /// What goes before the failures is another thing than what they are.
    static let delayed: [Kind] = [.memoryGrowth, .metastable]
  }

  package var kind: Kind
  /// The first cause.
  package var component: String
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  /// Faults of one group are put in at the same time and have nothing to do with one another.
  package var group: Int?

  /// Share of requests that fail, or 1 where the kind has none.
  var rate: Double
  /// Factor on own work, for `slowdown`.
  var factor: Double
  /// Added to each way, microseconds, for `networkDelay`; the hang, for `callerTimeouts`; how long the one call is held up, for `oneCall`.
  package var delay: Double
  var service: Int
}

/// What truly happened: the faults of a night with what came of them.
package struct WorldTruth: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package var fault: Fault
    /// The first failure or slow request that the fault brought, microseconds since the epoch.
    package var onset: Int64
    package var lastEffect: Int64
    /// The first cause and every component whose own requests failed because of it; for slow ones the cause alone.
    package var blast: [String]
    /// Requests of users that failed because of it.
    package var failedRequests: Int
    /// The way that failures took, from callee to caller; empty for what only slows.
    package var path: [[String]]
    /// Whether the files hold what tells the component.
    package var isTold = true
  }

  package var seed: UInt64 = 0
  /// Microseconds since the epoch.
  package var start: Int64 = 0
  package var end: Int64 = 0
  package var components: [String] = []
  package var faults: [Entry] = []
  package var spans = 0
  package var requests = 0
  package var logLines = 0
  package var metricPoints = 0
  package var events = 0

  /// `truth.json`.
  package var json: JSONValue {
    .object([
      "seed": .string(String(seed)), "start": .string(Timestamp(start).rfc3339),
      "end": .string(Timestamp(end).rfc3339), "components": .array(components.sorted().map(JSONValue.string)),
      "spans": .int(spans), "requests": .int(requests), "logLines": .int(logLines),
      "metricPoints": .int(metricPoints), "events": .int(events),
      "faults": .array(
        faults.map { entry in
          .object([
            "kind": .string(entry.fault.kind.rawValue), "cause": .string(entry.fault.component),
            "start": .string(Timestamp(entry.fault.start).rfc3339), "end": .string(Timestamp(entry.fault.end).rfc3339),
            "onset": .string(Timestamp(entry.onset).rfc3339),
            "lastEffect": .string(Timestamp(entry.lastEffect).rfc3339),
            "blast": .array(entry.blast.sorted().map(JSONValue.string)),
            "failedRequests": .int(entry.failedRequests),
            "path": .array(entry.path.map { .array($0.map(JSONValue.string)) }),
            "group": entry.fault.group.map { .int($0) },
          ])
        }),
    ])
  }
}
