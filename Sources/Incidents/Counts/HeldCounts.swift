internal import Model
internal import Support

/// What log lines add to a partial, kept back by component until their slot of time is over.
///
/// Requests are met in the order of their times, so that nearly every line of a component falls into the slot of its line before: it
/// is added to a number at hand, and the cell is looked up once a slot (early aggregation of runs: Graefe, "Query evaluation techniques
/// for large databases", ACM Computing Surveys 25, 1993, section 4). Sums come out the same in any order.
struct HeldCounts: Sendable {
  /// What is kept back of one component.
  private struct Component: Sendable {
    var name: Int32
    /// Coarse slot of the records, and how many.
    var volumeSlot: Int32 = 0
    var volume = 0
    /// Fine slot of the requests, and they themselves.
    var requestSlot: Int32 = 0
    var requests = Activity()
    /// Fine slot of the durations that lines told, and they themselves.
    var paceSlot: Int32 = 0
    var pace = DurationSum(count: 0, sum: 0)
    /// The coarse slot whose evidence is complete but for lines that told more than this, microseconds.
    var evidenceSlot: Int32 = .min
    var evidenceBeyond: Int64 = 0
  }

  /// What is kept back of one statement of one component: the lines of a coarse slot that told a duration, by bucket.
  private struct Statement: Sendable {
    var component: Int32
    var symbol: Symbol
    var name: Int32
    var slot: Int32 = 0
    /// The buckets that may be other than 0.
    var low = HeldCounts.buckets
    var high = -1
  }

  /// Buckets that a told duration may fall into.
  private static let buckets = Int(IncidentPartial.bucket(Int64(UInt32.max))) + 1
  /// Statements whose lines are kept back, a kilobyte each; those of others are written at once.
  private static let mostStatements = 1024
  /// Places of the index of statements: sparse, so that most are found at the first.
  private static let indexSize = 4 * mostStatements

  private var components: [Component] = []
  private var componentByName: [Int32] = []
  private var statements: [Statement] = []
  /// Rows of statements by component and symbol, -1 where free.
  private var index = [Int32](repeating: -1, count: indexSize)
  /// Lines by statement and bucket.
  private var lines: [Int32] = []

  // MARK: Adding

  /// Counts a record of a component in a coarse slot.
  mutating func addRecord(of component: Int32, slot: Int32, to partial: inout IncidentPartial) {
    let place = place(of: component)
    if components[place].volumeSlot != slot {
      settleVolume(place, into: &partial)
      components[place].volumeSlot = slot
    }
    components[place].volume += 1
  }

  /// Counts a request that lines of a component tell of, in a fine slot.
  mutating func addRequest(_ request: Activity, of component: Int32, slot: Int32, to partial: inout IncidentPartial) {
    let place = place(of: component)
    if components[place].requestSlot != slot {
      settleRequests(place, into: &partial)
      components[place].requestSlot = slot
    }
    components[place].requests.merge(request)
  }

  /// Counts a duration that a line told.
  ///
  /// - Parameters:
  ///   - took: the duration, microseconds.
  ///   - start: when it began, microseconds.
  ///   - component: who wrote the line.
  ///   - statement: what it says, and the name of that in the partial.
  ///   - partial: where it is written.
  mutating func addDuration(
    _ took: Int64, from start: Int64, of component: Int32, statement: (symbol: Symbol, name: Int32),
    to partial: inout IncidentPartial
  ) {
    let fine = IncidentPartial.slot(start, IncidentPartial.fine)
    let place = place(of: component)
    if components[place].paceSlot != fine {
      settlePace(place, into: &partial)
      components[place].paceSlot = fine
    }
    components[place].pace.merge(DurationSum(took))
    let bucket = Int(IncidentPartial.bucket(took))
    let minute = IncidentPartial.slot(start, IncidentPartial.coarse)
    guard let row = row(of: statement, component) else {
      let cell = CubeKey(a: component, b: statement.name, number: Int32(bucket), slot: minute)
      return partial.toldTimes.add(Tally(), at: cell)
    }
    if statements[row].slot != minute {
      settleTimes(row, into: &partial)
      statements[row].slot = minute
    }
    statements[row].low = min(statements[row].low, bucket)
    statements[row].high = max(statements[row].high, bucket)
    lines[row * Self.buckets + bucket] += 1
  }

  /// Whether the longest lines of a component's coarse slot are kept already and all took longer.
  func hasLonger(than took: Int64, of component: Int32, slot: Int32) -> Bool {
    guard Int(component) < componentByName.count, componentByName[Int(component)] >= 0 else { return false }
    let held = components[Int(componentByName[Int(component)])]
    return held.evidenceSlot == slot && took < held.evidenceBeyond
  }

  /// Takes note of how long the shortest kept line of a coarse slot took, where as many are kept as may be.
  mutating func noteLongest(_ kept: Sightings?, of component: Int32, slot: Int32) {
    guard let kept = kept?.kept, kept.count >= Sightings.bound else { return }
    let place = place(of: component)
    components[place].evidenceSlot = slot
    components[place].evidenceBeyond = kept[Sightings.bound - 1].duration
  }

  private mutating func place(of component: Int32) -> Int {
    let name = Int(component)
    if name >= componentByName.count {
      componentByName += Array(repeating: -1, count: name + 1 - componentByName.count)
    }
    if componentByName[name] < 0 {
      componentByName[name] = Int32(components.count)
      components.append(Component(name: component))
    }
    return Int(componentByName[name])
  }

  /// The row of a statement; nil where there is no room for one more.
  private mutating func row(of statement: (symbol: Symbol, name: Int32), _ component: Int32) -> Int? {
    let key = UInt64(UInt32(bitPattern: component)) << 32 | UInt64(statement.symbol.index)
    var place = Int(truncatingIfNeeded: StableHash.mix(key)) & (Self.indexSize - 1)
    while index[place] >= 0 {
      let row = Int(index[place])
      if statements[row].symbol == statement.symbol, statements[row].component == component { return row }
      place = (place + 1) & (Self.indexSize - 1)
    }
    guard statements.count < Self.mostStatements else { return nil }
    index[place] = Int32(statements.count)
    statements.append(Statement(component: component, symbol: statement.symbol, name: statement.name))
    lines += Array(repeating: 0, count: Self.buckets)
    return statements.count - 1
  }

  // MARK: Writing

  /// Writes all that is kept back.
  mutating func settle(into partial: inout IncidentPartial) {
    for place in components.indices {
      settleVolume(place, into: &partial)
      settleRequests(place, into: &partial)
      settlePace(place, into: &partial)
    }
    for row in statements.indices { settleTimes(row, into: &partial) }
  }

  private mutating func settleVolume(_ place: Int, into partial: inout IncidentPartial) {
    let held = components[place]
    guard held.volume > 0 else { return }
    partial.logVolume.add(Tally(held.volume), at: CubeKey(a: held.name, slot: held.volumeSlot))
    components[place].volume = 0
  }

  private mutating func settleRequests(_ place: Int, into partial: inout IncidentPartial) {
    let held = components[place]
    guard held.requests.requests > 0 else { return }
    partial.told.add(held.requests, at: CubeKey(a: held.name, slot: held.requestSlot))
    components[place].requests = Activity()
  }

  private mutating func settlePace(_ place: Int, into partial: inout IncidentPartial) {
    let held = components[place]
    guard held.pace.count > 0 else { return }
    partial.toldPace.add(held.pace, at: CubeKey(a: held.name, slot: held.paceSlot))
    components[place].pace = DurationSum(count: 0, sum: 0)
  }

  private mutating func settleTimes(_ row: Int, into partial: inout IncidentPartial) {
    let held = statements[row]
    guard held.low <= held.high else { return }
    for bucket in held.low...held.high {
      let count = lines[row * Self.buckets + bucket]
      guard count > 0 else { continue }
      partial.toldTimes.add(
        Tally(Int(count)), at: CubeKey(a: held.component, b: held.name, number: Int32(bucket), slot: held.slot))
      lines[row * Self.buckets + bucket] = 0
    }
    statements[row].low = Self.buckets
    statements[row].high = -1
  }
}
