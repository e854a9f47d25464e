// The room Runs: one run: the request with its limits, the phases extract, aggregate and conclude, capture and replay.
// It never parses a command line, prints, or decides what a finding is.

internal import Foundation
internal import History
package import Model
internal import Segments
internal import Support

/// The three phases in one process.
package enum NightRun {
  /// Extract and aggregate.
  package static func partial(of request: RunRequest) throws -> NightPartial {
    let extraction = try Extraction.run(request, partitions: request.partitions)
    extraction.store.fold(extraction.census)
    ProcessMemory.trim()
    // Beside the chunks, conclude holds the tracks (a quarter) and rows (an eighth) of `TestLimits`.
    let spill = SpilledCases(
      budget: request.pipeline.limits.memory / 12, folder: FileManager.default.temporaryDirectory.path)
    var phase = AggregatePhase(settings: request.settings, memory: request.pipeline.limits.memory, spill: spill)
    phase.progress = request.progress
    var night = try phase.run(
      extraction.store, outcomes: extraction.outcomes, coverage: extraction.coverage, jobs: request.jobs)
    if let failure = spill.failure { request.tell(.memoryExceeded(reason: failure.message)) }
    complete(&night, request)
    return night
  }

  /// Says of a night that is all there what is said of its arguments as a whole.
  package static func complete(_ night: inout NightPartial, _ request: RunRequest) {
    let unused = UnusedInputs.diagnostics(of: night.outcomes)
    for diagnostic in unused where diagnostic.code == Diagnostic.nothingUsed {
      request.tell(.nothingUsed(input: diagnostic.location.input, reason: diagnostic.message.plain))
    }
    let secrets = SecretMask(request.pipeline.secrets)
    let beyond = ExpandedInputs.diagnostic(of: night.outcomes, limit: request.pipeline.limits.expandedPerRun)
    night.outcomes = Extraction.attach((unused + (beyond.map { [$0] } ?? [])).map(secrets.mask), to: night.outcomes)
  }

  /// The arguments of which nothing was used where that is a mistake, one diagnostic for each.
  package static func unused(_ outcomes: [InputOutcome]) -> [Diagnostic] {
    UnusedInputs.diagnostics(of: outcomes).filter { $0.code == Diagnostic.nothingUsed }
  }

  /// Whether something of the inputs could not be read; where they are all that was named, an argument that gave nothing counts.
  package static func isPartlyUnread(_ outcomes: [InputOutcome], isWhole: Bool) -> Bool {
    outcomes.contains(where: \.isPartlyUnread)
      || isWhole && !unused(outcomes).isEmpty
  }

  /// The findings of a night, whose cascades are taken out of it, and the history that they were held against, if there is a usable
  /// one.
  package static func findings(
    _ night: inout NightPartial, _ request: RunRequest
  ) throws -> (conclusion: Conclusion, history: NightHistory?) {
    let request = dated(request, night)
    var notes: [Diagnostic] = []
    var history: NightHistory?
    if let path = request.history {
      try refuseWrongNight(night, request)
      do throws(FileFailure) {
        history = try NightHistory(request, path: path, night: night)
      } catch {
        // An error: the night is not remembered, and what came before it is not known.
        request.tell(.historyUnusable(reason: error.historyLine))
        notes.append(
          Diagnostic("historyUnusable", .error, at: SourceLocation(input: path), "run without it: \(error.message)"))
      }
      if let history, history.replacesAnother {
        throw RunSetup.Failure(
          "the history holds another night of \(request.date.text), made of other inputs: name all inputs of the night together, "
            + "another --date, another --history, or use --no-history; nothing was written")
      }
    }
    let phase = ConcludePhase(request: request)
    return (try phase.conclude(&night, history: history, notes: notes), history)
  }

  /// The request with the date of the records, where none was named.
  package static func dated(_ request: RunRequest, _ night: NightPartial) -> RunRequest {
    guard !request.isDateNamed, let date = RecordNight.date(of: night, zone: request.pipeline.zone) else {
      return request
    }
    var request = request
    request.date = date
    return request
  }

  /// A night under a wrong date would be held against the wrong nights, and might take another one's place.
  private static func refuseWrongNight(_ night: NightPartial, _ request: RunRequest) throws(RunSetup.Failure) {
    guard night.outcomes.contains(where: { $0.events > 0 }) else { return }
    let date = request.date.text
    guard RecordNight.hasTimes(night) else {
      if request.isDateNamed { return }
      throw RunSetup.Failure(
        "no record has a time, so the night cannot be told: name it with --date, or use --no-history")
    }
    guard RecordNight.covers(request.date, night, zone: request.pipeline.zone) else {
      let own = RecordNight.date(of: night, zone: request.pipeline.zone)?.text ?? ""
      throw RunSetup.Failure(
        "no record lies in the night of \(date) (36 hours from the noon before it): the records are of \(own); use --date \(own), "
          + "or --no-history; nothing was written")
    }
  }
}
