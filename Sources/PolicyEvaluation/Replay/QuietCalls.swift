// Calls that go as they were logged as long as nothing of a policy's state is at work: a run need not play them.
internal import Support

/// Where in the order of arrivals a run may go on without playing: from call to call whose first attempt succeeded, and
/// would have under no load but that of first attempts.
///
/// A policy touches such a call only by what earlier failures left behind. Where none is under way, no client's breaker is
/// open and, in overload, no retry came within the second that load is judged by, all calls up to the next one that failed
/// are as the log has them. Their results are told to breakers and budgets in the order in which they came back, so what
/// follows is the same to the bit as if they had been played.
struct QuietCalls: Sendable {
  /// Calls in a row below which it is less work to play them.
  static let least = 16

  /// By place in the order of arrivals: the next place, from it on, whose call is no quiet one.
  let next: [Int32]
  /// Places by when their first attempts end, and these ends, microseconds.
  let byEnd: [Int32]
  let ends: [Int64]

  /// Nil for policies that touch every call.
  init?(_ replay: StatefulReplay, _ order: [(at: Int64, episode: Int32, component: Int32)]) {
    let policy = replay.policy
    guard policy.throttle == nil, policy.admission == nil, replay.hedge == nil, !policy.isRateAdaptive else {
      return nil
    }
    let log = replay.base.log
    var limit = min(replay.retry.attemptTimeout ?? .max, replay.retry.deadline ?? .max)
    if let breaker = policy.breaker, breaker.slowCallRate != nil { limit = min(limit, breaker.slowCall) }
    var next = [Int32](repeating: Int32(order.count), count: order.count)
    var last = Int32(order.count)
    for place in order.indices.reversed() {
      let episode = Int(order[place].episode)
      let isQuiet =
        log.firstFailure[episode] == 0 && !log.isRefused[episode] && log.duration[Int(log.first[episode])] <= limit
        && (!replay.isOverloaded
          || replay.base.overloads[Int(order[place].component)]?.isQuiet(episode, at: order[place].at) ?? true)
      if !isQuiet { last = Int32(place) }
      next[place] = last
    }
    self.next = next
    var byEnd: [(end: Int64, place: Int32)] = []
    byEnd.reserveCapacity(order.count)
    for (place, call) in order.enumerated() {
      let length = log.duration[Int(log.first[Int(call.episode)])]
      byEnd.append((call.at.addingSaturated(length), Int32(place)))
    }
    byEnd.sort { $0.end != $1.end ? $0.end < $1.end : $0.place < $1.place }
    self.byEnd = byEnd.map { $0.place }
    ends = byEnd.map { $0.end }
  }
}

extension ReplayRun {
  /// Goes on without playing from a place where nothing is at work.
  ///
  /// - Parameters:
  ///   - place: of the call that comes next.
  ///   - order: the calls, `place` among them.
  /// - Returns: the place of the next call to play: `place` itself where nothing is left out.
  mutating func leaveOut(
    from place: Int, _ order: ArraySlice<(at: Int64, episode: Int32, component: Int32)>
  ) -> Int {
    guard let quiet, trouble == 0 else { return place }
    var stop = min(Int(quiet.next[place]), order.endIndex)
    let begin = order[place].at
    guard stop - place >= QuietCalls.least, areClosed,
      !replay.isOverloaded || begin.subtractingSaturated(lastRetry) > 1_000_000
    else { return place }
    var until = order[stop < order.endIndex ? stop : stop - 1].at
    serve(until: begin)
    if !breakers.isEmpty {
      // What came back, in its order, among it what was under way before.
      var nextEnd = quiet.ends.partitioningIndex { $0 >= begin }
      while nextEnd < quiet.ends.count, quiet.ends[nextEnd] <= until {
        let (call, end) = (Int(quiet.byEnd[nextEnd]), quiet.ends[nextEnd])
        nextEnd += 1
        guard call >= place, call < stop else { continue }
        // Only an answer opens a breaker: the one that it came to, where nothing else came before.
        let isAlone = due.first?.time ?? .max > end
        if !isAlone { serve(until: end) }
        let client = replay.client(replay.base.log.edge[Int(order[call].episode)])
        if breakers[client].state == .closed {
          breakers[client].record(failed: false, duration: end - order[call].at, at: end)
        }
        // A rate that was reached as soon as there were calls enough opens it: the next call is refused.
        guard isAlone ? breakers[client].state == .closed : areClosed else {
          until = end
          stop = order[place..<stop].partitioningIndex { $0.at > end }
          break
        }
      }
    }
    serve(until: until)
    pass(place..<stop, order, until: until)
    return stop
  }

  /// What calls that were not played leave behind at a time: those under way, deposits in budgets, the last second's load.
  private mutating func pass(
    _ places: Range<Int>, _ order: ArraySlice<(at: Int64, episode: Int32, component: Int32)>, until: Int64
  ) {
    guard !places.isEmpty else { return }
    left.append(places)
    let log = replay.base.log
    for place in places {
      let call = order[place]
      let length = log.duration[Int(log.first[Int(call.episode)])]
      let isUnderWay = call.at.addingSaturated(length) > until
      if !budgets.isEmpty {
        let client = replay.client(log.edge[Int(call.episode)])
        budgets[client].request(at: call.at)
        if !isUnderWay { budgets[client].ended(succeeded: true, retries: 0, lastCost: nil) }
      }
      if replay.isOverloaded, call.at > until - 1_000_000, replay.base.overloads[Int(call.component)] != nil {
        load.come(Int(call.component), at: call.at)
      }
      guard isUnderWay else { continue }
      underWay.append(place)
      let slot = take(call.episode, call.component, at: call.at)
      flights[Int(slot)].attempts = 1
      flights[Int(slot)].lastEnd = call.at.addingSaturated(length)
      flights[Int(slot)].open = 1
      push(time: flights[Int(slot)].lastEnd, slot, .end, length: length)
    }
  }
}

extension StatefulReplay {
  /// What calls that were left out contribute, all runs together: as often as runs left them out.
  ///
  /// - Parameters:
  ///   - runs: the places that each run left out, and those of them whose ends it played.
  ///   - order: the calls.
  ///   - total: what is added to.
  func addLeftOut(
    _ runs: [(left: [Range<Int>], underWay: [Int])], _ order: [(at: Int64, episode: Int32, component: Int32)],
    to total: inout PolicySums
  ) {
    var changes = [Int](repeating: 0, count: order.count + 1)
    var ended = changes
    for run in runs {
      for places in run.left {
        changes[places.lowerBound] += 1
        changes[places.upperBound] -= 1
      }
      for place in run.underWay { ended[place] += 1 }
    }
    let log = base.log
    var times = 0
    for (place, call) in order.enumerated() {
      times += changes[place]
      guard times > 0 else { continue }
      let mass = Double(times)
      let block = base.block(Int(call.episode))
      total.attempts[block] += mass
      total.load.add(Int(call.component), call.at, mass)
      if isOverloaded, base.overloads[Int(call.component)] != nil {
        total.estimated += mass
        total.won += mass
      } else {
        total.exact += mass
      }
      // The latency of those whose ends were played stands there already.
      let whole = Double(times - ended[place])
      if whole > 0 { total.latency.add(log.duration[Int(log.first[Int(call.episode)])], block: block, mass: whole) }
    }
  }
}
