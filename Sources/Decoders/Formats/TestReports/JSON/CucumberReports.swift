// Cucumber's JSON: features, their scenarios, steps and hooks. A scenario fails with its first step or hook that does; what
// is undefined, pending or ambiguous fails too, as in Cucumber's own JUnit formatter.

internal import Model
internal import Support

struct CucumberReports: JSONReportReader {
  private struct Step {
    var keyword = ""
    var name = ""
    var status = ""
    var message = ""
    var location = ""
    var duration: Int64 = 0
    var line = 0
    var isBefore = false
    var isHook = false
  }

  private var feature = ""
  private var uri = ""
  private var cases = PendingCases()
  private var record = TestRecord()
  private var line = 1
  private var type = ""
  private var step = Step()
  private var failed: Step?
  private var skipped: Step?
  private var duration: Int64 = 0
  private var passed = 0
  private var hook = JSONReportNode.steps
  /// The background of the scenario that comes.
  private var background: (failed: Step?, duration: Int64) = (nil, 0)
  /// Lines of the scenarios by name: several lines are the examples of an outline.
  private var examples: [String: [Int]] = [:]

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? nil : .suites
    case (.suites, .element):
      (feature, uri) = ("", "")
      examples = [:]
      cases.openSuite()
      return .suite
    case (.suite, .elements): return .tests
    case (.tests, .element):
      record = TestRecord()
      (self.line, type, failed, skipped, duration, passed) = (line, "", nil, nil, 0, 0)
      return .test
    case (.test, .before), (.test, .after), (.test, .steps), (.step, .before), (.step, .after):
      if node == .test { hook = key == .steps ? .steps : .hooks }
      step.isBefore = key == .before
      return node == .step ? nil : key == .steps ? .steps : .hooks
    case (.steps, .element), (.hooks, .element):
      step = Step(isBefore: step.isBefore, isHook: node == .hooks)
      return .step
    case (.step, .result): return .result
    case (.step, .match): return .location
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .suite:
      if field.key == .name { feature = sheet.string(field, b, limit: 1000) }
      if field.key == .uri { uri = sheet.string(field, b, limit: 1000) }
    case .test:
      switch field.key {
      case .name: record.name = sheet.string(field, b, limit: 4096)
      case .line: record.line = field.int(b) ?? 0
      case .type: type = sheet.string(field, b, limit: 40)
      case .startTimestamp:
        let zone = sheet.context.settings.assumedZoneSeconds
        if let found = field.time(b, unit: 1000, zoneSeconds: zone) { (record.time, record.hasZone) = found }
      default: break
      }
    case .step:
      switch field.key {
      case .keyword: step.keyword = sheet.string(field, b, limit: 40)
      case .name: step.name = sheet.string(field, b, limit: 1000)
      case .line: step.line = field.int(b) ?? 0
      default: break
      }
    case .location: if field.key == .location { step.location = sheet.string(field, b, limit: 1000) }
    case .result:
      switch field.key {
      case .status: step.status = sheet.string(field, b, limit: 40).lowercased()
      case .errorMessage: step.message = sheet.string(field, b)
      case .duration: step.duration = field.duration(b, unit: 0.001)
      default: break
      }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .step: endStep()
    case .hooks, .steps: step = Step()
    case .test: endScenario()
    case .suite: endFeature(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if !complete { endFeature(on: &sheet) }
  }

  private mutating func endStep() {
    duration = duration.addingSaturated(max(step.duration, 0))
    switch step.status {
    case "passed": passed += 1
    case "skipped": if skipped == nil { skipped = step }
    case "": break
    default: if failed == nil { failed = step }
    }
    step = Step(isBefore: step.isBefore)
  }

  private mutating func endScenario() {
    if type == "background" {
      background = (failed, duration)
      return
    }
    if let inherited = background.failed {
      failed = inherited
      record.marks.insert(.setup)
    }
    record.duration = duration.addingSaturated(background.duration)
    background = (nil, 0)
    if let failed {
      record.outcome = .failed
      let text = JavaScriptFailure(failed.message)
      let first = failed.message.utf8.firstIndex(of: 0x0A).map { String(failed.message[..<$0]) } ?? failed.message
      record.message = first
      record.failureType = text.type
      if failed.message.isEmpty {
        record.message = "step \(failed.status): " + failed.keyword + failed.name
        record.failureType = failed.status
      }
      record.stack = failed.message + "\n" + failed.keyword + failed.name + " at " + failed.location
      if failed.isHook {
        record.marks.insert(failed.isBefore ? .setup : .teardown)
        if failed.message.isEmpty { record.message = "hook \(failed.location) \(failed.status)" }
      }
    } else if skipped != nil {
      record.outcome = .skipped
    } else {
      record.outcome = .passed
    }
    // Rows of an outline have one name and lines of their own; a scenario that stands again on its line was run again.
    var lines = examples[record.name] ?? []
    let row = lines.firstIndex(of: record.line) ?? lines.count
    if row == lines.count, lines.count < 10_000 {
      lines.append(record.line)
      examples[record.name] = lines
    }
    if row > 0 { record.parameters = "example \(row + 1)" }
    cases.add(record, line: line)
  }

  private mutating func endFeature(on sheet: inout ReportBuilder) {
    let (feature, uri) = (feature, uri)
    cases.closeSuite { record in
      record.suites = [uri, feature].filter { !$0.isEmpty }
      record.className = feature.isEmpty ? uri : feature
      record.file = uri
    }
    cases.release(on: &sheet)
    background = (nil, 0)
  }
}
