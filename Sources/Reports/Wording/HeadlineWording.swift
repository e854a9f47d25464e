// What an incident is, in one line.

internal import Model

extension IncidentWording {
  static func headline(_ headline: IncidentHeadline) -> InlineText {
    switch headline {
    case .failed(let cause, let affected, let impact):
      if affected.isEmpty {
        fitting([
          "Requests failed because of \(cause); nobody else was affected" + of(impact),
          "Requests failed because of \(cause)" + of(impact), "Requests failed because of \(cause)",
        ])
      } else {
        line("Requests failed because of \(cause)", ", and with it \(names(affected))", affected.count, of(impact))
      }
    case .slowed(let cause, let affected, let impact, let short):
      line("\(cause) became slow" + beside(short), ", and with it \(names(affected))", affected.count, of(impact))
    case .departed(let cause, let affected, let reason): departure(cause, affected, reason)
    case .silent(let cause, let affected, let impact):
      line("\(cause) fell silent", "; affected: \(names(affected))", affected.count, of(impact))
    case .retried(let cause, let affected, let impact):
      line(
        "Retries multiplied the load on \(cause)", "; affected: \(names(affected))", affected.count, of(impact))
    case .crashed(let cause, let deaths, let affected, let impact):
      line("\(cause) crashed" + again(deaths), "; affected: \(names(affected))", affected.count, of(impact))
    case .recorded(let cause, let affected):
      line(
        "Logs and metrics tell of trouble with \(cause)", "; \(names(affected)) suffered from it", affected.count, "")
    case .brokeRules(let component, let calls, let rules):
      "\(component) departed from its pattern in \(calls) calls" + (rules > 1 ? ", by \(rules) rules" : "")
    case .tests(let fact): TestWording.fact(fact)
    case .earlier(let text): "\(text)"
    }
  }

  /// How often something died.
  static func again(_ deaths: Int) -> InlineText { deaths == 1 ? "" : deaths == 2 ? " twice" : " again and again" }

  /// What a cause had next to nothing left of.
  static func beside(_ short: CauseReason?) -> InlineText {
    guard case .metric(let name, let value, _)? = short else { return "" }
    return " with \(name) at \(number: value)"
  }

  /// Signs that a headline may have: what does not fit stands with the causes.
  private static let headlineLength = 90

  /// The first text that fits, else the last.
  private static func fitting(_ texts: [InlineText]) -> InlineText {
    texts.first { $0.plain.count <= headlineLength } ?? texts.last ?? ""
  }

  /// What happened, whom else it hit and what users met of it, as far as a line holds it: names give way to their number first.
  private static func line(
    _ head: InlineText, _ others: InlineText, _ count: Int, _ impact: InlineText
  ) -> InlineText {
    guard count > 0 else { return fitting([head + impact, head]) }
    return fitting([head + others + impact, head + more(count) + impact, head + impact, head + more(count), head])
  }

  private static func more(_ affected: Int) -> InlineText {
    affected == 1 ? "; one more affected" : "; \(affected) more affected"
  }

  /// What calls did otherwise, in so few words that it is read at a glance: the events between which they took another way stand
  /// with the causes.
  private static func departure(_ cause: ForeignName, _ affected: [ForeignName], _ reason: CauseReason?) -> InlineText {
    let plain: InlineText = "\(cause) behaved differently than usual"
    let whole: InlineText
    var (named, brief) = (plain, plain)
    switch reason {
    case nil: whole = plain
    case .accuses(let lines, let other, _)?:
      whole =
        "\(cause) wrote " + records(lines, "error record") + (lines == 1 ? " that names " : " that name ") + "\(other)"
    case .accused(let lines, let writers, .some)?:
      let naming: InlineText = (lines == 1 ? " names " : " name ") + "\(cause)"
      whole = records(lines, "error record") + " of " + names(writers) + naming
      (named, brief) = (records(lines, "error record") + naming, plain)
    case .eventPair(let operation, let first, let next, let share, let usual)?:
      let isLess = share < usual
      let way = short(first, next, isLess: isLess)
      let often = often(operation, isLess ? 1 - share : share)
      whole = "\(cause): " + often + way + usually(isLess ? 1 - usual : usual)
      named = "\(cause): " + often + way
      brief = "\(cause): \(percent: isLess ? 1 - share : share) of an operation's calls" + way
    case .some(let reason): whole = plain + ": " + Self.reason(reason)
    }
    guard !affected.isEmpty else { return fitting([whole, named, brief]) }
    let more = more(affected.count)
    return fitting([
      whole + "; also affected: \(names(affected))", whole + more, whole, named + more, named, brief + more, brief,
    ])
  }

  /// What a pair of events says of its calls, without the events.
  private static func short(_ first: CallEvent, _ next: CallEvent, isLess: Bool) -> InlineText {
    switch (first, next) {
    case _ where isLess: return " left their usual way"
    case (.start, .end): return " returned at once"
    case (.log(_, let severity), .end) where severity >= .error: return " broke off with an error"
    case (_, .end): return " returned early"
    case (_, .log(_, let severity)) where severity >= .error: return " wrote an error record"
    default: return " took another way"
    }
  }
}
