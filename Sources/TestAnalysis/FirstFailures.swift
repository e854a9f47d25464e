// What a first failure is worth: whether a test that never failed before and failed at the night's end is broken, or one
// that comes and goes and shows it for the first time.
//
// One failure cannot tell. How many of a project's tests came and went so far, and how many broke and stayed so, can: these
// are the prior odds (Laplace's rule of succession), and every further failure in a row speaks against chance by the rate at
// which a flaky test that has just failed fails again.

internal import Glibc
internal import Model

struct FirstFailures {
  /// Tests that came and went, and tests that broke for good or until somebody mended them.
  private(set) var flaky = 0
  private(set) var broken = 0
  /// How often a flaky test that has failed fails the next time: the mean rate of those that failed, which is E[p²] / E[p].
  private(set) var again: Double

  /// By test: its failures in a row at the end, over all its lines, and those that earlier nights saw.
  private var inARow: [String: (all: Int, before: Int)] = [:]
  /// Tests that are flaky, or have failed and passed again before.
  private var known: Set<String> = []
  /// Tests that broke and have not been mended: what became of a test says nothing of itself.
  private var lasting: Set<String> = []

  /// Failures in a row from which on a test is counted as broken.
  private static let broke = 3
  /// What one test with the rate that flaky tests have in the field adds (J. Micco, "The State of Continuous Integration
  /// Testing @Google", 2017: they fail in .1 to 40 of 100 runs).
  private static let usualRate = 0.2

  init(_ verdicts: [LineVerdict], tonight: Int) {
    var broken: Set<String> = []
    var (first, second) = (Self.usualRate, Self.usualRate * Self.usualRate)
    for verdict in verdicts {
      if verdict.basis != nil {
        first += verdict.rate
        second += verdict.rate * verdict.rate
      }
      if verdict.basis != nil || !verdict.occasions.isEmpty { known.insert(verdict.test) }
      if verdict.basis == nil && !verdict.repaired.isEmpty { broken.insert(verdict.test) }
      guard let since = verdict.tailSince, verdict.endsFailed else { continue }
      inARow[verdict.test, default: (0, 0)].all += verdict.failuresInARow
      inARow[verdict.test, default: (0, 0)].before += verdict.failuresBefore
      if since < tonight, verdict.failedBuilds >= Self.broke { lasting.insert(verdict.test) }
    }
    lasting.subtract(broken)
    again = second / first
    flaky = known.count
    self.broken = broken.union(lasting).subtracting(known).count
    lasting.subtract(known)
  }

  /// Whether the failures with which a line ended are more likely a break than a flake.
  func isBreak(_ verdict: LineVerdict) -> Bool {
    isBreak(verdict.test, failures: inARow[verdict.test]?.all ?? verdict.failuresInARow)
  }

  /// The same at the end of the night before.
  func wasBreak(_ verdict: LineVerdict) -> Bool {
    isBreak(verdict.test, failures: inARow[verdict.test]?.before ?? verdict.failuresBefore)
  }

  private func isBreak(_ test: String, failures: Int) -> Bool {
    guard failures > 0 else { return false }
    let chance = pow(again, Double(min(failures, 64) - 1))
    // It came and went before: then the flake has nothing left to explain but the failures themselves.
    if known.contains(test) { return chance * again < LineJudge.chance }
    let others = lasting.contains(test) ? broken - 1 : broken
    return Double(flaky + 1) * chance <= Double(others + 1)
  }
}
