internal import Verbs
internal import ArgumentParser
internal import Runs

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run again from a capture and compare, decision by decision.",
    discussion: "hindcast replay out/capture.json")

  @Argument(help: "The capture.json of an earlier run.")
  var capture: String

  func run() throws { try finish(ReplayVerb.replay(capture)) }
}
