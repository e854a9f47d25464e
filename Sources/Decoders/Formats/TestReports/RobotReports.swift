// Robot Framework's `output.xml`, of every schema: nested suites, their tests, the set-up and tear-down of both.
//
// A suite's tear-down that fails fails the suite's tests afterwards (the framework itself does so when it reads the file):
// records wait for it, up to a bound.

internal import Model
internal import Support

struct RobotReports: ReportReader {
  private struct Suite {
    var name: String
    var file: String
    var teardown = ""
  }

  private var suites: [Suite] = []
  private var cases = PendingCases()
  private var open: TestRecord?
  private var line = 1
  /// Elements around keywords that stand open, and the kind of the outermost.
  private var keywords = 0
  private var keywordType = ""
  private var keywordFailed = false
  private var status = ""
  private var counted = 0

  init() {}

  mutating func start(_ tag: borrowing XMLTag, in path: [String], on sheet: inout ReportBuilder) {
    switch tag.name {
    case "suite":
      suites.append(Suite(name: sheet.cut(tag["name"] ?? "", 1000), file: sheet.cut(tag["source"] ?? "", 1000)))
      cases.openSuite()
    case "test": startTest(tag, on: sheet)
    case "kw", "setup", "teardown", "for", "if", "while", "try", "group":
      if keywords == 0 {
        keywordType = (tag["type"] ?? tag.name).lowercased()
        keywordFailed = false
      }
      keywords += 1
    case "status": startStatus(tag, path, on: &sheet)
    case "meta", "item":
      if keywords == 0, tag.name == "meta" || path.last == "metadata", let name = tag["name"] {
        status = name
        sheet.keepText()
      }
    default: break
    }
  }

  mutating func end(_ name: String, in path: [String], on sheet: inout ReportBuilder) {
    switch name {
    case "suite": endSuite(on: &sheet)
    case "test": endTest(complete: true)
    case "kw", "setup", "teardown", "for", "if", "while", "try", "group": if keywords > 0 { keywords -= 1 }
    case "status": endStatus(path, on: &sheet)
    case "meta", "item":
      if keywords == 0, !status.isEmpty, name == "meta" || path.last == "metadata" {
        sheet.property(status, sheet.takeText())
        status = ""
      }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    if open != nil { endTest(complete: false) }
    while !suites.isEmpty { endSuite(on: &sheet) }
    cases.release(on: &sheet)
  }

  private mutating func startTest(_ tag: borrowing XMLTag, on sheet: ReportBuilder) {
    line = tag.line
    keywords = 0
    var record = TestRecord()
    record.suites = suites.map(\.name)
    record.className = record.suites.joined(separator: ".")
    record.name = sheet.bounded(tag["name"] ?? "")
    record.file = suites.last { !$0.file.isEmpty }?.file ?? ""
    record.line = tag["line"].flatMap { Int($0) } ?? 0
    open = record
  }

  private mutating func startStatus(_ tag: borrowing XMLTag, _ path: [String], on sheet: inout ReportBuilder) {
    status = tag["status"] ?? ""
    let zone = sheet.context.settings.assumedZoneSeconds
    if keywords > 0 {
      if keywords == 1, status == "FAIL" { keywordFailed = true }
    } else if path.last == "test" {
      let began = Self.time(tag["start"] ?? tag["starttime"], zone)
      open?.time = began ?? .min
      if let elapsed = tag["elapsed"] {
        open?.duration = ReportValues.duration(elapsed)
      } else if let began, let ended = Self.time(tag["endtime"], zone), ended >= began {
        open?.duration = ended - began
      }
      switch status {
      case "PASS": open?.outcome = .passed
      case "SKIP": open?.outcome = .skipped
      case "NOT RUN", "NOT_RUN": open?.outcome = .notRun
      default: open?.outcome = .failed
      }
    }
    sheet.keepText()
  }

  private mutating func endStatus(_ path: [String], on sheet: inout ReportBuilder) {
    let text = sheet.takeText()
    status = ""
    if keywords > 0 {
      guard keywords == 1, keywordFailed, open == nil, keywordType == "teardown", let last = suites.indices.last else {
        return
      }
      suites[last].teardown = text.isEmpty ? "the tear-down failed" : text
    } else if path.last == "test" {
      open?.message = text
    }
  }

  /// Schema 5 writes ISO 8601, before it was `20261102 01:00:00.000`.
  private static func time(_ text: String?, _ zone: Int) -> Int64? {
    guard let text, text != "N/A" else { return nil }
    let bytes = Array(text.utf8)
    if bytes.count >= 17, bytes[8] == 0x20 {
      var iso = Array(bytes[0..<4])
      iso.append(0x2D)
      iso += bytes[4..<6]
      iso.append(0x2D)
      iso += bytes[6..<8]
      iso.append(0x54)
      iso += bytes[9...]
      return ReportValues.time(String(decoding: iso, as: UTF8.self), assumedZoneSeconds: zone)?.time
    }
    return ReportValues.time(text, assumedZoneSeconds: zone)?.time
  }

  private mutating func endTest(complete: Bool) {
    guard var record = open else { return }
    open = nil
    counted += 1
    if record.outcome == .failed {
      if record.message.hasPrefix("Parent suite setup failed:") || record.message.hasPrefix("Setup failed:") {
        record.marks.insert(.setup)
      } else if record.message.hasPrefix("Teardown failed:") {
        record.marks.insert(.teardown)
      }
      RobotMerge.read(&record)
    } else if record.outcome == .passed {
      RobotMerge.read(&record)
      record.message = ""
    }
    if !complete {
      record.marks.insert(.incomplete)
      record.outcome = .notRun
    }
    cases.add(record, line: line)
  }

  private mutating func endSuite(on sheet: inout ReportBuilder) {
    guard let suite = suites.popLast() else { return }
    cases.closeSuite { record in
      guard !suite.teardown.isEmpty, record.outcome == .passed || record.outcome == .failed else { return }
      record.marks.insert(.teardown)
      if record.outcome == .passed {
        record.outcome = .failed
        record.message = "Parent suite teardown failed:\n" + suite.teardown
      }
    }
    if suites.isEmpty || cases.isFull { cases.release(on: &sheet) }
  }
}

/// What `rebot --merge` writes into the message of a test that was run again: the new and the old status.
enum RobotMerge {
  static func read(_ record: inout TestRecord) {
    let message = record.message
    guard !message.isEmpty, ByteSearch.contains("re-executed and results merged", in: message) else { return }
    let plain = withoutTags(message)
    guard let old = plain.firstRange(of: "Old status:") else { return }
    let tail = plain[old.upperBound...].trimmingSpace()
    let failed = tail.hasPrefix("FAIL")
    let oldMessage = tail.firstRange(of: "Old message:").map { tail[$0.upperBound...].trimmingSpace() } ?? ""
    record.attempts.append(
      TestRecord.Attempt(outcome: failed ? .failed : tail.hasPrefix("SKIP") ? .skipped : .passed, message: oldMessage))
    if failed, record.outcome == .passed { record.marks.insert(.flaky) }
    if let new = plain.firstRange(of: "New message:") {
      record.message = plain[new.upperBound..<old.lowerBound].trimmingSpace()
    }
  }

  private static func withoutTags(_ text: String) -> String {
    var out = ""
    var isTag = false
    for scalar in text.unicodeScalars {
      if scalar == "<" {
        isTag = true
        out.append(" ")
      } else if scalar == ">" {
        isTag = false
      } else if !isTag {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension String {
  /// The first occurrence of a text.
  fileprivate func firstRange(of text: String) -> Range<String.Index>? {
    guard let found = utf8.firstRange(of: text.utf8) else { return nil }
    return found
  }
}
