/// What the policy evaluator has to say beside its figures, as facts with values; `Reports/Wording` makes the sentences.

/// A delay law as clients have it: the envelope of each wait and how chance moves it. Times are microseconds.
package struct DelayLaw: Hashable, Sendable {
  package enum Envelope: Hashable, Sendable {
    case immediate
    case fixed(Int64)
    case linear(base: Int64, step: Int64)
    case exponential(base: Int64, factor: Double)
    /// (2^n - 1) times the base.
    case doublingLessOne(base: Int64)
    /// The first retry at once, each later one as the exponential law says of the retry before it.
    case immediateThenExponential(base: Int64, factor: Double)
  }

  package enum Jitter: Hashable, Sendable {
    case none, full, equal, decorrelated
    /// Shares of the envelope.
    case proportional(below: Double, above: Double)
    /// Uniform between nothing and this much on top of the envelope.
    case additive(Int64)
  }

  package var envelope: Envelope
  package var jitter: Jitter
  /// The longest wait, nil where nothing limits it.
  package var maximum: Int64?

  package init(_ envelope: Envelope, jitter: Jitter = .none, maximum: Int64? = nil) {
    self.envelope = envelope
    self.jitter = jitter
    self.maximum = maximum
  }
}

/// The families of policies, in the order in which their names are given.
package enum PolicyFamily: String, Hashable, Sendable, CaseIterable {
  case retry, budget, breaker, hedge, throttle, admission, supervision, recovery
}

extension PolicyFindings {
  /// What the logged clients did, as given or inferred.
  package struct LoggedClients: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
      /// The log has no calls.
      case noCalls
      case given, inferred
    }

    package var source: Source
    /// Retries seen.
    package var retries = 0
    /// Most attempts of a call; nil where nothing but time limits them.
    package var attempts: Int?
    /// The laws of the clients' waits, without repetition; empty where none fits.
    package var laws: [DelayLaw] = []
    /// The measures of the law's first wait that few or late waits allow, microseconds; nil where they tell one.
    package var bases: ClosedInterval?
    /// The least first wait that a client may mean which is late with all it does, microseconds; nil where the law tells it.
    package var leastBase: Int64?
    /// Median wait before the first retry, microseconds; nil where nothing was retried.
    package var medianFirstDelay: Int64?
    /// What became of the waits that callees asked for; nil where none or too few did.
    package var serverWait: ServerWaits?
    /// Failures that were tried again.
    package var kinds: [FailureKind] = []
    /// The clients' own limit on an attempt, microseconds.
    package var attemptTimeout: Int64?
    /// Calls with attempts that left no span or no time of their own.
    package var hidden = 0
    /// Failed calls that may be retries of one another, with nothing that tells.
    package var apart = 0
    /// Whether calls were given up by time and not by number.
    package var isBoundedByTime = false
    /// What ends the retrying of a call that fails throughout.
    package var end = End.number

    package enum End: Hashable, Sendable {
      /// Calls were given up after as many attempts as any had.
      case number
      /// No call was given up.
      case notSeen
      /// Calls were given up, but only after fewer attempts than others had.
      case sooner
    }

    package init(_ source: Source) { self.source = source }
  }

  /// What clients made of waits that their callees asked for (`Retry-After`).
  package struct ServerWaits: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// They waited by their own law.
      case ignored
      /// They waited as asked.
      case instead
      /// They waited as asked where their own law is no longer.
      case atLeast
    }

    package var kind: Kind
    /// Retries before which a callee had asked, and those that came as asked.
    package var asked: Int
    package var kept: Int
    /// Whether no span says so and the waits alone tell it.
    package var isByWaits: Bool
    package init(_ kind: Kind, asked: Int, kept: Int, isByWaits: Bool) {
      self.kind = kind
      self.asked = asked
      self.kept = kept
      self.isByWaits = isByWaits
    }
  }

  /// What every figure rests on.
  package enum Assumption: Hashable, Sendable, CaseIterable {
    case openLoop, noInterference, independence, completeLog
  }

  /// The capacity of a component as its log shows it.
  package struct Capacity: Hashable, Sendable {
    package enum Limit: Hashable, Sendable {
      /// Attempts in a second, and answers lost for each more.
      case rate(perSecond: Double, loss: Double)
      /// Attempts under way at once.
      case concurrency(Int)
    }

    package var component: ForeignName
    package var limit: Limit
    package init(component: ForeignName, limit: Limit) {
      self.component = component
      self.limit = limit
    }
  }

  /// An outage that the log's end or begin cuts off, under more load than usual.
  package struct OpenOutage: Hashable, Sendable {
    package var component: ForeignName
    /// Microseconds seen of it.
    package var length: Int64
    /// Attempts over what usually comes.
    package var load: Double
    /// The share of attempts that were answered.
    package var answered: Double
    /// Whether it is the log's begin that cuts it off.
    package var atBegin: Bool
    package init(component: ForeignName, length: Int64, load: Double, answered: Double, atBegin: Bool = false) {
      self.component = component
      self.length = length
      self.load = load
      self.answered = answered
      self.atBegin = atBegin
    }
  }

  /// A component that failed from a log's first to its last minute.
  package struct UnendingStrain: Hashable, Sendable {
    package var component: ForeignName
    /// The share of first attempts that failed.
    package var failed: Double
    package init(component: ForeignName, failed: Double) {
      self.component = component
      self.failed = failed
    }
  }

  /// What makes the figures of all candidates doubtful.
  package enum Warning: Hashable, Sendable {
    /// Evaluated blindly, the log's own policy comes out this far off.
    case modelRejected(difference: Double, z: Double)
    case noRetries
    case fewHealthyRetries(needed: Int)
    /// Caller, callee and callee's callee.
    case nestedCalls(ForeignName, ForeignName, ForeignName)
    /// Peaks are means over so many seconds, because the log spans so long.
    case coarseLoad(span: Int64, seconds: Int)
    case leftOut(attempts: Int)
    case unfinished(calls: Int)
    case joinedByTime(attempts: Int)
    case backtestRejected
    /// Attempts that a client only counted, in so many calls: their times are not known.
    case countedOnly(calls: Int)
    /// Client spans longer than their attempts explain: they hold attempts that left no span.
    case refusedAttempts(calls: Int)
    /// Calls with attempts that left no span and were put back where their client's waits explain them.
    case restoredAttempts(calls: Int)
    /// Attempts that a client gave up below its own span while the callee was still at work.
    case overlappingAttempts(Int)
    /// The log ends in an outage that its retries may have kept up.
    case openOutage(OpenOutage)
    /// No stretch of the log was quiet, so what load does to the component cannot be told.
    case unendingStrain(UnendingStrain)
    /// Failed calls that are traces of their own, with nothing that tells which belong together.
    case rootsApart(calls: Int)
    /// Failed requests that made no call although their kind always does: a breaker refused them.
    case refusedByBreaker(requests: Int)
    /// Calls that their callee only hands on, such as a proxy with retries of its own: counted as its calls, and once.
    case handedOn(caller: ForeignName, by: ForeignName, calls: Int)
    /// First attempts before, one-sided, explain the failures of first attempts.
    case overload(Capacity, t: Double)
    /// Attempts that the clients' own timeout cut, and of how many of those the callee's span tells the rest.
    case censoredByTimeout(attempts: Int, limit: Int64, told: Int)
    /// The policy given as logged is not what the log shows.
    case loggedContradicted(Contradiction)
    /// Calls known by their callees' spans alone: below their callers' spans, or joined by shared traces, by what they ask for
    /// or by their times.
    case callersUnseen(calls: Int)
    /// No call at all: requests at so many entries, most of them at one, whose callers wrote no spans and of which nothing tells
    /// which are one call's attempts.
    case calleesOnly(most: ForeignName, operation: ForeignName, entries: Int, requests: Int, failed: Int)
    /// Callers without spans: what they tried again cannot be seen.
    case entriesOnly(requests: Int)
  }

  /// What a policy given as logged says, and what the log shows.
  package enum Contradiction: Hashable, Sendable {
    case attempts(given: Int, seen: Int)
    /// Median wait before the first retry, microseconds.
    case firstDelay(given: Int64, seen: Int64)
    case timeout(given: Int64, seen: Int64)
  }

  /// Why a figure is not proven by the log.
  package enum Doubt: Hashable, Sendable, Comparable {
    case hiddenAttempts, callersUnseen, rootsApart, overload, openOutage, unendingStrain
    case censoredTimeouts, breakerRefusals, nestedCalls
    /// The candidate keeps to what servers ask it to wait, which the log does not tell.
    case askedWaitsUntold
  }

  /// Whether the best candidate may be adopted on what this log shows.
  package struct Recommendation: Hashable, Sendable {
    package var safe: Bool
    package var because: [Reason]
    package init(because: [Reason]) {
      safe = because.isEmpty
      self.because = because
    }

    package enum Reason: Hashable, Sendable {
      /// Nothing serves more than what is there.
      case nothingBetter
      /// Its success lies between bounds only.
      case boundsOnly(low: Double, high: Double)
      /// Even this night it may have lost.
      case maybeWorseTonight(low: Double)
      /// Its supervisor gives up so many times, and then somebody must come.
      case givesUp(Int)
      /// On other nights it may lose as much as it gains.
      case otherNights(low: Double, gain: Double)
      /// Slower than callers were ever seen to wait, microseconds.
      case beyondPatience(p99: Int64, seen: Int64, isAbove: Bool)
      case moreLoad(factor: Double, overloaded: ForeignName)
      case hiddenAttempts, modelRejected
      /// The log ends in an outage that retries may have kept up.
      case openOutage(ForeignName)
      /// It failed from the first to the last minute, so that what more or less load does to it was never seen.
      case unendingStrain(ForeignName)
      case unseenLoad(factor: Double)
    }
  }

  /// What makes the figures of one candidate doubtful.
  package enum CandidateWarning: Hashable, Sendable {
    case emptyScope
    case hedgingBesideAdmission, rateBesideHedging
    case attemptsNotFollowed(beyond: Int)
    /// The share of attempts that the log cannot tell about, and whether bad requests can be told from bad moments.
    case noValue(unsupported: Double, isIdentified: Bool)
    /// The mildest and the most severe response to load that the log does not contradict are so far apart in success.
    case openResponse(low: Double, high: Double)
    /// At most this share of all requests can be bad.
    case persistenceBounded(share: Double)
    case fewOutages(Int)
    case modelDoubtful
    case fewBlocks(Int)
    /// Longer than any caller above was seen to wait, microseconds.
    case beyondCallersPatience(Int64)
    case extrapolatedLoad(factor: Double, simulatedUnder: [Capacity])
    case reweightedContradicts
    case otherTargetUnknown
    case replayCut(attemptsPerLogged: Int)
    case countedByChildTime
    case noSupervisedExit
    /// The share of its starts at times at which nobody started anything.
    case startsNeverTried(share: Double)
    case fewTroubles(Int)
    /// What of the quickest return was the supervisor's wait is taken to be the round time below it, microseconds.
    case startUpUnknown(wait: Int64, quickest: Int64)
    /// Children fell silent so many times, and it does not watch for that.
    case silencesNotWatched(Int)
    case rolledBack(Int)
    /// Some children ended twice without a sign of life in between.
    case returnsNotSeen
    /// No part of its figures is called exact, and why.
    case notExact([Doubt])
    /// Its timeout is longer than the log's: the rest of so many attempts is not told.
    case unknownTail(attempts: Int, timeout: Int64)
    /// Simulated in the overload that the log shows.
    case simulatedInOverload([Capacity])
  }

  package enum Check: Hashable, Sendable {
    /// The log's own policy, evaluated as if none of its retries had been logged.
    case ownPolicy(difference: Double, z: Double)
    case backtest(predicted: ClientGroup, from: ClientGroup, difference: Double, z: Double, requests: Int)
    /// Outages as first attempts saw them; the median length lies between two times, microseconds.
    case outages(count: Int, open: Int, median: ClosedInterval?, every: Int)
    /// Success rates by the log's own retries, reweighted.
    case reweighted(
      normalised: Double, plain: Double, robust: Double, error: Double, model: Double?, effective: Double, failing: Int)
  }

  package struct ClosedInterval: Hashable, Sendable {
    package var low: Double
    package var high: Double
    package init(low: Double, high: Double) {
      self.low = low
      self.high = high
    }
  }

  /// Clients with one policy, or one client of several with the same.
  package enum ClientGroup: Hashable, Sendable {
    case caller(ForeignName)
    case policy(attempts: Int, law: DelayLaw?)
  }
}
