// Playwright's JSON reporter. Names are those of its JUnit reporter: the file is the class, `describe › title` the name.

internal import Model
internal import Support

struct PlaywrightReports: JSONReportReader {
  private struct Attempt {
    var status = ""
    var message = ""
    var stack = ""
    var file = ""
    var line = 0
    var duration: Int64 = -1
    var time: Int64 = .min
  }

  private struct Spec {
    var title = ""
    var file = ""
    var line = 0
    var first = 0
  }

  private var titles: [String] = []
  private var files: [String] = []
  private var spec = Spec()
  private var cases = PendingCases()
  private var record = TestRecord()
  private var line = 1
  private var status = ""
  private var expected = ""
  private var attempts: [Attempt] = []
  /// Errors outside any test.
  private var isGlobal = false
  private var problem = Attempt()
  private var specCases: [(record: TestRecord, line: Int)] = []

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .config): return .settings
    case (.settings, .metadata), (.properties, _): return isObject ? .properties : nil
    case (.report, .suites), (.suite, .suites): return .suites
    case (.report, .errors): return .failures
    case (.failures, .element):
      isGlobal = true
      problem = Attempt()
      self.line = line
      return .failure
    case (.suites, .element):
      titles.append("")
      files.append("")
      cases.openSuite()
      return .suite
    case (.suite, .specs): return .specs
    case (.specs, .element):
      spec = Spec()
      specCases = []
      return .spec
    case (.spec, .tests): return .tests
    case (.tests, .element):
      record = TestRecord()
      (self.line, status, expected) = (line, "", "")
      attempts = []
      return .test
    case (.test, .results): return .attempts
    case (.attempts, .element):
      attempts.append(Attempt())
      return .attempt
    case (.attempt, .error), (.attempt, .errorLocation):
      isGlobal = false
      return key == .error ? .failure : .location
    case (.failure, .location): return .location
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .properties:
      let name = String(copying: b.extracting(field.name.start..<min(field.name.end, field.name.start + 100)))
      sheet.property(name == "hash" ? "commit" : name, sheet.string(field, b, limit: 1000))
    case .suite:
      if field.key == .title { titles[titles.count - 1] = sheet.string(field, b, limit: 1000) }
      if field.key == .file { files[files.count - 1] = sheet.string(field, b, limit: 1000) }
    case .spec:
      switch field.key {
      case .title: spec.title = sheet.string(field, b, limit: 4096)
      case .file: spec.file = sheet.string(field, b, limit: 1000)
      case .line: spec.line = field.int(b) ?? 0
      default: break
      }
    case .test:
      switch field.key {
      case .projectName: record.configuration = sheet.string(field, b, limit: 200)
      case .expectedStatus: expected = sheet.string(field, b, limit: 40)
      case .status: status = sheet.string(field, b, limit: 40)
      default: break
      }
    case .attempt: attemptField(field, b, on: &sheet)
    case .failure:
      if field.key == .message { withFailure { $0.message = sheet.string(field, b) } }
      if field.key == .stack { withFailure { $0.stack = sheet.string(field, b) } }
    case .location:
      if field.key == .file { withFailure { $0.file = sheet.string(field, b, limit: 1000) } }
      if field.key == .line { withFailure { $0.line = field.int(b) ?? 0 } }
    default: break
    }
  }

  private mutating func withFailure(_ change: (inout Attempt) -> Void) {
    if isGlobal {
      change(&problem)
    } else if let last = attempts.indices.last {
      change(&attempts[last])
    }
  }

  private mutating func attemptField(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    guard let last = attempts.indices.last else { return }
    switch field.key {
    case .status: attempts[last].status = sheet.string(field, b, limit: 40)
    case .duration: attempts[last].duration = field.duration(b, unit: 1000)
    case .startTime:
      let zone = sheet.context.settings.assumedZoneSeconds
      attempts[last].time = field.time(b, unit: 1000, zoneSeconds: zone)?.time ?? .min
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .test: endTest(on: sheet)
    case .spec:
      for item in specCases {
        var record = item.record
        record.name = spec.title
        (record.file, record.line) = (spec.file, spec.line)
        cases.add(record, line: item.line)
      }
      specCases = []
    case .suite:
      cases.closeSuite(title: titles.popLast() ?? "", file: files.popLast() ?? "")
      if titles.isEmpty { release(on: &sheet) }
    case .failure: if isGlobal { addProblem(on: &sheet) }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    // Cut inside a spec: its name may not have come yet.
    if !specCases.isEmpty {
      for i in specCases.indices where spec.title.isEmpty { specCases[i].record.marks.insert(.incomplete) }
      close(.spec, on: &sheet)
    }
    while !titles.isEmpty { close(.suite, on: &sheet) }
    release(on: &sheet)
  }

  private mutating func release(on sheet: inout ReportBuilder) {
    cases.release(on: &sheet) { record in
      guard let file = record.suites.first else { return }
      record.className = file
      if record.suites.count > 1 {
        record.name = (record.suites.dropFirst() + [record.name]).joined(separator: " › ")
      }
    }
  }

  private mutating func endTest(on sheet: ReportBuilder) {
    record.outcome = outcome()
    if let last = attempts.last {
      record.message = last.message
      record.stack = last.stack
      record.failed(at: last.file, last.line)
      if last.status == "timedOut" { record.failureType = "timeout" }
      record.duration = last.duration
    }
    record.time = attempts.first?.time ?? .min
    record.hasZone = record.time != .min
    for attempt in attempts.dropLast().prefix(1000) {
      record.attempts.append(
        TestRecord.Attempt(
          outcome: Self.outcome(of: attempt.status), message: attempt.message, stack: attempt.stack,
          duration: attempt.duration))
    }
    if status == "flaky" { record.marks.insert(.flaky) }
    if expected == "failed", record.outcome == .passed { record.marks.insert(.expectedFailure) }
    if attempts.contains(where: { $0.status == "interrupted" }), record.outcome == .skipped { record.outcome = .notRun }
    specCases.append((record, line))
  }

  /// The reporter's own word; where it is missing, the last attempt's.
  private func outcome() -> TestOutcome {
    switch status {
    case "expected": expected == "skipped" ? .skipped : .passed
    case "flaky": .passed
    case "unexpected": .failed
    case "skipped": .skipped
    default: Self.outcome(of: attempts.last?.status ?? "skipped")
    }
  }

  private static func outcome(of status: String) -> TestOutcome {
    switch status {
    case "passed": .passed
    case "skipped": .skipped
    case "interrupted": .notRun
    default: .failed
    }
  }

  private mutating func addProblem(on sheet: inout ReportBuilder) {
    isGlobal = false
    var record = TestRecord()
    record.className = problem.file
    record.name = "(outside any test)"
    record.outcome = .error
    record.marks.insert(.setup)
    record.message = problem.message
    record.stack = problem.stack
    (record.file, record.line) = (problem.file, problem.line)
    sheet.add(record, line: line)
  }
}
