// pytest-reportlog: one report a line. A test has a report per phase, and with reruns several rounds of them; with xdist the
// tests of several workers stand among each other.

internal import Model
internal import Support

struct PytestReportLog: JSONReportReader {
  private struct Open {
    var attempt = PytestAttempt()
    var number = -1
  }

  private var type = ""
  private var nodeID = ""
  private var phaseName = ""
  private var phase = PytestPhase()
  private var line = 1
  private var number = -1
  private var start: Int64 = .min
  /// Elements of `location` and of a skip's `longrepr`, which is a list.
  private var texts: [String] = []
  private var isLocation = false
  private var open: [String: Open] = [:]
  private var order: [String] = []
  private var hasFinished = false
  private static let patience = 20_000

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    switch (node, key) {
    case (.top, .element):
      guard isObject else { return nil }
      (type, nodeID, phaseName, self.line) = ("", "", "", line)
      phase = PytestPhase()
      (number, start) = (-1, .min)
      return .item
    case (.item, .location):
      isLocation = true
      texts = []
      return .texts
    case (.item, .longrepr):
      isLocation = false
      texts = []
      return isObject ? .failure : .texts
    case (.failure, .reprcrash): return .crash
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch node {
    case .item: itemField(field, b, on: &sheet)
    case .texts:
      if isLocation {
        if texts.count == 1 { number = field.int(b) ?? -1 }
        texts.append("")
      } else if texts.count < 8 {
        texts.append(sheet.string(field, b))
      }
    case .crash: phase.crash(field, b, on: &sheet)
    default: break
    }
  }

  private mutating func itemField(_ field: JSONField, _ b: Span<UInt8>, on sheet: inout ReportBuilder) {
    switch field.key {
    case .reportType: type = sheet.string(field, b, limit: 60)
    case .nodeid: nodeID = sheet.string(field, b, limit: 4096)
    case .outcome: phase.outcome = sheet.string(field, b, limit: 40)
    case .when: phaseName = sheet.string(field, b, limit: 40)
    case .duration: phase.duration = field.duration(b, unit: 1_000_000)
    case .longrepr: phase.stack = sheet.string(field, b)
    case .start: start = field.time(b, unit: 1_000_000, zoneSeconds: 0)?.time ?? .min
    case .wasxfail: phase.isXFail = field.kind == .string
    default: break
    }
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    if node == .texts, !isLocation, let last = texts.last {
      // A skip: path, line, reason.
      phase.message = last
      return
    }
    guard node == .item else { return }
    switch type {
    case "TestReport": takePhase(on: &sheet)
    case "CollectReport":
      guard phase.isFailure else { return }
      var record = TestRecord()
      PytestName.fill(&record, nodeID: nodeID)
      record.outcome = .error
      record.marks.insert(.setup)
      record.message = phase.text.isEmpty ? "collection failure" : phase.text
      record.stack = phase.stack
      sheet.add(record, line: line)
    case "SessionFinish": hasFinished = true
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    for nodeID in order where open[nodeID] != nil { end(nodeID, on: &sheet) }
    if !hasFinished { sheet.cutShort() }
  }

  private mutating func takePhase(on sheet: inout ReportBuilder) {
    // A round begins with its set-up; a second call is another round too.
    if let known = open[nodeID]?.attempt {
      let isNew =
        phaseName == "setup" || (phaseName == "call" && known.call != nil)
        || (phaseName == "teardown" && known.teardown != nil)
      if isNew { end(nodeID, on: &sheet) }
    }
    if open[nodeID] == nil {
      open[nodeID] = Open(attempt: PytestAttempt(line: line), number: number)
      order.append(nodeID)
      if order.count > 2 * open.count + Self.patience { order.removeAll { open[$0] == nil } }
    }
    if open[nodeID]?.attempt.time == .min { open[nodeID]?.attempt.time = start }
    switch phaseName {
    case "setup": open[nodeID]?.attempt.setup = phase
    case "teardown":
      open[nodeID]?.attempt.teardown = phase
      end(nodeID, on: &sheet)
    default: open[nodeID]?.attempt.call = phase
    }
  }

  private mutating func end(_ nodeID: String, on sheet: inout ReportBuilder) {
    guard let done = open.removeValue(forKey: nodeID) else { return }
    if order.last == nodeID { order.removeLast() }
    var record = TestRecord()
    PytestName.fill(&record, nodeID: nodeID)
    record.line = done.number >= 0 ? done.number + 1 : 0
    done.attempt.fill(&record)
    if done.attempt.isRerun { record.marks.insert(.earlierAttempt) }
    sheet.add(record, line: done.attempt.line)
  }
}
