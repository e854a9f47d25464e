// One run of a supervision or recovery policy through the troubles of the log.
internal import Model
internal import Support

/// What one run adds up to.
struct TaskSums: Sendable {
  /// Time that children were down, by block, microseconds.
  var down: [Double]
  var ends = 0.0
  var starts = 0.0
  /// Starts that another end followed in the same trouble.
  var wasted = 0.0
  var escalations: [(child: Int, at: Int64)] = []
  var rollbacks = 0.0
  var waits = Sketch()
  var perSecond: [Int64: Int] = [:]
  var exact = 0.0
  var estimated = 0.0
  var unsupported = 0.0
}

/// Plays the log's troubles under a policy: the first end of each is the log's own, what follows is the policy's.
struct TaskReplay {
  enum Unknown: Sendable { case usual, allFail, allLast }

  private enum Occasion { case trouble(Int), start(child: Int, ticket: Int, isElsewhere: Bool), end(Int), revive }

  private struct Event: Comparable {
    var at: Int64
    var order: Int
    var what: Occasion
    static func < (a: Event, b: Event) -> Bool { (a.at, a.order) < (b.at, b.order) }
    static func == (a: Event, b: Event) -> Bool { (a.at, a.order) == (b.at, b.order) }
  }

  private struct Child {
    var downSince: Int64?
    /// The trouble that it is in, an index of the log's.
    var trouble: Int?
    /// Left alone until then; nil where it is looked after.
    var leftUntil: Int64?
    var ticket = 0
  }

  /// Starts after which a run is cut: a policy without a limit that starts a broken child at once never ends else.
  static let startLimit = 100_000

  let log: TaskLog
  let cure: TaskCure
  let unknown: Unknown
  let seed: UInt64
  let blocks: Int

  private var rule: TaskRule
  private var children: [Child]
  private var queue = BinaryHeap<Event>()
  private var order = 0
  private(set) var sums: TaskSums

  init(_ log: TaskLog, _ cure: TaskCure, _ rule: TaskRule, unknown: Unknown, seed: UInt64, blocks: Int) {
    (self.log, self.cure, self.rule, self.unknown, self.seed, self.blocks) = (log, cure, rule, unknown, seed, blocks)
    children = Array(repeating: Child(), count: log.children.count)
    sums = TaskSums(down: Array(repeating: 0, count: blocks))
  }

  /// What a log itself shows: everything as it was.
  static func logged(_ log: TaskLog, blocks: Int) -> TaskSums {
    var sums = TaskSums(down: Array(repeating: 0, count: blocks))
    for trouble in log.troubles {
      for (place, end) in trouble.ends.enumerated() {
        let isLast = place + 1 == trouble.ends.count
        let back = end.back ?? (isLast ? log.end : trouble.failing[place].start)
        sums.ends += 1
        if isLast && end.back == nil { add(log, end.at, log.end, &sums); continue }
        sums.starts += 1
        if !isLast { sums.wasted += 1 }
        sums.perSecond[back / 1_000_000, default: 0] += 1
        add(log, end.at, back, &sums)
      }
    }
    sums.exact = sums.starts
    return sums
  }

  private static func add(_ log: TaskLog, _ from: Int64, _ to: Int64, _ sums: inout TaskSums) {
    let blocks = Int64(sums.down.count)
    let width = max((log.end - log.start) / blocks + 1, 1)
    sums.waits.add(max(to - from, 0))
    var at = min(max(from, log.start), log.end)
    let end = min(max(to, at), log.end)
    while at < end {
      let block = min((at - log.start) / width, blocks - 1)
      let next = min(log.start + (block + 1) * width, end)
      sums.down[Int(block)] += Double(next - at)
      at = max(next, at + 1)
    }
  }

  /// Plays to the end of the log.
  mutating func play() {
    for (number, trouble) in log.troubles.enumerated() {
      if !rule.covers(trouble.child) || trouble.isSilent && rule.heartbeatTimeout == nil {
        asLogged(trouble)
        continue
      }
      push(
        trouble.isSilent ? trouble.first.addingSaturated(rule.heartbeatTimeout ?? 0) : trouble.first, .trouble(number))
    }
    while let event = queue.pop(), event.at <= log.end {
      switch event.what {
      case .trouble(let number): begin(number, at: event.at)
      case .end(let child):
        if children[child].downSince == nil { ended(child, reason(child), at: event.at) }
      case .start(let child, let ticket, let isElsewhere):
        if children[child].ticket == ticket { start(child, isElsewhere: isElsewhere, at: event.at) }
      case .revive: rule.revive(at: event.at)
      }
    }
    for child in children.indices {
      if let since = children[child].downSince { Self.add(log, since, log.end, &sums) }
    }
  }

  private mutating func push(_ at: Int64, _ what: Occasion) {
    order += 1
    queue.push(Event(at: at, order: order, what: what))
  }

  private mutating func asLogged(_ trouble: TaskLog.Trouble) {
    for (place, end) in trouble.ends.enumerated() {
      let isLast = place + 1 == trouble.ends.count
      Self.add(log, end.at, end.back ?? (isLast ? log.end : trouble.failing[place].start), &sums)
      sums.exact += 1
    }
  }

  private func reason(_ child: Int) -> ExitReason {
    children[child].trouble.flatMap { log.troubles[$0].ends.last?.reason } ?? .error
  }

  private mutating func begin(_ number: Int, at time: Int64) {
    let trouble = log.troubles[number]
    if trouble.isSilent, let back = trouble.cured, back <= time {
      asLogged(trouble)
      return
    }
    children[trouble.child].trouble = number
    guard children[trouble.child].downSince == nil else { return }
    if trouble.isSilent { Self.add(log, trouble.first, time, &sums) }
    ended(trouble.child, trouble.ends[0].reason, at: time)
  }

  private mutating func ended(_ child: Int, _ reason: ExitReason, at time: Int64) {
    children[child].downSince = time
    sums.ends += 1
    let cured = children[child].trouble.flatMap { log.troubles[$0].cured } ?? log.end
    for step in rule.ended(child, reason, at: time) {
      switch step {
      case .stop(let other, let at): if children[other].downSince == nil { children[other].downSince = at }
      case .start(let other, let at, let isElsewhere):
        children[other].downSince = children[other].downSince ?? time
        children[other].ticket += 1
        push(at, .start(child: other, ticket: children[other].ticket, isElsewhere: isElsewhere))
      case .rollback(let other, let at):
        sums.rollbacks += 1
        up(other, at: at.addingSaturated(startUp(other)))
      case .leave(let other, let at): leave(other, until: max(cured, at))
      case .giveUp(let other, let at):
        sums.escalations.append((other, at))
        for number in children.indices where rule.covers(number) {
          children[number].downSince = children[number].downSince ?? at
          leave(number, until: max(cured, at))
        }
        push(max(cured, at), .revive)
      }
    }
  }

  private mutating func leave(_ child: Int, until time: Int64) {
    children[child].ticket += 1
    children[child].leftUntil = time
    push(time, .start(child: child, ticket: children[child].ticket, isElsewhere: false))
  }

  private func startUp(_ child: Int) -> Int64 { log.startUp(child, unknown) }

  private mutating func up(_ child: Int, at time: Int64) {
    guard let since = children[child].downSince else { return }
    Self.add(log, since, min(time, log.end), &sums)
    children[child].downSince = nil
    children[child].trouble = nil
    children[child].leftUntil = nil
  }

  private mutating func start(_ child: Int, isElsewhere: Bool, at time: Int64) {
    let number = children[child].trouble
    if let left = children[child].leftUntil {
      // Whoever repaired it in the log: its sign of life came then.
      if left >= log.end, number.map({ log.troubles[$0].cured == nil }) ?? false { return }
      return up(child, at: time)
    }
    sums.starts += 1
    sums.perSecond[time / 1_000_000, default: 0] += 1
    let ready = time.addingSaturated(startUp(child))
    guard let number, sums.starts < Double(Self.startLimit), !lasts(log.troubles[number], child, isElsewhere, at: time)
    else {
      rule.lasted(child, at: time)
      return up(child, at: ready)
    }
    sums.wasted += 1
    // It fails as long after its start as the log's start before it did.
    let trouble = log.troubles[number]
    let run = trouble.failing.last { $0.start <= ready }?.run ?? trouble.failing.first?.run ?? 0
    if run > 0, let since = children[child].downSince {
      Self.add(log, since, min(ready, log.end), &sums)
      children[child].downSince = nil
      push(ready.addingSaturated(run), .end(child))
    } else {
      // It never came up: the time down goes on, and the policy decides anew.
      let since = children[child].downSince
      ended(child, reason(child), at: ready)
      children[child].downSince = since ?? ready
    }
  }

  private mutating func lasts(_ trouble: TaskLog.Trouble, _ child: Int, _ isElsewhere: Bool, at time: Int64) -> Bool {
    if isElsewhere {
      sums.unsupported += 1
      return unknown == .allLast
        || unknown == .usual
          && draw(child) < cure.lasts(trouble, at: time.addingSaturated(startUp(child)), until: log.end)
    }
    let ready = time.addingSaturated(startUp(child))
    if let cured = trouble.cured, ready >= cured {
      let isSame = ready - cured <= 1_000
      if isSame { sums.exact += 1 } else { sums.estimated += 1 }
      return true
    }
    if ready <= trouble.lastFailing, !trouble.failing.isEmpty {
      sums.estimated += 1
      return false
    }
    // Between the last start that failed and the one that lasted nobody tried.
    if cure.isSupported, !trouble.isSilent {
      sums.estimated += 1
    } else {
      sums.unsupported += 1
    }
    switch unknown {
    case .allFail: return false
    case .allLast: return true
    case .usual: return draw(child) < cure.lasts(trouble, at: ready, until: log.end)
    }
  }

  /// One draw for a child's trouble, whatever the number of its starts: a cause that is over stays over.
  private func draw(_ child: Int) -> Double {
    SplitMix64.unit(
      StableHash.combine(StableHash.combine(seed, UInt64(child)), UInt64(children[child].trouble ?? 0)))
  }
}
