// Visual Studio test results (`TestRun` of the TeamTest schemas).
//
// A result names its test by id; the class stands in a definition that may come after all results. Results wait for it,
// up to a bound; beyond that they go out with the name they have.

internal import Model

struct TRXReports: ReportReader {
  private struct Pending {
    var record: TestRecord
    var line: Int
    var testID: String
  }

  private static let waiting = 20_000

  private var classes: [String: String] = [:]
  private var pending: [Pending] = []
  private var open: [Pending] = []
  private var definition = ""
  /// What the tests were built for, as the assembly's path has it.
  private var framework = ""
  private var declared: [(what: String, value: String)] = []
  private var declaredLine = 1
  private var counts: [String: Int] = [:]
  /// When the run began: results need not tell their own time.
  private var runStart: (time: Int64, hasZone: Bool)?

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "UnitTestResult", "TestResultAggregation", "WebTestResult", "ManualTestResult", "GenericTestResult",
      "TestResult":
      startResult(tag, on: sheet)
    case "UnitTest", "WebTest", "ManualTest", "OrderedTest", "GenericTest":
      definition = tag["id"] ?? ""
      if framework.isEmpty, let storage = tag["storage"] {
        framework = Self.framework(storage)
        if !framework.isEmpty { sheet.property("suite.framework", framework) }
      }
    case "TestMethod":
      if !definition.isEmpty, classes.count < 200_000, let name = tag["className"] {
        classes[definition] = sheet.cut(String(name.prefix { $0 != "," }), 1000)
      }
    case "Counters":
      declaredLine = tag.line
      for name in ["total", "passed", "failed", "notExecuted"] {
        if let value = tag[name] { declared.append((name, value)) }
      }
      for (name, what) in [("total", "tests"), ("failed", "failures"), ("error", "errors"), ("notExecuted", "skipped")]
      {
        if let value = tag[name].flatMap({ Int($0) }) { sheet.declare(what, value) }
      }
    case "Times":
      runStart = (tag["start"] ?? tag["creation"]).flatMap {
        ReportValues.time($0, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
      }
    case "RunInfo":
      if tag["outcome"] == "Error" || tag["outcome"] == "Failed" {
        sheet.note("suiteFailure", .note, line: tag.line, "the run reports an error outside any test")
      }
    case "Message", "StackTrace", "StdOut": sheet.keepText()
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "UnitTestResult", "TestResultAggregation", "WebTestResult", "ManualTestResult", "GenericTestResult",
      "TestResult":
      endResult(complete: true, on: &sheet)
    case "UnitTest", "WebTest", "ManualTest", "OrderedTest", "GenericTest": definition = ""
    case "Message":
      let text = sheet.takeText()
      if path.last == "ErrorInfo", let last = open.indices.last { open[last].record.message = text }
    case "StackTrace":
      let text = sheet.takeText()
      if let last = open.indices.last { open[last].record.stack = text }
    case "StdOut":
      let text = sheet.takeText()
      if let last = open.indices.last { open[last].record.output = text }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    while !open.isEmpty { endResult(complete: false, on: &sheet) }
    release(on: &sheet)
    guard complete else { return }
    for (what, value) in declared {
      let counted = what == "total" ? counts.values.reduce(0, +) : counts[what] ?? 0
      sheet.compare(
        what == "total" ? "results" : what, declared: value, counted: counted, of: "Counters", line: declaredLine)
    }
  }

  /// The target framework's name in an assembly's path: `…/bin/Debug/net8.0/Tests.dll`, as MSBuild's output folders have it.
  private static func framework(_ storage: String) -> String {
    let folders = storage.split { $0 == "/" || $0 == "\\" }.dropLast()
    return folders.last { folder in
      let rest = folder.lowercased().drop { !$0.isNumber }
      let word = folder.lowercased().prefix { !$0.isNumber }
      return ["net", "netcoreapp", "netstandard"].contains(word) && rest.prefix { $0.isNumber || $0 == "." }.count > 0
    }.map(String.init) ?? ""
  }

  private mutating func startResult(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    var record = TestRecord()
    record.name = sheet.bounded(tag["testName"] ?? "")
    if let parent = open.last {
      // A row of a data-driven test or a part of an ordered one.
      record.suites = sheet.suites(parent.record.suites, adding: parent.record.name)
    }
    record.host = sheet.cut(tag["computerName"] ?? open.last?.record.host ?? "", 200)
    // What holds other results only sums them up.
    if let last = open.indices.last { open[last].record.marks.insert(.parent) }
    record.duration = tag["duration"].map { ReportValues.duration($0) } ?? -1
    let own = tag["startTime"].flatMap {
      ReportValues.time($0, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
    }
    if let found = own ?? runStart {
      record.time = found.time
      record.hasZone = found.hasZone
    }
    record.outcome = Self.outcome(tag["outcome"])
    open.append(Pending(record: record, line: tag.line, testID: tag["testId"] ?? ""))
  }

  /// The schema's outcomes; without one, the result is what the schema's default says: an error.
  private static func outcome(_ name: String?) -> TestOutcome {
    switch name {
    case "Passed", "PassedButRunAborted", "Completed", "Warning": .passed
    case "Failed", "Timeout": .failed
    case "NotExecuted", "Inconclusive", "NotRunnable", "Pending", "InProgress", "Disconnected", "Aborted": .skipped
    default: .error
    }
  }

  private mutating func endResult(complete: Bool, on sheet: inout ReportBuilder) {
    guard var done = open.popLast() else { return }
    if !complete {
      done.record.marks.insert(.incomplete)
      if done.record.outcome == .passed { done.record.outcome = .notRun }
    }
    switch done.record.outcome {
    case .passed: counts["passed", default: 0] += 1
    case .failed, .error: counts["failed", default: 0] += 1
    case .skipped, .notRun: counts["notExecuted", default: 0] += 1
    }
    if sheet.repaired { done.record.marks.insert(.recovered) }
    pending.append(done)
    if pending.count >= Self.waiting { release(on: &sheet) }
  }

  private mutating func release(on sheet: inout ReportBuilder) {
    for var item in pending {
      let name = item.record.name
      item.record.className = classes[item.testID] ?? NUnitReports.className(of: name)
      if !item.record.className.isEmpty, name.hasPrefix(item.record.className + ".") {
        item.record.name = String(name.dropFirst(item.record.className.count + 1))
      }
      if let bracket = name.firstIndex(of: "("), name.hasSuffix(")") {
        item.record.parameters = String(name[name.index(after: bracket)...].dropLast())
      }
      sheet.add(item.record, line: item.line)
    }
    pending.removeAll()
  }
}
