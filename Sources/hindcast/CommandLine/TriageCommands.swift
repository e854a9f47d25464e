internal import ArgumentParser
internal import Verbs

/// The options of a decision about an incident.
struct TriageOptions: ParsableArguments {
  @Argument(help: "The incident's id or the beginning of it.")
  var incident: String

  @Option(help: "The history file.")
  var history = "hindcast.sqlite"

  @Option(help: "The last night it holds for, YYYY-MM-DD.")
  var until: String?

  @Option(help: "Why, or who.")
  var note: String?

  @Flag(help: "Take back what was decided.")
  var undo = false
}

struct AckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ack", abstract: "Somebody works on this incident: later nights say so.",
    discussion: "hindcast ack 1f3a --until 2026-02-01 --note 'ticket 512'")

  @OptionGroup var options: TriageOptions

  func run() throws {
    try finish(
      TriageVerb.decide(
        options.incident, action: options.undo ? nil : "ack", history: options.history, until: options.until,
        note: options.note))
  }
}

struct MuteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mute", abstract: "This incident is known and wanted out of the way.",
    discussion: "hindcast mute 1f3a --until 2026-02-01")

  @OptionGroup var options: TriageOptions

  func run() throws {
    try finish(
      TriageVerb.decide(
        options.incident, action: options.undo ? nil : "mute", history: options.history, until: options.until,
        note: options.note))
  }
}
