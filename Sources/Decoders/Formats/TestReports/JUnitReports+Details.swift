// What stands inside a JUnit case: why it failed or was skipped, the attempts that it tells of, what it printed.

internal import Model

extension JUnitReports {
  mutating func startFailure(_ tag: borrowing XMLTag, _ path: [String], on sheet: inout ReportBuilder) {
    sheet.keepText()
    guard let last = cases.indices.last else {
      sheet.note(
        "suiteFailure", .note, line: tag.line,
        "suite \(sheet.cut(suites.last?.name ?? "", 120)) failed outside any testcase: \(sheet.cut(tag["message"] ?? tag["type"] ?? "", 200))"
      )
      return
    }
    cases[last].failures += 1
    let isFirst = !cases[last].hasFailure && !cases[last].hasError
    if tag.name != "failure" { cases[last].hasError = true } else { cases[last].hasFailure = true }
    let message = sheet.bounded(tag["message"] ?? "")
    if isFirst {
      cases[last].record.message = message
      cases[last].record.failureType = sheet.bounded(tag["type"] ?? "")
    } else if !message.isEmpty, cases[last].record.message.utf8.count < 4096 {
      cases[last].record.message += "\n" + sheet.cut(message, 4096)
    }
  }

  mutating func endFailure(on sheet: inout ReportBuilder) {
    let text = sheet.takeText()
    guard let last = cases.indices.last, !text.isEmpty else { return }
    if cases[last].record.stack.isEmpty {
      cases[last].record.stack = text
    } else if cases[last].record.stack.utf8.count + text.utf8.count < sheet.context.settings.limits.text {
      cases[last].record.stack += "\n\n" + text
    }
    if cases[last].record.message.isEmpty {
      cases[last].record.message = Self.firstLine(text)
    }
  }

  mutating func startSkip(_ tag: borrowing XMLTag, on sheet: inout ReportBuilder) {
    sheet.keepText()
    guard let last = cases.indices.last else { return }
    cases[last].hasSkip = true
    if tag["type"] == "pytest.xfail" { cases[last].record.marks.insert(.expectedFailure) }
    if cases[last].record.message.isEmpty { cases[last].record.message = sheet.bounded(tag["message"] ?? "") }
  }

  mutating func endSkip(on sheet: inout ReportBuilder) {
    let text = sheet.takeText()
    guard let last = cases.indices.last, cases[last].record.message.isEmpty else { return }
    cases[last].record.message = Self.firstLine(text)
  }

  mutating func startAttempt(_ tag: borrowing XMLTag, on sheet: inout ReportBuilder) {
    guard !cases.isEmpty else { return }
    sheet.keepText()
    attempt = TestRecord.Attempt(
      outcome: tag.name.hasSuffix("Error") ? .error : .failed, message: sheet.bounded(tag["message"] ?? ""),
      failureType: sheet.bounded(tag["type"] ?? ""), duration: tag["time"].map { ReportValues.duration($0) } ?? -1)
  }

  mutating func endAttempt(_ name: String, on sheet: inout ReportBuilder) {
    guard var done = attempt, let last = cases.indices.last else { return }
    attempt = nil
    let text = sheet.takeText()
    if done.stack.isEmpty { done.stack = text }
    if done.message.isEmpty { done.message = Self.firstLine(done.stack) }
    guard cases[last].record.attempts.count + cases[last].later.count < 1000 else { return }
    if name.hasPrefix("flaky") {
      cases[last].record.marks.insert(.flaky)
      cases[last].record.attempts.append(done)
    } else {
      cases[last].record.marks.insert(.rerun)
      cases[last].later.append(done)
    }
  }

  mutating func endOutput(on sheet: inout ReportBuilder) {
    guard attempt == nil, let last = cases.indices.last else { return }
    let text = sheet.takeText()
    if cases[last].record.output.isEmpty { cases[last].record.output = text }
  }

  private static func firstLine(_ text: String) -> String {
    text.utf8.firstIndex { $0 >= 0x0A && $0 <= 0x0D }.map { String(text[..<$0]) } ?? text
  }
}
