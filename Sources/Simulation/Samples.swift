package import Policies

/// The small worlds that the project ships: `samples/` holds exactly what these specs make.
package enum Samples {
  /// Forty minutes of a small shop with a cascade and a slow service.
  package static var serviceNight: WorldSpec {
    var spec = WorldSpec(seed: 82)
    spec.minutes = 40
    spec.rate = 0.5
    spec.components = 10
    spec.requestSize = 9
    spec.faults = [.one(.errorOutage), .one(.slowdown)]
    spec.faultMinutes = 4
    spec.compactIDs = true
    spec.hasMetrics = false
    return spec
  }

  /// Three nights of a build farm, of which the last is the one to look at.
  package static var ciNights: CISpec {
    var spec = CISpec(seed: 2026)
    spec.nights = 3
    spec.builds = 3
    spec.suites = 6
    spec.testsPerSuite = 12
    spec.flakyTests = 5
    spec.regressions = 1
    spec.setupFailures = 1
    spec.clusters = 1
    return spec
  }

  /// Eight hours of workers, a report job and a test runner that crash, hang and come back.
  package static var tasks: TaskSpec { TaskSpec(seed: 17) }

  /// What `pipelines/tasks.yaml` asks about, by name: the waits before restarts, and how long silence is borne; microseconds.
  package static let taskCandidates: [(name: String, backoff: Backoff, watch: Int64?)] = [
    ("at-once", Backoff(.fixed(100_000)), nil), ("five-seconds", Backoff(.fixed(5_000_000)), nil),
    ("doubling", Backoff(.exponential(base: 1_000_000, factor: 2), maximum: 60_000_000), nil),
    ("watched", Backoff(.exponential(base: 1_000_000, factor: 2), maximum: 60_000_000), 30_000_000),
  ]

  /// Writes them all into a folder.
  package static func write(to folder: String) throws(WorldFailure) {
    _ = try World.writeServiceNight(serviceNight, to: folder)
    _ = try World.writeCINights(ciNights, to: folder)
    _ = try World.writeTasks(tasks, to: folder)
  }
}
