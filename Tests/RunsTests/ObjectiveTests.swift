// Objectives of a pipeline file, and what a night spends of their error budgets.
import Model
import Reports
import Runs
import Support
import Testing

@Suite("Objectives")
struct ObjectiveTests {
  private func read(_ objectives: String) -> (objectives: [Objective], told: String) {
    do throws(RunSetup.Failure) {
      let pipeline = try RunSetup.checked(path: "night.yaml", text: "version: 1\nobjectives: \(objectives)\n")
      return (pipeline.objectives, "")
    } catch {
      return ([], error.message)
    }
  }

  @Test("each target is an objective of its own, with the window's default")
  func sound() {
    let (objectives, told) = read(
      "[ { component: frontend, success: 99.9%, latency: { p99: 300ms } }, { component: api, success: 0.5, window: 7d } ]"
    )
    #expect(told.isEmpty)
    let month: Int64 = 30 * 86_400_000_000
    #expect(objectives.count == 3)
    #expect(objectives.map(\.window) == [month, month, 7 * 86_400_000_000])
    #expect(objectives.map(\.target.share).map { ($0 * 1e6).rounded() } == [999_000, 990_000, 500_000])
    #expect({ if case .latency(_, 300_000)? = objectives.dropFirst().first?.target { true } else { false } }())
  }

  @Test("what is no objective is told with what to write")
  func wrong() {
    for (text, part) in [
      ("frontend", "takes a list"), ("[ { success: 99% } ]", "needs a component"),
      ("[ { component: a } ]", "needs 'success' or 'latency'"),
      ("[ { component: a, success: 120% } ]", "between 0 and 100"),
      ("[ { component: a, sucess: 99% } ]", "did you mean 'success'"),
      ("[ { component: a, success: nan } ]", "between 0"),
      ("[ { component: a, latency: { fast: 3ms } } ]", "no quantile"),
      ("[ { component: a, latency: { p99: 300 } } ]", "takes a duration"),
      ("[ { component: a, success: 99%, window: 0s } ]", "above zero"),
    ] { #expect(read(text).told.contains(part), "\(text): \(read(text).told)") }
  }

  @Test("burn rates by hour, the share of the window's budget, and what a candidate saves")
  func budget() {
    let objective = Objective(
      component: "frontend", target: .success(share: 0.999), window: 30 * 86_400_000_000)
    let hour: Int64 = 3_600_000_000
    var budget = ErrorBudget(
      objective,
      [
        BudgetSlot(start: hour + 10, requests: 4_000, bad: 40), BudgetSlot(start: 5, requests: 5_000, bad: 0),
        BudgetSlot(start: hour + 60_000_000, requests: 1_000, bad: 10),
      ], length: 2 * hour)
    #expect(budget.hours.map(\.bad) == [0, 50] && budget.hours.map(\.start) == [0, hour])
    // 50 of 10,000 are five times what one in a thousand allows; two hours are a 360th of the window.
    #expect(abs(budget.burnRate - 5) < 1e-9)
    #expect(abs(budget.spent(50) - 5.0 / 360) < 1e-12)
    budget.add("better", gain: Estimate(0.004, low: 0.003, high: 0.02), calls: 10_000)
    let better = budget.candidates[0]
    #expect(abs((better.spent.value ?? 0) - 1.0 / 360) < 1e-12)
    // More than everything cannot be saved.
    #expect(better.spent.low == 0)
    #expect(abs((better.saved.value ?? 0) - 0.004 * Double(2 * hour)) < 1)
    budget.add("worse", gain: Estimate(-0.1, low: -0.2, high: -0.05), calls: 10_000)
    #expect((budget.candidates[1].saved.value ?? 0) < 0)
  }
}
