package import Model
package import Support

/// Incidents and policies in `report.json`.
extension ReportJSON {
  func cause(_ cause: Incident.RootCause) -> JSONValue {
    .object([
      "component": text(cause.component.text), "score": .double(cause.score), "share": .double(cause.share),
      "reasons": .array(cause.reasons.map { words($0.wording) }), "evidence": evidence(cause.evidence),
    ])
  }

  /// An incident; `policies` are those of the night that it belongs to.
  package func incident(_ incident: Incident, policies: PolicyFindings? = nil) -> JSONValue {
    .object([
      "id": text(incident.id), "fingerprint": text(incident.fingerprint), "kind": .string(incident.kind.rawValue),
      "status": .string(incident.status.rawValue), "severity": .string(incident.severity.rawValue),
      "start": time(incident.start), "end": time(incident.end), "trigger": words(incident.triggerWording),
      "headline": words(incident.headline.wording), "rootCauses": .array(incident.rootCauses.map(cause)),
      "reasoning": .array(incident.reasoning.map { words($0.wording) }),
      "components": .array(
        incident.components.sorted { ($0.onset, $0.id) < ($1.onset, $1.id) }.map { state in
          .object([
            "id": text(state.id.text), "onset": time(state.onset), "onsetBetween": between(state.onsetBetween),
            "requests": .int(state.requests),
            "failures": .int(state.failures), "errorRate": .double(state.errorRate),
            "latencyP99Us": .int(optional: state.latencyP99), "queueDepth": state.queueDepth.map { .int($0) },
            "circuitState": .string(state.circuitState.rawValue),
          ])
        }),
      "causalChain": .array(
        incident.causalChain.map { link in
          .object([
            "from": text(link.from.text), "to": text(link.to.text), "at": time(link.at),
            "between": between(link.between),
            "requests": .int(link.requests), "share": .double(link.share), "usualShare": .double(link.usualShare),
            "evidence": evidence(link.evidence),
          ])
        }),
      "decision": words(incident.decision.wording), "action": incident.decision.action.map { words($0) },
      "timeline": .array(
        incident.timeline.map { moment in
          .object([
            "at": time(moment.at), "between": between(moment.between), "component": text(moment.component.text),
            "text": words(moment.event.wording),
            "evidence": moment.evidence.map { evidence($0) },
          ])
        }),
      "evidence": evidence(incident.evidence), "before": .array(incident.changesBefore.map(change)),
      "firstSeen": incident.firstSeen.map { text($0.text) }, "seen": .int(incident.seen),
      "owner": incident.owner.map { text($0.text) }, "ack": incident.triage.map(triage),
      "maintenance": incident.maintenance.map {
        .object(["start": time($0.start), "end": time($0.end), "note": text($0.note)])
      },
      "exemplars": .array(incident.exemplars.map(exemplar)), "impact": impact(incident.impact),
      "common": .array(incident.common.map(common)), "prevented": prevented(Prevention(incident, policies: policies)),
    ])
  }

  private func between(_ times: ClosedRange<Int64>?) -> JSONValue? {
    times.map { .object(["start": time($0.lowerBound), "end": time($0.upperBound)]) }
  }

  /// nil where nothing would have.
  private func prevented(_ prevention: Prevention) -> JSONValue? {
    let breaker = prevention.breaker.map { breaker -> JSONValue in
      .object([
        "kind": .string("breaker"), "at": time(breaker.at), "requests": .int(breaker.requests), "of": .int(breaker.of),
      ])
    }
    let policy = prevention.policy.map { policy -> JSONValue in
      .object(["kind": .string("policy"), "name": text(policy.name.text), "success": estimate(policy.gain)])
    }
    let all = [breaker, policy].compactMap { $0 }
    return all.isEmpty ? nil : .array(all)
  }

  private func triage(_ triage: Triage) -> JSONValue {
    .object(["action": .string(triage.action.rawValue), "until": text(triage.until), "note": text(triage.note)])
  }

  /// A good or a bad request, span by span.
  private func exemplar(_ request: ExemplarRequest) -> JSONValue {
    .object([
      "request": text(request.request), "isBad": .bool(request.isBad), "start": time(request.start),
      "durationUs": .duration(logged: request.duration), "omitted": .int(request.omitted),
      "spans": .array(
        request.spans.map { span in
          var pairs = place(span.location)
          pairs["depth"] = .int(span.depth)
          pairs["component"] = text(span.component)
          pairs["operation"] = text(span.operation)
          if !span.peer.isEmpty { pairs["peer"] = text(span.peer) }
          pairs["offsetUs"] = .int(span.offset)
          pairs["durationUs"] = .duration(logged: span.duration)
          pairs["failure"] = span.failure.map { .string($0.name) }
          if !span.message.isEmpty { pairs["message"] = text(span.message) }
          pairs["isOrigin"] = .bool(span.isOrigin)
          return .object(pairs)
        }),
    ])
  }

  /// Requests at the entry points.
  func impact(_ impact: Impact, budgets: [ErrorBudget]? = nil) -> JSONValue {
    .object([
      "budget": budgets.map { .array($0.map(budget)) },
      "requests": .int(impact.requests), "failed": .int(impact.failed), "slow": .int(impact.slow),
      "weighed": impact.weighed.map { .object(["requests": .int($0.requests), "failed": .int($0.failed)]) },
      "entryPoints": .array(
        impact.entryPoints.map { entry in
          .object([
            "component": text(entry.component.text), "operation": text(entry.operation.text),
            "requests": .int(entry.requests), "failed": .int(entry.failed), "slow": .int(entry.slow),
          ])
        }),
    ])
  }

  /// An estimate of a time in whole microseconds.
  private func whole(_ time: Estimate) -> Estimate {
    Estimate(time.value?.rounded(), low: time.low.rounded(), high: time.high.rounded())
  }

  /// What the night spent of one error budget.
  private func budget(_ budget: ErrorBudget) -> JSONValue {
    .object([
      "component": text(budget.objective.component.text), "objective": .string(BudgetWording.target(budget.objective)),
      "windowUs": .int(budget.objective.window), "requests": .int(budget.requests), "bad": .int(budget.bad),
      "spent": .double(budget.spent), "burnRate": .double(budget.burnRate),
      "hours": .array(
        budget.hours.map {
          .object([
            "start": time($0.start), "requests": .int($0.requests), "bad": .int($0.bad),
            "burnRate": .double(budget.burnRate(Double($0.bad), of: $0.requests)),
          ])
        }),
      "incidents": .array(
        budget.incidents.map {
          .object(["id": text($0.id.text), "bad": .int($0.bad), "spent": .double($0.spent)])
        }),
      "candidates": .array(
        budget.candidates.map {
          .object(["name": text($0.name.text), "spent": estimate($0.spent), "savedUs": estimate(whole($0.saved))])
        }),
    ])
  }

  private func common(_ common: CommonTrait) -> JSONValue {
    var pairs: [String: JSONValue] = [
      "requests": .int(common.requests), "of": .int(common.of), "share": .double(common.share),
      "usualShare": .double(common.usualShare), "text": words(common.wording),
    ]
    switch common.trait {
    case .entry(let component, let operation):
      pairs["attribute"] = .string("entry")
      pairs["value"] = text(component.text + " " + operation.text)
    case .passed(let component):
      pairs["attribute"] = .string("component")
      pairs["value"] = text(component.text)
    case .attribute(let name, let value):
      pairs["attribute"] = text(name.text)
      pairs["value"] = text(value.text)
    }
    return .object(pairs)
  }

  func change(_ change: NightChange) -> JSONValue {
    .object([
      "at": time(change.at), "component": change.component.map { text($0.text) }, "kind": text(change.kind.text),
      "text": text(change.text.text),
    ])
  }

  package func policies(_ policies: PolicyFindings) -> JSONValue {
    .object([
      "baseline": .object([
        "logged": sentence(PolicyWording.logged(policies.logged).plain), "metrics": metrics(policies.baseline),
      ]),
      "tasks": policies.tasks.map(tasks), "candidates": .array(policies.candidates.map(candidate)),
      "advice": sentences(policies.advice.map { $0.wording.plain }),
      "assumptions": sentences(policies.assumptions.map { $0.wording.plain }),
      "warnings": sentences(policies.warnings.map { $0.wording.plain }),
      "checks": sentences(policies.checks.map { $0.wording.plain }),
      "recommended": policies.recommended.map { text($0.text) },
      "recommendation": policies.recommendation.map { recommendation in
        .object([
          "safe": .bool(recommendation.safe),
          "because": sentences(recommendation.because.map { PolicyWording.reason($0).plain }),
        ])
      },
    ])
  }

  private func tasks(_ tasks: PolicyFindings.Tasks) -> JSONValue {
    .object([
      "logged": sentence(PolicyWording.tasks(tasks).plain), "metrics": metrics(tasks.outcome),
      "children": .int(tasks.children), "ends": .int(tasks.ends), "intended": .int(tasks.intended),
      "troubles": .int(tasks.troubles), "silent": .int(tasks.silent), "open": .int(tasks.open),
      "medianDownUs": .int(optional: tasks.medianDown),
    ])
  }

  private func metrics(_ outcome: PolicyFindings.Outcome) -> JSONValue {
    .object([
      "successRate": estimate(outcome.successRate), "attemptsPerRequest": estimate(outcome.attemptsPerRequest),
      "wastedAttempts": estimate(outcome.wastedAttempts),
      "latency": .object([
        "p50Us": estimate(outcome.latencyP50), "p95Us": estimate(outcome.latencyP95),
        "p99Us": estimate(outcome.latencyP99),
      ]),
      "peakLoad": estimate(outcome.peakLoad),
    ])
  }

  private func candidate(_ candidate: PolicyFindings.Candidate) -> JSONValue {
    .object([
      "name": text(candidate.name.text), "family": .string(PolicyWording.families(candidate.families)),
      "scope": text(candidate.scope.map(\.text).joined(separator: " ")),
      "metrics": metrics(candidate.outcome), "difference": metrics(candidate.difference),
      "otherNights": candidate.otherNights.map { nights in
        .object(["metrics": metrics(nights.outcome), "difference": metrics(nights.difference)])
      },
      "support": .object([
        "exact": .double(candidate.exact), "estimated": .double(candidate.estimated),
        "unsupported": .double(candidate.unsupported),
      ]),
      "outages": .int(candidate.outages), "blocks": .int(candidate.blocks),
      "warnings": sentences(candidate.warnings.map { $0.wording.plain }),
      "checks": sentences(candidate.checks.map { $0.wording.plain }),
      "tonight": candidate.tonight.map { estimate($0) }, "loadAware": candidate.loadAware.map { metrics($0) },
      "verdict": sentence(PolicyWording.verdict(candidate.verdict, of: candidate.name).plain),
      "onFrontier": .bool(candidate.onFrontier), "budgetUs": candidate.budget.map { estimate(whole($0)) },
      "configuration": candidate.configuration.map { sentence($0.text) },
    ])
  }
}
