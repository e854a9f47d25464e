internal import Incidents
internal import LogTemplates
internal import Model
internal import Patterns
internal import Policies
package import Segments
package import Support
internal import Synchronization
internal import TestAnalysis
internal import Traces

/// Aggregate: the rows of a partition become one partial. Each request is put together once and shown to every analysis.
package struct AggregatePhase: Sendable {
  package let settings: AnalysisSettings
  /// Where test cases go that have no room in memory; none where a partial is to be written.
  package var spill: SpilledCases?
  package var progress: (any ProgressObserver)?
  /// `limits.memory`: what is aggregated at a time has room in it.
  let memory: Int

  package init(settings: AnalysisSettings, memory: Int, spill: SpilledCases? = nil) {
    self.settings = settings
    self.memory = memory
    self.spill = spill
  }

  /// Aggregates one partition.
  ///
  /// - Parameters:
  ///   - segment: its rows.
  ///   - coverage: what the rows cover.
  ///   - outcomes: the outcomes of the inputs.
  /// - Returns: the partial.
  /// - Throws: `FileFailure` where the rows are damaged.
  package func aggregate(
    _ segment: Segment, coverage: Coverage, outcomes: [InputOutcome]
  ) throws(FileFailure) -> NightPartial {
    let context = AggregateContext(symbols: segment.symbols, sources: segment.sources)
    var counts = CountAggregator()
    var cascades = IncidentAggregator(settings: settings.cascades)
    var patterns = PatternAggregator()
    var templates = TemplateAggregator()
    var episodes = CallAggregator()
    var tests = TestAggregator(spill: spill)
    var exemplars = ExemplarAggregator()
    var assembler = TraceAssembler()
    assembler.assemble(segment) { tree in
      counts.observe(tree, context)
      cascades.observe(tree, context)
      patterns.observe(tree, context)
      templates.observe(tree, context)
      episodes.observe(tree, context)
      exemplars.observe(tree, context)
    }
    for log in segment.rows.logs where log.request.isNone {
      counts.observe(log: log, context)
      cascades.observe(log: log, context)
      templates.observe(log: log, context)
    }
    for metric in segment.rows.metrics {
      counts.observe(metric: metric, context)
      cascades.observe(metric: metric, context)
    }
    for event in segment.rows.events where event.request.isNone {
      cascades.observe(event: event, context)
      episodes.observe(event: event, context)
    }
    do throws(DecodeFailure) {
      for report in segment.rows.reports { try tests.observe(report, sources: segment.sources) }
    } catch {
      throw FileFailure(scratch: "rows of test reports are damaged: \(error.message)")
    }
    return NightPartial(
      coverage: coverage, outcomes: outcomes, counts: counts.finish(context),
      repairs: assembler.repairs.resolved(context.sources),
      cascades: cascades.finish(context),
      patterns: patterns.finish(context), templates: templates.finish(context), episodes: episodes.finish(context),
      tests: tests.finish(), exemplars: exemplars.finish(context))
  }

  /// Aggregates all partitions of a store, several at a time. Each thread merges what it aggregates, so that at the end only as
  /// many partials as threads remain.
  package func run(
    _ store: PartitionStore, outcomes: [InputOutcome], coverage: Coverage, jobs: Int
  ) throws(FileFailure) -> NightPartial {
    let groups = groups(store, jobs: jobs)
    let threads = max(1, min(jobs, groups.count))
    progress?.begin(.joining, of: groups.count)
    let results = Mutex([NightPartial?](repeating: nil, count: threads))
    let failure = Mutex<FileFailure?>(nil)
    WorkerPool.forEach(threads) { thread in
      var merged: NightPartial?
      for number in stride(from: thread, to: groups.count, by: threads) {
        do throws(FileFailure) {
          let segment = try store.segment(groups[number])
          groups[number].forEach(store.drop)
          let partial = try aggregate(segment, coverage: coverage, outcomes: [])
          if merged == nil { merged = partial } else { merged?.add(consume partial) }
          progress?.advance(1)
          ProcessMemory.trim()
        } catch {
          failure.withLock { $0 = error }
          return
        }
      }
      results.withLock { $0[thread] = merged.take() }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    var merged: NightPartial?
    for thread in 0..<threads {
      // Each is held by nobody else when it is added, and so is let go piece by piece.
      guard let partial = results.withLock({ $0[thread].take() }) else { continue }
      if merged == nil { merged = partial } else { merged?.add(consume partial) }
    }
    guard var merged else { throw FileFailure(scratch: "no partition was aggregated") }
    merged.outcomes = outcomes
    return merged
  }

  /// Rows that are aggregated together at most: beside them stands the partial that they become.
  private static let groupLimit = 400_000
  /// Bytes that a row takes while it is aggregated: itself, its place in its request, and what is counted of it.
  private static let rowMemory = 480

  /// Neighbouring partitions are aggregated together while they are small: fewer, fatter pieces of work, and fewer partials to
  /// merge.
  private func groups(_ store: PartitionStore, jobs: Int) -> [[Int]] {
    let weights = (0..<store.partitions).map(store.weight)
    let rows = weights.reduce(0, +)
    let limit = max(5_000, min(Self.groupLimit, memory / 2 / Self.rowMemory / max(1, jobs)))
    let shares = max(1, jobs) * (1 + rows / (max(1, jobs) * limit))
    let target = max(min(25_000, limit), (rows + shares - 1) / shares)
    var groups: [[Int]] = []
    var current: [Int] = []
    var weight = 0
    for partition in 0..<store.partitions {
      current.append(partition)
      weight += weights[partition]
      if weight >= target {
        groups.append(current)
        current = []
        weight = 0
      }
    }
    if !current.isEmpty { groups.append(current) }
    return groups
  }
}
