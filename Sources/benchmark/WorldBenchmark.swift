// Detection against what truly happened: generated service nights, analysed as a user would, scored.

internal import Core
internal import Glibc
internal import Pipeline
internal import Reports
internal import Worlds

enum WorldBenchmark {
  /// `benchmark worlds [COUNT] [SEED]`: nights with one fault of every kind and an unrelated pair.
  static func run(worlds: Int, first seed: UInt64) throws {
    let folder = "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-worlds-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    var total = WorldScore()
    for world in 0..<max(worlds, 1) {
      let spec = WorldSpec.everyFault(seed: seed &+ UInt64(world))
      let score = try score(spec, folder: folder)
      BenchmarkLine.tell("seed \(spec.seed), \(spec.components) components, \(spec.rate) requests/s: \(figures(score))")
      for line in score.lines { BenchmarkLine.tell("  " + line) }
      total.add(score)
    }
    BenchmarkLine.tell("all \(worlds): \(figures(total))")
    for (kind, counts) in total.byKind.sorted(by: { $0.key < $1.key }) {
      BenchmarkLine.tell("  \(kind): first cause \(counts[0]), found \(counts[1]) of \(counts[2])")
    }
  }

  private static func score(_ spec: WorldSpec, folder: String) throws -> WorldScore {
    let (input, truth) = try World.writeServiceNight(spec, to: folder)
    var options = RunSetup.Options()
    options.inputs = [input]
    options.output = folder + "/report"
    options.noHistory = true
    options.quiet = true
    _ = NightRun.main(options)
    let report = try ReportJSON.parse(CheckedFile.read(folder + "/report/report.json"))
    return WorldScore(report.incidents, truth: truth)
  }

  private static func figures(_ score: WorldScore) -> String {
    func share(_ value: Double) -> String { String(Double(Int(value * 1000)) / 1000) }
    let onset = score.medianOnsetError.map { "\($0 / 1000) ms" } ?? "none"
    return "found \(share(score.foundShare)), first cause \(share(score.causeShare)), blast \(share(score.jaccard)), "
      + "onset \(onset), false per hour \(share(score.falsePerHour)), pairs apart \(score.pairsApart) of \(score.pairs)"
  }
}
