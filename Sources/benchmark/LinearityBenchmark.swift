// Whether ten times the spans cost ten times the work: of longer nights, and of busier ones.

internal import Foundation
internal import Runs
internal import Simulation
internal import Verbs

/// `benchmark linear [MINUTES]`: the processor time of each phase on a generated night, on one ten times as long, and on
/// one ten times as busy, all of the same components; the bar is a factor of 11 for ten times the spans.
enum LinearityBenchmark {
  private struct Cost {
    var spans = 0
    /// Processor seconds of extract, digest and conclude.
    var seconds: [Double] = []
  }

  static func run(minutes: Int) throws {
    let folder = "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-linear-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    let base = try cost(spec(minutes: minutes, rate: 1, faults: 1), folder)
    tell("base", base, base)
    tell("ten times as long", try cost(spec(minutes: 10 * minutes, rate: 1, faults: 10), folder), base)
    tell("ten times as busy", try cost(spec(minutes: minutes, rate: 10, faults: 1), folder), base)
  }

  private static func spec(minutes: Int, rate: Double, faults: Int) -> WorldSpec {
    var spec = WorldSpec(seed: 4)
    spec.minutes = minutes
    spec.rate = rate
    spec.components = 24
    let kinds: [Fault.Kind] = [.errorOutage, .slowdown, .callerTimeouts, .networkDelay, .toleratedBurst]
    spec.faults = (0..<faults).flatMap { _ in kinds.map { .one($0) } }
    spec.faultMinutes = Double(minutes) / Double(4 * kinds.count)
    return spec
  }

  private static func cost(_ spec: WorldSpec, _ folder: String) throws -> Cost {
    _ = ChildProcess.run(["rm", "-rf", folder])
    let (input, truth) = try World.writeServiceNight(spec, to: folder)
    var cost = Cost(spans: truth.spans)
    var options = RunSetup.Options(jobs: 1, inputs: [input], noHistory: true, quiet: true)
    cost.seconds.append(
      processorTime { PhaseVerbs.extract(options, to: .init(partitions: 1, path: folder + "/segments")) })
    let segments = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
      .filter { $0.hasSuffix(".segment") }.map { folder + "/segments/" + $0 }
    cost.seconds.append(
      processorTime {
        AggregateVerb.aggregate(RunSetup.Options(jobs: 1), segments: segments, output: folder + "/night.partial")
      })
    options.inputs = []
    options.output = folder + "/report"
    cost.seconds.append(
      processorTime { ConcludeVerb.conclude(options, partials: [folder + "/night.partial"], expected: nil) })
    return cost
  }

  private static func tell(_ name: String, _ cost: Cost, _ base: Cost) {
    func rounded(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
    let spans = Double(cost.spans) / Double(max(base.spans, 1))
    let parts = zip(["extract", "aggregate", "conclude"], zip(cost.seconds, base.seconds)).map { name, pair in
      // What ten times the spans would have cost, where the night has not exactly ten times as many.
      let factor = pair.0 / max(pair.1, 1e-9) * 10 / max(spans, 1e-9)
      return "\(name) \(rounded(pair.0)) s" + (spans > 1 ? " (×\(rounded(factor)) per ten times the spans)" : "")
    }
    BenchmarkLine.tell("\(name): \(cost.spans) spans, " + parts.joined(separator: ", "))
  }

  private static func processorTime(_ work: () -> Int32) -> Double {
    let before = used()
    let code = work()
    if code != 0 { BenchmarkLine.tell("  exit code \(code)") }
    return used() - before
  }

  /// Processor time of this process so far, seconds; POSIX counts it in millionths.
  private static func used() -> Double { Double(clock()) / 1e6 }
}
