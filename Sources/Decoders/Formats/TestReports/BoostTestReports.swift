// Boost.Test: the log (`TestLog`) and the detailed report (`TestResult`). Where one file holds both, the log is read: the
// report tells of the same cases again.

internal import Model

struct BoostTestReports: ReportReader {
  private struct Case {
    var record: TestRecord
    var line: Int
  }

  private let isLog: Bool
  private var suites: [String] = []
  private var open: [Case] = []
  private var problem: (kind: String, file: String, line: Int)?

  init(isLog: Bool) { self.isLog = isLog }

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "TestSuite": suites = sheet.suites(suites, adding: tag["name"] ?? "")
    case "TestCase": startCase(tag, on: sheet)
    case "Error", "FatalError", "Exception":
      guard problem == nil else { return }
      problem = (tag.name, tag["file"] ?? "", tag["line"].flatMap { Int($0) } ?? 0)
      sheet.keepText()
    case "LastCheckpoint", "Context":
      // Only the text before them is the message.
      if problem != nil { takeProblem(on: &sheet) }
    case "TestingTime": sheet.keepText()
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "TestSuite": if !suites.isEmpty { suites.removeLast() }
    case "TestCase": endCase(complete: true, on: &sheet)
    case "Error", "FatalError", "Exception": takeProblem(on: &sheet)
    case "TestingTime":
      let text = sheet.takeText()
      if let last = open.indices.last { open[last].record.duration = ReportValues.duration(text, unit: 1) }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    while !open.isEmpty { endCase(complete: false, on: &sheet) }
    suites = []
  }

  private mutating func startCase(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    var record = TestRecord()
    record.suites = suites
    record.name = sheet.bounded(tag["name"] ?? "")
    record.className = suites.dropFirst().joined(separator: "/")
    record.file = sheet.bounded(tag["file"] ?? "")
    record.line = tag["line"].flatMap { Int($0) } ?? 0
    if tag["skipped"] == "yes" || tag["result"] == "skipped" {
      record.outcome = .skipped
      record.message = sheet.bounded(tag["reason"] ?? "")
    } else if tag["result"] == "failed" {
      record.outcome = .failed
    } else if tag["result"] == "aborted" {
      record.outcome = .error
    }
    open.append(Case(record: record, line: tag.line))
  }

  private mutating func takeProblem(on sheet: inout ReportBuilder) {
    guard let found = problem else { return }
    problem = nil
    let text = sheet.takeText()
    guard let last = open.indices.last else {
      sheet.note(
        "suiteFailure", .note, line: 1,
        "\(found.kind) in suite \(sheet.cut(suites.last ?? "", 120)) outside any case: \(sheet.cut(text, 200))")
      return
    }
    let isError = found.kind == "Exception"
    if isError || open[last].record.outcome != .error { open[last].record.outcome = isError ? .error : .failed }
    let place = found.file.isEmpty || found.line == 0 ? "" : "\(found.file):\(found.line)"
    if open[last].record.message.isEmpty {
      open[last].record.message = text
      open[last].record.failureType = found.kind
      open[last].record.stack = place
    } else if open[last].record.stack.utf8.count < 4096 {
      open[last].record.stack += "\n" + place + " " + sheet.cut(text, 500)
    }
  }

  private mutating func endCase(complete: Bool, on sheet: inout ReportBuilder) {
    guard var done = open.popLast() else { return }
    if !complete {
      done.record.marks.insert(.incomplete)
      if done.record.outcome == .passed { done.record.outcome = .notRun }
    }
    sheet.add(done.record, line: done.line)
  }
}
