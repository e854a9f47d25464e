// xUnit.net version 2 and its relatives (`assemblies`, `assembly`), and version 1 (`class` where 2 has `collection`).

internal import Model

struct XUnitNetReports: ReportReader {
  private struct Assembly {
    var name = ""
    var line = 1
    var declared: [(what: String, value: String)] = []
    var time: Int64 = .min
    var counts: [String: Int] = [:]
  }

  private var assembly = Assembly()
  private var collection = ""
  private var open: TestRecord?
  private var line = 1

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "assembly": startAssembly(tag, on: &sheet)
    case "collection", "class": collection = sheet.cut(tag["name"] ?? "", 1000)
    case "test": startTest(tag, on: sheet)
    case "failure":
      open?.failureType = sheet.bounded(tag["exception-type"] ?? "")
    case "trait":
      guard let name = tag["name"], let count = open?.properties.count, count < 64 else { return }
      open?.properties.append(
        TestRecord.Property(name: sheet.cut(name, 200), value: sheet.cut(tag["value"] ?? "", 1000)))
    case "error": if open == nil { startError(tag, on: &sheet) }
    case "message", "stack-trace", "output", "reason": sheet.keepText()
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "assembly": endAssembly(on: &sheet)
    case "collection", "class": collection = ""
    case "test": endTest(complete: true, on: &sheet)
    case "message":
      let text = sheet.takeText()
      open?.message = text
      // Version 1 nests the message of a skip in its reason.
      if path.last == "reason" { sheet.keepText() }
    case "reason":
      let text = sheet.takeText()
      if open?.message.isEmpty == true { open?.message = text }
    case "stack-trace":
      let text = sheet.takeText()
      open?.stack = text
    case "output":
      let text = sheet.takeText()
      open?.output = text
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endTest(complete: false, on: &sheet) }
  }

  private mutating func startAssembly(_ tag: borrowing XMLTag, on sheet: inout ReportBuilder) {
    assembly = Assembly(name: sheet.cut(tag["name"] ?? "", 1000), line: tag.line)
    for (name, what) in [("total", "tests"), ("failed", "failures"), ("skipped", "skipped")] {
      guard let value = tag[name] else { continue }
      assembly.declared.append((what, value))
      if let number = Int(value) { sheet.addDeclared(what, number) }
    }
    if let number = tag["errors"].flatMap({ Int($0) }) { sheet.addDeclared("errors", number) }
    let stamp = tag["start-rtf"] ?? "\(tag["run-date"] ?? "") \(tag["run-time"] ?? "")"
    if let found = ReportValues.time(stamp, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds) {
      assembly.time = found.time
    }
    if let environment = tag["environment"] { sheet.property("suite.environment", environment) }
  }

  private func endAssembly(on sheet: inout ReportBuilder) {
    for (what, value) in assembly.declared {
      sheet.compare(
        what, declared: value, counted: assembly.counts[what] ?? 0, of: "assembly \(sheet.cut(assembly.name, 120))",
        line: assembly.line)
    }
  }

  private func startError(_ tag: borrowing XMLTag, on sheet: inout ReportBuilder) {
    sheet.note(
      "suiteFailure", .note, line: tag.line,
      "\(sheet.cut(tag["type"] ?? "an error", 100)) outside any test: \(sheet.cut(tag["name"] ?? "", 200))")
  }

  private mutating func startTest(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    line = tag.line
    var record = TestRecord()
    record.suites = [assembly.name, collection].filter { !$0.isEmpty }
    let full = sheet.bounded(tag["name"] ?? "")
    record.className = sheet.bounded(tag["type"] ?? NUnitReports.className(of: full))
    record.name =
      !record.className.isEmpty && full.hasPrefix(record.className + ".")
      ? String(full.dropFirst(record.className.count + 1)) : full
    if let open = full.firstIndex(of: "("), full.hasSuffix(")") {
      record.parameters = String(full[full.index(after: open)...].dropLast())
    }
    record.duration = tag["time"].map { ReportValues.duration($0) } ?? -1
    record.time = assembly.time
    if let stamp = tag["start-rtf"],
      let found = ReportValues.time(stamp, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
    {
      record.time = found.time
      record.hasZone = found.hasZone
    }
    switch (tag["result"] ?? "").lowercased() {
    case "fail", "failed": record.outcome = .failed
    case "skip", "skipped": record.outcome = .skipped
    // Version 3: an explicit test that nobody asked for.
    case "notrun": record.outcome = .notRun
    case "error": record.outcome = .error
    default: record.outcome = .passed
    }
    record.file = sheet.bounded(tag["source-file"] ?? "")
    record.line = tag["source-line"].flatMap { Int($0) } ?? 0
    open = record
  }

  private mutating func endTest(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    if !complete {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    assembly.counts["tests", default: 0] += 1
    switch record.outcome {
    case .failed, .error: assembly.counts["failures", default: 0] += 1
    case .skipped: assembly.counts["skipped", default: 0] += 1
    case .passed, .notRun: break
    }
    sheet.add(record, line: line)
  }
}
