// Captures: written, read strictly and compared.
import Model
import Policies
import Runs
import Support
import Testing

private func bundle(_ change: (inout [CapturedDecision]) throws -> Void = { _ in }) throws -> CaptureBundle {
  var bundle = CaptureBundle(
    graphID: "pipeline-1", config: .object(["maxInFlight": .int(2)]),
    inputs: [CapturedInput(name: "a.tar.gz", sha256: SHA256.hex([1]), bytes: 10)], runtimeProvenance: "hindcast 1")
  var decisions = [
    CapturedDecision(
      eventID: "incident-1", decision: .invoke, effects: [try CapturedEffect(.object(["severity": .string("major")]))]),
    CapturedDecision(
      eventID: "incident-2", decision: .defer, scheduleAt: 100, episodeID: 1,
      intentAcks: [CapturedAck(intentID: "i", channel: "mail", status: "sent", acceptance: "accepted")]),
    CapturedDecision(eventID: "incident-3", decision: .skip, interruption: "deadline"),
  ]
  try change(&decisions)
  for decision in decisions { try bundle.record(decision) }
  bundle.reportChecksum = SHA256.hex([2])
  return bundle
}

private func refusal(_ text: String) -> CaptureFailure? {
  do throws(CaptureFailure) {
    _ = try CaptureBundle(reading: Array(text.utf8))
    return nil
  } catch {
    return error
  }
}

@Test("the version is v3, the provenance none, and other versions are refused")
func versions() throws {
  #expect(CaptureBundle.formatVersion == "v3")
  #expect(CaptureBundle.noAdapter == "none")
  #expect(try bundle().adapterProvenance == "none")
  let text = try bundle().text(isCompact: true).replacing(#""captureVersion":"v3""#, with: #""captureVersion":"v4""#)
  #expect(refusal(text)?.code == .unknownVersion)
}

@Test("the effect's hash covers canonical JSON under a tag of its own")
func effectHash() throws {
  let effect = JSONValue.object(["b": .int(2), "a": .int(1)])
  let asWritten = "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777"
  #expect(effect.canonical == #"{"a":1,"b":2}"#)
  #expect(SHA256.hex(Array(effect.canonical.utf8)) == asWritten)
  let mended = try CaptureHash.effect(effect)
  #expect(mended != asWritten)
  #expect(mended == SHA256.hex(Array("hindcast.effect.v1\n{\"a\":1,\"b\":2}".utf8)))
  #expect(try CaptureHash.effect(.object(["a": .int(1), "b": .int(2)])) == mended)
  #expect(throws: CaptureFailure.self) { try CaptureHash.effect(.array([.double(.nan)])) }
  #expect(try CapturedEffect(effect).hash == mended)
}

@Test("what is absent is left out")
func absentFields() throws {
  let text = try bundle().text(isCompact: true)
  #expect(!text.contains("egressRef"))
  #expect(text.contains(#""interruption":"deadline""#))
  #expect(text.components(of: "intentAcks") == 1)
}

@Test("a gate's decision becomes a captured one with its effects")
func conversion() throws {
  var gate = AdmissionGate(AdmissionSettings(maxInFlight: 1, deadline: 5000))
  _ = gate.arrive("e1", at: 0)
  let effect = try CapturedEffect(.string("started"))
  let decision = CapturedDecision(gate.log[0], effects: [effect], termination: "completed")
  #expect(decision.eventID == "e1")
  #expect(decision.decision == .invoke)
  #expect(decision.deadline == 5000)
  // As written, the conversion dropped every effect.
  #expect(decision.effects == [effect])
}

@Test("a round trip, and unknown fields refused at every level")
func strictReading() throws {
  let bundle = try bundle()
  for isCompact in [true, false] {
    let text = try bundle.text(isCompact: isCompact)
    #expect(try CaptureBundle(reading: Array(text.utf8)) == bundle)
  }
  let text = try bundle.text(isCompact: true)
  #expect(refusal(String(text.dropLast()) + #","more":1}"#)?.code == .unknownField)
  // As written, an extra nested key was accepted.
  let nested = text.replacing(#""bytes":10"#, with: #""bytes":10,"colour":"red""#)
  #expect(refusal(nested)?.path == "inputs[0].colour")
  let deep = text.replacing(#""channel":"mail""#, with: #""channel":"mail","extra":null"#)
  #expect(refusal(deep)?.path == "decisions[1].intentAcks[0].extra")
  #expect(refusal(text.replacing(#""bytes":10"#, with: #""bytes":"10""#))?.code == .wrongType)
  #expect(refusal(text.replacing(#""graphID":"pipeline-1","#, with: ""))?.code == .missingField)
  #expect(refusal("{")?.code == .notJSON)
}

@Test("one changed decision breaks the chain from there on, one changed effect its hash")
func chain() throws {
  let text = try bundle().text(isCompact: true)
  let changed = refusal(text.replacing(#""eventID":"incident-2""#, with: #""eventID":"incident-9""#))
  #expect(changed?.code == .chain)
  #expect(changed?.path == "decisions[1].chain")
  #expect(refusal(text.replacing(#""severity":"major""#, with: #""severity":"minor""#))?.code == .effectHash)
  let bundle = try bundle()
  #expect(Set(bundle.decisions.map(\.chain)).count == 3)
}

@Test("Two captures: the first decision and field that differ, hashes last")
func comparison() throws {
  let captured = try bundle()
  #expect(CaptureDifference.first(captured: captured, replayed: captured) == nil)
  let other = try bundle { decisions in
    decisions[1].scheduleAt = 200
    decisions[2].interruption = "maxDefers"
  }
  let difference = try #require(CaptureDifference.first(captured: captured, replayed: other))
  #expect(difference.decision == 1)
  #expect(difference.field == "decisions[1].scheduleAt")
  #expect(difference.captured == "100" && difference.replayed == "200")
  #expect(
    difference.sentence == "first difference in decision 2, field 'decisions[1].scheduleAt': captured 100, replayed 200"
  )
  let shorter = try bundle { $0.removeLast() }
  #expect(CaptureDifference.first(captured: captured, replayed: shorter)?.replayed == "absent")
  var report = captured
  report.reportChecksum = nil
  #expect(CaptureDifference.first(captured: captured, replayed: report)?.field == "reportDigest")
  var input = captured
  input.inputs[0].bytes = 11
  #expect(CaptureDifference.first(captured: captured, replayed: input)?.field == "inputs[0].bytes")
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    guard let range = firstRange(of: part) else {
      Issue.record("'\(part)' is not in the text")
      return self
    }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }

  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
