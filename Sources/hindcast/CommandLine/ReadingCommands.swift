internal import ArgumentParser
internal import Runs
internal import Verbs

/// The verbs that read inputs and print something other than the night's report.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "What was understood, as event lines; with --stats, the books.",
    discussion: """
      hindcast events traces.tar.gz > night.events
      hindcast events --stats traces.tar.gz
      """)

  @OptionGroup var input: InputOptions

  @Flag(help: "Print per input and member what was read, used, repaired and skipped, instead of the events.")
  var stats = false

  func run() throws {
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs)
    options.allowEmpty = input.allowEmpty
    try finish(stats ? EventListing.stats(options) : EventListing.lines(options))
  }
}

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "What other policies would have done with the logged requests.",
    discussion: "hindcast evaluate --policies pipelines/policies.yaml traces.tar.gz")

  @OptionGroup var input: InputOptions

  @Option(help: "The policy file; without it a few common candidates.")
  var policies: String?

  @Option(help: "table or json.")
  var format = "table"

  func run() throws {
    guard ["table", "json"].contains(format) else { throw ValidationError("--format takes table or json") }
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs,
      policies: policies)
    options.allowEmpty = input.allowEmpty
    try finish(PolicyVerb.evaluate(options, asJSON: format == "json"))
  }
}

struct TemplatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates", abstract: "Log templates of a file, one row per line: id, tab, template.",
    discussion: "hindcast templates --lines app.log")

  @Option(help: "The file of log lines, or - for standard input.")
  var lines: String

  func run() throws { try finish(TemplateVerb.templates(lines: lines)) }
}
