// Bazel's build event protocol in JSON (`--build_event_json_file`): test targets with their attempts, shards and runs.
//
// One record a target and configuration: the summary's word is the outcome, failed attempts stand in it. What is inside the
// targets their `test.xml` tell.

internal import Model
internal import Support

struct BazelEvents: JSONReportReader {
  private struct Target {
    var label = ""
    var configuration = ""
    var attempts: [TestRecord.Attempt] = []
    /// By run and shard: how the last attempt ended.
    var last: [Int: TestOutcome] = [:]
    var duration: Int64 = 0
    var start: Int64 = .min
    var line = 1
  }

  private enum Kind { case other, result, summary, completed, finished, status, configuration }

  private var kind = Kind.other
  private var label = ""
  private var configurationID = ""
  private var run = 0
  private var shard = 0
  private var status = ""
  private var details = ""
  private var duration: Int64 = -1
  private var start: Int64 = .min
  private var mnemonic = ""
  private var isAborted = false
  private var reason = ""
  private var itemKey = ""
  private var line = 1
  private var targets: [String: Target] = [:]
  private var order: [String] = []
  private var mnemonics: [String: String] = [:]
  private var hasFinished = false
  /// Targets that wait for their summary.
  private static let patience = 100_000

  mutating func open(
    _ key: JSONReportKey, isObject: Bool, in node: JSONReportNode, line: Int, on sheet: inout ReportBuilder
  ) -> JSONReportNode? {
    guard isObject || key == .item else { return nil }
    switch (node, key) {
    case (.top, .element):
      (kind, label, configurationID, run, shard, self.line) = (.other, "", "", 0, 0, line)
      (status, details, duration, start, mnemonic) = ("", "", -1, .min, "")
      (isAborted, reason) = (false, "")
      return .report
    case (.report, .id): return .identity
    case (.identity, _):
      switch key {
      case .testResult: kind = .result
      case .testSummary: kind = .summary
      case .targetCompleted: kind = .completed
      case .configuration: kind = .configuration
      default: break
      }
      return .payload
    case (.payload, .configuration): return .properties
    case (.report, .testResult), (.report, .testSummary), (.report, .configuration), (.report, .completed):
      return .result
    case (.report, .aborted):
      isAborted = true
      return .result
    case (.report, .finished):
      kind = .finished
      hasFinished = true
      return .result
    case (.report, .workspaceStatus): return .items
    case (.items, .item): return .items
    case (.items, .element): return .item
    default: return nil
    }
  }

  mutating func field(
    _ field: JSONField, _ b: Span<UInt8>, in node: JSONReportNode, on sheet: inout ReportBuilder
  ) {
    switch (node, field.key) {
    case (.payload, .label): label = sheet.string(field, b, limit: 1000)
    case (.payload, .run): run = field.int(b) ?? 0
    case (.payload, .shard): shard = field.int(b) ?? 0
    case (.payload, .id): configurationID = sheet.string(field, b, limit: 200)
    case (.properties, .id): configurationID = sheet.string(field, b, limit: 200)
    case (.result, .status), (.result, .overallStatus): status = sheet.string(field, b, limit: 60)
    case (.result, .mnemonic): mnemonic = sheet.string(field, b, limit: 200)
    case (.result, .reason): reason = sheet.string(field, b, limit: 200)
    case (.result, .description): details = sheet.string(field, b, limit: 4096)
    case (.result, .testAttemptDurationMillis): if duration < 0 { duration = field.duration(b, unit: 1000) }
    case (.result, .testAttemptDuration):
      let found = ReportValues.duration(sheet.string(field, b, limit: 60))
      if found >= 0 { duration = found }
    case (.result, .testAttemptStartMillisEpoch):
      if let number = field.number(b), number > 0, number < 9e15, start == .min { start = Int64(number) * 1000 }
    case (.result, .testAttemptStart):
      if let found = field.time(b, unit: 1000, zoneSeconds: 0) { start = found.time }
    case (.item, .key): itemKey = sheet.string(field, b, limit: 200)
    case (.item, .value): sheet.property(Self.propertyName(itemKey), sheet.string(field, b, limit: 1000))
    default: break
    }
  }

  /// The workspace status's usual keys (`BUILD_SCM_REVISION`, `STABLE_GIT_COMMIT`) as other reports call them.
  private static func propertyName(_ key: String) -> String {
    var bare = key
    for prefix in ["STABLE_", "BUILD_"] where bare.hasPrefix(prefix) { bare = String(bare.dropFirst(prefix.count)) }
    return bare.lowercased()
  }

  mutating func close(_ node: JSONReportNode, on sheet: inout ReportBuilder) {
    guard node == .report else { return }
    switch kind {
    case .configuration:
      if mnemonics.count < 10_000, !mnemonic.isEmpty { mnemonics[configurationID] = mnemonic }
    case .result where !isAborted: takeResult()
    case .summary where !isAborted: takeSummary(on: &sheet)
    case .result, .summary, .completed: if isAborted, kind != .completed { takeAborted(on: &sheet) }
    default: break
    }
  }

  mutating func finish(complete: Bool, on sheet: inout ReportBuilder) {
    for key in order {
      guard let target = targets.removeValue(forKey: key) else { continue }
      var record = record(of: target)
      record.outcome = target.last.values.contains { $0 != .passed } ? .failed : .passed
      if record.outcome == .passed, !target.attempts.isEmpty { record.marks.insert(.flaky) }
      if record.outcome.isFailure { Self.takeLastFailure(&record) }
      if !hasFinished { record.marks.insert(.incomplete) }
      sheet.add(record, line: target.line)
    }
    if !hasFinished { sheet.cutShort() }
  }

  private var key: String { label + "\n" + configurationID }

  private mutating func takeResult() {
    let key = key
    var target = targets.removeValue(forKey: key)
    if target == nil {
      guard targets.count < Self.patience else { return }
      order.append(key)
    }
    var known = target ?? Target(label: label, configuration: configurationID, line: line)
    target = nil
    let outcome = Self.outcome(status)
    known.duration = known.duration.addingSaturated(max(duration, 0))
    if known.start == .min || (start != .min && start < known.start) { known.start = start }
    known.last[run &* 100_000 &+ shard] = outcome
    if outcome != .passed, known.attempts.count < 1000 {
      known.attempts.append(
        TestRecord.Attempt(outcome: outcome, message: status, failureType: status, duration: duration))
    }
    targets[key] = known
  }

  private mutating func takeSummary(on sheet: inout ReportBuilder) {
    let known = targets.removeValue(forKey: key)
    if order.count > 2 * targets.count + 1000 { order.removeAll { targets[$0] == nil } }
    let target = known ?? Target(label: label, configuration: configurationID, line: line)
    var record = record(of: target)
    record.outcome = Self.outcome(status)
    if status == "FLAKY" {
      record.outcome = .passed
      record.marks.insert(.flaky)
    }
    if record.outcome.isFailure {
      Self.takeLastFailure(&record)
      if record.message.isEmpty { record.message = status }
      record.failureType = status
      if status == "FAILED_TO_BUILD" { record.marks.insert(.setup) }
    }
    sheet.add(record, line: target.line)
  }

  /// The last failed attempt is the record's own.
  private static func takeLastFailure(_ record: inout TestRecord) {
    if let last = record.attempts.popLast() { record.message = last.message }
  }

  private mutating func takeAborted(on sheet: inout ReportBuilder) {
    var record = record(of: Target(label: label, configuration: configurationID, line: line))
    record.outcome = .notRun
    record.message = details.isEmpty ? reason : details
    record.failureType = reason
    sheet.add(record, line: line)
  }

  private func record(of target: Target) -> TestRecord {
    var record = TestRecord()
    record.name = target.label
    record.suites = [String(target.label.prefix { $0 != ":" })]
    record.configuration = mnemonics[target.configuration] ?? ""
    record.attempts = target.attempts
    record.duration = target.duration
    record.time = target.start
    record.hasZone = target.start != .min
    return record
  }

  private static func outcome(_ status: String) -> TestOutcome {
    switch status {
    case "PASSED", "FLAKY": .passed
    case "FAILED", "TIMEOUT": .failed
    case "REMOTE_FAILURE", "FAILED_TO_BUILD": .error
    default: .notRun
    }
  }
}
