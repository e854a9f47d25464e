/// The sentences about policies: what the clients did, what each candidate would change, and what to do about it.
package import Model
internal import Support

/// Words for the facts of `PolicyFindings`.
package enum PolicyWording {
  package static func logged(_ logged: PolicyFindings.LoggedClients) -> InlineText {
    switch logged.source {
    case .noCalls: return "no calls in the log"
    case .given:
      return .own("given: " + attempts(logged.attempts) + (logged.laws.first.map { " " + law($0) } ?? ""))
    case .inferred: break
    }
    guard logged.retries > 0 else {
      if logged.hidden > 0 {
        return .own(
          "inferred: no retry left a span, but \(NumberFormat.count(logged.hidden)) calls last longer than one attempt does"
        )
      }
      if logged.apart > 0 {
        return .own(
          "not known: \(NumberFormat.count(logged.apart)) failed calls are traces of their own, and may be retries of one another"
        )
      }
      return "inferred: no retry was seen"
    }
    let laws: String =
      switch logged.laws.count {
      case 0 where logged.medianFirstDelay == nil:
        logged.serverWait.map { $0.kind != .ignored } ?? false ? "no wait of their own" : "waits that left no trace"
      case 0:
        "no delay law that fits (median of the first delay \(logged.medianFirstDelay.map { NumberFormat.duration($0) } ?? "unknown"))"
      case 1:
        law(seen(logged.laws[0], logged), from: logged.leastBase)
          + (logged.leastBase == nil
            ? logged.bases.map(bases) ?? "" : " (the client is late with all it does: its waits are the longer)")
      default:
        "\(logged.laws.count) delay laws, by client: "
          + logged.laws.prefix(5).map { law(seen($0, logged)) }.joined(separator: "; ")
      }
    let sure =
      logged.retries >= 1000 ? "surely" : logged.retries >= 100 ? "fairly surely" : "on little evidence"
    let limit =
      logged.isBoundedByTime
      ? "attempts bounded by time (at most \(logged.attempts ?? 0) seen)"
      : logged.attempts.map { "at most \($0) attempts" + end(logged.end) } ?? "attempts bounded by time only"
    let asked = logged.serverWait.map { ", " + serverWait($0) } ?? ""
    let timeout = logged.attemptTimeout.map { ", each at most \(NumberFormat.duration($0))" } ?? ""
    return .own(
      "inferred from \(NumberFormat.count(logged.retries)) retries, \(sure): \(limit)\(timeout), \(laws)\(asked), after "
        + logged.kinds.map(\.name).joined(separator: ", "))
  }

  /// What a client that tries once more was seen to do: how its waits would grow was not.
  private static func seen(_ law: DelayLaw, _ logged: PolicyFindings.LoggedClients) -> DelayLaw {
    guard logged.attempts == 2, case .exponential(let base, _) = law.envelope, law.jitter != .decorrelated else {
      return law
    }
    return DelayLaw(.fixed(base), jitter: law.jitter)
  }

  /// What ends the clients' retrying, where it is not the number of attempts seen.
  private static func end(_ end: PolicyFindings.LoggedClients.End) -> String {
    switch end {
    case .number: ""
    case .notSeen: " seen (no call was given up: whether a number or a time ends them is not told)"
    case .sooner: " seen (calls were given up before: something else, such as a time or a budget, ends them)"
    }
  }

  /// The bases that waits fit nearly as well.
  private static func bases(_ bases: PolicyFindings.ClosedInterval) -> String {
    func time(_ value: Double) -> String { NumberFormat.duration(Int64(checked: value.rounded()) ?? .max) }
    return " (its waits fit any base from \(time(bases.low)) to \(time(bases.high)))"
  }

  /// What clients made of the waits that servers asked for.
  private static func serverWait(_ waits: PolicyFindings.ServerWaits) -> String {
    let asked = NumberFormat.count(waits.asked)
    let source = waits.isByWaits ? ", as waits of whole seconds tell" : ""
    switch waits.kind {
    case .ignored: return "whatever the server asks (Retry-After, \(asked) retries)"
    case .instead:
      return "as long as the server asks where it does (Retry-After, \(asked) retries\(source))"
    case .atLeast:
      return "no less than the server asks where it does (Retry-After, \(asked) retries\(source))"
    }
  }

  private static func attempts(_ count: Int?) -> String {
    count.map { $0 == 1 ? "one attempt" : "\($0) attempts" } ?? "unlimited attempts"
  }

  /// A law in words; where its first wait may be shorter than it says, from that on.
  static func law(_ law: DelayLaw, from least: Int64? = nil) -> String {
    func time(_ value: Int64) -> String { NumberFormat.duration(value) }
    let envelope: String
    func first(_ value: Int64) -> String { (least.map { time($0) + " to " } ?? "") + time(value) }
    switch law.envelope {
    case .immediate: envelope = "at once"
    case .fixed(let delay): envelope = "after \(first(delay))"
    case .linear(let base, let step): envelope = "after \(first(base)) and \(time(step)) more each time"
    case .exponential(let base, let factor):
      envelope = "after \(first(base)) times \(NumberFormat.number(factor)) each time"
    case .doublingLessOne(let base): envelope = "after (2^n - 1) times \(first(base))"
    case .immediateThenExponential(let base, let factor):
      envelope = "at once, then after \(first(base)) times \(NumberFormat.number(factor)) each time"
    }
    let jitter: String
    switch law.jitter {
    case .none: jitter = ""
    case .full: jitter = " with full jitter"
    case .equal: jitter = " with equal jitter"
    case .decorrelated: jitter = " with decorrelated jitter"
    case .proportional(let below, let above):
      jitter = " with jitter of -\(NumberFormat.percent(below)) to +\(NumberFormat.percent(above))"
    case .additive(let most): jitter = " and up to \(time(most)) more by chance"
    }
    return envelope + jitter + (law.maximum.map { ", at most \(time($0))" } ?? "")
  }

  /// A share of requests as so many in a million.
  private static func million(_ share: Double) -> String { NumberFormat.number((share * 1e6).rounded()) }

  /// The families of a candidate as `report.json` names them.
  static func families(_ families: [PolicyFamily]) -> String {
    families.isEmpty ? "none" : families.map(\.rawValue).joined(separator: "+")
  }

  static func unit(_ unit: PolicyFindings.Unit) -> String {
    switch unit {
    case .requests: "requests"
    case .calls: "calls"
    case .taskTime: "seconds of the tasks' time"
    }
  }

  /// What the log's own supervision of tasks came to.
  package static func tasks(_ tasks: PolicyFindings.Tasks) -> InlineText {
    let up = tasks.outcome.successRate.value ?? 0
    let half: InlineText =
      tasks.medianDown.map { "; half of the ends were over after \(duration: $0)" }
      ?? "; fewer than half of the ends were seen to be over"
    let open: InlineText = tasks.open > 0 ? ", \(tasks.open) still down at the end of the log" : ""
    let silent: InlineText = tasks.silent > 0 ? ", \(tasks.silent) of them silences that nobody told of" : ""
    let meant: InlineText = tasks.intended > 0 ? " (\(tasks.intended) more were meant)" : ""
    return
      "\(tasks.children) tasks ended \(tasks.ends) times\(meant) in \(tasks.troubles) troubles\(silent)\(open); they were up \(percent: up) of their time\(half) (Kaplan and Meier's estimate)."
  }

  static func assumption(_ assumption: PolicyFindings.Assumption) -> InlineText {
    switch assumption {
    case .openLoop:
      "A1 Requests arrive on their own: no caller waits for another request before it sends its own."
    case .noInterference:
      "A2 A policy's own load does not change how components answer; checked, and doubted where it fails."
    case .independence:
      "A3 Given the component's state at a time, and whether the request itself is at fault, attempts are independent."
    case .completeLog: "A4 The log is complete; dropped records are counted in the diagnostics."
    }
  }

  // MARK: Verdicts and advice

  package static func verdict(_ verdict: PolicyFindings.Verdict, of name: ForeignName) -> InlineText {
    switch verdict {
    case .unjudged: return ""
    case .refused(let low, let high):
      return
        "\(name) cannot be judged from this log: its success lies between \(own: NumberFormat.percent(low)) and \(own: NumberFormat.percent(high))."
    case .effect(let effect): return "\(name) \(own: words(effect))."
    case .supervision(let starts, let exits, let children, let escalations, let first):
      let when: InlineText =
        first.map { "; the first at \(clock: $0.at) because of \($0.child)" } ?? ""
      let given: InlineText =
        escalations == 0 ? "never given up" : "given up \(escalations) \(own: escalations == 1 ? "time" : "times")"
      return
        "\(name) would have made \(starts) starts after \(exits) ends of \(children) tasks and \(given)\(when)."
    }
  }

  private static func words(_ effect: PolicyFindings.Effect) -> String {
    let what: String
    let unit = unit(effect.unit)
    let sure = effect.basis == .likely ? "probably " : ""
    let scope = effect.basis == .thisNight ? " on this night" : ""
    switch effect.direction {
    case _ where effect.basis == .bounds && effect.unit != .taskTime: what = bounds(effect)
    case .better where effect.unit == .taskTime, .worse where effect.unit == .taskTime:
      let isBetter = effect.direction == .better
      let (low, high) = isBetter ? (effect.low, effect.high) : (-effect.high, -effect.low)
      what =
        "would \(sure)have kept the tasks up \(million(abs(effect.gain))) seconds \(isBetter ? "more" : "less") in a million\(scope) (\(million(low)) to \(million(high)))"
    case .better:
      what =
        "would \(sure)have saved \(million(effect.gain)) more \(unit) in a million\(scope) (\(million(effect.low)) to \(million(effect.high)))"
    case .worse:
      what =
        "would \(sure)have lost \(million(-effect.gain)) more \(unit) in a million\(scope) (\(million(-effect.high)) to \(million(-effect.low)))"
    case .same where effect.unit == .taskTime: what = "would have kept the tasks up exactly as long as the log"
    case .same: what = "would have served exactly as many \(unit) as the log"
    case .undecided where effect.unit == .taskTime:
      what = "would have made no difference to the tasks' time that this log can show"
    case .undecided: what = "would have made no difference in success that this log can show"
    }
    let underLoad = effect.isUnderLoad ? " under the load response that the log shows" : ""
    return what + underLoad + load(effect) + wait(effect)
  }

  /// What a candidate sends more or less than the log; nothing where only bounds hold.
  private static func load(_ effect: PolicyFindings.Effect) -> String {
    guard let extra = effect.extraAttempts else { return "" }
    if effect.unit == .taskTime {
      let more = extra >= 0 ? "more" : "fewer"
      return abs(extra) < 0.005
        ? ", with as many starts" : ", with \(NumberFormat.number(abs(extra))) \(more) starts per trouble"
    }
    let each = effect.unit == .calls ? "call" : "request"
    if extra == 0 { return ", at the same load" }
    return extra > 0
      ? ", for \(NumberFormat.number(extra)) more attempts per \(each)"
      : ", with \(NumberFormat.number(-extra)) fewer attempts per \(each)"
  }

  private static func wait(_ effect: PolicyFindings.Effect) -> String {
    guard let latency = effect.extraLatency, effect.unit != .taskTime, abs(latency) >= 1000 else { return "" }
    let time = NumberFormat.duration(Int64(checked: abs(latency).rounded()) ?? .max)
    return ", and a p99 \(time) \(latency > 0 ? "longer" : "shorter")"
  }

  /// Bounds of a change as so many fewer to so many more.
  private static func bounds(_ effect: PolicyFindings.Effect) -> String {
    func count(_ share: Double) -> String { "\(million(abs(share))) \(share < 0 ? "fewer" : "more")" }
    return
      "would have served anything from \(count(effect.low)) to \(count(effect.high)) \(unit(effect.unit)) in a million than the log"
  }

  static func advice(_ advice: PolicyFindings.Advice) -> InlineText {
    switch advice {
    case .take(let name, let effect): return "Take \(name). It \(own: words(effect))."
    case .closest(let name, let effect, let because):
      let reasons = InlineText.joined(because.map(reason), by: "; ")
      return "Closest is \(name); not safe to adopt on this log because \(reasons). It \(own: words(effect))."
    case .cost(let attempts, let wasted, let latency, let peak, let unit):
      return
        "What it costs: \(own: signed(attempts)) attempts and \(own: signed(wasted)) wasted ones per \(own: unit == .calls ? "call" : "request"), p99 \(own: signedTime(latency)), \(own: signed(peak)) attempts in the busiest second."
    case .budget(let saved, let component):
      return
        "Of the error budget of \(component) it would have saved \(own: budget(saved.value ?? saved.low)) tonight (\(own: budget(saved.low)) to \(own: budget(saved.high)))."
    case .mustHold(let conditions):
      return "What would have to be true: \(InlineText.joined(conditions.map(condition), by: "; "))."
    case .holdsForThisNight(let outages, let low, let high):
      return
        "That holds for this night. It had \(outages) \(own: outages == 1 ? "outage" : "outages"), too few to promise the same of other nights: there, \(own: million(low)) to \(own: million(high)) in a million."
    case .nextBest(let name, let behind, let attempts, let latency, let unit):
      let place =
        behind >= 0.5e-6 ? "\(million(behind)) \(Self.unit(unit)) in a million behind it" : "which serves as many"
      return "Next best is \(name), \(own: place)\(own: beside(attempts, latency, unit))."
    case .setting(let text): return "Its setting:\n\(text)"
    case .frontier(let names):
      return
        "No other candidate beats these in success, load, latency and waste at once: \(InlineText.joined(names.map { .foreign($0.text) }, by: ", "))."
    case .undecided: return "This log cannot decide between the candidates: see their bounds."
    case .keepUntilKnown(let unjudged, let count, let unit):
      return
        "Keep what is there until more is known: no candidate is sure to serve more \(own: Self.unit(unit)) than the log's own policy, and \(unjudged) of \(count) cannot be judged from this log."
    case .keep(let unit):
      return
        "Keep what is there: no candidate serves more \(own: Self.unit(unit)) than the log's own policy, as far as it can tell."
    }
  }

  /// What another candidate costs more or less than the best.
  private static func beside(_ attempts: Double?, _ latency: Double?, _ unit: PolicyFindings.Unit) -> String {
    var parts: [String] = []
    if let attempts, abs(attempts) >= 0.005 {
      parts.append(
        "\(NumberFormat.number(abs(attempts))) \(attempts > 0 ? "more" : "fewer") attempts per \(unit == .calls ? "call" : "request")"
      )
    }
    if let latency, abs(latency) >= 1000 {
      let time = NumberFormat.duration(Int64(checked: abs(latency).rounded()) ?? .max)
      parts.append("a p99 \(time) \(latency > 0 ? "longer" : "shorter")")
    }
    return parts.isEmpty ? "" : ", with " + parts.joined(separator: " and ")
  }

  /// A time of an error budget in minutes, as budgets are counted.
  private static func budget(_ time: Double) -> String { "\(NumberFormat.number(time / 60e6)) minutes" }

  private static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + NumberFormat.number(value) }

  private static func signedTime(_ value: Double) -> String {
    (value < 0 ? "-" : "+") + NumberFormat.duration(Int64(checked: abs(value).rounded()) ?? .max)
  }

  static func reason(_ reason: PolicyFindings.Recommendation.Reason) -> InlineText {
    switch reason {
    case .nothingBetter: "no candidate serves more than what is there"
    case .boundsOnly(let low, let high):
      "its success is known only to lie between \(percent: low) and \(percent: high)"
    case .maybeWorseTonight(let low): "even this night it may have lost \(own: million(-low)) in a million"
    case .givesUp(let times):
      "it gives up \(times) \(own: times == 1 ? "time" : "times"), and then somebody has to come"
    case .otherNights(let low, let gain):
      "on other nights it may lose \(own: million(-low)) in a million, and it gains \(own: million(gain))"
    case .beyondPatience(let p99, let seen, true):
      "its p99 of \(duration: p99) is longer than any caller above was seen to wait (\(duration: seen))"
    case .beyondPatience(let p99, let seen, false):
      "its p99 of \(duration: p99) is longer than any call was seen to take with all its attempts (\(duration: seen))"
    case .moreLoad(let factor, let component):
      "it sends \(own: NumberFormat.number(factor)) times the load to \(component), which load already overwhelms"
    case .hiddenAttempts: "attempts that left no span may change the figures"
    case .openOutage(let component):
      "an outage of \(component) is cut off by the log, and whether retries kept it down is not told"
    case .unendingStrain(let component):
      "\(component) failed from the first to the last minute, and how it answers to another load was never seen"
    case .modelRejected: "the model does not reproduce the log's own policy"
    case .unseenLoad(let factor):
      "it sends \(own: NumberFormat.number(factor)) times the load of the log at its peak, and how the callees answer to that was never seen"
    }
  }

  private static func condition(_ condition: PolicyFindings.Condition) -> InlineText {
    switch condition {
    case .outagesLikeTonight(1): "nights with an outage like tonight's"
    case .outagesLikeTonight(let count): "nights with outages like tonight's \(count)"
    case .startsBorne(let factor):
      "what the tasks run on and call bears \(own: NumberFormat.number(factor)) times tonight's starts"
    case .troublesLikeTonight(let count): "nights with troubles like tonight's \(count)"
    case .idempotent: "the calls may be repeated without harm"
    case .restartsHarmless: "a task may be started again without harm, as soon as it has ended"
    case .callersWait(let time): "callers wait \(duration: time)"
    case .calleeBears(let factor): "the callees bear \(own: NumberFormat.number(factor)) times tonight's peak"
    case .samePersistence(let share): "at most \(percent: share) of the requests fail whatever is tried"
    }
  }

  // MARK: Checks

  static func check(_ check: PolicyFindings.Check) -> InlineText {
    switch check {
    case .ownPolicy(let difference, let z):
      return
        "A/A: evaluated as if none of its retries had been logged, the log's own policy comes out \(own: NumberFormat.number(difference)) off in success (z \(own: NumberFormat.number(z)))."
    case .backtest(let predicted, let from, let difference, let z, let requests):
      return
        "Backtest: from the retries of \(group(from)), the model predicts \(group(predicted)) to within \(own: NumberFormat.number(difference)) in success (z \(own: NumberFormat.number(z)), \(requests) failing requests)."
    case .outages(let count, let open, let median, let step):
      func time(_ value: Double) -> String { NumberFormat.duration(Int64(checked: value.rounded()) ?? .max) }
      let length =
        median.map { "half of them were over after \(time($0.low)) to \(time($0.high))" }
        ?? "how long they last cannot be told"
      let sample = step > 1 ? ", from every \(step)th outage" : ""
      return
        "Outages as first attempts saw them: \(count), of which \(open) without a success on both sides; \(own: length) (Turnbull's estimate between the calls around them\(own: sample))."
    case .reweighted(let normalised, let plain, let robust, let error, let model, let effective, let failing):
      func rate(_ value: Double) -> String { NumberFormat.number((value * 1e6).rounded() / 1e4) + " %" }
      let said = model.map { "; the model says \(rate($0))" } ?? ""
      return
        "Without the model, the log's own retries reweighted say \(own: rate(normalised)) success (self-normalised), \(own: rate(plain)) (plain) and \(own: rate(robust)) ± \(own: rate(1.96 * error)) (doubly robust)\(own: said). Effective \(own: NumberFormat.number(effective.rounded())) of \(failing) failing requests."
    }
  }

  private static func group(_ group: PolicyFindings.ClientGroup) -> InlineText {
    switch group {
    case .caller(let name): "the calls of \(name)"
    case .policy(let attempts, let law):
      "the calls with \(attempts) attempts\(own: law.map { ", " + Self.law($0) } ?? "")"
    }
  }
}

extension PolicyFindings.Advice {
  package var wording: InlineText { PolicyWording.advice(self) }
}

extension PolicyFindings.Assumption {
  package var wording: InlineText { PolicyWording.assumption(self) }
}

extension PolicyFindings.Check {
  package var wording: InlineText { PolicyWording.check(self) }
}

extension PolicyFindings.Warning {
  package var wording: InlineText { PolicyWording.warning(self) }
}

extension PolicyFindings.CandidateWarning {
  package var wording: InlineText { PolicyWording.warning(self) }
}
