internal import Core
internal import Foundation
internal import History
internal import Policies
internal import Reports

/// `run`: the three phases in one process, and the night's folder at the end.
package enum NightRun {
  /// Runs a command line.
  ///
  /// - Returns: the exit code.
  package static func main(_ options: RunSetup.Options) -> Int32 {
    do {
      var request = try RunSetup.request(options)
      if !options.quiet, Progress.isWanted { request.progress = Progress(total: 0) }
      defer { request.progress?.finish() }
      let night = try partial(of: request)
      request.progress?.finish()
      return conclude(night, request)
    } catch {
      let code = PhaseVerbs.told(error)
      return error is StoreFailure ? Exit.noReport : code
    }
  }

  /// Extract and digest.
  static func partial(of request: RunRequest) throws -> NightPartial {
    let extraction = try Extraction.run(request, partitions: request.partitions)
    ProcessMemory.trim()
    let keys = extraction.outcomes.map(\.key)
    let coverage = Coverage(
      pipeline: extraction.pipelineDigest, partitions: request.partitions,
      inputs: Dictionary(keys.map { ($0, Set(0..<request.partitions)) }, uniquingKeysWith: { $0.union($1) }))
    let shelf = SpilledCases(
      budget: request.pipeline.limits.memory / 6, folder: FileManager.default.temporaryDirectory.path)
    let partial = try DigestPhase(settings: request.settings, shelf: shelf).run(
      extraction.store, outcomes: extraction.outcomes, coverage: coverage, jobs: request.jobs)
    if let failure = shelf.failure {
      Console.tell("more memory than limits.memory is used: test cases stay there, \(failure.message)")
    }
    return partial
  }

  /// The findings of a night, and the history that they were held against, if there is a usable one.
  static func findings(
    _ night: NightPartial, _ request: RunRequest
  ) throws -> (conclusion: Conclusion, history: NightHistory?) {
    var notes: [Diagnostic] = []
    var history: NightHistory?
    if let path = request.history {
      do throws(HistoryFailure) {
        history = try NightHistory(request, path: path, night: night)
      } catch {
        notes.append(
          Diagnostic("historyUnusable", .warning, at: SourceLocation(input: path), "run without it: \(error.message)"))
      }
    }
    let phase = ConcludePhase(request: request)
    return (try phase.conclude(night, history: history, notes: notes), history)
  }

  /// Conclude: findings, report, and last of all the history.
  static func conclude(_ night: NightPartial, _ request: RunRequest) -> Int32 {
    do {
      let (conclusion, history) = try findings(night, request)
      try ReportOutput.write(conclusion, night, request)
      do throws(HistoryFailure) {
        try history?.commit(conclusion)
      } catch {
        Console.tell("the report is written, but the history was not brought up to date: \(error.description)")
        return Exit.partlyUnread
      }
      if !request.isQuiet {
        Console.tell(conclusion.report.verdict)
        Console.tell("report: \(request.output)/report.md (and report.json, incidents/)")
      }
      return exitCode(conclusion.report, request)
    } catch {
      let code = PhaseVerbs.told(error)
      return code == Exit.usage ? code : Exit.noReport
    }
  }

  /// 3 where some input could not be read, else 1 where a finding was asked to fail on, else 0.
  private static func exitCode(_ report: NightReport, _ request: RunRequest) -> Int32 {
    if report.diagnostics.contains(where: \.meansUnread) { return Exit.partlyUnread }
    if let failOn = request.failOn, report.incidents.contains(where: failOn.matches) { return Exit.finding }
    return Exit.done
  }
}
