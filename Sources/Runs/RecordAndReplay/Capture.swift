internal import Segments
internal import Policies
internal import Model
internal import Reports
internal import Support

/// A run's capture: what it was run on, every decision in a hash chain, and the report's digest. `replay` makes another
/// one from the same inputs and compares.
package enum Capture {
  /// The capture of a conclusion.
  ///
  /// - Parameters:
  ///   - conclusion: what was found.
  ///   - night: what it was found in.
  ///   - request: what was asked.
  ///   - document: the conclusion's `report.json`.
  /// - Returns: the bundle, its hash chain closed.
  /// - Throws: `CaptureFailure` where a decision cannot be recorded.
  package static func bundle(
    _ conclusion: Conclusion, _ night: NightPartial, _ request: RunRequest, document: String
  ) throws(CaptureFailure) -> CaptureBundle {
    var bundle = try decisions(conclusion, night, request)
    bundle.reportChecksum = checksum(of: document)
    return bundle
  }

  /// The checksum of a report as a capture has it.
  static func checksum(of document: String) -> String { SHA256.hex(Array(document.utf8)) }

  /// The capture of a conclusion whose report is still being made.
  static func decisions(
    _ conclusion: Conclusion, _ night: NightPartial, _ request: RunRequest
  ) throws(CaptureFailure) -> CaptureBundle {
    let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
    let renderer = ReportJSON(rules: rules)
    let inputs = night.outcomes.map { CapturedInput(name: $0.name, sha256: $0.sha256, bytes: $0.bytes) }
    var bundle = CaptureBundle(
      graphID: night.coverage.pipeline, config: config(request), inputs: inputs,
      runtimeProvenance: "hindcast " + Version.text)
    for incident in conclusion.report.incidents {
      try bundle.record(
        CapturedDecision(
          eventID: "incident " + incident.id.text, decision: incident.decision.action == nil ? .invoke : .skip,
          scheduleAt: incident.start, termination: incident.kind.rawValue,
          effects: [try CapturedEffect(renderer.incident(incident))]))
    }
    if let policies = conclusion.report.policies {
      try bundle.record(
        CapturedDecision(
          eventID: "policies", decision: .invoke, effects: [try CapturedEffect(renderer.policies(policies))]))
    }
    return bundle
  }

  /// Everything that a run's result depends on beside the inputs' bytes.
  private static func config(_ request: RunRequest) -> JSONValue {
    .object([
      "pipeline": .string(request.pipelineText), "policies": .string(request.policyText),
      "quarantine": .string(request.quarantineText), "codeOwners": .string(request.codeOwnersText),
      "policyFile": .string(request.policyFile), "date": .string(request.date.text),
      "history": .string(optional: request.history), "masksSecrets": .bool(request.pipeline.secrets.isOn),
      "options": .array(request.commandOptions.map(JSONValue.string)),
      "inputs": .array(request.inputs.sorted().map(JSONValue.string)),
      "arguments": .array(
        request.arguments.map { .object(["word": .string($0.word), "paths": .array($0.paths.map(JSONValue.string))]) }),
      "allowEmpty": .bool(request.allowEmpty),
      "windows": .array(request.windows.map { .array([.int($0.start), .int($0.end)]) }),
    ])
  }

  /// The words that inputs were named by; nil where the capture is of before they were kept.
  private static func arguments(_ value: JSONValue?) -> [RunRequest.Argument]? {
    guard case .array(let list) = value else { return nil }
    return list.compactMap { one in
      guard case .object(let fields) = one, case .string(let word) = fields["word"],
        case .array(let paths) = fields["paths"]
      else { return nil }
      return RunRequest.Argument(
        word: word,
        paths: paths.compactMap { path in
          if case .string(let text) = path { return text }
          return nil
        })
    }
  }

  /// The request that a capture was made of.
  ///
  /// - Throws: `CaptureFailure` where a field is missing or of another type, `RunSetup.Failure` where the captured pipeline
  ///   is not sound any more.
  package static func request(_ bundle: CaptureBundle, path: String) throws -> RunRequest {
    guard case .object(let config) = bundle.config else {
      throw CaptureFailure(.wrongType, "config", "expected an object")
    }
    func text(_ key: String) throws(CaptureFailure) -> String {
      guard case .string(let value) = config[key] else {
        throw CaptureFailure(.missingField, "config.\(key)", "a text")
      }
      return value
    }
    func texts(_ key: String) throws(CaptureFailure) -> [String] {
      guard case .array(let values) = config[key] else {
        throw CaptureFailure(.missingField, "config.\(key)", "a list")
      }
      var found: [String] = []
      for value in values {
        guard case .string(let one) = value else {
          throw CaptureFailure(.wrongType, "config.\(key)", "a list of texts")
        }
        found.append(one)
      }
      return found
    }
    guard let date = NightDate(try text("date")) else { throw CaptureFailure(.wrongType, "config.date", "a date") }
    var request = RunRequest(date: date)
    request.pipelineText = try text("pipeline")
    if !request.pipelineText.isEmpty {
      request.pipeline = try RunSetup.checked(path: path, text: request.pipelineText)
      request.settings = try RunSetup.settings(request.pipeline)
      request.pipeline.zone = request.pipeline.zone.on(day: date.day * 86_400)
    }
    if case .bool(let masks) = config["masksSecrets"] { request.pipeline.secrets.isOn = masks }
    let (policies, policyFile) = (try text("policies"), try text("policyFile"))
    if !policies.isEmpty { try request.take(policies: policies, named: policyFile) }
    // Captures of before there was a quarantine have none.
    try request.take(quarantine: (try? text("quarantine")) ?? "", named: path)
    request.take(codeOwners: (try? text("codeOwners")) ?? "")
    if case .string(let history) = config["history"] { request.history = history }
    request.commandOptions = try texts("options")
    request.inputs = try texts("inputs")
    request.arguments = arguments(config["arguments"]) ?? request.inputs.map { .init(word: $0, paths: [$0]) }
    if case .bool(true) = config["allowEmpty"] { request.allowEmpty = true }
    guard case .array(let windows) = config["windows"] else {
      throw CaptureFailure(.missingField, "config.windows", "a list")
    }
    for window in windows {
      guard case .array(let ends) = window, ends.count == 2, case .int(let start) = ends[0],
        case .int(let end) = ends[1]
      else { throw CaptureFailure(.wrongType, "config.windows", "pairs of times") }
      request.windows.append(RunRequest.TimeWindow(start: start, end: end))
    }
    return request
  }
}
