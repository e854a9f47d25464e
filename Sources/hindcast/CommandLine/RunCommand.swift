internal import Verbs
internal import ArgumentParser
internal import Model
internal import Runs

/// The options that say what to read and how to understand it, shared by the verbs that read inputs.
struct InputOptions: ParsableArguments {
  @Option(help: "The pipeline file; without it the built-in nightly pipeline.")
  var pipeline: String?

  @Option(help: "The night, YYYY-MM-DD; by default yesterday in the pipeline's zone.")
  var date: String?

  @Option(help: "How many threads to use.")
  var jobs: Int?

  @Option(help: "Memory for rows before they go to disk, like 384MiB.")
  var memory: String?

  @Flag(help: "An input of which nothing at all is used is no mistake (otherwise the exit code is 3).")
  var allowEmpty = false

  @Argument(help: "Archives, files, folders, or - for standard input.")
  var inputs: [String] = []
}

/// The options that say what to conclude and where to write it, shared by the verbs that end in a report.
struct ReportOptions: ParsableArguments {
  @Option(name: [.short, .customLong("output")], help: "The night's folder: report.json, report.md, incidents/.")
  var output: String?

  @Option(help: "The policy file with candidate policies.")
  var policies: String?

  @Option(help: "A file with one START/END per line to rank suspects for.")
  var windows: String?

  @Option(help: "The history file.")
  var history: String?

  @Flag(help: "Run without earlier nights.")
  var noHistory = false

  @Option(help: "Exit with 1 on a finding of this severity or kind: \(FailOn.choices.joined(separator: ", ")).")
  var failOn: String?

  @Option(help: "Report formats: json, markdown, html, metrics, otlp; comma-separated.")
  var format: String?

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false
}

extension RunSetup.Options {
  /// Takes over the options of the report.
  mutating func take(_ report: ReportOptions) {
    output = report.output
    policies = report.policies
    windows = report.windows
    history = report.history
    noHistory = report.noHistory
    failOn = report.failOn
    format = report.format
    quiet = report.quiet
  }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Analyse the inputs and write the night's report.",
    discussion: "hindcast run traces.tar.gz logs/ -o out")

  @OptionGroup var input: InputOptions
  @OptionGroup var report: ReportOptions

  @Option(help: "The first of several nights, YYYY-MM-DD; with --to.")
  var from: String?

  @Option(help: "The last of several nights.")
  var to: String?

  func validate() throws {
    guard (from == nil) == (to == nil) else { throw ValidationError("--from and --to go together") }
  }

  func run() throws {
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs)
    options.allowEmpty = input.allowEmpty
    options.take(report)
    if let from, let to { return try finish(RunVerb.backfill(options, from: from, to: to)) }
    try finish(RunVerb.run(options))
  }
}

/// Ends the verb with a documented exit code.
func finish(_ code: Int32) throws {
  if code != 0 { throw ExitCode(code) }
}
