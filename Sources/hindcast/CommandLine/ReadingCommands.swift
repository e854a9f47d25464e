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

  @OptionGroup var form: ListingOptions

  func validate() throws {
    if form.value != .text, !stats { throw ValidationError("--format belongs to --stats: event lines have one form") }
  }

  func run() throws {
    try finish(stats ? EventListing.stats(input.run, form.value) : EventListing.lines(input.run))
  }
}

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "What other policies would have done with the logged requests.",
    discussion: "hindcast evaluate --policies pipelines/policies.yaml traces.tar.gz")

  @OptionGroup var input: InputOptions

  @Option(help: "The policy file; without it a few common candidates.")
  var policies: String?

  @Option(help: "table, json or csv.")
  var format = "table"

  func run() throws {
    let forms: [String: ListingFormat] = ["table": .text, "json": .json, "csv": .csv]
    guard let form = forms[format] else { throw ValidationError("--format takes table, json or csv") }
    var options = input.run
    options.policies = policies
    try finish(PolicyVerb.evaluate(options, form))
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
