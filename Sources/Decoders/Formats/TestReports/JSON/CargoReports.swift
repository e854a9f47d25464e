// Rust's test harness in JSON (`cargo test -- -Z unstable-options --format json`, nextest's libtest-json): an event a line.
//
// Source: rust-lang/rust, library/test/src/formatters/json.rs. A suite is a test binary; no event names it, and none tells a time.

internal import Model
internal import Support

struct CargoReports: JSONReportReader {
  private var type = ""
  private var event = ""
  private var record = TestRecord()
  private var stdout = ""
  private var line = 1
  /// Tests that have begun, in the order of their beginnings.
  private var running: [String: Int] = [:]
  /// How many suites have begun and not ended, and how many have begun in all.
  private var suites = 0
  private var suite = 0
  /// By test: the suite that had it first. Crates of one workspace may have tests of one name.
  private var owners: [String: Int] = [:]
  private static let patience = 100_000

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    guard isObject, node == .top, key == .element else { return nil }
    (type, event, stdout, self.line) = ("", "", "", line)
    record = TestRecord()
    return .report
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    guard node == .report else { return }
    switch field.key {
    case .type: type = sheet.string(field, b, limit: 40)
    case .event: event = sheet.string(field, b, limit: 40)
    case .name: record.name = sheet.string(field, b, limit: 4096)
    case .execTime: record.duration = field.duration(b, unit: 1_000_000)
    case .stdout: stdout = sheet.string(field, b)
    case .message, .reason: record.message = sheet.string(field, b)
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .report else { return }
    if type == "suite" {
      suites += event == "started" ? 1 : -1
      if event == "started" { suite += 1 }
      return
    }
    guard type == "test" else { return }
    switch event {
    case "started":
      if running.count < Self.patience { running[record.name] = line }
      return
    case "ok": record.outcome = .passed
    case "ignored": record.outcome = .skipped
    case "failed": record.outcome = .failed
    // A test that runs for long is told of, and goes on.
    default: return
    }
    running[record.name] = nil
    let owner = owners[record.name] ?? suite
    if owners.count < Self.patience { owners[record.name] = owner }
    if owner != suite { record.className = "suite " + String(suite) }
    if record.outcome == .failed {
      record.stack = stdout
      if record.message.isEmpty { record.message = Self.panic(in: stdout) }
    }
    sheet.add(record, line: line)
  }

  /// What the panic said: the line behind `thread '…' panicked at PLACE:`, or of an older compiler the line itself.
  private static func panic(in stdout: String) -> String {
    let lines = stdout.split(separator: "\n")
    guard let first = lines.firstIndex(where: { $0.contains("panicked at") }) else { return String(lines.first ?? "") }
    return String(lines[first].hasSuffix(":") && first + 1 < lines.count ? lines[first + 1] : lines[first])
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    for (name, line) in running.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      record = TestRecord()
      record.name = name
      record.outcome = .notRun
      record.marks.insert(.incomplete)
      sheet.add(record, line: line)
    }
    if suites > 0 { sheet.cutShort() }
  }
}
