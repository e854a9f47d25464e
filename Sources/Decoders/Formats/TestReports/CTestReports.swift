// CTest's own XML (`Site` with `Testing`), as dashboards take it.

internal import Model

struct CTestReports: ReportReader {
  private var open: TestRecord?
  private var line = 1
  private var measurement = ""
  private var isTesting = false
  private var isEncoded = false

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "Site":
      for (name, property) in [
        ("BuildName", "build.name"), ("BuildStamp", "build.stamp"), ("Name", "suite.hostname"),
      ] {
        if let value = tag[name] { sheet.property(property, value) }
      }
    case "Testing": isTesting = true
    case "Test":
      // In the list of tests an element of the same name holds a path only.
      guard isTesting, let status = tag["Status"] else { return }
      startTest(status, tag.line)
    case "NamedMeasurement": measurement = tag["name"] ?? ""
    case "Measurement": measurement = "output"
    case "Value":
      isEncoded = tag["encoding"] != nil || tag["compression"] != nil
      if open != nil { sheet.keepText() }
    case "Name", "FullName", "Path", "StartTestTime": if open != nil { sheet.keepText() }
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    guard open != nil else { return }
    switch name {
    case "Test": if path.last == "Testing" { endTest(complete: true, on: &sheet) }
    case "Name": if path.last == "Test" { open?.name = sheet.takeText() }
    case "Path": if path.last == "Test" { open?.className = sheet.takeText() }
    case "StartTestTime":
      let text = sheet.takeText()
      if let found = ReportValues.time(text, assumedZoneSeconds: 0) {
        open?.time = found.time
        open?.hasZone = true
      }
    case "Value": takeValue(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endTest(complete: false, on: &sheet) }
    if !isTesting {
      sheet.note("unsupportedDialect", .warning, line: 1, "a CTest file without test results: a build or coverage step")
    }
  }

  private mutating func startTest(_ status: String, _ at: Int) {
    line = at
    var record = TestRecord()
    switch status {
    case "passed": record.outcome = .passed
    case "notrun": record.outcome = .skipped
    default: record.outcome = .failed
    }
    open = record
  }

  private mutating func takeValue(on sheet: inout ReportBuilder) {
    let text = sheet.takeText()
    switch measurement {
    case "Execution Time": open?.duration = ReportValues.duration(text)
    case "Exit Code": if open?.outcome == .failed { open?.failureType = sheet.cut(text, 200) }
    case "Completion Status": if open?.outcome != .passed { open?.message = sheet.cut(text, 4096) }
    case "output": open?.output = isEncoded ? "(compressed output, not shown)" : text
    default: break
    }
  }

  private mutating func endTest(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    if record.outcome == .failed, !record.failureType.isEmpty,
      record.message.isEmpty || record.message == "Completed"
    {
      record.message = record.failureType
    }
    if !complete {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    sheet.add(record, line: line)
  }
}
