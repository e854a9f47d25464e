// How a request, or tonight as a whole, departs from a pattern, as facts.

/// What a violation says beside its numbers.
package enum ViolationDetail: Hashable, Sendable {
  case rule(BrokenRule)
  /// A pattern seen on each of the last nights and not tonight.
  case gone(pattern: ForeignName, nights: Int)
  /// A call, or the whole request where `call` is nil, that was slower than its pattern allows.
  case slow(call: ForeignName?, SlowRule)
  /// Slower than on earlier nights; `score` is in standard deviations of those, `since` nil where it began tonight.
  case drift(DriftRule, change: Double, nights: Int, since: ForeignName?, score: Double)

  package enum SlowRule: Hashable, Sendable {
    case beyondLearned
    case windows(broken: Int, of: Int)
    case beyondTypicalWindow
  }

  package enum DriftRule: Hashable, Sendable { case shift, tail, creep }
}
