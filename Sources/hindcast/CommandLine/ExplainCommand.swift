internal import ArgumentParser
internal import Verbs

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "One incident of an earlier run, from its report.",
    discussion: """
      hindcast explain 1f3a -o out
      hindcast explain 1f3a -o out --ticket > ticket.md
      """)

  @Argument(help: "The incident's id or the beginning of it.")
  var incident: String

  @Option(name: [.short, .customLong("output")], help: "The night's folder.")
  var output: String = "."

  @Flag(help: "Print it as the text of a ticket, in Markdown.")
  var ticket = false

  @Option(help: "A file with the ticket's form; {title}, {headline}, {cause} and others are filled in.")
  var template: String?

  func validate() throws {
    if template != nil, !ticket { throw ValidationError("--template belongs to --ticket") }
  }

  func run() throws {
    try finish(ExplainVerb.explain(incident, folder: output, ticket: ticket ? .init(template: template) : nil))
  }
}
