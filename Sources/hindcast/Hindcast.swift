// The room hindcast: the command line: verbs, options, help and exit codes.
// It never does a verb's work itself: that is in Verbs and Runs, where tests and benchmarks reach it.

internal import ArgumentParser
internal import Runs
internal import Verbs

/// The program: one verb per job. The command line is parsed here and nothing else; the work is done in Verbs and Runs.
@main
struct Hindcast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hindcast",
    abstract: "Offline incident analysis of traces, logs and test reports.",
    discussion: """
      hindcast run traces.tar.gz -o out            analyse an archive, write out/report.json and out/report.md
      hindcast run --pipeline nightly.yaml          the night before, as the pipeline file says
      hindcast explain 1f3a -o out                  one incident of that report in the terminal
      hindcast events --stats traces.tar.gz         what was read, used, repaired and skipped

      Exit codes: 0 done; 1 done, with a finding at or above --fail-on; 2 no report could be written; 3 a report was
      written, but part of the input could not be read; 64 usage. The phase verbs split 2: 65 damaged intermediate,
      66 missing input, 73 and 74 output.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, EvaluateCommand.self, EventsCommand.self, ExplainCommand.self, TraceCommand.self,
      CompareCommand.self,
      TemplatesCommand.self, InitCommand.self, AckCommand.self, MuteCommand.self,
      CheckCommand.self, ReplayCommand.self, HistoryCommand.self, InputsCommand.self, ExtractCommand.self,
      AggregateCommand.self, MergeCommand.self, ConcludeCommand.self, GenerateCommand.self,
    ])

  /// The verbs and their aliases.
  private static var names: [String] {
    configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases } + ["help"]
  }

  /// The command line, `-V` being what many programs call `--version`.
  private static var arguments: [String] {
    let given = Array(CommandLine.arguments.dropFirst())
    return given == ["-V"] ? ["--version"] : given
  }

  static func main() {
    // A closed pipe or a full device is an error to be told, not a signal to die of.
    SignalSetup.ignoreWriteSignals()
    SignalSetup.endCleanly()
    guard SignalSetup.hasRoomForThreads() else {
      Console.tell("the address space is limited too far (ulimit -v) to start threads in: 512 MB are needed")
      Self.exit(withError: ExitCode(Exit.noReport))
    }
    // The runtime reads the command line from the system, and has none where that fails.
    guard CommandLine.argc > 0 else {
      Console.tell("the command line cannot be read")
      Self.exit(withError: ExitCode(Exit.noReport))
    }
    ProcessMemory.configure()
    if let code = VerbName.refuse(CommandLine.arguments.dropFirst().first, among: names) {
      Self.exit(withError: ExitCode(code))
    }
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      SignalSetup.yield()
    } catch {
      SignalSetup.yield()
      // Help and version are results: where they cannot be written, that is an error as for any other.
      let code = exitCode(for: error)
      guard code == .success else { exit(withError: error) }
      do {
        try Console.print(fullMessage(for: error) + "\n")
      } catch {
        Console.tell("cannot write standard output")
        exit(withError: ExitCode(Exit.noReport))
      }
    }
  }
}
