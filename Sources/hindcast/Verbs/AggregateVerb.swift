package import Runs
internal import Segments
internal import Support

/// `aggregate`: segments of one or more partitions to one partial. `merge`: partials to one.
package enum AggregateVerb {
  /// Segments to one partial.
  package static func aggregate(_ options: RunSetup.Options, segments: [String], output: String) -> Int32 {
    do {
      let request = try RunSetup.request(options, needsInputs: false)
      let memory = request.pipeline.limits.memory
      var counters = PhaseCounters("aggregate")
      let paths = try PhaseFiles.named(segments)
      // What surely fits is aggregated at once; the rest is parted first, so that no more than a piece is held.
      let stored = paths.reduce(0) { $0 + (CheckedFile.size($1) ?? memory) }
      let parts = stored > memory / 8 || request.jobs > 1 ? 64 : 1
      var intake = SegmentIntake(
        expecting: request.coverage(partitions: 1), memory: memory / 3, parts: parts)
      try PhaseFiles.readEach(paths) { bytes in
        counters.count(bytes.count)
        try intake.take(bytes)
      }
      guard let taken = intake.finish() else { throw RunSetup.Failure("name at least one segment") }
      let partial = try aggregated(taken, request)
      let bytes = partial.encoded()
      try PhaseFiles.write(bytes, to: output)
      counters.take(partial.outcomes)
      counters.written = bytes.count
      if !options.quiet { counters.tell() }
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  private static func aggregated(
    _ taken: (store: PartitionStore, coverage: Coverage, outcomes: [InputOutcome]), _ request: RunRequest
  ) throws -> NightPartial {
    do throws(FileFailure) {
      return try AggregatePhase(settings: request.settings, memory: request.pipeline.limits.memory).run(
        taken.store, outcomes: taken.outcomes, coverage: taken.coverage, jobs: request.jobs)
    } catch {
      // Rows that cannot be understood came so: no retry mends them.
      if error.kind == .scratchDamaged { throw FileFailure(.damaged, "the segments", error.message) }
      throw error
    }
  }

  /// Partials to one partial.
  package static func merge(_ partials: [String], output: String, isQuiet: Bool = false) -> Int32 {
    do {
      var counters = PhaseCounters("merge")
      var merge = NightMerge(memory: RunLimits().memory)
      try PhaseFiles.readEach(partials) { bytes in
        counters.count(bytes.count)
        try merge.add(encoded: bytes)
      }
      // Rows are read when they are merged: which partial the damaged ones are of is not known then.
      guard
        let bytes = try PhaseFiles.telling(partials.count == 1 ? partials[0] : "the partials", { try merge.encoded() })
      else { throw RunSetup.Failure("name at least one partial") }
      try PhaseFiles.write(bytes, to: output)
      counters.take(merge.outcomes)
      counters.written = bytes.count
      if !isQuiet { counters.tell() }
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  /// Partials read one after another and joined; nil where none was named.
  static func joined(_ partials: [String], _ counters: inout PhaseCounters) throws -> NightPartial? {
    var merge = NightMerge(memory: RunLimits().memory)
    try PhaseFiles.readEach(partials) { bytes in
      counters.count(bytes.count)
      try merge.add(encoded: bytes)
    }
    return try PhaseFiles.telling(partials.count == 1 ? partials[0] : "the partials") { try merge.partial() }
  }
}
