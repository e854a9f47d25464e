internal import Support

/// Stretches in which a component's own code, or the way to it, takes unusual time.
///
/// Claim: in a minute far more of its spans than usual are beyond their operation's 95 % quantile (eight standard
/// deviations and at least a quarter more). A component is not blamed for what one of its callees explains: own time
/// has the callees' taken off already, and a slow way speaks against one end only (`LatencyContrast.network`).
/// Replaces the comparison of the last ten latencies with the oldest ten still in a ring.
struct LatencyAnomalies {
  private static let certainty = 8.0
  private static let leastExcess = 0.25
  private static let leastTrials = 5.0
  /// Spans in three minutes beyond which one minute alone must show it.
  private static let busyTrials = 45.0
  /// Slow minutes that make an anomaly.
  private static let leastMinutes = 2
  /// The least slowing-down that matters: this factor, and this many microseconds.
  private static let leastFactor = 1.5
  private static let leastRise = 2000.0

  private let grid: ComponentTimeline
  private let settings: IncidentSettings
  private let latency: LatencyContrast
  /// The same against earlier nights, where there are any, and what was usual in them.
  private let earlier: (latency: LatencyContrast, profile: IncidentProfile)?
  /// Own time of a component, and the ways from and to it, by fine slot.
  private var ownPace: [Int: [Int32: DurationSum]] = [:]
  private var wayPace: [Int: [Int32: DurationSum]] = [:]

  init(
    _ grid: ComponentTimeline, _ latency: LatencyContrast,
    earlier: (latency: LatencyContrast, profile: IncidentProfile)?,
    settings: IncidentSettings
  ) {
    self.grid = grid
    self.latency = latency
    self.earlier = earlier
    self.settings = settings
    for (cell, pace) in grid.partial.pace.cells {
      guard let component = grid.component(cell.a) else { continue }
      ownPace[component, default: [:]][cell.slot, default: DurationSum.none].merge(pace)
    }
    for (cell, pace) in grid.partial.ways.cells {
      guard let from = grid.component(cell.a), let to = grid.component(cell.b) else { continue }
      for end in Set([from, to]) { wayPace[end, default: [:]][cell.slot, default: DurationSum.none].merge(pace) }
    }
  }

  /// The anomalies of the night against itself and, where there are earlier nights, against them: what lasts all night
  /// is seen in no other way. Of two that overlap the longer one stands.
  ///
  /// - Complexity: O(components × minutes + edges × minutes)
  func find() -> [Anomaly] {
    let own = find(latency) { usualPace($0, $1) }
    guard let earlier else { return own }
    let names = grid.components
    let old = find(earlier.latency) { component, sign in
      let place = IncidentProfile.Place(component: names[component], callee: sign == .slowNetwork ? "*" : "")
      return earlier.profile.pace[place].map { RobustBaseline(center: Double($0), spread: 0) }
    }
    func same(_ a: Anomaly, _ b: Anomaly) -> Bool {
      a.component == b.component && a.sign == b.sign && a.onset <= b.end && b.onset <= a.end
    }
    // A minute more at either end is how roughly an onset is known.
    let longer = old.filter { old in
      !own.contains {
        same($0, old) && $0.onset <= old.onset + IncidentPartial.coarse && $0.end >= old.end - IncidentPartial.coarse
      }
    }
    return own.filter { own in !longer.contains { same($0, own) } } + longer
  }

  /// The usual time of each component in this night for later ones, microseconds.
  var pace: [IncidentProfile.Place: Int64] {
    var pace: [IncidentProfile.Place: Int64] = [:]
    for (sign, series) in [(Anomaly.Sign.slowCode, ownPace), (.slowNetwork, wayPace)] {
      for component in series.keys {
        guard let usual = usualPace(component, sign), let center = Int64(checked: usual.center.rounded()) else {
          continue
        }
        let callee = sign == .slowNetwork ? "*" : ""
        pace[IncidentProfile.Place(component: grid.components[component], callee: callee)] = center
      }
    }
    return pace
  }

  private func find(_ latency: LatencyContrast, usual: (Int, Anomaly.Sign) -> RobustBaseline?) -> [Anomaly] {
    var own = [[Int]](repeating: [], count: grid.components.count)
    var network = own
    var strength: [CubeKey: Double] = [:]
    for minute in grid.minutes.indices {
      for length in [1, 3] where minute + 1 >= length {
        // Three minutes at once show what is rarely visited.
        let window = Array((minute + 1 - length)...minute)
        guard grid.minutes[minute] - grid.minutes[window[0]] < Int32(length) else { continue }
        for (component, contrast) in latency.ownTime(in: window).enumerated() {
          guard Self.isSlow(contrast), length == 1 || contrast.trials < Self.busyTrials else { continue }
          own[component] += window.filter { !own[component].suffix(3).contains($0) }
          let key = CubeKey(a: Int32(component))
          strength[key] = max(strength[key] ?? 0, contrast.z)
        }
      }
      for (component, z) in slowEnds(minute, latency) {
        network[component].append(minute)
        let key = CubeKey(a: Int32(component), b: 1)
        strength[key] = max(strength[key] ?? 0, z)
      }
    }
    for component in own.indices { own[component].sort() }
    var anomalies: [Anomaly] = []
    for component in grid.components.indices {
      for (sign, marked) in [(Anomaly.Sign.slowCode, own[component]), (.slowNetwork, network[component])] {
        guard marked.count >= Self.leastMinutes, let usual = usual(component, sign) else { continue }
        let key = CubeKey(a: Int32(component), b: sign == .slowNetwork ? 1 : 0)
        for run in MinuteRuns.runs(marked, slots: grid.minutes, gap: settings.quiet) {
          let count =
            marked.partitioningIndex { $0 > run.upperBound } - marked.partitioningIndex { $0 >= run.lowerBound }
          guard count >= Self.leastMinutes else { continue }
          if let anomaly = anomaly(component, sign, run, usual: usual, strength: strength[key] ?? 0) {
            anomalies.append(anomaly)
          }
        }
      }
    }
    return anomalies
  }

  private static func isSlow(_ contrast: ShareContrast) -> Bool {
    contrast.z >= certainty && contrast.excess >= leastExcess && contrast.trials >= leastTrials
  }

  /// The ends that slow ways speak against in a minute: the callee, or the caller that is slow towards most callees.
  private func slowEnds(_ minute: Int, _ latency: LatencyContrast) -> [(Int, Double)] {
    let edges = latency.edges(in: [minute])
    let slow = edges.filter { Self.isSlow($0.contrast) }
    guard !slow.isEmpty else { return [] }
    var slowFrom: [Int: Int] = [:]
    var slowAt: [Int: Int] = [:]
    var from: [Int: Int] = [:]
    var to: [Int: Int] = [:]
    for edge in edges where edge.contrast.trials >= Self.leastTrials {
      from[edge.caller, default: 0] += 1
      to[edge.callee, default: 0] += 1
    }
    for edge in slow {
      slowFrom[edge.caller, default: 0] += 1
      slowAt[edge.callee, default: 0] += 1
    }
    var ends: [Int: Double] = [:]
    for edge in slow {
      let everywhere =
        slowFrom[edge.caller, default: 0] >= 3
        && Double(slowFrom[edge.caller, default: 0]) >= 0.6 * Double(from[edge.caller, default: 1])
      let callerFullySlow =
        Double(slowAt[edge.caller, default: 0]) >= 0.6 * Double(max(to[edge.caller, default: 0], 1))
        && slowFrom[edge.caller, default: 0] == from[edge.caller, default: 0]
      let end = everywhere || callerFullySlow && to[edge.caller, default: 0] > 0 ? edge.caller : edge.callee
      ends[end] = max(ends[end] ?? 0, edge.contrast.z)
    }
    return ends.sorted { $0.key < $1.key }
  }

  private func usualPace(_ component: Int, _ sign: Anomaly.Sign) -> RobustBaseline? {
    guard let series = sign == .slowCode ? ownPace[component] : wayPace[component] else { return nil }
    return RobustBaseline(series.values.filter { $0.count > 0 }.map(\.mean))
  }

  private func anomaly(
    _ component: Int, _ sign: Anomaly.Sign, _ run: ClosedRange<Int>, usual: RobustBaseline, strength: Double
  ) -> Anomaly? {
    let series = (sign == .slowCode ? ownPace[component] : wayPace[component]) ?? [:]
    let ratio = Int32(IncidentPartial.coarse / IncidentPartial.fine)
    let first = (grid.minutes[run.lowerBound] - 1) * ratio
    let last = (grid.minutes[run.upperBound] + 1) * ratio + ratio - 1
    var inside = DurationSum.none
    for slot in (grid.minutes[run.lowerBound] * ratio)...((grid.minutes[run.upperBound] + 1) * ratio - 1) {
      if let pace = series[slot] { inside.merge(pace) }
    }
    guard inside.mean >= Self.leastFactor * usual.center, inside.mean - usual.center >= Self.leastRise else {
      return nil
    }
    // Half the rise divides slow slots from usual ones.
    let border = (inside.mean + usual.center) / 2
    let slots = Array(first...last)
    let slow = slots.map { slot in (series[slot]?.count ?? 0) > 0 && (series[slot]?.mean ?? 0) > border }
    let excess = slow.indices.map { slow[$0] ? 1.0 : (series[slots[$0]]?.count ?? 0) > 0 ? -1.0 : 0 }
    let begin = ChangePoint.onset(excess, threshold: 2) ?? slow.firstIndex(of: true) ?? Int(ratio)
    let finish = max(begin, slow.lastIndex(of: true) ?? begin)
    // A slot that is half slow began to be so in its middle.
    let mean = series[slots[begin]]?.mean ?? inside.mean
    let share = min(1, max(0, (mean - usual.center) / max(inside.mean - usual.center, 1)))
    let onset =
      IncidentPartial.start(slots[begin], IncidentPartial.fine)
      + Int64((1 - share) * Double(IncidentPartial.fine))
    return Anomaly(
      component: component, sign: sign, onset: max(onset, grid.partial.first),
      end: min(IncidentPartial.start(slots[finish] + 1, IncidentPartial.fine), max(grid.partial.last, onset)),
      strength: strength, usualTime: usual.center, time: inside.mean)
  }
}

extension DurationSum {
  static let none = DurationSum(count: 0, sum: 0)
  var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
}
