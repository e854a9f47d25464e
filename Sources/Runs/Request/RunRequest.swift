package import Model
package import Policies
package import Segments
package import Support
package import TestAnalysis

/// Everything a run needs to know: the command line, the environment and the pipeline file, already weighed against each
/// other.
package struct RunRequest: Sendable {
  package var pipeline = PipelineFile()
  /// The settings of the analyses, from the pipeline's sections.
  package var settings = AnalysisSettings()
  /// The pipeline file as read, for checksums and captures; empty for the built-in one.
  package var pipelineText = ""
  /// The policy file as read, its name and what it says; empty and nil without one.
  package private(set) var policyText = ""
  package private(set) var policyFile = ""
  package private(set) var policies: PolicyFile?
  /// The quarantine file as read, and its entries; empty where there is none.
  package private(set) var quarantineText = ""
  package private(set) var quarantine: [Quarantine.Entry] = []
  /// Inputs as named on the command line or in the pipeline, `{date}` replaced.
  package var inputs: [String] = []
  /// The words of the command line or the patterns of the pipeline file, with the paths that each stands for.
  package var arguments: [Argument] = []
  /// The name that the only input is reported by, and the folder that inputs count as found in, where a scheduler tells them.
  package var inputName: String?
  package var inputRoot: String?
  /// Whether an argument may give nothing.
  package var allowEmpty = false
  /// The rules of the pipeline's `codeowners:`; none where there is none.
  package private(set) var codeOwners = CodeOwners()
  package private(set) var codeOwnersText = ""
  /// Deployments and other changes of the pipeline's `changes:`, in their order, and what is to be said about their files.
  package var changes: [NightChange] = []
  package var changeNotes: [Diagnostic] = []
  package var date: NightDate
  /// Whether the date was named; else it is the records' as soon as they are read.
  package var isDateNamed = true
  /// The night's folder.
  package var output = ""
  /// The history file, nil to run without.
  package var history: String?
  package var jobs = 2
  package var windows: [TimeWindow] = []
  package var failOn: FailOn?
  /// Partitions of the requests; changes no result.
  package var partitions = 64
  /// Whether failed tests are told as annotations on standard output.
  package var annotates = false
  /// The page of the CI job that runs this, if there is one: the night in short is added to it.
  package var stepSummary: String?
  /// Who is told how far the run has come; nil where nobody looks.
  package var progress: (any ProgressObserver)?
  /// Takes what is told at once; by default nobody listens.
  package var tell: @Sendable (RunMessage) -> Void = { _ in }
  /// What extract brings test reports into rows with.
  package var condenser: @Sendable () -> any TestReportCondensing = { CaseCondenser() }
  /// Whether the run says nothing but errors.
  package var isQuiet = false
  /// Tells everything that was noted about the inputs.
  package var isVerbose = false
  /// The options of the command that makes the report again.
  package var commandOptions: [String] = []

  package init(date: NightDate) { self.date = date }

  /// Takes the candidates of a policy file.
  ///
  /// - Throws: `RunSetup.Failure` with all that is wrong in it.
  package mutating func take(policies text: String, named file: String) throws(RunSetup.Failure) {
    policies = try RunSetup.policies(path: file, text: text)
    (policyText, policyFile) = (text, file)
  }

  /// Takes the owners of a CODEOWNERS file.
  package mutating func take(codeOwners text: String) {
    codeOwners = CodeOwners(text)
    codeOwnersText = text
  }

  /// Takes the tests of a quarantine file.
  ///
  /// - Throws: `RunSetup.Failure` where it is no quarantine.
  package mutating func take(quarantine text: String, named file: String) throws(RunSetup.Failure) {
    quarantine = try QuarantineFile.entries(text, path: file)
    quarantineText = text
  }

  /// The folder among paths that an input was found in, the deepest where several hold it; empty where none does.
  package static func root(of name: String, among paths: [String]) -> String {
    var root = ""
    for path in paths {
      let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
      if name.hasPrefix(folder + "/"), folder.utf8.count > root.utf8.count { root = folder }
    }
    return root
  }

  /// What intermediates must be made for to belong to this request, with nothing covered yet.
  package func coverage(partitions: Int) -> Coverage {
    Coverage(
      pipeline: PipelineChecksum.of(pipeline), date: isDateNamed ? date.day : nil,
      zoneOffset: pipeline.zone.offsetSeconds, partitions: partitions)
  }

  /// Takes the inputs of a night that other calls have read: what a capture of it is replayed with.
  package mutating func take(inputsOf night: NightPartial) {
    inputs = Set(night.outcomes.map { $0.root.isEmpty ? $0.name : $0.root }).sorted()
    let words = Dictionary(grouping: night.outcomes.filter { !$0.argument.isEmpty }, by: \.argument)
    arguments = words.sorted { $0.key < $1.key }.map { word, outcomes in
      Argument(word: word, paths: Set(outcomes.map { $0.root.isEmpty ? $0.name : $0.root }).sorted())
    }
    allowEmpty = night.outcomes.contains(where: \.mayBeEmpty)
  }

  /// One word that names inputs.
  package struct Argument: Hashable, Sendable {
    package var word: String
    package var paths: [String]
  }

  /// A window of time that the user wants suspects for.
  package struct TimeWindow: Hashable, Sendable {
    /// Microseconds since the epoch.
    package var start: Int64
    package var end: Int64
  }
}

extension RunRequest.TimeWindow {
  /// Reads one `START/END` per line, RFC 3339; blank lines and lines that begin with `#` are passed over.
  ///
  /// - Throws: `ConfigProblem` at the line that is no window.
  package static func read(_ text: String) throws(ConfigProblem) -> [Self] {
    var windows: [Self] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = line.filter { $0 != " " && $0 != "\r" && $0 != "\t" }
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      let parts = trimmed.split(separator: "/")
      guard parts.count == 2, let start = Timestamp(rfc3339: String(parts[0])),
        let end = Timestamp(rfc3339: String(parts[1])), start < end
      else {
        throw ConfigProblem(
          at: ConfigNode(.scalar(""), line: number + 1, column: 1), "expected START/END, two RFC 3339 times",
          suggestion: "2026-01-01T00:00:00Z/2026-01-01T00:03:00Z")
      }
      windows.append(Self(start: start.microseconds, end: end.microseconds))
    }
    return windows
  }
}

/// `--fail-on`: a severity to reach, or a kind of incident.
package enum FailOn: Hashable, Sendable {
  case severity(Incident.Severity)
  case kind(Incident.Kind)
  /// A test failed that is neither known flaky nor in quarantine.
  case testFailure
  /// No test was run.
  case empty

  package init?(_ text: String) {
    if let severity = Incident.Severity(rawValue: text) {
      self = .severity(severity)
    } else if let kind = Incident.Kind(rawValue: text) {
      self = .kind(kind)
    } else if text == "testFailure" {
      self = .testFailure
    } else if text == "empty" {
      self = .empty
    } else {
      return nil
    }
  }

  /// What may be written.
  package static var choices: [String] {
    Incident.Severity.allCases.map(\.rawValue) + Incident.Kind.allCases.map(\.rawValue) + ["testFailure", "empty"]
  }

  /// Whether the night has what was asked to fail on.
  package func matches(_ report: NightReport) -> Bool {
    switch self {
    case .severity(let severity): report.incidents.contains { $0.severity >= severity && !$0.isExpected }
    case .kind(let kind): report.incidents.contains { $0.kind == kind && !$0.isExpected }
    case .testFailure: report.tests.unexcused > 0
    case .empty: report.tests.passed + report.tests.failed + report.tests.errors == 0
    }
  }
}
