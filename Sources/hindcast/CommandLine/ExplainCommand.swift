internal import ArgumentParser
internal import Verbs

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "One incident of an earlier run, from its report.",
    discussion: """
      hindcast explain -o out                       which incidents the report has
      hindcast explain 1f3a -o out
      hindcast explain 1f3a -o out --ticket > ticket.md
      """)

  @Argument(help: "The incident's id or the beginning of it; without one, the report's incidents are listed.")
  var incident: String?

  @Option(name: [.short, .customLong("output")], help: "The night's folder.")
  var output: String = "."

  @Flag(help: "Print it as the text of a ticket, in Markdown.")
  var ticket = false

  @Option(help: "A file with the ticket's form; {title}, {headline}, {cause} and others are filled in.")
  var template: String?

  @OptionGroup var form: ListingOptions

  func validate() throws {
    if incident == nil, ticket { throw ValidationError("--ticket takes an incident") }
    if incident != nil, form.value != .text { throw ValidationError("--format belongs to the list of incidents") }
    if template != nil, !ticket { throw ValidationError("--template belongs to --ticket") }
  }

  func run() throws {
    guard let incident else { return try finish(ExplainVerb.list(output, form.value)) }
    try finish(ExplainVerb.explain(incident, folder: output, ticket: ticket ? .init(template: template) : nil))
  }
}
