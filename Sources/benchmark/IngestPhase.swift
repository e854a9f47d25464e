// The phases that the ingest benchmark measures, each run as a child so that its memory is its own.

internal import Archives
internal import Decoders
internal import Glibc
internal import Model
internal import Runs
internal import Simulation
internal import Support
internal import Verbs

enum IngestPhase {
  /// Runs one phase: `make FORMAT MEGABYTES FILTER FOLDER`, `decode PATH`, `scan PATH RESULT`, `extract FOLDER JOBS PATH…`
  /// or `run FOLDER JOBS PATH…`.
  static func run(_ arguments: [String]) throws -> Int32 {
    // Memory is held as the program holds it.
    ProcessMemory.configure()
    switch (arguments.first, arguments.count) {
    case ("make", 5):
      guard let megabytes = Int(arguments[2]), let filter = WorldFilter(rawValue: arguments[3]) else { return 64 }
      let corpus = try IngestCorpus.make(arguments[1], megabytes: megabytes, filter: filter, folder: arguments[4])
      try corpus.save(in: arguments[4])
      return 0
    case ("decode", 2):
      let sink = CountingSink()
      let summary = ArchiveWalker().walk(.file(arguments[1]), into: sink)
      return summary.diagnostics.contains(atLeast: .warning) || sink.bytes == 0 ? 3 : 0
    case ("scan", 3):
      try CheckedFile.write(Array(String(scan(arguments[1])).utf8), to: arguments[2])
      return 0
    case ("extract", 4...):
      return PhaseVerbs.extract(options(arguments), to: .init(partitions: 16, path: arguments[1]))
    case ("scale", 2...): return ScaleBenchmark.phase(Array(arguments.dropFirst()))
    case ("run", 4...):
      var options = options(arguments)
      options.output = arguments[1]
      options.noHistory = true
      return RunVerb.run(options)
    default: return 64
    }
  }

  private static func options(_ arguments: [String]) -> RunSetup.Options {
    RunSetup.Options(jobs: Int(arguments[2]), inputs: Array(arguments.dropFirst(3)), quiet: true)
  }

  /// Bytes per second of processor time that decodes members at hand into records, in chunks as they come out of an
  /// archive: the median of three passes.
  private static func scan(_ path: String) -> Double {
    let members = MembersSink()
    _ = ArchiveWalker().walk(.file(path), into: members)
    var rates: [Double] = []
    for _ in 0..<3 {
      let start = processorSeconds()
      for (name, bytes) in members.members { decode(name, bytes) }
      rates.append(Double(members.bytes) / (processorSeconds() - start))
    }
    return rates.sorted()[1]
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func decode(_ name: String, _ bytes: [UInt8]) {
    var batch = RecordBatch()
    var decoder = MemberDecoder(input: "corpus", member: name, settings: DecoderSettings(), batch: &batch)
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 << 20)
      decoder.feed(bytes.span.extracting(start..<end), into: &batch)
      batch.removeRecords()
      start = end
    }
    decoder.finish(complete: true, into: &batch)
  }
}

private final class CountingSink: SpanSink {
  private(set) var bytes = 0

  func beginMember(_ member: MemberHeader) {}
  func memberBytes(_ bytes: Span<UInt8>) { self.bytes += bytes.count }
  func endMember(complete: Bool) {}
}

/// Keeps all members in memory.
private final class MembersSink: SpanSink {
  private(set) var members: [(name: String, bytes: [UInt8])] = []
  private(set) var bytes = 0
  private var name = ""
  private var open: [UInt8] = []

  func beginMember(_ member: MemberHeader) { name = member.path }

  func memberBytes(_ piece: Span<UInt8>) {
    bytes += piece.count
    open.append(copying: piece)
  }

  func endMember(complete: Bool) {
    members.append((name, open))
    open = []
  }
}
