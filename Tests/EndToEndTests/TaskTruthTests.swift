import Foundation
import Model
import Policies
import Runs
import Simulation
import Testing
import Verbs

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// What the evaluator says of a night of tasks under the shipped candidates.
private func findings(of input: String) throws -> PolicyFindings {
  var options = RunSetup.Options()
  options.inputs = [input]
  options.policies = root + "/pipelines/tasks.yaml"
  options.noHistory = true
  options.quiet = true
  return try #require(try PolicyVerb.findings(options).findings)
}

@Test("On nights of tasks what candidates would have given lies in the intervals, and signs are right")
func taskTruths() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: folder) }
  var held = 0
  var asked = 0
  for seed in 1...6 as ClosedRange<UInt64> {
    var spec = TaskSpec(seed: seed)
    spec.cause = seed % 3 == 0 ? 60 : 15
    let world = TaskWorld(spec)
    let found = try findings(of: try World.writeTasks(spec, to: folder + "/\(seed)"))
    let tasks = try #require(found.tasks)
    #expect(abs((tasks.outcome.successRate.value ?? 0) - world.logged) < 0.005)
    for (name, backoff, watch) in Samples.taskCandidates {
      let truth = world.availability(backoff, watch: watch)
      let candidate = try #require(found.candidates.first { $0.name.text == name })
      let success = candidate.outcome.successRate
      asked += 1
      held += success.low - 0.001 <= truth && truth <= success.high + 0.001 ? 1 : 0
      let effect = truth - world.logged
      if let said = candidate.difference.successRate.value, abs(effect) > 0.005 {
        #expect(said * effect > 0, "seed \(seed), \(name): said \(said), truly \(effect)")
      }
    }
  }
  #expect(Double(held) >= 0.9 * Double(asked), "\(held) of \(asked)")
}

@Test("The sample of tasks has advice: what it gains, what must hold, and the setting")
func taskAdvice() throws {
  let found = try findings(of: root + "/samples/tasks.tar.gz")
  let recommended = try #require(found.recommended)
  let candidate = try #require(found.candidates.first { $0.name == recommended })
  #expect(candidate.isAboutTasks && (candidate.tonight?.value ?? 0) > 0)
  #expect(found.advice.contains { if case .mustHold = $0 { true } else { false } })
  #expect(found.advice.contains { if case .setting = $0 { true } else { false } })
  // Nobody tried to start a task that had fallen silent.
  let watched = try #require(found.candidates.first { $0.name.text == "watched" })
  #expect(watched.outcome.successRate.value == nil && watched.unsupported > 0.01)
  let otp = try #require(found.candidates.first { $0.name.text == "erlang" })
  #expect((otp.difference.successRate.value ?? 0) < 0)
}
