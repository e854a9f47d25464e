// What a night costs beyond one machine: each phase by itself, at several numbers of partitions, and what that comes to for nights
// that fit on no machine.

internal import Foundation
internal import Glibc
internal import Runs
internal import Support
internal import Verbs

/// `benchmark scale [MEGABYTES]`: the constants of the cost model, measured, and the model at 1 GB, 1 TB and 100 TB.
enum ScaleBenchmark {
  /// What the phases came to at one number of partitions.
  private struct Cost {
    var partitions: Int
    var extract = 0.0
    var aggregate = 0.0
    var merge = 0.0
    var conclude = 0.0
    var segments = 0
    var partials = 0
    var merged = 0
    /// The largest peak of a process of each phase.
    var peaks = [0, 0, 0, 0]
  }

  static func run(_ arguments: [String]) throws {
    let megabytes = arguments.first.flatMap { Int($0) } ?? 500
    let temporary = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let folder = "\(temporary)/hindcast-scale-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    try CheckedFile.makeFolder(folder)
    guard child(["make", "otlp", "\(megabytes)", "gzip", folder])?.exitCode == 0,
      let corpus = IngestCorpus(savedIn: folder), let stored = CheckedFile.size(corpus.path)
    else { return BenchmarkLine.tell("no corpus could be made") }
    BenchmarkLine.tell(
      "processor seconds; GB is 10^9 bytes; a night of agents' spans: \(stored / 1_000_000) MB stored, \(corpus.expanded / 1_000_000) MB expanded, \(corpus.records) spans"
    )
    BenchmarkLine.tell(
      "partitions | extract | segments MB | aggregate | partials MB | merge | one MB | conclude | peaks MB")
    var costs: [Cost] = []
    for partitions in [1, 16, 64] {
      let cost = try measure(partitions, corpus.path, folder: folder)
      costs.append(cost)
      BenchmarkLine.tell(
        "\(partitions) | \(fixed(cost.extract)) | \(megabyte(cost.segments)) | \(fixed(cost.aggregate)) | \(megabyte(cost.partials)) | \(fixed(cost.merge)) | \(megabyte(cost.merged)) | \(fixed(cost.conclude)) | \(cost.peaks.map { "\($0 / 1_000_000)" }.joined(separator: ", "))"
      )
    }
    tell(costs, stored: stored)
  }

  private static func measure(_ partitions: Int, _ input: String, folder: String) throws -> Cost {
    // Each phase is a process of its own, so that its peak is its own.
    var cost = Cost(partitions: partitions)
    let segments = folder + "/segments"
    _ = ChildProcess.run(["rm", "-rf", segments])
    if let done = child(["scale", "extract", "\(partitions)", segments, input]) {
      cost.extract = done.processorSeconds
      cost.peaks[0] = done.peakMemory
    }
    var partials: [String] = []
    for partition in 0..<partitions {
      let padded = String(repeating: "0", count: 5 - "\(partition)".count) + "\(partition)"
      let files = ((try? FileManager.default.contentsOfDirectory(atPath: segments)) ?? [])
        .filter { $0.hasPrefix(padded + "-") }.sorted().map { segments + "/" + $0 }
      cost.segments += files.reduce(0) { $0 + (CheckedFile.size($1) ?? 0) }
      partials.append("\(folder)/\(partition).partial")
      guard let done = child(["scale", "aggregate", partials[partition]] + files) else { continue }
      cost.aggregate += done.processorSeconds
      cost.peaks[1] = max(cost.peaks[1], done.peakMemory)
    }
    cost.partials = partials.reduce(0) { $0 + (CheckedFile.size($1) ?? 0) }
    var round = 0
    while partials.count > 1 {
      var next: [String] = []
      for first in stride(from: 0, to: partials.count, by: 16) {
        next.append("\(folder)/merged-\(round)-\(first).partial")
        let files = Array(partials[first..<min(first + 16, partials.count)])
        guard let done = child(["scale", "merge", next[next.count - 1]] + files) else { continue }
        cost.merge += done.processorSeconds
        cost.peaks[2] = max(cost.peaks[2], done.peakMemory)
      }
      partials = next
      round += 1
    }
    cost.merged = CheckedFile.size(partials[0]) ?? 0
    if let done = child(["scale", "conclude", folder + "/report", partials[0]]) {
      cost.conclude = done.processorSeconds
      cost.peaks[3] = done.peakMemory
    }
    return cost
  }

  /// The phases as a child of the benchmark runs them.
  static func phase(_ arguments: [String]) -> Int32 {
    var options = RunSetup.Options(jobs: 1, quiet: true)
    switch (arguments.first, arguments.count) {
    case ("extract", 4):
      options.inputs = [arguments[3]]
      return PhaseVerbs.extract(options, to: .init(partitions: Int(arguments[1]) ?? 1, path: arguments[2]))
    case ("aggregate", 3...):
      return AggregateVerb.aggregate(options, segments: Array(arguments.dropFirst(2)), output: arguments[1])
    case ("merge", 3...): return AggregateVerb.merge(Array(arguments.dropFirst(2)), output: arguments[1], isQuiet: true)
    case ("conclude", 3):
      options.output = arguments[1]
      options.noHistory = true
      return ConcludeVerb.conclude(options, partials: [arguments[2]], expected: nil)
    default: return 64
    }
  }

  /// The constants, and the model with them. Its formulas stand in the manual's page on sizing.
  private static func tell(_ costs: [Cost], stored: Int) {
    guard costs.count == 3, stored > 0 else { return }
    let (one, some, many) = (costs[0], costs[1], costs[2])
    let bytes = Double(stored)
    let constants = (
      extract: some.extract / bytes * 1e9, spread: Double(some.segments) / bytes,
      aggregate: (one.aggregate / Double(max(one.segments, 1))) * 1e9,
      perPartial: (many.aggregate - one.aggregate) / Double(max(many.partials - one.partials, 1)) * 1e9,
      merge: many.merge / Double(max(many.partials, 1)) * 1e9,
      conclude: many.conclude / Double(max(many.merged, 1)) * 1e9
    )
    BenchmarkLine.tell(
      """
      extract \(fixed(constants.extract)) s per GB stored; segments \(fixed(constants.spread)) B per stored byte; \
      aggregate \(fixed(constants.aggregate)) s per GB of segments + \(fixed(constants.perPartial)) s per GB of partials; \
      merge \(fixed(constants.merge)) s per GB read; conclude \(fixed(constants.conclude)) s per GB of the last partial
      """)
    BenchmarkLine.tell(
      "stored | partitions | extract h | aggregate h | partials GB | merge h | conclude min | shuffle GB")
    // A night of 100 components over 24 hours, 177 bytes a component and minute measured: a partial has no more cells than that,
    // whatever the rate.
    let full = 180.0 * 100 * 1440
    for size in [1e9, 1e12, 1e14] {
      let partitions = max(1, (size / 50e6).rounded(.up))
      // Cells met in a partition grow with what it holds until all are met.
      let partial = min(full, 0.25 * size * constants.spread / partitions)
      let partials = partitions * partial
      let hours = 1 / 3600.0
      BenchmarkLine.tell(
        "\(size / 1e9) GB | \(Int(partitions)) | \(fixed(size / 1e9 * constants.extract * hours)) | \(fixed((size * constants.spread / 1e9 * constants.aggregate + partials / 1e9 * constants.perPartial) * hours)) | \(fixed(partials / 1e9)) | \(fixed(partials * 16 / 15 / 1e9 * constants.merge * hours)) | \(fixed(full / 1e9 * constants.conclude / 60)) | \(fixed((size * constants.spread + partials * 16 / 15) / 1e9))"
      )
    }
  }

  private static func child(_ arguments: [String]) -> ChildCost? {
    ChildProcess.run(["/proc/self/exe", "ingest-phase"] + arguments)
  }

  private static func megabyte(_ bytes: Int) -> String { fixed(Double(bytes) / 1e6) }

  private static func fixed(_ value: Double) -> String {
    value.isFinite ? String(Double(Int(value * 1000)) / 1000) : "-"
  }
}
