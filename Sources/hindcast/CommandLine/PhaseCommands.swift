internal import ArgumentParser
internal import Runs
internal import Verbs

/// The phases one by one, for schedulers and cluster engines.
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Inputs to segments, one per partition.",
    discussion: """
      hindcast extract --partitions 7 -o segments traces.tar.gz
      With -o -, frames go to standard output: u32le partition, u32le length, payload; last a trailer with partition
      0xFFFFFFFF, length 8, the count of frames (u32le) and the CRC-32 of all bytes before the trailer (u32le).
      An input @LIST stands for the lines of the file LIST.
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "How many partitions the requests are spread over.")
  var partitions = 1

  @Option(
    name: [.short, .customLong("output")], help: "The folder for the segments, or - for frames on standard output.")
  var output: String

  @Option(help: "The name that the only input is reported by.")
  var name: String?

  @Option(help: "The folder that the inputs count as found in: what a run of that folder would say of them is said.")
  var root: String?

  @Flag(help: "An input that could be read in part only is no failure: 0 instead of 3.")
  var tolerate = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    var options = input.run
    (options.name, options.root, options.quiet) = (name, root, quiet)
    try finish(
      PhaseVerbs.extract(options, to: .init(partitions: partitions, path: output, tolerates: tolerate)))
  }
}

struct AggregateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aggregate", abstract: "Segments of one or more partitions to one partial.",
    discussion: "hindcast aggregate -o part-3.partial segments/00003-*.segment", aliases: ["digest"])

  @Option(help: "The pipeline file that the segments were made with.")
  var pipeline: String?

  @Option(help: "The night, YYYY-MM-DD: segments of another one are refused.")
  var date: String?

  @Option(help: "How many threads to use; by default one.")
  var jobs = 1

  @Option(help: "Memory for rows before they go to disk, like 384MiB.")
  var memory: String?

  @Option(name: [.short, .customLong("output")], help: "The partial to write, or - for a frame on standard output.")
  var output: String

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  @Argument(help: "The segments, listed one by one; @LIST for the lines of a file; - for frames on standard input.")
  var segments: [String]

  func run() throws {
    var options = RunSetup.Options(pipeline: pipeline, date: date, jobs: jobs, memory: memory)
    options.quiet = quiet
    try finish(AggregateVerb.aggregate(options, segments: segments, output: output))
  }
}

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Partials to one partial, in any order and any tree.",
    discussion: "hindcast merge -o night.partial part-*.partial")

  @Option(help: "Memory for partials that are read, beside the largest of them, like 384MiB.")
  var memory: String?

  @Option(name: [.short, .customLong("output")], help: "The partial to write, or - for a frame on standard output.")
  var output: String

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  @Argument(help: "The partials, listed one by one; @LIST for the lines of a file; - for frames on standard input.")
  var partials: [String]

  func run() throws { try finish(AggregateVerb.merge(partials, output: output, memory: memory, isQuiet: quiet)) }
}

struct ConcludeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conclude", abstract: "All partials, with the history, to the night's report.",
    discussion: "hindcast conclude -o out part-*.partial")

  @Option(help: "The pipeline file that the partials were made with.")
  var pipeline: String?

  @Option(help: "The night, YYYY-MM-DD; by default the one that the partials were made for.")
  var date: String?

  @Option(help: "Memory that test cases and earlier nights may take, like 384MiB.")
  var memory: String?

  @Option(help: "A list of the inputs that should have come, a name a line or as `inputs --json` prints them.")
  var expect: String?

  @OptionGroup var report: ReportOptions

  @Argument(help: "The partials, listed one by one; @LIST for the lines of a file; - for frames on standard input.")
  var partials: [String]

  func run() throws {
    var options = RunSetup.Options(pipeline: pipeline, date: date, memory: memory)
    options.take(report)
    try finish(ConcludeVerb.conclude(options, partials: partials, expected: expect))
  }
}

struct InputsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inputs", abstract: "What a run would read, a line each.",
    discussion: "hindcast inputs --json logs/ traces.tar.gz")

  @Option(help: "The pipeline file; without it the built-in nightly pipeline.")
  var pipeline: String?

  @Option(help: "The night, YYYY-MM-DD; by default yesterday in the pipeline's zone.")
  var date: String?

  @Flag(help: "A JSON object a line: name, root, bytes, and the parts of a split file.")
  var json = false

  @Argument(help: "Archives, files and folders.")
  var inputs: [String] = []

  func run() throws {
    try finish(InputsVerb.list(RunSetup.Options(pipeline: pipeline, date: date, inputs: inputs), asJSON: json))
  }
}
