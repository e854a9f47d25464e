import Incidents
import Model
import Support
import Testing

private let begin: Int64 = 1_700_000_000_000_000 / 60_000_000 * 60_000_000
private let minute: Int64 = 60_000_000

/// Warnings that a night has anyway, and those that it has once.
@Suite("Lines that come all night")
struct RecurringBurstTests {
  /// So many hours in which a worker writes each half minute that all is well.
  private func night(hours: Int64 = 12) -> NightBuilder {
    var night = NightBuilder()
    for half in 0..<(hours * 120) { night.log("worker", at: begin + half * minute / 2, .info, "processed") }
    return night
  }

  private func count(_ night: NightBuilder) -> Int {
    IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents.count
  }

  /// Lines at random times, so many a minute.
  private func scatter(
    _ rate: Double, over hours: Int64, _ severity: Severity, seed: UInt64, _ night: inout NightBuilder
  ) {
    var random = SplitMix64(seed: seed)
    for minutes in 0..<(hours * 60) {
      // Of sixty seconds each has a line or none.
      for second in 0..<Int64(60) where random.unit() < rate / 60 {
        night.log("cache", at: begin + minutes * minute + second * 1_000_000, severity, "backlog")
      }
    }
  }

  private func burst(_ lines: Int64, at minutes: Int64, every step: Int64 = 2_000_000, _ night: inout NightBuilder) {
    for line in 0..<lines { night.log("cache", at: begin + minutes * minute + line * step, .warning, "lock is busy") }
  }

  /// So many lines in each of some minutes, one after the other in equal steps.
  private func storm(_ lines: Int64, in minutes: Range<Int64>, _ night: inout NightBuilder) {
    for at in minutes { burst(lines, at: at, every: minute / lines, &night) }
  }

  @Test("a steady thin rate is no incident, whatever it is", arguments: [0.01, 0.05, 0.2, 0.5, 0.8, 1.5])
  func steady(_ rate: Double) {
    for (seed, severity) in [(1, Severity.warning), (2, .warning), (3, .error)] {
      var night = night()
      scatter(rate, over: 12, severity, seed: UInt64(seed), &night)
      #expect(count(night) == 0)
    }
  }

  @Test("nor is what a timer writes each ten minutes or each hour", arguments: [10, 60])
  func timer(_ period: Int64) {
    var night = night()
    for at in stride(from: 3, to: Int64(720), by: Int(period)) { burst(5, at: at, &night) }
    #expect(count(night) == 0)
  }

  @Test("a storm beside either is one, and so are a few lines of one that is otherwise silent")
  func storm() {
    var thin = night()
    scatter(0.2, over: 12, .warning, seed: 4, &thin)
    storm(10, in: 300..<310, &thin)
    #expect(count(thin) == 1)
    var timed = night()
    for at in stride(from: 3, to: Int64(720), by: 60) { burst(5, at: at, &timed) }
    storm(20, in: 310..<320, &timed)
    #expect(count(timed) == 1)
    var few = night()
    burst(3, at: 200, &few)
    #expect(count(few) == 1)
  }

  @Test("trouble for half the night is no usual state")
  func long() {
    var night = night(hours: 6)
    storm(5, in: 180..<360, &night)
    #expect(count(night) == 1)
  }

  @Test("noise that comes together by chance is none, and a burst begins behind a line of noise before it")
  func noise() {
    for seed in 1...8 {
      var night = night(hours: 3)
      scatter(0.4, over: 3, .warning, seed: UInt64(seed), &night)
      #expect(count(night) == 0)
    }
    var night = night(hours: 3)
    for at: Int64 in [11, 37, 58, 71, 99, 133, 160] { burst(1, at: at, &night) }
    night.log("cache", at: begin + 120 * minute - 30_000_000, .warning, "lock is busy")
    for line in 0..<Int64(600) {
      night.log("cache", at: begin + 120 * minute + line * 1_000_000, .error, "disk is full")
    }
    let found = IncidentAnalysis.conclude(night.partial(), settings: IncidentSettings()).incidents
    #expect(found.map(\.start) == [begin + 120 * minute])
    #expect(found.first?.rootCauses.first?.reasons == [.logBurst(message: "disk is full")])
  }

  @Test("five times the same in five hours are a timer, too")
  func shortNight() {
    var night = night(hours: 5)
    for at in stride(from: 1, to: Int64(300), by: 60) { burst(15, at: at, &night) }
    #expect(count(night) == 0)
  }
}
