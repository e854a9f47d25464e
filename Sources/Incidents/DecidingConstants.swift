/// The constants of the judgement that are chosen and neither learned from the night nor taken from literature. They stand in one
/// place so that `benchmark constants` can choose each of them without the kind of fault that it is then judged on.
///
/// No pipeline file sets them.
package struct DecidingConstants: Hashable, Sendable {
  /// The least rise of a slow duration over the median, microseconds: less is no trouble (`UpperFence`).
  package var leastRise = 5000.0
  /// The least share of spans beyond the usual that a cause of slowness must slow (`LatencyContrast`).
  package var slowShare = 0.1
  /// What a slow way says against its only caller, of what it says against the callee (`LatencyContrast`).
  package var onlyCallerWay = 0.9
  /// What a break says against the callee where only one caller shows it (`BehaviourContrast`).
  package var onlyCallerBreak = 0.5
  /// How much of a behaviour a callee can explain (`SuspectScorer`).
  package var explainable = 0.7
  /// What the weaker kinds of evidence add to the strongest (`SuspectScorer`).
  package var support = 0.2

  package init() {}
}
