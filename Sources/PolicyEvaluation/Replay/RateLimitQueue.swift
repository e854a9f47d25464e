// Calls that an adaptive client holds back until it has a token for them.
internal import Support
internal import Model

/// The line of one client.
struct RateLimitQueue {
  var limiter: AdaptiveLimiter
  /// Who holds which ticket.
  var flights: [Int: Int32] = [:]
  /// When the first in line is called; the events of other times are out of date.
  var turn: Int64?

  init(at time: Int64) { limiter = AdaptiveLimiter(at: time) }
}

extension ReplayRun {
  /// Holds an attempt back where its client has no token for it: until its turn comes, or its deadline.
  ///
  /// - Returns: whether it waits.
  mutating func holdBack(_ slot: Int32, _ client: Int, at time: Int64) -> Bool {
    guard let ticket = held[client].limiter.ask(at: time) else { return false }
    held[client].flights[ticket] = slot
    flights[Int(slot)].ticket = ticket
    if let end = deadline(slot) { push(time: max(end, time), slot, .timeout, length: Int64(ticket)) }
    callNext(client, at: time)
    return true
  }

  /// Sets the time of the first in line, where it is earlier than the one that is set.
  mutating func callNext(_ client: Int, at time: Int64) {
    guard let due = held[client].limiter.due(at: time), due < held[client].turn ?? .max else { return }
    held[client].turn = due
    push(time: due, Int32(client), .turn)
  }

  /// A client's first in line may go on, if the rate did not fall meanwhile.
  mutating func turn(of client: Int, at time: Int64) {
    guard held[client].turn == time else { return }
    held[client].turn = nil
    if let ticket = held[client].limiter.head, let slot = held[client].flights[ticket], deadline(slot) ?? .max <= time {
      // Both come at the same time: a call over its deadline takes no token.
      return loseTurn(slot, ticket: ticket, at: time)
    }
    if let ticket = held[client].limiter.next(at: time), let slot = held[client].flights.removeValue(forKey: ticket) {
      flights[Int(slot)].ticket = nil
      send(slot, client, at: time)
    }
    callNext(client, at: time)
  }

  /// The deadline of a held-back call comes: it fails without another attempt, and its token is the next one's.
  mutating func loseTurn(_ slot: Int32, ticket: Int, at time: Int64) {
    // The ticket may be another client's of that number, held by a later request: its own deadline decides.
    guard flights[Int(slot)].ticket == ticket, deadline(slot) ?? .max <= time else { return }
    let client = replay.client(replay.base.log.edge[Int(flights[Int(slot)].episode)])
    guard held[client].flights.removeValue(forKey: ticket) != nil else { return }
    held[client].limiter.giveBack(ticket)
    flights[Int(slot)].ticket = nil
    if gates.isEmpty {
      finish(slot, succeeded: false, at: time)
    } else {
      // The gate has a place for it that others may wait for.
      failed(slot, code: FailureKind.timeout.rawValue, at: time, isCall: false)
    }
    callNext(client, at: time)
  }

  /// When a request is over whatever comes of it; nil where it waits for ever.
  private func deadline(_ slot: Int32) -> Int64? {
    replay.retry.deadline.map { replay.base.log.arrival[Int(flights[Int(slot)].episode)].addingSaturated($0) }
  }
}
