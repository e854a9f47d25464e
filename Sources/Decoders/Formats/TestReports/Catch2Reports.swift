// Catch2's own XML (`Catch2TestRun`, before version 3 `Catch`).

internal import Model

struct Catch2Reports: ReportReader {
  private var run = ""
  private var group = ""
  private var open: TestRecord?
  private var line = 1
  private var hasResult = false
  private var sections: [String] = []
  private var failures = 0
  private var kind = ""
  private var place = ""
  private var isFailedExpression = false

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "Catch", "Catch2TestRun": run = sheet.cut(tag["name"] ?? "", 1000)
    case "Group": group = sheet.cut(tag["name"] ?? "", 1000)
    case "TestCase": startCase(tag, on: sheet)
    case "Section": sections.append(sheet.cut(tag["name"] ?? "", 200))
    case "Expression":
      isFailedExpression = tag["success"] == "false"
      if isFailedExpression { fail(tag["type"] ?? "Expression", tag, on: sheet) }
    case "Exception", "FatalErrorCondition", "Failure":
      if !isFailedExpression || tag.name != "Exception" { fail(tag.name, tag, on: sheet) }
      sheet.keepText()
    case "Original", "Expanded", "StdOut", "Skip": sheet.keepText()
    case "OverallResult":
      hasResult = true
      if tag["success"] == "true" {
        if open?.outcome.isFailure == true {
          // Expected to fail, and did.
          open?.outcome = .passed
          open?.marks.insert(.expectedFailure)
        }
        if let skips = tag["skips"].flatMap({ Int($0) }), skips > 0 { open?.outcome = .skipped }
      } else if open?.outcome == .passed {
        open?.outcome = .failed
      }
      open?.duration = tag["durationInSeconds"].map { ReportValues.duration($0) } ?? -1
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "TestCase": endCase(complete: true, on: &sheet)
    case "Section": if !sections.isEmpty { sections.removeLast() }
    case "Expression": isFailedExpression = false
    case "Original", "Exception", "FatalErrorCondition", "Failure":
      let text = sheet.takeText()
      if isFailedExpression || name != "Original" { say(text, on: sheet) }
    case "Expanded":
      let text = sheet.takeText()
      if isFailedExpression { say("with expansion " + text, on: sheet) }
    case "StdOut":
      let text = sheet.takeText()
      open?.output = text
    case "Skip":
      let text = sheet.takeText()
      if open?.message.isEmpty == true { open?.message = text }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endCase(complete: false, on: &sheet) }
    sections = []
  }

  private mutating func startCase(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    line = tag.line
    hasResult = false
    failures = 0
    sections = []
    var record = TestRecord()
    record.suites = [run, group].filter { !$0.isEmpty }
    record.className = run
    record.name = sheet.bounded(tag["name"] ?? "")
    record.file = sheet.bounded(tag["filename"] ?? "")
    record.line = tag["line"].flatMap { Int($0) } ?? 0
    open = record
  }

  private mutating func fail(_ kind: String, _ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    let isError = kind == "Exception" || kind == "FatalErrorCondition"
    if open?.outcome != .error { open?.outcome = isError ? .error : .failed }
    failures += 1
    guard failures <= 20 else { return }
    if open?.failureType.isEmpty == true { open?.failureType = kind }
    let place = (tag["filename"] ?? "") + ":" + (tag["line"] ?? "")
    let path = sections.isEmpty ? "" : " in " + sections.joined(separator: " > ")
    let known = open?.stack ?? ""
    open?.stack = sheet.cut(known.isEmpty ? place + path : known + "\n" + place + path, 8192)
  }

  private mutating func say(_ text: String, on sheet: ReportBuilder) {
    guard let known = open?.message, known.utf8.count < 4096, !text.isEmpty else { return }
    open?.message = known.isEmpty ? sheet.cut(text, 2000) : known + "\n" + sheet.cut(text, 2000)
  }

  private mutating func endCase(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    if !complete || !hasResult {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    sheet.add(record, line: line)
  }
}
