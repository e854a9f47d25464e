import Policies
import Model
import Foundation
import Runs
import Simulation
import Testing
import Verbs

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

@Test("On the shipped sample the recommended candidate is the one that truly serves the most users")
func recommendationIsTrulyBest() throws {
  var options = RunSetup.Options()
  options.inputs = [root + "/samples/night.tar.gz"]
  options.policies = root + "/pipelines/policies.yaml"
  options.noHistory = true
  options.quiet = true
  let (policies, result) = try PolicyVerb.findings(options)
  let findings = try #require(result)
  let trial = NightTrial(Samples.serviceNight)
  let before = trial.truth(nil, plays: 40)
  #expect(policies.allSatisfy(NightTrial.canPlay))
  let truths = policies.map { (name: $0.name, truth: trial.truth($0, plays: 40)) }
  let best = try #require(truths.max { $0.truth.requestSuccess < $1.truth.requestSuccess })
  #expect(findings.recommended?.text == best.name)
  // The note says by how much, and the candidate is truly better than what was logged by far more than chance.
  #expect(best.truth.requestSuccess - before.requestSuccess > 5 * (best.truth.requestError + before.requestError))
  let chosen = try #require(findings.candidates.first { $0.name == findings.recommended })
  let gain = try #require(chosen.tonight?.value)
  #expect(gain > 0)
  let said: PolicyFindings.Effect? =
    switch findings.advice.first {
    case .take(chosen.name, let effect)?, .closest(chosen.name, let effect, _)?: effect
    default: nil
    }
  #expect(said.map { abs($0.gain - gain) < 1e-9 } == true)
  // What truly serves fewer users than the log is never said to serve more.
  for (name, truth) in truths
  where truth.requestSuccess + 3 * (truth.requestError + before.requestError) < before.requestSuccess {
    let said = findings.candidates.first { $0.name.text == name }
    #expect((said?.difference.successRate.value ?? 0) < 0, "\(name)")
  }
}

@Test("A night played with nobody's policy but its own gives what the generator wrote, on average")
func trialFollowsTheGenerator() throws {
  var spec = Samples.serviceNight
  var failed = 0
  var requests = 0
  var faulted = 0.0
  // The same system under the same faults, generated and played: seeds change both alike.
  for seed in 80..<86 as Range<UInt64> {
    spec.seed = seed
    var writer = MemoryWriter()
    let truth = try ServiceNight(spec).write(to: &writer)
    failed += truth.faults.reduce(0) { $0 + $1.failedRequests }
    requests += truth.requests
    let quiet = NightTrial(spec).truth(nil, plays: 10)
    faulted += (1 - quiet.requestSuccess) * Double(truth.requests)
  }
  // Faults explain all but the noise of some components, below half a per cent of a request's calls.
  let generated = Double(failed) / Double(requests)
  let played = faulted / Double(requests)
  #expect(played >= generated - 0.005 && played < generated + 0.03, "\(generated), \(played)")
}
