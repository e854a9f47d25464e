internal import Core

/// A merged partial laid out for reading: components in name order, minutes in time order, the call graph.
struct NightGrid {
  let partial: CascadePartial
  /// Every component, byte-sorted.
  let components: [String]
  /// Component index by name number, -1 for names that are none.
  private let indexByName: [Int32]
  /// Slots of `CascadePartial.coarse` that hold anything, ascending.
  let minutes: [Int32]
  /// Indices of the minutes that the baseline is read from.
  let baseline: [Int]
  /// How many slots a baseline needs to be believed.
  let requiredSlots: Int
  /// Callees and callers by component index, ascending.
  let callees: [[Int]]
  let callers: [[Int]]
  /// Whether a component has spans of its own.
  let hasSpans: [Bool]
  /// The component that an operation usually leads to, for (component name, operation name).
  let usualCallee: [Cell: Int]
  /// Requests that passed a component, by component and minute.
  private let visits: [Double]

  init(_ partial: CascadePartial, settings: CascadeSettings) {
    self.partial = partial
    var names: Set<Int32> = []
    for cell in partial.activity.cells.keys { names.insert(cell.a) }
    let spanned = names
    for cell in partial.edges.cells.keys { names.formUnion([cell.a, cell.b]) }
    for cell in partial.blame.cells.keys { names.insert(cell.a) }
    for cell in partial.logVolume.cells.keys { names.insert(cell.a) }
    for cell in partial.metrics.cells.keys { names.insert(cell.a) }
    for cell in partial.signals.cells.keys { names.insert(cell.a) }
    names.remove(0)
    let ordered = names.map { ($0, partial.names[$0]) }
      .sorted { $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }
    components = ordered.map(\.1)
    var indexByName = [Int32](repeating: -1, count: partial.names.count)
    for (index, (name, _)) in ordered.enumerated() { indexByName[Int(name)] = Int32(index) }
    self.indexByName = indexByName
    hasSpans = ordered.map { spanned.contains($0.0) }

    var slots: Set<Int32> = []
    for cell in partial.visits.cells.keys { slots.insert(cell.slot) }
    for cell in partial.logVolume.cells.keys { slots.insert(cell.slot) }
    for cell in partial.metrics.cells.keys { slots.insert(cell.slot) }
    for cell in partial.signals.cells.keys {
      slots.insert(CascadePartial.slot(CascadePartial.start(cell.slot, CascadePartial.fine), CascadePartial.coarse))
    }
    let minutes = slots.sorted()
    self.minutes = minutes
    let given = minutes.indices.filter { index in
      let start = CascadePartial.start(minutes[index], CascadePartial.coarse)
      return settings.baseline.contains { $0.overlaps(start..<start + CascadePartial.coarse) }
    }
    baseline = given.isEmpty ? Array(minutes.indices) : given
    requiredSlots = given.isEmpty ? 3 : 1

    var outgoing = [Set<Int>](repeating: [], count: ordered.count)
    var incoming = outgoing
    for cell in partial.edges.cells.keys {
      let from = Int(indexByName[Int(cell.a)])
      let to = Int(indexByName[Int(cell.b)])
      guard from >= 0, to >= 0, from != to else { continue }
      outgoing[from].insert(to)
      incoming[to].insert(from)
    }
    callees = outgoing.map { $0.sorted() }
    callers = incoming.map { $0.sorted() }
    usualCallee = Self.usualCallees(partial, indexByName)
    var visits = [Double](repeating: 0, count: ordered.count * minutes.count)
    for (cell, visit) in partial.visits.cells {
      let component = Int(indexByName[Int(cell.a)])
      guard component >= 0, let minute = minuteIndex[cell.slot] else { continue }
      visits[component * minutes.count + minute] += Double(visit.requests)
    }
    self.visits = visits
  }

  /// Requests that passed a component in some minutes. Spans of one request are no independent draws, so that no share
  /// of spans is surer than these requests make it.
  func requests(_ component: Int, _ minutes: [Int]) -> Double {
    minutes.reduce(0) { $0 + visits[component * width + $1] }
  }

  private static func usualCallees(_ partial: CascadePartial, _ indexByName: [Int32]) -> [Cell: Int] {
    var calleeByLabel: [Int32: Int32] = [:]
    var calls: [Cell: [Int32: Int]] = [:]
    var totals: [Cell: Int] = [:]
    for (cell, tally) in partial.operations.cells { totals[Cell(a: cell.a, b: cell.b), default: 0] += tally.count }
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
      calls[Cell(a: cell.a, b: cell.b), default: [:]][callee, default: 0] += pair.count
    }
    var usual: [Cell: Int] = [:]
    for (key, counts) in calls where counts.count == 1 {
      guard let (callee, count) = counts.first, 2 * count > totals[key] ?? 0, indexByName[Int(callee)] >= 0 else {
        continue
      }
      usual[key] = Int(indexByName[Int(callee)])
    }
    return usual
  }

  func component(_ name: Int32) -> Int? {
    let index = name >= 0 && Int(name) < indexByName.count ? indexByName[Int(name)] : -1
    return index >= 0 ? Int(index) : nil
  }

  /// The index of a slot among `minutes`, by bisection.
  func minute(_ slot: Int32) -> Int? {
    var low = 0
    var high = minutes.count
    while low < high {
      let middle = (low + high) / 2
      if minutes[middle] < slot { low = middle + 1 } else { high = middle }
    }
    return low < minutes.count && minutes[low] == slot ? low : nil
  }

  /// The component a blame cell speaks against: the usual callee of its operation where there is one.
  func culprit(_ cell: Cell) -> Int? {
    if cell.b != 0, let callee = usualCallee[Cell(a: cell.a, b: cell.b)] { return callee }
    return component(cell.a)
  }

  /// The minutes that lie in a range of time, by index.
  func minutes(in range: Range<Int64>) -> [Int] {
    let first = CascadePartial.slot(range.lowerBound, CascadePartial.coarse)
    var index = minutes.partitioningIndex { $0 >= first }
    var found: [Int] = []
    while index < minutes.count {
      let start = CascadePartial.start(minutes[index], CascadePartial.coarse)
      guard start < range.upperBound else { break }
      let middle = start + CascadePartial.coarse / 2
      if range.contains(middle) || range.contains(start) && range.upperBound <= middle { found.append(index) }
      index += 1
    }
    return found
  }

  var width: Int { minutes.count }
}

extension Array {
  /// The first index of a sorted array whose element meets a condition that all later ones meet as well.
  func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Counts by series and minute, dense over the minutes.
struct MinuteSeries {
  private(set) var keys: [Cell] = []
  private(set) var index: [Cell: Int] = [:]
  private(set) var values: [Double] = []
  let width: Int

  init(width: Int) { self.width = width }

  mutating func add(_ value: Double, to key: Cell, minute: Int) {
    let row: Int
    if let known = index[key] {
      row = known
    } else {
      row = keys.count
      index[key] = row
      keys.append(key)
      values += Array(repeating: 0, count: width)
    }
    values[row * width + minute] += value
  }

  subscript(row: Int, minute: Int) -> Double { values[row * width + minute] }

  func sum(_ row: Int, _ minutes: [Int]) -> Double { minutes.reduce(0) { $0 + values[row * width + $1] } }
}

/// Hits among trials by series and minute, with the baseline of each series' share.
struct ShareSeries {
  var hits: MinuteSeries
  var trials: MinuteSeries
  private var baselines: [RobustBaseline] = []

  init(width: Int) {
    hits = MinuteSeries(width: width)
    trials = MinuteSeries(width: width)
  }

  /// Adds trials with some hits; both series keep the same rows.
  mutating func add(hits count: Double, of number: Double, to key: Cell, minute: Int) {
    hits.add(count, to: key, minute: minute)
    trials.add(number, to: key, minute: minute)
  }

  mutating func learn(_ grid: NightGrid) {
    baselines = hits.keys.indices.map { row in
      RobustBaseline(
        grid.baseline.compactMap { minute in
          let number = trials[row, minute]
          return number >= ShareContrast.trustedTrials ? hits[row, minute] / number : nil
        })
    }
  }

  /// The share of a row in some minutes, which rests on so many independent draws.
  func contrast(_ row: Int, _ minutes: [Int], draws: Double = .infinity, required: Int) -> ShareContrast {
    ShareContrast(
      hits: hits.sum(row, minutes), trials: trials.sum(row, minutes), draws: draws, baseline: baselines[row],
      required: required)
  }
}
