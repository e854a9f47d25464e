// What a run decided, so that a later run can be compared with it decision by decision.
package import Policies
package import Support

/// One effect of a decision and its hash.
package struct CapturedEffect: Hashable, Sendable {
  package var effect: JSONValue
  /// `CaptureHash.effect` of it.
  package var hash: String

  package init(_ effect: JSONValue) throws(CaptureFailure) {
    self.effect = effect
    hash = try CaptureHash.effect(effect)
  }

  init(effect: JSONValue, hash: String) {
    self.effect = effect
    self.hash = hash
  }
}

/// The acknowledgement of something sent out.
package struct CapturedAck: Hashable, Sendable {
  package var intentID: String
  package var channel: String
  package var status: String
  package var acceptance: String
  package var egressRef: String?

  package init(intentID: String, channel: String, status: String, acceptance: String, egressRef: String? = nil) {
    self.intentID = intentID
    self.channel = channel
    self.status = status
    self.acceptance = acceptance
    self.egressRef = egressRef
  }
}

/// One decision with its place in the hash chain.
package struct CapturedDecision: Hashable, Sendable {
  /// What it was about: an event, an incident, a candidate.
  package var eventID: String
  package var decision: AdmissionDecision
  /// Microseconds.
  package var scheduleAt: Int64?
  package var episodeID: UInt64
  /// Microseconds.
  package var deadline: Int64?
  package var termination: String?
  package var retryCount: Int
  package var effects: [CapturedEffect]
  package var intentAcks: [CapturedAck]
  package var interruption: String?
  /// The chain up to and including this decision; empty until it is recorded.
  package var chain = ""

  package init(
    eventID: String, decision: AdmissionDecision, scheduleAt: Int64? = nil, episodeID: UInt64 = 0,
    deadline: Int64? = nil, termination: String? = nil, retryCount: Int = 0, effects: [CapturedEffect] = [],
    intentAcks: [CapturedAck] = [], interruption: String? = nil
  ) {
    self.eventID = eventID
    self.decision = decision
    self.scheduleAt = scheduleAt
    self.episodeID = episodeID
    self.deadline = deadline
    self.termination = termination
    self.retryCount = retryCount
    self.effects = effects
    self.intentAcks = intentAcks
    self.interruption = interruption
  }

  /// A decision of an admission gate, with the effects it had.
  package init(_ entry: AdmissionEntry, effects: [CapturedEffect] = [], termination: String? = nil) {
    self.init(
      eventID: entry.origin, decision: entry.decision, scheduleAt: entry.scheduleAt, episodeID: entry.episode,
      deadline: entry.deadline, termination: termination, retryCount: entry.retryCount, effects: effects,
      interruption: entry.reason?.rawValue)
  }
}

/// One thing the run read.
package struct CapturedInput: Hashable, Sendable {
  package var name: String
  /// SHA-256, lower hex.
  package var sha256: String
  package var bytes: Int

  package init(name: String, sha256: String, bytes: Int) {
    self.name = name
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// A run's capture.
package struct CaptureBundle: Hashable, Sendable {
  /// The only version this program reads and writes.
  package static let formatVersion = "v3"
  /// Where nothing adapted the input.
  package static let noAdapter = "none"

  package var captureVersion = formatVersion
  /// Digest of the pipeline.
  package var graphID: String
  /// The pipeline's settings.
  package var config: JSONValue
  package var inputs: [CapturedInput]
  package var decisions: [CapturedDecision] = []
  package var adapterProvenance = noAdapter
  /// Name and version of the program.
  package var runtimeProvenance: String
  package var egressProvenance: String?
  /// SHA-256 of the report, nil where the run wrote none.
  package var reportChecksum: String?

  package init(graphID: String, config: JSONValue, inputs: [CapturedInput], runtimeProvenance: String) {
    self.graphID = graphID
    self.config = config
    self.inputs = inputs
    self.runtimeProvenance = runtimeProvenance
  }

  /// Adds a decision at the end of the chain.
  package mutating func record(_ decision: CapturedDecision) throws(CaptureFailure) {
    var decision = decision
    let previous: String
    if let last = decisions.last { previous = last.chain } else { previous = try head() }
    decision.chain = try CaptureHash.chain(after: previous, decision)
    decisions.append(decision)
  }

  /// The chain's beginning: what was run on what.
  func head() throws(CaptureFailure) -> String {
    try CaptureHash.tagged(
      "hindcast.capture.head",
      .object([
        "captureVersion": .string(captureVersion), "graphID": .string(graphID), "config": config,
        "inputs": .array(inputs.map(\.json)), "adapterProvenance": .string(adapterProvenance),
        "runtimeProvenance": .string(runtimeProvenance),
      ]))
  }
}

/// Why a capture cannot be written or read.
package struct CaptureFailure: Error, Hashable, Sendable {
  package enum Code: String, Hashable, Sendable {
    case notJSON, unknownVersion, unknownField, missingField, wrongType, nonFiniteNumber, effectHash, chain
  }
  package var code: Code
  /// Where: `decisions[3].effects[0].hash`.
  package var path: String
  package var message: String

  package init(_ code: Code, _ path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }
}

/// The hashes of captures: SHA-256 over a domain tag and canonical JSON (in the manner of RFC 8785).
package enum CaptureHash {
  /// The hash of an effect, lower hex.
  package static func effect(_ value: JSONValue) throws(CaptureFailure) -> String {
    try tagged("hindcast.effect", value)
  }

  static func tagged(_ tag: String, _ value: JSONValue) throws(CaptureFailure) -> String {
    try checkFinite(value)
    return SHA256.hex(Array("\(tag).v1\n".utf8) + value.canonicalBytes)
  }

  static func chain(after previous: String, _ decision: CapturedDecision) throws(CaptureFailure) -> String {
    try tagged("hindcast.decision", .object(["previous": .string(previous), "decision": decision.unchained]))
  }

  /// - Throws: `CaptureFailure` where a number is none that JSON has.
  static func checkFinite(_ value: JSONValue) throws(CaptureFailure) {
    var open = [value]
    while let next = open.popLast() {
      switch next {
      case .double(let number):
        if !number.isFinite { throw CaptureFailure(.nonFiniteNumber, "", "a number that is not finite has no JSON") }
      case .array(let values): open += values
      case .object(let pairs): open += pairs.values
      case .null, .bool, .int, .string: break
      }
    }
  }
}
