// How a pattern was departed from, in words.

package import Model

extension ViolationDetail {
  package var wording: InlineText {
    switch self {
    case .rule(let rule): rule.wording
    case .gone(let pattern, let nights): "\(pattern): seen on each of the last \(nights) nights, not once tonight"
    case .slow(let call, let rule): (call.map { "\($0)" as InlineText } ?? "the request") + ": " + rule.wording
    case .drift(let rule, let change, let nights, let since, let score):
      Self.drift(rule, change, nights, since)
        + " (\(number: score) standard deviations of those nights; since \(Self.night(since)))"
    }
  }

  private static func night(_ since: ForeignName?) -> InlineText { since.map { "\($0)" as InlineText } ?? "tonight" }

  private static func drift(_ rule: DriftRule, _ change: Double, _ nights: Int, _ since: ForeignName?) -> InlineText {
    switch rule {
    case .shift: "\(percent: change) slower than \(nights) earlier nights"
    case .tail: "the slowest requests took \(percent: change) longer beside the others than on \(nights) earlier nights"
    case .creep: "\(percent: change) slower than it was, creeping up since \(night(since))"
    }
  }
}

extension ViolationDetail.SlowRule {
  var wording: InlineText {
    switch self {
    case .beyondLearned: "slower than any learned call of this path allows"
    case .windows(let broken, let all): "the median of \(broken) of \(all) windows departs from the others"
    case .beyondTypicalWindow: "slower than one and a half times the 99th percentile of the median window"
    }
  }
}
