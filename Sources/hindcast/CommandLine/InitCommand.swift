internal import ArgumentParser
internal import Runs
internal import Verbs

/// A first pipeline file.
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
