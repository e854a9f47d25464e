// The room Runs: one run: the request with its limits, the phases extract, aggregate and conclude, capture and replay.
// It never parses a command line, prints, or decides what a finding is.

internal import Foundation
internal import History
internal import Model
internal import Segments

/// The three phases in one process.
package enum NightRun {
  /// Extract and aggregate.
  package static func partial(of request: RunRequest) throws -> NightPartial {
    let extraction = try Extraction.run(request, partitions: request.partitions)
    ProcessMemory.trim()
    let keys = extraction.outcomes.map(\.key)
    let coverage = Coverage(
      pipeline: extraction.pipelineChecksum, partitions: request.partitions,
      inputs: Dictionary(keys.map { ($0, Set(0..<request.partitions)) }, uniquingKeysWith: { $0.union($1) }))
    let spill = SpilledCases(
      budget: request.pipeline.limits.memory / 6, folder: FileManager.default.temporaryDirectory.path)
    let partial = try AggregatePhase(settings: request.settings, spill: spill).run(
      extraction.store, outcomes: extraction.outcomes, coverage: coverage, jobs: request.jobs)
    if let failure = spill.failure { request.tell(.memoryExceeded(reason: failure.message)) }
    return partial
  }

  /// The findings of a night, and the history that they were held against, if there is a usable one.
  package static func findings(
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
}
