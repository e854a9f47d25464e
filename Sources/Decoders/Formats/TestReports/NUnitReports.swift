// NUnit 2 (`test-results`) and NUnit 3 (`test-run`).

internal import Model
internal import Support

struct NUnitReports: ReportReader {
  private var suites: [String] = []
  private var suiteTime: [(time: Int64, hasZone: Bool)?] = []
  private var open: TestRecord?
  private var line = 1
  private var host = ""
  private var declaredTotal: String?
  private var declaredFailed: String?
  private var declaredLine = 1
  private var counted = 0
  private var failed = 0
  let isVersion3: Bool
  /// Depth of suites that are a namespace or an assembly: their names are part of every full name already.
  private var inFailure = false
  private var inReason = false

  init(root: borrowing XMLTag) {
    // Version 2 says of each element whether it was executed.
    isVersion3 = root.name != "test-results" && root["executed"] == nil
    declaredTotal = root["total"]
    declaredFailed = isVersion3 ? root["failed"] : nil
    declaredLine = root.line
  }

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "test-results", "test-run":
      for name in ["total", "failures", "failed", "errors", "skipped"] {
        if let value = tag[name].flatMap({ Int($0) }) {
          sheet.addDeclared(["total": "tests", "failed": "failures"][name] ?? name, value)
        }
      }
    case "test-suite":
      suites = sheet.suites(suites, adding: tag["name"] ?? "")
      suiteTime.append(time(tag, sheet) ?? suiteTime.last.flatMap { $0 })
    case "environment":
      if let machine = tag["machine-name"] {
        sheet.property("suite.hostname", machine)
        host = sheet.cut(machine, 200)
      }
    case "property":
      guard let name = tag["name"] else { return }
      if open != nil {
        open?.properties.append(
          TestRecord.Property(name: sheet.cut(name, 200), value: sheet.cut(tag["value"] ?? "", 1000)))
      } else {
        sheet.property(name, tag["value"] ?? "")
      }
    case "test-case": startCase(tag, on: sheet)
    case "failure":
      inFailure = true
      if open?.outcome == .passed { open?.outcome = .failed }
    case "reason": inReason = true
    case "message", "stack-trace", "output": sheet.keepText()
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "test-suite":
      if !suites.isEmpty { suites.removeLast() }
      if !suiteTime.isEmpty { suiteTime.removeLast() }
    case "test-case": endCase(complete: true, on: &sheet)
    case "failure": inFailure = false
    case "reason": inReason = false
    case "message":
      let text = sheet.takeText()
      if let known = open?.message {
        // An assertion or an attachment may say more behind it.
        if known.isEmpty || path.last != "assertion" { open?.message = text }
      } else if inFailure, path.dropLast().last == "test-suite", !Self.isEcho(text) {
        sheet.note(
          "suiteFailure", .note, line: line,
          "suite \(sheet.cut(suites.last ?? "", 120)) failed outside any test: \(sheet.cut(text, 200))")
      }
    case "stack-trace":
      let text = sheet.takeText()
      if open?.stack.isEmpty == true || path.last != "assertion" { open?.stack = text }
    case "output":
      let text = sheet.takeText()
      open?.output = text
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endCase(complete: false, on: &sheet) }
    if complete {
      sheet.compare("tests", declared: declaredTotal, counted: counted, of: "the report", line: declaredLine)
      sheet.compare("failed tests", declared: declaredFailed, counted: failed, of: "the report", line: declaredLine)
    }
    suites = []
    suiteTime = []
  }

  /// What every suite above a failed test says.
  private static func isEcho(_ text: String) -> Bool {
    text.isEmpty || text.hasPrefix("One or more child tests") || text.hasPrefix("Child test failed")
  }

  private func time(_ tag: borrowing XMLTag, _ sheet: ReportBuilder) -> (time: Int64, hasZone: Bool)? {
    tag["start-time"].flatMap {
      ReportValues.time($0, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
    }
  }

  private mutating func startCase(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    line = tag.line
    var record = TestRecord()
    record.suites = suites
    record.host = host
    let name = sheet.bounded(tag["fullname"] ?? tag["name"] ?? "")
    record.className = sheet.bounded(tag["classname"] ?? Self.className(of: name))
    record.name = isVersion3 ? sheet.bounded(tag["name"] ?? name) : Self.method(of: name)
    record.duration = (tag["duration"] ?? tag["time"]).map { ReportValues.duration($0) } ?? -1
    if let found = time(tag, sheet) ?? suiteTime.last.flatMap({ $0 }) {
      record.time = found.time
      record.hasZone = found.hasZone
    }
    record.outcome = isVersion3 ? Self.outcome3(tag["result"]) : Self.outcome2(tag)
    if isVersion3, tag["site"] == "Parent" || tag["site"] == "SetUp" { record.marks.insert(.setup) }
    if let retries = tag["repeat-count"].flatMap({ Int($0) }), retries > 1 { record.marks.insert(.rerun) }
    open = record
  }

  private mutating func endCase(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    counted += 1
    if ByteSearch.contains("OneTimeSetUp:", in: record.message)
      || ByteSearch.contains("TestFixtureSetUp", in: record.message)
    {
      record.marks.insert(.setup)
    }
    if !complete {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    if record.outcome.isFailure { failed += 1 }
    sheet.add(record, line: line)
  }

  /// An unexpected exception is a failure with a label here, and is counted as one by the runner. An inconclusive test gave
  /// no verdict: the runner's totals have a column of its own for it, neither `failed` nor `skipped`. (Converters to JUnit
  /// have none and disagree: one writes an error, one nothing, one a skip.)
  private static func outcome3(_ result: String?) -> TestOutcome {
    switch (result ?? "").lowercased() {
    case "failed": .failed
    case "skipped": .skipped
    case "inconclusive": .notRun
    default: .passed
    }
  }

  /// `result` where NUnit 2.5 and later write it, before that `executed` and `success`.
  ///
  /// What could not be run (`NotRunnable`) is no error of the run: the runner's own totals put it under `not-run` with what
  /// was ignored, and its `errors` are tests that ran and threw.
  private static func outcome2(_ tag: borrowing XMLTag) -> TestOutcome {
    if let result = tag["result"] {
      switch result {
      case "Failure", "Failed": return .failed
      case "Error", "Cancelled": return .error
      case "Ignored", "Skipped", "NotRunnable", "Inconclusive": return .skipped
      default: return .passed
      }
    }
    if tag["executed"] == "False" { return .skipped }
    return tag["success"] == "False" ? .failed : .passed
  }

  /// `Space.Class` of `Space.Class.Method(1.5, "a.b")`.
  static func className(of full: String) -> String {
    let bare = full.prefix { $0 != "(" && $0 != "<" }
    return bare.lastIndex(of: ".").map { String(bare[..<$0]) } ?? ""
  }

  static func method(of full: String) -> String {
    let name = className(of: full)
    return name.isEmpty ? full : String(full.dropFirst(name.count + 1))
  }
}
