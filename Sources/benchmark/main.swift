// The room benchmark: speed, memory and scores as ratios and figures that can be compared between states.
// It never changes what it measures, and never passes a threshold over in silence.

// Benchmarks by name; each file here is one of them.

internal import Glibc
internal import Simulation

let arguments = Array(CommandLine.arguments.dropFirst())
let number = arguments.count > 1 ? Int(arguments[1]) : nil

switch arguments.first {
case "patterns": print(PatternAggregationRate.run(requests: number ?? 20_000))
case "templates": try TemplateBenchmark.run(Array(arguments.dropFirst()))
case "templates-phase": exit(TemplateBenchmark.phase(Array(arguments.dropFirst())))
case "drift": print(DriftValidation.run(repetitions: number ?? 1_000), terminator: "")
case "history-kills": print(try HistoryKills.run(kills: number ?? 2_000, executable: CommandLine.arguments[0]))
case "history-writer" where arguments.count == 4:
  try HistoryKills.write(path: arguments[1], log: arguments[2], from: Int(arguments[3]) ?? 0)
case "ingest": try IngestBenchmark.run(Array(arguments.dropFirst()))
case "scale": try ScaleBenchmark.run(Array(arguments.dropFirst()))
case "ingest-phase": exit(try IngestPhase.run(Array(arguments.dropFirst())))
case "worlds":
  try WorldBenchmark.run(
    worlds: number ?? 10, first: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1,
    kind: arguments.last ?? "")
case "renderings":
  try WorldBenchmark.renderings(
    worlds: number ?? 1, first: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1,
    only: arguments.count > 3 ? arguments[3] : nil)
case "quiet":
  try WorldBenchmark.quiet(worlds: number ?? 20, first: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1)
case "tails":
  try OneCallBenchmark.run(worlds: number ?? 5, first: arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1)
case "suspects": try SuspectBenchmark.run(Array(arguments.dropFirst()))
case "constants": try ConstantsBenchmark.run(Array(arguments.dropFirst()))
case "linear":
  try LinearityBenchmark.run(minutes: number ?? 60, families: arguments.dropFirst().filter { Int($0) == nil })
default:
  if !(try PolicyBenchmark.run(arguments)) {
    print(
      "usage: benchmark ingest [MEGABYTES] [FORMAT…] | scale [MEGABYTES] | worlds [COUNT] [SEED] [varied|calls|delayed] | quiet [COUNT] [SEED] | tails [COUNT] [SEED] | renderings [COUNT] [SEED] [RENDERING] | suspects TRUTH [--pipeline FILE] INPUT… | constants [--nights COUNT SEED] [--pipeline FILE] TRUTH INPUT… | constants RENDERING [COUNT] [SEED] | linear [MINUTES] [nights|matrices|repetitions|members]… | patterns | templates [LINES | FILE…] | drift [REPETITIONS] | history-kills [KILLS] | or one of the policies"
    )
  }
}
