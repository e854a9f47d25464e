internal import ArgumentParser
internal import Runs
internal import Verbs

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "What differs between a good and a bad time.",
    discussion: """
      hindcast compare monday.tar.gz tuesday.tar.gz
      hindcast compare 2026-01-01T01:00Z/2026-01-01T02:00Z 2026-01-01T02:00Z/2026-01-01T02:30Z traces.tar.gz
      Differences beyond chance by component, operation, edge, log template and attribute value, the surest first.
      """)

  @Argument(help: "The good time: a night's archive, file or folder of records, or START/END.")
  var before: String

  @Argument(help: "The bad time, named in the same way.")
  var after: String

  @OptionGroup var input: InputOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs)
    options.allowEmpty = input.allowEmpty
    try finish(CompareVerb.compare(options, (before, after), asJSON: json))
  }
}
