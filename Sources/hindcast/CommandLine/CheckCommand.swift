internal import ArgumentParser
internal import Verbs

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Is this pipeline or policy file sound?",
    discussion: "hindcast check pipelines/nightly.yaml")

  @Argument(help: "The pipeline or policy file.")
  var pipeline: String

  func run() throws { try finish(CheckVerb.check(pipeline)) }
}
