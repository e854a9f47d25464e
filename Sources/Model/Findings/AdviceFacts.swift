// What the evaluation says of candidates and advises: facts, which reports put into words.

extension PolicyFindings {
  /// What users ask for: requests, or single calls where calls are nested.
  package enum Unit: Hashable, Sendable {
    case requests, calls
    /// The time of supervised tasks.
    case taskTime
  }

  /// One candidate against the log.
  package enum Verdict: Hashable, Sendable {
    case unjudged
    /// Success lies between these.
    case refused(low: Double, high: Double)
    case effect(Effect)
    case supervision(starts: Int, exits: Int, children: Int, escalations: Int, first: Escalation?)
  }

  package struct Escalation: Hashable, Sendable {
    package var child: ForeignName
    /// Microseconds since the epoch.
    package var at: Int64
    package init(child: ForeignName, at: Int64) {
      self.child = child
      self.at = at
    }
  }

  /// What a candidate changes.
  package struct Effect: Hashable, Sendable {
    package enum Direction: Hashable, Sendable { case better, worse, same, undecided }
    package enum Basis: Hashable, Sendable {
      /// What every night would bring.
      case anyNight
      /// What this night would have brought.
      case thisNight
      case likely
      /// Nothing but bounds is known.
      case bounds
    }

    package var direction: Direction
    package var basis: Basis
    /// Change of the share of requests served.
    package var gain: Double
    package var low: Double
    package var high: Double
    /// Attempts per request more than logged; nil where only bounds hold.
    package var extraAttempts: Double?
    /// p99 more than logged, microseconds; nil where only bounds hold.
    package var extraLatency: Double?
    package var isUnderLoad: Bool
    package var unit: Unit
    package init(
      direction: Direction, basis: Basis, gain: Double, low: Double, high: Double, extraAttempts: Double?,
      extraLatency: Double?, isUnderLoad: Bool, unit: Unit
    ) {
      self.direction = direction
      self.basis = basis
      self.gain = gain
      self.low = low
      self.high = high
      self.extraAttempts = extraAttempts
      self.extraLatency = extraLatency
      self.isUnderLoad = isUnderLoad
      self.unit = unit
    }
  }

  /// What must be true beyond the log for a recommendation to come out.
  package enum Condition: Hashable, Sendable {
    case outagesLikeTonight(Int)
    case troublesLikeTonight(Int)
    /// So many times the starts of the log do no harm to what the tasks need.
    case startsBorne(factor: Double)
    case idempotent
    /// Starting a task again does no harm, and takes no longer than the quickest return of the log.
    case restartsHarmless
    case callersWait(Int64)
    case calleeBears(factor: Double)
    case samePersistence(share: Double)
  }

  package enum Advice: Hashable, Sendable {
    case take(name: ForeignName, Effect)
    /// The best there is, and why it may not be adopted on this log.
    case closest(name: ForeignName, Effect, because: [Recommendation.Reason])
    /// What it costs: changes of attempts per request or call, wasted attempts, p99 (microseconds), peak (attempts per second).
    case cost(attempts: Double, wasted: Double, latencyP99: Double, peak: Double, Unit)
    /// Time of a component's error budget that it would have saved, microseconds.
    case budget(Estimate, of: ForeignName)
    case mustHold([Condition])
    case holdsForThisNight(outages: Int, low: Double, high: Double)
    /// What it gains less than the best, and what it costs beside that: attempts per request or call, p99 (microseconds); nil
    /// where that has bounds only.
    case nextBest(name: ForeignName, behind: Double, attempts: Double?, latencyP99: Double?, Unit)
    case setting(ForeignText)
    case frontier([ForeignName])
    case undecided
    /// So many of the candidates cannot be judged.
    case keepUntilKnown(unjudged: Int, of: Int, Unit)
    case keep(Unit)
  }
}
