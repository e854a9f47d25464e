// TestNG's own XML (`testng-results`). Its times are local ones with a Z behind them, and its totals often tell of another
// run or of fewer methods than it lists: they are compared with the methods, never taken for them.

internal import Model

struct TestNGReports: ReportReader {
  private var suite = ""
  private var test = ""
  private var className = ""
  private var open: TestRecord?
  private var isConfiguration = false
  private var isNull = false
  private var line = 1
  private var declared: [(what: String, value: String)] = []
  private var declaredLine = 1
  private var counts: [String: Int] = [:]

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "testng-results":
      declaredLine = tag.line
      for name in ["total", "passed", "failed", "skipped", "ignored", "retried"] {
        if let value = tag[name] { declared.append((name, value)) }
      }
      for (name, what) in [("total", "tests"), ("failed", "failures"), ("skipped", "skipped")] {
        if let value = tag[name].flatMap({ Int($0) }) { sheet.declare(what, value) }
      }
    case "suite": suite = sheet.cut(tag["name"] ?? "", 1000)
    case "test": test = sheet.cut(tag["name"] ?? "", 1000)
    case "class": className = sheet.bounded(tag["name"] ?? "")
    case "test-method": startMethod(tag, on: sheet)
    case "exception": open?.failureType = sheet.bounded(tag["class"] ?? "")
    case "value":
      isNull = tag["is-null"] == "true"
      sheet.keepText()
    case "message", "full-stacktrace", "short-stacktrace": sheet.keepText()
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "test-method": endMethod(complete: true, on: &sheet)
    case "message":
      let text = sheet.takeText()
      open?.message = text
    case "full-stacktrace":
      let text = sheet.takeText()
      open?.stack = text
    case "short-stacktrace":
      let text = sheet.takeText()
      if open?.stack.isEmpty == true { open?.stack = text }
    case "value":
      let text = isNull ? "null" : sheet.takeText()
      guard path.last == "param", let known = open?.parameters, known.utf8.count < 4096 else { return }
      open?.parameters = known.isEmpty ? sheet.cut(text, 1000) : known + ", " + sheet.cut(text, 1000)
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endMethod(complete: false, on: &sheet) }
    guard complete else { return }
    for (what, value) in declared where what != "ignored" {
      let counted = what == "total" ? counts.values.reduce(0, +) : counts[what] ?? 0
      sheet.compare(
        what == "total" ? "methods" : what, declared: value, counted: counted, of: "the report", line: declaredLine)
    }
  }

  /// A time and whether it names its zone: the Z of version 6 is a letter of its pattern and none; version 7 writes `z` or `XXX`
  /// (XMLReporterConfig, FMT_DEFAULT), of which an abbreviation that means several zones is none either.
  private static func time(_ stamp: String, assumedZoneSeconds: Int) -> (time: Int64, hasZone: Bool)? {
    let head = String(decoding: stamp.utf8.prefix(19), as: UTF8.self)
    let zone = Array(stamp.utf8.dropFirst(19).drop { $0 == 0x20 })
    if let first = zone.first, first == 0x2B || first == 0x2D,
      let found = ReportValues.time(
        head + String(decoding: zone, as: UTF8.self), assumedZoneSeconds: assumedZoneSeconds)
    {
      return found
    }
    if let named = LogTimeParser(clock: LogClock()).zoneName(zone.span, 0), named.end == zone.count,
      let found = ReportValues.time(head, assumedZoneSeconds: named.seconds)
    {
      return (found.time, true)
    }
    return ReportValues.time(head, assumedZoneSeconds: assumedZoneSeconds).map { ($0.time, false) }
  }

  private mutating func startMethod(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    line = tag.line
    isConfiguration = tag["is-config"] == "true"
    var record = TestRecord()
    record.suites = [suite, test].filter { !$0.isEmpty }
    record.className = className
    record.name = sheet.bounded(tag["name"] ?? "")
    if let instance = tag["test-instance-name"] { record.parameters = sheet.cut(instance, 1000) }
    record.duration = tag["duration-ms"].map { ReportValues.duration($0, unit: 1000) } ?? -1
    if let stamp = tag["started-at"],
      let found = Self.time(stamp, assumedZoneSeconds: sheet.context.settings.assumedZoneSeconds)
    {
      (record.time, record.hasZone) = found
    }
    switch tag["status"] {
    case "FAIL": record.outcome = .failed
    case "SKIP": record.outcome = .skipped
    default: record.outcome = .passed
    }
    if tag["retried"] == "true" || tag["retried-by"] != nil { record.marks.insert(.earlierAttempt) }
    open = record
  }

  private mutating func endMethod(complete: Bool, on sheet: inout ReportBuilder) {
    guard var record = open else { return }
    open = nil
    if isConfiguration {
      // Set-up and tear-down methods are no tests; that one failed explains the tests that were skipped.
      if record.outcome == .failed {
        sheet.note(
          "suiteFailure", .note, line: line,
          "configuration \(sheet.cut(record.className + "." + record.name, 150)) failed: \(sheet.cut(record.message, 150))"
        )
      }
      return
    }
    if !complete {
      record.marks.insert(.incomplete)
      if record.outcome == .passed { record.outcome = .notRun }
    }
    let what =
      switch record.outcome {
      case .passed: "passed"
      case .failed, .error: "failed"
      // Since version 7 a try that was repeated counts by itself.
      case .skipped, .notRun:
        record.marks.contains(.earlierAttempt) && declared.contains { $0.what == "retried" } ? "retried" : "skipped"
      }
    counts[what, default: 0] += 1
    sheet.add(record, line: line)
  }
}
