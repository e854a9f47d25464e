package import Model
package import Support

/// An earlier `report.json` read back, as far as `explain` and `replay` need it.
package struct EarlierReport: Sendable {
  package var toolVersion: String
  package var verdict: String
  package var reproduce: String
  package var incidents: [Incident]
  /// The whole document.
  package var document: JSONValue

  /// The incident with an id, or the only one whose id begins with the text.
  package func incident(_ id: String) -> Incident? {
    if let exact = incidents.first(where: { $0.id.text == id }) { return exact }
    let beginning = incidents.filter { $0.id.text.hasPrefix(id) }
    return beginning.count == 1 && !id.isEmpty ? beginning[0] : nil
  }
}

/// Why a file is no report that can be read.
package enum ReportReadFailure: Error, Hashable, Sendable {
  case notJSON(JSONFailure)
  /// The version found.
  case unknownVersion(Int64?)
  /// The path of the key, `incidents[3].start`.
  case malformed(String)

  package var message: String {
    switch self {
    case .notJSON(let failure): "not JSON: \(failure.message) in line \(failure.line), column \(failure.column)"
    case .unknownVersion(let version):
      version.map { "report version \($0) is unknown to this program (it reads \(ReportJSON.schemaVersion))" }
        ?? "not a night report: no schemaVersion"
    case .malformed(let path): "not a night report: \(path) is missing or of another type"
    }
  }
}

extension ReportJSON {
  /// Reads a report back. Unknown keys are ignored, as additive changes demand.
  package static func parse(_ bytes: [UInt8]) throws(ReportReadFailure) -> EarlierReport {
    let document: JSONValue
    do {
      document = try JSONParser.parse(bytes)
    } catch {
      throw .notJSON(error)
    }
    guard document["schemaVersion"]?.integer == Int64(schemaVersion) else {
      throw .unknownVersion(document["schemaVersion"]?.integer)
    }
    guard let list = document["incidents"]?.elements else { throw .malformed("incidents") }
    var incidents: [Incident] = []
    for (i, value) in list.enumerated() {
      incidents.append(try IncidentReader(path: "incidents[\(i)]").incident(value))
    }
    return EarlierReport(
      toolVersion: document["tool"]?["version"]?.text ?? "", verdict: document["verdict"]?.text ?? "",
      reproduce: document["reproduce"]?.text ?? "", incidents: incidents, document: document)
  }
}

/// Reads one incident; the required keys are those of the schema.
private struct IncidentReader {
  var path: String

  private func need<Value>(_ value: Value?, _ key: String) throws(ReportReadFailure) -> Value {
    guard let value else { throw .malformed(path + "." + key) }
    return value
  }

  private func text(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> String {
    try need(value[key]?.text, key)
  }

  private func foreign(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> ForeignText {
    ForeignText(try text(value, key))
  }

  private func name(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> ForeignName {
    ForeignName(try text(value, key))
  }

  private func time(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> Int64 {
    try need(Timestamp(rfc3339: try text(value, key))?.microseconds, key)
  }

  /// Between which times something was; nil where that is not told.
  private func between(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> ClosedRange<Int64>? {
    guard let times = value[key] else { return nil }
    let (start, end) = (try time(times, "start"), try time(times, "end"))
    return start...(try need(end < start ? nil : end, key))
  }

  private func count(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> Int {
    try need(value[key]?.integer.flatMap { Int(exactly: $0) }, key)
  }

  private func list(_ value: JSONValue, _ key: String) throws(ReportReadFailure) -> [JSONValue] {
    try need(value[key]?.elements, key)
  }

  private func texts(_ value: JSONValue, _ key: String) -> [String] {
    value[key]?.elements?.compactMap(\.text) ?? []
  }

  private func evidence(_ value: JSONValue) throws(ReportReadFailure) -> Evidence {
    var location = SourceLocation(input: try text(value, "input"), member: value["member"]?.text ?? "")
    if let line = value["line"]?.integer.flatMap({ Int(exactly: $0) }) {
      location.position = .line(line)
    } else if let offset = value["offset"]?.integer.flatMap({ Int(exactly: $0) }) {
      location.position = .offset(offset)
    }
    return Evidence(
      location, request: ForeignName(value["request"]?.text ?? ""),
      quote: RecordQuote(message: ForeignText(value["quote"]?.text ?? "")),
      time: value["at"] == nil ? nil : try time(value, "at"), duration: value["durationUs"]?.integer)
  }

  private func evidences(_ value: JSONValue) throws(ReportReadFailure) -> [Evidence] {
    var all: [Evidence] = []
    for item in value["evidence"]?.elements ?? [] { all.append(try evidence(item)) }
    return all
  }

  func incident(_ value: JSONValue) throws(ReportReadFailure) -> Incident {
    let kind = try need(Incident.Kind(rawValue: try text(value, "kind")), "kind")
    var incident = Incident(kind: kind, start: try time(value, "start"), end: try time(value, "end"))
    incident.id = FindingID(try text(value, "id"))
    incident.fingerprint = FindingID(value["fingerprint"]?.text ?? "")
    incident.status = try need(Incident.Status(rawValue: try text(value, "status")), "status")
    incident.severity = try need(Incident.Severity(rawValue: try text(value, "severity")), "severity")
    incident.trigger = .earlier(try foreign(value, "trigger"))
    incident.headline = .earlier(try foreign(value, "headline"))
    incident.reasoning = texts(value, "reasoning").map { .earlier(ForeignText($0)) }
    incident.decision = .earlier(
      try foreign(value, "decision"), action: value["action"]?.text.map { ForeignText($0) })
    incident.evidence = try evidences(value)
    for cause in try list(value, "rootCauses") {
      incident.rootCauses.append(
        Incident.RootCause(
          component: try name(cause, "component"), score: cause["score"]?.number ?? 0,
          share: cause["share"]?.number ?? 0, reasons: texts(cause, "reasons").map { .earlier(ForeignText($0)) },
          evidence: try evidences(cause)))
    }
    for state in try list(value, "components") {
      var known = Incident.ComponentState(
        id: try name(state, "id"), onset: try time(state, "onset"), requests: try count(state, "requests"),
        failures: try count(state, "failures"), latencyP99: state["latencyP99Us"]?.integer,
        queueDepth: state["queueDepth"]?.integer,
        circuitState: try need(Incident.Circuit(rawValue: try text(state, "circuitState")), "circuitState"))
      known.onsetBetween = try between(state, "onsetBetween")
      incident.components.append(known)
    }
    for link in try list(value, "causalChain") {
      var known = Incident.Link(
        from: try name(link, "from"), to: try name(link, "to"), at: try time(link, "at"),
        requests: link["requests"]?.integer.flatMap { Int(exactly: $0) } ?? 0,
        share: link["share"]?.number ?? 0, usualShare: link["usualShare"]?.number ?? 0,
        evidence: try evidences(link))
      known.between = try between(link, "between")
      incident.causalChain.append(known)
    }
    for moment in value["timeline"]?.elements ?? [] {
      var proof: Evidence?
      if let value = moment["evidence"] { proof = try evidence(value) }
      incident.timeline.append(
        Incident.Moment(
          at: try time(moment, "at"), between: try between(moment, "between"),
          component: try name(moment, "component"), .earlier(try foreign(moment, "text")), evidence: proof))
    }
    incident.owner = value["owner"]?.text.map { ForeignName($0) }
    for request in value["exemplars"]?.elements ?? [] { incident.exemplars.append(try exemplar(request)) }
    return incident
  }

  private func exemplar(_ value: JSONValue) throws(ReportReadFailure) -> ExemplarRequest {
    var spans: [ExemplarRequest.Span] = []
    for span in try list(value, "spans") {
      let name = span["failure"]?.text
      spans.append(
        ExemplarRequest.Span(
          depth: try count(span, "depth"), component: try self.name(span, "component"),
          operation: try self.name(span, "operation"), peer: ForeignName(span["peer"]?.text ?? ""),
          offset: try need(span["offsetUs"]?.integer, "offsetUs"),
          duration: span["durationUs"]?.integer ?? ExemplarRequest.unknownDuration,
          failure: name.map { name in FailureKind.allCases.first { $0.name == name } ?? .unknown },
          message: ForeignText(span["message"]?.text ?? ""), isOrigin: span["isOrigin"] == .bool(true),
          location: try evidence(span).location))
    }
    return ExemplarRequest(
      request: try name(value, "request"), start: try time(value, "start"),
      duration: value["durationUs"]?.integer ?? ExemplarRequest.unknownDuration, isBad: value["isBad"] == .bool(true),
      spans: spans, omitted: value["omitted"]?.integer.flatMap { Int(exactly: $0) } ?? 0)
  }
}
