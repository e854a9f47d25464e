// RSpec's JSON formatter. Names are those of rspec_junit_formatter: the file with dots is the class, the full description the
// name.

internal import Model
internal import Support

struct RSpecReports: JSONReportReader {
  private var record = TestRecord()
  private var line = 1
  private var description = ""
  private var trace: [String] = []
  private var outsideErrors = 0
  private var messages: [String] = []

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element): return isObject ? .report : nil
    case (.report, .examples): return .tests
    case (.report, .summary): return .summary
    case (.report, .messages): return .messages
    case (.tests, .element):
      record = TestRecord()
      (self.line, description) = (line, "")
      trace = []
      return .test
    case (.test, .exception): return .failure
    case (.failure, .backtrace): return .texts
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .summary: if field.key == .errorsOutside { outsideErrors = field.int(b) ?? 0 }
    case .messages: if messages.count < 20 { messages.append(sheet.string(field, b)) }
    case .texts: if trace.count < 200 { trace.append(sheet.string(field, b, limit: 1000)) }
    case .failure:
      if field.key == .className { record.failureType = sheet.string(field, b, limit: 400) }
      if field.key == .message { record.message = sheet.string(field, b)[...].trimmingSpace() }
    case .test:
      switch field.key {
      case .fullDescription: record.name = sheet.string(field, b, limit: 4096)
      case .description: description = sheet.string(field, b, limit: 4096)
      case .filePath, .filePathSnake: record.file = sheet.string(field, b, limit: 1000)
      case .lineNumber: record.line = field.int(b) ?? 0
      case .runTime: record.duration = field.duration(b, unit: 1_000_000)
      case .pendingMessage: if field.kind == .string { record.message = sheet.string(field, b) }
      case .status:
        switch sheet.string(field, b, limit: 40) {
        case "passed": record.outcome = .passed
        case "pending": record.outcome = .skipped
        default: record.outcome = .failed
        }
      default: break
      }
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .test else { return }
    if record.name.isEmpty { record.name = description }
    let file = record.file.hasPrefix("./") ? String(record.file.dropFirst(2)) : record.file
    record.file = file
    let bare = file.hasSuffix(".rb") ? String(file.dropLast(3)) : file
    record.className = String(decoding: bare.utf8.map { $0 == 0x2F ? 0x2E : $0 }, as: UTF8.self)
    record.suites = file.isEmpty ? [] : [file]
    record.stack = trace.joined(separator: "\n")
    if ByteSearch.contains("`before(:context)` hook", in: record.message)
      || ByteSearch.contains("`before(:suite)` hook", in: record.message)
    {
      record.marks.insert(.setup)
    }
    sheet.add(record, line: line)
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    guard outsideErrors > 0 else { return }
    // A file that could not be loaded has no examples.
    var record = TestRecord()
    record.name = "(outside any example)"
    record.outcome = .error
    record.marks.insert(.setup)
    record.message =
      messages.first { $0.contains("rror") } ?? messages.first ?? "\(outsideErrors) errors outside of examples"
    record.stack = messages.joined(separator: "\n")
    sheet.add(record, line: 1)
  }
}
