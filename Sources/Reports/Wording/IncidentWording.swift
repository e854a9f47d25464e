// What an incident's facts are in words: every sentence of an incident is made here.

package import Model

enum IncidentWording {
  /// Names that a sentence lists before it counts the rest.
  private static let listed = 4

  private static func outlived(_ trigger: IncidentTriggerKind, _ over: Int64, _ until: Int64) -> InlineText {
    switch trigger {
    case .load(let most, let usual):
      "It began with up to \(number: most) requests a minute, usually \(number: usual); from \(clock: over) on the load was as usual, and requests went on failing until \(clock: until)"
    case .death(let component):
      "It began when \(component) died; that was over at \(clock: over), and requests went on failing until \(clock: until)"
    }
  }

  /// `73 % of X calls`.
  static func often(_ operation: ForeignName, _ share: Double) -> InlineText {
    operation.text.isEmpty
      ? (share > 0 ? "\(percent: share) of its calls" : "none of its calls")
      : share > 0 ? "\(percent: share) of \(operation) calls" : "no \(operation) call"
  }

  static func usually(_ usual: Double) -> InlineText {
    usual > 0 ? " (usually \(percent: usual))" : " (usually none)"
  }

  static func records(_ count: Int, _ word: String) -> InlineText {
    count == 1 ? "one \(own: word)" : "\(count) \(own: word)s"
  }

  private static func example(_ text: ForeignText?) -> InlineText {
    text.map { ", such as \(quote: $0.text)" } ?? ""
  }

  /// `in 73 % of X calls B came right after A (usually in none)`.
  private static func pair(
    of operation: ForeignName, _ first: CallEvent, _ next: CallEvent, share: Double, usual: Double
  ) -> InlineText {
    // A span without a name is one of its component's all the same.
    let isLess = share < usual
    let often = (isLess && share > 0 ? "only " : "") + often(operation, share)
    let before: InlineText = isLess ? ", instead of the usual \(percent: usual)" : usually(usual)
    let ran: InlineText =
      switch (first, next) {
      case (.start, .end): " returned at once and did nothing"
      // More than usual: what usually follows is missing.
      case (.log(_, let severity), .end) where severity >= .error && !isLess:
        " broke off with " + event(first)
      case (_, .end): (isLess ? " ended right after " : " returned early, right after ") + event(first)
      case (.start, _): " began with " + event(next)
      case (_, .log(_, let severity)) where severity >= .error && !isLess: " wrote " + event(next)
      default: " went from " + event(first) + " straight to " + event(next)
      }
    return often + ran + before
  }

  static func of(_ impact: RequestImpact) -> InlineText {
    guard impact.requests > 0, impact.failed + impact.slow > 0 else { return "" }
    if impact.isTold { return "; \(impact.failed) requests failed, by their log lines" }
    var parts: [InlineText] = []
    if impact.failed > 0 { parts.append("\(impact.failed) of \(impact.requests) requests failed") }
    if impact.slow > 0 {
      parts.append(
        impact.failed > 0 ? "\(impact.slow) were slow" : "\(impact.slow) of \(impact.requests) requests were slow")
    }
    return "; " + InlineText.joined(parts, by: ", ")
  }

  static func names(_ names: [ForeignName]) -> InlineText {
    .listed(names, most: listed) { "\($0)" }
  }

  /// What opened an incident, called what its title calls it: nothing that carries no failure is a burst of errors.
  static func trigger(_ incident: Incident) -> InlineText {
    switch incident.trigger {
    case .anomaly(let kind, let cause):
      kind == .cascade && Labels.title(incident) == Labels.title(kind)
        ? "Cascade detected" : "\(own: Labels.title(incident)): " + (cause.map { "\($0)" as InlineText } ?? "unknown")
    case .brokenRule(let rule): Self.rule(rule)
    case .tests(let fact): TestWording.fact(fact)
    case .earlier(let text): "\(text)"
    }
  }

  // MARK: Causes

  static func reason(_ reason: CauseReason) -> InlineText {
    switch reason {
    case .failedRequests(let count, let share, let usual):
      "\(count) failed requests began here (\(percent: share) of requests, usually \(percent: usual))"
    case .moreFailures(let count):
      "\(count) more calls than usual failed because of it, those between components included"
    case .eventPair(let operation, let first, let next, let share, let usual):
      pair(of: operation, first, next, share: share, usual: usual)
    case .callersBreakOff: "its callers break off after calling it"
    case .ownTime(let share, let usual):
      "\(percent: share) of its spans spend unusual time in its own code (usually \(percent: usual))"
    case .slowEdge(let from, let to, let share, let usual):
      "the way between \(from) and \(to) is slow in \(percent: share) of calls (usually \(percent: usual))"
    case .slowCode(let now, let usual): "a request spends \(duration: now) in its own code, usually \(duration: usual)"
    case .slowNetwork(let now, let usual):
      "the way between it and its neighbours takes \(duration: now), usually \(duration: usual)"
    case .metric(let name, let value, let usual): "metric \(name) reads \(number: value) (usually \(number: usual))"
    case .metricRose(let name, let value, let usual): "\(name) rises to \(number: value) from \(number: usual)"
    case .logBurst(let message): "its logs say \(quote: message.text)"
    case .accused(let lines, let writers, let saying):
      records(lines, saying == nil ? "log line" : "error record") + " of " + names(writers)
        + (lines == 1 ? " speaks of it" : " speak of it") + example(saying)
    case .accuses(let lines, let other, let saying):
      (lines == 1 ? "one of its error records names " : "\(lines) of its error records name ") + "\(other)"
        + example(saying)
    case .silence(let requests, let usual): "it took \(requests) requests, where \(usual) are usual"
    case .moreCalls(let from, let to, let now, let usual):
      "a request of \(from) calls \(to) \(number: now) times, usually \(number: usual)"
    case .crashes(let count): count == 1 ? "it died" : "it died and was started again \(count) times"
    case .memoryGrew(let name, let from, let to, let span):
      "its memory grew until it died: metric \(name) rose from \(number: from) to \(number: to) in \(duration: span)"
    case .brokenRule(let rule): Self.rule(rule)
    case .tests(let fact): TestWording.fact(fact)
    case .earlier(let text): "\(text)"
    }
  }

  private static func event(_ event: CallEvent) -> InlineText {
    switch event {
    case .start: "the start"
    case .end: "the end"
    case .call(let component, let operation):
      operation.text.isEmpty ? "the call of \(component)" : "the call of \(component) (\(operation))"
    case .log(let text, let severity): "the \(own: record(severity)) \(quote: text.text)"
    }
  }

  /// What a record is called by how grave it says it is.
  private static func record(_ severity: Severity) -> String {
    switch severity {
    case .fatal: "fatal error record"
    case .error: "error record"
    case .warning: "warning"
    default: "log record"
    }
  }

  static func rule(_ rule: BrokenRule) -> InlineText {
    switch rule {
    case .missingCall(let caller, let callee, let support):
      "\(caller) always calls \(callee) (\(kept(support))); here it did not"
    case .extraCall(let caller, let callee, let count, let support):
      "\(caller) called \(callee) in \(count) of \(support) calls, in most of the night in none"
    case .unseenEdge(let caller, let callee, let support):
      "\(caller) called \(callee), which it did in none of \(support) calls before"
    case .order(let caller, let callee, let before, let support):
      "\(caller) calls \(callee) before \(before) (\(kept(support))); here after it"
    case .count(let caller, let callee, let usual, let seen, let support):
      "\(caller) calls \(callee) \(bounds(usual)) times (\(kept(support))); here \(own: String(seen)) times"
    case .variant(let caller, let known, let calls, let support):
      "\(caller) makes one of \(known) known sets of calls (\(kept(support))); here \(groups(calls))"
    }
  }

  private static func kept(_ support: Int) -> InlineText { "kept \(support) times" }

  private static func bounds(_ range: ClosedRange<Int64>) -> InlineText {
    range.lowerBound == range.upperBound
      ? .own(String(range.lowerBound)) : "\(own: String(range.lowerBound)) to \(own: String(range.upperBound))"
  }

  private static func groups(_ calls: [CallGroup]) -> InlineText {
    if calls.isEmpty { return "no calls" }
    return InlineText.joined(
      calls.map { call in
        let count =
          call.most.map { $0 == call.least ? "×\($0)" : "×\(call.least)–\($0)" } ?? "×\(call.least)+"
        return "\(call.callee) \(own: count)"
      }, by: ", ")
  }

  // MARK: Why, and what then

  static func reasoning(_ reasoning: IncidentReasoning) -> InlineText {
    switch reasoning {
    case .noCause: "There is not enough evidence to name a probable root cause."
    case .bestExplains(let component, let share):
      "\(component) explains \(percent: share) of the evidence in this incident."
    case .alternative(let component, let share): "The alternative is \(component) with \(percent: share)."
    case .closeCall: "The two are close: take the order as a guess."
    case .rejectedCallee(let component, let caller):
      "Rejected: \(component), which \(caller) calls, shows nothing unusual of its own."
    case .oneCall:
      "One call is all that tells of it: none of the night's quiet minutes comes near it, and fewer than one of a hundred such nights would have one as long by chance. What was wrong beside it cannot be told."
    case .toldByLines:
      "No span tells of these requests, only log lines that name them: a request that wrote none is not counted, so that of all requests a smaller share failed than the figures here say."
    case .calledByDurations:
      "These access logs do not say who called whom: callers are known by taking longer than whom they wait for, over the whole night. What leaves no line of its own (a database, a service that was down) cannot be told from the one that calls it."
    case .withoutSpans(let component): "\(component) left no span of its own: what is said of it rests on its callers."
    case .beside(let components, let start, let end, let isOutside):
      isOutside
        ? "A proxy's log shows trouble at the same time, from outside, \(clock: start) to \(clock: end): \(names(components))."
        : "Beside it \(names(components)) departed a little in the same requests, \(clock: start) to \(clock: end): no incident of its own."
    case .records(let component, let lines, let total, let saying):
      (lines == total
        ? "All \(counted(total, "line")) of the night" : "\(lines) of the night's \(counted(total, "line"))")
        + " with which \(component) says \(quote: saying.text) stand in it."
    case .nothingBehind(let component):
      "Nothing behind \(component) left a record: the cause may as well be anything that it calls."
    case .attempts(let hops, let product):
      "Attempts per call: "
        + InlineText.joined(
          hops.map { "\($0.caller) to \($0.callee) ×\(number: $0.factor)" }, by: ", ")
        + (hops.count > 1 ? "; along the chain ×\(number: product)." : ".")
    case .attemptsPerRequest(let component, let now, let usual):
      "From end to end each request that came to \(component) made \(number: now) attempts to it, usually \(number: usual)."
    case .fastFailures(let component, let count):
      "\(count) calls to \(component) failed within a millisecond, as an open breaker's do."
    case .outlived(let trigger, let over, let until, let attempts, let usual):
      outlived(trigger, over, until)
        + "; meanwhile each call was tried \(number: attempts) times, usually \(number: usual): retries may have kept it failing after its trigger was over (a metastable failure)."
    case .ownDeparture: "The component made, left out or reordered calls itself; why it did is not in the call trees."
    case .tests(let fact): TestWording.fact(fact)
    case .earlier(let text): "\(text)"
    }
  }

  static func decision(_ decision: CascadeDecision) -> InlineText {
    switch decision {
    case .openBreakers(let components, let at, let later, let failed, let cause):
      "Circuit breakers on \(counted(components, "component")) would have opened at \(clock: at)"
        + (failed > 0 ? "; about \(later) of the \(failed) failed requests came later" : "")
        + (cause.map { refused($0) } ?? "")
    case .watch(let threshold):
      "No circuit breaker would have opened: that takes \(threshold) components whose requests fail at once."
    case .investigateLatency: "Investigate latency spike"
    case .compareExemplars: "Compare the exemplar requests with the pattern"
    case .none: "none"
    case .earlier(let text, _): "\(text)"
    }
  }

  private static func refused(_ cause: CascadeDecision.Refused) -> InlineText {
    "; the one in front of \(cause.component) would have refused about \(cause.failures) of its \(cause.of) failed calls"
      + (cause.successes > 0 ? " and \(cause.successes) that succeeded" : " and none that succeeded")
  }

  /// What would have been done, nil where nothing.
  static func action(_ decision: CascadeDecision) -> InlineText? {
    switch decision {
    case .openBreakers: "SHED_LOAD"
    case .earlier(_, let action): action.map { "\($0)" }
    default: nil
    }
  }

  static func event(_ event: IncidentEvent) -> InlineText {
    switch event {
    case .failing(let failures, let requests): "its requests begin to fail (\(failures) of \(requests))"
    case .departs(let beginning): Self.beginning(beginning)
    case .breaker(let state, let writer): "its circuit breaker is \(own: state.rawValue), says \(writer)"
    case .signal(let kind, let subject): Self.signal(kind, subject)
    case .lastEvidence: "last evidence"
    case .brokenRule(let rule): Self.rule(rule)
    case .tests(let fact): TestWording.fact(fact)
    case .earlier(let text): "\(text)"
    }
  }

  private static func beginning(_ beginning: IncidentBeginning) -> InlineText {
    switch beginning {
    case .otherWay: "its calls begin to run another way"
    case .slowCode: "its own code begins to take longer"
    case .slowWay: "the way to or from it begins to take longer"
    case .shortOfResource: "it grows slow, with next to nothing left of a resource"
    case .silence: "it falls silent"
    case .death: "it dies"
    case .calledMore: "it begins to be called more often for one request"
    case .callsMore: "it begins to make more calls for one request"
    case .records: "its log lines or metrics begin to depart from the usual"
    case .failures: "calls begin to fail because of it"
    }
  }

  /// What a component's own event tells; `subject` is the state, reason or resource.
  private static func signal(_ kind: EventKind, _ subject: ForeignName) -> InlineText {
    let words: String =
      switch kind {
      case .childCrashed: "it crashed"
      case .childExited: subject.isEmpty ? "it exited" : "it exited:"
      case .circuitBreaker: "its circuit breaker is"
      case .resourceSpike: "high use of"
      case .queueDepth: "its queue was measured"
      case .heartbeat: "a sign of life"
      case .requestStart, .requestEnd, .call, .callReturn, .logMessage: kind.name
      }
    return subject.isEmpty ? .own(words) : "\(own: words) \(subject)"
  }

  // MARK: What they have in common

  static func common(_ common: CommonTrait) -> InlineText {
    let what: InlineText =
      switch common.trait {
      case .entry(let component, let operation): "entered by \(operation) of \(component)"
      case .passed(let component): "passed \(component)"
      case .attribute(let name, let value): "have \(name) = \(value)"
      }
    return
      "\(common.requests) of the \(common.of) failed or slow requests \(what) (of the others \(percent: common.usualShare))"
  }

  /// `1 test`, `12 tests`.
  static func counted(_ count: Int, _ noun: StaticString) -> InlineText {
    "\(count) \(own: noun.description)\(own: count == 1 ? "" : "s")"
  }
}

extension IncidentHeadline {
  package var wording: InlineText { IncidentWording.headline(self) }
}

extension Incident {
  package var triggerWording: InlineText { IncidentWording.trigger(self) }
}

extension CauseReason {
  package var wording: InlineText { IncidentWording.reason(self) }
}

extension IncidentReasoning {
  package var wording: InlineText { IncidentWording.reasoning(self) }
}

extension CascadeDecision {
  package var wording: InlineText { IncidentWording.decision(self) }
  package var action: InlineText? { IncidentWording.action(self) }
}

extension IncidentEvent {
  package var wording: InlineText { IncidentWording.event(self) }
}

extension BrokenRule {
  package var wording: InlineText { IncidentWording.rule(self) }
}

extension CommonTrait {
  package var wording: InlineText { IncidentWording.common(self) }
}
