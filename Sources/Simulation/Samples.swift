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

  /// Writes them all into a folder.
  package static func write(to folder: String) throws(WorldFailure) {
    _ = try World.writeServiceNight(serviceNight, to: folder)
    _ = try World.writeCINights(ciNights, to: folder)
  }
}
