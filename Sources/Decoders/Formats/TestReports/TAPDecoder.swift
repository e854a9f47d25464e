// Reports of the Test Anything Protocol: perl's Test::More, node --test, node-tap, tape, bats, pgTAP and many others.
//
// A test point that subtests stand before sums them up: it is a record of its own only where it failed although none of them
// did. `not ok … # TODO` is an expected failure.

internal import Model
internal import Support

struct TAPDecoder: ChunkedDecoder {
  let format = "tap"
  var carry = PendingBytes()
  private var context: MemberContext
  private var sheet: ReportBuilder
  private var line = 0
  private var cases: [Case] = []
  /// The diagnostic of the last point.
  private var yaml: TAPDiagnostic?
  private var planned: Int?
  private var planSkip: String?
  private var points = 0
  private var bailedOut = false
  private var skipsLine = false
  private var sawVersion = false
  /// A comment before points that names their group, as tape writes it.
  private var group = ""
  private var mayBeGroup = false

  private struct Case {
    var record: TestRecord
    var line: Int
    var level: Int
    var isSuite = false
  }

  private static let patience = 20_000

  init(context: MemberContext) {
    self.context = context
    sheet = ReportBuilder(context: context)
    sheet.name(dialect: "tap")
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    while i < b.count {
      let end = ByteScan.lineEnd(b, i)
      if end == b.count, !isFinal {
        guard b.count - i > context.settings.limits.line else { break }
        skipsLine = true
        i = end
        break
      }
      if skipsLine {
        skipsLine = false
        sheet.note("lineTooLong", .error, line: line + 1, "a line of TAP was left out", limit: "lineBytes")
        line += 1
      } else {
        line += 1
        take(b.extracting(i..<min(end, i + context.settings.limits.text)))
      }
      i = min(end + 1, b.count)
    }
    sheet.drain(&context, into: &batch)
    return i
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    release()
    if let planned {
      if planned == 0, points == 0 {
        sheet.note("skippedReport", .note, line: 1, "all of it is skipped: \(sheet.cut(planSkip ?? "", 200))")
      }
      if planned > points {
        sheet.note(
          "declaredCount", .warning, line: 1, "\(planned - points) of \(planned) declared tests are missing")
        sheet.cutShort()
      } else if planned < points {
        sheet.note("declaredCount", .note, line: 1, "the plan declares \(planned) tests, counted \(points)")
      }
      sheet.declare("tests", planned)
    }
    if sheet.recordCount == 0, planned != 0 { sheet.note("noResults", .note, line: 1, "the report holds no result") }
    sheet.close(complete: complete && !bailedOut)
    sheet.drain(&context, into: &batch)
    context.close(into: &batch)
  }

  // MARK: - Lines

  private mutating func take(_ bytes: Span<UInt8>) {
    var indent = 0
    while indent < bytes.count, bytes[indent] == 0x20 { indent += 1 }
    if yaml != nil {
      if yaml?.take(bytes, indent: indent) == true { return }
      endYAML()
      if indent + 3 <= bytes.count, bytes[indent] == 0x2E, bytes[indent + 1] == 0x2E { return }
    }
    var end = bytes.count
    while end > indent, bytes[end - 1] == 0x0D { end -= 1 }
    if let point = TAPPoint(plain: bytes, indent, end) {
      takePoint(point, level: indent / 4)
      return
    }
    if end - indent == 3, bytes[indent] == 0x2D, bytes[indent + 1] == 0x2D, bytes[indent + 2] == 0x2D {
      if !cases.isEmpty { yaml = TAPDiagnostic(indent: indent, limit: context.settings.limits.text) }
      return
    }
    var raw: [UInt8] = []
    raw.append(copying: bytes.extracting(indent..<end))
    if raw.contains(0x1B) { raw = ReportBuilder.withoutColours(raw) }
    guard !raw.isEmpty else { return }
    let level = indent / 4
    switch TAPLine(String(decoding: raw, as: UTF8.self)[...]) {
    case .version: sawVersion = true
    case .plan(let count, let skip):
      guard level == 0 else { return }
      // Several documents may stand one behind the other.
      planned = (planned ?? 0).addingReportingOverflow(min(count, 1 << 40)).partialValue
      planSkip = skip
      mayBeGroup = sawVersion && points > 0
    case .point(let point): takePoint(point, level: level)
    case .bailOut(let reason):
      bailedOut = true
      sheet.note("bailOut", .warning, line: line, "the run stopped itself: \(sheet.cut(reason, 200))")
    case .subtest: mayBeGroup = false
    case .comment(let text): takeComment(text)
    case .yamlStart: if !cases.isEmpty { yaml = TAPDiagnostic(indent: indent, limit: context.settings.limits.text) }
    case .other: break
    }
  }

  private mutating func takePoint(_ point: TAPPoint, level: Int) {
    if level == 0 { points += 1 }
    var record = TestRecord()
    record.name = point.description.isEmpty ? "#\(point.number)" : point.description
    record.duration = point.duration
    if !group.isEmpty, level == 0 { record.suites = [group] }
    switch point.directive {
    case .skip:
      record.outcome = .skipped
      record.message = point.reason
    case .todo:
      record.outcome = point.isOK ? .passed : .skipped
      record.message = point.reason
      record.marks.insert(.expectedFailure)
    case .none: record.outcome = point.isOK ? .passed : .failed
    }
    // What stands deeper and before is inside.
    var children = cases.count
    while children > 0, cases[children - 1].level > level { children -= 1 }
    let hasChildren = children < cases.count
    for i in children..<cases.count {
      cases[i].record.suites.insert(record.name, at: 0)
      cases[i].level = level
    }
    let childFailed = cases[children...].contains { $0.record.outcome == .failed }
    if hasChildren { record.marks.insert(.parent) }
    mayBeGroup = sawVersion && planned == nil
    if level == 0 { releaseChildren(before: cases.count) }
    cases.append(Case(record: record, line: line, level: level, isSuite: hasChildren && (point.isOK || childFailed)))
    if cases.count > Self.patience { releaseChildren(before: cases.count - 1) }
  }

  /// Comments behind a failure say more of it; one before points may name their group.
  private mutating func takeComment(_ text: String) {
    let bare = text[...].trimmingSpace()
    if let last = cases.indices.last, cases[last].record.outcome == .failed || cases[last].record.outcome == .skipped {
      TAPDiagnostic.comment(bare, into: &cases[last].record, limit: context.settings.limits.text)
      return
    }
    if mayBeGroup || (sawVersion && planned == nil && points == 0), !bare.isEmpty, bare.utf8.count < 200 {
      group = bare
    }
  }

  private mutating func endYAML() {
    guard let found = yaml else { return }
    yaml = nil
    guard let last = cases.indices.last else { return }
    found.fill(&cases[last].record)
    if found.isSuite { cases[last].isSuite = cases[last].isSuite || found.isSubtestsFailure }
  }

  // MARK: - Records

  /// Hands over what stands before a place.
  private mutating func releaseChildren(before end: Int) {
    for item in cases[..<end] where !item.isSuite {
      var record = item.record
      if record.marks.contains(.parent), record.outcome == .failed { record.marks.remove(.parent) }
      if !record.suites.isEmpty { record.className = record.suites.joined(separator: " > ") }
      sheet.add(record, line: item.line)
    }
    cases.removeFirst(end)
  }

  private mutating func release() {
    if yaml != nil { endYAML() }
    releaseChildren(before: cases.count)
  }
}

/// The YAML block behind a test point: as much of YAML as producers write.
struct TAPDiagnostic {
  private let indent: Int
  private let limit: Int
  private var values: [(key: String, value: String)] = []
  private var blockIndent = -1
  private var size = 0

  init(indent: Int, limit: Int) {
    self.indent = indent
    self.limit = limit
  }

  /// Takes a line; false where the block ends before it.
  mutating func take(_ bytes: Span<UInt8>, indent found: Int) -> Bool {
    if found == bytes.count { return true }
    guard found >= indent else { return false }
    if found == indent, bytes.count - found >= 3, bytes[found] == 0x2E, bytes[found + 1] == 0x2E,
      bytes[found + 2] == 0x2E
    {
      return false
    }
    size += bytes.count
    guard size <= 4 * limit, values.count < 200 else { return true }
    if blockIndent >= 0, found > blockIndent, let last = values.indices.last {
      let text = String(copying: bytes.extracting(found..<bytes.count))
      values[last].value += (values[last].value.isEmpty ? "" : "\n") + text
      return true
    }
    blockIndent = -1
    let colon = ByteScan.find(0x3A, in: bytes, from: found)
    guard colon < bytes.count else { return true }
    let key = Self.trimmed(bytes, found, colon)
    var value = Self.trimmed(bytes, colon + 1, bytes.count)
    if value.isEmpty || value.hasPrefix("|") || value.hasPrefix(">") {
      // A block of text, or keys of an object below: those are taken by their own names.
      if !value.isEmpty { blockIndent = found }
      value = ""
    } else if value.utf8.count >= 2, let first = value.first, first == "'" || first == "\"", value.last == first {
      value = String(value.dropFirst().dropLast())
    }
    values.append((key, value))
    return true
  }

  /// A stretch of a line without white space around it.
  private static func trimmed(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) -> String {
    var (start, end) = (from, to)
    while start < end, Sniffer.isSpace(bytes[start]) { start += 1 }
    while end > start, Sniffer.isSpace(bytes[end - 1]) { end -= 1 }
    return String(copying: bytes.extracting(start..<end))
  }

  private func value(_ key: String) -> String? {
    for known in values where known.key == key && !known.value.isEmpty { return known.value }
    return nil
  }

  /// The value of the first of several keys that there is.
  private func value(_ first: String, _ others: String...) -> String? {
    value(first) ?? others.lazy.compactMap { value($0) }.first
  }

  /// Whether the producer calls the point a suite.
  var isSuite: Bool { value("type") == "suite" || value("failureType") == "subtestsFailed" }
  /// Whether it failed for its subtests only.
  var isSubtestsFailure: Bool { value("failureType") == "subtestsFailed" || value("failureType") == nil }

  func fill(_ record: inout TestRecord) {
    if let time = value("duration_ms"), record.duration < 0 {
      record.duration = ReportValues.duration(time, unit: 1000)
    }
    if record.outcome == .failed {
      if let message = value("message", "error", "reason") { record.message = message }
      if let stack = value("stack") { record.stack = stack }
      if let type = value("code", "name", "operator") { record.failureType = type }
      if record.message.isEmpty, let wanted = value("expected", "wanted"), let got = value("actual", "found", "got") {
        record.message = "expected \(wanted), got \(got)"
      }
      switch value("failureType") {
      case "hookFailed": record.marks.insert(.setup)
      // What stands around it failed before it ran.
      case "cancelledByParent": record.outcome = .notRun
      default: break
      }
    }
    guard record.outcome == .failed || record.outcome == .notRun else { return }
    // `'/w/cart.test.js:3:1'`, or keys of their own.
    if let file = value("file", "source") {
      record.failed(at: file, value("line").flatMap { Int($0) } ?? 0)
    } else if let place = value("location", "at") {
      let parts = place.split(separator: ":")
      let numbers = parts.reversed().prefix { Int($0) != nil }.count
      if numbers > 0, numbers < parts.count {
        record.failed(at: parts.dropLast(numbers).joined(separator: ":"), Int(parts[parts.count - numbers]) ?? 0)
      }
    }
  }

  /// A comment behind a failed point: perl's and bats' way to say where and why.
  static func comment(_ text: String, into record: inout TestRecord, limit: Int) {
    if record.outcome != .failed { return }
    if record.stack.utf8.count < limit { record.stack += (record.stack.isEmpty ? "" : "\n") + text }
    if let place = place(text) {
      record.failed(at: place.0, place.1)
      return
    }
    if text.hasPrefix("Failed test") || text.hasPrefix("Looks like you") || text.isEmpty { return }
    if record.message.utf8.count < 1000 { record.message += (record.message.isEmpty ? "" : "; ") + text }
  }

  /// `at t/cart.t line 9.`, `(in test file test/cart.bats, line 9)`.
  private static func place(_ text: String) -> (String, Int)? {
    let words = text.split { $0 == " " || $0 == "," || $0 == "(" || $0 == ")" }
    guard let at = words.lastIndex(of: "line"), at > 0, at + 1 < words.count,
      let line = Int(words[at + 1].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    let isPlace = words.first == "at" || (words.first == "in" || words.first == "from") && text.hasPrefix("(")
    return isPlace ? (String(words[at - 1]), line) : nil
  }
}
