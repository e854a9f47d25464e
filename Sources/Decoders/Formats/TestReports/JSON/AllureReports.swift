// Allure 2's result files: one file an attempt. `broken` is a failure that is no assertion. A container tells of set-up and
// tear-down around results, and is none itself.

internal import Model
internal import Support

struct AllureReports: JSONReportReader {
  private var record = TestRecord()
  private var line = 1
  private var status = ""
  private var stage = ""
  private var fullName = ""
  private var labelName = ""
  private var labelValue = ""
  private var isExcluded = false
  private var labels: [String: String] = [:]
  private var parameters: [String] = []
  private var start: Int64 = .min
  private var stop: Int64 = .min

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element):
      guard isObject else { return nil }
      self.line = line
      return .test
    case (.test, .statusDetails): return .failure
    case (.test, .labels): return .labels
    case (.test, .parameters): return .parameters
    case (.labels, .element), (.parameters, .element):
      (labelName, labelValue, isExcluded) = ("", "", false)
      return node == .labels ? .label : .parameter
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .test:
      switch field.key {
      case .name: record.name = sheet.string(field, b, limit: 4096)
      case .fullName: fullName = sheet.string(field, b, limit: 4096)
      case .status: status = sheet.string(field, b, limit: 40)
      case .stage: stage = sheet.string(field, b, limit: 40)
      case .start: start = field.time(b, unit: 1000, zoneSeconds: 0)?.time ?? .min
      case .stop: stop = field.time(b, unit: 1000, zoneSeconds: 0)?.time ?? .min
      default: break
      }
    case .failure:
      if field.key == .message { record.message = sheet.string(field, b) }
      if field.key == .trace { record.stack = sheet.string(field, b) }
    case .label, .parameter:
      switch field.key {
      case .name: labelName = sheet.string(field, b, limit: 200)
      case .value: labelValue = sheet.string(field, b, limit: 1000)
      case .excluded: isExcluded = field.kind == .yes
      default: break
      }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .label: if labels[labelName] == nil, labels.count < 100 { labels[labelName] = labelValue }
    case .parameter:
      if !isExcluded, parameters.count < 32 { parameters.append(labelName + "=" + labelValue) }
    case .test: end(on: &sheet)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {}

  private mutating func end(on sheet: inout ReportBuilder) {
    record.suites = ["parentSuite", "suite", "subSuite"].compactMap { labels[$0] }.filter { !$0.isEmpty }
    record.className = owner()
    record.parameters = parameters.joined(separator: ", ")
    record.host = labels["host"] ?? ""
    record.time = start
    record.hasZone = start != .min
    if start != .min, stop != .min, stop >= start { record.duration = stop - start }
    switch status {
    case "passed": record.outcome = .passed
    case "failed": record.outcome = .failed
    case "broken": record.outcome = .error
    case "skipped": record.outcome = .skipped
    default: record.outcome = .notRun
    }
    if stage == "running" || stage == "scheduled" || stage == "interrupted" {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    sheet.add(record, line: line)
  }

  /// The class: what stands in the full name before the test's own, else the label of it, else the suites.
  private func owner() -> String {
    // The full name has no parameters.
    let name = String(record.name.prefix { $0 != "[" && $0 != "(" })
    for separator in [".", "#", "::", ":", " "] where !name.isEmpty && fullName.hasSuffix(separator + name) {
      return String(fullName.dropLast(separator.count + name.count))
    }
    if let found = labels["testClass"], !found.isEmpty { return found }
    if !record.suites.isEmpty { return record.suites.joined(separator: " > ") }
    guard let cut = fullName.lastIndex(where: { $0 == "." || $0 == "#" || $0 == ":" }) else { return "" }
    return String(fullName[..<cut])
  }
}

struct AllureContainers: JSONReportReader {
  private var name = ""
  private var status = ""
  private var message = ""
  private var line = 1
  private var isBefore = false

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .befores), (.report, .afters):
      isBefore = key == .befores
      return .hooks
    case (.hooks, .element):
      (name, status, message, self.line) = ("", "", "", line)
      return .hook
    case (.hook, .statusDetails): return .failure
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch (node, field.key) {
    case (.hook, .name): name = sheet.string(field, b, limit: 200)
    case (.hook, .status): status = sheet.string(field, b, limit: 40)
    case (.failure, .message): message = sheet.string(field, b, limit: 400)
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .hook, status == "failed" || status == "broken" else { return }
    // The results around which it stands tell of the failure too.
    sheet.note(
      "suiteFailure", .note, line: line,
      "\(isBefore ? "set-up" : "tear-down") \(sheet.cut(name, 120)) failed: \(sheet.cut(message, 150))")
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    sheet.noteNoResultReport("allureContainer", "set-up and tear-down of Allure results, no results")
  }
}
