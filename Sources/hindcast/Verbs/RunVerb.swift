internal import History
internal import Model
internal import Reports
package import Runs
internal import Segments
internal import Support

/// `run`: the three phases in one process, and the night's folder at the end.
package enum RunVerb {
  /// Runs a command line.
  ///
  /// - Returns: the exit code.
  package static func run(_ options: RunSetup.Options) -> Int32 {
    do {
      var request = try RunSetup.request(options)
      request.tell = Console.tell
      // Before the work, not after it.
      do throws(FileFailure) {
        try ReportFolder.prepare(request.output)
      } catch {
        Console.tell("cannot write \(error.path): \(error.message)")
        return Exit.noReport
      }
      let progress = options.quiet ? nil : Progress.onTerminal()
      request.progress = progress
      defer { progress?.finish() }
      var night = try NightRun.partial(of: request)
      return conclude(&night, request)
    } catch {
      let code = PhaseVerbs.report(error)
      return (error as? FileFailure)?.isScratch == true ? Exit.noReport : code
    }
  }

  /// Several nights, one after another, from the first day to the last; a night that fails does not keep the others.
  ///
  /// - Returns: the gravest exit code: 64 and 2 before 3 before 1.
  package static func backfill(_ options: RunSetup.Options, from: String, to: String) -> Int32 {
    guard let first = NightDate(from), let last = NightDate(to), first.day <= last.day, last.day - first.day < 3660
    else {
      Console.tell("--from and --to take two days, YYYY-MM-DD, the first not behind the last")
      return Exit.usage
    }
    guard options.date == nil else {
      Console.tell("--date is one night, --from and --to are several: name one or the other")
      return Exit.usage
    }
    let order = [Exit.done, Exit.finding, Exit.partlyUnread, Exit.noReport, Exit.usage]
    var worst = 0
    for day in first.day...last.day {
      var night = options
      night.date = NightDate(day: day).text
      Console.tell("night of \(NightDate(day: day).text)")
      worst = max(worst, order.firstIndex(of: run(night)) ?? order.count - 1)
    }
    return order[worst]
  }

  /// Conclude: findings, report, and last of all the history.
  private static func conclude(_ night: inout NightPartial, _ request: RunRequest) -> Int32 {
    do {
      return try concluded(&night, request)
    } catch {
      let code = PhaseVerbs.report(error)
      return code == Exit.usage ? code : Exit.noReport
    }
  }

  /// Conclude, its failures thrown.
  static func concluded(_ night: inout NightPartial, _ request: RunRequest) throws -> Int32 {
    let request = NightRun.dated(request, night)
    let (conclusion, history) = try NightRun.findings(&night, request)
    (request.progress as? Progress)?.finish()
    let unwritten = try ReportOutput.write(conclusion, night, request)
    do throws(FileFailure) {
      try history?.commit(conclusion)
    } catch {
      Console.tell("the report is written, but the history was not brought up to date: \(error.historyLine)")
      return Exit.partlyUnread
    }
    if request.annotates {
      let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
      print(Annotations.text(conclusion.report, rules: rules), terminator: "")
    }
    if request.isVerbose { EventListing.tellAll(night.outcomes) }
    if request.isQuiet {
      tellUnread(conclusion.report)
    } else {
      try Console.print(screen(conclusion.report, request))
      Console.tell("report: \(request.output)/report.md (and report.json, incidents/)")
    }
    let undone = NightUpkeep.finish(conclusion.report, request)
    for failure in undone {
      Console.tell("the report is written, but not \(failure.path): \(failure.message)")
    }
    if !undone.isEmpty { return Exit.partlyUnread }
    if let unwritten {
      Console.tell("the report is written, but not the step summary \(unwritten.path): \(unwritten.message)")
      return Exit.partlyUnread
    }
    return exitCode(conclusion.report, request)
  }

  /// The first screen, as the terminal shows it.
  private static func screen(_ report: NightReport, _ request: RunRequest) -> String {
    let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
    let page = NightPage(report, rules: rules).firstScreen(folder: RunSetup.commandLine([request.output]))
    return Console.renderer(rules).render(page)
  }

  /// What the first screen would say of what could not be read: an exit code of 3 never stands without a word.
  private static func tellUnread(_ report: NightReport) {
    let unread = report.diagnostics.filter { $0.meansUnread && $0.code != Diagnostic.nothingUsed }
    for diagnostic in unread.prefix(toldAtMost) {
      Console.tell("\(diagnostic.location.description): \(diagnostic.message.plain)")
    }
    if unread.count > toldAtMost { Console.tell("and \(unread.count - toldAtMost) more: they stand in the report") }
  }

  private static let toldAtMost = 20

  /// 3 where some input or the history could not be read, else 1 where a finding was asked to fail on, else 0.
  private static func exitCode(_ report: NightReport, _ request: RunRequest) -> Int32 {
    if report.diagnostics.contains(where: { $0.meansUnread || $0.code == "historyUnusable" }) {
      return Exit.partlyUnread
    }
    if let failOn = request.failOn, failOn.matches(report) { return Exit.finding }
    return Exit.done
  }
}

extension Console {
  /// Tells what a run has to say while it works.
  static func tell(_ message: RunMessage) {
    switch message {
    case .historyInUse: tell("the history is in use by another run: waiting")
    case .nothingUsed(let input, let reason): tell("\(inert(input)): \(inert(reason))")
    case .historyUnusable(let reason): tell("\(reason); the run goes on without it")
    case .memoryExceeded(let reason):
      tell("more memory than limits.memory is used: test cases stay there, \(reason)")
    }
  }
}
