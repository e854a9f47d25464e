// Whether one call held up is told of, and healthy nights with heavy tails are left alone.

internal import Incidents
internal import Model
internal import Runs
internal import Simulation
internal import Support

/// `benchmark tails [COUNT] [SEED]`: for each kind of tail so many nights in which single calls are held up, and as many healthy ones, under
/// several values of each constant of `ExtremeCalls`; then nights of spans that never say that they failed, under several numbers of
/// spans that stand alone (`BehaviourAnomalies`). Nothing of it is known to either: lengths are drawn from .2 to 10 s.
enum OneCallBenchmark {
  /// Lengths at which the calls held up are counted apart, microseconds.
  private static let bands: [(name: String, until: Double)] = [
    (".2 to .5 s", 0.5e6), (".5 to 1 s", 1e6), ("1 to 2 s", 2e6), ("2 to 10 s", .infinity),
  ]

  static func run(worlds: Int, first seed: UInt64) throws {
    defer { WorldBenchmark.removeFiles() }
    for tail in WorldTail.allCases {
      try tell("one call, \(tail.rawValue) tail", worlds: worlds, seed: seed, sets: extremeSets) {
        WorldSpec.oneCalls(seed: $0, tail: tail)
      }
    }
    try tell("cut short, no span fails", worlds: worlds, seed: seed, sets: spanSets) { WorldSpec.cutShort(seed: $0) }
  }

  private static var extremeSets: [(name: String, constants: DecidingConstants)] {
    var sets: [(name: String, constants: DecidingConstants)] = []
    for noticed in [0.25e6, 0.5e6, 1e6, 2e6, 4e6] {
      var constants = DecidingConstants()
      constants.noticed = noticed
      sets.append(("noticed \(noticed / 1e6) s", constants))
    }
    for expected in [0, 0.05, 0.2, 1] {
      var constants = DecidingConstants()
      constants.extremes = expected
      sets.append(("\(expected) a night", constants))
    }
    return sets
  }

  private static var spanSets: [(name: String, constants: DecidingConstants)] {
    [5, 10, 20, 40, 80, .infinity].map { spans in
      var constants = DecidingConstants()
      constants.manySpans = spans
      return ("\(spans) spans", constants)
    }
  }

  private struct Sum {
    var found = [Int](repeating: 0, count: bands.count)
    var faults = [Int](repeating: 0, count: bands.count)
    var first = 0
    var strays = 0
    var healthy = 0
    var grave = 0
  }

  private static func tell(
    _ name: String, worlds: Int, seed: UInt64, sets: [(name: String, constants: DecidingConstants)],
    faulty: (UInt64) -> WorldSpec
  ) throws {
    var sums = [Sum](repeating: Sum(), count: sets.count)
    for world in 0..<max(worlds, 1) {
      var spec = faulty(seed &+ UInt64(world))
      let bad = try WorldBenchmark.night(spec)
      for (set, incidents) in try WindowCheck.incidents(bad.options, under: sets.map(\.constants)).enumerated() {
        let score = WorldScore(incidents, truth: bad.truth)
        sums[set].strays += score.falseIncidents
        sums[set].first += score.causeFirst
        for entry in bad.truth.faults {
          let band = bands.firstIndex { entry.fault.delay < $0.until } ?? 0
          sums[set].faults[band] += 1
          sums[set].found[band] += incidents.contains { entry.isAnswered(by: $0) } ? 1 : 0
        }
      }
      spec.faults = []
      let good = try WorldBenchmark.night(spec)
      for (set, incidents) in try WindowCheck.incidents(good.options, under: sets.map(\.constants)).enumerated() {
        sums[set].healthy += incidents.count
        sums[set].grave += incidents.count { $0.severity >= .major }
      }
    }
    BenchmarkLine.tell("\(name), \(worlds) nights with faults and as many healthy ones")
    for (set, sum) in zip(sets, sums) {
      let parts = bands.indices.filter { sum.faults[$0] > 0 }.map {
        "\(bands[$0].name) \(sum.found[$0]) of \(sum.faults[$0])"
      }
      BenchmarkLine.tell(
        "  \(set.name): found \(parts.joined(separator: ", ")); named first \(sum.first); false beside them \(sum.strays); in healthy nights \(sum.healthy), major \(sum.grave)"
      )
    }
  }
}
