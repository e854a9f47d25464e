// Admission: each arriving event is invoked, deferred or skipped, and every decision is logged.
internal import Model
internal import Support

/// The settings of an admission gate. Times are microseconds.
package struct AdmissionSettings: Hashable, Sendable {
  /// Invocations under way at once.
  package var maxInFlight: Int?
  /// Invocations in any window of `window`; both are set or neither.
  package var maxPerWindow: Int?
  package var window: Int64?
  /// From arrival to the end of the last attempt.
  package var deadline: Int64?
  package var attemptTimeout: Int64?
  /// Attempts beside the first; each of them passes the gate again.
  package var maxRetries: Int
  package var backoff: Backoff
  /// A work item found due and put off more often than this is skipped.
  package var maxDefers: Int?
  package var retryOn: KindSet

  package init(
    maxInFlight: Int? = nil, maxPerWindow: Int? = nil, window: Int64? = nil, deadline: Int64? = nil,
    attemptTimeout: Int64? = nil, maxRetries: Int = 0, backoff: Backoff = .immediate, maxDefers: Int? = nil,
    retryOn: KindSet = KindSet.retryable.union(KindSet([.runtime]))
  ) {
    self.maxInFlight = maxInFlight
    self.maxPerWindow = maxPerWindow
    self.window = window
    self.deadline = deadline
    self.attemptTimeout = attemptTimeout
    self.maxRetries = maxRetries
    self.backoff = backoff
    self.maxDefers = maxDefers
    self.retryOn = retryOn
  }

  /// What is wrong with the settings, in plain words; empty where nothing is.
  package var problems: [String] {
    var problems: [String] = []
    if let maxInFlight, maxInFlight < 1 { problems.append("maxInFlight below 1 would defer everything for ever") }
    if let maxPerWindow, maxPerWindow < 1 { problems.append("maxPerWindow below 1 would block everything") }
    if (maxPerWindow == nil) != (window == nil) { problems.append("maxPerWindow and window belong together") }
    if let window, window < 1 { problems.append("window must be longer than 0") }
    if maxRetries < 0 { problems.append("maxRetries must not be negative") }
    return problems
  }
}

/// What the gate decided about one work item.
package enum AdmissionDecision: String, Hashable, Sendable { case invoke = "Invoke", skip = "Skip", `defer` = "Defer" }

/// Why an item was deferred or skipped.
package enum AdmissionReason: String, Hashable, Sendable {
  case concurrency, rate, queued, deadline, maxDefers, backoff
}

/// One line of the decision log. The origin is the event that asked for the work, never the tick that served it.
package struct AdmissionEntry: Hashable, Sendable {
  package var episode: UInt64
  package var origin: String
  package var decision: AdmissionDecision
  package var reason: AdmissionReason?
  /// When it was decided, microseconds of event time.
  package var at: Int64
  /// When a deferred item is expected to run, nil where only a completion can tell.
  package var scheduleAt: Int64?
  package var deadline: Int64?
  /// Retries made before this decision.
  package var retryCount: Int
  package var deferCount: Int
  /// How far behind the clock the event came in, microseconds.
  package var lateness: Int64
}

/// The gate: a deterministic machine over arrivals, completions and ticks.
package struct AdmissionGate: Sendable {
  private struct Item: Sendable {
    var episode: UInt64
    var origin: String
    var arrived: Int64
    var notBefore: Int64
    var scheduleAt: Int64
    var retryCount = 0
    var deferCount = 0
    var memory = Backoff.Memory()
  }

  package let settings: AdmissionSettings
  /// Monotone event time, `Int64.min` before the first event.
  package private(set) var now: Int64 = .min
  package private(set) var log: [AdmissionEntry] = []
  /// Whether entries are kept in `log`.
  package var keepsLog = true
  private var nextEpisode: UInt64 = 0
  private var running: [UInt64: Item] = [:]
  /// Starts inside the last window, ascending.
  private var starts: [Int64] = []
  private var firstStart = 0
  /// Deferred work by (arrival, episode).
  private var queue: [Item] = []
  private var firstQueued = 0
  /// Which of them wait for their delay to pass, and until when; of those given up meanwhile the time is left.
  private var resting: Set<UInt64> = []
  private var rests = BinaryHeap<Rest>()

  private struct Rest: Comparable, Sendable {
    var time: Int64
    var episode: UInt64
    static func < (a: Rest, b: Rest) -> Bool { (a.time, a.episode) < (b.time, b.episode) }
  }

  package init(_ settings: AdmissionSettings) { self.settings = settings }

  package var inFlight: Int { running.count }
  package var waiting: Int { queue.count - firstQueued }

  /// The clock goes forward only.
  package mutating func advance(to time: Int64) { now = max(now, time) }

  /// An event arrives and asks for work.
  ///
  /// - Returns: its episode and what was started or skipped because of it, deferred items that were due first.
  package mutating func arrive(_ origin: String, at time: Int64) -> (episode: UInt64, entries: [AdmissionEntry]) {
    let lateness = now == .min ? 0 : max(0, now.subtractingSaturated(time))
    advance(to: time)
    var entries = drain()
    let item = Item(
      episode: nextEpisode, origin: origin, arrived: time, notBefore: time, scheduleAt: time)
    nextEpisode = nextEpisode == .max ? .max : nextEpisode + 1
    let blocked = waiting > 0 ? .queued : obstacle()
    if let blocked {
      entries.append(put(item, because: blocked, lateness: lateness))
    } else {
      entries.append(start(item, lateness: lateness))
    }
    return (item.episode, entries)
  }

  /// An attempt ended. A retryable failure queues the next attempt, which passes the gate like any other work.
  package mutating func complete(_ episode: UInt64, failure code: UInt8, at time: Int64, u: Double = 0)
    -> [AdmissionEntry]
  {
    advance(to: time)
    var entries: [AdmissionEntry] = []
    if var item = running.removeValue(forKey: episode) {
      if settings.retryOn.contains(code: code), item.retryCount < settings.maxRetries {
        item.retryCount += 1
        let delay = settings.backoff.delay(item.retryCount, u: u, memory: &item.memory)
        item.notBefore = now.addingSaturated(delay)
        if let deadline = settings.deadline, item.notBefore.subtractingSaturated(item.arrived) >= deadline {
          entries.append(entry(item, .skip, .deadline))
        } else if delay == 0, waiting == 0, obstacle() == nil {
          entries.append(start(item))
        } else {
          entries.append(put(item, because: delay > 0 ? .backoff : obstacle() ?? .queued))
        }
      }
    }
    return entries + drain()
  }

  /// Time passes: everything due is served, up to capacity. An idle tick logs nothing and uses no episode.
  package mutating func tick(at time: Int64) -> [AdmissionEntry] {
    advance(to: time)
    return drain()
  }

  /// The next time at which a tick may start something, nil where only a completion can.
  package var nextDue: Int64? {
    guard waiting > 0, !isSaturated else { return nil }
    let free = nextSlot(0)
    // Whoever has waited long enough takes the next slot; else the first whose wait is over.
    return waiting > resting.count ? free : max(rests.first?.time ?? free, free)
  }

  private var isSaturated: Bool { settings.maxInFlight.map { running.count >= $0 } ?? false }

  private func obstacle() -> AdmissionReason? {
    if isSaturated { return .concurrency }
    return nextSlot(0) > now ? .rate : nil
  }

  /// The earliest start of the item that has `ahead` others before it.
  private func nextSlot(_ ahead: Int) -> Int64 {
    guard let limit = settings.maxPerWindow, let window = settings.window else { return now }
    guard limit > 0 else { return .max }
    // The item takes the place of the start `limit` positions before it, and that one of the start before it: follow the
    // chain back to a real start.
    let live = starts.count - firstStart
    let position = live + ahead
    if position < limit { return now }
    let steps = position < live + limit ? 1 : (position - live) / limit + 1
    let base = position - steps * limit
    let from = base >= 0 ? starts[firstStart + base] : now.subtractingSaturated(window)
    // The first step may still lie in the past; from there on each is a window later.
    let (later, overflow) = window.multipliedReportingOverflow(by: Int64(steps - 1))
    return max(now, from.addingSaturated(window)).addingSaturated(overflow ? .max : later)
  }

  private mutating func drain() -> [AdmissionEntry] {
    expire()
    while let rest = rests.first, rest.time <= now {
      _ = rests.pop()
      resting.remove(rest.episode)
    }
    var entries: [AdmissionEntry] = []
    var index = firstQueued
    while index < queue.count {
      let item = queue[index]
      if let deadline = settings.deadline, now.subtractingSaturated(item.arrived) >= deadline {
        remove(index)
        entries.append(entry(item, .skip, .deadline))
        index = max(index, firstQueued)
        continue
      }
      // Whoever came first meets the deadline first: where all rest, nobody behind needs to be asked.
      if resting.count >= queue.count - firstQueued { break }
      guard item.notBefore <= now else {
        index += 1
        continue
      }
      if let blocked = obstacle() {
        // Who stands behind is put off as well, and came later: nothing of it shows but in the log and in the count.
        guard item.scheduleAt <= now, keepsLog || settings.maxDefers != nil else { break }
        var late = item
        late.deferCount += 1
        if let limit = settings.maxDefers, late.deferCount > limit {
          remove(index)
          entries.append(entry(late, .skip, .maxDefers))
          index = max(index, firstQueued)
          continue
        }
        late.scheduleAt = blocked == .concurrency ? .max : nextSlot(index - firstQueued)
        queue[index] = late
        entries.append(entry(late, .defer, blocked))
        index += 1
        continue
      }
      remove(index)
      entries.append(start(item))
      index = max(index, firstQueued)
    }
    return entries
  }

  private mutating func expire() {
    guard let window = settings.window else { return }
    while firstStart < starts.count, now.subtractingSaturated(starts[firstStart]) >= window { firstStart += 1 }
    if firstStart > 1024, firstStart * 2 > starts.count {
      starts.removeFirst(firstStart)
      firstStart = 0
    }
  }

  private mutating func remove(_ index: Int) {
    resting.remove(queue[index].episode)
    if index == firstQueued {
      firstQueued += 1
      if firstQueued > 1024, firstQueued * 2 > queue.count {
        queue.removeFirst(firstQueued)
        firstQueued = 0
      }
    } else {
      queue.remove(at: index)
    }
  }

  private mutating func put(_ item: Item, because reason: AdmissionReason, lateness: Int64 = 0) -> AdmissionEntry {
    var item = item
    let place = queue[firstQueued...].partitioningIndex { ($0.arrived, $0.episode) >= (item.arrived, item.episode) }
    item.scheduleAt =
      isSaturated ? .max : max(item.notBefore, nextSlot(place - firstQueued))
    if place == firstQueued, firstQueued > 0 {
      // Another attempt of the oldest: where it was before, without moving all others.
      firstQueued -= 1
      queue[firstQueued] = item
    } else {
      queue.insert(item, at: place)
    }
    if item.notBefore > now {
      rests.push(Rest(time: item.notBefore, episode: item.episode))
      resting.insert(item.episode)
    }
    return entry(item, .defer, reason, lateness: lateness)
  }

  private mutating func start(_ item: Item, lateness: Int64 = 0) -> AdmissionEntry {
    running[item.episode] = item
    if settings.window != nil { starts.append(now) }
    return entry(item, .invoke, nil, lateness: lateness)
  }

  private mutating func entry(
    _ item: Item, _ decision: AdmissionDecision, _ reason: AdmissionReason?, lateness: Int64 = 0
  ) -> AdmissionEntry {
    let entry = AdmissionEntry(
      episode: item.episode, origin: item.origin, decision: decision, reason: reason, at: now,
      scheduleAt: decision == .defer && item.scheduleAt < .max ? item.scheduleAt : nil, deadline: settings.deadline,
      retryCount: item.retryCount, deferCount: item.deferCount, lateness: lateness)
    if keepsLog { log.append(entry) }
    return entry
  }
}
