internal import ArgumentParser
internal import Verbs

/// How a table is printed.
struct ListingOptions: ParsableArguments {
  @Option(help: "A table's form: text, json, or csv; of history show, json and csv are the incidents.")
  var format = "text"

  var value: ListingFormat { ListingFormat(rawValue: format) ?? .text }

  func validate() throws {
    if ListingFormat(rawValue: format) == nil { throw ValidationError("--format takes text, json or csv") }
  }
}

/// What earlier nights left: listed, shown, checked, pruned.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Nights, baselines and incidents that the history holds.",
    discussion: """
      hindcast history list --history hindcast.sqlite
      hindcast history show 2026-01-31
      hindcast history prune --keep 90 --yes
      hindcast history backup copy.sqlite
      """, subcommands: [List.self, Show.self, Check.self, Prune.self, Backup.self])

  struct File: ParsableArguments {
    @Option(help: "The history file.")
    var history = "hindcast.sqlite"
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The nights, oldest first.")
    @OptionGroup var file: File
    @OptionGroup var form: ListingOptions
    func run() throws { try finish(HistoryVerbs.list(file.history, form.value)) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One night: incidents, templates, what is kept.")
    @OptionGroup var file: File
    @Argument(help: "The night's date, or the beginning of its checksum.")
    var night: String
    @OptionGroup var form: ListingOptions
    func run() throws { try finish(HistoryVerbs.show(file.history, night: night, form.value)) }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Is the file sound?")
    @OptionGroup var file: File
    func run() throws { try finish(HistoryVerbs.check(file.history)) }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Keep the latest nights only.")
    @OptionGroup var file: File
    @Option(help: "How many nights to keep.")
    var keep: Int
    @Flag(help: "Remove them without asking.")
    var yes = false

    func validate() throws { if keep < 0 { throw ValidationError("--keep takes a number from 0") } }
    func run() throws { try finish(HistoryVerbs.prune(file.history, keep: keep, isSure: yes)) }
  }

  struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Copy the file, whole or not at all.")
    @OptionGroup var file: File
    @Argument(help: "Where to; nothing may stand there.")
    var target: String
    func run() throws { try finish(HistoryVerbs.backup(file.history, to: target)) }
  }
}
