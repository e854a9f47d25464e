// Jest's `--json` and Vitest's JSON reporter: one list of files, each with its assertions. A file without assertions that
// failed could not be run: a failure of its set-up.

internal import Model
internal import Support

struct JestReports: JSONReportReader {
  private struct File {
    var name = ""
    var message = ""
    var status = ""
    var start: Int64 = .min
    var line = 1
    var failures = 0
    var tests = 0
  }

  private var file = File()
  private var cases = PendingCases()
  private var record = TestRecord()
  private var line = 1
  private var titles: [String] = []
  private var invocations = 1
  private var failures: [String] = []
  private var reasons: [String] = []
  private var isJest = false

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .testResults): return .suites
    case (.suites, .element):
      file = File(line: line)
      cases.openSuite()
      return .suite
    case (.suite, .assertionResults), (.suite, .testResults): return .tests
    case (.tests, .element):
      record = TestRecord()
      self.line = line
      titles = []
      failures = []
      reasons = []
      invocations = 1
      return .test
    case (.test, .ancestorTitles): return .titles
    case (.test, .failureMessages): return .messages
    case (.test, .retryReasons): return .reasons
    case (.test, .location): return .location
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .report:
      if field.key == .numTotalTests, let total = field.int(b) { sheet.declare("tests", total) }
      if field.key == .numRuntimeErrorTestSuites || field.key == .wasInterrupted { isJest = true }
      if field.key == .wasInterrupted, field.kind == .yes { sheet.cutShort() }
    case .suite: fileField(field, b, on: &sheet)
    case .test: testField(field, b, on: &sheet)
    case .titles:
      let title = sheet.string(field, b, limit: 1000)
      if !title.isEmpty, titles.count < 32 { titles.append(title) }
    case .messages: if failures.count < 20 { failures.append(sheet.string(field, b)) }
    case .reasons: if reasons.count < 1000 { reasons.append(sheet.string(field, b)) }
    case .location: if field.key == .line { record.line = field.int(b) ?? 0 }
    default: break
    }
  }

  private mutating func fileField(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .name: file.name = sheet.string(field, b, limit: 1000)
    case .message: file.message = sheet.string(field, b)
    case .status: file.status = sheet.string(field, b, limit: 40)
    case .startTime:
      let zone = sheet.context.settings.assumedZoneSeconds
      file.start = field.time(b, unit: 1000, zoneSeconds: zone)?.time ?? .min
    default: break
    }
  }

  private mutating func testField(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .title: record.name = sheet.string(field, b, limit: 4096)
    case .duration: record.duration = field.duration(b, unit: 1000)
    case .invocations: invocations = min(max(field.int(b) ?? 1, 1), 1000)
    case .startTime:
      let zone = sheet.context.settings.assumedZoneSeconds
      record.time = field.time(b, unit: 1000, zoneSeconds: zone)?.time ?? .min
    case .status:
      switch sheet.string(field, b, limit: 40) {
      case "passed": record.outcome = .passed
      case "failed": record.outcome = .failed
      case "disabled":
        record.outcome = .notRun
        record.marks.insert(.disabled)
      case "focused": record.outcome = .passed
      default: record.outcome = .skipped
      }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .test: endTest(on: sheet)
    case .suite: endFile(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if !complete { endFile(on: &sheet) }
    cases.release(on: &sheet)
    sheet.name(dialect: isJest ? "jest-json" : "vitest-json")
  }

  private mutating func endTest(on sheet: ReportBuilder) {
    record.suites = titles
    record.className = titles.joined(separator: " ")
    file.tests += 1
    if record.outcome == .failed { file.failures += 1 }
    let count = max(invocations - 1, reasons.count)
    for i in 0..<count {
      let reason = i < reasons.count ? JavaScriptFailure(reasons[i]) : JavaScriptFailure("")
      record.attempts.append(
        TestRecord.Attempt(
          outcome: .failed, message: reason.message, failureType: reason.type, stack: reason.stack))
    }
    if record.outcome == .passed, count > 0 { record.marks.insert(.flaky) }
    if !failures.isEmpty { JavaScriptFailure(failures.joined(separator: "\n\n")).fill(&record) }
    cases.add(record, line: line)
  }

  private mutating func endFile(on sheet: inout ReportBuilder) {
    if file.status == "failed", file.failures == 0, file.tests == 0 || !file.message.isEmpty {
      // The file's name says which set-up failed.
      var record = TestRecord()
      record.name = file.name
      record.outcome = .error
      record.marks.insert(.setup)
      JavaScriptFailure(file.message).fill(&record)
      cases.add(record, line: file.line)
    }
    let file = file
    cases.closeSuite { record in
      let base = file.name.split { $0 == "/" || $0 == "\\" }.last.map { String($0) } ?? file.name
      if !record.marks.contains(.setup) {
        record.suites.insert(file.name, at: 0)
        if record.className.isEmpty { record.className = base }
      }
      if record.file.isEmpty { record.file = file.name }
      if record.time == .min { record.time = file.start }
      record.hasZone = record.time != .min
    }
    cases.release(on: &sheet)
    self.file = File()
  }
}

/// A failure as JavaScript's runners print it: a type, a message of some lines, then the stack.
struct JavaScriptFailure {
  var message: String
  var type = ""
  var stack: String

  init(_ text: String) {
    stack = text
    var head = text[...]
    if let range = Self.stackStart(text) { head = text[..<range] }
    message = head.trimmingSpace()
    let name = message.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    if name.count < message.count, message[name.endIndex] == ":", name.hasSuffix("Error") || name.hasSuffix("Exception")
    {
      type = String(name)
    }
  }

  func fill(_ record: inout TestRecord) {
    record.message = message
    record.failureType = type
    record.stack = stack
  }

  /// Where the first line of the stack begins: white space and `at `.
  private static func stackStart(_ text: String) -> String.Index? {
    var i = text.startIndex
    while i < text.endIndex {
      let bare = text[i...].drop { $0 == " " || $0 == "\t" }
      if bare.hasPrefix("at "), bare.startIndex > i { return i }
      guard let end = text[i...].utf8.firstIndex(of: 0x0A) else { return nil }
      i = text.utf8.index(after: end)
    }
    return nil
  }
}

extension Substring {
  /// The text without white space around it.
  func trimmingSpace() -> String {
    let bytes = utf8
    guard let first = bytes.firstIndex(where: { !Sniffer.isSpace($0) }),
      let last = bytes.lastIndex(where: { !Sniffer.isSpace($0) })
    else { return "" }
    return String(self[first...last])
  }
}
