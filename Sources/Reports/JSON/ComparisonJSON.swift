package import Model
package import Support

/// What `compare --json` prints: the two sides and the differences, the surest first; durations are in microseconds.
extension ReportJSON {
  package static func comparison(_ findings: ComparisonFindings, rules: TextRules = TextRules()) -> JSONValue {
    ReportJSON(rules: rules).comparison(findings)
  }

  private func comparison(_ findings: ComparisonFindings) -> JSONValue {
    .object([
      "before": side(findings.before), "after": side(findings.after), "unlisted": .int(findings.unlisted),
      "differences": .array(
        findings.differences.map { difference in
          var pairs = subject(difference.subject)
          pairs["measure"] = .string(difference.measure.rawValue)
          pairs["before"] = .double(difference.before)
          pairs["after"] = .double(difference.after)
          pairs["strength"] = .double(difference.strength)
          return .object(pairs)
        }),
    ])
  }

  private func side(_ side: ComparisonFindings.Side) -> JSONValue {
    .object([
      "name": path(side.name.text), "start": side.start <= side.end ? time(side.start) : .null,
      "end": side.start <= side.end ? time(side.end) : .null, "requests": .int(side.requests),
      "failures": .int(side.failures),
    ])
  }

  private func subject(_ subject: ComparisonFindings.Subject) -> [String: JSONValue] {
    switch subject {
    case .component(let name): ["kind": .string("component"), "component": text(name)]
    case .operation(let component, let operation):
      ["kind": .string("operation"), "component": text(component), "operation": text(operation)]
    case .edge(let from, let to): ["kind": .string("edge"), "from": text(from), "to": text(to)]
    case .template(let template): ["kind": .string("template"), "template": text(template)]
    case .attribute(let name, let value): ["kind": .string("attribute"), "attribute": text(name), "value": text(value)]
    }
  }
}
