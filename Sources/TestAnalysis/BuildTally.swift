// What tonight's builds come to, a test after another.

/// What is counted of one of tonight's builds.
struct BuildTally {
  private(set) var tests = 0
  private(set) var failed = 0
  private(set) var flaky = 0
  private(set) var hasFailure = false
  private var last = ""
  private var lastFailed = false
  private var lastFlaky = false

  /// Takes a step of a test; the steps of one test come one after the other.
  mutating func add(_ step: TestStep, _ test: String) {
    if test != last || tests == 0 {
      tests += 1
      last = test
      lastFailed = false
      lastFlaky = false
    }
    if step.isFailure, !lastFailed {
      failed += 1
      lastFailed = true
      hasFailure = true
    }
    if step.isFlaky, !lastFlaky {
      flaky += 1
      lastFlaky = true
    }
  }
}
