/// The sentences about error budgets.
internal import Model
internal import Support

enum BudgetWording {
  /// A target in one phrase, such as `success 99.9 %` or `p99 within 300 ms`.
  static func target(_ objective: Objective) -> String {
    switch objective.target {
    case .success(let share): "success " + promised(share)
    case .latency(let share, let within):
      "p" + NumberFormat.number(share * 100) + " within " + NumberFormat.duration(within)
    }
  }

  /// A promised share with the digits that it has.
  private static func promised(_ share: Double) -> String {
    var text = Substring(NumberFormat.percent(share).dropLast(2))
    while text.contains("."), let last = text.last, last == "0" || last == "." {
      text.removeLast()
      if last == "." { break }
    }
    return text + " %"
  }

  /// Windows are days, as a rule.
  private static func window(_ length: Int64) -> String {
    let day: Int64 = 86_400_000_000
    guard length % day == 0 else { return NumberFormat.duration(length) }
    return length == day ? "a day" : "\(NumberFormat.count(Int(length / day))) days"
  }

  static func burnRate(_ rate: Double) -> String {
    NumberFormat.number(rate) + " times"
  }

  /// What one budget lost tonight.
  static func spent(_ budget: ErrorBudget, _ times: TimeFormat) -> InlineText {
    let hour = budget.hours.max {
      let (a, b) = (
        budget.burnRate(Double($0.bad), of: $0.requests), budget.burnRate(Double($1.bad), of: $1.requests)
      )
      return a != b ? a < b : $0.start > $1.start
    }
    var text: InlineText =
      "\(budget.objective.component), \(own: target(budget.objective)): \(budget.bad) of \(budget.requests) requests were outside, \(percent: budget.spent) of the budget of \(own: window(budget.objective.window)), spent at \(own: burnRate(budget.burnRate)) the rate that it allows"
    if let hour, hour.bad > 0, budget.hours.count > 1 {
      text =
        "\(text); fastest in the hour from \(own: times.minute(hour.start)), at \(own: burnRate(budget.burnRate(Double(hour.bad), of: hour.requests)))"
    }
    return "\(text)."
  }

  /// The same in a few words.
  static func short(_ budget: ErrorBudget) -> InlineText {
    "\(budget.objective.component), \(own: target(budget.objective)): \(percent: budget.spent) of the budget of \(own: window(budget.objective.window)) spent tonight, at \(own: burnRate(budget.burnRate)) the rate that it allows"
  }

  /// What the best candidate would have saved; nil where none would.
  static func saved(_ budget: ErrorBudget, _ name: ForeignName?) -> InlineText? {
    guard let name, let candidate = budget.candidates.first(where: { $0.name == name }),
      let saved = candidate.saved.value, saved > 0
    else { return nil }
    return
      "\(name) would have saved \(own: NumberFormat.duration(Int64(saved))) (\(own: NumberFormat.duration(Int64(max(candidate.saved.low, 0)))) to \(own: NumberFormat.duration(Int64(max(candidate.saved.high, 0))))) of \(budget.objective.component)'s error budget tonight."
  }
}
