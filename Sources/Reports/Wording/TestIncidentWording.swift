// What an incident of tests says, in words.

internal import Model

extension TestWording {
  static func fact(_ fact: TestIncidentFact) -> InlineText {
    switch fact {
    case .failedTogether(let tests, let signature): "\(count(tests)) failed for one reason: \(quote: signature.text)"
    case .broke(let test, let tests, let since, let builds):
      (test.map { "\($0)" as InlineText } ?? count(tests))
        + (builds == 1 ? " failed in the last build, \(since)" : " failed in every build since \(since)")
    case .signature(let signature): "\(quote: signature.text)"
    case .revision(let name): "revision \(name)"
    case .build(let name): "build \(name)"
    case .breaks(let test): "breaks \(test)"
    case .grouped(let tests, let grouping): "\(count(tests)), \(because(grouping))"
    case .putTogether(let grouping): "Put together because " + because(grouping) + "."
    case .notByChance: "Passed before, failed in every build since, and not by chance at the rate it failed before."
    case .firstFailure: "first failing test"
    }
  }

  private static func count(_ tests: Int) -> InlineText { IncidentWording.counted(tests, "test") }

  private static func because(_ grouping: TestGrouping) -> InlineText {
    switch grouping {
    case .declared: "the report itself names what they needed"
    case .traceSupported: "they failed while the traces show the outage"
    case .coFailure: "they began to fail in the same builds"
    case .message: "they gave the same message in the same builds"
    }
  }
}
