internal import Segments
package import History
package import Incidents
package import Model
package import Patterns
internal import Reports
package import Support

/// What a run has of earlier nights, and what it leaves to later ones. A history that cannot be used is a diagnostic and
/// a run without baselines, never a lost report.
package struct NightHistory {
  private let store: HistoryStore
  private let key: NightKey
  package let baseline: HistoryBaseline
  private let inputs: [String]
  /// Whether the night would take the place of one that shares no input with it.
  package let replacesAnother: Bool

  /// The blobs of a night, by analysis.
  package enum Blob {
    static let patterns = "patterns"
    static let tests = "testLines"
    static let cascades = "cascades"
    /// Checksums and names of the inputs, a line each.
    static let inputs = "inputs"
  }

  /// Opens the history of a request.
  ///
  /// - Throws: `FileFailure` where it cannot be used.
  package init(_ request: RunRequest, path: String, night: NightPartial) throws(FileFailure) {
    var options = HistoryStore.Options()
    options.onWait = { [tell = request.tell] in tell(.historyInUse) }
    store = try HistoryStore(path: path, options: options)
    let checksums = night.outcomes.map(\.sha256).sorted().joined(separator: "\n")
    let pipeline = night.coverage.pipeline
    key = NightKey(
      date: request.date.text, series: String(pipeline.prefix(32)),
      content: SHA256.hex(Array((pipeline + "\n" + checksums).utf8)))
    inputs = night.outcomes.map { $0.sha256 + " " + $0.name }.sorted()
    replacesAnother = try Self.replacesAnother(store, key, inputs)
    baseline = try store.baseline(before: key)
  }

  /// A night that is run again shares inputs with itself, by content or by name, whatever came late.
  private static func replacesAnother(
    _ store: HistoryStore, _ key: NightKey, _ inputs: [String]
  ) throws(FileFailure) -> Bool {
    guard let there = try store.blob(Blob.inputs, ofNightReplacedBy: key) else { return false }
    let parts = { (lines: [Substring]) in Set(lines.flatMap { $0.split(separator: " ", maxSplits: 1) }) }
    let known = parts(String(decoding: there, as: UTF8.self).split(separator: "\n"))
    return parts(inputs.map { $0[...] }).isDisjoint(with: known)
  }

  /// What patterns were in earlier nights; a night whose form cannot be read is left out and named.
  package func patterns(_ diagnostics: inout [Diagnostic]) -> PatternBaseline {
    var nights: [PatternBaseline.Night] = []
    for (date, bytes) in baseline.blobs(Blob.patterns) {
      do throws(DecodeFailure) {
        nights.append(try PatternBaseline.decode(bytes, date: date))
      } catch {
        diagnostics.append(
          Diagnostic(
            "historyNightUnreadable", .warning, at: SourceLocation(input: store.path, member: date),
            "the patterns of this night cannot be read: \(error.message)"))
      }
    }
    return PatternBaseline(nights: nights)
  }

  /// How components and the ways between them usually were in earlier nights, nil where no night says; a night whose form
  /// cannot be read is left out and named.
  package func cascades(_ diagnostics: inout [Diagnostic]) -> IncidentProfile? {
    var nights: [IncidentProfile] = []
    for (date, bytes) in baseline.blobs(Blob.cascades) {
      do throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        nights.append(try IncidentProfile(from: &reader))
      } catch {
        diagnostics.append(
          Diagnostic(
            "historyNightUnreadable", .warning, at: SourceLocation(input: store.path, member: date),
            "the cascades' baseline of this night cannot be read: \(error.message)"))
      }
    }
    return IncidentProfile.usual(nights)
  }

  /// A night's profile as the history holds it.
  package static func encoded(_ profile: IncidentProfile) -> [UInt8] {
    var writer = ByteWriter()
    profile.encode(to: &writer)
    return writer.bytes
  }

  /// What became of the tests in earlier nights, the latest first as far as the memory goes; a night whose form cannot be
  /// read is left out and named, and so are those that have no room.
  package func tests(memory: Int, _ diagnostics: inout [Diagnostic]) -> TestHistory {
    var nights: [TestHistory.Night] = []
    var room = memory
    for (date, bytes) in baseline.blobs(Blob.tests).sorted(by: { $0.date > $1.date }) {
      room -= bytes.count
      guard room >= 0 else {
        diagnostics.append(
          Diagnostic(
            "historyNightUnread", .warning, at: SourceLocation(input: store.path, member: date),
            "the tests of this night and of those before it have no room in limits.memory"))
        break
      }
      do throws(DecodeFailure) {
        var reader = ByteReader(bytes)
        nights.append(try TestHistory.Night(from: &reader))
      } catch {
        diagnostics.append(
          Diagnostic(
            "historyNightUnreadable", .warning, at: SourceLocation(input: store.path, member: date),
            "the tests of this night cannot be read: \(error.message)"))
      }
    }
    return TestHistory(nights: nights.reversed())
  }

  /// A night of tests as the history holds it.
  package static func encoded(_ night: TestHistory.Night) -> [UInt8] {
    var writer = ByteWriter()
    night.encode(to: &writer)
    return writer.bytes
  }

  /// The templates of earlier nights with their frozen ids, oldest first: where tonight two become one, the older keeps its
  /// id. Ids that were given up are not among them.
  package var templates: [HistoricTemplate] {
    baseline.templates.values.filter { baseline.aliases[$0.id] == nil }.sorted { ($0.since, $0.id) < ($1.since, $1.id) }
  }

  /// Marks incidents that earlier nights had too.
  package func recognise(_ incidents: inout [Incident]) {
    for i in incidents.indices {
      let fingerprint = incidents[i].fingerprint.text
      if let triage = baseline.triage[fingerprint], triage.holds(on: key.date) { incidents[i].triage = triage }
      guard let seen = baseline.incidents[fingerprint] else { continue }
      incidents[i].seen = seen.nights
      incidents[i].firstSeen = ForeignName(seen.first)
      if incidents[i].status == .new { incidents[i].status = .recurring }
    }
  }

  /// Remembers tonight: the last act of a run.
  package func commit(_ conclusion: Conclusion) throws(FileFailure) {
    let report = conclusion.report
    let aliases = Dictionary(grouping: conclusion.aliases.keys.sorted()) { conclusion.aliases[$0] ?? $0 }
    var record = NightRecord(key: key)
    record.start = report.window?.start ?? 0
    record.end = report.window?.end ?? 0
    record.events = report.summary.events
    record.requests = report.summary.requests
    record.blobs = conclusion.blobs
    record.blobs[Blob.inputs] = Array(inputs.joined(separator: "\n").utf8)
    record.templates = report.templates.filter { $0.status != .gone }.map { template in
      HistoricTemplate(
        id: template.id.text, template: template.template.text, count: template.count, severity: template.severity,
        components: template.components.map(\.text), aliases: aliases[template.id.text] ?? [])
    }
    record.incidents = report.incidents.map { HistoricIncident($0, headline: $0.headline.wording.plain) }
    try store.commit(record)
    try store.close()
  }
}
