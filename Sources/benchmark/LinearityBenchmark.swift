// Whether ten times the records cost ten times the work.

internal import Foundation
internal import Runs
internal import Simulation
internal import Verbs

/// `benchmark linear [MINUTES] [nights|matrices|repetitions|members]…`: the processor time of each phase on generated inputs and
/// on ten times as much of them, in each way in which there may be more: longer and busier nights; builds, configurations and
/// suites; repetitions; members. The bar is a factor of 11 for ten times the records, an exponent of 1.04; what takes
/// hundredths of a second tells nothing.
enum LinearityBenchmark {
  private struct Cost {
    var records = 0
    /// Processor seconds of extract, aggregate and conclude.
    var seconds: [Double] = []
  }

  static func run(minutes: Int, families names: [String]) throws {
    let folder = "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-linear-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    let families: [(name: String, inputs: LinearityInput.Family)] = [
      ("nights", LinearityInput.nights(minutes: minutes)), ("matrices", LinearityInput.matrices()),
      ("repetitions", LinearityInput.repetitions()), ("members", LinearityInput.members()),
    ]
    for family in families where names.isEmpty || names.contains(family.name) {
      var base: Cost?
      for input in family.inputs {
        let cost = try cost(input, folder)
        tell(input.name, cost, base)
        if base == nil { base = cost }
      }
    }
  }

  private static func cost(_ input: LinearityInput, _ folder: String) throws -> Cost {
    _ = ChildProcess.run(["rm", "-rf", folder])
    _ = ChildProcess.run(["mkdir", "-p", folder])
    let (path, records) = try input.write(folder)
    var cost = Cost(records: records)
    var options = RunSetup.Options(jobs: 1, inputs: [path], noHistory: true, quiet: true)
    cost.seconds.append(
      processorTime {
        PhaseVerbs.extract(options, to: .init(partitions: input.partitions, path: folder + "/segments"))
      })
    let segments = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
      .filter { $0.hasSuffix(".segment") }.sorted().map { folder + "/segments/" + $0 }
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

  private static func tell(_ name: String, _ cost: Cost, _ base: Cost?) {
    func rounded(_ value: Double) -> String { String(Double(Int(value * 100 + 0.5)) / 100) }
    let parts = ["extract", "aggregate", "conclude"].indices.map { phase -> String in
      let time = "\(["extract", "aggregate", "conclude"][phase]) \(rounded(cost.seconds[phase])) s"
      guard let base, base.records > 0, cost.records > base.records else { return time }
      let more = Double(cost.records) / Double(base.records)
      let factor = max(cost.seconds[phase], 1e-6) / max(base.seconds[phase], 1e-6)
      // What ten times the records would have cost, where there are not exactly ten times as many.
      return time + " (×\(rounded(factor * 10 / more)), exponent \(rounded(log(factor) / log(more))))"
    }
    BenchmarkLine.tell((base == nil ? "" : "  ") + "\(name): \(cost.records) records, " + parts.joined(separator: ", "))
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
