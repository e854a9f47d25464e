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

  private var components: [Component] = []
  private var componentByName: [Int32] = []
  /// Lines that told a duration, and pairs of such lines of one request.
  private var times = HeldBuckets()
  private var pairs = HeldBuckets()
  private var gaps = HeldBuckets()

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
  ///   - statement: the name of what it says.
  ///   - partial: where it is written.
  mutating func addDuration(
    _ took: Int64, from start: Int64, of component: Int32, statement: Int32,
    to partial: inout IncidentPartial
  ) {
    let fine = IncidentPartial.slot(start, IncidentPartial.fine)
    let place = place(of: component)
    if components[place].paceSlot != fine {
      settlePace(place, into: &partial)
      components[place].paceSlot = fine
    }
    components[place].pace.merge(DurationSum(took))
    let cell = CubeKey(a: component, b: statement, slot: IncidentPartial.slot(start, IncidentPartial.coarse))
    times.add(IncidentPartial.bucket(took), at: cell, to: &partial.toldTimes)
  }

  /// Counts two components that told durations in one request.
  ///
  /// - Parameters:
  ///   - bucket: of the longer duration.
  ///   - cell: of `besideTimes`, without the bucket.
  ///   - partial: where it is written.
  mutating func addPair(_ bucket: Int32, at cell: CubeKey, to partial: inout IncidentPartial) {
    pairs.add(bucket, at: cell, to: &partial.besideTimes)
  }

  /// Counts the time that one component had around another's in one request.
  ///
  /// - Parameters:
  ///   - bucket: of the time on the side where there is less of it.
  ///   - cell: of `besideGaps`, without the bucket.
  ///   - partial: where it is written.
  mutating func addGap(_ bucket: Int32, at cell: CubeKey, to partial: inout IncidentPartial) {
    gaps.add(bucket, at: cell, to: &partial.besideGaps)
  }

  /// Whether the longest lines of a component's coarse slot are kept already and all took longer.
  func hasLonger(than took: Int64, of component: Int32, slot: Int32) -> Bool {
    guard Int(component) < componentByName.count, componentByName[Int(component)] >= 0 else { return false }
    let held = components[Int(componentByName[Int(component)])]
    return held.evidenceSlot == slot && took < held.evidenceBeyond
  }

  /// Takes note of how long the shortest kept line of a coarse slot took, where as many are kept as may be.
  mutating func noteLongest(_ kept: [EvidenceSample]?, of component: Int32, slot: Int32) {
    guard let kept, kept.count >= Sightings.bound else { return }
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

  // MARK: Writing

  /// Writes all that is kept back.
  mutating func settle(into partial: inout IncidentPartial) {
    for place in components.indices {
      settleVolume(place, into: &partial)
      settleRequests(place, into: &partial)
      settlePace(place, into: &partial)
    }
    times.settle(into: &partial.toldTimes)
    pairs.settle(into: &partial.besideTimes)
    gaps.settle(into: &partial.besideGaps)
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
}
