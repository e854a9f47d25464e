// The JUnit family: one vocabulary (`testsuites`, `testsuite`, `testcase`), written by a hundred runners, each its own way.
//
// Everything that is decided here holds for one element: what it says, never what it may mean together with others. That
// pytest-rerunfailures writes an attempt as an empty `testcase` is for the attempt model to see, over the whole report.

internal import Support
internal import Model

struct JUnitReports: ReportReader {
  struct Suite {
    var name: String
    var line: Int
    var declared: [(what: String, value: String)] = []
    var time: (time: Int64, hasZone: Bool)?
    var file = ""
    var host = ""
    var properties: [TestRecord.Property] = []
    var cases = 0
    var failures = 0
    var errors = 0
    var skipped = 0
    var isRoot = false
  }

  struct Case {
    var record: TestRecord
    var line: Int
    /// How the case says itself that it ended: `status` and `result`.
    var status = ""
    var result = ""
    var hasFailure = false
    var hasError = false
    var hasSkip = false
    /// Failure elements: some runners write one per try.
    var failures = 0
    var later: [TestRecord.Attempt] = []
  }

  private(set) var suites: [Suite] = []
  private var suitePath: [String] = []
  /// Open cases: more than one only where a report nests them.
  var cases: [Case] = []
  var attempt: TestRecord.Attempt?
  private var flavour = JUnitFlavour()
  /// The class of the case before: as a rule this one's too, and then its text is not made again.
  private var className = ""
  /// Whether what a case has of its suites has changed.
  private var isPrototypeStale = true

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "testcase":
      var marks = JUnitFlavour.CaseMarks()
      refreshPrototype(on: &sheet)
      var record = sheet.prototype
      read(tag, into: &record, &marks, CaseSettings(of: sheet))
      cases.append(Case(record: record, line: tag.line, status: marks.status, result: marks.result))
    case "testsuite", "testsuites": startSuite(tag, on: &sheet)
    case "property": property(tag, path, on: &sheet)
    case "failure", "error", "aborted": startFailure(tag, path, on: &sheet)
    case "skipped", "ignored", "disabled": startSkip(tag, on: &sheet)
    case "flakyFailure", "flakyError", "rerunFailure", "rerunError": startAttempt(tag, on: &sheet)
    case "stackTrace": sheet.keepText()
    case "system-out", "system-err": if !cases.isEmpty, attempt == nil { sheet.keepText() }
    default: break
    }
  }

  mutating func element(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    if tag.word == .testcase {
      var marks = JUnitFlavour.CaseMarks()
      let settings = CaseSettings(of: sheet)
      refreshPrototype(on: &sheet)
      let refused = sheet.add(line: tag.line) { record in
        read(tag, into: &record, &marks, settings)
        // Nothing in it and nothing said: it passed, as nearly all do.
        guard marks.status.isEmpty, marks.result.isEmpty else { return false }
        flavour.sawRecord(record)
        return true
      }
      guard let refused else {
        if let suite = suites.indices.last { suites[suite].cases += 1 }
        return
      }
      var done = Case(record: refused, line: tag.line, status: marks.status, result: marks.result)
      close(&done, complete: true, on: &sheet)
    } else {
      start(tag, in: path, on: &sheet)
      end(tag.name, in: path, on: &sheet)
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "testcase": endCase(complete: true, on: &sheet)
    case "testsuite", "testsuites": endSuite(on: &sheet)
    case "failure", "error", "aborted": endFailure(on: &sheet)
    case "skipped", "ignored", "disabled": endSkip(on: &sheet)
    case "flakyFailure", "flakyError", "rerunFailure", "rerunError": endAttempt(name, on: &sheet)
    case "stackTrace": if attempt != nil { attempt?.stack = sheet.takeText() }
    case "system-out", "system-err": endOutput(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    while !cases.isEmpty { endCase(complete: false, on: &sheet) }
    if !complete { noteMissing(on: &sheet) }
    while !suites.isEmpty { endSuite(on: &sheet, compare: complete) }
    sheet.name(dialect: flavour.name)
    attempt = nil
    suitePath = []
    isPrototypeStale = true
  }

  // MARK: - Suites

  private mutating func startSuite(_ tag: borrowing XMLTag, on sheet: inout ReportBuilder) {
    let isRoot = tag.name == "testsuites"
    flavour.sawSuite(tag)
    var suite = Suite(name: tag["name"] ?? "", line: tag.line)
    suite.isRoot = isRoot
    for name in ["tests", "failures", "errors", "skipped"] {
      guard let value = tag[name] else { continue }
      suite.declared.append((name, value))
      guard suites.isEmpty || (suites.count == 1 && suites[0].isRoot) else { continue }
      let number = Int(value.prefix { $0 != "." }) ?? 0
      if suites.isEmpty || !suites[0].declared.contains(where: { $0.what == name }) { sheet.addDeclared(name, number) }
    }
    if let time = tag["time"], !time.isEmpty, ReportValues.duration(time) < 0 {
      sheet.note("durationUnknown", .note, line: tag.line, "a duration is no number of seconds: taken as unknown")
    }
    if let stamp = tag["timestamp"] {
      suite.time = ReportValues.time(stamp, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
    }
    suite.time = suite.time ?? suites.last?.time
    suite.host = tag["hostname"] ?? suites.last?.host ?? ""
    suite.properties = suites.last?.properties ?? []
    suite.file = tag["file"] ?? tag["filepath"] ?? suites.last?.file ?? ""
    for name in ["hostname", "package", "revision", "branch", "id"] {
      if let value = tag[name], suites.count < 2, !value.isEmpty { sheet.property("suite." + name, value) }
    }
    suites.append(suite)
    isPrototypeStale = true
    if !isRoot || !suite.name.isEmpty { suitePath = sheet.suites(suitePath, adding: suite.name) }
  }

  private mutating func endSuite(on sheet: inout ReportBuilder, compare: Bool = true) {
    guard let suite = suites.popLast() else { return }
    isPrototypeStale = true
    if !suite.isRoot || !suite.name.isEmpty, !suitePath.isEmpty { suitePath.removeLast() }
    if let parent = suites.indices.last {
      suites[parent].cases += suite.cases
      suites[parent].failures += suite.failures
      suites[parent].errors += suite.errors
      suites[parent].skipped += suite.skipped
    }
    guard compare else { return }
    let label = suite.name.isEmpty ? "the report" : "suite " + sheet.cut(suite.name, 120)
    for (what, value) in suite.declared {
      let counted =
        switch what {
        case "tests": suite.cases
        case "failures": suite.failures
        case "errors": suite.errors
        default: suite.skipped
        }
      sheet.compare(what, declared: value, counted: counted, of: label, line: suite.line)
    }
  }

  /// Says of a report that was cut how many of its tests are not there.
  private func noteMissing(on sheet: inout ReportBuilder) {
    for suite in suites {
      guard let value = suite.declared.first(where: { $0.what == "tests" })?.value, let declared = Int(value) else {
        continue
      }
      let counted = suites.reduce(0) { $0 + $1.cases }
      if declared > counted {
        sheet.note(
          "declaredCount", .warning, line: suite.line,
          "\(declared - counted) of \(declared) declared tests are missing")
      }
      return
    }
  }

  private mutating func property(_ tag: borrowing XMLTag, _ path: [String], on sheet: inout ReportBuilder) {
    guard let name = tag["name"] else { return }
    let value = tag["value"] ?? ""
    if let last = cases.indices.last {
      guard cases[last].record.properties.count < 64 else { return }
      if let attempt = Self.attempt(name, value) { cases[last].record.attempt = attempt }
      cases[last].record.properties.append(
        TestRecord.Property(name: sheet.cut(name, 200), value: sheet.cut(value, 1000)))
    } else {
      flavour.sawProperty(name)
      sheet.property(name, value)
      if let suite = suites.indices.last, suites[0].isRoot, suites[suite].properties.count < 64 {
        isPrototypeStale = true
        suites[suite].properties.append(
          TestRecord.Property(name: sheet.cut(name, 200), value: sheet.cut(value, 1000)))
      }
    }
  }

  /// The 1-based number of the attempt, where a case's property counts attempts (from one) or retries (from none).
  private static func attempt(_ name: String, _ value: String) -> Int? {
    guard let number = Int(value), (0...1000).contains(number) else { return nil }
    switch name.lowercased() {
    case "attempt", "attempt_number", "attemptnumber", "run_attempt": return number > 0 ? number : nil
    case "retry", "retry_number", "retry_attempt", "retryattempt": return number + 1
    default: return nil
    }
  }

  // MARK: - Cases

  /// What the reading of a case needs to know of the settings.
  private struct CaseSettings {
    /// Bytes that are kept of a text.
    let textLimit: Int
    let zoneSeconds: Int

    init(of sheet: borrowing ReportBuilder) {
      textLimit = sheet.context.settings.limits.text
      zoneSeconds = sheet.context.settings.assumedZoneSeconds
    }

    @inline(__always) func bounded(_ text: String) -> String {
      text.utf8.count <= textLimit ? text : text.cut(toBytes: textLimit)
    }
  }

  @inline(__always) private mutating func refreshPrototype(on sheet: inout ReportBuilder) {
    if isPrototypeStale { makePrototype(on: &sheet) }
  }

  private mutating func makePrototype(on sheet: inout ReportBuilder) {
    isPrototypeStale = false
    var prototype = TestRecord()
    defer { sheet.prototype = prototype }
    prototype.suites = suitePath
    guard let suite = suites.last else { return }
    if let time = suite.time {
      prototype.time = time.time
      prototype.hasZone = time.hasZone
    }
    prototype.file = suite.file
    prototype.host = suite.host
    prototype.suiteProperties = suite.properties
  }

  /// Fills a new record with what a case's tag tells of it. (A record that is returned is copied, text by text.)
  private mutating func read(
    _ tag: borrowing XMLTag, into record: inout TestRecord, _ marks: inout JUnitFlavour.CaseMarks,
    _ settings: CaseSettings
  ) {
    for i in 0..<tag.count {
      switch tag.word(i) {
      case .name: record.name = settings.bounded(tag.value(i))
      case .classname:
        className = tag.value(i, sameAs: className)
        record.className = settings.bounded(className)
      case .time, .duration:
        if record.duration < 0 {
          record.duration = tag.plainSeconds(i) ?? ReportValues.duration(tag.value(i))
          if record.duration < 0, !tag.value(i).isEmpty { record.marks.insert(.durationUnknown) }
        }
      case .className: if record.className.isEmpty { record.className = settings.bounded(tag.value(i)) }
      case .timestamp:
        if let found = ReportValues.time(
          tag.value(i), assumedZoneSeconds: settings.zoneSeconds)
        {
          record.time = found.time
          record.hasZone = found.hasZone
        }
      case .file:
        let file = settings.bounded(tag.value(i))
        if !file.isEmpty { record.file = file }
      case .line: record.line = Int(tag.value(i)) ?? 0
      case .status: marks.status = tag.value(i)
      case .result: marks.result = tag.value(i)
      case .valueParameter, .typeParameter:
        if tag.word(i) == .valueParameter { marks.hasValueParameter = true }
        record.parameters = settings.bounded(tag.value(i))
      case .assertions: marks.hasAssertions = true
      case .flaky: if tag.value(i) == "true" { marks.status = "flaky" }
      case .other, .testcase: break
      }
    }
    flavour.sawCase(&marks, name: record.name, className: record.className)
  }

  private mutating func endCase(complete: Bool, on sheet: inout ReportBuilder) {
    guard var open = cases.popLast() else { return }
    close(&open, complete: complete, on: &sheet)
  }

  private mutating func close(_ open: inout Case, complete: Bool, on sheet: inout ReportBuilder) {
    settle(&open, complete: complete, on: &sheet)
    flavour.sawRecord(open.record)
    if let suite = suites.indices.last {
      suites[suite].cases += 1
      switch open.record.outcome {
      case .failed: suites[suite].failures += 1
      case .error: suites[suite].errors += 1
      case .skipped: suites[suite].skipped += 1
      case .passed, .notRun: break
      }
    }
    sheet.add(open.record, line: open.line)
  }

  /// Decides the outcome from the elements seen, else from the status the case names itself.
  private func settle(_ open: inout Case, complete: Bool, on sheet: inout ReportBuilder) {
    if open.hasSkip, open.hasError || open.hasFailure {
      sheet.note(
        "contradiction", .note, line: open.line,
        "testcase \(sheet.cut(open.record.name, 120)) says both failed and skipped: read as failed")
    }
    if open.status.lowercased() == "flaky" {
      // The last try passed; a failure element tells of an earlier one.
      open.record.marks.insert(.flaky)
      for _ in 0..<min(open.failures, 1000) where open.record.attempts.count < 1000 {
        open.record.attempts.append(
          TestRecord.Attempt(
            outcome: .failed, message: open.record.message, failureType: open.record.failureType,
            stack: open.record.stack))
      }
      open.record.message = ""
    } else if open.hasError {
      open.record.outcome = .error
      if open.record.message.hasPrefix("failed on teardown with") { open.record.marks.insert(.teardown) }
    } else if open.hasFailure {
      open.record.outcome = .failed
    } else if open.hasSkip {
      open.record.outcome = .skipped
    } else {
      settle(&open.record, by: open.status)
      // Google Test: status="run" result="skipped".
      if open.record.outcome == .passed { settle(&open.record, by: open.result) }
    }
    if !complete {
      open.record.marks.insert(.incomplete)
      if open.record.outcome == .passed { open.record.outcome = .notRun }
    }
    if open.record.marks.contains(.rerun) {
      // Listed after the first failure, but run after it: the record's own outcome is the first attempt's.
      open.record.attempts += open.later
    }
  }

  /// What the word for an end means, where there is one that is known.
  private func settle(_ record: inout TestRecord, by word: String) {
    if word.isEmpty { return }
    switch word.lowercased() {
    case "failed", "failure", "fail", "broken", "timeout", "timedout": record.outcome = .failed
    case "error", "aborted": record.outcome = .error
    case "skipped", "ignored", "pending", "notrun", "suppressed", "skip": record.outcome = .skipped
    case "disabled":
      record.outcome = .notRun
      record.marks.insert(.disabled)
    default: break
    }
  }
}
