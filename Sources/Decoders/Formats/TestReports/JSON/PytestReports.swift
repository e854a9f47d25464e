// pytest-json-report, pytest-reportlog, and the names both share with pytest's JUnit reports.

internal import Model
internal import Support

/// A node id (`tests/test_a.py::TestC::test_y[1]`) as pytest's JUnit plugin names it: `tests.test_a.TestC`, `test_y[1]`.
enum PytestName {
  static func fill(_ record: inout TestRecord, nodeID: String) {
    // A parameter may hold what separates.
    let head = nodeID.prefix { $0 != "[" }
    guard let cut = lastSeparator(head) else {
      record.name = module(nodeID)
      record.file = nodeID
      return
    }
    record.name = String(nodeID[nodeID.utf8.index(cut, offsetBy: 2)...])
    var parts = split(nodeID[..<cut])
    let file = parts.removeFirst()
    record.file = file
    record.className = ([module(file)] + parts).joined(separator: ".")
    record.suites = [record.className]
  }

  private static func module(_ file: String) -> String {
    let bare = file.hasSuffix(".py") ? String(file.dropLast(3)) : file
    return String(decoding: bare.utf8.map { $0 == 0x2F || $0 == 0x5C ? 0x2E : $0 }, as: UTF8.self)
  }

  private static func lastSeparator(_ text: Substring) -> String.Index? {
    var i = text.utf8.endIndex
    var found: String.Index?
    while i > text.utf8.startIndex {
      let before = text.utf8.index(before: i)
      if text.utf8[before] == 0x3A, before > text.utf8.startIndex,
        text.utf8[text.utf8.index(before: before)] == 0x3A
      {
        found = text.utf8.index(before: before)
        break
      }
      i = before
    }
    return found
  }

  private static func split(_ text: Substring) -> [String] {
    var parts: [String] = []
    var rest = text
    while let cut = lastSeparator(rest) {
      parts.append(String(rest[rest.utf8.index(cut, offsetBy: 2)...]))
      rest = rest[..<cut]
    }
    parts.append(String(rest))
    return parts.reversed()
  }
}

/// One phase of a test.
struct PytestPhase {
  var outcome = ""
  var message = ""
  var stack = ""
  var file = ""
  var line = 0
  var duration: Int64 = -1
  var isXFail = false

  var isFailure: Bool { outcome == "failed" || outcome == "error" }

  /// Takes a field of where and why it crashed.
  mutating func crash(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .message: message = sheet.string(field, b)
    case .path: file = sheet.string(field, b, limit: 1000)
    case .lineno: line = field.int(b) ?? 0
    default: break
    }
  }

  /// The message is the crash's, else the last line of the representation that says what failed.
  var text: String {
    if !message.isEmpty { return message }
    let lines = stack.split(separator: "\n").map { $0[...].trimmingSpace() }
    if let marked = lines.last(where: { $0.hasPrefix("E ") }) {
      return String(marked.dropFirst(2))[...].trimmingSpace()
    }
    return lines.last ?? ""
  }
}

/// One attempt: set-up, call, tear-down.
struct PytestAttempt {
  var setup: PytestPhase?
  var call: PytestPhase?
  var teardown: PytestPhase?
  var time: Int64 = .min
  var line = 1

  /// Whether the plugin for reruns runs the test again.
  var isRerun: Bool { [setup, call, teardown].contains { $0?.outcome == "rerun" } }

  func fill(_ record: inout TestRecord) {
    let phases = [setup, call, teardown].compactMap { $0 }
    let sum = phases.reduce(Int64(0)) { $0 + max($1.duration, 0) }
    record.duration = phases.contains { $0.duration >= 0 } ? sum : -1
    record.time = time
    record.hasZone = time != .min
    let failed = phases.first { $0.isFailure || $0.outcome == "rerun" }
    let skipped = phases.first { $0.outcome == "skipped" || $0.outcome == "xfailed" }
    let told = failed ?? skipped
    if let told {
      record.message = told.text
      record.stack = told.stack
      if failed != nil { record.failed(at: told.file, told.line) }
    }
    if let setup, setup.isFailure {
      record.outcome = .error
      record.marks.insert(.setup)
      record.message = "failed on setup with \"\(setup.text)\""
    } else if call?.isFailure == true || isRerun {
      record.outcome = .failed
    } else if teardown?.isFailure == true {
      record.outcome = .error
      record.marks.insert(.teardown)
      record.message = "failed on teardown with \"\(record.message)\""
    } else if let skipped {
      record.outcome = .skipped
      if skipped.isXFail || skipped.outcome == "xfailed" { record.marks.insert(.expectedFailure) }
    } else {
      record.outcome = call == nil && setup == nil ? .notRun : .passed
    }
  }
}

/// pytest-json-report: one document.
struct PytestJSONReports: JSONReportReader {
  private var record = TestRecord()
  private var line = 1
  private var nodeID = ""
  private var outcome = ""
  private var number = -1
  private var attempt = PytestAttempt()
  private var phase = PytestPhase()
  private var collected = PytestPhase()
  private var created: Int64 = .min

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .environment), (.properties, _): return isObject ? .properties : nil
    case (.report, .summary): return .summary
    case (.report, .tests): return .tests
    case (.report, .collectors): return .collectors
    case (.collectors, .element):
      collected = PytestPhase()
      (nodeID, self.line) = ("", line)
      return .collector
    case (.tests, .element):
      attempt = PytestAttempt()
      (nodeID, outcome, number, self.line) = ("", "", -1, line)
      record = TestRecord()
      return .test
    case (.test, .setup), (.test, .call), (.test, .teardown):
      phase = PytestPhase()
      return key == .setup ? .setup : key == .call ? .call : .teardown
    case (.setup, .crash), (.call, .crash), (.teardown, .crash): return .crash
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .report: if field.key == .created { created = field.time(b, unit: 1_000_000, zoneSeconds: 0)?.time ?? .min }
    case .summary: break
    case .properties:
      let name = String(copying: b.extracting(field.name.start..<min(field.name.end, field.name.start + 100)))
      sheet.property(name, sheet.string(field, b, limit: 1000))
    case .test:
      switch field.key {
      case .nodeid: nodeID = sheet.string(field, b, limit: 4096)
      case .outcome: outcome = sheet.string(field, b, limit: 40)
      case .lineno: number = field.int(b) ?? -1
      default: break
      }
    case .setup, .call, .teardown:
      switch field.key {
      case .outcome: phase.outcome = sheet.string(field, b, limit: 40)
      case .duration: phase.duration = field.duration(b, unit: 1_000_000)
      case .longrepr: phase.stack = sheet.string(field, b)
      default: break
      }
    case .crash: phase.crash(field, b, on: &sheet)
    case .collector:
      switch field.key {
      case .nodeid: nodeID = sheet.string(field, b, limit: 4096)
      case .outcome: collected.outcome = sheet.string(field, b, limit: 40)
      case .longrepr: collected.stack = sheet.string(field, b)
      default: break
      }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    switch node {
    case .setup: attempt.setup = phase
    case .call: attempt.call = phase
    case .teardown: attempt.teardown = phase
    case .test: endTest(on: &sheet)
    case .collector:
      guard collected.isFailure else { return }
      var record = TestRecord()
      PytestName.fill(&record, nodeID: nodeID)
      record.outcome = .error
      record.marks.insert(.setup)
      record.message = "collection failure"
      if !collected.text.isEmpty { record.message = collected.text }
      record.stack = collected.stack
      record.time = created
      record.hasZone = created != .min
      sheet.add(record, line: line)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {}

  private mutating func endTest(on sheet: inout ReportBuilder) {
    PytestName.fill(&record, nodeID: nodeID)
    record.line = number >= 0 ? number + 1 : 0
    attempt.time = created
    attempt.fill(&record)
    // The plugin's own word is the last one, also where the phases were left out.
    switch outcome {
    case "passed", "xpassed": record.outcome = .passed
    case "failed": if record.outcome != .error { record.outcome = .failed }
    case "error": record.outcome = .error
    case "skipped": record.outcome = .skipped
    case "xfailed":
      record.outcome = .skipped
      record.marks.insert(.expectedFailure)
    case "rerun":
      // Run again, and the phases are the last round's: there was one more at least.
      record.attempts.append(TestRecord.Attempt(outcome: .failed))
      if record.outcome == .passed { record.marks.insert(.flaky) }
    default: break
    }
    sheet.add(record, line: line)
  }
}
