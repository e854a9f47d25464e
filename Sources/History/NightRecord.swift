// One night as history holds it: checksums, counts and names, never a raw record.

package import Model

/// What identifies a night.
package struct NightKey: Hashable, Sendable {
  /// The date of the night, `2026-01-31`.
  package var date: String
  /// Which nights belong together: a digest of the pipeline. Only nights of one series are compared.
  package var series: String
  /// A digest of the content of the inputs and of the pipeline.
  package var content: String

  package init(date: String, series: String, content: String) {
    self.date = date
    self.series = series
    self.content = content
  }
}

/// A log template with its frozen id.
package struct HistoricTemplate: Hashable, Sendable {
  package var id: String
  package var template: String
  package var count: Int
  package var severity: Severity
  package var components: [String]
  /// Ids that this template took over: an older night's template that tonight's became.
  package var aliases: [String]
  /// The date of the first night that is known to have had it; empty where that lies before all that is told.
  package var since = ""

  package init(
    id: String, template: String, count: Int, severity: Severity = .unknown, components: [String] = [],
    aliases: [String] = []
  ) {
    self.id = id
    self.template = template
    self.count = count
    self.severity = severity
    self.components = components
    self.aliases = aliases
  }
}

/// An incident, known again by its fingerprint.
package struct HistoricIncident: Hashable, Sendable {
  package var id: String
  package var fingerprint: String
  package var kind: String
  package var severity: String
  /// Microseconds since the epoch.
  package var start: Int64
  package var end: Int64
  package var headline: String

  package init(
    id: String, fingerprint: String, kind: String, severity: String, start: Int64, end: Int64, headline: String
  ) {
    self.id = id
    self.fingerprint = fingerprint
    self.kind = kind
    self.severity = severity
    self.start = start
    self.end = end
    self.headline = headline
  }

  /// An incident of tonight with its headline in words.
  package init(_ incident: Incident, headline: String) {
    self.init(
      id: incident.id.text, fingerprint: incident.fingerprint.text, kind: incident.kind.rawValue,
      severity: incident.severity.rawValue, start: incident.start, end: incident.end, headline: headline)
  }
}

/// One night.
package struct NightRecord: Hashable, Sendable {
  package var key: NightKey
  /// First and last record, microseconds since the epoch; equal to zero where nothing had a time.
  package var start: Int64 = 0
  package var end: Int64 = 0
  package var events = 0
  package var requests = 0
  /// Binary forms by name: `patterns`, `tests` and whatever other baselines there are.
  package var blobs: [String: [UInt8]] = [:]
  package var templates: [HistoricTemplate] = []
  package var incidents: [HistoricIncident] = []

  package init(key: NightKey) { self.key = key }
}

/// What a run may know of the nights before it.
package struct HistoryBaseline: Sendable {
  /// One earlier night.
  package struct Night: Sendable {
    package var key: NightKey
    package var blobs: [String: [UInt8]]
  }

  /// Oldest first.
  package var nights: [Night] = []
  /// Templates of all earlier nights by id, with their counts summed; ids are frozen.
  package var templates: [String: HistoricTemplate] = [:]
  /// Older ids and the ids that took them over, chains followed to their end.
  package var aliases: [String: String] = [:]
  /// Fingerprints of earlier incidents and how many nights had them.
  package var incidents: [String: Seen] = [:]
  /// The incidents of the night before.
  package var latest: [HistoricIncident] = []
  /// What was decided about incidents, by fingerprint.
  package var triage: [String: Triage] = [:]

  package struct Seen: Hashable, Sendable {
    package var nights: Int
    /// The dates of the last and of the first of them.
    package var last: String
    package var first = ""
  }

  /// Nights that had no room.
  package var unread = 0

  package init() {}

  /// One kind of blob with its night's date, oldest first.
  package func blobs(_ name: String) -> [(date: String, bytes: [UInt8])] {
    nights.compactMap { night in night.blobs[name].map { (night.key.date, $0) } }
  }
}

/// A night in a list.
package struct NightSummary: Hashable, Sendable {
  package var key: NightKey
  package var events: Int
  package var requests: Int
  package var templates: Int
  package var incidents: Int
  /// Of all blobs.
  package var bytes: Int
}
