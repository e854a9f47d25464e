internal import ArgumentParser
internal import Verbs

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "One incident of an earlier run, from its report.",
    discussion: "hindcast explain 1f3a -o out")

  @Argument(help: "The incident's id or the beginning of it.")
  var incident: String

  @Option(name: [.short, .customLong("output")], help: "The night's folder.")
  var output: String = "."

  func run() throws { try finish(ExplainVerb.explain(incident, folder: output)) }
}
