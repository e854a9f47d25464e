internal import ArgumentParser
internal import Runs
internal import Verbs

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "One request's tree with its log records.",
    discussion: "hindcast trace 5b8aa5a2d2c8 traces.tar.gz logs/")

  @Argument(help: "The request's id or the beginning of it.")
  var request: String

  @OptionGroup var input: InputOptions

  @Flag(help: "Print it for programs.")
  var json = false

  func run() throws {
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs)
    options.allowEmpty = input.allowEmpty
    try finish(TraceVerb.trace(request, options, asJSON: json))
  }
}

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "A commented pipeline file from what lies in a folder.",
    discussion: "hindcast init /var/log/archive -o nightly.yaml")

  @Argument(help: "The folder to look at.")
  var folder: String = "."

  @Option(name: [.short, .customLong("output")], help: "The file to write; by default standard output.")
  var output: String?

  func run() throws { try finish(InitVerb.write(folder, output: output)) }
}
