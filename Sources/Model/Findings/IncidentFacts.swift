// What an incident says, as facts: enum cases with values. `Reports/Wording` makes the words.

/// Requests at the entry points while an incident lasted.
package struct RequestImpact: Hashable, Sendable {
  package var failed: Int
  package var slow: Int
  /// All of them; 0 where nothing entered.
  package var requests: Int
  /// Whether requests are known by their log lines: how many there were, and so what share of them failed, is not known.
  package var isTold = false
  package init(failed: Int = 0, slow: Int = 0, requests: Int = 0) {
    self.failed = failed
    self.slow = slow
    self.requests = requests
  }
}

/// One event within a span, as event pairs name it.
package enum CallEvent: Hashable, Sendable {
  case start, end
  case call(component: ForeignName, operation: ForeignName)
  /// A log record by its template or the place in the source that wrote it, and how grave it calls itself.
  case log(ForeignText, Severity)
}

/// What an incident is, in one line.
package enum IncidentHeadline: Hashable, Sendable {
  /// Requests failed because of `cause`; `affected` are the others.
  case failed(cause: ForeignName, affected: [ForeignName], RequestImpact)
  /// `short` is a resource of the cause that was nearly used up meanwhile.
  case slowed(cause: ForeignName, affected: [ForeignName], RequestImpact, short: CauseReason? = nil)
  /// Calls ran another way than usual, without a failure that anybody wrote down.
  case departed(cause: ForeignName, affected: [ForeignName], CauseReason?)
  case silent(cause: ForeignName, affected: [ForeignName], RequestImpact)
  case retried(cause: ForeignName, affected: [ForeignName], RequestImpact)
  case crashed(cause: ForeignName, deaths: Int, affected: [ForeignName], RequestImpact)
  /// Log lines and metrics tell of it, hardly any request does.
  case recorded(cause: ForeignName, affected: [ForeignName])
  case brokeRules(component: ForeignName, calls: Int, rules: Int)
  case tests(TestIncidentFact)
  /// As an earlier report words it.
  case earlier(ForeignText)
}

/// What opened an incident.
package enum IncidentTrigger: Hashable, Sendable {
  case anomaly(Incident.Kind, cause: ForeignName?)
  case brokenRule(BrokenRule)
  case tests(TestIncidentFact)
  case earlier(ForeignText)
}

/// What speaks for a cause.
package enum CauseReason: Hashable, Sendable {
  /// Failed requests that began here; shares are of the requests.
  case failedRequests(count: Int, share: Double, usualShare: Double)
  /// Requests beyond the usual that failed because of it.
  case moreFailures(count: Int)
  /// In spans of an operation one event follows another more or less often than usual.
  case eventPair(operation: ForeignName, first: CallEvent, next: CallEvent, share: Double, usualShare: Double)
  case callersBreakOff
  case ownTime(share: Double, usualShare: Double)
  case slowEdge(from: ForeignName, to: ForeignName, share: Double, usualShare: Double)
  /// Time in its own code, or between it and its neighbours, per call in microseconds.
  case slowCode(now: Int64, usual: Int64)
  case slowNetwork(now: Int64, usual: Int64)
  case metric(name: ForeignName, value: Double, usual: Double)
  case metricRose(name: ForeignName, value: Double, usual: Double)
  case logBurst(message: ForeignText)
  /// Warnings and errors of others name it.
  case accused(lines: Int, by: [ForeignName], saying: ForeignText? = nil)
  /// Its own warnings and errors name another.
  case accuses(lines: Int, of: ForeignName, saying: ForeignText)
  case silence(requests: Int, usual: Int)
  /// Calls per request of one component to another.
  case moreCalls(from: ForeignName, to: ForeignName, now: Double, usual: Double)
  /// Times that it died and was started again.
  case crashes(count: Int)
  /// Its memory grew for so many microseconds before it died.
  case memoryGrew(name: ForeignName, from: Double, to: Double, over: Int64)
  case brokenRule(BrokenRule)
  case tests(TestIncidentFact)
  case earlier(ForeignText)
}

/// Why causes were ranked as they are, what was rejected, and what cannot be known.
package enum IncidentReasoning: Hashable, Sendable {
  case noCause
  case bestExplains(component: ForeignName, share: Double)
  case alternative(component: ForeignName, share: Double)
  case closeCall
  case rejectedCallee(component: ForeignName, caller: ForeignName)
  case withoutSpans(component: ForeignName)
  /// One call is all that tells of it.
  case oneCall
  /// Requests are known by the ids in their log lines.
  case toldByLines
  /// Who calls whom is known by durations.
  case calledByDurations
  /// Others departed a little in the same requests, or a proxy's log shows the same from outside: no incident of its own.
  case beside(components: [ForeignName], start: Int64, end: Int64, isOutside: Bool)
  /// Warnings or errors of a component of which the night has next to none at any other time.
  case records(component: ForeignName, lines: Int, of: Int, saying: ForeignText)
  /// It is seen from in front alone, by a proxy: what it calls itself left no record anywhere.
  case nothingBehind(component: ForeignName)
  /// Attempts per call from hop to hop, and along the whole chain.
  case attempts([AttemptHop], product: Double)
  case attemptsPerRequest(component: ForeignName, now: Double, usual: Double)
  case fastFailures(component: ForeignName, count: Int)
  case ownDeparture
  /// What set the incident off was over at a time; requests went on failing, with so many attempts for each call.
  case outlived(IncidentTriggerKind, over: Int64, until: Int64, attempts: Double, usual: Double)
  case tests(TestIncidentFact)
  case earlier(ForeignText)
}

/// What sets failures off and may be over before they are.
package enum IncidentTriggerKind: Hashable, Sendable {
  /// Requests a minute that entered.
  case load(Double, usual: Double)
  case death(ForeignName)
}

/// Attempts that a caller makes for one call.
package struct AttemptHop: Hashable, Sendable {
  package var caller: ForeignName
  package var callee: ForeignName
  package var factor: Double
  package init(caller: ForeignName, callee: ForeignName, factor: Double) {
    self.caller = caller
    self.callee = callee
    self.factor = factor
  }
}

/// What the cascade detector would have decided.
package enum CascadeDecision: Hashable, Sendable {
  /// `later` of `failed` requests failed after it; `cause` where calls to the cause are known.
  case openBreakers(components: Int, at: Int64, later: Int, failed: Int, cause: Refused?)
  case watch(threshold: Int)
  case investigateLatency
  case compareExemplars
  case none
  case earlier(ForeignText, action: ForeignText?)
}

extension CascadeDecision {
  /// What the breaker in front of a component would have refused: so many of its failed calls, and some that succeeded.
  package struct Refused: Hashable, Sendable {
    package var component: ForeignName
    package var failures: Int
    package var of: Int
    package var successes: Int
    package init(component: ForeignName, failures: Int, of: Int, successes: Int) {
      self.component = component
      self.failures = failures
      self.of = of
      self.successes = successes
    }
  }
}

/// What happened at one time.
package enum IncidentEvent: Hashable, Sendable {
  /// Its requests begin to fail.
  case failing(failures: Int, requests: Int)
  /// It begins to depart, in what is known by the sign that showed it first.
  case departs(IncidentBeginning)
  case breaker(state: Incident.Circuit, writer: ForeignName)
  /// A structural event by its kind.
  case signal(EventKind, subject: ForeignName)
  case lastEvidence
  case brokenRule(BrokenRule)
  case tests(TestIncidentFact)
  case earlier(ForeignText)
}

/// How a component's trouble first shows.
package enum IncidentBeginning: Hashable, Sendable {
  /// Its calls run another way, or a record comes that hardly ever does.
  case otherWay
  case slowCode
  /// The way to it, or from it.
  case slowWay
  /// It is slow while one of its resources is nearly used up.
  case shortOfResource
  case silence
  case death
  /// It is called more often for one request, or calls so.
  case calledMore
  case callsMore
  /// Its log lines and metrics depart, where hardly any request does.
  case records
  /// Its requests fail, though none of its own is counted.
  case failures
}

/// A rule of how calls usually go, and how it was broken; `support` counts how often it was kept.
package enum BrokenRule: Hashable, Sendable {
  case missingCall(caller: ForeignName, callee: ForeignName, support: Int)
  case extraCall(caller: ForeignName, callee: ForeignName, count: Int, support: Int)
  case unseenEdge(caller: ForeignName, callee: ForeignName, support: Int)
  case order(caller: ForeignName, callee: ForeignName, before: ForeignName, support: Int)
  /// Called `seen` times for one call, where `usual` times are known.
  case count(caller: ForeignName, callee: ForeignName, usual: ClosedRange<Int64>, seen: Int64, support: Int)
  /// A set of calls that is none of the `known` ones.
  case variant(caller: ForeignName, known: Int, calls: [CallGroup], support: Int)
}

/// Calls of one kind beneath a call.
package struct CallGroup: Hashable, Sendable {
  package var callee: ForeignName
  /// How many, as bounds of the bucket; `most` is nil where it is open.
  package var least: Int
  package var most: Int?
  package init(callee: ForeignName, least: Int, most: Int?) {
    self.callee = callee
    self.least = least
    self.most = most
  }
}
