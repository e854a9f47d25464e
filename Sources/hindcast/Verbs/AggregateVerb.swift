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
  ///
  /// - Parameters:
  ///   - partials: as they are named on the command line.
  ///   - output: the file to write, or `-`.
  ///   - memory: as `--memory`; nil for the default.
  ///   - isQuiet: whether the counters are not told.
  /// - Returns: the exit code.
  package static func merge(
    _ partials: [String], output: String, memory: String? = nil, isQuiet: Bool = false
  ) -> Int32 {
    do {
      let request = try RunSetup.request(RunSetup.Options(memory: memory), needsInputs: false)
      var counters = PhaseCounters("merge")
      var merge = try taken(partials, memory: request.pipeline.limits.memory, &counters)
      guard let bytes = try naming(partials, { try merge.encoded() }) else {
        throw RunSetup.Failure("name at least one partial")
      }
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
  ///
  /// - Parameters:
  ///   - partials: as they are named on the command line.
  ///   - memory: `limits.memory`, bytes.
  ///   - counters: they count what is read.
  /// - Returns: the partial.
  /// - Throws: where one of them cannot be read, is damaged or overlaps another.
  static func joined(_ partials: [String], memory: Int, _ counters: inout PhaseCounters) throws -> NightPartial? {
    var merge = try taken(partials, memory: memory, &counters)
    return try naming(partials) { try merge.partial() }
  }

  private static func taken(
    _ partials: [String], memory: Int, _ counters: inout PhaseCounters
  ) throws -> NightMerge {
    var merge = NightMerge(memory: memory)
    try PhaseFiles.readEach(partials) { bytes in
      counters.count(bytes.count)
      try merge.add(encoded: bytes)
    }
    return merge
  }

  /// Merges. Rows are read when they are merged, where nobody knows any longer whose they are: where some are damaged, the partials are
  /// read once more, one by one, to name the one that has them.
  private static func naming<Result>(_ partials: [String], _ merge: () throws -> Result) throws -> Result {
    do {
      return try merge()
    } catch let failure as DecodeFailure {
      try PhaseFiles.readEach(partials.filter { $0 != "-" }) { _ = try NightPartial(encoded: $0) }
      throw FileFailure(.damaged, "the partials", "\(failure.message) at byte \(failure.offset)")
    }
  }
}
