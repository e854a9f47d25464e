// The Common Test Report Format (ctrf.io): one flat list of tests, with retries as a number, as attempts, or both.

internal import Model
internal import Support

struct CTRFReports: JSONReportReader {
  private var record = TestRecord()
  private var line = 1
  private var retries = 0
  private var browser = ""
  private var device = ""
  private var suite: [String] = []
  private var parameters: [String] = []
  private var attempt = TestRecord.Attempt(outcome: .failed)
  private var attempts: [TestRecord.Attempt] = []
  /// When the run began: tests need not tell their own time.
  private var runStart: Int64 = .min

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .results): return .payload
    case (.payload, .summary): return .summary
    case (.payload, .environment), (.properties, .extra): return isObject ? .properties : nil
    case (.payload, .tests): return .tests
    case (.tests, .element):
      record = TestRecord()
      (self.line, retries, browser, device) = (line, 0, "", "")
      suite = []
      parameters = []
      attempts = []
      return .test
    case (.test, .suite): return .titles
    case (.test, .parameters): return .parameters
    case (.test, .retryAttempts): return .attempts
    case (.attempts, .element):
      attempt = TestRecord.Attempt(outcome: .failed)
      return .attempt
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .summary:
      if field.key == .tests, let total = field.int(b) { sheet.declare("tests", total) }
      if field.key == .start { runStart = Self.time(field, b, zoneSeconds: 0)?.time ?? .min }
    case .properties:
      let name = String(copying: b.extracting(field.name.start..<min(field.name.end, field.name.start + 100)))
      sheet.property(name, sheet.string(field, b, limit: 1000))
    case .titles: if suite.count < 32 { suite.append(sheet.string(field, b, limit: 1000)) }
    case .parameters:
      let name = String(copying: b.extracting(field.name.start..<min(field.name.end, field.name.start + 100)))
      if parameters.count < 32 { parameters.append(name + "=" + sheet.string(field, b, limit: 200)) }
    case .test: testField(field, b, on: &sheet)
    case .attempt:
      switch field.key {
      case .status: attempt.outcome = Self.outcome(sheet.string(field, b, limit: 40))
      case .message: attempt.message = sheet.string(field, b)
      case .trace: attempt.stack = sheet.string(field, b)
      case .duration: attempt.duration = field.duration(b, unit: 1000)
      default: break
      }
    default: break
    }
  }

  private mutating func testField(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .name: record.name = sheet.string(field, b, limit: 4096)
    case .status: record.outcome = Self.outcome(sheet.string(field, b, limit: 40))
    case .duration: record.duration = field.duration(b, unit: 1000)
    case .suite: if field.kind == .string { suite = [sheet.string(field, b, limit: 1000)] }
    case .message: record.message = sheet.string(field, b)
    case .trace: record.stack = sheet.string(field, b)
    case .filePath: record.file = sheet.string(field, b, limit: 1000)
    case .line: record.line = field.int(b) ?? 0
    case .retries: retries = min(max(field.int(b) ?? 0, 0), 1000)
    case .flaky: if field.kind == .yes { record.marks.insert(.flaky) }
    case .browser: browser = sheet.string(field, b, limit: 200)
    case .device: device = sheet.string(field, b, limit: 200)
    case .start:
      let zone = sheet.context.settings.assumedZoneSeconds
      if let found = Self.time(field, b, zoneSeconds: zone) { (record.time, record.hasZone) = found }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .attempt: if attempts.count < 1000 { attempts.append(attempt) }
    case .test: endTest(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {}

  /// Milliseconds since the epoch, as the format wants it, or seconds.
  private static func time(
    _ field: JSONField, _ b: Span<UInt8>, zoneSeconds: Int
  ) -> (time: Int64, hasZone: Bool)? {
    let isSeconds = field.kind == .number && (field.number(b) ?? 0) < 1e11
    return field.time(b, unit: isSeconds ? 1e6 : 1000, zoneSeconds: zoneSeconds)
  }

  private static func outcome(_ status: String) -> TestOutcome {
    switch status {
    case "passed": .passed
    case "failed": .failed
    case "skipped", "pending": .skipped
    default: .notRun
    }
  }

  private mutating func endTest(on sheet: inout ReportBuilder) {
    record.suites = suite
    // Some producers write the suite into the name too.
    for separator in ["::", " > ", " › "] {
      guard let last = suite.last, record.name.hasPrefix(last + separator) else { continue }
      record.name = String(record.name.dropFirst(last.count + separator.count))
    }
    record.className = suite.joined(separator: " > ")
    record.parameters = parameters.joined(separator: ", ")
    record.configuration = [browser, device].filter { !$0.isEmpty }.joined(separator: " ")
    // Some producers list the last attempt, which the test itself tells of, among the others.
    if retries > 0, attempts.count > retries { attempts.removeLast(attempts.count - retries) }
    while attempts.count < retries { attempts.append(TestRecord.Attempt(outcome: .failed)) }
    record.attempts = attempts
    if record.time == .min, runStart != .min { (record.time, record.hasZone) = (runStart, true) }
    if record.outcome == .passed, attempts.contains(where: { $0.outcome == .failed }) { record.marks.insert(.flaky) }
    sheet.add(record, line: line)
  }
}
