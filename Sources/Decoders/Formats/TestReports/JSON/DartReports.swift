// Dart's test runner with its JSON reporter (`dart test --reporter json`, `flutter test --machine`): an event a line.
//
// Source: package test, doc/json_reporter.md. Times are milliseconds since the run's start; nothing tells when that was.

internal import Model
internal import Support

struct DartReports: JSONReportReader {
  private struct Open {
    var record = TestRecord()
    var start = 0.0
    var line = 1
  }

  private var type = ""
  private var time = 0.0
  private var line = 1
  /// The test or suite that an event is of, and what it says.
  private var id = -1
  private var suiteID = -1
  private var name = ""
  private var path = ""
  private var result = ""
  private var skipReason = ""
  private var message = ""
  private var stack = ""
  private var isFailure = false
  private var isSkipped = false
  private var isHidden = false
  private var suites: [Int: String] = [:]
  private var open: [Int: Open] = [:]
  /// Tests that are done: an error may come later, and then the test has failed.
  private var done: [Int: Open] = [:]
  private var hasFinished = false
  /// Tests and suites that are remembered at most.
  private static let patience = 100_000

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    guard isObject else { return nil }
    switch (node, key) {
    case (.top, .element):
      (type, time, self.line, id, suiteID, name, path) = ("", 0, line, -1, -1, "", "")
      (result, skipReason, message, stack) = ("", "", "", "")
      (isFailure, isSkipped, isHidden) = (false, false, false)
      return .report
    case (.report, .test): return .test
    case (.report, .suite): return .suite
    case (.test, .metadata): return .properties
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch (node, field.key) {
    case (.report, .type): type = sheet.string(field, b, limit: 60)
    case (.report, .time): time = field.number(b) ?? 0
    case (.report, .testID), (.test, .id), (.suite, .id): id = field.int(b) ?? -1
    case (.test, .suiteID): suiteID = field.int(b) ?? -1
    case (.test, .name): name = sheet.string(field, b, limit: 4096)
    case (.suite, .path): path = sheet.string(field, b, limit: 1000)
    case (.properties, .skipReason): if field.kind == .string { skipReason = sheet.string(field, b, limit: 1000) }
    case (.report, .result): result = sheet.string(field, b, limit: 40)
    case (.report, .error): message = sheet.string(field, b)
    case (.report, .stackTrace): stack = sheet.string(field, b)
    case (.report, .isFailure): isFailure = field.kind == .yes
    case (.report, .skipped): isSkipped = field.kind == .yes
    case (.report, .hidden): isHidden = field.kind == .yes
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .report else { return }
    switch type {
    case "suite": if suites.count < Self.patience { suites[id] = path }
    case "testStart": start()
    case "error": takeError(on: &sheet)
    case "testDone": end(on: &sheet)
    case "done": hasFinished = true
    default: break
    }
  }

  private mutating func start() {
    guard open.count < Self.patience else { return }
    var test = Open(start: time, line: line)
    test.record.name = name
    let file = suites[suiteID] ?? ""
    test.record.className = file
    test.record.file = file
    test.record.message = skipReason
    open[id] = test
  }

  /// Of several errors of one test the first one is what failed.
  private mutating func takeError(on sheet: inout ReportBuilder) {
    if var late = done.removeValue(forKey: id) {
      late.record.outcome = isFailure ? .failed : .error
      fail(&late.record)
      sheet.add(late.record, line: late.line)
      return
    }
    guard var test = open.removeValue(forKey: id) else { return }
    if test.record.failureType.isEmpty { fail(&test.record) }
    open[id] = test
  }

  private func fail(_ record: inout TestRecord) {
    record.failureType = isFailure ? "failure" : "error"
    (record.message, record.stack) = (message, stack)
  }

  private mutating func end(on sheet: inout ReportBuilder) {
    guard var test = open.removeValue(forKey: id) else { return }
    // What loads a suite counts as a test only where it fails.
    if isHidden, result == "success" { return }
    let length = (time - test.start) * 1000
    if length >= 0, length < 9e15 { test.record.duration = Int64(length.rounded()) }
    switch result {
    case "success": test.record.outcome = isSkipped ? .skipped : .passed
    case "failure": test.record.outcome = .failed
    default: test.record.outcome = .error
    }
    if test.record.outcome == .passed { test.record.message = "" }
    if !test.record.outcome.isFailure, done.count < Self.patience { done[id] = test }
    sheet.add(test.record, line: test.line)
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    for (_, test) in open.sorted(by: { $0.key < $1.key }) {
      var record = test.record
      record.outcome = .notRun
      record.marks.insert(.incomplete)
      sheet.add(record, line: test.line)
    }
    if !hasFinished { sheet.cutShort() }
  }
}
