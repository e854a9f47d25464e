/// The sentences of policy warnings: what makes a figure doubtful, and how much.
internal import Model
internal import Support

extension PolicyWording {
  static func warning(_ warning: PolicyFindings.Warning) -> InlineText {
    switch warning {
    case .modelRejected(let difference, let z):
      return
        "The model rejects itself: evaluated blindly, the log's own policy comes out \(own: number(difference)) off in success (z \(own: number(z))). Estimated parts are unreliable on this log."
    case .loadSensitive(let t):
      return
        "Failures grow with load outside outages (t \(own: number(t))): assumption A2 is doubtful, so figures of candidates that send more than the log are too good."
    case .noRetries:
      return
        "The log holds no retries: whether a failed request would ever succeed cannot be known. Candidates that retry have bounds only."
    case .fewHealthyRetries(let needed):
      return
        "Too few retries at healthy moments (\(needed) are needed): bad requests cannot be told from bad moments. What was not logged has bounds only."
    case .nestedCalls(let a, let b, let c):
      return
        "Calls are nested, such as \(a) → \(b) → \(c): every call counts by itself. What a candidate saves below also saves calls above, and attempts multiply on the way down; neither is in the figures."
    case .coarseLoad(let span, let seconds):
      return
        "The log spans \(own: NumberFormat.duration(span)): peaks of load are means over \(seconds) seconds. Were a few records' clocks wrong?"
    case .leftOut(let attempts):
      return
        "\(attempts) attempts were left out to stay within the limit: figures rest on a fair sample, peaks are too low."
    case .unfinished(let calls): return "\(calls) calls without an end were left out."
    case .joinedByTime(let attempts):
      return
        "\(attempts) attempts that are traces of their own were joined by time alone: their clients count no attempts."
    case .backtestRejected:
      return "One client's retries do not predict another's: estimated parts may not carry over from client to client."
    }
  }

  static func warning(_ warning: PolicyFindings.CandidateWarning) -> InlineText {
    switch warning {
    case .emptyScope: return "Its scope matches no call of the log: nothing changes."
    case .hedgingBesideAdmission:
      return "Hedging is left out beside admission, which has attempts of its own: the rest was evaluated."
    case .rateBesideHedging:
      return "The adaptive rate is left out beside hedging, which no such client does: the rest was evaluated."
    case .attemptsNotFollowed(let limit):
      return "Attempts after the \(limit)th of a request are not followed: it counts as failed."
    case .noValue(let unsupported, let isIdentified):
      let reason =
        isIdentified ? "." : ", which has too few retries at healthy moments to tell a bad request from a bad moment."
      return
        "No value: \(own: NumberFormat.percent(unsupported)) of its attempts lie outside what the log can tell\(own: reason) The bounds are what would have been if all of them failed, or all succeeded."
    case .persistenceBounded(let share):
      return
        "Too few retries at healthy moments to tell bad requests from bad moments; but so few requests failed there that at most \(own: NumberFormat.percent(share)) of all can be bad: the intervals hold for none and for all of these."
    case .fewOutages(let count):
      return
        "The log holds \(count) outages; below 150, intervals of levels are too narrow. Trust the difference from the log more than the level."
    case .modelDoubtful: return "The model does not reproduce the log's own policy: read the estimated part with care."
    case .fewBlocks(let count): return "Too few blocks (\(count), 20 are needed): intervals are too narrow."
    case .beyondCallersPatience(let longest):
      return
        "Its slowest calls take longer than any caller above was ever seen to wait (\(own: NumberFormat.duration(longest))): where callers above give up sooner, such retries come too late."
    case .extrapolatedLoad(let factor, let capacities):
      return extrapolated(factor, capacities)
    case .reweightedContradicts:
      return "The log's own retries, reweighted, contradict the model: read the estimated part with care."
    case .otherTargetUnknown: return "Attempts at another target are not in the log: they count as unsupported."
    case .replayCut(let attempts):
      return
        "It would send more than \(attempts) attempts for each logged one: the replay followed no more, and what was still failing counts as failed."
    case .countedPerExit:
      return
        "Counted per exit of a child: success is a restart or an intended end, attempts are starts, waste is escalation. Whether a restarted child would have crashed again cannot be known from the log."
    case .noSupervisedExit: return "The log holds no exit of a supervised child."
    }
  }

  private static func extrapolated(_ factor: Double, _ capacities: [PolicyFindings.Capacity]) -> InlineText {
    let label: InlineText =
      "LOAD-EXTRAPOLATED: it would send up to \(own: number(factor)) times the load of the log, whose answers to such a load are not known."
    guard !capacities.isEmpty else { return label }
    let texts = capacities.map(capacity)
    return label
      + " The second line re-simulates it under the capacity the log shows (\(InlineText.joined(texts, by: "; ")))."
  }

  static func capacity(_ capacity: PolicyFindings.Capacity) -> InlineText {
    switch capacity.limit {
    case .rate(let perSecond, let loss):
      "\(capacity.component): \(own: number(perSecond)) attempts per second, then \(own: number(loss)) lost for each more"
    case .concurrency(let limit): "\(capacity.component): \(limit) attempts at once"
    }
  }
}
