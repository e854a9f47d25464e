/// What other policies would have done with the night's requests.
package struct PolicyFindings: Hashable, Sendable {
  package var baseline: Outcome
  /// What the logged clients did, as given or inferred, and how surely.
  package var logged: LoggedClients
  package var candidates: [Candidate] = []
  /// What the log's own supervision of tasks came to; nil where no task ended.
  package var tasks: Tasks?
  /// Calls that were evaluated, and who made them.
  package var calls = 0
  package var callers: [ForeignName] = []
  package var advice: [Advice] = []
  /// The name of the candidate that the advice recommends; nil where it recommends none.
  package var recommended: ForeignName?
  /// Whether the best candidate may be adopted on this log; nil where there is no candidate.
  package var recommendation: Recommendation?
  /// The assumptions every figure rests on.
  package var assumptions: [Assumption] = []
  package var warnings: [Warning] = []
  /// What the evaluator found when it tested itself on this log, and how it came out.
  package var checks: [Check] = []

  package init(baseline: Outcome, logged: LoggedClients) {
    self.baseline = baseline
    self.logged = logged
  }

  /// The figures of one policy over the night.
  package struct Outcome: Hashable, Sendable {
    /// Per request.
    package var successRate: Estimate
    package var attemptsPerRequest: Estimate
    /// Failed attempts per request, the first included.
    package var wastedAttempts: Estimate
    /// Arrival to the end of the last attempt, microseconds, failed requests included.
    package var latencyP50: Estimate
    package var latencyP95: Estimate
    package var latencyP99: Estimate
    /// Attempts in the busiest second.
    package var peakLoad: Estimate
    package init(
      successRate: Estimate, attemptsPerRequest: Estimate, wastedAttempts: Estimate, latencyP50: Estimate,
      latencyP95: Estimate, latencyP99: Estimate, peakLoad: Estimate
    ) {
      self.successRate = successRate
      self.attemptsPerRequest = attemptsPerRequest
      self.wastedAttempts = wastedAttempts
      self.latencyP50 = latencyP50
      self.latencyP95 = latencyP95
      self.latencyP99 = latencyP99
      self.peakLoad = peakLoad
    }
  }

  /// Tasks (workers, jobs, test runners) of the log that ended, and what became of them.
  ///
  /// In `outcome`, success is the share of the tasks' time in which they were up, attempts are starts per trouble, waste
  /// starts that another end followed at once, latencies the time down after an end, and the peak starts in the busiest second.
  package struct Tasks: Hashable, Sendable {
    package var outcome: Outcome
    package var children: Int
    /// Ends that were not meant, and those that were.
    package var ends: Int
    package var intended: Int
    /// Ends that hang together count once.
    package var troubles: Int
    /// Troubles that nobody told of: the signs of life stopped.
    package var silent: Int
    /// Children that had not come back by the end of the log.
    package var open: Int
    /// Half of the ends were over after this long, microseconds; nil where fewer were.
    package var medianDown: Int64?
    package init(
      outcome: Outcome, children: Int, ends: Int, intended: Int, troubles: Int, silent: Int, open: Int,
      medianDown: Int64?
    ) {
      self.outcome = outcome
      self.children = children
      self.ends = ends
      self.intended = intended
      self.troubles = troubles
      self.silent = silent
      self.open = open
      self.medianDown = medianDown
    }
  }

  package struct OtherNights: Hashable, Sendable {
    package var outcome: Outcome
    package var difference: Outcome
    package init(outcome: Outcome, difference: Outcome) {
      self.outcome = outcome
      self.difference = difference
    }
  }

  package struct Candidate: Hashable, Sendable {
    package var name: ForeignName
    /// The families it combines, in their order.
    package var families: [PolicyFamily]
    /// Component and operation that it applies to, where it names one.
    package var scope: [ForeignName]
    package var outcome: Outcome
    /// Candidate minus logged, this night.
    package var difference: Outcome
    /// The same figures for nights like it: other outages from the same source.
    package var otherNights: OtherNights?
    /// The difference in success on this very night, its outages being as they were: what another night would bring is
    /// left to `difference`.
    package var tonight: Estimate?
    /// Shares of attempts, adding up to 1.
    package var exact: Double
    package var estimated: Double
    package var unsupported: Double
    /// How many outages and blocks the intervals rest on.
    package var outages: Int
    package var blocks: Int
    package var warnings: [CandidateWarning]
    /// Cross-checks by other estimators, where the log allows them.
    package var checks: [Check]
    /// The second line: re-simulated under the fitted response to load, where the candidate's load leaves the log's.
    package var loadAware: Outcome?
    package var verdict: Verdict
    package var onFrontier: Bool
    /// Whether it restarts or recovers tasks and says nothing of calls: its figures are those of `Tasks`.
    package var isAboutTasks = false
    /// The recommended setting in the configuration syntax of the system it is for.
    package var configuration: ForeignText?
    package init(name: ForeignName, families: [PolicyFamily], outcome: Outcome, difference: Outcome) {
      self.name = name
      self.families = families
      scope = []
      self.outcome = outcome
      self.difference = difference
      exact = 1
      estimated = 0
      unsupported = 0
      outages = 0
      blocks = 0
      warnings = []
      checks = []
      tonight = nil
      otherNights = nil
      loadAware = nil
      verdict = .unjudged
      onFrontier = false
      configuration = nil
    }
  }
}
