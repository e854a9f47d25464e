import Simulation
import Testing

private func nights(_ change: (inout CISpec) -> Void = { _ in }) throws -> ([(path: String, bytes: [UInt8])], CITruth) {
  var spec = CISpec(seed: 9)
  spec.nights = 9
  change(&spec)
  var writer = MemoryWriter()
  var world = CIWorld(spec)
  let truth = try world.write(to: &writer)
  return (writer.members, truth)
}

@Test("CI nights of one seed are the same bytes twice")
func ciDeterministic() throws {
  let (first, truth) = try nights()
  let (second, again) = try nights()
  #expect(first.map(\.bytes) == second.map(\.bytes))
  #expect(truth == again)
  #expect(try nights { $0.seed = 10 }.0.map(\.bytes) != first.map(\.bytes))
  #expect(first.count == 9 * 4 * 12)
}

@Test("What a CI world plants is in its reports")
func ciPlants() throws {
  let (members, truth) = try nights()
  let text = members.map { String(decoding: $0.bytes, as: UTF8.self) }
  #expect(truth.flaky.count == 10)
  #expect(truth.regressions.count == 3)
  #expect(truth.setups.count == 3)
  #expect((truth.outage?.tests.count ?? 0) >= 10)
  let flaky = text.reduce(0) { $0 + $1.split(separator: "<flakyFailure").count - 1 }
  let failed = text.reduce(0) { $0 + $1.split(separator: "ConditionTimeoutException\">").count - 1 }
  #expect(flaky > 0)
  #expect(failed == truth.flaky.reduce(0) { $0 + $1.failures })
  #expect(text.reduce(0) { $0 + $1.split(separator: "setup failed").count - 1 } == 2 * truth.setups.count)
  #expect(text.reduce(0) { $0 + $1.split(separator: "<testcase").count - 1 } == truth.cases)
}

@Test("Without anything planted every test passes or is skipped")
func ciQuiet() throws {
  let (members, _) = try nights {
    $0.flakyTests = 0
    $0.regressions = 0
    $0.setupFailures = 0
    $0.clusters = 0
    $0.hasOutage = false
  }
  for member in members {
    let text = String(decoding: member.bytes, as: UTF8.self)
    #expect(!text.contains("<failure") && !text.contains("<error") && !text.contains("<flaky"))
  }
}
