/// The sentences of policy warnings: what makes a figure doubtful, and how much.
internal import Model
internal import Support

extension PolicyWording {
  static func warning(_ warning: PolicyFindings.Warning) -> InlineText {
    switch warning {
    case .modelRejected(let difference, let z):
      return
        "The model rejects itself: evaluated blindly, the log's own policy comes out \(own: NumberFormat.number(difference)) off in success (z \(own: NumberFormat.number(z))). Estimated parts are unreliable on this log."
    case .noRetries:
      return
        "The log holds no retries: whether a failed request would ever succeed cannot be known. Candidates that retry have bounds only."
    case .fewHealthyRetries(let needed):
      return
        "Too few retries at healthy moments (\(needed) are needed): bad requests, which fail whatever is tried, cannot be told from bad moments. What was not logged has an interval that holds for none and for as many bad ones as there can be, or bounds only."
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
    case .countedOnly(let calls):
      return
        "\(calls) \(own: calls == 1 ? "call tells" : "calls tell") only how often they were tried, not when: what depends on the times of their attempts is estimated."
    case .refusedAttempts(let calls):
      return
        "Some attempts left no span, such as refused connections: \(calls) \(own: calls == 1 ? "call lasts" : "calls last") longer than the spans below explain. Nothing is called exact."
    case .restoredAttempts(let calls):
      return
        "\(calls) \(own: calls == 1 ? "call holds" : "calls hold") refused attempts that left no span: they were put back where the time between the attempts that were answered, and the client's waits elsewhere, explain them. Nothing is called exact."
    case .overlappingAttempts(let attempts):
      return
        "\(attempts) attempts below one client span were still answered when the next one came: their client had given up on them, after a time that only the start of the next one bounds. Nothing is called exact."
    case .openOutage(let outage):
      return
        "Nobody saw \(outage.component) \(own: outage.atBegin ? "go down" : "recover"): in the \(own: outage.atBegin ? "first" : "last") \(duration: outage.length) in which it was called it got \(own: NumberFormat.number(outage.load)) times the attempts that usually come and answered \(percent: outage.answered) of them. Whether its retries kept it down (a retry storm) or it was down anyway is not told: nothing is called exact."
    case .unendingStrain(let strain):
      return
        "\(strain.component) was never seen well: \(percent: strain.failed) of its first attempts failed, from the log's first to its last minute. Whether load makes these failures cannot be told without a quiet time to compare with: nothing is called exact."
    case .rootsApart(let calls):
      return
        "\(calls) failed calls are traces of their own, and nothing in them tells which belong to one request: retries may be counted as requests, so nothing is called exact."
    case .refusedByBreaker(let requests):
      return
        "\(requests) failed requests made no call that their kind always makes: something such as a circuit breaker refused them. They count as failed, and what a candidate's attempt would have met there is estimated."
    case .handedOn(let caller, let by, let calls):
      return
        "\(by) does nothing but hand on the \(calls) calls of \(caller) to it: they are the same calls as those that it makes, and count once, with the attempts that \(by) makes."
    case .overload(let capacity, let t):
      return
        "Load makes failures here: first attempts just before explain failures of first attempts (one-sided t \(own: NumberFormat.number(t))). Every candidate was simulated against the limit that the log shows (\(Self.capacity(capacity))); nothing is called exact."
    case .censoredByTimeout(let attempts, let limit, let told):
      return
        "\(attempts) attempts were cut by their clients' timeout of \(duration: limit); for \(told) of them the callee's own span tells how they would have gone on."
    case .loggedContradicted(let contradiction):
      return "The policy given as logged is not what the log shows and was not used: \(words(contradiction))."
    case .callersUnseen(let calls):
      return
        "Only the callee's side is recorded of \(calls) calls. What reached nobody (refused connections, attempts lost on the way), when a client gave up and how long it waited by itself cannot be seen; waits and latencies are the callees'. Nothing is called exact."
    case .calleesOnly: return calleesOnly(warning)
    case .entriesOnly(let requests):
      return
        "\(requests) failed requests came from callers without spans: what those tried again cannot be told from new requests."
    case .backtestRejected:
      return "One client's retries do not predict another's: estimated parts may not carry over from client to client."
    }
  }

  /// That only the callee's side is recorded and nothing can be judged; empty for other warnings.
  private static func calleesOnly(_ warning: PolicyFindings.Warning) -> InlineText {
    guard case .calleesOnly(let most, let operation, let entries, let requests, let failed) = warning else { return "" }
    let entry: InlineText =
      entries == 1 ? "\(most) (\(operation))" : "\(entries) entries, most of them to \(most) (\(operation))"
    return
      "Only the callee's side is recorded: \(requests) requests came to \(entry), and \(failed) failed. Neither shared traces nor what was asked for nor their times tell which are attempts of one call: the client spans of those that sent them are missing, and without them no policy can be judged."
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
    case .openResponse(let low, let high):
      return
        "No value: under the mildest and the most severe answers to load that this log does not contradict, its success differs from the log's by \(percent: high) and by \(percent: low). Whether a storm takes hold is not told."
    case .persistenceBounded(let share):
      return
        "Too few retries at healthy moments to tell bad requests from bad moments; but so few requests failed there that at most \(own: NumberFormat.percent(share)) of all can be bad: the intervals hold for none and for all of these."
    case .fewOutages(let count):
      return
        "The log holds \(count) \(own: count == 1 ? "outage" : "outages"); below 150, intervals of levels are too narrow. Trust the difference from the log more than the level."
    case .modelDoubtful: return "The model does not reproduce the log's own policy: read the estimated part with care."
    case .fewBlocks(let count): return "Too few blocks of time (\(count), 20 are needed): intervals are too narrow."
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
    case .countedByChildTime:
      return
        "Counted by the tasks' time: success is the share of it in which they were up, attempts are starts per trouble, waste is starts that another end followed, latency is the time down. The first end of each trouble is the log's; what follows is the policy's."
    case .startsNeverTried(let share):
      return
        "No value: \(percent: share) of its starts come when or where the log's supervisor started nothing, and nothing in the log tells how these would have gone. The bounds are all of them failing and all of them lasting."
    case .startUpUnknown(let wait, let quickest):
      return
        "The quickest return took \(duration: quickest): how much of it the log's supervisor waited is not told and taken as \(duration: wait); the interval holds for all of it and for none. Give `logged: { supervision: … }` to settle it."
    case .fewTroubles(let count):
      return "\(count) troubles are too few to tell how long their causes last."
    case .silencesNotWatched(let count):
      return
        "Signs of life stopped \(count) times without an end, and it has no heartbeatTimeout: these last as long as they did."
    case .rolledBack(let count):
      return "It would roll back \(count) times: the task serves again, and its work is lost."
    case .returnsNotSeen:
      return
        "Some tasks ended twice without a sign of life in between: when they had come back is taken as the middle."
    case .noSupervisedExit: return "The log holds no exit of a supervised child."
    case .notExact(let doubts):
      return "Not exact: \(InlineText.joined(doubts.map { .own(words($0)) }, by: "; "))."
    case .unknownTail(let attempts, let timeout):
      return
        "How \(attempts) attempts that the log's timeout cut would have gone on within \(duration: timeout) is not told: the bounds are all of them failing and all of them succeeding."
    case .simulatedInOverload(let capacities):
      return
        "Simulated in the overload that the log shows (\(InlineText.joined(capacities.map(capacity), by: "; "))), set off against the same simulation of the log's own policy."
    }
  }

  private static func words(_ contradiction: PolicyFindings.Contradiction) -> InlineText {
    switch contradiction {
    case .attempts(let given, let seen): "given \(given) attempts, seen \(seen)"
    case .firstDelay(let given, let seen):
      "given a first wait of \(duration: given), seen \(duration: seen) in the median"
    case .timeout(let given, let seen): "given a timeout of \(duration: given), seen \(duration: seen)"
    }
  }

  static func words(_ doubt: PolicyFindings.Doubt) -> String {
    switch doubt {
    case .hiddenAttempts: "some attempts left no span"
    case .callersUnseen: "callers wrote no spans"
    case .rootsApart: "root traces that may be retries of each other"
    case .overload: "load changes the answers"
    case .openOutage: "an outage is cut off by the log's begin or end, and retries may have kept it up"
    case .unendingStrain: "a component failed throughout, and what load does to it was not seen"
    case .censoredTimeouts: "timeouts hide how attempts would have ended"
    case .breakerRefusals: "requests refused before any call"
    case .nestedCalls: "calls above would have gone another way too"
    case .askedWaitsUntold:
      "it waits as long as servers ask (Retry-After), and the log does not tell what they asked: its own waits were taken"
    }
  }

  private static func extrapolated(_ factor: Double, _ capacities: [PolicyFindings.Capacity]) -> InlineText {
    let label: InlineText =
      "LOAD-EXTRAPOLATED: it would send up to \(own: NumberFormat.number(factor)) times the load of the log"
    return capacities.isEmpty
      ? label + ", whose answers to such a load are not known."
      : label + "; so far beyond what was seen, the answers are those of the simulation."
  }

  static func capacity(_ capacity: PolicyFindings.Capacity) -> InlineText {
    switch capacity.limit {
    case .rate(let perSecond, let loss):
      "\(capacity.component): \(own: NumberFormat.number(perSecond)) attempts per second, then \(own: NumberFormat.number(loss)) lost for each more"
    case .concurrency(let limit): "\(capacity.component): \(limit) attempts at once"
    }
  }
}
