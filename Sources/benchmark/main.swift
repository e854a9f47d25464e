// Benchmarks by name; each file here is one of them.

internal import Patterns

let arguments = Array(CommandLine.arguments.dropFirst())
let number = arguments.count > 1 ? Int(arguments[1]) : nil

switch arguments.first {
case "patterns": print(PatternDigestRate.run(requests: number ?? 20_000))
case "drift": print(DriftValidation.run(repetitions: number ?? 1_000), terminator: "")
case "history-kills": print(try HistoryKills.run(kills: number ?? 2_000, executable: CommandLine.arguments[0]))
case "history-writer" where arguments.count == 4:
  try HistoryKills.write(path: arguments[1], log: arguments[2], from: Int(arguments[3]) ?? 0)
default:
  if !PolicyBenchmark.run(arguments) {
    print("usage: benchmark patterns | drift [REPETITIONS] | history-kills [KILLS] | or one of the policies")
  }
}
