// Reading against plain decompression: generated corpora of every format under every filter, each phase a process of
// its own, ratios to decode-only in the same run.

internal import Archives
internal import Core
internal import Glibc
internal import Pipeline
internal import Worlds

/// One phase on one archive, run as a child.
enum IngestPhase {
  /// `decode PATH`, `extract PATH FOLDER` or `run PATH FOLDER`.
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count >= 2 else { return 64 }
    switch arguments[0] {
    case "decode":
      let sink = CountingSink()
      let summary = ArchiveWalker().walk(.file(arguments[1]), into: sink)
      return summary.diagnostics.contains(atLeast: .warning) || sink.bytes == 0 ? 3 : 0
    case "extract" where arguments.count == 3:
      var options = RunSetup.Options()
      options.inputs = [arguments[1]]
      options.quiet = true
      return PhaseVerbs.extract(options, partitions: 16, output: arguments[2])
    case "run" where arguments.count == 3:
      var options = RunSetup.Options()
      options.inputs = [arguments[1]]
      options.output = arguments[2]
      options.noHistory = true
      options.quiet = true
      return NightRun.main(options)
    default: return 64
    }
  }

  private final class CountingSink: MemberSink {
    var bytes = 0
    func beginMember(_ member: MemberHeader) {}
    func memberBytes(_ bytes: Span<UInt8>) { self.bytes += bytes.count }
    func endMember(complete: Bool) {}
  }
}

/// `benchmark ingest [MEGABYTES] [FORMAT…]`: otlp, jaeger, zipkin, events, logs, junit, mixed.
enum IngestBenchmark {
  private static let formats = ["otlp", "jaeger", "zipkin", "events", "logs", "junit", "mixed"]

  /// A corpus on disk.
  private struct Corpus {
    var path: String
    var expanded: Int
    var records: Int
  }

  static func run(_ arguments: [String]) throws {
    let megabytes = arguments.first.flatMap { Int($0) } ?? 500
    let chosen = arguments.filter { formats.contains($0) }
    let filters = arguments.compactMap { WorldFilter(rawValue: $0) }
    let folder =
      "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-benchmark-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    BenchmarkLine.tell(
      "medians of 3 interleaved runs, \(megabytes) MB expanded; MB is 10^6 bytes")
    BenchmarkLine.tell(
      "format filter |  decode s | bsdtar s | extract s (x decode, x bsdtar) MB/s  records/s  peak MB B/record | run s (x bsdtar) peak MB"
    )
    for format in chosen.isEmpty ? formats : chosen {
      for filter in filters.isEmpty ? WorldFilter.allCases : filters {
        let corpus = try make(format, megabytes: megabytes, filter: filter, folder: folder)
        measure(format, filter, corpus, folder: folder)
        _ = ChildProcess.run(["rm", "-rf", folder])
      }
    }
  }

  private static func measure(_ format: String, _ filter: WorldFilter, _ corpus: Corpus, folder: String) {
    var decode: [ChildCost] = []
    var tar: [ChildCost] = []
    var extract: [ChildCost] = []
    var whole: [ChildCost] = []
    // The phases take turns, so that a slow minute of the machine meets all of them.
    for _ in 0..<3 {
      if let cost = ChildProcess.run(["/proc/self/exe", "ingest-phase", "decode", corpus.path]) { decode.append(cost) }
      if let cost = ChildProcess.run(["bsdtar", "-xOf", corpus.path]) { tar.append(cost) }
      if let cost = ChildProcess.run(["/proc/self/exe", "ingest-phase", "extract", corpus.path, folder + "/segments"]) {
        extract.append(cost)
      }
      _ = ChildProcess.run(["rm", "-rf", folder + "/segments"])
      if let cost = ChildProcess.run(["/proc/self/exe", "ingest-phase", "run", corpus.path, folder + "/report"]) {
        whole.append(cost)
      }
    }
    let d = median(decode.map(\.seconds))
    let b = median(tar.map(\.seconds))
    let e = median(extract.map(\.seconds))
    let r = median(whole.map(\.seconds))
    let peak = extract.map(\.peakMemory).max() ?? 0
    let exits = Set((decode + extract + whole).map(\.exitCode)).sorted()
    BenchmarkLine.tell(
      "\(format) \(filter.rawValue) | \(fixed(d)) | \(fixed(b)) | \(fixed(e)) (x\(fixed(e / d)), x\(fixed(e / b))) "
        + "\(Int(Double(corpus.expanded) / e / 1e6)) MB/s \(Int(Double(corpus.records) / e)) records/s "
        + "\(peak / 1_000_000) MB \(peak / max(corpus.records, 1)) B | \(fixed(r)) (x\(fixed(r / b))) "
        + "\((whole.map(\.peakMemory).max() ?? 0) / 1_000_000) MB | exits \(exits)")
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  private static func fixed(_ value: Double) -> String {
    value.isFinite ? String(Double(Int(value * 1000)) / 1000) : "-"
  }

  /// Writes a corpus of about the wanted expanded size.
  private static func make(
    _ format: String, megabytes: Int, filter: WorldFilter, folder: String
  ) throws -> Corpus {
    let wanted = megabytes * 1_000_000
    if format == "junit" {
      var spec = CISpec(seed: 1)
      spec.suites = 16
      spec.testsPerSuite = 60
      spec.builds = 10
      spec.nights = 1
      let probe = try size {
        var world = CIWorld(spec); return try world.write(to: &$0).cases
      }
      spec.nights = max(1, wanted / max(probe.bytes, 1))
      let path = folder + "/corpus" + filter.suffix
      _ = ChildProcess.run(["mkdir", "-p", folder])
      var writer = SizedTar(tar: try TarWriter(path: path, filter: filter))
      var world = CIWorld(spec)
      let truth = try world.write(to: &writer)
      return Corpus(path: path, expanded: try writer.finish(), records: truth.cases)
    }
    var spec = WorldSpec.everyFault(seed: 1)
    spec.formats =
      WorldSpec.TraceFormat(rawValue: format).map { [$0] } ?? (format == "logs" ? [] : [.otlp, .jaeger, .zipkin])
    spec.hasLogs = format == "logs" || format == "mixed"
    spec.hasMetrics = format == "mixed"
    spec.minutes = 100
    spec.rate = 1
    let probe = try size {
      let truth = try ServiceNight(spec).write(to: &$0); return truth.spans
    }
    spec.rate = Double(wanted) / Double(max(probe.bytes, 1))
    let path = folder + "/corpus" + filter.suffix
    _ = ChildProcess.run(["mkdir", "-p", folder])
    var writer = SizedTar(tar: try TarWriter(path: path, filter: filter))
    let truth = try ServiceNight(spec).write(to: &writer)
    let spans = spec.formats.isEmpty ? 0 : truth.spans
    return Corpus(
      path: path, expanded: try writer.finish(), records: spans + truth.logLines + truth.metricPoints + truth.events)
  }

  private static func size(_ write: (inout MemoryWriter) throws -> Int) throws -> (bytes: Int, records: Int) {
    var writer = MemoryWriter()
    let records = try write(&writer)
    return (writer.members.reduce(0) { $0 + $1.bytes.count }, records)
  }
}

/// A tar archive that knows how much went into it.
private struct SizedTar: ~Copyable, MemberWriter {
  private var tar: TarWriter
  private var bytes = 0

  init(tar: consuming TarWriter) { self.tar = tar }

  mutating func member(_ path: String, _ content: [UInt8]) throws(WorldFailure) {
    bytes += content.count
    try tar.member(path, content)
  }

  consuming func finish() throws(WorldFailure) -> Int {
    let total = bytes
    try tar.finish()
    return total
  }
}
