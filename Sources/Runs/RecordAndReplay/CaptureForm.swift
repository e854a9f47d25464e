// Captures as JSON: written canonically, read strictly at every level.
internal import Policies
package import Support

extension CapturedInput {
  var json: JSONValue { .object(["name": .string(name), "sha256": .string(sha256), "bytes": .int(bytes)]) }

  init(_ fields: inout CaptureFields) throws(CaptureFailure) {
    name = try fields.text("name")
    sha256 = try fields.text("sha256")
    bytes = try fields.whole("bytes")
    try fields.close()
  }
}

extension CapturedEffect {
  var json: JSONValue { .object(["effect": effect, "effectHash": .string(hash)]) }
}

extension CapturedAck {
  var json: JSONValue {
    .object([
      "intentID": .string(intentID), "channel": .string(channel), "status": .string(status),
      "acceptance": .string(acceptance), "egressRef": egressRef.map(JSONValue.string),
    ])
  }
}

extension CapturedDecision {
  /// Everything but the chain. What is absent is left out.
  var unchained: JSONValue {
    .object([
      "eventID": .string(eventID), "decision": .string(decision.rawValue), "scheduleAt": scheduleAt.map { .int($0) },
      "episodeID": .int(Int64(clamping: episodeID)), "deadline": deadline.map { .int($0) },
      "termination": termination.map(JSONValue.string), "retryCount": .int(retryCount),
      "effects": .array(effects.map(\.json)),
      "intentAcks": intentAcks.isEmpty ? nil : .array(intentAcks.map(\.json)),
      "interruption": interruption.map(JSONValue.string),
    ])
  }

  var json: JSONValue {
    guard case .object(var fields) = unchained else { return unchained }
    fields["chain"] = .string(chain)
    return .object(fields)
  }
}

extension CaptureBundle {
  /// The capture as a JSON value.
  package var json: JSONValue {
    .object([
      "captureVersion": .string(captureVersion), "graphID": .string(graphID), "config": config,
      "inputs": .array(inputs.map(\.json)), "decisions": .array(decisions.map(\.json)),
      "adapterProvenance": .string(adapterProvenance), "runtimeProvenance": .string(runtimeProvenance),
      "egressProvenance": egressProvenance.map(JSONValue.string), "reportDigest": reportChecksum.map(JSONValue.string),
    ])
  }

  /// The bytes of a capture file: readable, or compact.
  package func text(isCompact: Bool = false) throws(CaptureFailure) -> String {
    let json = json
    try CaptureHash.checkFinite(json)
    return isCompact ? json.canonical : json.pretty
  }

  /// Reads a capture file. Unknown versions and fields, wrong types, and hashes that do not fit are refused.
  package init(reading bytes: [UInt8]) throws(CaptureFailure) {
    let value: JSONValue
    do throws(JSONFailure) {
      value = try JSONParser.parse(bytes)
    } catch {
      throw CaptureFailure(.notJSON, "", "\(error.message) at line \(error.line), column \(error.column)")
    }
    var fields = try CaptureFields(value, path: "")
    let version = try fields.text("captureVersion")
    guard version == Self.formatVersion else {
      throw CaptureFailure(
        .unknownVersion, "captureVersion", "version '\(version)' is not '\(Self.formatVersion)', the only one read here"
      )
    }
    self.init(
      graphID: try fields.text("graphID"), config: try fields.take("config"), inputs: [],
      runtimeProvenance: try fields.text("runtimeProvenance"))
    for var input in try fields.objects("inputs") { inputs.append(try CapturedInput(&input)) }
    adapterProvenance = try fields.text("adapterProvenance")
    egressProvenance = try fields.optionalText("egressProvenance")
    reportChecksum = try fields.optionalText("reportDigest")
    var previous = try head()
    for var fields in try fields.objects("decisions") {
      let decision = try Self.decision(&fields)
      let chain = try CaptureHash.chain(after: previous, decision)
      guard chain == decision.chain else {
        throw CaptureFailure(.chain, fields.path + ".chain", "the hash chain breaks here")
      }
      previous = chain
      decisions.append(decision)
    }
    try fields.close()
  }

  private static func decision(_ fields: inout CaptureFields) throws(CaptureFailure) -> CapturedDecision {
    let name = try fields.text("decision")
    guard let kind = AdmissionDecision(rawValue: name) else {
      throw CaptureFailure(.wrongType, fields.path + ".decision", "unknown decision '\(name)'")
    }
    var effects: [CapturedEffect] = []
    for var fields in try fields.objects("effects") {
      let effect = CapturedEffect(effect: try fields.take("effect"), hash: try fields.text("effectHash"))
      guard try CaptureHash.effect(effect.effect) == effect.hash else {
        throw CaptureFailure(.effectHash, fields.path + ".effectHash", "the hash is not that of the effect")
      }
      try fields.close()
      effects.append(effect)
    }
    var acks: [CapturedAck] = []
    for var fields in try fields.optionalObjects("intentAcks") {
      acks.append(
        CapturedAck(
          intentID: try fields.text("intentID"), channel: try fields.text("channel"), status: try fields.text("status"),
          acceptance: try fields.text("acceptance"), egressRef: try fields.optionalText("egressRef")))
      try fields.close()
    }
    var decision = CapturedDecision(
      eventID: try fields.text("eventID"), decision: kind, scheduleAt: try fields.optionalWhole("scheduleAt"),
      episodeID: UInt64(clamping: try fields.whole("episodeID")), deadline: try fields.optionalWhole("deadline"),
      termination: try fields.optionalText("termination"), retryCount: try fields.whole("retryCount"),
      effects: effects, intentAcks: acks, interruption: try fields.optionalText("interruption"))
    decision.chain = try fields.text("chain")
    try fields.close()
    return decision
  }
}

/// The fields of one object, taken out one by one; what is left at the end is unknown.
struct CaptureFields {
  let path: String
  private var fields: [String: JSONValue]

  init(_ value: JSONValue, path: String) throws(CaptureFailure) {
    guard case .object(let fields) = value else { throw CaptureFailure(.wrongType, path, "expected an object") }
    self.fields = fields
    self.path = path
  }

  private func place(_ name: String) -> String { path.isEmpty ? name : path + "." + name }

  mutating func take(_ name: String) throws(CaptureFailure) -> JSONValue {
    guard let value = fields.removeValue(forKey: name) else {
      throw CaptureFailure(.missingField, place(name), "the field is missing")
    }
    return value
  }

  mutating func text(_ name: String) throws(CaptureFailure) -> String {
    guard case .string(let text) = try take(name) else {
      throw CaptureFailure(.wrongType, place(name), "expected a text")
    }
    return text
  }

  mutating func optionalText(_ name: String) throws(CaptureFailure) -> String? {
    fields[name] == nil ? nil : try text(name)
  }

  mutating func whole(_ name: String) throws(CaptureFailure) -> Int {
    guard case .int(let number) = try take(name) else {
      throw CaptureFailure(.wrongType, place(name), "expected a whole number")
    }
    return Int(number)
  }

  mutating func optionalWhole(_ name: String) throws(CaptureFailure) -> Int64? {
    fields[name] == nil ? nil : Int64(try whole(name))
  }

  mutating func objects(_ name: String) throws(CaptureFailure) -> [CaptureFields] {
    guard case .array(let values) = try take(name) else {
      throw CaptureFailure(.wrongType, place(name), "expected a list")
    }
    var objects: [CaptureFields] = []
    for (index, value) in values.enumerated() {
      objects.append(try CaptureFields(value, path: "\(place(name))[\(index)]"))
    }
    return objects
  }

  mutating func optionalObjects(_ name: String) throws(CaptureFailure) -> [CaptureFields] {
    fields[name] == nil ? [] : try objects(name)
  }

  func close() throws(CaptureFailure) {
    if let name = fields.keys.min() { throw CaptureFailure(.unknownField, place(name), "unknown field") }
  }
}
