// mochawesome's nested suites, and mocha's own JSON reporter. A hook that failed is a failure of the set-up, by its name.

internal import Model
internal import Support

/// One test or hook as both write it.
struct MochaCase {
  var record = TestRecord()
  var line = 1
  var fullTitle = ""
  private var state = ""
  private var hasError = false
  private var isSkipped = false
  private var isPending = false
  private var isHook = false
  private var retries = 0

  init(line: Int) { self.line = line }

  init() {}

  /// What both say of the run: how many tests there are, and when it began.
  static func summary(_ field: JSONField, _ b: Span<UInt8>, start: inout Int64, on sheet: inout ReportBuilder) {
    if field.key == .tests, let total = field.int(b) { sheet.declare("tests", total) }
    if field.key == .start {
      let zone = sheet.context.settings.assumedZoneSeconds
      start = field.time(b, unit: 1000, zoneSeconds: zone)?.time ?? .min
    }
  }

  mutating func field(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .title: record.name = sheet.string(field, b, limit: 4096)
    case .fullTitle: fullTitle = sheet.string(field, b, limit: 4096)
    case .file: record.file = sheet.string(field, b, limit: 1000)
    case .duration: record.duration = field.duration(b, unit: 1000)
    case .state: state = sheet.string(field, b, limit: 40)
    case .isHook: isHook = field.kind == .yes
    case .skipped: isSkipped = field.kind == .yes
    case .pending: isPending = field.kind == .yes
    case .currentRetry: retries = min(max(field.int(b) ?? 0, 0), 1000)
    case .timedOut: if field.kind == .yes { record.failureType = "timeout" }
    default: break
    }
  }

  mutating func failure(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .message: record.message = sheet.string(field, b)
    case .estack, .stack: record.stack = sheet.string(field, b)
    case .name: if record.failureType.isEmpty { record.failureType = sheet.string(field, b, limit: 200) }
    default: return
    }
    hasError = true
  }

  /// The test's end. Hooks that passed are no records.
  mutating func settle(isInHooks: Bool = false, isInPending: Bool = false) -> Bool {
    switch state {
    case "failed": record.outcome = .failed
    case "passed": record.outcome = .passed
    case "pending": record.outcome = .skipped
    default:
      record.outcome = isSkipped || isPending || isInPending ? .skipped : hasError ? .failed : .passed
    }
    let name = record.name
    let isHook = isHook || isInHooks || MochaHook.isHook(name)
    if isHook {
      guard record.outcome == .failed else { return false }
      if MochaHook.isAfter(name) { record.marks.insert(.teardown) }
      record.marks.insert(.setup)
    }
    for _ in 0..<retries { record.attempts.append(TestRecord.Attempt(outcome: .failed)) }
    if retries > 0, record.outcome == .passed { record.marks.insert(.flaky) }
    return true
  }
}

/// Hooks by the names that mocha, and Cypress with it, give them: `"before each" hook for "pays"`.
enum MochaHook {
  static func isHook(_ name: String) -> Bool {
    ByteSearch.contains("\"before each\" hook", in: name) || ByteSearch.contains("\"before all\" hook", in: name)
      || isAfter(name)
  }

  static func isAfter(_ name: String) -> Bool {
    ByteSearch.contains("\"after each\" hook", in: name) || ByteSearch.contains("\"after all\" hook", in: name)
  }
}

struct MochawesomeReports: JSONReportReader {
  private var titles: [String] = []
  private var files: [String] = []
  private var cases = PendingCases()
  private var open = MochaCase()
  private var isInHooks = false
  private var start: Int64 = .min

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .stats): return .summary
    case (.report, .results), (.suite, .suites): return .suites
    case (.suites, .element):
      titles.append("")
      files.append("")
      cases.openSuite()
      return .suite
    case (.suite, .tests): return .tests
    case (.suite, .beforeHooks), (.suite, .afterHooks): return .hooks
    case (.tests, .element), (.hooks, .element):
      open = MochaCase(line: line)
      isInHooks = node == .hooks
      return .test
    case (.test, .err): return .failure
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .summary: MochaCase.summary(field, b, start: &start, on: &sheet)
    case .suite:
      if field.key == .title { titles[titles.count - 1] = sheet.string(field, b, limit: 1000) }
      if field.key == .file || (field.key == .fullFile && files[files.count - 1].isEmpty) {
        files[files.count - 1] = sheet.string(field, b, limit: 1000)
      }
    case .test: open.field(field, b, on: &sheet)
    case .failure: open.failure(field, b, on: &sheet)
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .test:
      guard open.settle(isInHooks: isInHooks) else { return }
      if open.record.time == .min { open.record.time = start }
      open.record.hasZone = open.record.time != .min
      cases.add(open.record, line: open.line)
    case .suite:
      cases.closeSuite(title: titles.popLast() ?? "", file: files.popLast() ?? "")
      if titles.isEmpty { release(on: &sheet) }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    while !titles.isEmpty { close(.suite, on: &sheet) }
    release(on: &sheet)
  }

  private mutating func release(on sheet: inout ReportBuilder) {
    cases.release(on: &sheet) { $0.className = $0.suites.joined(separator: " ") }
  }
}

/// Mocha's `--reporter json`: the lists of passes, failures and pending tests; the list of all tests has no failed hooks.
struct MochaReports: JSONReportReader {
  private var open = MochaCase()
  private var isPendingList = false
  private var start: Int64 = .min

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .stats): return .summary
    case (.report, .passes), (.report, .failures), (.report, .pending):
      isPendingList = key == .pending
      return .tests
    case (.tests, .element):
      open = MochaCase(line: line)
      return .test
    case (.test, .err): return .failure
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .summary: MochaCase.summary(field, b, start: &start, on: &sheet)
    case .test: open.field(field, b, on: &sheet)
    case .failure: open.failure(field, b, on: &sheet)
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .test, open.settle(isInPending: isPendingList) else { return }
    // The full title is the suites' titles and the test's own.
    let own = open.record.name
    if open.fullTitle.hasSuffix(" " + own) {
      open.record.className = String(open.fullTitle.dropLast(own.count + 1))
      open.record.suites = [open.record.className]
    }
    open.record.time = start
    open.record.hasZone = start != .min
    sheet.add(open.record, line: open.line)
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {}
}
