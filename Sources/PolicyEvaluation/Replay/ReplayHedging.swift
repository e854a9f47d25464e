// Hedged requests in a replay: several attempts at once, out of one budget and through one breaker.
internal import Support
internal import Model

extension ReplayRun {
  /// Plans the next attempt after one began at `time`; with no delay all go out at once.
  mutating func planHedge(_ slot: Int32, _ hedge: Hedging, at time: Int64) {
    let index = Int(slot)
    guard let after = hedge.after, flights[index].attempts <= hedge.max else { return }
    flights[index].hedgesDue += 1
    push(time: time.addingSaturated(after), slot, .hedge)
  }

  /// Nothing came back in time: another attempt goes out.
  mutating func hedgeDue(_ slot: Int32, at time: Int64) {
    flights[Int(slot)].hedgesDue -= 1
    if flights[Int(slot)].isSettled { leave(slot) } else { hedge(slot, at: time) }
  }

  /// Sends another attempt where there is one left, and the budget has one to spare.
  private mutating func hedge(_ slot: Int32, at time: Int64) {
    let index = Int(slot)
    guard let hedge = replay.hedge, flights[index].attempts <= hedge.max else {
      return concludeIfIdle(slot, at: time)
    }
    if !budgets.isEmpty {
      let client = replay.client(replay.base.log.edge[Int(flights[index].episode)])
      guard let cost = budgets[client].takeRetry(at: time, failure: FailureKind.unavailable.rawValue) else {
        return concludeIfIdle(slot, at: time)
      }
      flights[index].lastCost = cost
      flights[index].budgetRetries += 1
    }
    flights[index].follows = false
    attempt(slot, at: time)
  }

  /// A hedged attempt ended.
  mutating func answered(_ event: Event) {
    let index = Int(event.flight)
    let client = replay.client(replay.base.log.edge[Int(flights[index].episode)])
    observe(event, client)
    flights[index].open -= 1
    if flights[index].isSettled { return leave(event.flight) }
    guard event.failure != 0 else { return conclude(event.flight, succeeded: true, at: event.time) }
    if !budgets.isEmpty, replay.retries(event.failure) { budgets[client].failed(at: event.time) }
    if replay.hedge?.fatal.contains(code: event.failure) == true {
      return conclude(event.flight, succeeded: false, at: event.time)
    }
    // A failure sends the next one at once; the hedge that was due comes on top only while attempts are left.
    hedge(event.flight, at: event.time)
    if !flights[index].isSettled { concludeIfIdle(event.flight, at: event.time) }
  }

  /// The breaker or the throttle let an attempt not through.
  mutating func rejected(_ slot: Int32, at time: Int64) { concludeIfIdle(slot, at: time) }

  private mutating func concludeIfIdle(_ slot: Int32, at time: Int64) {
    let flight = flights[Int(slot)]
    let isLast = flight.attempts > replay.hedge?.max ?? 0
    guard !flight.isSettled, flight.open == 0, flight.hedgesDue == 0 || isLast else { return }
    conclude(slot, succeeded: false, at: time)
  }

  private mutating func conclude(_ slot: Int32, succeeded: Bool, at time: Int64) {
    settle(slot, succeeded: succeeded, at: time)
    flights[Int(slot)].isSettled = true
    leave(slot)
  }

  /// Gives the slot back when nothing of the call is under way any more.
  private mutating func leave(_ slot: Int32) {
    guard flights[Int(slot)].open == 0, flights[Int(slot)].hedgesDue == 0 else { return }
    free.append(slot)
  }
}
