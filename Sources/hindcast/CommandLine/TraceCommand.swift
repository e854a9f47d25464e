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
    try finish(TraceVerb.trace(request, input.run, asJSON: json))
  }
}
