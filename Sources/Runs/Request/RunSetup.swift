internal import Decoders
internal import Foundation
internal import Glibc
internal import Model
package import Policies
internal import Support

/// Weighs flags, environment and pipeline file against each other: a flag beats `HINDCAST_…`, which beats the file.
package enum RunSetup {
  /// The command line's raw values, nothing checked yet.
  package struct Options: Sendable {
    package var pipeline: String?
    package var date: String?
    package var jobs: Int?
    package var memory: String?
    package var inputs: [String]
    package var output: String?
    package var policies: String?
    package var windows: String?
    package var history: String?
    package var noHistory: Bool
    package var failOn: String?
    package var format: String?
    package var quiet: Bool
    /// Whether everything that was noted about the inputs is told.
    package var verbose = false
    /// Whether an argument of which nothing was used is no mistake.
    package var allowEmpty = false
    /// What a scheduler says of its inputs: the name of the only one, the folder that they count as found in.
    package var name: String?
    package var root: String?

    package init(
      pipeline: String? = nil, date: String? = nil, jobs: Int? = nil, memory: String? = nil, inputs: [String] = [],
      output: String? = nil, policies: String? = nil, windows: String? = nil, history: String? = nil,
      noHistory: Bool = false, failOn: String? = nil, format: String? = nil, quiet: Bool = false
    ) {
      self.pipeline = pipeline
      self.date = date
      self.jobs = jobs
      self.memory = memory
      self.inputs = inputs
      self.output = output
      self.policies = policies
      self.windows = windows
      self.history = history
      self.noHistory = noHistory
      self.failOn = failOn
      self.format = format
      self.quiet = quiet
    }
  }

  /// Why a run cannot begin: what, where, why, and what to do.
  package struct Failure: Error, Sendable {
    package var message: String
    package var code: Int32

    package init(_ message: String, code: Int32 = Exit.usage) {
      self.message = message
      self.code = code
    }
  }

  /// The pipeline of a command line, the built-in one where none is named.
  package static func pipeline(_ options: Options) throws(Failure) -> PipelineFile {
    guard let path = options.pipeline ?? environment("PIPELINE") else { return PipelineFile() }
    return try checked(path: path, text: try read(path))
  }

  /// The analyses' settings of a pipeline that was checked.
  package static func settings(_ pipeline: PipelineFile) throws(Failure) -> AnalysisSettings {
    var problems: [ConfigProblem] = []
    let settings = AnalysisSettings(pipeline, problems: &problems)
    if let problem = problems.first { throw Failure(problem.message) }
    return settings
  }

  /// The decoders' settings of a pipeline.
  static func decoders(_ pipeline: PipelineFile, problems: inout [ConfigProblem]) -> DecoderSettings {
    var settings = pipeline.formats.map { DecoderSettings(config: $0, problems: &problems) } ?? DecoderSettings()
    settings.assumedZoneSeconds = pipeline.zone.offsetSeconds
    settings.limits.line = pipeline.limits.line
    return settings
  }

  private static func file(_ path: String) throws(Failure) -> (text: String, pipeline: PipelineFile) {
    let text = try read(path)
    return (text, try checked(path: path, text: text))
  }

  /// The request of a command line; `needsInputs` says whether one without inputs is an error.
  package static func request(_ options: Options, needsInputs: Bool = true) throws(Failure) -> RunRequest {
    var pipeline = PipelineFile()
    var text = ""
    let path = options.pipeline ?? environment("PIPELINE")
    if let path { (text, pipeline) = try file(path) }
    let named = options.date ?? environment("DATE")
    var request = RunRequest(date: try date(named, zone: pipeline.zone))
    request.isDateNamed = named != nil
    pipeline.zone = pipeline.zone.on(day: request.date.day * 86_400)
    if let memory = options.memory ?? environment("MEMORY") { pipeline.limits.memory = try Self.memory(memory) }
    request.jobs = try jobs(options.jobs)
    request.isQuiet = options.quiet
    request.isVerbose = options.verbose
    request.stepSummary = variable("GITHUB_STEP_SUMMARY")
    request.annotates = variable("GITHUB_ACTIONS") == "true"
    let paths = options.inputs.isEmpty ? pipeline.inputs : options.inputs
    request.arguments = paths.map(request.date.fill).map { RunRequest.Argument(word: $0, paths: expand([$0])) }
    request.inputs = request.arguments.flatMap(\.paths)
    request.allowEmpty = options.allowEmpty
    (request.inputName, request.inputRoot) = (options.name, options.root)
    guard !request.inputs.isEmpty || !needsInputs else {
      throw Failure("no input: name archives, files or folders, or 'inputs:' in a pipeline file")
    }
    request.output = request.date.fill(
      options.output ?? environment("OUTPUT") ?? pipeline.output ?? "reports/{date}")
    guard request.output != "-", !request.output.isEmpty else {
      throw Failure("the output is a folder, not '\(request.output)': name one with -o")
    }
    request.history = options.noHistory ? nil : options.history ?? environment("HISTORY") ?? pipeline.history
    if let failOn = options.failOn ?? environment("FAIL_ON") ?? pipeline.failOn {
      guard let parsed = FailOn(failOn) else {
        throw Failure("--fail-on takes one of \(FailOn.choices.joined(separator: ", ")), not '\(failOn)'")
      }
      request.failOn = parsed
    }
    if let format = options.format ?? environment("FORMAT") {
      pipeline.reportFormats = try formats(format)
    }
    if let windows = options.windows {
      let windowText = try read(windows)
      do throws(ConfigProblem) {
        request.windows = try RunRequest.TimeWindow.read(windowText)
      } catch {
        throw Failure(describe(error, file: windows, text: windowText))
      }
    }
    if let policies = options.policies ?? environment("POLICIES") ?? pipeline.policies.map({ beside(path, $0) }) {
      try request.take(policies: try read(policies), named: policies)
    }
    if let quarantine = pipeline.quarantine.map({ beside(path, request.date.fill($0)) }),
      unsafe access(quarantine, F_OK) == 0
    {
      // The first night has none yet.
      try request.take(quarantine: try read(quarantine), named: quarantine)
    }
    if let owners = pipeline.codeOwners.map({ beside(path, $0) }) { request.take(codeOwners: try read(owners)) }
    readChanges(pipeline.changes.map { beside(path, request.date.fill($0)) }, into: &request)
    request.settings = try settings(pipeline)
    request.pipeline = pipeline
    request.pipelineText = text
    // A date that inputs are chosen by belongs to the command; one that nobody named and nothing depends on does not.
    let isUsed = request.isDateNamed || paths.contains { $0.contains("{date}") }
    request.commandOptions = commandOptions(options, path: path, date: isUsed ? request.date : nil)
    return request
  }

  /// A pipeline file's tree as the settings of every room. What is wrong with it is added to `problems`.
  ///
  /// Whatever a key of the file sets must come out of here: the test that compares the keys with the manual looks at it.
  static func parse(
    _ config: ConfigNode, problems: inout [ConfigProblem]
  ) -> (pipeline: PipelineFile, analyses: AnalysisSettings, decoders: DecoderSettings) {
    let pipeline = PipelineFile(config: config, problems: &problems)
    return (
      pipeline, AnalysisSettings(pipeline, problems: &problems), decoders(pipeline, problems: &problems)
    )
  }

  /// Reads and checks a pipeline file; all problems are told at once.
  package static func checked(path: String, text: String) throws(Failure) -> PipelineFile {
    var problems: [ConfigProblem] = []
    var pipeline = PipelineFile()
    do throws(ConfigProblem) {
      pipeline = parse(try YAMLTree.read(text), problems: &problems).pipeline
    } catch {
      problems.append(error)
    }
    guard problems.isEmpty else {
      throw Failure(describe(problems, file: path, text: text))
    }
    return pipeline
  }

  /// Reads and checks a policy file; all problems are told at once.
  package static func policies(path: String, text: String) throws(Failure) -> PolicyFile {
    var problems: [ConfigProblem] = []
    var file = PolicyFile()
    do throws(ConfigProblem) {
      file = PolicyFile(config: try YAMLTree.read(text), problems: &problems)
    } catch {
      problems.append(error)
    }
    guard problems.isEmpty else {
      throw Failure(describe(problems, file: path, text: text))
    }
    return file
  }

  package static func read(_ path: String) throws(Failure) -> String {
    do throws(FileFailure) {
      return String(decoding: try CheckedFile.read(path, limit: 16 << 20), as: UTF8.self)
    } catch {
      throw Failure("cannot read \(path): \(error.message)")
    }
  }

  private static func environment(_ name: String) -> String? { variable("HINDCAST_" + name) }

  private static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func date(_ text: String?, zone: Zone) throws(Failure) -> NightDate {
    guard let text else { return NightDate(before: Int(Date().timeIntervalSince1970), zone: zone) }
    guard let date = NightDate(text) else { throw Failure("--date takes YYYY-MM-DD, not '\(text)'") }
    return date
  }

  private static func memory(_ text: String) throws(Failure) -> Int {
    guard let bytes = ConfigNode.size(text), bytes >= 16 << 20 else {
      throw Failure("--memory takes a size of at least 16MiB, like 384MiB, not '\(text)'")
    }
    return bytes
  }

  private static func jobs(_ flag: Int?) throws(Failure) -> Int {
    var told = flag
    if told == nil, let text = environment("JOBS") {
      guard let number = Int(text) else { throw Failure("HINDCAST_JOBS takes a number from 1 to 256, not '\(text)'") }
      told = number
    }
    let number = told ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...256).contains(number) else { throw Failure("--jobs takes a number from 1 to 256") }
    return number
  }

  private static func formats(_ text: String) throws(Failure) -> [String] {
    let formats = text.split(separator: ",").map(String.init)
    guard !formats.isEmpty else { throw Failure("--format takes json, markdown, html, metrics or otlp, not nothing") }
    for format in formats where !["json", "markdown", "html", "metrics", "otlp"].contains(format) {
      throw Failure("--format takes json, markdown, html, metrics or otlp, not '\(format)'")
    }
    return formats
  }

  /// Reads the files of `changes:`. One that is not there, or tells of nothing, is a note: a night may be without changes.
  private static func readChanges(_ patterns: [String], into request: inout RunRequest) {
    for path in expand(patterns) {
      let place = SourceLocation(input: path)
      guard let text = try? read(path) else {
        request.changeNotes.append(Diagnostic("changesMissing", .note, at: place, "no such file of changes"))
        continue
      }
      let reading = ChangeFile.read(text)
      request.changes += reading.changes
      if reading.skipped > 0 {
        request.changeNotes.append(
          Diagnostic(
            "noChange", .note, at: place, "lines or objects that tell of no change", count: reading.skipped))
      }
    }
    request.changes.sort()
  }

  /// Shell patterns of a pipeline's inputs, matches in sorted order; a pattern without a match stays as it is and is told
  /// as a missing input.
  private static func expand(_ patterns: [String]) -> [String] {
    var paths: [String] = []
    for pattern in patterns {
      guard pattern.contains(where: { "*?[".contains($0) }) else {
        paths.append(pattern)
        continue
      }
      var result = unsafe glob_t()
      let code = unsafe glob(pattern, 0, nil, &result)
      var matches: [String] = []
      if code == 0, let found = unsafe result.gl_pathv {
        for i in 0..<Int(unsafe result.gl_pathc) {
          if let path = unsafe found[i] { matches.append(unsafe String(cString: path)) }
        }
      }
      unsafe globfree(&result)
      paths += matches.isEmpty ? [pattern] : matches.sorted()
    }
    return paths
  }

  /// A path named in a pipeline file: as it stands, else beside that file.
  package static func beside(_ pipeline: String?, _ path: String) -> String {
    guard let pipeline, !path.hasPrefix("/"), unsafe access(path, R_OK) != 0 else { return path }
    let folder = pipeline.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return folder.isEmpty ? path : folder + "/" + path
  }

  /// The options that a report depends on, as they stand in the command that makes it again.
  private static func commandOptions(_ options: Options, path: String?, date: NightDate?) -> [String] {
    var words: [String] = []
    if let path { words += ["--pipeline", path] }
    if let policies = options.policies { words += ["--policies", policies] }
    if let windows = options.windows { words += ["--windows", windows] }
    if let date { words += ["--date", date.text] }
    if options.noHistory { words.append("--no-history") }
    return words
  }

  /// A command line that a shell splits into the same words again.
  package static func commandLine(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || Array("-_./=:,@%+".utf8).contains(byte)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
