// Policies as policy files write them, step by step, from the tables in Cases/.
import Model
import Policies
import Runs
import Support
import TestSupport
import Testing

@Suite("Policy cases")
struct PolicyCaseTests {
  /// The policy of a case, read as a file has it.
  private func policy(_ one: TestCase) throws -> Policy {
    let body = try #require(one.value("policy"))
    var problems: [ConfigProblem] = []
    let file = PolicyFile(
      config: try YAMLTree.read("version: 1\npolicies:\n  - { name: case, \(body) }\n"), problems: &problems)
    #expect(problems.map(\.message) == [])
    return try #require(file.policies.first)
  }

  @Test("delays", arguments: TestCase.all("delays"))
  func delays(of one: TestCase) throws {
    let retry = try #require(try policy(one).retry)
    let rows = one.lines.filter { $0.hasPrefix("at ") }
    #expect(!rows.isEmpty)
    for row in rows {
      let parts = row.dropFirst(3).split(separator: ":")
      let draw = try #require(Double(parts[0]))
      let expected = parts[1].split(separator: " ").compactMap { Int64($0) }
      var memory = Backoff.Memory()
      let waits = (1...expected.count).map { retry.backoff.delay($0, u: draw, memory: &memory) / 1000 }
      #expect(waits == expected, "\(one.title), draw \(draw)")
    }
  }

  @Test("breakers", arguments: TestCase.all("breakers"))
  func breakers(of one: TestCase) throws {
    var breaker = CircuitBreaker(try #require(try policy(one).breaker))
    let steps = one.rows(after: "steps")
    #expect(!steps.isEmpty)
    for step in steps {
      let time = try #require(Int64(step[0])) * 1000
      let answer: String
      switch step[1] {
      case "ask": answer = breaker.tryAcquire(at: time) ? "admitted" : "refused"
      case "ok", "fail", "slow":
        let duration: Int64 = step[1] == "slow" ? 3_000_000 : 1000
        breaker.record(failed: step[1] == "fail", duration: duration, at: time)
        answer = "\(breaker.state)"
      default: answer = "no step"
      }
      #expect(answer == step[2], "\(one.title): \(step.joined(separator: " "))")
    }
  }

  @Test("budgets", arguments: TestCase.all("budgets"))
  func budgets(of one: TestCase) throws {
    var state = RetryBudgetState(try #require(try policy(one).budget))
    let steps = one.rows(after: "steps")
    #expect(!steps.isEmpty)
    for step in steps {
      let time = try #require(Int64(step[0])) * 1000
      switch step[1] {
      case "request": state.request(at: time)
      case "failure": state.failed(at: time)
      case "success": state.ended(succeeded: true, retries: 0, lastCost: nil)
      case "retry":
        let isAllowed = state.takeRetry(at: time, failure: FailureKind.unavailable.rawValue) != nil
        #expect(isAllowed == (step[2] == "allowed"), "\(one.title): \(step.joined(separator: " "))")
      default: Issue.record("no step: \(step)")
      }
    }
  }

  @Test("the tables are there") func tables() {
    for name in ["delays", "breakers", "budgets"] { #expect(TestCase.all(name).count >= 4, "\(name)") }
  }
}
