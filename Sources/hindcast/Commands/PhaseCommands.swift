internal import ArgumentParser
internal import Runs
internal import Verbs

/// The three phases one by one, for schedulers and cluster engines.
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Inputs to segments, one per partition.",
    discussion: """
      hindcast extract --partitions 7 -o segments traces.tar.gz
      With -o -, frames go to standard output: u32le partition, u32le length, payload; last a trailer with partition
      0xFFFFFFFF, length 12, the count of frames (u32le) and a checksum over them (u64le).
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "How many partitions the requests are spread over.")
  var partitions = 1

  @Option(
    name: [.short, .customLong("output")], help: "The folder for the segments, or - for frames on standard output.")
  var output: String

  func run() throws {
    var options = RunSetup.Options(
      pipeline: input.pipeline, date: input.date, jobs: input.jobs, memory: input.memory, inputs: input.inputs)
    options.allowEmpty = input.allowEmpty
    try finish(PhaseVerbs.extract(options, partitions: partitions, output: output))
  }
}

struct AggregateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aggregate", abstract: "Segments of one or more partitions to one partial.",
    discussion: "hindcast aggregate -o part-3.partial segments/0003-*.segment", aliases: ["digest"])

  @Option(help: "The pipeline file that the segments were made with.")
  var pipeline: String?

  @Option(name: [.short, .customLong("output")], help: "The partial to write, or - for standard output.")
  var output: String

  @Argument(help: "The segments, listed one by one.")
  var segments: [String]

  func run() throws {
    try finish(PhaseVerbs.aggregate(RunSetup.Options(pipeline: pipeline), segments: segments, output: output))
  }
}

struct ConcludeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conclude", abstract: "All partials, with the history, to the night's report.",
    discussion: "hindcast conclude -o out part-*.partial")

  @Option(help: "The pipeline file that the partials were made with.")
  var pipeline: String?

  @Option(help: "The night, YYYY-MM-DD.")
  var date: String?

  @OptionGroup var report: ReportOptions

  @Argument(help: "The partials, listed one by one.")
  var partials: [String]

  func run() throws {
    var options = RunSetup.Options(pipeline: pipeline, date: date)
    options.take(report)
    try finish(PhaseVerbs.conclude(options, partials: partials))
  }
}
