// The quarantine: which flaky lines to put aside, and which of those that were put aside may come back.
//
// A line is put aside where it surely fails often enough to cost something, and only where nothing says that its failures
// are a fault's: no line of its test is broken, or fails on one configuration only. What was put aside comes back when it
// was green for many nights and runs, when its time is over, or when it fails in every build: that must be seen.

internal import Model
internal import Support

package struct Quarantine: Hashable, Sendable {
  /// An entry as it was read.
  package struct Entry: Hashable, Sendable {
    package var test: String
    /// Empty: on all.
    package var configuration: String
    package var branch: String
    /// Nights: `2026-11-02`; empty where the file does not say.
    package var since: String
    package var expires: String
    package init(
      test: String, configuration: String = "", branch: String = "", since: String = "", expires: String = ""
    ) {
      self.test = test
      self.configuration = configuration
      self.branch = branch
      self.since = since
      self.expires = expires
    }
  }

  package var entries: [Entry]

  package init(_ entries: [Entry] = []) { self.entries = entries }

  /// A flaky test costs enough to be set aside where it surely fails at least this often.
  private static let leastRate = 0.02
  /// Lines that are advised.
  private static let listed = 20
  /// Days after which an entry has to be decided anew.
  private static let days = 30
  /// Nights and runs without a failure after which an entry comes back: with 45 green runs a rate of the advised bound or
  /// more is less likely than not (0.98^45 = 0.4).
  private static let greenNights = 14
  private static let greenRuns = 45

  func contains(_ line: TestFindings.Line, on date: String) -> Bool {
    entries.contains { entry in
      entry.test == line.test.text && (entry.configuration.isEmpty || entry.configuration == line.configuration.text)
        && (entry.branch.isEmpty || entry.branch == line.branch.text)
        && (entry.expires.isEmpty || date.isEmpty || date < entry.expires)
    }
  }

  /// Fills in what is advised, what is released, and which failures are excused.
  func judge(
    _ verdicts: [LineVerdict], _ timeline: TestTimeline, date: String, into findings: inout TestFindings
  ) {
    // A name stands for all its lines wherever people copy it: no broken line may hide behind a flaky one.
    let faulty = Set(verdicts.filter { $0.isBroken || $0.neverPassed }.map(\.test))
    var kept: [TestFindings.Quarantined] = []
    for found in findings.flaky where found.lowerBound >= Self.leastRate && !faulty.contains(found.line.test.text) {
      let before = entry(of: found.line, date)
      var advised = TestFindings.Quarantined(
        line: found.line, basis: found.basis,
        since: ForeignName(before?.since.isEmpty == false ? before?.since ?? date : date),
        expires: ForeignName(
          before?.expires.isEmpty == false ? before?.expires ?? "" : Self.day(date, after: Self.days)),
        evidence: found.evidence)
      advised.failures = found.failures
      advised.attempts = found.attempts
      advised.lowerBound = found.lowerBound
      kept.append(advised)
      if kept.count == Self.listed { break }
    }
    findings.quarantine = kept
    release(timeline, verdicts, date, into: &findings)
    for i in findings.failing.indices {
      let line = findings.failing[i].line
      findings.failing[i].isQuarantined = contains(line, on: date)
      let status = findings.failing[i].status
      if status != .flaky, status != .collateral, !findings.failing[i].isQuarantined { findings.unexcused += 1 }
    }
  }

  private func entry(of line: TestFindings.Line, _ date: String) -> Entry? {
    entries.first {
      $0.test == line.test.text && ($0.configuration.isEmpty || $0.configuration == line.configuration.text)
        && ($0.expires.isEmpty || date < $0.expires)
    }
  }

  private func release(
    _ timeline: TestTimeline, _ verdicts: [LineVerdict], _ date: String, into findings: inout TestFindings
  ) {
    for entry in entries.sorted(by: { ($0.test, $0.configuration, $0.branch) < ($1.test, $1.configuration, $1.branch) })
    {
      let line = TestFindings.Line(
        ForeignName(entry.test), configuration: ForeignName(entry.configuration), branch: ForeignName(entry.branch))
      let own = verdicts.filter {
        $0.test == entry.test && (entry.configuration.isEmpty || $0.configuration == entry.configuration)
          && (entry.branch.isEmpty || $0.branch == entry.branch)
      }
      var reason: TestFindings.Release.Reason?
      let green = greenRun(entry, timeline)
      if own.contains(where: { $0.isBroken && $0.endsFailed }) {
        reason = .broken
      } else if !entry.expires.isEmpty, !date.isEmpty, date >= entry.expires {
        reason = .expired
      } else if green.nights >= Self.greenNights, green.runs >= Self.greenRuns {
        reason = .green
      }
      guard let reason else { continue }
      findings.released.append(
        TestFindings.Release(
          line: line, reason: reason, since: ForeignName(entry.since), nights: green.nights, runs: green.runs))
    }
  }

  /// Nights and runs at the end of a test's lines in which no attempt failed.
  private func greenRun(_ entry: Entry, _ timeline: TestTimeline) -> (nights: Int, runs: Int) {
    var nights: Set<String> = []
    var runs = 0
    let steps = timeline[entry.test].filter { entry.configuration.isEmpty || $0.configuration == entry.configuration }
      .flatMap(\.steps).filter {
        $0.ran && !$0.isElsewhere && (entry.branch.isEmpty || timeline.builds[$0.build].branch == entry.branch)
      }
      .sorted { $0.build > $1.build }
    for step in steps {
      if step.failures > 0 { break }
      runs += 1
      nights.insert(timeline.builds[step.build].night)
    }
    return (nights.count, runs)
  }

  /// The date so many days later; empty where the date is none.
  static func day(_ date: String, after days: Int) -> String {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2])
    else { return "" }
    // Days since the epoch and back (H. Hinnant, "chrono-compatible low-level date algorithms").
    var year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let era = year / 400
    let ofEra = year - era * 400
    let shifted = parts[1] > 2 ? parts[1] - 3 : parts[1] + 9
    let dayOfYear = (153 * shifted + 2) / 5 + parts[2] - 1
    var number = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + dayOfYear + days
    let age = number / 146_097
    number -= age * 146_097
    let yearOfEra = (number - number / 1460 + number / 36_524 - number / 146_096) / 365
    let inYear = number - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * inYear + 2) / 153
    let dayOfMonth = inYear - (153 * month + 2) / 5 + 1
    let calendarMonth = month < 10 ? month + 3 : month - 9
    year = yearOfEra + age * 400 + (calendarMonth <= 2 ? 1 : 0)
    func two(_ value: Int) -> String { value < 10 ? "0" + String(value) : String(value) }
    let text = String(year)
    return String(repeating: "0", count: max(0, 4 - text.count)) + text + "-" + two(calendarMonth) + "-"
      + two(dayOfMonth)
  }
}
