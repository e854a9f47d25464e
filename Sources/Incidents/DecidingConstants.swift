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
  package var extremes = 0.01
  package var noticed = 1e6
  /// The departing spans from which a minute stands alone in a night without log records (`BehaviourAnomalies`).
  package var manySpans = 20.0

  // Of nights in which no record says who calls whom.

  /// The share of the requests of two in which one takes longer, or works around the other, for it to stand above, and the standard
  /// errors by which their durations must rise together (`ServingOrder`).
  package var certainOrder = 0.97
  package var certainCorrelation = 3.0
  /// The share of the requests of two that nothing between them explains for the one to call the other directly, too (`SideBySide`).
  package var directCalls = 0.2
  /// The share of the requests with a component that must be slow for the way to it to be (`SlowSpectrum`).
  package var slowWith = 0.9
  /// The share of the requests of two in which one works within the other's time to be on its way, and that in which the time around one
  /// must have grown for the way to it to be slow (`NestedGaps`).
  package var withinShare = 0.5
  package var changedShare = 0.9
  /// The share of a caller's failed requests that usually met a callee for its absence to mean anything, and what of that is still
  /// "missing"; the minutes around one that are looked at with it (`MissingCallees`).
  package var regularCalls = 0.3
  package var missingCalls = 0.5
  package var minutesAround = 2.0
  /// Of its usual seconds those in which one that is down seems to answer (`SilentSeconds`).
  package var halfSeconds = 0.2
  /// The share of the words of one place in error lines that must be known components for the others to be names (`ToldBlame`).
  package var knownNames = 0.5
  /// The share of the requests with lines of a component that is no lack (`LineLack`).
  package var lackShare = 0.7

  package init() {}
}
