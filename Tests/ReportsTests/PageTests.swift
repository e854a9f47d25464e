import Foundation
import Model
import Reports
import Support
import Testing

private func file(_ name: String, _ report: NightReport) -> String {
  ReportFolder.files(report, formats: Set(ReportFormat.allCases)).first { $0.path == name }?.text ?? ""
}

@Test("report.md tells the verdict, the incidents, the policies, the tests and what could not be read")
func nightPageTellsAll() {
  let page = file("report.md", SampleNight().report)
  for heading in [
    "## Incidents", "## Components", "## What is different from before", "## Which policy would have served better",
    "## Tests", "### Flaky", "### What reruns are worth", "## What was read, and what could not be", "### Diagnostics",
    "## How to reproduce", "## For people to fill in", "## Suspects in the given windows",
  ] {
    #expect(page.contains("\n\(heading)\n"), "\(heading)")
  }
  #expect(page.contains("One critical cascade began in payments-db at 00:10 and reached 3 components."))
  #expect(page.contains("(incidents/cascade-payments-db-1f2e3d4c.md)"))
  #expect(page.contains("| `payments` | 120 | 97 | 80.8 % |"))
  // A cause is never said to be more than probable.
  #expect(!page.replacing("robable root cause", with: "").contains("root cause"))
}

@Test("An incident's page holds picture, table, ranked factors, timeline and evidence")
func incidentPageTellsAll() {
  let page = file("incidents/cascade-payments-db-1f2e3d4c.md", SampleNight().report)
  #expect(page.contains("```mermaid\nflowchart LR\n  n0[\"cause: payments-db<br/>00:10:00<br/>97 % failed\"]"))
  #expect(page.contains("  n0 -->|\"1 s\"| n1\n"))
  #expect(page.contains("| `payments-db` | `payments` | 00:10:01.000 | 1 s |"))
  #expect(
    page.contains("1. `payments-db`, 80 % of the evidence: `it failed first`; `97 of 99 failed requests end in it`"))
  #expect(page.contains("## Timeline (UTC)"))
  #expect(page.contains("`night.tar.gz!traces/part-1.jsonl:2`"))
  #expect(page.contains("## For people to fill in"))
}

@Test("An onset that is known by the minute is told so, and two incidents of one time name each other")
func incidentPageTellsTimes() {
  var report = SampleNight().report
  let start = report.incidents[0].start
  report.incidents[0].components[0].onsetBetween = start...start + 60_000_000
  var other = report.incidents[0]
  other.id = "0123456789ab"
  other.start += 30_000_000
  other.rootCauses[0].component = "elsewhere"
  report.incidents.append(other)
  #expect(file("incidents/\(report.incidents[0].id.text).md", report).contains("00:10 to 00:11"))
  let page = file("report.md", report)
  #expect(page.contains("**At the same time:** another incident, Cascade: `elsewhere`"))
  #expect(page.contains("**At the same time:** another incident, Cascade: `payments-db`"))
}

@Test("An incident of sampled requests says on its page what they stand for, one of whole ones does not")
func incidentPageWeighs() {
  var report = SampleNight().report
  #expect(!file("incidents/cascade-payments-db-1f2e3d4c.md", report).contains("By the weights"))
  report.incidents[0].impact.weighed = Impact.Weighed(requests: 3300, failed: 300)
  for name in ["incidents/\(report.incidents[0].id.text).md", "index.html"] {
    #expect(file(name, report).contains("stand for about 3,300 requests, of which about 300 failed"), "\(name)")
  }
}

@Test("A picture stays under the forges' limits, whatever the incident's size")
func picturesAreBounded() {
  var incident = SampleNight().incident
  for i in 0..<200 {
    incident.causalChain.append(
      Incident.Link(
        from: ForeignName("component-with-a-long-name-\(i)"), to: ForeignName("another-one-\(i + 1)"),
        at: incident.start + Int64(i)))
  }
  var report = SampleNight().report
  report.incidents = (0..<80).map { i in
    var copy = incident
    copy.id = FindingID("incident-\(i)")
    return copy
  }
  let files = ReportFolder.files(report, formats: [.markdown])
  for file in files where file.path.hasSuffix(".md") {
    let pictures = file.text.matches(of: /(?s)```mermaid\n(.*?)```/).map { String($0.output.1) }
    #expect(pictures.count < 50)
    for picture in pictures {
      #expect(picture.count < 2000)
      #expect(picture.matches(of: /n\d+\["/).count <= 12)
    }
  }
  #expect(files.filter { $0.path.hasPrefix("incidents/") }.count == 80)
}

@Test("An incident without evidence says so")
func noEvidenceIsSaid() {
  let page = MarkdownRenderer().render(IncidentPage.page(Incident(kind: .errorBurst, start: 0, end: 1)))
  #expect(page.contains("Not enough evidence to say what this began with."))
}

@Test("File names of pages are plain, different and stable")
func pageNames() {
  #expect(IncidentPage.fileName("cascade-1f.2e") == "cascade-1f.2e")
  let names = ["../../etc/passwd", "a b", "a_b", "a/b", "", "..", ".x", String(repeating: "é", count: 500)].map {
    IncidentPage.fileName($0)
  }
  #expect(Set(names).count == names.count)
  for name in names {
    #expect(name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]*/) != nil, "\(name)")
    #expect(name.count <= 100)
  }
}

@Test("An empty report still has its pages")
func emptyPages() {
  let files = ReportFolder.files(NightReport(), formats: Set(ReportFormat.allCases))
  #expect(
    files.map(\.path) == [
      "report.md", "index.html", "incidents.otlp.json", "hindcast.prom", "report.schema.json", "report.json",
    ])
  #expect(files[0].text.contains("No input could be read."))
}

@Test("Metrics are in Prometheus' text form and hold no clock of their own")
func metricsForm() {
  let text = StepSummary.metrics(SampleNight().report)
  for line in text.split(separator: "\n") where !line.hasPrefix("#") {
    #expect(
      line.wholeMatch(of: /hindcast_[a-z_]+(\{[a-z]+="[A-Za-z]+"(,[a-z]+="[A-Za-z]+")*\})? -?[0-9.]+/) != nil, "\(line)"
    )
  }
  #expect(text.contains("hindcast_incidents{kind=\"cascade\",severity=\"critical\"} 1\n"))
  #expect(!text.contains("last_success"))
  #expect(
    StepSummary.metrics(SampleNight().report, finishedAt: 1_500_000).contains("last_success_timestamp_seconds 1.500\n"))
}

@Test("Numbers have one form")
func figures() {
  #expect(NumberFormat.duration(999) == "999 µs")
  #expect(NumberFormat.duration(0) == "under 1 µs")
  #expect(NumberFormat.duration(logged: 0) == "logged as 0" && NumberFormat.duration(logged: -1) == "not logged")
  #expect(NumberFormat.duration(999_960) == "1.00 s")
  #expect(NumberFormat.duration(3_340) == "3.34 ms")
  #expect(NumberFormat.duration(39_740) == "39.7 ms")
  #expect(NumberFormat.duration(246_000_000) == "4.10 min")
  #expect(NumberFormat.duration(586_291_880_000_000) == "6,786 days")
  #expect(NumberFormat.number(9.996) == "10.0")
  #expect(NumberFormat.number(1234.5) == "1,235")
  #expect(NumberFormat.number(-0.00448) == "-0.00448")
  #expect(NumberFormat.number(3) == "3")
  #expect(NumberFormat.percent(1) == "100 %")
  #expect(NumberFormat.percent(0) == "0 %")
  #expect(NumberFormat.percent(0.0613) == "6.13 %")
  #expect(NumberFormat.percent(0.99953) == "99.953 %")
  #expect(NumberFormat.percent(0.000001) == "under 0.001 %")
  #expect(NumberFormat.duration(-1500) == "-1.50 ms")
  #expect(NumberFormat.duration(61_000_000) == "61 s")
  #expect(NumberFormat.duration(.min).hasSuffix(" days"))
}

@Test("A report is written whole; a failure leaves the one before untouched")
func folderIsAtomic() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("report-\(UUID())").path
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try ReportFolder.write(SampleNight().report, to: folder, formats: Set(ReportFormat.allCases))
  func listing() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }
  let expected = [
    ".hindcast", "components.svg", "hindcast.prom", "incidents", "incidents.otlp.json",
    "incidents/cascade-payments-db-1f2e3d4c.md", "index.html", "policies.svg", "report.json", "report.md",
    "report.schema.json",
  ]
  #expect(try listing() == expected)
  let before = try String(contentsOfFile: folder + "/report.json", encoding: .utf8)

  // A folder in the place of a file is a person's: it is refused, and stays.
  try FileManager.default.moveItem(atPath: folder + "/report.md", toPath: folder + "/mine.md")
  let block = folder + "/report.md"
  try FileManager.default.createDirectory(atPath: block, withIntermediateDirectories: false)
  var other = SampleNight().report
  other.incidents = []
  other.verdict = .quiet(requests: 1, tests: 0, isPartlyUnread: false)
  let failure = #expect(throws: FileFailure.self) { try ReportFolder.write(other, to: folder) }
  #expect(failure?.path == block)
  #expect(try String(contentsOfFile: folder + "/report.json", encoding: .utf8) == before)
  try FileManager.default.removeItem(atPath: block)
  try "notes".write(toFile: folder + "/incidents/mine.md", atomically: false, encoding: .utf8)

  // The next run replaces everything, and the page of an incident that is no more goes.
  try ReportFolder.write(other, to: folder)
  #expect(try listing().filter { $0.hasPrefix("incidents/") } == ["incidents/mine.md"])
  #expect(try listing().contains("mine.md"))
  #expect(try String(contentsOfFile: folder + "/report.json", encoding: .utf8) != before)
}

@Test("A full device is a typed error", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
func fullDevice() {
  #expect(throws: FileFailure.self) { try ReportFolder.write(NightReport(), to: "/dev/full/report") }
}

@Test("A record that shows a step twice stands once, a test is called one, and what names or says nothing is a dash")
func evidenceIsToldOnce() {
  let place = SourceLocation(input: "night.tar", member: "a.jsonl", position: .line(3))
  var report = SampleNight().report
  let twice = ["first", "second"].map {
    Evidence(place, request: "r1", quote: RecordQuote(message: ForeignText($0)))
  }
  report.incidents[0].causalChain[0].evidence = twice
  report.incidents[0].evidence = [Evidence(place, request: "", quote: RecordQuote())]
  let page = file("incidents/cascade-payments-db-1f2e3d4c.md", report)
  #expect(page.contains("| `night.tar!a.jsonl:3` (request `r1`) |"))
  #expect(page.contains("| `night.tar!a.jsonl:3` | – | – |"))
  report.incidents[0].kind = .testFailureCluster
  report.incidents[0].evidence = [Evidence(place, request: "com.example.CartTest > ", quote: RecordQuote())]
  let tests = file("incidents/cascade-payments-db-1f2e3d4c.md", report)
  #expect(tests.contains("| record | test | says |"))
  #expect(tests.contains("| `com.example.CartTest` | – |"))
}

@Test(
  "What happens to a component is told in words",
  arguments: [
    (EventKind.childCrashed, "", "it crashed"), (.childExited, "killed", "it exited: `killed`"),
    (.childExited, "", "it exited"), (.circuitBreaker, "open", "its circuit breaker is `open`"),
    (.resourceSpike, "cpu", "high use of `cpu`"),
  ])
func eventsAreWords(kind: EventKind, subject: String, words: String) {
  var report = SampleNight().report
  report.incidents[0].timeline = [
    Incident.Moment(at: report.incidents[0].start, component: "payments", .signal(kind, subject: ForeignName(subject)))
  ]
  #expect(file("incidents/cascade-payments-db-1f2e3d4c.md", report).contains("| `payments` | \(words) |"))
}

@Test("What carries no failure is called a burst of errors nowhere: its title and what opened it say what it is")
func titlesFollowHeadlines() {
  var report = SampleNight().report
  report.incidents[0].kind = .errorBurst
  report.incidents[0].trigger = .anomaly(.errorBurst, cause: "payments-db")
  let headlines: [(IncidentHeadline, String)] = [
    (.departed(cause: "payments-db", affected: [], nil), "Departure from the usual"),
    (.silent(cause: "payments-db", affected: [], RequestImpact()), "Fell silent"),
    (.crashed(cause: "payments-db", deaths: 1, affected: [], RequestImpact()), "Crash"),
    (.failed(cause: "payments-db", affected: [], RequestImpact()), "Error burst"),
  ]
  for (headline, title) in headlines {
    report.incidents[0].headline = headline
    let page = file("incidents/\(report.incidents[0].id.text).md", report)
    #expect(page.contains("# \(title): `payments-db`"), "\(title)")
    #expect(page.contains("Opened by: \(title): "), "\(title)")
    #expect(page.contains("Error burst") == (title == "Error burst"), "\(title)")
  }
}
