// What a notification says, in the forms of those who take it; nothing is sent from here.

package import Model
package import Support

/// The bodies of notifications about the incidents of a night.
package enum NotificationBody {
  /// Alerts for the API of Alertmanager (`POST /api/v2/alerts`): an array of alerts with labels and annotations.
  package static func alertmanager(_ report: NightReport, _ incidents: [Incident], rules: TextRules) -> JSONValue {
    .array(
      incidents.map { incident in
        .object([
          "labels": .object([
            "alertname": .string("HindcastIncident"), "id": text(incident.id.text, rules),
            "kind": .string(incident.kind.rawValue), "severity": .string(incident.severity.rawValue),
            "component": text(about(incident), rules), "owner": incident.owner.map { text($0.text, rules) },
          ]),
          "annotations": .object(["summary": text(summary(incident, report), rules)]),
          "startsAt": .string(Timestamp(incident.start).rfc3339), "endsAt": .string(Timestamp(incident.end).rfc3339),
        ])
      })
  }

  /// A message for an incoming webhook of Slack: text and blocks.
  package static func slack(_ report: NightReport, _ incidents: [Incident], rules: TextRules) -> JSONValue {
    let lines = incidents.prefix(20).map { incident in
      "• *\(incident.severity.rawValue)* " + escaped(rules.bounded(summary(incident, report)))
    }
    let head = escaped(rules.boundedPath(report.verdictWording.plain))
    return .object([
      "text": .string(head),
      "blocks": .array([
        section(head), section(lines.joined(separator: "\n")),
      ]),
    ])
  }

  private static func section(_ text: String) -> JSONValue {
    .object([
      "type": .string("section"),
      "text": .object(["type": .string("mrkdwn"), "text": .string(String(text.prefix(2900)))]),
    ])
  }

  /// Events for PagerDuty's Events API v2, one for each incident; the routing key is the receiver's to add.
  package static func pagerduty(_ report: NightReport, _ incidents: [Incident], rules: TextRules) -> JSONValue {
    .array(
      incidents.map { incident in
        .object([
          "event_action": .string("trigger"), "dedup_key": text(incident.fingerprint.text, rules),
          "payload": .object([
            "summary": .string(String(rules.boundedPath(summary(incident, report)).prefix(1024))),
            "source": text(about(incident), rules), "severity": .string(level(incident.severity)),
            "timestamp": .string(Timestamp(incident.start).rfc3339), "class": .string(incident.kind.rawValue),
          ]),
        ])
      })
  }

  private static func level(_ severity: Incident.Severity) -> String {
    switch severity {
    case .info: "info"
    case .minor: "warning"
    case .major: "error"
    case .critical: "critical"
    }
  }

  private static func about(_ incident: Incident) -> String { Labels.about(incident).plain }

  private static func summary(_ incident: Incident, _ report: NightReport) -> String {
    IncidentSentence(incident, of: report).shown.plain
  }

  private static func text(_ text: String, _ rules: TextRules) -> JSONValue { .string(rules.bounded(text)) }

  /// What Slack's markup reads: ampersand and angle brackets.
  private static func escaped(_ text: String) -> String {
    VisibleText.show(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

/// Incidents as log records with an event name, in OTLP/JSON: for whoever collects events of many sources.
package enum IncidentEvents {
  package static func document(_ report: NightReport, rules: TextRules) -> JSONValue {
    let records = Ranking.byTime(report.incidents).map { incident -> JSONValue in
      let sentence = IncidentSentence(incident, of: report).shown.plain
      return .object([
        "timeUnixNano": .string(nanoseconds(incident.start)),
        "observedTimeUnixNano": .string(nanoseconds(incident.end)),
        "severityNumber": .int(number(incident.severity)), "severityText": .string(incident.severity.rawValue),
        "eventName": .string("hindcast.incident"),
        "body": .object(["stringValue": .string(rules.boundedPath(sentence))]),
        "attributes": .array(
          [
            attribute("hindcast.incident.id", incident.id.text),
            attribute("hindcast.incident.kind", incident.kind.rawValue),
            attribute("hindcast.incident.status", incident.status.rawValue),
            attribute("hindcast.incident.fingerprint", incident.fingerprint.text),
            attribute("service.name", rules.bounded(Labels.about(incident).plain)),
          ]),
      ])
    }
    return .object([
      "resourceLogs": .array([
        .object([
          "resource": .object(["attributes": .array([attribute("service.name", "hindcast")])]),
          "scopeLogs": .array([
            .object([
              "scope": .object(["name": .string("hindcast"), "version": .string(report.toolVersion.text)]),
              "logRecords": .array(records),
            ])
          ]),
        ])
      ])
    ])
  }

  private static func attribute(_ key: String, _ value: String) -> JSONValue {
    .object(["key": .string(key), "value": .object(["stringValue": .string(value)])])
  }

  private static func nanoseconds(_ microseconds: Int64) -> String {
    microseconds <= 0 ? "0" : String(microseconds) + "000"
  }

  /// The ranges of OpenTelemetry's log data model: INFO 9, WARN 13, ERROR 17, FATAL 21.
  private static func number(_ severity: Incident.Severity) -> Int {
    switch severity {
    case .info: 9
    case .minor: 13
    case .major: 17
    case .critical: 21
    }
  }
}
