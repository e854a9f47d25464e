// Qt Test (`TestCase` with `TestFunction`s). A function is one result; its data rows are told of in its message.

internal import Model

struct QtTestReports: ReportReader {
  private var testCase = ""
  private var open: TestRecord?
  private var line = 1
  private var incident = ""
  private var tag = ""
  private var failedRows = 0
  private var skippedRows = 0
  private var passedRows = 0

  init() {}

  mutating func start(_ element: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch element.name {
    case "TestCase": testCase = sheet.bounded(element["name"] ?? "")
    case "TestFunction":
      line = element.line
      var record = TestRecord()
      record.suites = [testCase]
      record.className = testCase
      record.name = sheet.bounded(element["name"] ?? "")
      open = record
      failedRows = 0
      skippedRows = 0
      passedRows = 0
    case "Incident", "Message":
      incident = element["type"] ?? ""
      tag = ""
      guard element.name == "Incident" || incident == "skip" else { return }
      count(file: sheet.bounded(element["file"] ?? ""), line: element["line"].flatMap { Int($0) } ?? 0)
    case "DataTag", "Description": sheet.keepText()
    case "Duration":
      if path.last == "TestFunction", let value = element["msecs"] {
        open?.duration = ReportValues.duration(value, unit: 1000)
      }
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "TestFunction": endFunction(complete: true, on: &sheet)
    case "DataTag": tag = sheet.takeText()
    case "Description":
      let text = sheet.takeText()
      guard incident == "fail" || incident == "xpass" || incident == "skip" else { return }
      let message = tag.isEmpty ? text : "[" + sheet.cut(tag, 200) + "] " + text
      if open?.message.isEmpty == true {
        open?.message = message
      } else if let known = open?.message, known.utf8.count < 4096 {
        open?.message = known + "\n" + sheet.cut(message, 1000)
      }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endFunction(complete: false, on: &sheet) }
  }

  private mutating func count(file: String, line: Int) {
    switch incident {
    case "fail", "xpass":
      failedRows += 1
      if open?.stack.isEmpty == true, !file.isEmpty { open?.stack = "\(file):\(line)" }
    case "skip": skippedRows += 1
    case "xfail": open?.marks.insert(.expectedFailure)
    default: passedRows += 1
    }
  }

  private mutating func endFunction(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    if failedRows > 0 {
      record.outcome = .failed
    } else if skippedRows > 0, passedRows == 0 || incident == "skip" {
      record.outcome = .skipped
    } else if !complete {
      record.outcome = .notRun
    }
    if !complete { record.marks.insert(.incomplete) }
    sheet.add(record, line: line)
  }
}
