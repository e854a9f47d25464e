let arguments = Array(CommandLine.arguments.dropFirst())
if !PolicyBenchmark.run(arguments) { print("benchmark") }
