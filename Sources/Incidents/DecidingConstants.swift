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
  /// The share of a resource from which it is nearly used up, and the least rise to there (`MetricContrast`; the utilisation of the USE
  /// method, Gregg, *Systems Performance*, 2013).
  package var nearlyUsedUp = 0.8
  package var usedUpRise = 0.3
  /// The spans that must be slow beside a resource that is nearly used up (`LatencyAnomalies`).
  package var slowWhileShort = 2.0
  /// The standard deviations from which errors that come all night are more than usual (`UsualComplaints`).
  package var complaintNews = 3.0
  /// How many calls as long as one are expected in a night at most for it to be told alone, and how long a user must have waited for it,
  /// microseconds (`ExtremeCalls`).
  package var extremes = 0.05
  package var noticed = 1e6
  /// The departing spans from which a minute stands alone in a night without log records (`BehaviourAnomalies`).
  package var manySpans = 20.0

  package init() {}
}
