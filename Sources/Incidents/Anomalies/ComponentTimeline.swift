internal import Model
internal import Support

/// A merged partial laid out for reading: components in name order, minutes in time order, the call graph.
struct ComponentTimeline {
  let partial: IncidentPartial
  let constants: DecidingConstants
  /// Every component, byte-sorted.
  let components: [String]
  /// Component index by name number, -1 for names that are none.
  private let indexByName: [Int32]
  /// Slots of `IncidentPartial.coarse` that hold anything, ascending.
  let minutes: [Int32]
  /// Indices of the minutes that the baseline is read from.
  let baseline: [Int]
  /// Whether a minute is among them, by index.
  let isBaseline: [Bool]
  /// How many slots a baseline needs to be believed.
  let requiredSlots: Int
  /// Callees and callers by component index, ascending.
  let callees: [[Int]]
  let callers: [[Int]]
  /// Whether nothing but log lines tells of a component, by index: neither spans nor calls nor what others say that failed.
  let isLogOnly: [Bool]
  /// Whose messages a component takes in requests of their own, and who takes its messages, by component index.
  let feeders: [[Int]]
  let consumers: [[Int]]
  /// Whether a component has spans of its own.
  let hasSpans: [Bool]
  /// Whether there are hardly any requests.
  let isSparse: Bool
  /// The component that an operation usually leads to, for (component name, operation name).
  let usualCallee: [CubeKey: Int]
  /// The components with spans that an operation regularly calls and that have requests most of the time, the most regular first,
  /// for (component name, operation name).
  private let regularCallees: [CubeKey: [Int]]
  /// Name number by component index.
  private let nameByIndex: [Int32]
  /// Whom log lines name: made once, for the callees here and for anomalies of records.
  private(set) var mentions = LogMentions()
  /// The callee that most warnings and errors of a component name, for (component index, coarse slot).
  private var accusedCallee: [CubeKey: Int] = [:]
  /// Fine slots in which components died, by component index.
  private var deaths: Set<CubeKey> = []
  /// The one component with callers that a log template names, by the template's name number.
  private var namedCallee: [Int32: Int] = [:]

  init(_ partial: IncidentPartial, settings: IncidentSettings) {
    self.partial = partial
    constants = settings.constants
    var names: Set<Int32> = []
    for cell in partial.activity.cells.keys { names.insert(cell.a) }
    let spanned = names
    for cell in partial.edges.cells.keys { names.formUnion([cell.a, cell.b]) }
    for cell in partial.blame.cells.keys { names.insert(cell.a) }
    let asked = names
    for cell in partial.logVolume.cells.keys { names.insert(cell.a) }
    for cell in partial.metrics.cells.keys { names.insert(cell.a) }
    for cell in partial.signals.cells.keys { names.insert(cell.a) }
    names.remove(0)
    let ordered = names.map { ($0, partial.names[$0]) }
      .sorted { $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }
    components = ordered.map(\.1)
    nameByIndex = ordered.map(\.0)
    var indexByName = [Int32](repeating: -1, count: partial.names.count)
    for (index, (name, _)) in ordered.enumerated() { indexByName[Int(name)] = Int32(index) }
    self.indexByName = indexByName
    hasSpans = ordered.map { spanned.contains($0.0) }
    isLogOnly = ordered.map { !asked.contains($0.0) }

    var slots: Set<Int32> = []
    for cell in partial.visits.cells.keys { slots.insert(cell.slot) }
    for cell in partial.logVolume.cells.keys { slots.insert(cell.slot) }
    for cell in partial.metrics.cells.keys { slots.insert(cell.slot) }
    for cell in partial.signals.cells.keys {
      slots.insert(IncidentPartial.slot(IncidentPartial.start(cell.slot, IncidentPartial.fine), IncidentPartial.coarse))
    }
    let minutes = slots.sorted()
    self.minutes = minutes
    let given = minutes.indices.filter { index in
      let start = IncidentPartial.start(minutes[index], IncidentPartial.coarse)
      return settings.baseline.contains { $0.overlaps(start..<start + IncidentPartial.coarse) }
    }
    baseline = given.isEmpty ? Array(minutes.indices) : given
    var isBaseline = [Bool](repeating: false, count: minutes.count)
    for minute in baseline { isBaseline[minute] = true }
    self.isBaseline = isBaseline
    requiredSlots = given.isEmpty ? 3 : 1
    let requests = partial.visits.cells.reduce(0) { $1.0.a == 0 ? $0 + $1.1.requests : $0 }
    isSparse = Double(requests) < Self.sparseTraffic * Double(minutes.count)

    var outgoing = [Set<Int>](repeating: [], count: ordered.count)
    var incoming = outgoing
    for cell in partial.edges.cells.keys {
      let (from, to) = (Int(indexByName[Int(cell.a)]), Int(indexByName[Int(cell.b)]))
      guard from >= 0, to >= 0, from != to else { continue }
      outgoing[from].insert(to)
      incoming[to].insert(from)
    }
    callees = outgoing.map { $0.sorted() }
    callers = incoming.map { $0.sorted() }
    (feeders, consumers) = LinkedComponents(partial.links, indexByName).ways(components: ordered.count)
    let calls = Self.calls(partial)
    var totals: [CubeKey: Int] = [:]
    for (cell, tally) in partial.operations.cells { totals[CubeKey(a: cell.a, b: cell.b), default: 0] += tally.count }
    usualCallee = Self.usualCallees(calls, totals, indexByName)
    regularCallees = Self.regularCallees(calls, totals, partial, indexByName)
    for cell in partial.signals.cells.keys where Self.isDeath(cell, partial.names) {
      deaths.insert(CubeKey(a: indexByName[Int(cell.a)], slot: cell.slot))
    }
    mentions = LogMentions(self)
    accusedCallee = mentions.accusedCallees(self)
    var complaints: Set<Int32> = []
    for cell in partial.blame.cells.keys where cell.d != 0 { complaints.insert(cell.d) }
    for complaint in complaints { namedCallee[complaint] = mentions.onlyCallee(named: partial.names[complaint], self) }
  }

  /// Requests that passed a component in some minutes. The times of one request's spans are no independent draws (what
  /// slows one of them slows its neighbours), so that no share of slow spans is surer than these requests make it.
  func requests(_ component: Int, _ minutes: [Int]) -> Double {
    let name = nameByIndex[component]
    return minutes.reduce(0) { sum, minute in
      sum + Double(partial.visits.cells[CubeKey(a: name, slot: self.minutes[minute])]?.requests ?? 0)
    }
  }

  /// The record that stands for an event pair in a minute.
  func example(of pair: CubeKey, in minute: Int) -> EvidenceSample? {
    var cell = pair
    cell.slot = minutes[minute]
    return partial.pairs.cells[cell]?.example
  }

  /// The share of an operation's spans that must call a component for it to be a regular callee.
  private static let regularShare = 0.3
  /// The share of the night's slots in which a component must have requests for its silence to mean anything.
  private static let presence = 0.5

  private static func calls(_ partial: IncidentPartial) -> [CubeKey: [Int32: Int]] {
    var calleeByLabel: [Int32: Int32] = [:]
    var calls: [CubeKey: [Int32: Int]] = [:]
    for (cell, pair) in partial.pairs.cells {
      let label = cell.d
      let callee: Int32
      if let known = calleeByLabel[label] {
        callee = known
      } else {
        callee = EventLabel.callee(partial.names[label]).flatMap { partial.names.find($0) } ?? -1
        calleeByLabel[label] = callee
      }
      guard callee > 0, callee != cell.a else { continue }
      calls[CubeKey(a: cell.a, b: cell.b), default: [:]][callee, default: 0] += pair.count
    }
    return calls
  }

  private static func usualCallees(
    _ calls: [CubeKey: [Int32: Int]], _ totals: [CubeKey: Int], _ indexByName: [Int32]
  ) -> [CubeKey: Int] {
    var usual: [CubeKey: Int] = [:]
    for (key, counts) in calls where counts.count == 1 {
      guard let (callee, count) = counts.first, 2 * count > totals[key] ?? 0, indexByName[Int(callee)] >= 0 else {
        continue
      }
      usual[key] = Int(indexByName[Int(callee)])
    }
    return usual
  }

  private static func regularCallees(
    _ calls: [CubeKey: [Int32: Int]], _ totals: [CubeKey: Int], _ partial: IncidentPartial, _ indexByName: [Int32]
  ) -> [CubeKey: [Int]] {
    var busy: [Int32: Int] = [:]
    var slots: Set<Int32> = []
    for cell in partial.activity.cells.keys {
      busy[cell.a, default: 0] += 1
      slots.insert(cell.slot)
    }
    var regular: [CubeKey: [Int]] = [:]
    for (key, counts) in calls {
      let found = counts.filter { callee, count in
        Double(count) > regularShare * Double(totals[key] ?? 0)
          && Double(busy[callee] ?? 0) >= presence * Double(slots.count)
      }
      guard !found.isEmpty else { continue }
      let ordered = found.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
      regular[key] = ordered.map { Int(indexByName[Int($0.key)]) }.filter { $0 >= 0 }
    }
    return regular
  }

  func component(_ name: Int32) -> Int? {
    let index = name >= 0 && Int(name) < indexByName.count ? indexByName[Int(name)] : -1
    return index >= 0 ? Int(index) : nil
  }

  /// The index of a slot among `minutes`, by bisection.
  func minute(_ slot: Int32) -> Int? {
    let index = minutes.partitioningIndex { $0 >= slot }
    return index < minutes.count && minutes[index] == slot ? index : nil
  }

  /// The component a blame cell of a slot length speaks against: whom the failed span's log names; else the usual callee of its operation where there is one;
  /// where the blamed span was no call, only a callee that was silent then and usually is not, or which its own log accuses.
  func culprit(_ cell: CubeKey, _ length: Int64) -> Int? {
    if cell.d != 0, let named = namedCallee[cell.d] { return named }
    guard cell.b != 0 else { return component(cell.a) }
    if cell.number == 0, let callee = usualCallee[CubeKey(a: cell.a, b: cell.b)] { return callee }
    if cell.number != 0 {
      for callee in regularCallees[CubeKey(a: cell.a, b: cell.b)] ?? []
      where isSilent(callee, cell.slot, length) || hasDied(callee, cell.slot, length) {
        return callee
      }
    }
    return component(cell.a).map { accused(by: $0, cell.slot, length) ?? $0 }
  }

  /// Exits that were wanted.
  private static let wantedExits: Set<String> = ["normal", "shutdown"]

  /// Whether a signal's cell tells of a death: a crash, or an exit that nobody wanted.
  static func isDeath(_ signal: CubeKey, _ names: NameTable) -> Bool {
    switch names[signal.b] {
    case EventKind.childCrashed.name: true
    case EventKind.childExited.name: !wantedExits.contains(names[signal.c])
    default: false
    }
  }

  /// Whether a component died in a slot of a length, or in the fine slot before.
  private func hasDied(_ component: Int, _ slot: Int32, _ length: Int64) -> Bool {
    guard !deaths.isEmpty else { return false }
    let first = IncidentPartial.slot(IncidentPartial.start(slot, length), IncidentPartial.fine)
    let count = Int32(length / IncidentPartial.fine)
    return (first - 1..<first + count).contains { deaths.contains(CubeKey(a: Int32(component), slot: $0)) }
  }

  private func accused(by component: Int, _ slot: Int32, _ length: Int64) -> Int? {
    guard !accusedCallee.isEmpty else { return nil }
    let minute = IncidentPartial.slot(IncidentPartial.start(slot, length), IncidentPartial.coarse)
    return accusedCallee[CubeKey(a: Int32(component), slot: minute)]
  }

  /// Whether a component had no request in a slot of a length, and none in a fine slot before or behind.
  private func isSilent(_ component: Int, _ slot: Int32, _ length: Int64) -> Bool {
    guard let name = partial.names.find(components[component]) else { return false }
    func isEmpty(_ slot: Int32) -> Bool { partial.activity.cells[CubeKey(a: name, slot: slot)] == nil }
    let first = IncidentPartial.slot(IncidentPartial.start(slot, length), IncidentPartial.fine)
    let count = Int32(length / IncidentPartial.fine)
    return (first..<first + count).contains { isEmpty($0) && (isEmpty($0 - 1) || isEmpty($0 + 1)) }
  }

  /// The minutes that lie in a range of time, by index.
  func minutes(in range: Range<Int64>) -> [Int] {
    let first = IncidentPartial.slot(range.lowerBound, IncidentPartial.coarse)
    var index = minutes.partitioningIndex { $0 >= first }
    var found: [Int] = []
    while index < minutes.count {
      let start = IncidentPartial.start(minutes[index], IncidentPartial.coarse)
      guard start < range.upperBound else { break }
      let middle = start + IncidentPartial.coarse / 2
      if range.contains(middle) || range.contains(start) && range.upperBound <= middle { found.append(index) }
      index += 1
    }
    return found
  }

  /// The minutes that lie mostly in an incident; of one shorter than that those that it touches.
  func minutes(from start: Int64, to end: Int64) -> [Int] {
    let inside = minutes(in: start..<max(start + 1, end))
    let half = IncidentPartial.coarse / 2
    return inside.isEmpty ? minutes(in: start - half..<max(start, end) + half) : inside
  }

  var width: Int { minutes.count }

  /// Fewer requests a minute than this, and log lines and metrics must tell.
  private static let sparseTraffic = 1.0

  /// How far down the call graph explanations reach.
  private static let depth = 8

  /// The components that one calls, directly or through others.
  ///
  /// - Complexity: O(edges below)
  func reachable(from component: Int) -> Set<Int> {
    var reached: Set<Int> = []
    var frontier = [component]
    for _ in 0..<Self.depth where !frontier.isEmpty {
      var next: [Int] = []
      for from in frontier {
        for to in callees[from] where to != component && reached.insert(to).inserted { next.append(to) }
      }
      frontier = next
    }
    return reached
  }

  /// Whether a component takes messages of another one, or of one that calls it: what breaks beneath a sender goes across, too.
  func isFed(_ component: Int, by other: Int) -> Bool {
    feeders[component].contains { $0 == other || reachable(from: $0).contains(other) }
  }

  /// A component with those that call it and those that it calls, directly.
  func connected(to component: Int) -> Set<Int> {
    Set(callers[component]).union(callees[component]).union(feeders[component]).union(consumers[component])
      .union([component])
  }

  /// Whether nobody calls a component and none of those that it calls left a span under that name: a proxy's log, from outside.
  func isFront(_ component: Int) -> Bool {
    callers[component].isEmpty && consumers[component].isEmpty && !callees[component].isEmpty
      && callees[component].allSatisfy { !hasSpans[$0] && !isStore($0) }
  }

  /// Whether a component is a database or a broker by the name that traces give those, `SYSTEM:NAMESPACE`: what a proxy passes requests on
  /// to is a host, perhaps with its port.
  private func isStore(_ component: Int) -> Bool {
    guard let colon = components[component].utf8.lastIndex(of: 0x3A) else { return false }
    return components[component].utf8[colon...].dropFirst().contains { $0 &- 0x30 > 9 }
  }

  /// Whether a component is as far as the night sees: one that only proxies in front tell of, or one of a night without any call.
  func hidesWhatIsBehind(_ component: Int) -> Bool {
    guard callees[component].isEmpty else { return false }
    if partial.isSideBySide { return true }
    if !callers[component].isEmpty { return callers[component].allSatisfy { isFront($0) } }
    return hasSpans[component] && callees.allSatisfy(\.isEmpty)
  }

  /// The number of a component's name in the partial.
  func nameNumber(_ component: Int) -> Int32 { nameByIndex[component] }

  /// A component as findings name it.
  func name(_ component: Int) -> ForeignName { ForeignName(components[component]) }
}
