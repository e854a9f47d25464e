/// A stretch of trouble of one component, before anomalies are joined into incidents.
struct Anomaly {
  enum Sign: Hashable {
    /// Requests failed because of it.
    case failures
    /// Its own code became slow.
    case slowCode
    /// The way to it became slow.
    case slowNetwork
    /// Its spans, which never say whether they failed, run through other code, or its log reports errors.
    case behaviour
    /// It does nothing although requests come as usual.
    case silence
    /// It died and was started again, over and over.
    case crashes
    /// It is called, or calls, many times as often as usual for one request.
    case moreCalls
    /// Its log lines and metrics, where there are hardly any requests to see it by.
    case records
  }

  var component: Int
  var sign: Sign
  /// Microseconds: the first and the last trace of it.
  var onset: Int64
  var end: Int64
  /// How certain it is, in standard deviations.
  var strength: Double
  /// Failed requests that it explains, beyond what is usual.
  var failures = 0.0
  /// For slow ones: microseconds that a request usually takes here, and that it took now.
  var usualTime = 0.0
  var time = 0.0
  /// Requests that were to be expected of a silent one.
  var missing = 0.0
  /// And those that came nevertheless.
  var came = 0.0
  /// Deaths of one that was started again and again.
  var crashes = 0
  /// How the memory grew that it died of.
  var growth: MemoryGrowth.Growth?
  /// For more calls: between whom; the times are then calls per request.
  var way: Way?

  struct Way: Hashable, Comparable {
    var caller: Int
    var callee: Int

    static func < (a: Self, b: Self) -> Bool { (a.caller, a.callee) < (b.caller, b.callee) }

    func touches(_ component: Int) -> Bool { component == caller || component == callee }
  }
  /// Which spans it slowed, for slow ones, and whether one of its resources was nearly used up meanwhile.
  var reach: LatencyContrast.Reach?
  var isSaturated = false
  /// Whether one call alone shows it (`ExtremeCalls`).
  var isOneCall = false
  /// The component whose requests showed it, where that is another one, and whether it was told apart whose slowness it is.
  var shownBy: Int?
  var isTraced = false
}
