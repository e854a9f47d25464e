// Detection against what truly happened: generated service nights, analysed as a user would, scored.

internal import Verbs
internal import Glibc
internal import Reports
internal import Runs
internal import Simulation
internal import Support

enum WorldBenchmark {
  /// Where nights are written.
  private static var folder: String {
    "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-worlds-\(getpid())"
  }

  static func removeFiles() { _ = ChildProcess.run(["rm", "-rf", folder]) }

  /// A generated night, written where the next one overwrites it: how it is run, and what is to be found in it.
  static func night(_ spec: WorldSpec) throws -> (options: RunSetup.Options, truth: WorldTruth) {
    let (input, truth) = try World.writeServiceNight(spec, to: folder)
    var options = RunSetup.Options()
    options.inputs = [input]
    options.output = folder + "/report"
    options.noHistory = true
    options.quiet = true
    return (options, truth)
  }

  /// `benchmark worlds [COUNT] [SEED] [varied]`: nights with one fault of every kind and an unrelated pair; `varied` draws
  /// length, traffic, formats and what the spans say of their calls by lot; `calls` has the faults that no single call shows, and
  /// `delayed` those that something else goes before.
  static func run(worlds: Int, first seed: UInt64, kind: String) throws {
    defer { removeFiles() }
    var total = WorldScore()
    for world in 0..<max(worlds, 1) {
      let number = seed &+ UInt64(world)
      let spec =
        switch kind {
        case "calls": WorldSpec.calls(seed: number)
        case "delayed": WorldSpec.delayed(seed: number)
        case "varied": WorldSpec.varied(seed: number)
        default: WorldSpec.everyFault(seed: number)
        }
      let score = try score(spec)
      BenchmarkLine.tell("seed \(spec.seed), \(spec.components) components, \(spec.rate) requests/s: \(figures(score))")
      if kind == "varied" { BenchmarkLine.tell("  " + shape(spec)) }
      for line in score.lines { BenchmarkLine.tell("  " + line) }
      total.add(score)
    }
    BenchmarkLine.tell("all \(worlds): \(figures(total))")
    for (kind, counts) in total.byKind.sorted(by: { $0.key < $1.key }) {
      BenchmarkLine.tell("  \(kind): first cause \(counts[0]), found \(counts[1]) of \(counts[2])")
    }
  }

  /// `benchmark quiet [COUNT] [SEED]`: nights without a fault; what is said of them, and how much of it is critical or major.
  static func quiet(worlds: Int, first seed: UInt64) throws {
    defer { removeFiles() }
    var total = WorldScore()
    for world in 0..<max(worlds, 1) {
      let spec = WorldSpec.quiet(seed: seed &+ UInt64(world))
      let score = try score(spec)
      BenchmarkLine.tell("seed \(spec.seed): \(score.falseIncidents) incidents, \(score.falseAlarms) critical or major")
      BenchmarkLine.tell("  " + shape(spec))
      for line in score.lines { BenchmarkLine.tell("  " + line) }
      total.add(score)
    }
    BenchmarkLine.tell("all \(worlds): \(total.falseIncidents) incidents, \(total.falseAlarms) critical or major")
  }

  /// `benchmark renderings [COUNT] [SEED] [RENDERING]`: the same nights as OTLP, and in each kind of file of operators without tracing.
  static func renderings(worlds: Int, first seed: UInt64, only: String? = nil) throws {
    defer { removeFiles() }
    let all = ([nil] + WorldSpec.Rendering.allCases).filter { only == nil || $0?.rawValue ?? "otlp" == only }
    var totals = [WorldScore](repeating: WorldScore(), count: all.count)
    for world in 0..<max(worlds, 1) {
      var spec = WorldSpec.everyFault(seed: seed &+ UInt64(world))
      for (index, rendering) in all.enumerated() {
        spec.rendering = rendering
        let score = try score(spec)
        BenchmarkLine.tell("seed \(spec.seed) \(rendering?.rawValue ?? "otlp"): \(figures(score))")
        for line in score.lines { BenchmarkLine.tell("  " + line) }
        totals[index].add(score)
      }
    }
    for (rendering, total) in zip(all, totals) {
      BenchmarkLine.tell("all \(worlds) \(rendering?.rawValue ?? "otlp"): \(figures(total))")
      BenchmarkLine.tell(
        "  of \(total.named) of whose component the files tell in their time: found \(total.foundNamed), first cause \(total.causeFirstNamed)"
      )
      for (kind, counts) in total.byKind.sorted(by: { $0.key < $1.key }) {
        BenchmarkLine.tell("  \(kind): first cause \(counts[0]), found \(counts[1]) of \(counts[2])")
      }
    }
  }

  private static func score(_ spec: WorldSpec) throws -> WorldScore {
    let (options, truth) = try night(spec)
    _ = RunVerb.run(options)
    let report = try ReportJSON.parse(CheckedFile.read(folder + "/report/report.json"))
    return WorldScore(report.incidents, truth: truth)
  }

  /// What a varied night was made of.
  private static func shape(_ spec: WorldSpec) -> String {
    let parts: [(Bool, String)] = [
      (spec.hasLogs, "logs"), (spec.hasMetrics, "metrics"), (spec.namesPeers, "named peers"),
      (spec.hasClientSpans, "client spans"), (spec.losesLateSpans, "late spans lost"),
    ]
    return "\(spec.minutes) minutes, faults of \(spec.faultMinutes) minutes, "
      + (spec.formats.map(\.rawValue) + parts.filter(\.0).map(\.1)).joined(separator: ", ")
  }

  private static func figures(_ score: WorldScore) -> String {
    func share(_ value: Double) -> String { String(Double(Int(value * 1000)) / 1000) }
    let onset = score.medianOnsetError.map { "\($0 / 1000) ms" } ?? "none"
    return "found \(share(score.foundShare)), first cause \(share(score.causeShare)), blast \(share(score.jaccard)), "
      + "steps \(share(score.stepsF1)), onset \(onset), false per hour \(share(score.falsePerHour)), pairs apart \(score.pairsApart) of \(score.pairs)"
  }
}
